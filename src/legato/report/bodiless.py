"""Recordings that do not show how the body moved: EMG, a bar or force plates alone."""

from typing import TYPE_CHECKING

from legato.movements.jumps_on_plates import WHOLE_FORCE
from legato.report.bar import only_bar, untimed
from legato.report.emg_only import only_emg, recorded, reps_fact, unmarked
from legato.report.force_words import only_force

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.recording import Stream


def bodiless(analysis: "Analysis") -> bool:
    """Whether nothing shows how the body moved."""
    return only_emg(analysis) or only_bar(analysis) or only_force(analysis)


def one_stretch(analysis: "Analysis") -> bool:
    """Whether it is moreover told as one stretch, as nobody marked a repetition."""
    return unmarked(analysis) or (only_force(analysis) and all(rep.reason == WHOLE_FORCE for rep in analysis.reps))


def marked_fact(analysis: "Analysis") -> str:
    """How many repetitions a person marked, where the recording shows none; empty where it shows them."""
    if only_emg(analysis):
        return reps_fact(analysis)
    return "none marked" if one_stretch(analysis) else ""


def recorded_fact(analysis: "Analysis") -> str:
    """How long was recorded, and how often: `63.7 s, bar at 57.6 Hz`; frames where there is a body."""
    body = analysis.body
    if only_emg(analysis):
        return recorded(analysis)
    if only_bar(analysis) and untimed(analysis):
        return "a list of reps, without times"
    if only_bar(analysis) and (found := _bar_streams(analysis)):
        return _told(found, "bar")
    if only_force(analysis) and (found := list(analysis.recording.of_kind("force", "analog", "table"))):
        return _told(found, "force")
    return f"{body.n_frames / body.rate_hz:.1f} s at {body.rate_hz:g} Hz"


def _bar_streams(analysis: "Analysis") -> "list[Stream]":
    streams = analysis.recording.streams
    named = [] if analysis.bar is None else [s for s in streams if s.name == analysis.bar.stream]
    return named or list(analysis.recording.of_kind("imu", "table", "analog"))


def _told(streams: "list[Stream]", what: str) -> str:
    rates = sorted({round(stream.rate_hz, 1) for stream in streams})
    span_s = max(stream.duration_s for stream in streams)
    return f"{span_s:.1f} s, {what} at {' and '.join(f'{rate:g}' for rate in rates)} Hz"
