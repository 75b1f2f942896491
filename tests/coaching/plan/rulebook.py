"""What a plan must keep to, found by plain counting on the plan itself, without the solver's own words for it."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.model import LEVELS, Drill, Step
from legato.coaching.plan.model import Day, Entry, Plan, Week
from legato.coaching.plan.request import WEEKDAYS

STILL = {"bird-dog", "dead-bug"}
REGIONS = ("legs", "chest", "back")

IN_TURN = ("align", "prime", "integrate", "express")
SHARE = {"align": 0.90, "prime": 0.95, "integrate": 1.0, "express": 1.0}
HIGHEST = {"align": 1, "prime": 1, "integrate": 2, "express": 3}
LEAST_KG = 20.0
"""The blocks as they are told to coaches: share of the load asked for, highest level of drills, from which load on."""

OWN: dict[str, Drill] = {}
"""Drills of a coach's own that tests put into plans, by id."""


def drill_of(entry: Entry) -> Drill:
    return (lifts() if entry.lift else {**drills(), **OWN})[entry.id]


def step_of(entry: Entry) -> Step:
    return drill_of(entry).steps[entry.step]


def follows(before: tuple[Drill, Step], after: tuple[Drill, Step]) -> bool:
    """Whether a step may come right after another: no hold before power, breathing and mobility aside."""
    held = before[1].level == "hold" and before[0].pattern not in ("breath", "mobility")
    return not (held and after[1].level == "explosive")


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
        if not follows((drill_of(before), step_of(before)), (drill_of(after), step_of(after))):
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
    """Full weeks with more than a tenth above the full week before, and weeks of less with more than three fifths, in
    sets and in sets weighted by what their load is of the load then.
    """
    found: list[str] = []
    full: Week | None = None
    for week in weeks:
        then = volume(full) if full else {}
        for what, now in (("sets", volume(week)), ("load", weighted(week, full))):
            for name, much in now.items():
                before = then.get(name, 0)
                most = (0.6 if week.deload else 1.1) * before
                if before and much > most + 1e-6:
                    found.append(f"week {week.number}: {what} of {name} {much:g} after {before}")
        if full and not week.deload:
            found += both_rise(week, full)
        if not week.deload:
            full = week
    return found


def loads(week: Week) -> dict[str, tuple[str, float, float]]:
    """Of each hard exercise of a week its level, load (0 where none is told) and share of the load asked for."""
    there = [e for day in week.days for e in day.entries if hard(e)]
    return {e.id: (e.level, e.load_kg or 0.0, e.load_share) for e in there}


def rises(week: Week, full: Week | None) -> dict[str, float]:
    """How many times the load of then each exercise has; 1 for what is new, and where loads fall."""
    then = loads(full) if full else {}
    found: dict[str, float] = {}
    for name, (level, kg, share) in loads(week).items():
        level_then, kg_then, share_then = then.get(name, (level, kg, share))
        same = level == level_then
        found[name] = max(1.0, kg / kg_then if kg and kg_then else share / share_then) if same else 1.0
    return found


def weighted(week: Week, full: Week | None) -> dict[str, float]:
    more = rises(week, full)
    there = [e for day in week.days for e in day.entries if hard(e)]
    return {"all": sum(more[e.id] * e.sets for e in there)} | {
        region: sum(more[e.id] * e.sets for e in there if region in drill_of(e).regions) for region in REGIONS
    }


def sets_of(week: Week) -> dict[str, int]:
    found: dict[str, int] = {}
    for day in week.days:
        for e in day.entries:
            found[e.id] = found.get(e.id, 0) + e.sets
    return found


def both_rise(week: Week, full: Week) -> list[str]:
    """What gains load and sets in one week."""
    more, now, then = rises(week, full), sets_of(week), sets_of(full)
    return [
        f"week {week.number}: {name} gains load and sets"
        for name, times in more.items()
        if times > 1.0 + 1e-9 and now[name] > then.get(name, now[name])
    ]


def blocks_broken(plan: Plan, first: int = 0) -> list[str]:
    """What stands in the weeks of a plan, from one on, otherwise than their blocks say."""
    asked, found = plan.request, list[str]()
    wanted = {one.id: one.load_kg for one in asked.lifts}
    given = {one.id for one in asked.drills if one.fault}
    there_are = asked.blocks and asked.weeks >= 4
    for w, week in enumerate(plan.weeks[first:], start=first):
        block = IN_TURN[4 * w // asked.weeks] if there_are else None
        if week.block != block:
            found.append(f"week {w + 1}: {week.block}, not {block}")
        for e in (e for day in week.days for e in day.entries):
            if e.lift:
                kg, share = wanted[e.id], SHARE[block] if block else 1.0
                if kg is not None and (e.load_kg is None or e.load_kg > kg):
                    found.append(f"week {w + 1}: {e.id} {e.load_kg} kg, {kg} asked")
                if kg is not None and kg >= LEAST_KG and share < 1.0 and e.load_kg != 0.5 * int(2 * share * kg + 1e-9):
                    found.append(f"week {w + 1}: {e.id} {e.load_kg} of {kg} kg")
                if kg is not None and (kg < LEAST_KG or share == 1.0) and e.load_kg != kg:
                    found.append(f"week {w + 1}: {e.id} {e.load_kg} kg, not {kg}")
                bare = not step_of(e).equipment
                if kg is None and (e.load_kg is not None or e.load_share != (1.0 if bare else share)):
                    found.append(f"week {w + 1}: {e.id} without a load at {e.load_share}")
            elif block:
                lowest = min(LEVELS.index(step.level) for step in drill_of(e).steps)
                most = max(HIGHEST[block], lowest if e.id in given else 0)
                if LEVELS.index(e.level) > most:
                    found.append(f"week {w + 1}: {e.id} {e.level} in {block}")
    return found


def express_broken(plan: Plan) -> list[str]:
    """Lifts that have more in a full week of express than four fifths of their sets in the last full one before, or a
    set a day where that is more.
    """
    found: list[str] = []
    before: Week | None = None
    for week in plan.weeks:
        if week.block == "express" and before and not week.deload:
            then, now = sets_of(before), sets_of(week)
            days = {one.id: one.days for one in plan.request.lifts}
            for name in {e.id for day in week.days for e in day.entries if e.lift} & set(then):
                if now[name] > max(round(0.8 * then[name]), min(days[name], then[name])):
                    found.append(f"week {week.number}: {name} {now[name]} after {then[name]}")
        if not week.deload and week.block != "express":
            before = week
    return found


def form_checks(plan: Plan) -> list[date]:
    return [day.on for week in plan.weeks for day in week.days if day.form_check]
