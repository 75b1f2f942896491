"""Several recordings of one trial on one clock: stated offset, shared events, a shared tap, a shared quantity, or the
same start.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.recording import Event, FloatArray, ForcePlate, InputFile, Offset, Recording, Stream
from legato.signals.lags import between_samples, cross_correlation_lag
from legato.sync.delays import CHANNELS, TAP, device_registry, moved

_MOST_RATE_HZ = 500.0
"""Shared quantities are compared at no more than this rate: movement holds nothing above it. [ENG]"""
_TAP_RISE = 12.0
"""How many robust SDs a tap stands out of the rest of its signal. [ENG]"""
_TAP_RIVAL = 3.0
"""How many times a tap exceeds everything outside its own ringing. [ENG]"""
_TAP_RING_S = 0.25
_TAP_KINDS_SD_S = 0.005
"""Extra SD of a tap seen by two kinds of sensor: the shock travels, and each has its own onset. [ENG]"""
_DISAGREE = 4.0
"""How many SDs apart from the same start a measured offset is followed instead of it. [ENG]"""
_ONE_SYSTEM = {"c3d", "trc", "mot"}
"""Formats that one laboratory system exports of one trial with one clock."""
_MOST_CHANNELS = 12
_BETWEEN_SAMPLES = 0.03
"""Error (SD) of the resampling to one rate, in samples of the slower recording: the largest of 600 simulated offsets
between 50 to 240 Hz and 100 Hz was 0.055 samples off."""
_EVENT = "shared event"
SAME_CLOCK, STATED, ASSUMED = "same clock", "stated offset", "same start, assumed"


@dataclass(frozen=True, slots=True)
class Alignment:
    """By how much another recording's clock is moved to meet the first one's, s, its SD, and how that was found."""

    offset_s: float
    sd_s: float
    method: str
    notes: tuple[str, ...] = ()


_STATED_SD_S = 0.005
"""How well a person knows an offset that is stated, s. [ENG] Read off a screen, about a third of a frame."""


def align(first: Recording, other: Recording, *, offset_s: float | None = None) -> Alignment:
    """Find how far the clock of `other` must be moved to meet that of `first`.

    A stated offset holds. Else what both show is measured: events of the same name, the same channels, a tap that
    stands out in both.
    Files that start together keep that start unless the measurement contradicts it; a tap alone contradicts no files
    of one system.

    Raises
    ------
    BadInput
        The clocks do not meet and the recordings share nothing to tell the offset by.
    """
    interval = max(_interval(first), _interval(other))
    if offset_s is not None:
        return Alignment(offset_s, max(_STATED_SD_S, interval / math.sqrt(12.0)), STATED)
    if not first.streams or not other.streams:
        # A table of events counts its times on the clock of the recording that it belongs to.
        zero = (_clock_start(other) or 0.0) - (_clock_start(first) or 0.0)
        note = f"the events of {_name(first if other.streams else other)} were taken on the other file's clock"
        return Alignment(zero, interval / math.sqrt(12.0), "events on the other file's clock", notes=(note,))
    start = _same_start(first, other)
    measured = _shared_events(first, other) or _shared_channels(first, other) or _shared_tap(first, other)
    if measured is None:
        if start is None:
            raise BadInput(
                f"{_name(other)}: its clock does not meet that of {_name(first)}, and they share"
                " no event, channel or tap; give the offset with --offset S"
            )
        return start
    if start is None:
        return measured
    apart = abs(measured.offset_s - start.offset_s)
    one_system = start.method == SAME_CLOCK
    if apart <= max(_DISAGREE * math.hypot(measured.sd_s, start.sd_s), 2.0 * interval):
        better = measured.sd_s < start.sd_s
        return measured if better else replace(start, method=f"{start.method}, borne out by a {measured.method}")
    if one_system and measured.method == TAP:
        return start
    note = (
        f"by its own clock {_name(other)} lies {start.offset_s:+.3f} s from the start of {_name(first)},"
        f" but the {measured.method} says {measured.offset_s:+.3f} s: that was followed"
    )
    return replace(measured, notes=(note,))


def join(recordings: Sequence[Recording], *, offset_s: float | None = None) -> Recording:
    """One recording of several of one trial, on the clock of the first; stream names in two files are numbered."""
    first = recordings[0]
    alignments = [align(first, other, offset_s=offset_s) for other in recordings[1:]]
    moves = [Alignment(0.0, 0.0, ""), *alignments]
    streams: list[Stream] = []
    offsets, notes = list(first.offsets), list(first.notes)
    events: list[Event] = []
    plates: list[ForcePlate] = []
    inputs: list[InputFile] = []
    for recording, move in zip(recordings, moves, strict=True):
        taken = {s.name for s in streams}
        names = {s.name: _free_name(s.name, taken) for s in recording.streams}
        for s in recording.streams:
            times = moved(s.time_s, move.offset_s)
            streams.append(replace(s, name=names[s.name], start_s=s.start_s + move.offset_s, time_s=times))
            if move.method:
                offsets.append(Offset(names[s.name], move.offset_s, move.sd_s, move.method))
        events.extend(Event(e.name, e.time_s + move.offset_s, e.context) for e in recording.events)
        before = len(plates)
        plates.extend(replace(p, index=before + k) for k, p in enumerate(recording.plates))
        inputs.extend(replace(i, streams=tuple(names[n] for n in i.streams)) for i in recording.inputs)
        if recording is not first:
            notes.extend([*recording.notes, *move.notes])
    events.sort(key=lambda e: e.time_s)
    return Recording(
        tuple(streams),
        tuple(events),
        tuple(plates),
        tuple(inputs),
        tuple(offsets),
        tuple(dict.fromkeys(notes)),
        tuple(t for recording in recordings for t in recording.rep_tables),
    )


def _free_name(name: str, taken: set[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _name(recording: Recording) -> str:
    return Path(recording.inputs[0].path).name if recording.inputs else "the other recording"


def _interval(recording: Recording) -> float:
    """Longest sampling interval in a recording, s."""
    return max((1.0 / s.rate_hz for s in recording.streams), default=0.0)


def _clock_start(recording: Recording) -> float | None:
    starts = [float(s.meta["clock_start_s"]) for s in recording.streams if "clock_start_s" in s.meta]
    return min(starts) if starts else None


def _duration(recording: Recording) -> float:
    return max((s.duration_s for s in recording.streams), default=0.0)


def _as_long(first: Recording, other: Recording) -> bool:
    """Whether both last equally long, to two samples of the slower."""
    return abs(_duration(first) - _duration(other)) <= 2.0 * max(_interval(first), _interval(other))


def _synced(recording: Recording) -> bool:
    """Whether all its sensors say that they run on one clock with the others of their maker."""
    sensors = recording.of_kind("imu")
    return bool(sensors) and all(s.meta.get("clock") == "synced" for s in sensors)


def _same_start(first: Recording, other: Recording) -> Alignment | None:
    """The offset that the files' own clocks say, where they can be one clock."""
    interval = max(_interval(first), _interval(other))
    formats = {r.inputs[0].format if r.inputs else "" for r in (first, other)}
    one_system = formats <= _ONE_SYSTEM or all(_synced(r) for r in (first, other))
    sd, method = (
        (interval / math.sqrt(12.0), SAME_CLOCK) if one_system else (device_registry()["unknown"].error_s, ASSUMED)
    )
    as_long = _as_long(first, other)
    starts = _clock_start(first), _clock_start(other)
    if as_long and (None in starts or ("c3d" in formats and len(formats) > 1)):
        # A C3D counts from the trial's start, text exported from it often from the cropped part's.
        return Alignment(0.0, sd, method)
    if starts[0] is not None and starts[1] is not None:
        apart = starts[1] - starts[0]
        if -_duration(other) < apart < _duration(first) and (one_system or abs(apart) <= interval):
            return Alignment(apart, sd, method)
    return Alignment(0.0, sd, method) if as_long else None


