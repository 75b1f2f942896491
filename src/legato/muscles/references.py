"""Contractions that were recorded to compare with: read, judged, and made the reference of each channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL
from legato.muscles._verdicts import heavily_clipped
from legato.muscles.conditioning import condition_stream
from legato.muscles.normalise import (
    METHODS,
    MVIC_WINDOW_S,
    RAW,
    Reference,
    ReferenceTrial,
    held_spans,
    largest_reference,
    mean_reference,
)
from legato.muscles.quality import ChannelQuality, examine_stream
from legato.recording import Recording, Span, Stream

OfTask: TypeAlias = Literal["task-peak", "task-mean", "raw"]
"""What amplitudes are told in where no contraction was recorded to compare with."""

_NAMED: dict[Literal["mvic", "sub-maximal"], str] = {
    "mvic": "maximal contraction",
    "sub-maximal": "sub-maximal contraction",
}

NO_RAW = "no raw amplitude: "
"""Before the gate's reasons."""


@dataclass(frozen=True, slots=True)
class References:
    """The contractions of each channel, by the channel's name; `method` is None where none was given, and `of_task`
    says what amplitudes are told in then.
    """

    method: Literal["mvic", "sub-maximal"] | None
    trials: Mapping[str, Sequence[ReferenceTrial]]
    of_task: OfTask = "task-peak"

    def reference_of(
        self, verdict: ChannelQuality, task: ReferenceTrial, *, unit: str = "", level: float = LEVEL
    ) -> tuple[Reference | None, tuple[str, ...]]:
        """What the amplitudes of a channel are a share of, and what to say where it is not what was asked for.

        Parameters
        ----------
        verdict
            The gate's on the channel.
        task
            The recording itself, for the peak or the mean of the task.
        unit, level
            Of the reference.

        Returns
        -------
        `RAW` where raw amplitudes were asked for and the numbers mean volts, None where there is no amplitude.
        """
        if self.of_task == "raw":
            if verdict.amplitude_usable:
                return RAW, ("not normalised: raw was asked for",)
            return None, (f"{NO_RAW}{'; '.join(verdict.reasons)}",)
        why: tuple[str, ...] = ()
        if self.method is not None:
            named = _NAMED[self.method]
            try:
                return self._given(verdict, unit, level), ()
            except NotResolvable as error:
                why = (f"normalised by the {METHODS['task-peak']}, not by a {named}: {error}",)
        try:
            if self.of_task == "task-mean":
                task = replace(task, spans=_each_once(task.spans))
                return mean_reference([task], "task-mean", unit=unit, level=level), why
            return largest_reference([task], "task-peak", unit=unit, level=level), why
        except NotResolvable as error:
            return None, (f"not normalised: {error}",)

    def _given(self, verdict: ChannelQuality, unit: str, level: float) -> Reference:
        trials = self.trials.get(verdict.channel, ())
        if not trials:
            raise NotResolvable(f"no {_NAMED[self.method or 'mvic']} holds this channel")
        if not verdict.amplitude_usable:
            raise NotResolvable("; ".join(verdict.reasons))
        if self.method == "sub-maximal":
            return mean_reference(trials, "sub-maximal", unit=unit, level=level)
        return largest_reference(trials, unit=unit, level=level)


def read_references(
    streams: Sequence[Stream],
    mvic: Sequence[Recording] = (),
    submax: Sequence[Recording] = (),
    of_task: OfTask | None = None,
) -> References:
    """The reference contractions of a recording's EMG channels.

    Parameters
    ----------
    streams
        The EMG streams of the recording.
    mvic, submax
        Maximal contractions, or sub-maximal ones that were held steadily, with channels of the same names.
    of_task
        Instead: a share of the task's own peak (as with None) or mean, or raw.

    Raises
    ------
    BadInput
        As `check_references`.
    """
    check_references(streams, mvic, submax, of_task)
    method = "mvic" if mvic else "sub-maximal" if submax else None
    wanted = _wanted(streams)
    found: dict[str, list[ReferenceTrial]] = {}
    for recording in (*mvic, *submax):
        where = _where(recording, _NAMED[method or "mvic"])
        held = [s for s in recording.of_kind("emg") if set(s.channels) & set(wanted)]
        for stream in held:
            for channel, trial in _trials(stream, where, wanted, steady=method == "sub-maximal"):
                found.setdefault(channel, []).append(trial)
    return References(method, found, of_task or "task-peak")


