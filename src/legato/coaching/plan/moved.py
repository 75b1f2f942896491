"""A session put on another day of its week by hand: kept where every rule still holds, else what clashes, in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from legato.coaching.plan.items import Item
from legato.coaching.plan.model import Change, Day, Plan, Week
from legato.coaching.plan.request import WEEKDAYS, Request
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.solve import broken_rules
from legato.coaching.plan.update import items_of, sets_of
from legato.coaching.safety.permit import nothing_today
from legato.coaching.situation import Situation
from legato.errors import BadInput


@dataclass(frozen=True, slots=True)
class Stays:
    """Why a session stays where it is, in one sentence each."""

    reasons: tuple[str, ...]


def move_session(plan: Plan, session: date, to: date, situation: Situation) -> Plan | Stays:
    """The plan with a session on another day of its week; where that day has one, the two change places.

    The day that a person chooses counts as free, unless the request names it as a single day that is not. Rules that
    the week did not keep to before, as where something left it for pain, do not count against the move.

    Parameters
    ----------
    plan
        As it stands.
    session
        The day whose session is moved.
    to
        Where it goes.
    situation
        The athlete on the day of the change.

    Raises
    ------
    BadInput
        There is no session on that day, it was done, is over, or the new day lies in another week.
    """
    week = plan.week_of(session)
    if week is None or session not in {day.on for day in week.days}:
        raise BadInput(f"the plan has no session on {session}; load the page anew")
    done = {one.on for one in plan.log if one.done}
    if session == to:
        return plan
    for on, what in ((session, "is over"), (to, "is over; choose a day still to come")):
        if on < situation.on:
            raise BadInput(f"{on:%a %d %b} {what}")
    if done & {session, to}:
        raise BadInput(f"{min(done & {session, to}):%a %d %b} stands in the log; what was done stays on its day")
    if plan.week_of(to) is not week:
        last = week.start + timedelta(days=6)
        raise BadInput(
            f"{to:%a %d %b} lies outside week {week.number}, {week.start:%d %b} to {last:%d %b}; sessions move within"
            " their week, as every week is balanced by itself"
        )
    if stop := nothing_today(situation):
        return Stays((stop,))
    anew = _with(plan, week, session, to, situation.on)
    if broken := _broken(plan, anew, week.number - 1, to, situation):
        return Stays(tuple(broken))
    barred = without_what_is_barred(anew, situation, this_week=True)
    if barred.changes != anew.changes:
        return Stays(tuple(f"{one.what}: {one.because}" for one in barred.changes[len(anew.changes) :]))
    return anew


def _with(plan: Plan, week: Week, session: date, to: date, on: date) -> Plan:
    places = {session: to, to: session}
    days = sorted((_on(day, places.get(day.on, day.on)) for day in week.days), key=lambda day: day.on)
    weeks = tuple(one.model_copy(update={"days": tuple(days)}) if one is week else one for one in plan.weeks)
    swapped = to in {day.on for day in week.days}
    what = f"{session:%a %d %b}: the session moves to {to:%a %d %b}"
    if swapped:
        what = f"{session:%a %d %b} and {to:%a %d %b}: the sessions change places"
    line = Change(on=on, week=week.number, what=what, because="it was moved by hand")
    return plan.model_copy(update={"weeks": weeks, "gone": plan.days_gone(weeks), "changes": (*plan.changes, line)})


def _on(day: Day, on: date) -> Day:
    return day if day.on == on else day.model_copy(update={"on": on})


def _broken(before: Plan, after: Plan, week: int, to: date, situation: Situation) -> Sequence[str]:
    """What the days of a week and the next break together that they kept to before."""
    weeks = range(week, min(week + 2, len(before.weeks)))
    request = before.request
    free = WEEKDAYS[to.weekday()]
    if free not in request.days:
        request = request.model_copy(update={"days": (*request.days, free)})
    earlier = _against(before, request, weeks, situation)
    return [words for name, words in _against(after, request, weeks, situation).items() if name not in earlier]


def _against(plan: Plan, request: Request, weeks: range, situation: Situation) -> dict[tuple[str, str], str]:
    last = [plan.weeks[weeks.start - 1]] if weeks.start else []
    settled = [day for week in last for day in sets_of(week)]
    earlier = [item for week in last for item in items_of(week, situation)]
    days = [day for w in weeks for day in sets_of(plan.weeks[w])]
    items = {w: _as_they_stand(plan.weeks[w], situation) for w in weeks}
    return {one.name: one.words for one in broken_rules(request, items, weeks, days, settled, earlier)}


def _as_they_stand(week: Week, situation: Situation) -> tuple[Item, ...]:
    """What stands in a week, each on as many days as it does."""
    times = Counter(entry.id for day in week.days for entry in day.entries)
    return tuple(replace(item, days=(times[item.id], times[item.id])) for item in items_of(week, situation))
