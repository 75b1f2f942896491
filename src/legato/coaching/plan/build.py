"""A plan from what is asked and what the athlete may do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from legato.coaching.blocks import Block, block_in, capped, first_week, opens
from legato.coaching.catalogue import drills, warm_ups
from legato.coaching.known import known_drills
from legato.coaching.lifts import lifts
from legato.coaching.model import LEVELS, Drill, Level, Step
from legato.coaching.plan.export import notes_of
from legato.coaching.plan.items import SPINAL, Item, filling_in, in_block, of_drill, of_lift
from legato.coaching.plan.model import Day, Entry, LeftOut, Plan, Week
from legato.coaching.plan.order import in_order
from legato.coaching.plan.primed import primed, priming_left_out
from legato.coaching.plan.range_work import range_work
from legato.coaching.plan.request import Request, Wanted
from legato.coaching.plan.rules import rules
from legato.coaching.plan.solve import Clash, solve_weeks
from legato.coaching.plan.volume import RECOVERING, ByWeek, is_deload, volumes
from legato.coaching.progress import may_begin
from legato.coaching.safety.limits import limits
from legato.coaching.safety.permit import in_force, nothing_today, only_easier, permitted, waits_for_dowel
from legato.coaching.situation import Screening, Situation
from legato.errors import BadInput
from legato.messages import nearest

FILLING_IN = ("cat-cow", "thoracic-rotation", "bird-dog", "dead-bug", "pallof-press", "glute-bridge", "clamshell")
"""Drills that a week may need beside what is asked for: mobility, a still spine, hips, and turns that are withstood."""

DOWEL_HINGE = "dowel-hinge"
"""What leads to a loaded hinge, and is put in where one that is asked for waits for it."""

_UNLOADED = LEVELS.index("dynamic")

FORM_CHECK_WEEKS = 4
"""Weeks from one form check to the next (inventory S1.48). [ENG]"""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no plan, in one sentence each."""

    reasons: tuple[str, ...]


def make_plan(request: Request, situation: Situation, version: str) -> Plan | Clash | Refused:
    """Weeks for an athlete.

    Parameters
    ----------
    request
        What is asked for.
    situation
        The athlete on the day on which the plan is made.
    version
        Of Legato, to be kept with the plan.

    Returns
    -------
    The plan; what clashes, where not all of it can be kept; or why nothing is planned.

    Raises
    ------
    BadInput
        The request names a lift or drill that there is not.
    """
    screening = in_force(situation)
    if isinstance(screening, str):
        return Refused((screening,))
    if stop := nothing_today(situation):
        return Refused((stop,))
    if beyond := beyond_screening(request, screening):
        return Refused((beyond,))
    items, left_out = items_by_week(request, situation, range(request.weeks))
    if not any(item.days[0] for item in items[0]):
        return Refused((*(f"{one.name}: {'; '.join(one.reasons)}" for one in left_out), *_instead(situation)))
    left_out = (*left_out, *unkept(items[0], situation), *priming_left_out(request, situation))
    solved = solve_weeks(request, items)
    if isinstance(solved, Clash):
        return solved
    weeks = weeks_of(request, situation, solved.items, solved.days, range(request.weeks))
    return Plan(
        legato_version=version,
        made_on=situation.on,
        pain_told=None if situation.pain is None else situation.pain.told(situation.on),
        screened_until=screening.until,
        request=request,
        weeks=weeks,
        left_out=left_out,
        warm_up=permitted_warm_up(situation),
        notes=notes_of(request, weeks),
        own=tuple(situation.own[one.id][0] for one in request.drills if one.id in situation.own),
    )


def _instead(situation: Situation) -> Iterator[str]:
    """Lifts that may be done, where none that was asked for may."""
    if able := [name for name, one in lifts().items() if permitted(one, one.steps[-1], situation).allowed]:
        yield f"these lifts may be done, ask for one of them: {', '.join(able)}"


def beyond_screening(request: Request, screening: Screening) -> str:
    """Why weeks that go on after the screening's last day are not planned; empty where none does."""
    last = request.start + timedelta(days=7 * request.weeks - 1)
    if last <= screening.until:
        return ""
    return (
        f"the plan goes on until {last}, and the screening holds until {screening.until}; answer it again"
        " (`legato screen`) or plan fewer weeks"
    )


def permitted_warm_up(situation: Situation) -> str:
    """The id of the first warm-up of which every part may be done; empty where there is none."""
    known = drills()
    for warm_up in warm_ups().values():
        if all(_may_do(known[part.drill], part.level, situation) for part in warm_up.parts):
            return warm_up.id
    return ""


