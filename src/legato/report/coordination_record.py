"""Coordination as plain records, for `result.json`."""

from typing import Any

from legato.chain.coordination_model import Coordination, CoordinationResult, GapDrift, RepValue


def coordination_record(found: CoordinationResult | None) -> dict[str, Any] | None:
    """What `result.json` holds of it, estimates still as they are."""
    if found is None:
        return None
    return {
        "measures": [_measure(m) for m in found.measures],
        "drifts": [_drift(d) for d in found.drifts],
        "notes": list(found.notes),
    }


def _measure(m: Coordination) -> dict[str, Any]:
    return {
        "subject": m.subject,
        "plane": m.plane or None,
        "side": m.side or None,
        "phase": m.phase,
        "measure": m.measure,
        "set": m.set_value,
        "n": m.n,
        "per_rep": [_rep_value(r) for r in m.per_rep],
        "reason": m.reason or None,
    }


def _rep_value(r: RepValue) -> dict[str, Any]:
    return {"rep": r.rep, "value": r.value, "reason": r.reason or None}


def _drift(d: GapDrift) -> dict[str, Any]:
    return {
        "from": d.from_link,
        "to": d.to_link,
        "event": d.event,
        "against": d.against,
        "slope": d.slope,
        "n": d.n,
        "verdict": d.verdict,
        "reason": d.reason or None,
    }
