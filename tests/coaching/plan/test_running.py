"""What is barred or painful today leaves the days still to come, of the week that has begun too."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from legato.coaching.plan.build import make_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.update import update_plan
from legato.coaching.situation import Pain, Screening, Situation

from ..athletes import fit

pytest.importorskip("ortools")
START = date(2026, 11, 30)
TUESDAY = START + timedelta(days=1)
PASSED = Screening(START - timedelta(days=1), date(2027, 11, 20), passed=True)
LIFTS = (
    {"id": "deadlift", "sets": 6, "reps": 5, "days": 2, "load_kg": 60.0},
    {"id": "bench-press", "sets": 6, "reps": 5},
)


def athlete(on: date, **changed: Any) -> Situation:
    return fit(on=on, **({"screening": PASSED} | changed))


@pytest.fixture(scope="module")
def plan() -> Plan:
    asked = {"start": START, "weeks": 3, "days": ["mon", "wed", "fri", "sat"], "minutes": 90, "lifts": LIFTS}
    made = make_plan(Request.model_validate(asked), athlete(START - timedelta(days=1)), "0")
    assert isinstance(made, Plan)
    return made


def there(plan: Plan, since: date) -> set[str]:
    return {entry.id for week in plan.weeks for day in week.days if day.on >= since for entry in day.entries}


def test_a_lift_that_is_barred_today_leaves_this_week_too(plan: Plan):
    assert "deadlift" in there(plan, TUESDAY)
    barred = athlete(TUESDAY, screening=replace(PASSED, on=TUESDAY, barred=frozenset({"hinge"})))
    found = without_what_is_barred(plan, barred, this_week=True)
    week = found.weeks[0]
    assert not any(e.id == "deadlift" for day in week.days if day.on >= TUESDAY for e in day.entries)
    assert any("no Deadlift" in line.what and "hinges" in line.because for line in found.changes)
    anew = update_plan(found, barred)
    assert isinstance(anew, Plan)
    assert "deadlift" not in there(anew, TUESDAY)
    assert "bench-press" in there(anew, TUESDAY)


def test_load_leaves_this_week_where_there_is_pain(plan: Plan):
    found = without_what_is_barred(plan, athlete(TUESDAY, pain=Pain(4.0)))
    assert not {"deadlift", "bench-press"} & there(found, TUESDAY)


@pytest.mark.parametrize(
    "changed",
    [{"pain": Pain(8.0)}, {"screening": None}, {"screening": replace(PASSED, passed=False)}],
    ids=["pain", "no screening", "blocked"],
)
def test_where_nothing_may_be_done_no_session_is_left(plan: Plan, changed: dict[str, Any]):
    found = without_what_is_barred(plan, athlete(TUESDAY, **changed))
    assert not there(found, TUESDAY)
    assert all("no session" in line.what for line in found.changes)


def test_what_was_done_stays_and_what_may_be_done_is_left_alone(plan: Plan):
    assert without_what_is_barred(plan, athlete(TUESDAY)) == plan
    stopped = without_what_is_barred(plan, athlete(TUESDAY, pain=Pain(8.0)))
    assert [day.on for day in stopped.weeks[0].days] == [d.on for d in plan.weeks[0].days if d.on < TUESDAY]


def test_a_plan_that_was_stopped_comes_back(plan: Plan):
    stopped = without_what_is_barred(plan, athlete(TUESDAY, pain=Pain(8.0)))
    back = update_plan(stopped, athlete(TUESDAY + timedelta(days=4)))
    assert isinstance(back, Plan)
    assert there(back, plan.weeks[1].start) >= {"deadlift", "bench-press"}
