"""The forces as `result.json` holds them."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from legato.report.force_tasks_record import force_tasks_record
from legato.report.jump_feet import feet_record, shares_record

if TYPE_CHECKING:
    from legato.estimate import Estimate
    from legato.forces.analyse import ForcesResult
    from legato.forces.feet import Stand
    from legato.forces.jump_model import Jump, Rebound
    from legato.forces.model import Plate
    from legato.forces.rfd import ForceRise, Window
    from legato.recording import FloatArray


def forces_record(forces: "ForcesResult | None") -> dict[str, Any] | None:
    """What `result.json` holds of them, estimates still as they are; None where there is no plate."""
    if forces is None:
        return None
    share = forces.load_share
    start_s = 0.0 if forces.total is None else forces.total.start_s
    searched = forces.jumps
    return {
        "plates": [_plate(p, [s for s in forces.stands if s.plate == p.index]) for p in forces.plates],
        "load_share": {
            "left": share.left,
            "right": share.right,
            "n": share.n,
            "reason": share.reason or None,
            "per_rep": [
                {"rep": rep.rep, "left": rep.left, "right": rep.right, "reason": rep.reason or None}
                for rep in share.per_rep
            ],
        },
        "rfd": _rfd(forces),
        "jumps": [] if searched is None else [_jump(jump, start_s) for jump in searched.jumps],
        "jump_set": _jump_set(forces),
        "no_jumps": []
        if searched is None
        else [
            {"start_s": n.start_s + start_s, "end_s": n.end_s + start_s, "reason": n.reason} for n in searched.refused
        ],
        "rebounds": [] if searched is None else [_rebound(one, start_s) for one in searched.rebounds],
        "cut_flights": [] if searched is None else list(searched.cut),
        **force_tasks_record(forces),
        "notes": list(forces.notes),
    }


def _plate(plate: "Plate", stands: "list[Stand]") -> dict[str, Any]:
    on = plate.vertical[plate.loaded]
    zero = plate.zero
    return {
        "index": plate.index,
        "name": plate.name,
        "stream": plate.stream,
        "type": plate.plate_type,
        "rate_hz": plate.rate_hz,
        "feet": sorted({stand.foot for stand in stands if stand.foot}),
        "loaded_s": float(plate.loaded.sum()) / plate.rate_hz,
        "threshold_n": plate.threshold_n,
        "vertical_mean_n": float(on.mean()) if on.size else None,
        "vertical_peak_n": float(on.max()) if on.size else None,
        "centre_of_pressure_m": None if plate.cop is None else _mean_point(plate, plate.cop),
        "centre_of_pressure_from": None if plate.cop is None else plate.frame,
        "zero": {
            "offset_n": _finite(zero.offset_n[2]),
            "noise_n": _finite(zero.noise_n),
            "error_n": _finite(zero.error_n),
            "from": zero.source or None,
        },
        "stands": [
            {
                "start_s": stand.start_s,
                "end_s": stand.end_s,
                "foot": stand.foot or None,
                "told_by": stand.how or None,
                "stepped_on": stand.stepped_on,
                "stepped_off": stand.stepped_off,
                "reason": stand.reason or None,
            }
            for stand in stands
        ],
        "clipped": [{"start_s": span.start_s, "end_s": span.end_s} for span in plate.clipped],
        "reasons": list(plate.reasons),
    }


def _mean_point(plate: "Plate", cop: "FloatArray") -> list[float] | None:
    """Mean centre of pressure, m, weighted by the force; None where nobody stands on the plate."""
    known = plate.loaded & np.isfinite(cop).all(axis=1)
    if not known.any():
        return None
    return [float(x) for x in np.average(cop[known], axis=0, weights=plate.vertical[known])]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _rfd(forces: "ForcesResult") -> dict[str, Any] | None:
    """How the force of each pull rises, and the mean of the best; None where the movement is no pull."""
    if not forces.rises:
        return None
    best = forces.best
    return {
        "per_rep": [
            {"rep": one.rep, **({} if one.rise is None else _rise(one.rise)), "reason": one.reason or None}
            for one in forces.rises
        ],
        "best": None
        if best is None
        else {
            "reps": [[r.rep for r in forces.rises if r.rise is not None][k] for k in best.kept],
            "windows": [_window(w) for w in best.windows],
            "peak_rate_n_s": best.peak_rate_n_s,
            "peak_force_n": best.peak_force_n,
        },
    }


def _rise(rise: "ForceRise") -> dict[str, Any]:
    return {
        "onset_s": rise.onset_s,
        "baseline_n": rise.baseline_n,
        "windows": [_window(w) for w in rise.windows],
        "forces": [{"after_s": after, "force_n": force} for after, force in rise.forces_n],
        "peak_rate_n_s": rise.peak_rate_n_s,
        "peak_force_n": rise.peak_force_n,
        "peak_gross_n": rise.peak_gross_n,
        "peak_force_n_kg": rise.peak_force_n_kg,
        "reasons": list(rise.reasons),
    }


def _window(window: "Window") -> dict[str, Any]:
    return {f.name: getattr(window, f.name) for f in fields(window)}


_ENDS = ("touch_down_s", "take_off_s", "landing_s")


def _rebound(one: "Rebound", start_s: float) -> dict[str, Any]:
    """A contact and flight of a series, its instants on the recording's clock."""
    at = {name: getattr(one, name).shifted(start_s) for name in _ENDS}
    return {f.name: at.get(f.name, getattr(one, f.name)) for f in fields(one)}


def _jump_set(forces: "ForcesResult") -> dict[str, Any] | None:
    """Means over the jumps and the highest of them; None of fewer than two."""
    from legato.forces.jump_set import jump_set

    jumps = () if forces.jumps is None else forces.jumps.jumps
    found = jump_set(jumps, jumps[0].height_flight_m.level) if jumps else None
    return None if found is None else {f.name: getattr(found, f.name) for f in fields(found)}


_INSTANTS = ("onset_s", "take_off_s", "landing_s", "lowest_force_s", "peak_force_s")


def _jump(jump: "Jump", start_s: float) -> dict[str, Any]:
    """A jump, its instants on the recording's clock."""

    def at(time: "Estimate | None") -> "Estimate | None":
        return None if time is None else time.shifted(start_s)

    return {
        "kind": jump.kind,
        **{name: at(getattr(jump, name)) for name in _INSTANTS},
        **{f.name: getattr(jump, f.name) for f in fields(jump) if f.name not in ("kind", "shared", *_INSTANTS)},
        "phases": [{"name": p.name, "start_s": at(p.start_s), "end_s": at(p.end_s)} for p in jump.phases],
        "feet": feet_record(jump.feet, start_s),
        "shares": [shares_record(one) for one in jump.shares],
    }
