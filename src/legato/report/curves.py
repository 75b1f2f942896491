"""Angle curves: reps overlaid on 0–100 % of the rep, and the whole trial, with a table behind each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from legato.movements.model import Rep
from legato.recording import FloatArray
from legato.report.charts import (
    Axis,
    canvas,
    curve,
    horizontal_grid,
    horizontal_labels,
    thinned,
    vertical_labels,
)
from legato.report.holds import rep_noun
from legato.report.words import number, plural, quantity_name, rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis

_SHARES = 101
"""Points of a time-normalised curve: each per cent from 0 to 100."""

_TRIAL_POINTS = 900

_SPOKEN = {"°": "degrees"}
"""Units by the word that a reader of the screen hears."""

_FIRST = ("knee_flexion", "hip_flexion", "thorax_pelvis_axial", "lumbar_flexion", "thorax_pitch", "ankle_dorsiflexion")
"""Angles a coach looks for first; the others follow in the body's order."""


@dataclass(frozen=True, slots=True)
class Group:
    """One chart: an angle or a moment, with both sides where it has two.

    `sides` maps `right`, `left` or an empty name to degrees, or the `unit` as it is printed, shape (n,).
    """

    name: str
    title: str
    sides: Mapping[str, FloatArray]
    unit: str = "°"

    @property
    def names(self) -> tuple[str, ...]:
        """The body's names of these angles."""
        return tuple(f"{self.name}_{side}" if side else self.name for side in self.sides)


def groups(angles: Mapping[str, FloatArray]) -> tuple[Group, ...]:
    """The body's angles, rad, gathered into charts, in degrees; angles that are never known are left out."""
    found: dict[str, dict[str, FloatArray]] = {}
    for name, values in angles.items():
        side = next((s for s in ("right", "left") if name.endswith(f"_{s}")), "")
        stem = name.removesuffix(f"_{side}") if side else name
        if np.isfinite(values).any():
            found.setdefault(stem, {})[side] = np.degrees(values)
    ordered = [n for n in _FIRST if n in found] + [n for n in found if n not in _FIRST]
    return tuple(Group(name, quantity_name(name), found[name]) for name in ordered)


def angle_charts(analysis: "Analysis") -> str:
    """Small multiples: each angle over the rep, reps overlaid, the mean of the whole ones bold."""
    charts = [rep_chart(analysis, group) for group in groups(analysis.body.angles)]
    charts = [chart for chart in charts if chart]
    if not charts:
        return '<p class="none">No joint angle could be measured.</p>'
    shown, more = charts[:6], charts[6:]
    noun = rep_noun(analysis)
    cut = "" if _whole(analysis) else f'<p class="note">No {noun} is whole: what was seen of each, and no mean.</p>'
    html = f'{cut}<div class="multiples">{"".join(shown)}</div>'
    if more:
        inside = f'<div class="multiples">{"".join(more)}</div>'
        html += f'<details class="more"><summary>{plural(len(more), "more angle")}</summary>{inside}</details>'
    return html


def trial_charts(analysis: "Analysis") -> str:
    """Each angle over the whole trial with the reps shaded, one shown at a time."""
    found = groups(analysis.body.angles)
    if not found:
        return ""
    options = "".join(f'<option value="{escape(g.name)}">{escape(g.title)}</option>' for g in found)
    charts = "".join(_trial_chart(analysis, g, hidden=i > 0) for i, g in enumerate(found))
    choice = f'<p><label for="trial-angle">Angle </label><select id="trial-angle">{options}</select></p>'
    return f'<div class="trial">{choice}{charts}</div>'


