"""A log by weeks: days, sets, what was loaded, and jumps from week to week; and what a plan asked for."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from legato.coaching.audit.findings import Finding, sets_words
from legato.coaching.audit.imported import LogSet
from legato.coaching.audit.limits import limit
from legato.coaching.audit.names import Names
from legato.coaching.model import Region
from legato.coaching.plan.model import Plan

_WEEKS_BEFORE = 4
"""A week of less comes every fourth: the fullest of four is a usual one. [ENG]"""


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday: days with sets of work, those sets, what was lifted (kg times repetitions, of the
    `loaded` sets that tell both), sets by region, and planned sets with those of them that were done, where a plan has
    the week.
    """

    start: date
    days: int
    sets: int
    lifted_kg: float
    loaded: int
    regions: Mapping[Region, int] = field(default_factory=dict[Region, int])
    planned: int | None = None
    done: int | None = None


def monday(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def weeks_of(work: Sequence[LogSet], names: Names, last: date, plan: Plan | None = None) -> tuple[Week, ...]:
    """Every week from the first set of work on to that of the log's last day, those without one too."""
    by: dict[date, list[LogSet]] = defaultdict(list)
    for one in work:
        by[monday(one.on)].append(one)
    planned = dict[date, tuple[int, int]]() if plan is None else planned_and_done(work, names, last, plan)
    starts = [*by, *planned]
    if not starts:
        return ()
    first, end = min(starts), max(*starts, monday(last))
    mondays = [first + timedelta(days=7 * k) for k in range((end - first).days // 7 + 1)]
    return tuple(_week(start, by.get(start, []), names, planned) for start in mondays)


def _week(start: date, sets: Sequence[LogSet], names: Names, planned: Mapping[date, tuple[int, int]]) -> Week:
    loaded = [one for one in sets if one.weight_kg is not None and one.reps is not None]
    regions: Counter[Region] = Counter()
    for one in sets:
        trains = names.of(one.exercise)
        for region in () if trains is None else trains.regions:
            regions[region] += one.sets
    asked = planned.get(start)
    return Week(
        start,
        len({one.on for one in sets}),
        sum(one.sets for one in sets),
        sum(one.sets * (one.weight_kg or 0.0) * (one.reps or 0.0) for one in loaded),
        sum(one.sets for one in loaded),
        dict(sorted(regions.items())),
        *(asked or (None, None)),
    )


def growth_finding(weeks: Sequence[Week], since: date) -> Finding:
    """Weeks with more than a tenth more sets than the fullest of the four before."""
    title, held = "Growth from week to week", ("growth", "growth-from")
    most, least = 1.0 + limit("growth") / 100.0, limit("growth-from")
    compared, jumps = 0, list[tuple[Week, int]]()
    for k, week in enumerate(weeks):
        # The first week of a log may have begun before it.
        before = weeks[max(1, k - _WEEKS_BEFORE) : k]
        fullest = max((one.sets for one in before), default=0)
        if week.start < monday(since) or fullest < least:
            continue
        compared += 1
        if week.sets > most * fullest + 1e-9:
            jumps.append((week, fullest))
    if not compared:
        says = f"no week has one of {least:g} sets or more before it to be compared with"
        return Finding("growth", title, "not-resolvable", says, held)
    if not jumps:
        says = f"none of {compared} weeks has more than a tenth more sets than the fullest of the four before"
        return Finding("growth", title, "ok", says, held, 0.0, 0.0)
    week, fullest = jumps[-1]
    which = f"{len(jumps)} of {compared} weeks {'has' if len(jumps) == 1 else 'have'}"
    says = (
        f"{which} more than a tenth more sets than the fullest of the four before; the last is the week of "
        f"{week.start:%d %b %Y}, {sets_words(week.sets)} after {fullest}"
    )
    return Finding("growth", title, "look", says, held, float(len(jumps)), float(len(jumps)))


def planned_and_done(work: Sequence[LogSet], names: Names, last: date, plan: Plan) -> Mapping[date, tuple[int, int]]:
    """Planned sets of each exercise of a plan's weeks, and those of them that the log has in the same week, by Monday.

    Weeks that were not over on the log's last day are left out, and so are sets beyond what was planned.
    """
    done: dict[date, Counter[str]] = defaultdict(Counter)
    logged = {one.on for one in work}
    for one in work:
        trains = names.of(one.exercise)
        name = one.exercise if trains is None or not trains.drill else trains.drill
        week = plan.week_of(one.on)
        if week is not None:
            done[week.start][name] += one.sets
    for session in plan.log:
        week = plan.week_of(session.on)
        if week is not None and session.on not in logged:
            for sets in session.done:
                done[week.start][sets.exercise] += sets.sets
    found: dict[date, tuple[int, int]] = {}
    for week in plan.weeks:
        if week.start + timedelta(days=6) > last:
            continue
        asked: Counter[str] = Counter()
        for day in week.days:
            for entry in day.entries:
                asked[entry.id] += entry.sets
        kept = sum(min(n, done[week.start][name]) for name, n in asked.items())
        before = found.get(monday(week.start), (0, 0))
        found[monday(week.start)] = (before[0] + asked.total(), before[1] + kept)
    return found


def adherence_finding(weeks: Sequence[Week]) -> Finding:
    """How much of what a plan asked for was done."""
    title, held = "Planned and done", ("adherence",)
    of = [one for one in weeks if one.planned]
    planned, done = sum(one.planned or 0 for one in of), sum(one.done or 0 for one in of)
    if not planned:
        return Finding("adherence", title, "not-resolvable", "no week of the plan was over on the log's last day", held)
    share = 100.0 * done / planned
    least = limit("adherence")
    n = len(of)
    says = f"{done} of {planned} planned sets were done in {n} week{'' if n == 1 else 's'} ({share:.0f} %)"
    verdict = "ok" if share >= least else "look"
    if verdict == "look":
        says += f"; less than {least:g} %"
    return Finding("adherence", title, verdict, says, held, share, share, "%")
