"""The envelope of each muscle with its bursts marked: reps overlaid, or the whole recording where there is one rep."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.muscles.model import MuscleResult, RepBurst
from legato.recording import FloatArray
from legato.report.charts import Axis, canvas, curve, horizontal_grid, horizontal_labels, thinned, vertical_labels
from legato.report.holds import in_own_words
from legato.report.lanes import Lanes
from legato.report.muscle_lanes import lane_muscles
from legato.report.words import estimate_text, plural, rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

_EVENTS = ("onset", "centre", "peak", "offset")

_POINTS = 60000
"""Points of all curves of the page together, and of one curve at most and at least."""
_MOST, _LEAST = 300, 40

_ROW_PX, _CURVE_PX = 15.0, 96.0

_SHOWN = 6


def envelope_charts(analysis: "Analysis", lanes: Lanes) -> str:
    """A small chart a muscle, unit % of the named reference, and the table of its bursts behind it."""
    muscles = lane_muscles(analysis)
    if not muscles:
        return ""
    charts = [_chart(analysis, muscle, lanes, muscles) for muscle in muscles]
    shown, more = charts[:_SHOWN], charts[_SHOWN:]
    html = f'<div class="multiples">{"".join(shown)}</div>'
    if more:
        inside = f'<div class="multiples">{"".join(more)}</div>'
        html += f'<details class="more"><summary>{plural(len(more), "more muscle")}</summary>{inside}</details>'
    return html


def _chart(analysis: "Analysis", muscle: MuscleResult, lanes: Lanes, muscles: Sequence[MuscleResult]) -> str:
    whole = len(lanes.references) < 2
    times = muscle.envelope_start_s + np.arange(muscle.envelope.size) / muscle.envelope_rate_hz
    across = _whole_axis(analysis, times) if whole else _rep_axis(muscles, lanes)
    offsets = (0.0,) if whole else tuple(lanes.references.values())
    envelope, of_what, sign = _shown_envelope(muscle)
    pieces = _pieces(times, envelope, across, offsets, len(muscles))
    up = Axis.around(
        np.concatenate([y for _, y in pieces] + [np.zeros(1)]), pad=0.06, least=1.0 if sign == "%" else 1e-12
    )
    up = Axis(0.0, up.high)
    css = "bold" if whole else "thin"
    lines = horizontal_grid(up, 3) + "".join(curve(x, y, across, up, css) for x, y in pieces)
    what = "the whole recording" if whole else f"{plural(len(offsets), lanes.noun)} overlaid"
    label = f"{muscle.label}: EMG envelope, {what}, {of_what}"
    spans = _rep_spans(analysis, across) if whole else ""
    plot = (
        f'<div class="area" style="height:{_CURVE_PX:.0f}px">{spans}{canvas(lines, label)}</div>'
        if muscle.envelope.size
        else ""
    )
    labels = vertical_labels(up, f" {sign}", about=3) if muscle.envelope.size else ""
    shown = [b for b in muscle.bursts if whole or b.rep in lanes.references]
    unit = "s" if whole else "ms"
    named = of_what if muscle.normalisation or not muscle.envelope.size else f"{of_what}, not normalised"
    return (
        f"<figure><figcaption>{escape(muscle.label)} <small>{escape(named)}</small></figcaption>"
        f'<div class="plot">{labels}{plot}{_event_rows(shown, lanes, across, whole=whole)}'
        f"{horizontal_labels(across, unit, about=4, scale=1.0 if whole else 1000.0)}</div>"
        f"{_table(analysis, muscle, lanes)}</figure>"
    )


def _shown_envelope(muscle: MuscleResult) -> tuple[FloatArray, str, str]:
    """The envelope as it is drawn, what it is told in, and the sign behind its numbers; volts in µV."""
    if muscle.normalisation:
        return muscle.envelope, f"% of the {muscle.normalisation}", "%"
    if not muscle.envelope.size:
        return muscle.envelope, "not normalised", ""
    if muscle.envelope_unit == "V":
        return 1e6 * muscle.envelope, "µV", "µV"
    named = muscle.envelope_unit or "the file's own unit"
    return muscle.envelope, named, muscle.envelope_unit


def _whole_axis(analysis: "Analysis", times: FloatArray) -> Axis:
    if times.size > 1:
        return Axis(float(times[0]), float(times[-1]))
    body = analysis.body.times()
    return Axis(float(body[0]), float(body[-1]))


def _rep_axis(muscles: Sequence[MuscleResult], lanes: Lanes) -> Axis:
    """The stretch around the instant at which the reps are lined up that holds all their bursts; one for all charts."""
    edges = [lanes.across.low, lanes.across.high]
    for muscle in muscles:
        for burst in muscle.bursts:
            if burst.rep is not None and burst.rep in lanes.references:
                edges += [t - lanes.references[burst.rep] for t in (burst.start_s, burst.stop_s)]
    return Axis.around(edges, pad=0.04)


def _pieces(
    times: FloatArray, envelope: FloatArray, across: Axis, offsets: Sequence[float], muscles: int
) -> list[tuple[FloatArray, FloatArray]]:
    """The envelope around each instant, with as many points as the page can bear."""
    most = max(_LEAST, min(_MOST, _POINTS // max(1, muscles * len(offsets))))
    found: list[tuple[FloatArray, FloatArray]] = []
    for offset in offsets:
        inside = np.flatnonzero((times >= offset + across.low) & (times <= offset + across.high))
        if inside.size > 1:
            chosen = inside[thinned(inside.size, 2 * most if len(offsets) == 1 else most)]
            found.append((times[chosen] - offset, envelope[chosen]))
    return found


def _rep_spans(analysis: "Analysis", across: Axis) -> str:
    spans = ""
    for rep in analysis.reps:
        left, right = (100.0 * min(1.0, max(0.0, across.share(t))) for t in (rep.start_s, rep.end_s))
        spans += f'<i class="rep" style="left:{left:.2f}%;width:{right - left:.2f}%"></i>'
    return spans


def _event_rows(bursts: Sequence[RepBurst], lanes: Lanes, across: Axis, *, whole: bool) -> str:
    """A row an event below the curves: where it lies in each burst, with its interval."""
    names, marks = "", ""
    for k, event in enumerate(_EVENTS):
        top = (k + 0.5) * _ROW_PX
        names += f'<span style="top:{top:.1f}px">{event}</span>'
        for burst in bursts:
            marks += _event(burst, event, lanes, across, top, whole=whole)
    marks += "".join(_untimed(burst, _offset_s(burst, lanes, whole=whole), across) for burst in bursts)
    height = f"height:{_ROW_PX * len(_EVENTS):.0f}px"
    return (
        f'<div class="yl ev" aria-hidden="true" style="{height}">{names}</div>'
        f'<div class="area" style="{height}">{marks}</div>'
    )


def _offset_s(burst: RepBurst, lanes: Lanes, *, whole: bool) -> float:
    return 0.0 if whole or burst.rep is None else lanes.references[burst.rep]


def _untimed(burst: RepBurst, offset_s: float, across: Axis) -> str:
    """Where a burst stands out whose centre cannot be told, behind the rows of its events."""
    if burst.centre is not None:
        return ""
    low, high = (100.0 * min(1.0, max(0.0, across.share(edge - offset_s))) for edge in (burst.start_s, burst.stop_s))
    return f'<i class="found" style="left:{low:.2f}%;width:{high - low:.2f}%" title="{escape(burst.reason)}"></i>'


def _event(burst: RepBurst, event: str, lanes: Lanes, across: Axis, top: float, *, whole: bool) -> str:
    time = burst.time(event)
    if time is None:
        return ""
    shown = time.shifted(-_offset_s(burst, lanes, whole=whole))
    if not 0.0 <= across.share(shown.value) <= 1.0:
        return ""
    left, right = (100.0 * min(1.0, max(0.0, across.share(edge))) for edge in (shown.low, shown.high))
    where = f"outside the {lanes.noun}s, " if burst.rep is None else lanes.row_name(burst.rep, ", ")
    title = f"{where}{event}: {estimate_text(time)}"
    return (
        f'<i class="ci dot" style="left:{left:.2f}%;width:{right - left:.2f}%;top:{top:.1f}px"></i>'
        f'<i class="pt {event}" style="left:{across.percent(shown.value)};top:{top:.1f}px" title="{escape(title)}"></i>'
    )


def _table(analysis: "Analysis", muscle: MuscleResult, lanes: Lanes) -> str:
    """Every burst; counted where the recording is one stretch, else by the rep that holds it."""
    rows = ""
    for number, burst in enumerate(muscle.bursts, start=1):
        rep = str(number) if lanes.whole else "—" if burst.rep is None else str(rep_number(burst.rep))
        centre = burst.centre or burst.peak or burst.onset
        named = f'<button class="jump" data-t="{centre.value:.4f}">{rep}</button>' if centre is not None else rep
        cells = "".join(f"<td>{escape(estimate_text(burst.time(event)))}</td>" for event in _EVENTS)
        rows += (
            f"<tr><th scope=row>{named}</th>{cells}<td>{escape(_amplitude(burst))}</td>"
            f'<td class="why">{escape(in_own_words(analysis, burst.reason))}</td></tr>'
        )
    times = "<th>Onset</th><th>Centre</th><th>Peak</th><th>Offset</th><th>Amplitude</th><td></td>"
    head = f"<tr><th>{'Burst' if lanes.whole else lanes.noun.capitalize()}</th>{times}</tr>"
    table = f"<table class=bursts><thead>{head}</thead><tbody>{rows}</tbody></table>"
    counted = plural(len(muscle.bursts), "burst")
    return f"<details><summary>Table: {counted}</summary><div class=scroll>{table}</div></details>"


def _amplitude(burst: RepBurst) -> str:
    """In % of its reference; a raw one in µV, as volts would be all zeros."""
    found = burst.amplitude
    return estimate_text(found if found is None or found.unit != "V" else found.scaled(1e6, "µV"))
