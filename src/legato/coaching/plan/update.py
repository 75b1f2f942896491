"""The rest of a plan, made anew from the newest result and the log; every change with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from legato.coaching.known import known_drills
from legato.coaching.lifts import lifts
from legato.coaching.model import LEVELS
from legato.coaching.plan.build import (
    Refused,
    best_step,
    beyond_screening,
    items_by_week,
    permitted_warm_up,
    unkept,
    weeks_of,
)
from legato.coaching.plan.earned import with_progress
from legato.coaching.plan.export import notes_of
from legato.coaching.plan.items import Item, of_drill, of_lift, sets_share
from legato.coaching.plan.model import Change, Plan, Week
from legato.coaching.plan.pauses import after_a_short_week, after_pause, coming_back, lighter
from legato.coaching.plan.primed import priming_left_out
from legato.coaching.plan.request import Request, Wanted
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.solve import Clash, last_full_week, solve_weeks, totals
from legato.coaching.plan.volume import ByWeek, is_deload, split
from legato.coaching.prescribe import MOST_DRILLS, NO_FAULT, FaultSeen, Prescribed, prescribe
from legato.coaching.safety.permit import in_force, nothing_today
from legato.coaching.situation import Situation
from legato.errors import BadInput
from legato.faults.catalogue import fault_entries

_WAITS = " waits: "
"""Before what a higher level waits for, in why a drill stands there (`permitted_items`)."""

NO_ROOM = "hard sets grow by a tenth at most, and nothing hard begins in a week of less; fewer sets of lifts make room"
"""Why a drill that has earned load or speed is still done in its easier version."""

_ROUNDING = 1e-9

DRIFTS = ("lumbar-drift", "rounding-under-load")
"""Faults that are drifts: two results running with one ask for a form check (inventory S1.48)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What results say of each fault of a movement as they judged it last: faults that are surely there, ids of
    movement and fault where it surely is not, and whether the results before them drifted too; `judged`: of how many
    faults looked for it could be told, `unjudged`: of how many it never could.
    """

    faults: tuple[FaultSeen, ...] = ()
    clean: frozenset[tuple[str, str]] = frozenset()
    drifted_before: bool = False
    judged: int = 0
    unjudged: int = 0

    @property
    def why_none(self) -> str:
        """Why no drill is asked for, where no fault is there."""
        if self.judged and not self.unjudged:
            return NO_FAULT
        of = f"{self.judged} of {self.judged + self.unjudged} faults looked for"
        if self.judged:
            return f"no fault was found among what could be judged ({of}), so no drill is asked for"
        said = "none of the faults looked for could be judged" if self.unjudged else "no result could show a fault"
        return f"not judged: {said}, so no drill is asked for"


def update_plan(plan: Plan, situation: Situation, seen: Seen | None = None) -> Plan | Clash | Refused:
    """The plan from the next week on; of the week that has begun only what is barred today leaves.

    Parameters
    ----------
    plan
        As it stands.
    situation
        The athlete on the day, with the log.
    seen
        What the newest result says; None where there is none.

    Returns
    -------
    The plan with its new weeks and a line for every change; what clashes; or why nothing is planned.

    Raises
    ------
    BadInput
        The plan is over.
    """
    screening = in_force(situation)
    if isinstance(screening, str):
        return Refused((screening,))
    if stop := nothing_today(situation):
        return Refused((stop,))
    if beyond := beyond_screening(plan.request, screening):
        return Refused((beyond,))
    first = next((k for k, week in enumerate(plan.weeks) if week.start > situation.on), None)
    if first is None:
        raise BadInput(is_over(plan))
    plan = without_what_is_barred(plan, situation, this_week=True)
    changes = _Changes(situation, first)
    request = _with_drills(plan.request, situation, seen, changes)
    request, earned = with_progress(plan, request, situation, first)
    for line in earned:
        changes.add(line.what, line.because)
    request, lines, why = lighter(request, plan, situation.sessions, situation.on)
    for line in lines:
        changes.add(line, why)
    request, returning = coming_back(request, plan, situation)
    for what, because in returning:
        changes.add(what, because)
    items, left_out = items_by_week(request, situation, range(first, request.weeks))
    if not any(item.days[0] for some in items.values() for item in some):
        reasons = tuple(f"{one.name}: {'; '.join(one.reasons)}" for one in left_out)
        return Refused(reasons or ("what was found lies surely within its band now, and nothing else is asked for",))
    left_out = (*left_out, *unkept(items[first], situation), *priming_left_out(request, situation))
    settled = [dict(day) for week in plan.weeks[:first] for day in sets_of(week)]
    _hold_back(plan, situation, first, settled, items, changes)
    rest = solve_weeks(
        request,
        items,
        range(first, request.weeks),
        settled,
        earlier=[items_of(week, situation) for week in plan.weeks[:first]],
        usual=[day for week in plan.weeks[first:] for day in sets_of(week)],
    )
    if isinstance(rest, Clash):
        return rest
    weeks = weeks_of(request, situation, rest.items, rest.days, range(first, request.weeks))
    weeks = _check_form(weeks, seen, changes)
    waiting = {item.id for item in items[first] if item.hard} - {item.id for item in rest.items[first] if item.hard}
    told_before = {line.what for line in plan.changes if line.because == NO_ROOM}
    for item in rest.items[first]:
        if item.id in waiting and (stays := f"{item.name}: stays {item.step.level} for now") not in told_before:
            changes.add(stays, NO_ROOM)
    for one in left_out:
        if one.id not in {earlier.id for earlier in plan.left_out}:
            changes.add(f"{one.name} is left out", "; ".join(one.reasons))
    changes.of_priming(plan.weeks[first:], weeks)
    changes.of_days(plan.weeks[first], weeks[0])
    told = {(line.week, line.what, line.because) for line in plan.changes}
    lines = [line for line in changes.lines if (line.week, line.what, line.because) not in told]
    weeks = (*plan.weeks[:first], *weeks)
    return plan.model_copy(
        update={
            "request": request,
            "screened_until": screening.until,
            "weeks": weeks,
            "gone": plan.days_gone(weeks),
            "left_out": left_out,
            "warm_up": permitted_warm_up(situation),
            "notes": notes_of(request, weeks),
            "changes": (*plan.changes, *lines),
        }
    )


def is_over(plan: Plan) -> str:
    """That no week is to come which could be made anew."""
    return f"the plan's last week began on {plan.weeks[-1].start}; make a new one with `legato plan new`"


def with_prescription(
    request: Request, faults: Sequence[FaultSeen], situation: Situation, why_none: str = NO_FAULT
) -> tuple[Request, tuple[str, ...]]:
    """A request with the drills that faults ask for, and what is said of them, a line each; `why_none` where there is
    no fault.
    """
    found = prescribe(faults, situation, why_none)
    there = {wanted.id for wanted in request.drills}
    wanted = tuple(_given(one) for one in found.drills if one.drill.id not in there)
    said = [*found.reasons, *(f"{one.drill.name}, {one.step.dose.words}: {'; '.join(one.why)}" for one in found.drills)]
    if found.cue is not None:
        said.append(f"One cue: {found.cue.says}")
    said += [f"Still asked for: {ask}" for ask in found.asks]
    return request.model_copy(update={"drills": (*request.drills, *wanted)}), tuple(said)


@dataclass(slots=True)
class _Changes:
    """The lines that tell what changes from a week on, and why."""

    situation: Situation
    first: int
    lines: list[Change] = field(default_factory=list[Change])

    def add(self, what: str, because: str) -> None:
        """A line."""
        self.lines.append(Change(on=self.situation.on, week=self.first + 1, what=what, because=because))

    def of_priming(self, old: Sequence[Week], new: Sequence[Week]) -> None:
        """A line where sessions begin with another protocol of priming than before, or with none."""
        then, now = (next((week.primed for week in weeks if week.primed), None) for weeks in (old, new))
        if (then and then.id) == (now and now.id):
            return
        instead = "" if then is None else f" in place of {then.name}"
        what = f"{now.name}{instead}" if now else f"no {then.name if then else ''}"
        self.add(f"before the sessions: {what}", "that is what may be done before them now")

    def of_days(self, old: Week, new: Week) -> None:
        """Lines for what else is otherwise in the first week, one for all days that change alike."""
        then, now = ({(day.on, e.name): e.sets for day in week.days for e in day.entries} for week in (old, new))
        self._of_levels(old, new)
        because = "it follows from the changes above, with every rule kept" if self.lines else "it fits the week better"
        alike: dict[str, list[str]] = {}
        for (on, name), sets in sorted(now.items()):
            before = then.get((on, name))
            if before != sets:
                instead = "" if before is None else f" instead of {before}"
                alike.setdefault(f"{name}, {_sets_words(sets)}{instead}", []).append(f"{on:%a %d %b}")
        for on, name in sorted(set(then) - set(now)):
            alike.setdefault(f"no {name}", []).append(f"{on:%a %d %b}")
        for what, days in alike.items():
            self.add(f"{', '.join(days)}: {what}", because)

    def _of_levels(self, old: Week, new: Week) -> None:
        """Lines for drills at another level that nothing above tells of: what they waited for, or wait for now."""
        then, now = ({e.id: e for day in week.days for e in day.entries} for week in (old, new))
        for name, entry in now.items():
            before = then.get(name)
            what = f"{entry.name}: "
            if before is None or before.level == entry.level or any(line.what.startswith(what) for line in self.lines):
                continue
            rises = LEVELS.index(entry.level) > LEVELS.index(before.level)
            waits = (before if rises else entry).why.partition(_WAITS)[2]
            because = f"what it waited for is met ({waits})" if rises and waits else waits or "that is what may be done"
            self.add(f"{what}{before.level} to {entry.level}", because)


def _sets_words(sets: int) -> str:
    return f"{sets} set{'' if sets == 1 else 's'}"


def _with_drills(request: Request, situation: Situation, seen: Seen | None, changes: _Changes) -> Request:
    """What was prescribed for faults that the same movement lost leaves; what the newest faults ask for comes."""
    if seen is None:
        return request
    answered = {(one.movement, one.fault) for one in request.drills if one.fault and _may_be_done(one, situation)}
    # What no newer result could judge keeps the drill that it has, if that may be done, and asks for no other.
    faults = [one for one in seen.faults if not (one.found_in and (one.movement, one.fault) in answered)]
    found = prescribe(faults, situation)
    decided = seen.clean | {(one.movement, one.fault) for one in faults}
    undecided = [one for one in request.drills if one.fault and (one.movement, one.fault) not in decided]
    taken = found.drills[: max(1, MOST_DRILLS - len(undecided))]
    asked_for = {one.drill.id: one for one in taken}
    room = MOST_DRILLS - len(asked_for)
    kept: list[Wanted] = []
    for wanted in request.drills:
        known = known_drills(situation).get(wanted.id)
        name = wanted.id if known is None else known.name
        if (wanted.movement, wanted.fault) in seen.clean:
            gone, other = f"{_named(wanted.fault)}: surely within its band now", asked_for.get(wanted.id)
            if other is None:
                changes.add(f"{name} leaves", gone)
            else:
                changes.add(f"{name} stays", f"{gone}; {_named(other.fault)}{_in(other)}: surely outside its band")
                kept.append(_given(other).model_copy(update={"level": wanted.level, "days": wanted.days}))
        elif wanted in undecided and wanted.id not in asked_for and room > 0:
            kept.append(wanted)
            room -= 1
        elif wanted.fault and taken and wanted.id not in asked_for:
            passed_over = (found.passed_over or {}).get(wanted.id, ())
            changes.add(f"{name} makes room", "; ".join(passed_over) or "two drills at a time, and others go first")
        else:
            kept.append(wanted)
    names = {wanted.id for wanted in kept}
    for name, one in asked_for.items():
        if name not in names:
            kept.append(_given(one))
            why = "; ".join(part for part in one.why if not part.startswith("answers: "))
            because = f"{_named(one.fault)}: surely outside its band; {why}"
            changes.add(f"{one.drill.name} comes, {one.step.dose.words}", because)
    if faults and not found.drills:
        changes.add("no drill comes", "; ".join(found.reasons))
    return request.model_copy(update={"drills": tuple(kept)})


def _may_be_done(wanted: Wanted, situation: Situation) -> bool:
    drill = known_drills(situation).get(wanted.id)
    return drill is not None and best_step(drill, situation, LEVELS.index(wanted.level))[0] is not None


def _given(one: Prescribed) -> Wanted:
    """A drill of a prescription, as a request holds it."""
    level, why = one.step.level, "; ".join(one.why)
    return Wanted(id=one.drill.id, level=level, why=why, fault=one.fault, movement=one.movement)


def _in(one: Prescribed) -> str:
    return f" in {one.movement}" if one.movement else ""


def _named(fault: str) -> str:
    """What a fault is called within a sentence."""
    entry = fault_entries().get(fault)
    return fault if entry is None else entry.fault.name[0].lower() + entry.fault.name[1:]


def items_of(week: Week, situation: Situation) -> tuple[Item, ...]:
    """What stands in a week, at its levels and loads; `situation`: of an athlete who has the coach's own drills."""
    drills, by_id = known_drills(situation), {entry.id: entry for day in week.days for entry in day.entries}
    found: list[Item] = []
    for name, entry in by_id.items():
        drill = (lifts() if entry.lift else drills).get(name)
        if drill is None or entry.step >= len(drill.steps):
            continue
        if entry.lift:
            lift = of_lift(drill, entry.sets, entry.reps or 1, 1, entry.load_kg)
            found.append(replace(lift, load_share=entry.load_share, sets_share=sets_share(week.block)))
        else:
            found.append(of_drill(drill, drill.steps[entry.step], None, ""))
    return tuple(found)


