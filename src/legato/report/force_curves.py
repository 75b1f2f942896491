"""Curves of force: each plate and all of them over the trial, around each jump or pull, and the share of each foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.estimate import Estimate
from legato.forces.load_share import foot_forces
from legato.forces.share_curve import STEPS, share_curve
from legato.recording import FloatArray, Span
from legato.report.bodiless import one_stretch
from legato.report.charts import (
    Axis,
    canvas,
    curve,
    extremes,
    horizontal_grid,
    horizontal_labels,
    path,
    vertical_labels,
)
from legato.report.force_words import plate_name
from legato.report.interval_charts import limit
from legato.report.words import estimate_text, plural, rep_number
from legato.signals.gaps import runs_of

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.forces.analyse import ForcesResult, RepRise
    from legato.forces.jump_model import Jump
    from legato.forces.model import Plate

_WHOLE_POINTS = 500
_PART_POINTS = 240

_AROUND_S = 0.25
"""What is shown before and after a jump, s."""

_PULL_S = (-0.15, 0.35)
"""What is shown of a pull around its onset, s."""

_UNSEEN_S = 1.0
"""What is shown before a take-off whose onset was not seen, s."""

_MOST_CHARTS = 12


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """One curve: times in s of the recording, force in N, how it looks and what it is."""

    times: FloatArray
    force: FloatArray
    css: str
    name: str


def _lines(forces: "ForcesResult") -> list[_Line]:
    """All plates together where there are several, and on top of it those that anybody stands on."""
    used = [plate for plate in forces.plates if plate.stood_on]
    if len(used) == 1:
        return [_Line(used[0].times(), used[0].vertical, "bold", plate_name(forces, used[0].index))]
    looks = _looks(forces, used)
    found = [
        _Line(plate.times(), plate.vertical, f"plate {looks[plate.index]}", plate_name(forces, plate.index))
        for plate in used
    ]
    total = forces.total
    return found if total is None else [_Line(total.times(), total.force_n, "bold", "all plates"), *found]


def _looks(forces: "ForcesResult", used: "Sequence[Plate]") -> dict[int, str]:
    """Class of each plate's curve: its foot's where that is known, else one that differs from its neighbour's."""
    looks: dict[int, str] = {}
    for k, plate in enumerate(used):
        feet = {stand.foot for stand in forces.stands if stand.plate == plate.index and stand.foot}
        foot = next(iter(feet)) if len(feet) == 1 else ""
        looks[plate.index] = foot if foot in ("left", "right") else ("one", "two")[k % 2]
    return looks


def whole_chart(analysis: "Analysis", forces: "ForcesResult") -> str:
    """Force over the whole trial, the repetitions shaded with the borders of their phases."""
    lines = _lines(forces)
    if not lines:
        return ""
    across = _recorded(lines)
    if across.high <= across.low:
        return ""
    spans = ""
    for rep in () if one_stretch(analysis) else analysis.reps:
        css = "rep" if rep.complete else "rep part"
        spans += _span(across, rep.start_s, rep.end_s, css, str(rep_number(rep.index)))
        borders = {phase.start_s for phase in rep.phases} | {phase.end_s for phase in rep.phases}
        spans += "".join(
            f'<i class="edge" style="left:{across.percent(time)}"></i>'
            for time in sorted(borders - {rep.start_s, rep.end_s})
        )
    label = "Vertical force over the whole trial, N, reps shaded, borders of their phases as lines"
    drawn = _plot(
        lines,
        across,
        label,
        spans,
        _area(analysis, across),
        190,
        _WHOLE_POINTS,
        horizontal_labels(across, "s", about=7),
    )
    return f"<figure>{_keys(lines)}{drawn}</figure>"


def _recorded(lines: Sequence[_Line]) -> Axis:
    return Axis(min(float(line.times[0]) for line in lines), max(float(line.times[-1]) for line in lines))


def _keys(lines: Sequence[_Line]) -> str:
    named = dict.fromkeys((line.css, line.name) for line in lines)
    keys = "".join(f'<span><i class="key curve {css}"></i>{escape(name)}</span>' for css, name in named)
    return f'<figcaption class="legend">{keys}</figcaption>'