def check_references(
    streams: Sequence[Stream],
    mvic: Sequence[Recording] = (),
    submax: Sequence[Recording] = (),
    of_task: str | None = None,
) -> None:
    """Refuse reference contractions that cannot serve, before anything is computed; parameters as `read_references`.

    Raises
    ------
    BadInput
        More than one of them is given, `of_task` is none of its names, or a contraction holds no EMG, shares no channel
        with the recording or is the recording itself.
    """
    if mvic and submax:
        raise BadInput("both maximal and sub-maximal contractions are given; give --mvic or --submax, not both")
    if of_task not in (None, *get_args(OfTask)):
        raise BadInput(f"--emg-amplitude {of_task} is not known; give {', '.join(get_args(OfTask))}")
    if of_task is not None and (mvic or submax):
        option = "--mvic" if mvic else "--submax"
        raise BadInput(
            f"{option} and --emg-amplitude {of_task} both say what EMG amplitudes are a share of; leave one out"
        )
    wanted = [*_wanted(streams)]
    named = _NAMED["mvic" if mvic else "sub-maximal"]
    for recording in (*mvic, *submax):
        where = _where(recording, named)
        held = [channel for s in recording.of_kind("emg") for channel in s.channels]
        if not held:
            kinds = ", ".join(sorted({s.kind for s in recording.streams})) or "no samples"
            if kinds == "table" and set(wanted) & {channel for s in recording.streams for channel in s.channels}:
                raise BadInput(
                    f"{where}: its columns are not known to be EMG; give a --layout that says so, which then holds for"
                    f" the recording too, or a {named} with all of the recording's columns"
                )
            raise BadInput(f"{where}: holds {kinds} and no EMG; give a {named} recorded with the same electrodes")
        if not set(held) & set(wanted):
            raise BadInput(
                f"{where}: none of its EMG channels ({_first(held)}) is one of the recording's ({_first(wanted)}); give"
                f" a {named} with the same channel names"
            )
        if same := _same_samples(streams, recording.of_kind("emg")):
            raise BadInput(
                f"{where}: is the recording itself ({same} has the same samples), not a {named}; give one that was"
                f" recorded apart, or leave out {'--mvic' if mvic else '--submax'}"
            )


def _same_samples(ours: Sequence[Stream], theirs: Sequence[Stream]) -> str:
    """The first channel that is live and has the same samples in both, empty where there is none."""
    for one in ours:
        for two in (stream for stream in theirs if stream.n_samples == one.n_samples):
            for channel in (name for name in one.channels if name in two.channels):
                x, y = (s.values[:, s.channels.index(channel)] for s in (one, two))
                if np.array_equal(x, y, equal_nan=True) and np.nanmax(x) > np.nanmin(x):
                    return channel
    return ""


def _where(recording: Recording, named: str) -> str:
    return Path(recording.inputs[0].path).name if recording.inputs else f"the {named}"


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")


def _wanted(streams: Sequence[Stream]) -> dict[str, str]:
    """The unit of each channel."""
    return {channel: unit for stream in streams for channel, unit in zip(stream.channels, stream.units, strict=True)}


def _each_once(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same stretches without overlap, so that no sample counts twice."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start_s):
        if found and span.start_s <= found[-1].end_s:
            found[-1] = Span(found[-1].start_s, max(found[-1].end_s, span.end_s))
        else:
            found.append(span)
    return tuple(found)


def _trials(stream: Stream, where: str, wanted: Mapping[str, str], *, steady: bool) -> list[tuple[str, ReferenceTrial]]:
    """The channels of one contraction that are wanted; of a steady one the held part counts."""
    conditioned = condition_stream(stream)
    found: list[tuple[str, ReferenceTrial]] = []
    for k, verdict in enumerate(examine_stream(stream, conditioned)):
        if verdict.channel not in wanted:
            continue
        refused = "; ".join(verdict.reasons) if not verdict.amplitude_usable else ""
        if not refused and heavily_clipped(verdict.measured):
            refused = "clipped where it is strongest; lower the gain and record it anew"
        if not refused and stream.units[k] != wanted[verdict.channel]:
            refused = f"it is in {stream.units[k] or 'no unit'}, the recording is not"
        usable = not refused and conditioned is not None
        values = conditioned.channel(k).values if conditioned is not None and usable else stream.values[:, k]
        spans = held_spans(values, stream.rate_hz) if usable and steady else ()
        if usable and steady and not spans:
            refused = f"no {MVIC_WINDOW_S:g} s are seen in one piece"
        found.append((verdict.channel, ReferenceTrial(where, values, stream.rate_hz, spans, refused)))
    return found
