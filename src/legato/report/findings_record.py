"""Faults as the record of `result.json`."""

from collections.abc import Sequence
from typing import Any

from legato.coaching.model import Drill
from legato.coaching.situation import Screening
from legato.faults.model import Finding, Measured, SidesOf
from legato.report.fixes import fixes_record


def findings_record(
    findings: Sequence[Finding], screening: Screening | None = None, own: Sequence[Drill] = ()
) -> list[dict[str, Any]]:
    """One entry a fault and side, in the order in which they are told; no drill that the screening bars. `own`: drills
    of a coach's own.
    """
    return [_finding(found, screening, own) for found in findings]


def _finding(found: Finding, screening: Screening | None, own: Sequence[Drill]) -> dict[str, Any]:
    fault = found.fault
    return {
        "fault": fault.id,
        "name": fault.name,
        "kind": fault.kind,
        "side": found.side or None,
        "compares_sides": fault.compares_sides,
        "verdict": found.verdict,
        "says": fault.says,
        "reps": list(found.reps),
        "measured": None if found.measured is None else found.measured.to_dict(),
        "by_same_markers": None if found.by_same_markers is None else found.by_same_markers.to_dict(),
        "unit": fault.unit,
        "measures": fault.measures,
        "about": found.about,
        "n": found.n,
        "step": found.step,
        "steps": list(found.steps),
        "per_rep": [_rep(row) for row in found.per_rep],
        "band": None if found.band is None else list(found.band),
        "band_from": found.band_from or None,
        "band_source": found.band_source,
        "band_grade": found.band_grade or None,
        "why": found.why,
        "resolve": found.resolve or None,
        "refused_because": found.why if found.refused else None,
        "causes": [{"cause": c.cause, "tells": c.tells, "asks": c.asks or None} for c in fault.causes],
        "asks": list(found.asks),
        "evidence": [{"source": fault.source, "grade": fault.grade, "claim": fault.claim or None}],
        "sides": _sides(found),
        "fixes": fixes_record(fault, screening, own) if found.verdict == "fault" else [],
    }


def _sides(found: Finding) -> dict[str, Any] | None:
    """Of a difference of right and left beside the athlete's own, what each side does; None of others."""
    if found.sides is None:
        return None
    return {**_of_sides(found.sides.own), "others": [_of_sides(one) for one in found.sides.others]}


def _of_sides(of: SidesOf) -> dict[str, Any]:
    return {
        "metric": of.name,
        "changed": list(of.changed),
        "shift": None if of.shift is None else of.shift.to_dict(),
        **{
            side: {"now": one.now.to_dict(), "usual": one.usual.to_dict(), "change": one.change.to_dict()}
            for side, one in (("right", of.right), ("left", of.left))
        },
    }


def _rep(row: Measured) -> dict[str, Any]:
    told = {"rep": row.rep, "value": row.value and row.value.to_dict(), "reason": row.reason}
    told |= {"steps": list(row.steps)} if row.steps else {}
    return told | ({"left_s": row.left_s.to_dict()} if row.left_s is not None else {})