def normalised(times: FloatArray, values: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """`values` read at 0, 1 … 100 % of the stretch, shape (101,); NaN where a neighbouring sample is missing."""
    at = np.linspace(start_s, end_s, _SHARES)
    return np.interp(at, times, values, left=np.nan, right=np.nan)


def rep_chart(analysis: "Analysis", group: Group) -> str:
    """A quantity over the rep, reps overlaid, the mean of the whole ones bold; empty where it is never known."""
    times = analysis.body.times()
    whole = _whole(analysis)
    sides: dict[str, FloatArray] = {}
    for side, values in group.sides.items():
        reps = _of_foot(analysis, whole or analysis.reps, side)
        rows = [normalised(times, values, rep.start_s, rep.end_s) for rep in reps]
        rows = [row for row in rows if np.isfinite(row).any()]
        if rows:
            sides[side] = np.vstack(rows)
    if not sides:
        return ""
    across = Axis(0.0, 100.0)
    up = Axis.around(np.concatenate([rows.ravel() for rows in sides.values()]), least=8.0)
    x = np.linspace(0.0, 100.0, _SHARES)
    lines = horizontal_grid(up)
    for side, rows in sides.items():
        lines += "".join(curve(x, row, across, up, f"thin {side or 'right'}") for row in rows)
    for side, rows in sides.items() if whole else ():
        lines += curve(x, rows.mean(axis=0), across, up, f"bold {side or 'right'}")
    noun, most = rep_noun(analysis), max(len(rows) for rows in sides.values())
    unit = _SPOKEN.get(group.unit, group.unit.strip())
    label = f"{group.title} over the {noun}, {plural(most, noun)} overlaid, {unit}"
    plot = (
        f'<div class="plot">{vertical_labels(up, group.unit)}'
        f'<div class="area" style="height:150px">{canvas(lines, label)}</div>'
        f"{horizontal_labels(across, f'% of the {noun}' if whole else '% of what was seen', about=4)}</div>"
    )
    keys = "".join(f'<i class="key {side}"></i>{side} ' for side in sides if side)
    key = f'<span class="sides">{keys}</span>' if keys else ""
    table = _rep_table(analysis, sides, group.unit)
    return f"<figure><figcaption>{escape(group.title)}{key}</figcaption>{plot}{table}</figure>"


def _whole(analysis: "Analysis") -> list[Rep]:
    return [rep for rep in analysis.reps if rep.complete]


def _of_foot(analysis: "Analysis", reps: Sequence[Rep], side: str) -> list[Rep]:
    """The reps that an angle of this side is averaged over. Strides of two feet lie half a stride apart: of them those
    of the angle's own foot, of the foot with most where it has no side.
    """
    feet = Counter(rep.side for rep in reps)
    if analysis.movement.cycle.anchor != "stride" or not {"right", "left"} <= set(feet):
        return list(reps)
    foot = side or max(("right", "left"), key=lambda one: feet[one])
    return [rep for rep in reps if rep.side == foot]


def _rep_table(analysis: "Analysis", sides: Mapping[str, FloatArray], unit: str) -> str:
    noun, mean = rep_noun(analysis), bool(_whole(analysis))
    single = {side for side, values in sides.items() if values.shape[0] == 1}
    names = {"": "", "right": "right: ", "left": "left: "}
    head = "".join(
        f"<th>{names[s]}the one {noun}</th>"
        if s in single
        else f"<th>{names[s]}mean</th><th>lowest to highest {noun}</th>"
        if mean
        else f"<th>{names[s]}lowest to highest</th>"
        for s in sides
    )
    rows: list[str] = []
    for share in range(0, _SHARES, 10):
        cells = ""
        for side, values in sides.items():
            column = values[:, share]
            known = column[np.isfinite(column)]
            if known.size == 0:
                cells += "<td>—</td>" * (1 if side in single else 1 + mean)
            elif side in single:
                cells += f"<td>{number(float(known[0]), 1)}{unit}</td>"
            else:
                cells += f"<td>{number(float(known.mean()), 1)}{unit}</td>" if mean else ""
                cells += f"<td>{number(float(known.min()), 1)} to {number(float(known.max()), 1)}{unit}</td>"
        rows.append(f"<tr><th scope=row>{share} %</th>{cells}</tr>")
    table = f"<table><thead><tr><th>{noun.capitalize()}</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"<details><summary>Table</summary><div class=scroll>{table}</div></details>"


def _trial_chart(analysis: "Analysis", group: Group, *, hidden: bool) -> str:
    times = analysis.body.times()
    chosen = thinned(times.size, _TRIAL_POINTS)
    across = Axis(float(times[0]), float(times[-1]))
    up = Axis.around(np.concatenate(list(group.sides.values())), least=8.0)
    lines = horizontal_grid(up)
    for side, values in group.sides.items():
        lines += curve(times[chosen], values[chosen], across, up, f"bold {side or 'right'}")
    spans = ""
    for rep in analysis.reps:
        width = 100.0 * (across.share(rep.end_s) - across.share(rep.start_s))
        where = f"left:{across.percent(rep.start_s)};width:{width:.2f}%"
        css = "rep" if rep.complete else "rep part"
        spans += f'<i class="{css}" style="{where}"><em>{rep_number(rep.index)}</em></i>'
    label = f"{group.title} over the whole trial, degrees, reps shaded"
    ends = f'data-low="{across.low:.4f}" data-high="{across.high:.4f}"'
    inside = f'{spans}{canvas(lines, label)}<i class="cursor"></i>'
    plot = (
        f'<div class="plot">{vertical_labels(up, "°")}'
        f'<div class="area abs" style="height:190px" {ends}>{inside}</div>'
        f"{horizontal_labels(across, 's', about=7)}</div>"
    )
    off = " hidden" if hidden else ""
    return f'<div class="one" data-angle="{escape(group.name)}"{off}>{plot}{_trial_table(group, times)}</div>'


def _trial_table(group: Group, times: FloatArray) -> str:
    sides = list(group.sides)
    head = "".join(f"<th>{s or 'angle'}</th>" for s in sides)
    rows: list[str] = []
    for second in np.arange(np.ceil(times[0]), times[-1] + 1e-9, max(1.0, np.ceil((times[-1] - times[0]) / 40.0))):
        frame = int(np.argmin(np.abs(times - second)))
        values = [float(group.sides[s][frame]) for s in sides]
        cells = "".join(f"<td>{'—' if np.isnan(v) else number(v, 1) + '°'}</td>" for v in values)
        rows.append(f"<tr><th scope=row>{second:.0f} s</th>{cells}</tr>")
    table = f"<table><thead><tr><th>Time</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return (
        "<details><summary>Table (every frame is in tables/joint_angles.csv)</summary>"
        f"<div class=scroll>{table}</div></details>"
    )