def sets_of(week: Week) -> list[dict[str, int]]:
    """The sets of its seven days."""
    by_day = {(day.on - week.start).days: {e.id: e.sets for e in day.entries} for day in week.days}
    return [by_day.get(d, {}) for d in range(7)]


def _hold_back(
    plan: Plan, situation: Situation, first: int, settled: list[dict[str, int]], items: ByWeek, changes: _Changes
) -> None:
    """After a pause, or where less was done than planned in the last week, the next ones begin with less. A block of
    fewer sets takes none from that: it has what was done, or its share of what was planned where that is less.
    """
    held = paused = after_pause(plan, situation.sessions, situation.on)
    logged = any(one.on >= plan.request.start for one in situation.sessions)
    if held is None and logged and not is_deload(first - 1):
        held = after_a_short_week(plan, first - 1, situation.sessions, situation.on)
    full = last_full_week(settled, [items_of(week, situation) for week in plan.weeks[:first]])
    if held is None or full is None:
        return
    then = {item.id: item.sets_share for item in items_of(plan.weeks[full], situation) if item.hard}
    next_full = next((week for week in items if not is_deload(week)), first)
    now = {item.id: item.sets_share for item in items[next_full]}
    fewer = False
    days = settled[7 * full : 7 * full + 7]
    for name, planned in totals(days).items():
        share = held.shares.get(name, 1.0) * then.get(name, 1.0) / now.get(name, then.get(name, 1.0))
        on = [day for day in days if name in day]
        left = max(len(on), int(min(1.0, share) * planned + _ROUNDING))
        fewer = fewer or (name in then and left < planned)
        for day, sets in zip(on, split(left, len(on)), strict=True):
            day[name] = sets
    if fewer or paused is not None:
        changes.add(held.what, held.because)


def _check_form(weeks: tuple[Week, ...], seen: Seen | None, changes: _Changes) -> tuple[Week, ...]:
    """A form check in the first session, where two results running drift."""
    drifts = seen is not None and seen.drifted_before and any(one.fault in DRIFTS for one in seen.faults)
    if not drifts or not weeks[0].days:
        return weeks
    day = weeks[0].days[0].model_copy(update={"form_check": True})
    changes.add(f"{day.on:%a %d %b}: a form check", "two results running drift")
    return (weeks[0].model_copy(update={"days": (day, *weeks[0].days[1:])}), *weeks[1:])
