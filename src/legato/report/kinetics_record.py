"""The joint moments as `result.json` and the tables hold them."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from legato.body.model import Body
    from legato.kinetics.analyse import KineticsResult


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


def joint_moments(body: "Body", kinetics: "KineticsResult | None") -> str | None:
    """`time_s` and the moment of every joint about its flexion axis, N·m, one row a frame; None where there is none."""
    if kinetics is None or not kinetics.joints:
        return None
    columns = [np.asarray(body.times()), *(joint.about_axis for joint in kinetics.joints)]
    row = ",".join(["%.6f", *["%.3f"] * len(kinetics.joints)]) + "\n"
    text = "".join([row % tuple(values) for values in np.column_stack(columns).tolist()])
    return ",".join(["time_s", *(joint.name for joint in kinetics.joints)]) + "\n" + text.replace("nan", "")