def _may_do(drill: Drill, level: Level, situation: Situation) -> bool:
    return any(step.level == level and permitted(drill, step, situation).allowed for step in drill.steps)


def items_by_week(
    request: Request, situation: Situation, weeks: range
) -> tuple[Mapping[int, tuple[Item, ...]], tuple[LeftOut, ...]]:
    """What may be put on the days of each week, as its block has it, and what was asked for and may not.

    Raises
    ------
    BadInput
        The request names a lift or drill that there is not.
    """
    block: dict[int, Block | None] = {w: block_in(w, request.weeks, wished=request.blocks) for w in weeks}
    found: dict[Block | None, tuple[tuple[Item, ...], tuple[LeftOut, ...]]] = {}
    for one in block.values():
        if one not in found:
            found[one] = permitted_items(request, situation, one)
    items, left_out = found[block[weeks.start]]
    lifted = {item.id: item for item in items if item.lift}
    by_block: dict[Block | None, tuple[Item, ...]] = {}
    for one, (some, _) in found.items():
        by_block[one] = tuple(in_block(lifted.get(item.id, item), one) for item in some)
    comes = {item.id for some in by_block.values() for item in some}
    never = {one.id: one for one in found[block[weeks[-1]]][1]}
    waits = tuple(one if one.id in comes else never.get(one.id, one) for one in left_out)
    return {week: by_block[block[week]] for week in weeks}, waits


def permitted_items(
    request: Request, situation: Situation, block: Block | None = None
) -> tuple[tuple[Item, ...], tuple[LeftOut, ...]]:
    """What may be put on days, and what was asked for and may not; drills up to the highest level of a block, lifts as
    asked.

    Raises
    ------
    BadInput
        The request names a lift or drill that there is not.
    """
    known, items, left_out = known_drills(situation), list[Item](), list[LeftOut]()
    waiting: dict[str, int] = {}
    for lift in request.lifts:
        drill = _named(lift.id, lifts(), "lifts")
        permit = permitted(drill, drill.steps[-1], situation, load_kg=lift.load_kg, reps=lift.reps)
        if permit.allowed:
            items.append(of_lift(drill, lift.sets, lift.reps, lift.days, lift.load_kg))
        else:
            left_out.append(LeftOut(id=drill.id, name=drill.name, reasons=permit.reasons))
            if waits_for_dowel(drill, drill.steps[-1], situation):
                waiting[drill.name] = lift.days
    for wanted in request.drills:
        drill = _named(wanted.id, known, "drills")
        if wanted.id in situation.own and wanted.id in (*lifts(), *rules()):
            raise BadInput(f"drills: {wanted.id} is the id of a lift or rule too; give your own drill another")
        found = _of_wanted(wanted, drill, situation, block, request.weeks)
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            items.append(found)
    if waiting and DOWEL_HINGE not in {one.id for one in (*items, *left_out)}:
        step, _ = best_step(known[DOWEL_HINGE], situation, _UNLOADED)
        if step is not None:
            why = f"put in for {', '.join(waiting)}, left out until the dowel's three contacts are kept"
            items.append(of_drill(known[DOWEL_HINGE], step, min(2, *waiting.values()), why))
    more, barred = range_work(items, left_out, situation)
    items += more
    left_out += barred
    _start_small(items, left_out, situation)
    if only_easier(situation):
        items += tuple(_easier(request, items, left_out, situation))
    there = {item.id for item in items}
    for name in FILLING_IN:
        step, _ = best_step(known[name], situation, _UNLOADED)
        if name not in there and step is not None:
            items.append(filling_in(known[name], step))
    return _with_company(items, left_out)


def _of_wanted(wanted: Wanted, drill: Drill, situation: Situation, block: Block | None, weeks: int) -> Item | LeftOut:
    """A drill as high as was asked for, its block goes and it may be begun; what was prescribed and has no version for
    its block stands at its lowest one.
    """
    most, lowest = capped(wanted.level, block), drill.steps[0].level
    if LEVELS.index(most) < LEVELS.index(lowest) <= LEVELS.index(wanted.level):
        if not wanted.fault:
            opening = opens(lowest)
            why = f"comes with the block {opening}, week {first_week(opening, weeks) + 1}, as it has no version up to"
            return LeftOut(id=drill.id, name=drill.name, reasons=(f"{why} {most}; `blocks = false` begins at once",))
        most = lowest
    step, reasons = best_step(drill, situation, LEVELS.index(most))
    if step is None:
        return LeftOut(id=drill.id, name=drill.name, reasons=reasons)
    why = (wanted.why or f"asked for: {drill.purpose}").rstrip(".")
    if reasons and step.level != most:
        why += f"; {most} waits: {'; '.join(reasons)}"
    if most != wanted.level:
        why += f"; {wanted.level} from week {first_week(opens(wanted.level), weeks) + 1} on, where it may be begun"
    item, easier = of_drill(drill, step, wanted.days, why), best_step(drill, situation, _UNLOADED)[0]
    if not item.hard or easier is None:
        return item
    why += f"; {step.level} once the week has room for it"
    return replace(item, easier=of_drill(drill, easier, wanted.days, why))