def _shared_events(first: Recording, other: Recording) -> Alignment | None:
    """The offset from events that both recordings name alike and equally often."""
    differences: list[float] = []
    for key in {(e.name.lower(), e.context.lower()) for e in first.events}:
        times = [
            sorted(e.time_s for e in r.events if (e.name.lower(), e.context.lower()) == key) for r in (first, other)
        ]
        if len(times[0]) == len(times[1]):
            differences.extend(a - b for a, b in zip(*times, strict=True))
    if not differences:
        return None
    offset = float(np.median(differences))
    rounding = math.hypot(_interval(first), _interval(other)) / math.sqrt(12.0)
    spread = float(np.max(np.abs(np.array(differences) - offset)))
    if spread > max(6.0 * rounding, 0.05):
        return None
    n = len(differences)
    scatter = float(np.std(differences, ddof=1)) if n > 1 else 0.0
    return Alignment(offset, max(rounding, scatter) / math.sqrt(n), _EVENT)


def _shared_channels(first: Recording, other: Recording) -> Alignment | None:
    """The offset at which channels of the same name fit each other, where they fit at one offset only."""
    sensors = [{s.meta["sensor"] for s in r.streams if "sensor" in s.meta} for r in (first, other)]
    if all(sensors) and sensors[0] != sensors[1]:
        # Sensors on two segments call their channels alike and turn at different times.
        return None
    best: tuple[Stream, Stream, list[str]] | None = None
    for a in first.streams:
        for b in other.streams:
            if a.kind != b.kind or a.kind == "rotations":
                continue
            common = [c for c in a.channels if c in b.channels and not c.startswith("column_")]
            if common and (best is None or len(common) > len(best[2])):
                best = (a, b, common[:_MOST_CHANNELS])
    if best is None:
        return None
    a, b, common = best
    rate = min(max(a.rate_hz, b.rate_hz), _MOST_RATE_HZ)
    try:
        lag = cross_correlation_lag(_sampled(a, common, rate), _sampled(b, common, rate), rate)
    except NotResolvable:
        return None
    # Both start at their first sample: a feature later in the other means that its clock is moved back.
    offset = (a.times()[0] - b.times()[0]) - lag.lag_s
    resampling = 0.0 if a.rate_hz == b.rate_hz else _BETWEEN_SAMPLES / min(a.rate_hz, b.rate_hz)
    shown = f"{', '.join(common[:3])}{' …' if len(common) > 3 else ''}"
    return Alignment(round(float(offset), 9), math.hypot(lag.sd_s, resampling), f"{CHANNELS} ({shown})")


