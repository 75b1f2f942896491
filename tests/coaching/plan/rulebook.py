"""What a plan must keep to, found by plain counting on the plan itself, without the solver's own words for it."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.model import Drill, Step
from legato.coaching.plan.model import Day, Entry, Plan, Week
from legato.coaching.plan.request import WEEKDAYS
from legato.coaching.safety import follows

STILL = {"bird-dog", "dead-bug"}
REGIONS = ("legs", "chest", "back")


def drill_of(entry: Entry) -> Drill:
    return (lifts() if entry.lift else drills())[entry.id]


def step_of(entry: Entry) -> Step:
    return drill_of(entry).steps[entry.step]


def hard(entry: Entry) -> bool:
    return entry.lift or entry.level in ("loaded", "explosive")


def broken(plan: Plan) -> list[str]:
    """Every rule that a plan breaks."""
    by_date = {day.on: day for week in plan.weeks for day in week.days}
    found = [one for on, day in by_date.items() for one in of_day(plan, day, by_date.get(on - timedelta(days=1)))]
    found += [f"{on}: four days in a row" for on in by_date if all(on - timedelta(days=k) in by_date for k in range(4))]
    for week in plan.weeks:
        found += of_week(plan, week)
    return found + growth(plan.weeks)


def of_day(plan: Plan, day: Day, last: Day | None) -> list[str]:
    asked, found = plan.request, list[str]()
    if WEEKDAYS[day.on.weekday()] not in asked.days or day.on in asked.not_on:
        found.append("not a free day")
    if day.minutes > asked.minutes or not day.entries:
        found.append(f"{day.minutes} minutes, {len(day.entries)} entries")
    ids = [entry.id for entry in day.entries]
    if len(set(ids)) != len(ids):
        found.append("something stands twice")
    one_leg = [e.id for e in day.entries if not e.lift and drill_of(e).pattern == "single-leg"]
    if one_leg and not STILL & set(ids):
        found.append("one leg without a still spine")
    if one_leg and not any({a, b} & STILL and {a, b} & set(one_leg) for a, b in pairwise(ids)):
        found.append("one leg and the still spine apart")
    for before, after in pairwise(day.entries):
        if not follows((drill_of(before), step_of(before)), drill_of(after), step_of(after)).allowed:
            found.append(f"{after.id} right after {before.id}")
    for entry in day.entries:
        if step_of(entry).level != entry.level:
            found.append(f"{entry.id}: another level than its step")
    if last is not None:
        for region in REGIONS:
            if all(any(hard(e) and region in drill_of(e).regions for e in one.entries) for one in (day, last)):
                found.append(f"{region} two days running")
        if all(any(drill_of(e).emphasis == "mobility" for e in one.entries) for one in (day, last)):
            found.append("mobility two days running")
    return [f"{day.on}: {one}" for one in found]


def of_week(plan: Plan, week: Week) -> list[str]:
    found: list[str] = []
    if not 1 <= len(week.days) <= 7 - plan.request.rest_days:
        found.append(f"{len(week.days)} days")
    if [day.on for day in week.days] != sorted({day.on for day in week.days}):
        found.append("days out of order")
    if any(not 0 <= (day.on - week.start).days < 7 for day in week.days):
        found.append("a day of another week")
    there = [e for day in week.days for e in day.entries]
    hips, trunk = (
        sum(e.sets for e in there if drill_of(e).emphasis == emphasis) for emphasis in ("hip-dominant", "core")
    )
    if hips and trunk and not trunk <= hips <= 2 * trunk:
        found.append(f"{hips} sets for the hips, {trunk} for the trunk")
    times = sum(any(drill_of(e).emphasis == "mobility" for e in day.entries) for day in week.days)
    if times and not plan.request.mobility <= times <= 3:
        found.append(f"mobility {times} times")
    return [f"week {week.number}: {one}" for one in found]


def volume(week: Week) -> dict[str, int]:
    there = [e for day in week.days for e in day.entries if hard(e)]
    return {"all": sum(e.sets for e in there)} | {
        region: sum(e.sets for e in there if region in drill_of(e).regions) for region in REGIONS
    }


def growth(weeks: Sequence[Week]) -> list[str]:
    """Full weeks with more than a tenth above the full week before, and weeks of less with more than three fifths."""
    found: list[str] = []
    full: dict[str, int] | None = None
    for week in weeks:
        now = volume(week)
        then = full or {}
        for name, sets in now.items():
            before = then.get(name, 0)
            if before and (5 * sets > 3 * before if week.deload else 10 * sets > 11 * before):
                found.append(f"week {week.number}: {name} {sets} after {before}")
        if not week.deload:
            full = now
    return found


def form_checks(plan: Plan) -> list[date]:
    return [day.on for week in plan.weeks for day in week.days if day.form_check]
