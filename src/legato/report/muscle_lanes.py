"""A lane a muscle in the timeline: bursts of each rep with their intervals, the envelope behind, the target window."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.estimate import Estimate
from legato.muscles.channel_lags import motion_clock_error_s
from legato.muscles.model import LagResult, MuscleResult, RepBurst
from legato.report.lanes import Lanes
from legato.report.muscle_words import judged_lags, muscle_of, plain_name, read_reps, window_of
from legato.report.words import band_text, gap_ms, interval_ms, rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

_EVENTS = ("onset", "centre")
"""Times of a burst that are marked in a lane; all four are in its own chart."""

_POINTS = 20000
"""Points of all envelopes together, at most 100 a rep, or 600 where there is one."""


def lane_muscles(analysis: "Analysis") -> list[MuscleResult]:
    """Muscles with a lane: those that can be used and fire somewhere, those that are compared first."""
    found = [] if analysis.muscles is None else [m for m in analysis.muscles.usable if m.bursts]
    order: dict[tuple[str, str], None] = {}
    for lag in judged_lags(analysis):
        order |= {(lag.from_stream, lag.from_channel): None, (lag.to_stream, lag.to_channel): None}
    places = list(order)
    return sorted(
        found, key=lambda m: places.index((m.stream, m.channel)) if (m.stream, m.channel) in order else len(places)
    )


def muscle_lanes(analysis: "Analysis", lanes: Lanes) -> str:
    """The lanes."""
    muscles = lane_muscles(analysis)
    most = 600 if len(lanes.references) == 1 else 100
    points = max(20, min(most, _POINTS // max(1, len(muscles) * len(lanes.references))))
    return "".join(_lane(analysis, muscle, lanes, points) for muscle in muscles)


def muscle_legend(analysis: "Analysis", lanes: Lanes) -> list[tuple[str, str]]:
    """Symbols of the muscles' lanes, and what each stands for."""
    muscles = lane_muscles(analysis)
    if not muscles:
        return []
    items = [("onset", "burst onset"), ("centre", "burst centre")]
    seen = [burst for muscle in muscles for burst in muscle.bursts if burst.rep in lanes.references]
    if not lanes.whole and any(not burst.main and burst.centre is not None for burst in seen):
        items.append(
            ("side", f"centre of a burst that lags are not told from: it is not its {lanes.noun}'s largest by far")
        )
    if any(burst.centre is None for burst in seen):
        items.append(("found", "burst found, but its centre cannot be told"))
    items.append(("line", "envelope, each muscle to its own height"))
    for muscle in muscles:
        for k, lag in enumerate(_windows_of(analysis, muscle)):
            items.append(("other" if k else "box", _window_text(analysis, lag)))
    return items


def clock_notes(analysis: "Analysis") -> list[str]:
    """How well the clock of each EMG stream with a lane is known against the motion, which no bar of a muscle holds."""
    found: list[str] = []
    for stream in dict.fromkeys(muscle.stream for muscle in lane_muscles(analysis)):
        sd_s = motion_clock_error_s(analysis.recording, stream)
        if sd_s > 0.0:
            how = "; ".join(o.method for o in analysis.recording.offsets if o.stream == stream and o.method)
            found.append(
                f"Clock of {stream}: known against the motion to an SD of {1000.0 * sd_s:.0f} ms"
                f"{f' ({how})' if how else ''}. The bars at the muscles do not hold it: it cancels between muscles of "
                "one device and comes on top between a muscle and a link."
            )
    return found


def _clock(analysis: "Analysis", muscle: MuscleResult) -> str:
    sd_s = motion_clock_error_s(analysis.recording, muscle.stream)
    return f", clock SD\u00a0{1000.0 * sd_s:.0f}\u00a0ms" if sd_s > 0.0 else ""


def _window_text(analysis: "Analysis", lag: LagResult) -> str:
    window = window_of(analysis, lag)
    first = muscle_of(analysis, lag.from_stream, lag.from_channel)
    if window is None or window.band_s is None or first is None:
        return ""
    claim = ", an untested claim" if window.grade == "N" else ""
    return f"{band_text(window.band_s)} after the {plain_name(first)}{claim}"


def _lane(analysis: "Analysis", muscle: MuscleResult, lanes: Lanes, points: int) -> str:
    refused = dict(muscle.refused_reps)
    read = read_reps(analysis)
    marks = "".join(_rep(muscle, rep, refused, lanes) for rep in lanes.references if rep in read)
    times = muscle.envelope_start_s + np.arange(muscle.envelope.size) / muscle.envelope_rate_hz
    envelope = lanes.curves(times, muscle.envelope, points, 1.0) if muscle.envelope.size else ""
    windows = _windows_of(analysis, muscle)
    bands = "".join(_bands(analysis, lag, lanes, k, len(windows)) for k, lag in enumerate(windows))
    reference = f'<i class="ref" style="left:{lanes.across.percent(0.0)}"></i>'
    name, side = muscle.name.split(" (")[0], f"{muscle.side}, " if muscle.side else ""
    who = f"<b>{escape(name)}</b><small>{side}EMG{_clock(analysis, muscle)}</small>"
    return (
        f'<div class="lane"><div class="who emg">{who}</div><div class="area rel" style="{lanes.size_css}">'
        f'{bands}{envelope}{reference}<i class="cursor"></i>{marks}</div></div>'
    )


