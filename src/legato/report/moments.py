"""The report's section on the net moments of hips, knees and ankles: their curves over the repetition."""

from typing import TYPE_CHECKING

import numpy as np

from legato.report.curves import Group, rep_chart
from legato.report.holds import rep_noun

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.recording import FloatArray

_ORDER = ("hip", "knee", "ankle")


def moments_html(analysis: "Analysis") -> str:
    """The section; empty where no moment is known."""
    charts = "".join(rep_chart(analysis, group) for group in moment_groups(analysis))
    if not charts:
        return ""
    table = "<code>tables/joint_moments.csv</code>"
    note = f"Net moments, internal, N·m; below 0: the other way. Every frame stands in {table}."
    return (
        f'<section id="moments"><h2>Joint moments over the {rep_noun(analysis)}</h2>'
        f'<p class="note">{note}</p><div class="multiples">{charts}</div></section>'
    )


def moment_groups(analysis: "Analysis") -> tuple[Group, ...]:
    """A chart a joint, from the hip down, both legs in it."""
    found: dict[tuple[str, str], dict[str, FloatArray]] = {}
    for joint in () if analysis.kinetics is None else analysis.kinetics.joints:
        if np.isfinite(joint.about_axis).any():
            found.setdefault((joint.joint, joint.action), {})[joint.side] = joint.about_axis
    ordered = sorted(found, key=lambda key: _ORDER.index(key[0]) if key[0] in _ORDER else len(_ORDER))
    return tuple(Group(f"{j}_moment", f"{j.capitalize()} {action}", found[j, action], " N·m") for j, action in ordered)
