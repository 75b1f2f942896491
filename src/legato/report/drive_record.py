"""The leg drive as `result.json` holds it."""

from dataclasses import fields
from typing import Any

from legato.chain.drive_model import DriveResult, RepDrive


def drive_record(found: DriveResult | None) -> dict[str, Any] | None:
    """What `result.json` holds of it, estimates still as they are; None where no plates show a leg drive."""
    if found is None:
        return None
    return {f.name: getattr(found, f.name) for f in fields(found) if f.name != "per_rep"} | {
        "overlap_reason": found.overlap_reason or None,
        "momentum_reason": found.momentum_reason or None,
        "power_reason": found.power_reason or None,
        "per_rep": [_rep(rep) for rep in found.per_rep],
    }


def _rep(rep: RepDrive) -> dict[str, Any]:
    return {f.name: getattr(rep, f.name) for f in fields(rep)} | {
        "reason": rep.reason or None,
        "end_reason": rep.end_reason or None,
    }