def _span(across: Axis, start_s: float, end_s: float, css: str, text: str) -> str:
    left, right = (100.0 * min(1.0, max(0.0, across.share(t))) for t in (start_s, end_s))
    return f'<i class="{css}" style="left:{left:.2f}%;width:{right - left:.2f}%"><em>{text}</em></i>'


def _plot(
    lines: Sequence[_Line], across: Axis, label: str, behind: str, area: str, height: int, points: int, below: str
) -> str:
    pieces: list[tuple[FloatArray, FloatArray, str]] = []
    for line in lines:
        inside = np.flatnonzero((line.times >= across.low) & (line.times <= across.high))
        if inside.size > 1:
            chosen = inside[extremes(line.force[inside], points)]
            pieces.append((line.times[chosen], line.force[chosen], line.css))
    up = Axis.around(np.concatenate([np.zeros(1), *(y for _, y, _ in pieces)]), least=100.0)
    drawn = horizontal_grid(up) + "".join(curve(x, y, across, up, css) for x, y, css in pieces)
    return (
        f'<div class="plot">{vertical_labels(up, " N")}<div {area} style="height:{height}px">{behind}'
        f'{canvas(drawn, label)}<i class="cursor"></i></div>{below}</div>'
    )


def _area(analysis: "Analysis", across: Axis) -> str:
    """Attributes of a plot on the recording's clock; it follows the replay where there is one."""
    if not analysis.body.points:
        return 'class="area"'
    return f'class="area abs" data-low="{across.low:.4f}" data-high="{across.high:.4f}"'


def jump_charts(analysis: "Analysis", forces: "ForcesResult") -> str:
    """Each jump from before its onset to after its landing, its phases shaded and numbered."""
    if forces.jumps is None or forces.total is None:
        return ""
    lines = _lines(forces)
    charts = [
        _jump_chart(analysis, k, jump, lines, forces.total.start_s)
        for k, jump in enumerate(forces.jumps.jumps[:_MOST_CHARTS])
    ]
    more = len(forces.jumps.jumps) - len(charts)
    note = f'<p class="note">{plural(more, "more jump")} in the table.</p>' if more > 0 else ""
    return f'<div class="multiples">{"".join(charts)}</div>{note}' if charts else ""


def _jump_chart(analysis: "Analysis", index: int, jump: "Jump", lines: Sequence[_Line], start_s: float) -> str:
    edges = [start_s + edge.value for phase in jump.phases for edge in (phase.start_s, phase.end_s)]
    if jump.onset_s is not None:
        edges.append(start_s + jump.onset_s.value)
    elif jump.contact_time_s is None:
        edges.append(start_s + jump.take_off_s.value - _UNSEEN_S)
    recorded = _recorded(lines)
    across = Axis(max(recorded.low, min(edges) - _AROUND_S), min(recorded.high, max(edges) + _AROUND_S))
    spans = "".join(
        _span(across, start_s + phase.start_s.value, start_s + phase.end_s.value, f"phase {phase.name}", str(k))
        for k, phase in enumerate(jump.phases, start=1)
    )
    told = [
        f"{k} {phase.name} {estimate_text(phase.end_s.minus(phase.start_s))}"
        for k, phase in enumerate(jump.phases, start=1)
    ]
    name = f"Jump {rep_number(index)}"
    label = f"{name}: vertical force, N, with its phases: {'; '.join(told)}"
    below = horizontal_labels(across, "s", about=5)
    drawn = _plot(lines, across, label, spans, _area(analysis, across), 170, _PART_POINTS, below)
    kind = "" if jump.kind == "unknown" else f" <small>{jump.kind}</small>"
    parts = "".join(f"<span>{escape(text)}</span>" for text in told)
    return f'<figure><figcaption>{name}{kind}</figcaption>{drawn}<p class="legend phases">{parts}</p></figure>'


def pull_charts(forces: "ForcesResult") -> str:
    """A figure a pull around its onset, with the borders of the windows in which its rise is told."""
    lines = _lines(forces)
    tries = [one for one in forces.rises if one.rise is not None][:_MOST_CHARTS]
    return "".join(_pull_chart(one, lines) for one in tries)


