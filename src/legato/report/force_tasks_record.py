"""Holds, sway, a followed target and a foot-force band as `result.json` holds them."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from legato.forces.analyse import ForcesResult
    from legato.forces.stances import SwayOfTrial
    from legato.forces.tasks import FootBandResult, Kept, TargetFollowed


def force_tasks_record(forces: "ForcesResult") -> dict[str, Any]:
    """`holds`, `kept`, `sway`, `target` and `foot_band`; null where the trial asks for none."""
    return {
        "holds": [
            {"rep": one.rep, **({} if one.hold is None else _plain(one.hold)), "reason": one.reason or None}
            for one in forces.holds
        ],
        "kept": None if forces.kept is None else _kept(forces.kept),
        "sway": None if forces.sway is None else _sway(forces.sway),
        "target": None if forces.target is None else _target(forces.target),
        "foot_band": None if forces.foot_band is None else _foot_band(forces.foot_band),
    }


def _plain(record: Any) -> dict[str, Any]:
    """The fields of a flat record, tuples as lists."""
    values = {f.name: getattr(record, f.name) for f in fields(record)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _kept(kept: "Kept") -> dict[str, Any]:
    return {"of": kept.of, "share": kept.share, "n": kept.n, "reason": kept.reason or None}


def _sway(sway: "SwayOfTrial") -> dict[str, Any]:
    return {
        "per_rep": [
            {"rep": one.rep, **({} if one.sway is None else _plain(one.sway)), "reason": one.reason or None}
            for one in sway.per_rep
        ],
        "change_with_press": None if sway.change is None else _plain(sway.change),
        "reason": sway.reason or None,
        "knees": [_plain(knee) for knee in sway.knees],
    }


def _target(target: "TargetFollowed") -> dict[str, Any]:
    tracking = target.tracking
    told = {} if tracking is None else {**_plain(tracking), "steps": [_plain(step) for step in tracking.steps]}
    return {
        "channel": target.channel,
        **told,
        "posture": target.posture or None,
        "posture_band_deg": target.band_deg,
        "stiffness_n_deg": target.stiffness_n_deg,
        "posture_kept": None if target.alignment is None else _plain(target.alignment),
        "reason": target.reason or None,
    }


def _foot_band(found: "FootBandResult") -> dict[str, Any]:
    return {
        "low_n": found.low_n,
        "high_n": found.high_n,
        "per_rep": [
            {
                "rep": one.rep,
                **({} if one.band is None else _plain(one.band)),
                "reason": one.reason or None,
            }
            for one in found.per_rep
        ],
    }
