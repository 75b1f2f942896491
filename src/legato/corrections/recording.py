"""Corrections of what was recorded: channels renamed, dropped or swapped, events moved, added, removed, renamed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legato.corrections.model import (
    AddEvent,
    Correction,
    Corrections,
    DeleteEvent,
    DropChannel,
    MoveEvent,
    Outcome,
    RelabelEvent,
    RenameChannel,
    SwapChannels,
    Unfit,
)
from legato.recording import Event, Recording, Stream

_SAME_EVENT_S = 0.05
"""An event this near to the time given is the one that is meant. [ENG] A few frames of a video."""


def correct_recording(recording: Recording, corrections: Corrections) -> tuple[Recording, dict[int, Outcome]]:
    """A copy of the recording with the corrections of channels and events, and what became of those, by place.

    Corrections that were made for another file appear among the outcomes too, whatever they correct; those of
    repetitions that may still fit do not.
    """
    outcomes: dict[int, Outcome] = {}
    for place, correction in enumerate(corrections.correction):
        made_for = corrections.file_of(correction) or ""
        try:
            _check_file(recording, made_for)
            if isinstance(correction, RenameChannel | DropChannel | SwapChannels):
                recording = _channels(recording, correction)
            elif isinstance(correction, MoveEvent | AddEvent | DeleteEvent | RelabelEvent):
                recording = replace(recording, events=_events(recording, correction))
            else:
                continue
            outcomes[place] = applied(correction, made_for)
        except Unfit as why:
            outcomes[place] = Outcome(correction, "no-longer-fits", str(why), made_for)
    return recording, outcomes


def applied(correction: Correction, made_for: str) -> Outcome:
    """The outcome of a correction that fitted, which says so where nobody named the file that it was made for."""
    loose = "" if made_for else "it names no file (sha256), so only its times and names were checked"
    return Outcome(correction, "applied", loose, made_for)


def check_time(time_s: float, first_s: float, last_s: float) -> None:
    """Raise `Unfit` where a time lies outside the recording."""
    if not first_s <= time_s <= last_s:
        raise Unfit(f"{time_s:g} s lies outside the recording ({first_s:.2f} to {last_s:.2f} s)")


def _check_file(recording: Recording, made_for: str) -> None:
    files = [file.sha256 for file in recording.inputs]
    if made_for and not any(file.startswith(made_for) for file in files):
        found = ", ".join(f"{file[:8]}…" for file in files) or "no file"
        raise Unfit(f"made for another file: its sha256 is {made_for[:8]}…, here it is {found}")


def _limits(streams: Sequence[Stream]) -> tuple[float, float]:
    times = [s.times() for s in streams if s.n_samples]
    if not times:
        raise Unfit("the recording holds no samples")
    return float(min(t[0] for t in times)), float(max(t[-1] for t in times))


def _stream_of(recording: Recording, correction: RenameChannel | DropChannel | SwapChannels) -> Stream:
    named = [s for s in recording.streams if correction.stream in (None, s.name)]
    if not named:
        raise Unfit(f"there is no stream {correction.stream}")
    found = [s for s in named if correction.channel in s.channels]
    if not found:
        raise Unfit(f"there is no channel {correction.channel}")
    if len(found) > 1:
        raise Unfit(f"{correction.channel} is in {', '.join(s.name for s in found)}: name the stream")
    return found[0]


def _channels(recording: Recording, correction: RenameChannel | DropChannel | SwapChannels) -> Recording:
    stream = _stream_of(recording, correction)
    at = stream.channels.index(correction.channel)
    if isinstance(correction, RenameChannel):
        if correction.to in stream.channels:
            raise Unfit(f"there is a channel {correction.to} already; drop it first or swap the two")
        names = (*stream.channels[:at], correction.to, *stream.channels[at + 1 :])
        changed = replace(stream, channels=names)
    else:
        changed = stream.with_values(_values(stream, at, correction))
    streams = tuple(changed if s is stream else s for s in recording.streams)
    return replace(recording, streams=streams)


def _values(stream: Stream, at: int, correction: DropChannel | SwapChannels) -> np.ndarray:
    times = stream.times()
    for end in (correction.start_s, correction.end_s):
        if end is not None:
            check_time(end, *_limits([stream]))
    first = -np.inf if correction.start_s is None else correction.start_s
    last = np.inf if correction.end_s is None else correction.end_s
    inside = (times >= first) & (times <= last)
    values = stream.values.copy()
    if isinstance(correction, DropChannel):
        values[inside, at] = np.nan
        return values
    if correction.other not in stream.channels or correction.other == correction.channel:
        raise Unfit(f"there is no other channel {correction.other} in {stream.name}")
    with_at = stream.channels.index(correction.other)
    values[inside, at], values[inside, with_at] = stream.values[inside, with_at], stream.values[inside, at]
    return values


def _events(recording: Recording, correction: MoveEvent | AddEvent | DeleteEvent | RelabelEvent) -> tuple[Event, ...]:
    events = list(recording.events)
    if isinstance(correction, AddEvent):
        check_time(correction.time_s, *_limits(recording.streams))
        events.append(Event(correction.event, correction.time_s, correction.context))
        return tuple(sorted(events, key=lambda e: e.time_s))
    near = [e for e in events if e.name == correction.event and abs(e.time_s - correction.at_s) <= _SAME_EVENT_S]
    if not near:
        raise Unfit(f"there is no event {correction.event} at {correction.at_s:g} s")
    meant = min(near, key=lambda e: abs(e.time_s - correction.at_s))
    place = events.index(meant)
    if isinstance(correction, DeleteEvent):
        del events[place]
    elif isinstance(correction, RelabelEvent):
        events[place] = replace(meant, name=correction.to)
    else:
        check_time(correction.time_s, *_limits(recording.streams))
        events[place] = replace(meant, time_s=correction.time_s)
    return tuple(sorted(events, key=lambda e: e.time_s))
