"""The joint moments as `result.json`, the tables and the terminal hold them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from legato.body.landmarks import SIDES
from legato.report.words import estimate_text

if TYPE_CHECKING:
    from legato.body.model import Body
    from legato.kinetics.analyse import KineticsResult, RepMoment
    from legato.recording import FloatArray

_FROM_HIP = ("hip", "knee", "ankle")


def kinetics_record(kinetics: "KineticsResult | None") -> dict[str, Any] | None:
    """What `result.json` holds of them, estimates still as they are; None without markers or plates."""
    if kinetics is None:
        return None
    return {
        "mass_kg": kinetics.mass_kg,
        "cutoff_hz": kinetics.cutoff_hz,
        "moments": [
            {
                "name": joint.name,
                "per_rep": [
                    {"rep": m.rep, "peak": m.peak, "time_s": m.time_s, "reason": m.reason or None}
                    for m in kinetics.per_rep
                    if m.name == joint.name
                ],
            }
            for joint in kinetics.joints
        ],
        "notes": list(kinetics.notes),
    }


def joint_moments(
    body: "Body", kinetics: "KineticsResult | None", more: "Mapping[str, FloatArray] | None" = None
) -> str | None:
    """`time_s` and the moment of every joint about its flexion axis, N·m, one row a frame, each leg from the hip down,
    then `more` columns; None where there is none.
    """
    more = more or {}
    known = () if kinetics is None else kinetics.joints
    if not known and not more:
        return None
    order = {joint.name: k for k, joint in enumerate(known)}
    legs = {f"{joint}_{side}": k for k, (side, joint) in enumerate((s, j) for s in SIDES for j in _FROM_HIP)}
    joints = sorted(known, key=lambda j: (legs.get(f"{j.joint}_{j.side}", len(legs)), order[j.name]))
    columns = [np.asarray(body.times()), *(joint.about_axis for joint in joints), *more.values()]
    row = ",".join(["%.6f", *["%.3f"] * (len(columns) - 1)]) + "\n"
    text = "".join([row % tuple(values) for values in np.column_stack(columns).tolist()])
    return ",".join(["time_s", *(joint.name for joint in joints), *more]) + "\n" + text.replace("nan", "")


def moment_lines(kinetics: "KineticsResult | None") -> list[str]:
    """The largest moment of each joint as the terminal says it, the median repetition's where there are several."""
    if kinetics is None:
        return []
    lines: list[str] = []
    for joint in kinetics.joints:
        told = sorted((m for m in kinetics.per_rep if m.name == joint.name and m.peak), key=_value)
        if not told:
            continue
        middle = told[len(told) // 2].peak
        where = "" if len(told) == 1 else f" (the median of {len(told)} repetitions)"
        lines.append(f"{joint.joint} {joint.action}, {joint.side}: up to {estimate_text(middle, decimals=0)}{where}")
    lines += [note[0].upper() + note[1:] + "." for note in kinetics.notes]
    return [*lines, "Every frame stands in tables/joint_moments.csv."] if kinetics.joints else lines


def _value(moment: "RepMoment") -> float:
    return 0.0 if moment.peak is None else moment.peak.value
