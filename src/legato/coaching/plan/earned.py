"""What the log has earned: levels of drills and loads of lifts, as far as the blocks of a plan let them rise."""

from dataclasses import dataclass
from datetime import date

from legato.coaching.blocks import block_in, capped, first_week, full_load, opens
from legato.coaching.known import known_drills
from legato.coaching.lifts import lifts
from legato.coaching.log import last_of
from legato.coaching.model import LEVELS, Drill, Level, Step
from legato.coaching.plan.items import in_block, of_lift
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Lift, Request, Wanted
from legato.coaching.progress import progress
from legato.coaching.situation import Situation


@dataclass(frozen=True, slots=True)
class Line:
    """What changes, or only `waits` for a later block, and why."""

    what: str
    because: str
    waits: bool = False


def with_progress(plan: Plan, request: Request, situation: Situation, week: int) -> tuple[Request, tuple[Line, ...]]:
    """A request with levels of drills and loads of lifts as the log says, from a week on (counted from 0).

    With a line for each that changes or waits for a block; what waits is told once.
    """
    told = {(line.what, line.because) for line in plan.changes}
    wanted = [_of_drill(plan, one, situation, week) for one in request.drills]
    asked = [_of_lift(plan, request, one, situation) for one in request.lifts]
    lines = [line for _, line in (*wanted, *asked) if line and not (line.waits and (line.what, line.because) in told)]
    new = {"drills": tuple(one for one, _ in wanted), "lifts": tuple(one for one, _ in asked)}
    return request.model_copy(update=new), tuple(lines)


def _of_drill(plan: Plan, wanted: Wanted, situation: Situation, week: int) -> tuple[Wanted, Line | None]:
    """A drill, by what was done of it at the level at which it is planned now: it may be lower than the one wanted."""
    drill = known_drills(situation).get(wanted.id)
    step = None if drill is None else _now(plan, drill, wanted, situation.on)
    if drill is None or step is None:
        return wanted, None
    found = progress(drill, step, situation)
    if found.advice == "hold":
        return wanted, None
    level: Level = found.step.level
    why = _because(found.why, f"{drill.name}: {step.level} to {level}")
    rises = found.advice == "promote"
    block = block_in(week, plan.request.weeks, wished=plan.request.blocks)
    if rises and capped(level, block) != level:
        opening = opens(level)
        when = f"{level} comes with the block {opening}, week {first_week(opening, plan.request.weeks) + 1}"
        return wanted, Line(f"{drill.name}: stays {step.level}", f"{why}; {when}", waits=True)
    if level == step.level:
        return wanted, Line(f"{drill.name}: easier", why)
    if (LEVELS.index(level) <= LEVELS.index(wanted.level)) if rises else (level == wanted.level):
        return wanted, None
    return wanted.model_copy(update={"level": level}), Line(f"{drill.name}: {step.level} to {level}", why)


def _now(plan: Plan, drill: Drill, wanted: Wanted, on: date) -> Step | None:
    """The step at which a drill was planned last, or at which it is wanted, whichever is lower."""
    begun = (week for week in reversed(plan.weeks) if week.start <= on)
    entries = (e for week in begun for day in week.days for e in day.entries if e.id == drill.id and not e.lift)
    last = next(entries, None)
    levels = [wanted.level] if last is None else [wanted.level, last.level]
    lower = min(levels, key=LEVELS.index)
    return next((step for step in drill.steps if step.level == lower), None)


def _of_lift(plan: Plan, request: Request, asked: Lift, situation: Situation) -> tuple[Lift, Line | None]:
    """A lift, by what was done of it with the load that each week's block has of the one asked for."""
    drill, kg = lifts().get(asked.id), asked.load_kg
    if drill is None or kg is None:
        return asked, None

    def planned(on: date) -> float:
        week = min(max(0, (on - request.start).days // 7), request.weeks - 1)
        block = block_in(week, request.weeks, wished=request.blocks)
        return in_block(of_lift(drill, 1, 1, 1, kg), block).load_kg or kg

    found = progress(drill, drill.steps[-1], situation, kg, planned)
    if found.waits:
        full = full_load()
        when = f"the block {full}, week {first_week(full, request.weeks) + 1}, has it"
        return asked, Line(f"{drill.name}: no more load yet", f"{'; '.join(found.why)}; {when}", waits=True)
    if found.advice == "hold" or found.load_kg is None:
        return asked, None
    last = last_of(situation.sessions, drill.id)
    if found.advice == "demote" and last and _has_fallen(plan, f"{drill.name}: ", kg, last[0][0]):
        return asked, None
    what = f"{drill.name}: {kg:g} to {found.load_kg:g} kg"
    return asked.model_copy(update={"load_kg": found.load_kg}), Line(what, _because(found.why, what))


def _has_fallen(plan: Plan, name: str, kg: float, since: date) -> bool:
    """Whether a lift's load was brought to what it is on a day or after it: nothing was done with it since."""
    lines = (line for line in plan.changes if line.on >= since and line.what.startswith(name))
    return any(line.what.endswith(f" to {kg:g} kg") for line in lines)


def _because(why: tuple[str, ...], what: str) -> str:
    """Reasons without the one that says the change again."""
    return "; ".join(one for one in why if not what.endswith(one))
