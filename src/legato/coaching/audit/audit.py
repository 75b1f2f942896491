"""The audit of a log: what it holds and lacks, held against limits that all have a source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from legato.coaching.audit.coverage import Coverage, coverage, coverage_findings
from legato.coaching.audit.dose import (
    ADHERENCE,
    SETS,
    Dose,
    Measurement,
    adherence_before,
    dose_finding,
    dose_response,
    sets_before,
)
from legato.coaching.audit.findings import Finding
from legato.coaching.audit.imported import Around, Imported
from legato.coaching.audit.names import Names
from legato.coaching.audit.records import Lift, lifts_counted, records_finding
from legato.coaching.audit.weeks import Week, adherence_finding, growth_finding, monday, weeks_of
from legato.coaching.plan.model import Plan
from legato.coaching.progress import progress_rules, quality_volume
from legato.errors import BadInput


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit of the weeks from the Monday `since` to the log's last day, `until`. `weeks`: those of it; `days`: the
    days around sessions; `with_rpe` of `work` sets tell the effort.
    """

    log: Imported
    since: date
    until: date
    coverage: Coverage
    lifts: tuple[Lift, ...]
    weeks: tuple[Week, ...]
    days: Mapping[date, Around]
    work: int
    warm_ups: int
    with_rpe: int
    findings: tuple[Finding, ...]
    doses: tuple[Dose, ...] = ()


def audit_log(
    log: Imported,
    names: Names,
    last_weeks: int,
    plan: Plan | None = None,
    measured: tuple[str, Sequence[Measurement]] | None = None,
) -> Audit:
    """The audit of the last weeks of a log.

    Parameters
    ----------
    log
        As imported.
    names
        What exercises train.
    last_weeks
        How many weeks, that of the last day counted; 0 for all.
    plan
        What was planned, if anything was.
    measured
        A number's name and what was measured of it.

    Raises
    ------
    BadInput
        The log has neither a set nor a day.
    """
    on = [one.on for one in log.sets] + list(log.days)
    if not on:
        raise BadInput(f"{', '.join(log.files)}: holds no set that can be read{_why_none(log)}")
    until = max(on)
    since = monday(until) - timedelta(weeks=last_weeks - 1) if last_weeks else min(on)
    work = [one for one in log.work if one.on >= since]
    found = coverage(work, names)
    lifts = lifts_counted(log.sets, since)
    weeks = weeks_of(log.work, names, until, plan)
    seen = tuple(week for week in weeks if week.start >= monday(since))
    findings = [*coverage_findings(found), records_finding(lifts), growth_finding(weeks, since)]
    if plan is not None:
        findings.append(adherence_finding(seen))
        findings += _clean(plan, since)
    doses: list[Dose] = []
    if measured is not None:
        doses.append(dose_response(*measured, sets_before(log.work, min(on)), SETS))
    if measured is not None and plan is not None:
        doses.append(dose_response(*measured, adherence_before(weeks), ADHERENCE))
    findings += map(dose_finding, doses)
    return Audit(
        log=log,
        since=since,
        until=until,
        coverage=found,
        lifts=lifts,
        weeks=seen,
        days={day: around for day, around in sorted(log.days.items()) if day >= since},
        work=sum(one.sets for one in work),
        warm_ups=sum(one.sets for one in log.sets if one.kind == "warm-up" and one.on >= since),
        with_rpe=sum(one.sets for one in work if one.rpe is not None),
        findings=tuple(findings),
        doses=tuple(doses),
    )


def _clean(plan: Plan, since: date) -> list[Finding]:
    """Of the measured repetitions in a plan's log, how many were without a fault: volume by quality."""
    passed, measured = quality_volume([session for session in plan.log if session.on >= since])
    if not measured:
        return []
    least = 100.0 * progress_rules().passed.value
    share = 100.0 * passed / measured
    says = f"{passed} of {measured} measured repetitions in the plan's log were without a fault ({share:.0f} %)"
    verdict = "ok" if share >= least else "look"
    if verdict == "look":
        says += f"; a drill goes on from {least:g} %"
    return [Finding("quality", "Volume by quality", verdict, says, (), share, share, "%")]


def _why_none(log: Imported) -> str:
    if not log.said:
        return ""
    first = log.said[0]
    return f"; line {first.line}: {first.why}"
