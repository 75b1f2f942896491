"""After a pause, or a week of which sets were left out: fewer sets and less load than planned, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from legato.coaching.lifts import lifts, to_plates
from legato.coaching.log import Session, last_of
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Lift, Request
from legato.coaching.safety.permit import permitted
from legato.coaching.situation import Situation

_LEAST_SHARE = 0.6
"""Of a week's planned sets the least that the next week grows from, however few were done. [ENG]"""

_PAUSE_DAYS, LONG_PAUSE_DAYS = 14, 28
_SETS_AFTER, _LOAD_AFTER, _LOAD_AFTER_LONG = 0.5, 0.9, 0.8
"""A pause, and a long one, days; what is left of sets, and of loads, after them. [ENG] No trial gives such numbers;
strength is largely kept over two to three weeks, and what tissues stand is not known.
"""

_NOTHING = "nothing was logged"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Shares of the sets of the last full week that the next ones grow from, by id, and why."""

    shares: Mapping[str, float]
    what: str
    because: str


def pause(plan: Plan, sessions: Sequence[Session], on: date) -> tuple[int, date | None]:
    """Days since the last logged session, with its day; since the plan began where none was logged, and 0 where no
    session was planned in between. What was logged before the plan begins is of an earlier one.
    """
    last = max((one.on for one in sessions if plan.request.start <= one.on <= on and one.done), default=None)
    since = plan.weeks[0].start if last is None else last
    missed = [day.on for week in plan.weeks for day in week.days if since <= day.on < on and day.on != last]
    return ((on - since).days if missed else 0), last


def after_pause(plan: Plan, sessions: Sequence[Session], on: date) -> HeldBack | None:
    """What a pause of two weeks or more leaves of the sets."""
    days, last = pause(plan, sessions, on)
    if days < _PAUSE_DAYS:
        return None
    names = {entry.id for week in plan.weeks for day in week.days for entry in day.entries}
    return HeldBack(dict.fromkeys(names, _SETS_AFTER), "sets begin at half", _since(days, last))


def lighter(
    request: Request, plan: Plan, sessions: Sequence[Session], on: date
) -> tuple[Request, tuple[str, ...], str]:
    """A request with the loads that a pause leaves, a line for each that changes, and why; once a pause."""
    days, last = pause(plan, sessions, on)
    seen = [line for line in plan.changes if line.because.startswith(_NOTHING) and (last is None or line.on > last)]
    if days < _PAUSE_DAYS or seen:
        return request, (), ""
    share = _LOAD_AFTER if days < LONG_PAUSE_DAYS else _LOAD_AFTER_LONG
    loads = [_lighter(lift, share) for lift in request.lifts]
    lines = tuple(
        f"{lifts()[old.id].name}: {old.load_kg:g} to {new.load_kg:g} kg"
        for old, new in zip(request.lifts, loads, strict=True)
        if old.load_kg and new.load_kg and old.load_kg != new.load_kg and old.id in lifts()
    )
    return request.model_copy(update={"lifts": tuple(loads)}), lines, _since(days, last)


def coming_back(request: Request, plan: Plan, situation: Situation) -> tuple[Request, tuple[tuple[str, str], ...]]:
    """A request with less load for what may be done again after two weeks or more in which it was left out, by pain or
    else, while other things were trained; with what changes, and why.
    """
    days, _ = pause(plan, situation.sessions, situation.on)
    if days >= _PAUSE_DAYS:
        return request, ()
    found = list(request.lifts)
    lines: list[tuple[str, str]] = []
    for k, lift in enumerate(found):
        last = last_of([s for s in situation.sessions if s.on <= situation.on], lift.id)
        day = max(last[0][0], plan.request.start) if last else situation.on
        gap = (situation.on - day).days
        if gap < _PAUSE_DAYS or not lift.load_kg or lift.id not in lifts() or _was_planned(plan, lift.id, situation.on):
            continue
        drill, since = lifts()[lift.id], f"since {day}"
        told = any(one.what.startswith(f"{drill.name}: ") and one.because.endswith(since) for one in plan.changes)
        if not told and permitted(drill, drill.steps[-1], situation, load_kg=lift.load_kg, reps=lift.reps).allowed:
            found[k] = _lighter(lift, _LOAD_AFTER if gap < LONG_PAUSE_DAYS else _LOAD_AFTER_LONG)
            what = f"{drill.name}: {lift.load_kg:g} to {found[k].load_kg:g} kg"
            lines.append((what, f"it comes back after {gap} days, {since}"))
    return request.model_copy(update={"lifts": tuple(found)}), tuple(lines)


def _was_planned(plan: Plan, name: str, on: date) -> bool:
    """Whether a lift stood in the days of the last two weeks."""
    days = (day for week in plan.weeks for day in week.days if 0 <= (on - day.on).days < _PAUSE_DAYS)
    return any(entry.id == name for day in days for entry in day.entries)


def _lighter(lift: Lift, share: float) -> Lift:
    if not lift.load_kg:
        return lift
    return lift.model_copy(update={"load_kg": to_plates(share * lift.load_kg)})


def _since(days: int, last: date | None) -> str:
    if last is None:
        return f"{_NOTHING} in the {days} days since the plan began"
    return f"{_NOTHING} for {days} days, since {last}"


def after_a_short_week(plan: Plan, week: int, sessions: Sequence[Session], on: date) -> HeldBack | None:
    """What a week leaves of which not all was done; days that are still to come do not count."""
    planned: dict[str, int] = {}
    done: dict[str, int] = {}
    of = plan.weeks[week]
    logged = {session.on for session in sessions}
    for day in of.days:
        if day.on < on or day.on in logged:
            for entry in day.entries:
                planned[entry.id] = planned.get(entry.id, 0) + entry.sets
    for session in sessions:
        if 0 <= (session.on - of.start).days < 7:
            for sets in session.done:
                done[sets.exercise] = done.get(sets.exercise, 0) + sets.sets
    kept = sum(min(done.get(name, 0), sets) for name, sets in planned.items())
    if not planned or kept >= sum(planned.values()):
        return None
    share = 100 * kept / sum(planned.values())
    shares = {name: max(_LEAST_SHARE, done.get(name, 0) / sets) for name, sets in planned.items()}
    return HeldBack(shares, "sets grow from what was done", f"{share:.0f} % of the sets planned so far were done")