def _pull_chart(one: "RepRise", lines: Sequence[_Line]) -> str:
    if one.rise is None:
        return ""
    onset = one.rise.onset_s
    across = Axis(_PULL_S[0], _PULL_S[1])
    moved = [_Line(line.times - onset.value, line.force, line.css, line.name) for line in lines]
    borders = sorted({edge for window in one.rise.windows for edge in (window.start_s, window.end_s)})
    behind = "".join(f'<i class="edge" style="left:{across.percent(edge)}"></i>' for edge in borders)
    behind += _span(across, onset.low - onset.value, onset.high - onset.value, "phase onset", "")
    name = f"Pull {rep_number(one.rep)}"
    label = f"{name}: vertical force, N, around its onset, borders of the windows as lines"
    below = horizontal_labels(across, "ms", about=5, scale=1000.0)
    drawn = _plot(moved, across, label, behind, 'class="area"', 170, _PART_POINTS, below)
    at = f"from its onset at {estimate_text(onset)}"
    return f"<figure><figcaption>{name} <small>{escape(at)}</small></figcaption>{drawn}</figure>"


def share_chart(analysis: "Analysis", forces: "ForcesResult") -> str:
    """The left foot's share over the repetition, each one thin, their mean bold in the band of its interval."""
    told = {rep.rep for rep in forces.load_share.per_rep if rep.left is not None}
    spans = [Span(rep.start_s, rep.end_s) for rep in analysis.reps if rep.index in told]
    under = foot_forces(forces.plates, forces.stands)
    found = None if under is None or not spans else share_curve(under, spans, analysis.settings.level)
    if found is None or not np.isfinite(found.left).any():
        return ""
    x = np.arange(STEPS, dtype=np.float64) + 0.5
    across = Axis(0.0, 100.0)
    left, low, high = (100.0 * part for part in (found.left, found.low, found.high))
    up = Axis.around(np.concatenate([low, high, 100.0 * found.per_rep.ravel(), [40.0, 60.0]]))
    up = Axis(max(0.0, up.low), min(100.0, up.high))
    drawn = horizontal_grid(up) + _band(x, low, high, across, up)
    if len(spans) > 1:
        drawn += "".join(curve(x, 100.0 * row, across, up, "thin") for row in found.per_rep)
    drawn += curve(x, left, across, up, "bold")
    label = f"Load on the left foot over the rep, % of both feet, mean of {plural(len(spans), 'rep')} with its interval"
    plot = (
        f'<div class="plot">{vertical_labels(up, " %")}<div class="area" style="height:150px">{limit(up, 50.0)}'
        f"{canvas(drawn, label)}</div>{horizontal_labels(across, '% of the rep', about=4)}</div>"
    )
    said = "band: its interval" + ("" if len(spans) == 1 else ", thin: each rep")
    table = _share_table(found.left, found.low, found.high, analysis.settings.level)
    return f"<figure><figcaption>Load on the left foot <small>{said}</small></figcaption>{plot}{table}</figure>"


def _band(x: FloatArray, low: FloatArray, high: FloatArray, across: Axis, up: Axis) -> str:
    known = np.isfinite(low) & np.isfinite(high)
    drawn = ""
    for first, stop in runs_of(known):
        part = slice(first, stop)
        ring = np.concatenate([x[part], x[part][::-1]]), np.concatenate([high[part], low[part][::-1]])
        drawn += f'<path class="ribbon" d="{path(*ring, across, up)}Z"/>'
    return drawn


def _share_table(left: FloatArray, low: FloatArray, high: FloatArray, level: float) -> str:
    rows = ""
    for step in range(0, STEPS, 10):
        if np.isfinite(left[step]):
            share = Estimate(float(left[step]), float(low[step]), float(high[step]), level, "1").scaled(100.0, "%")
            cells = f"<td>{estimate_text(share)}</td><td>{estimate_text(share.scaled(-1.0).shifted(100.0))}</td>"
        else:
            cells = "<td>—</td><td>—</td>"
        rows += f"<tr><th scope=row>{step}–{step + 1} %</th>{cells}</tr>"
    table = f"<table><thead><tr><th>Rep</th><th>left</th><th>right</th></tr></thead><tbody>{rows}</tbody></table>"
    return f"<details><summary>Table</summary><div class=scroll>{table}</div></details>"
