"""The report's section on the net moments of hips, knees and ankles: their curves over the repetition."""

from typing import TYPE_CHECKING

import numpy as np

from legato.report.curves import Group, rep_chart
from legato.report.holds import in_own_words, rep_noun
from legato.report.kinetics_record import ESTIMATED, untold_moments
from legato.report.side_by_side import column_heads, estimate_row, listed, side_by_side
from legato.report.words import rep_number

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.recording import FloatArray

_ORDER = ("hip", "knee", "ankle")


def moments_html(analysis: "Analysis") -> str:
    """The section; empty where no moment is known and nothing is said of why."""
    if not moments_told(analysis):
        return ""
    kinetics = analysis.kinetics
    notes = "" if kinetics is None else listed(kinetics.notes)
    charts = "".join(rep_chart(analysis, group) for group in moment_groups(analysis))
    if not charts:
        return f'<section id="moments"><h2>Joint moments</h2>{notes}</section>'
    estimated = ESTIMATED if kinetics is not None and kinetics.estimated else ""
    table = "<code>tables/joint_moments.csv</code>"
    note = f"Net moments, internal, N·m; below 0: the other way. Every frame stands in {table}."
    heading = f"Joint moments over the {rep_noun(analysis)}" + (
        ", estimated without a force plate" if estimated else ""
    )
    return (
        f'<section id="moments"><h2>{heading}</h2><p class="note">{note}</p>'
        f'<div class="multiples">{charts}</div>{_largest(analysis)}{notes}</section>'
    )


def moments_told(analysis: "Analysis") -> bool:
    """Whether the report has anything to say of joint moments."""
    return bool(moment_groups(analysis)) or (analysis.kinetics is not None and bool(analysis.kinetics.notes))


def _largest(analysis: "Analysis") -> str:
    """The largest moment of each joint in each repetition."""
    kinetics = analysis.kinetics
    if kinetics is None or not kinetics.per_rep:
        return ""
    reps = list(dict.fromkeys(m.rep for m in kinetics.per_rep))
    rows: list[str] = []
    for name in dict.fromkeys(m.name for m in kinetics.per_rep):
        of_rep = {m.rep: m.peak for m in kinetics.per_rep if m.name == name}
        joint, _, rest = name.partition("_")
        action, _, side = rest.replace("_moment", "").rpartition("_")
        rows += estimate_row(f"{side} {joint} {action}", "N·m", [of_rep.get(rep) for rep in reps])
    if not rows:
        return ""
    noun = rep_noun(analysis).capitalize()
    sides = {rep.index: f" {rep.side}" if rep.side else "" for rep in analysis.reps}
    table = side_by_side(column_heads([f"{noun} {rep_number(rep)}{sides.get(rep, '')}" for rep in reps]), rows)
    estimated = " (estimates)" if kinetics.estimated else ""
    missing = untold_moments(kinetics, {rep.index: rep.side for rep in analysis.reps})
    why = listed([in_own_words(analysis, line) for line in missing])
    what = in_own_words(analysis, f"largest moments of each repetition{estimated}")
    return f"<details><summary>Table: {what}</summary>{table}{why}</details>"


def moment_groups(analysis: "Analysis") -> tuple[Group, ...]:
    """A chart a joint, from the hip down, both legs in it."""
    found: dict[tuple[str, str], dict[str, FloatArray]] = {}
    for joint in () if analysis.kinetics is None else analysis.kinetics.joints:
        if np.isfinite(joint.about_axis).any():
            found.setdefault((joint.joint, joint.action), {})[joint.side] = joint.about_axis
    ordered = sorted(found, key=lambda key: _ORDER.index(key[0]) if key[0] in _ORDER else len(_ORDER))
    return tuple(Group(f"{j}_moment", f"{j.capitalize()} {action}", found[j, action], " N·m") for j, action in ordered)