def _easier(
    request: Request, items: Sequence[Item], left_out: Sequence[LeftOut], situation: Situation
) -> Iterator[Item]:
    """With pain that asks for an easier version: for each lift left out a slow drill of its pattern, without load; with
    nothing else to do, the first two that fill in beside mobility.
    """
    known, there = drills(), {one.id for one in (*items, *left_out)}
    days = {lift.id: lift.days for lift in request.lifts}
    for one in left_out:
        pattern = lifts()[one.id].pattern if one.id in lifts() else None
        slow = [drill for drill in known.values() if drill.pattern == pattern and drill.stage == "slow"]
        found = [(drill, best_step(drill, situation, _UNLOADED)[0]) for drill in slow if drill.id not in there]
        drill, step = next(((drill, step) for drill, step in found if step is not None), (None, None))
        if drill is not None and step is not None and one.id not in {item.id for item in items}:
            there.add(drill.id)
            why = "while there is pain" if all(said.startswith("pain") for said in one.reasons) else "which is left out"
            yield of_drill(drill, step, min(2, days.get(one.id, 1)), f"in place of {one.name}, {why}")
    if any(item.days[0] for item in items) or there > {one.id for one in left_out}:
        return
    rest = [(known[name], best_step(known[name], situation, _UNLOADED)[0]) for name in FILLING_IN if name not in there]
    able = [(drill, step) for drill, step in rest if step is not None and drill.emphasis != "mobility"]
    for drill, step in able[:2]:
        yield of_drill(drill, step, 1, "an easy drill, while there is pain")


def _start_small(items: list[Item], left_out: list[LeftOut], situation: Situation) -> None:
    """Fewer sets of lifts where too few weeks of training are told for all that is asked; each keeps one, and what is
    cut is told among `left_out`.
    """
    held = limits()
    if situation.base_weeks is not None and situation.base_weeks >= held.base_weeks.value:
        return
    most = int(held.first_sets.value)
    now = {item.id: item.weekly for item in items}
    for region in RECOVERING:
        while volumes(items, now)[region] > most:
            some = [item for item in items if item.lift and region in item.regions and now[item.id] > 1]
            if not some:
                break
            now[max(some, key=lambda item: (now[item.id], item.id)).id] -= 1
    told = "none is told" if situation.base_weeks is None else f"{situation.base_weeks:g} so far"
    why = f"at most {most} hard sets a week of a region to begin with, before {held.base_weeks.value:g} weeks ({told})"
    for k, item in enumerate(items):
        sets, reps = now[item.id], item.reps
        if sets < item.weekly and reps is not None:
            items[k] = of_lift(item.drill, sets, reps, min(item.days[0], sets), item.load_kg)
            left_out.append(LeftOut(id=item.id, name=item.name, reasons=(f"{sets} sets of {item.weekly}: {why}",)))


def best_step(drill: Drill, situation: Situation, most: int) -> tuple[Step | None, tuple[str, ...]]:
    """The highest step of a drill up to a level that may be begun, the first of several, with the reasons against a
    higher one; else the reasons against the one that was asked for.
    """
    reasons: tuple[str, ...] = (f"has no version up to {LEVELS[most]}",)
    against: dict[int, list[tuple[str, ...]]] = {}
    for level in range(most, -1, -1):
        for step in drill.steps:
            if step.level != LEVELS[level]:
                continue
            permit = may_begin(drill, step, situation)
            if permit.allowed:
                return step, reasons if level < most else ()
            against.setdefault(level, []).append(permit.reasons)
            # Of versions that differ by what they need, the one that lacks least says why.
            reasons = min(against[max(against)], key=len)
    return None, reasons


_NEEDED: Mapping[str, tuple[Callable[[Drill], bool], ...]] = {
    "mobility": (lambda drill: drill.emphasis == "mobility",),
    "anti-rotation": (lambda drill: drill.pattern == "anti-rotate",),
    "balance": (lambda drill: drill.emphasis == "hip-dominant", lambda drill: drill.emphasis == "core"),
}
"""Kinds of drills without which a rule of every week says nothing."""