def _windows_of(analysis: "Analysis", muscle: MuscleResult) -> list[LagResult]:
    """The lags to a muscle that a window of the movement asks for."""
    return [
        lag
        for lag in judged_lags(analysis)
        if (muscle.stream, muscle.channel) == (lag.to_stream, lag.to_channel) and _window_text(analysis, lag)
    ]


def _bands(analysis: "Analysis", lag: LagResult, lanes: Lanes, place: int, of: int) -> str:
    """The target window of each rep, counted from the first muscle's burst in that rep; where a lane has several, each
    has its own part of the row.
    """
    window = window_of(analysis, lag)
    first = muscle_of(analysis, lag.from_stream, lag.from_channel)
    if window is None or window.band_s is None or None in window.band_s or first is None:
        return ""
    drawn = ""
    for rep, reference in lanes.references.items():
        burst = first.main_burst(rep)
        start = None if burst is None else burst.time(lag.at)
        if start is not None:
            ends = [lanes.across.share(start.value - reference + edge) for edge in window.band_s if edge is not None]
            low, high = (100.0 * min(1.0, max(0.0, share)) for share in ends)
            part_px = lanes.step_px / of
            top = lanes.top_px(rep) - 0.5 * lanes.step_px + place * part_px
            where = f"left:{low:.2f}%;width:{high - low:.2f}%;top:{top:.1f}px;height:{part_px:.1f}px"
            drawn += f'<i class="band row{" other" if place else ""}" style="{where}"></i>'
    return drawn


def _rep(muscle: MuscleResult, rep: int, refused: Mapping[int, str], lanes: Lanes) -> str:
    top = f"top:{lanes.top_px(rep):.1f}px"
    bursts = muscle.in_rep(rep)
    small = "" if lanes.roomy else " tiny"
    if rep in refused or not bursts:
        why = refused.get(rep, f"no burst has its middle in this {lanes.noun}")
        said = f"✕ {lanes.row_name(rep)}{'refused' if rep in refused else 'no burst'}"
        return f'<em class="refused{small}" style="{top}" title="{escape(why)}">{said}</em>'
    drawn = "".join(_burst(muscle, burst, rep, lanes, top) for burst in bursts)
    if any(burst.centre is not None for burst in bursts):
        return drawn
    why = "; ".join(dict.fromkeys(burst.reason for burst in bursts if burst.reason))
    found = "burst found, not timed" if len(bursts) == 1 else f"{len(bursts)} bursts found, not timed"
    return f'{drawn}<em class="refused{small}" style="{top}" title="{escape(why)}">{lanes.row_name(rep)}{found}</em>'


def _burst(muscle: MuscleResult, burst: RepBurst, rep: int, lanes: Lanes, top: str) -> str:
    events = _EVENTS if burst.main or lanes.whole else _EVENTS[1:]
    marks = "" if burst.centre is not None else _found(muscle, burst, rep, lanes, top)
    for event in events:
        time = burst.time(event)
        if time is not None:
            marks += _mark(muscle, event, time, rep, lanes, top, main=burst.main or lanes.whole)
    return marks


def _found(muscle: MuscleResult, burst: RepBurst, rep: int, lanes: Lanes, top: str) -> str:
    """Where a burst stands out whose centre cannot be told."""
    low, high = (
        100.0 * min(1.0, max(0.0, lanes.across.share(edge - lanes.references[rep])))
        for edge in (burst.start_s, burst.stop_s)
    )
    if not high > low:
        return ""
    title = (
        f"{lanes.row_name(rep)}{muscle.label}, a burst from {burst.start_s:.2f} to {burst.stop_s:.2f} s: {burst.reason}"
    )
    return f'<i class="found" style="left:{low:.2f}%;width:{high - low:.2f}%;{top}" title="{escape(title)}"></i>'


def _mark(muscle: MuscleResult, event: str, time: Estimate, rep: int, lanes: Lanes, top: str, *, main: bool) -> str:
    shown = time.shifted(-lanes.references[rep])
    across = lanes.across
    if not 0.0 <= across.share(shown.value) <= 1.0:
        return ""
    left, right = 100.0 * max(0.0, across.share(shown.low)), 100.0 * min(1.0, across.share(shown.high))
    other = "" if main else ", a burst that lags are not told from"
    when = f"{time.value:.3f} s, {gap_ms(shown)} ms ({interval_ms(shown)})"
    label = f"{lanes.row_name(rep)}{muscle.label}, burst {event} at {when}{other}"
    numeral = str(rep_number(rep)) if lanes.numbered else ""
    # Bursts follow each other closely in the one row of a whole recording: bars of onsets lie above those of centres.
    bar = f"ci {event}" if lanes.whole else "ci"
    return (
        f'<i class="{bar}" style="left:{left:.2f}%;width:{max(0.0, right - left):.2f}%;{top}"></i>'
        f'<button class="mk {event}{"" if main else " side"}" style="left:{across.percent(shown.value)};{top}" '
        f'data-t="{time.value:.4f}" aria-label="{escape(label)}"><span>{numeral}</span></button>'
    )
