"""The joint moments as `result.json`, the tables and the terminal hold them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from legato.body.landmarks import SIDES
from legato.estimate import LEVEL
from legato.report.words import estimate_text, listed
from legato.signals.factors import normal_factor

if TYPE_CHECKING:
    from legato.body.model import Body
    from legato.kinetics.analyse import KineticsResult, RepMoment
    from legato.kinetics.moments import JointMoment
    from legato.recording import FloatArray

ESTIMATED = ", estimated without a force plate"
"""What a heading adds where no plate measured the ground."""

_FROM_HIP = ("hip", "knee", "ankle")


def kinetics_record(kinetics: "KineticsResult | None") -> dict[str, Any] | None:
    """What `result.json` holds of them, estimates still as they are; None without markers or plates."""
    if kinetics is None:
        return None
    return {
        "estimated": kinetics.estimated,
        "mass_kg": kinetics.mass_kg,
        "cutoff_hz": kinetics.cutoff_hz,
        "moments": [
            {
                "name": name,
                "per_rep": [
                    {"rep": m.rep, "peak": m.peak, "time_s": m.time_s, "reason": m.reason or None}
                    for m in kinetics.per_rep
                    if m.name == name
                ],
            }
            for name in _names(kinetics)
        ],
        "notes": list(kinetics.notes),
    }


def _names(kinetics: "KineticsResult") -> list[str]:
    """Of every joint's moment and, after it, of the one the other way where any repetition tells it."""
    from legato.kinetics.analyse import other_way

    told = {m.name for m in kinetics.per_rep}
    return [name for joint in kinetics.joints for name in (joint.name, *({other_way(joint.name)} & told))]


def joint_moments(
    body: "Body",
    kinetics: "KineticsResult | None",
    more: "Mapping[str, FloatArray] | None" = None,
    level: float = LEVEL,
    sds_n_m: "Mapping[str, FloatArray] | None" = None,
) -> str | None:
    """`time_s` and the moment of every joint about its flexion axis, N·m, one row a frame, each leg from the hip down,
    then `more` columns, then both ends of the intervals (`…_low`, `…_high`) of the legs and of those of `more` that
    have an SD (`sds_n_m`); None where there is none. Without plates every name of a leg's bears `_estimate`.
    """
    legs = _legs_from_hip(kinetics)
    columns = {name: joint.about_axis for name, joint in legs.items()} | dict(more or {})
    if not columns:
        return None
    sds = {} if kinetics is None else {name: kinetics.sds_n_m[joint.name] for name, joint in legs.items()}
    factor = normal_factor(level)
    for name, sd in (sds | dict(sds_n_m or {})).items():
        columns |= {f"{name}_low": columns[name] - factor * sd, f"{name}_high": columns[name] + factor * sd}
    row = ",".join(["%.6f", *["%.3f"] * len(columns)]) + "\n"
    rows = np.column_stack([np.asarray(body.times()), *columns.values()]).tolist()
    text = "".join([row % tuple(values) for values in rows])
    return ",".join(["time_s", *columns]) + "\n" + text.replace("nan", "")


def _legs_from_hip(kinetics: "KineticsResult | None") -> "dict[str, JointMoment]":
    """The joints of each leg, from the hip down, by the name of their column."""
    if kinetics is None:
        return {}
    order = {joint.name: k for k, joint in enumerate(kinetics.joints)}
    legs = {f"{joint}_{side}": k for k, (side, joint) in enumerate((s, j) for s in SIDES for j in _FROM_HIP)}
    joints = sorted(kinetics.joints, key=lambda j: (legs.get(f"{j.joint}_{j.side}", len(legs)), order[j.name]))
    return {f"{joint.name}_estimate" if kinetics.estimated else joint.name: joint for joint in joints}


def moments_heading(kinetics: "KineticsResult | None") -> str:
    """Over what the terminal says of them."""
    estimated = kinetics is not None and kinetics.estimated and bool(kinetics.joints)
    return f"Joint moments{ESTIMATED if estimated else ''}"


def moment_lines(kinetics: "KineticsResult | None", sides: "Mapping[int, str] | None" = None) -> list[str]:
    """The largest moment of each joint as the terminal says it, the median repetition's where there are several; where
    repetitions are of both `sides` (by number), those of the joint's own leg before the other's.
    """
    if kinetics is None:
        return []
    from legato.kinetics.analyse import other_way

    lines: list[str] = []
    sided = {name: joint for joint in kinetics.joints for name in (joint.name, other_way(joint.name))}
    for name in _names(kinetics):
        joint = sided[name]
        mine = [m for m in kinetics.per_rep if m.name == name]
        groups = by_side(mine, sides)
        groups.sort(key=lambda group: group[0] != joint.side)
        whose, told = next(((s, known) for s, g in groups if (known := [m for m in g if m.peak])), ("", []))
        if told:
            middle = sorted(told, key=_value)[len(told) // 2].peak
            action = name.split("_")[1]
            lines.append(
                f"{joint.joint} {action}, {joint.side}: up to {estimate_text(middle, decimals=0)}"
                f"{of_reps(len(told), whose)}"
            )
    lines += untold_moments(kinetics, sides)
    if kinetics.joints and not kinetics.per_rep:
        lines.append("No repetition is whole, so none has a largest moment.")
    lines += [note[0].upper() + note[1:] + "." for note in kinetics.notes]
    return [*lines, "Every frame stands in tables/joint_moments.csv."] if kinetics.joints else lines


def untold_moments(kinetics: "KineticsResult", sides: "Mapping[int, str] | None" = None) -> list[str]:
    """Which largest moments are not told and why; in the stride of which side, where repetitions are of both `sides`.
    The other leg's stride counts only where no stride tells the moment.
    """
    from legato.kinetics.analyse import other_way

    untold: dict[tuple[str, str], list[str]] = {}
    for joint in kinetics.joints:
        mine = [m for m in kinetics.per_rep if m.name == joint.name]
        opposite = {m.rep for m in kinetics.per_rep if m.name == other_way(joint.name) and m.peak is not None}
        for whose, group in by_side(mine, sides):
            of_leg = group if whose in ("", joint.side) else mine
            if not group or any(m.peak is not None for m in of_leg):
                continue
            action = f" ({joint.action})" if opposite & {m.rep for m in group} else ""
            where = f" in the {whose} repetition{'s' if len(group) > 1 else ''}" if whose else ""
            untold.setdefault((where, group[0].reason), []).append(f"{joint.side} {joint.joint}{action}")
    return [f"No largest moment of the {listed(what)}{where}: {why}." for (where, why), what in untold.items()]


def by_side(moments: "Sequence[RepMoment]", sides: "Mapping[int, str] | None") -> "list[tuple[str, list[RepMoment]]]":
    """Moments of repetitions by the side of these, each under its name; all under an empty one where there is but one
    side.
    """
    known = sides or {}
    if not {"right", "left"} <= set(known.values()):
        return [("", list(moments))]
    found: dict[str, list[RepMoment]] = {}
    for moment in moments:
        found.setdefault(known.get(moment.rep, ""), []).append(moment)
    return list(found.items())


def of_reps(count: int, whose: str) -> str:
    """How many repetitions stand behind a median, and of which side: ` (the median of 3 right repetitions)`."""
    if count == 1:
        return f" ({whose} repetition)" if whose else ""
    return f" (the median of {count} {whose} repetitions)".replace("  ", " ")


def _value(moment: "RepMoment") -> float:
    return 0.0 if moment.peak is None else moment.peak.value