def _sampled(stream: Stream, channels: Sequence[str], rate_hz: float) -> FloatArray:
    """The channels on an even grid from the first sample; of markers and angles the rate of change, free of their
    origin.
    """
    columns = [stream.channels.index(c) for c in channels]
    values = stream.values[:, columns, 2] if stream.kind == "markers" else stream.values[:, columns]
    own_rate = stream.rate_hz
    block = int(own_rate // rate_hz)
    start = 0.0
    if stream.time_s is None and block > 1:
        # Means of blocks keep what moves and leave no alias; the first lies half a block late.
        whole = len(values) // block * block
        values = values[:whole].reshape(-1, block, values.shape[1]).mean(1)
        start, own_rate = 0.5 * (block - 1) / own_rate, own_rate / block
    grid = np.arange(0.0, (stream.n_samples - 1) / stream.rate_hz, 1.0 / rate_hz)
    if stream.time_s is None:
        even = between_samples(values, (grid - start) * own_rate)
    else:
        times = stream.time_s - stream.time_s[0]
        grid = np.arange(0.0, times[-1], 1.0 / rate_hz)
        even = np.stack([np.interp(grid, times, values[:, i]) for i in range(values.shape[1])], axis=1)
    return np.gradient(even, axis=0) if stream.kind in ("markers", "angles") else even


def _shared_tap(first: Recording, other: Recording) -> Alignment | None:
    """The offset between the one sharp shock that stands out in each recording."""
    taps = [_find_tap(r) for r in (first, other)]
    if taps[0] is None or taps[1] is None:
        return None
    (time_a, a), (time_b, b) = taps[0], taps[1]
    sd = math.hypot(1.0 / a.rate_hz, 1.0 / b.rate_hz) / math.sqrt(12.0)
    if a.kind != b.kind:
        sd = math.hypot(sd, _TAP_KINDS_SD_S)
    return Alignment(time_a - time_b, sd, TAP)


def _find_tap(recording: Recording) -> tuple[float, Stream] | None:
    """Time of the tap and the fastest stream that shows it; None where no shock stands alone."""
    for stream in sorted(recording.streams, key=lambda s: -s.rate_hz):
        if stream.kind in ("rotations", "angles") or stream.n_samples < 20:
            continue
        time = _tap_time(stream)
        if time is not None:
            return time, stream
    return None


def _tap_time(stream: Stream) -> float | None:
    values = stream.values.reshape(stream.n_samples, -1)
    order = 2 if stream.kind == "markers" else 1
    jerk = np.abs(np.diff(values, n=order, axis=0))
    jerk = np.where(np.isfinite(jerk), jerk, 0.0)
    usual = np.median(jerk, axis=0)
    usual = np.where(usual > 0, usual, np.maximum(jerk.mean(0), 1e-300))
    shock = np.sqrt(((jerk / usual) ** 2).mean(1))
    peak = int(np.argmax(shock))
    ring = max(2, int(_TAP_RING_S * stream.rate_hz))
    rest = np.concatenate([shock[: max(0, peak - ring)], shock[peak + ring + 1 :]])
    if rest.size < 10 or shock[peak] < _TAP_RISE * np.median(rest) or shock[peak] < _TAP_RIVAL * rest.max():
        return None
    times = stream.times()
    return float(0.5 * (times[peak] + times[min(peak + order, len(times) - 1)]))
