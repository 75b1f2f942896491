"""A session moved by hand: taken where every rule still holds, else it stays, and what clashes is named."""

from datetime import date, timedelta
from typing import Any

import pytest

from legato.coaching.log import Session, SetsDone
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.moved import Stays, move_session
from legato.coaching.plan.request import WEEKDAYS, Request
from legato.coaching.situation import Pain, Screening, Situation
from legato.errors import BadInput

from ..athletes import fit
from .rulebook import broken

pytest.importorskip("ortools")
MONDAY = date(2026, 11, 30)
SUNDAY = MONDAY - timedelta(days=1)
PASSED = Screening(SUNDAY, date(2027, 11, 20), passed=True)


def today(**told: Any) -> Situation:
    return fit(on=told.pop("on", SUNDAY), screening=PASSED, **told)


def planned(*days: str, **asked: Any) -> Plan:
    request = Request.model_validate(
        {
            "start": MONDAY, "weeks": 4, "days": days or ("mon", "wed", "fri"), "blocks": False,
            "lifts": [{"id": "back-squat", "sets": 6, "reps": 5, "days": 2, "load_kg": 60.0}],
            **asked,
        }
    )  # fmt: skip
    found = make_plan(request, today(), "0")
    assert isinstance(found, Plan)
    return found


def squats(plan: Plan, week: int = 0) -> list[date]:
    return [day.on for day in plan.weeks[week].days if any(entry.id == "back-squat" for entry in day.entries)]


def moved(plan: Plan, session: date, to: date, **told: Any) -> Plan:
    found = move_session(plan, session, to, today(**told))
    assert isinstance(found, Plan), found
    return found


def test_a_session_goes_to_a_free_day_and_the_change_is_told():
    plan = planned()
    first, second = squats(plan)
    to = next(MONDAY + timedelta(days=k) for k in range(7) if abs((MONDAY + timedelta(days=k) - first).days) > 1
              and abs((MONDAY + timedelta(days=k) - second).days) > 1
              and MONDAY + timedelta(days=k) not in {day.on for day in plan.weeks[0].days})  # fmt: skip
    new = moved(plan, second, to)
    assert squats(new) == sorted([first, to]) and new.changes[-1].because == "it was moved by hand"
    assert second in new.gone and plan.weeks[1:] == new.weeks[1:]


def test_legs_on_two_days_running_are_named_and_nothing_changes():
    plan = planned()
    first, second = squats(plan)
    stays = move_session(plan, second, first + timedelta(days=1), today())
    assert isinstance(stays, Stays) and any("48 hours" in one or "a day between" in one for one in stays.reasons)


def test_the_day_after_the_week_counts_too():
    plan = planned("mon", "thu")
    assert squats(plan, 1)[0] == MONDAY + timedelta(days=7)
    stays = move_session(plan, squats(plan)[1], MONDAY + timedelta(days=6), today())
    assert isinstance(stays, Stays)


def test_days_with_a_session_each_change_places():
    plan = planned("mon", "wed", "fri")
    one, two = (day.on for day in plan.weeks[0].days[:2])
    then, now = ({day.on: day.entries for day in p.weeks[0].days} for p in (plan, moved(plan, one, two)))
    assert (now[one], now[two]) == (then[two], then[one])


def test_a_day_that_the_request_names_as_not_free_is_not_taken():
    plan = planned(not_on=[MONDAY + timedelta(days=5)])
    stays = move_session(plan, plan.weeks[0].days[-1].on, MONDAY + timedelta(days=5), today())
    assert isinstance(stays, Stays) and any("free days" in one for one in stays.reasons)


def test_another_week_the_past_and_what_was_done_are_refused():
    plan = planned()
    first = plan.weeks[0].days[0].on
    with pytest.raises(BadInput, match="outside week 1"):
        move_session(plan, first, MONDAY + timedelta(days=8), today())
    with pytest.raises(BadInput, match="is over"):
        move_session(plan, first, MONDAY + timedelta(days=5), today(on=MONDAY + timedelta(days=4)))
    with pytest.raises(BadInput, match="no session on"):
        move_session(plan, MONDAY + timedelta(days=6), MONDAY, today())
    logged = plan.model_copy(update={"log": (Session(first, (SetsDone("back-squat", 1),)),)})
    with pytest.raises(BadInput, match="in the log"):
        move_session(logged, first, MONDAY + timedelta(days=5), today())


def test_pain_that_stops_moves_nothing():
    plan = planned()
    stays = move_session(plan, plan.weeks[0].days[0].on, MONDAY + timedelta(days=5), today(pain=Pain(8.0)))
    assert isinstance(stays, Stays) and "pain" in stays.reasons[0]


@pytest.mark.parametrize("days", [("mon", "wed", "fri"), ("tue", "thu", "sat", "sun")])
def test_what_is_taken_breaks_no_rule_and_what_stays_would(days: tuple[str, ...]):
    plan, taken, stayed = planned(*days), 0, 0
    assert not broken(plan)
    every = tuple(WEEKDAYS)
    for day in plan.weeks[1].days:
        for to in (plan.weeks[1].start + timedelta(days=k) for k in range(7)):
            found = move_session(plan, day.on, to, today())
            if isinstance(found, Plan):
                free = found.request.model_copy(update={"days": every})
                assert not broken(found.model_copy(update={"request": free})), (day.on, to)
                taken += to != day.on
            else:
                stayed += 1
    assert taken and stayed