def unkept(items: Sequence[Item], situation: Situation) -> tuple[LeftOut, ...]:
    """Rules of every week that say nothing, as no drill of a kind that they need may be done, each with the reasons."""
    known, there, found = drills(), [item.drill for item in items], list[LeftOut]()
    for name, kinds in _NEEDED.items():
        reasons: list[str] = []
        for is_one in kinds:
            if not any(map(is_one, there)):
                none = [known[one] for one in FILLING_IN if is_one(known[one])]
                reasons += [
                    f"{one.name}: {', '.join(best_step(one, situation, LEVELS.index('dynamic'))[1])}" for one in none
                ]
        if reasons:
            says = rules()[name].says
            found.append(LeftOut(id=name, name=f"{says[0].upper()}{says[1:]}", reasons=tuple(reasons)))
    return tuple(found)


def _with_company(items: Sequence[Item], left_out: list[LeftOut]) -> tuple[tuple[Item, ...], tuple[LeftOut, ...]]:
    """Without drills on one leg where none that keeps the spine still may be done."""
    if any(item.id in SPINAL for item in items):
        return tuple(items), tuple(left_out)
    why = "goes with bird dog or dead bug, and neither may be done"
    left_out += [LeftOut(id=item.id, name=item.name, reasons=(why,)) for item in items if item.limb]
    return tuple(item for item in items if not item.limb), tuple(left_out)


def weeks_of(
    request: Request,
    situation: Situation,
    items: ByWeek,
    sets: Sequence[Mapping[str, int]],
    weeks: range,
) -> tuple[Week, ...]:
    """Weeks with their sessions, each in order, with a form check in every fourth; `sets` of the days of these."""
    found: list[Week] = []
    for k, w in enumerate(weeks):
        by_id = {item.id: item for item in items[w]}
        start = request.start + timedelta(days=7 * w)
        days = [
            _day(start + timedelta(days=d), sets[7 * k + d], by_id, request, situation)
            for d in range(7)
            if sets[7 * k + d]
        ]
        if (w + 1) % FORM_CHECK_WEEKS == 0 and days:
            k = _worth_a_check(days, request)
            days[k] = days[k].model_copy(update={"form_check": True})
        block = block_in(w, request.weeks, wished=request.blocks)
        before = primed(request, situation, block)
        week = Week(number=w + 1, start=start, block=block, deload=is_deload(w), primed=before, days=tuple(days))
        found.append(week)
    return tuple(found)


def _worth_a_check(days: Sequence[Day], request: Request) -> int:
    """The last day with a lift or a drill that answers a fault; else with anything asked for; else the last."""
    faults = {one.id for one in request.drills if one.fault}
    asked = {one.id for one in request.drills}
    for some in (faults, asked):
        for k in reversed(range(len(days))):
            if any(entry.lift or entry.id in some for entry in days[k].entries):
                return k
    return len(days) - 1


def _day(on: date, sets: Mapping[str, int], items: Mapping[str, Item], request: Request, situation: Situation) -> Day:
    there = in_order([items[name] for name in sets], request.goal)
    seconds = sum(sets[item.id] * item.set_s + item.change_s for item in there)
    entries = tuple(_entry(item, sets[item.id], situation) for item in there)
    return Day(on=on, entries=entries, minutes=-(-seconds // 60))


def _entry(item: Item, sets: int, situation: Situation) -> Entry:
    dose = item.step.dose.model_copy(update={"sets": sets, **({"reps": item.reps} if item.reps is not None else {})})
    permit = permitted(item.drill, item.step, situation, load_kg=item.load_kg, reps=item.reps)
    return Entry(
        id=item.id,
        name=item.name,
        lift=item.lift,
        level=item.step.level,
        step=item.drill.steps.index(item.step),
        sets=sets,
        reps=dose.reps,
        dose=dose.words,
        tempo=item.step.tempo,
        load_kg=item.load_kg,
        load_share=item.load_share,
        cue=next(cue.says for cue in item.drill.cues if cue.focus == "external"),
        why=item.why or "asked for",
        provisos=permit.provisos,
        own=item.drill.grade if not item.lift and item.id in situation.own else None,
    )


def _named(name: str, known: Mapping[str, Drill], what: str) -> Drill:
    if name not in known:
        raise BadInput(f"{what}: nothing is called {name!r:.60}; {nearest(name, sorted(known), 3, len(known))}")
    return known[name]
