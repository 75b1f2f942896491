"""An audit as a record for JSON. Schema `legato.audit/1`."""

from collections import Counter
from typing import Any

from legato import __version__
from legato.coaching.audit.audit import Audit
from legato.coaching.audit.limits import limits
from legato.estimate import LEVEL, Estimate

SCHEMA = "legato.audit/1"


def audit_record(audit: Audit) -> dict[str, Any]:
    """Everything that the audit found, with every row and value that was left out and why."""
    log, found = audit.log, audit.coverage
    return {
        "schema": SCHEMA,
        "legato_version": __version__,
        "files": list(log.files),
        "since": audit.since.isoformat(),
        "until": audit.until.isoformat(),
        "import": {
            "rows": log.rows,
            "repeated": log.repeated,
            "no_sets": log.no_sets,
            "rows_left_out": sum(one.lost == "row" for one in log.said),
            "values_left_out": sum(one.lost == "value" for one in log.said),
            "columns_not_read": list(log.unread),
            "said": [{"file": s.file, "line": s.line or None, "why": s.why, "lost": s.lost or None} for s in log.said],
        },
        "sets": {"work": audit.work, "warm_ups": audit.warm_ups, "with_rpe": audit.with_rpe},
        "patterns": dict(found.patterns),
        "other_patterns": found.others,
        "unknown_names": dict(found.unknown),
        "hips": found.hips,
        "trunk": found.trunk,
        "findings": [
            {
                "id": one.id,
                "title": one.title,
                "verdict": one.verdict,
                "says": one.says,
                "low": one.low,
                "high": one.high,
                "unit": one.unit,
                "limits": list(one.limits),
            }
            for one in audit.findings
        ],
        "limits": {
            one.id: {"value": one.value, "unit": one.unit, "says": one.says, "source": one.source, "grade": one.grade}
            for one in limits().values()
        },
        "lifts": [
            {"exercise": x.exercise, "attempts": x.attempts, "may_be": x.unsure, "base": x.base, "sets": x.sets}
            for x in audit.lifts
        ],
        "weeks": [
            {
                "start": week.start.isoformat(),
                "days": week.days,
                "sets": week.sets,
                "lifted_kg": week.lifted_kg,
                "loaded_sets": week.loaded,
                "regions": dict(week.regions),
                "planned": week.planned,
                "done": week.done,
            }
            for week in audit.weeks
        ],
        "days": [
            {
                "on": on.isoformat(),
                "sleep_h": day.sleep_h,
                "soreness": day.soreness,
                "readiness": day.readiness,
                "breathing_min": day.breathing_min,
            }
            for on, day in audit.days.items()
        ],
        "doses": [
            {
                "number": dose.name,
                "practice": dose.practice,
                "level": LEVEL,
                "correlation": _estimate(dose.together),
                "reason": dose.reason or None,
                "used": dose.used,
                "points": [
                    {"on": p.on.isoformat(), "practice": p.practice, "number": _estimate(p.number)} for p in dose.points
                ],
            }
            for dose in audit.doses
        ],
    }


def reasons(audit: Audit) -> list[tuple[str, int, str]]:
    """Why rows and values were left out: the reason, how often, and the first line, the most frequent first."""
    count: Counter[str] = Counter(one.why for one in audit.log.said)
    first = {one.why: f"{one.file}, line {one.line}" if one.line else one.file for one in reversed(audit.log.said)}
    return [(why, n, first[why]) for why, n in count.most_common()]


def _estimate(one: Estimate | None) -> dict[str, Any] | None:
    return None if one is None else {"value": one.value, "low": one.low, "high": one.high, "unit": one.unit}
