"""What is barred or painful today leaves the days still to come, of the week that has begun too."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from legato.coaching.log import Session
from legato.coaching.model import Group
from legato.coaching.plan.asked import Anew, made_anew, why_not
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request, Standing
from legato.coaching.plan.running import _minutes, left_out_of, with_what_is_kept_to, without_what_is_barred
from legato.coaching.plan.solve import Clash
from legato.coaching.plan.update import update_plan
from legato.coaching.situation import Pain, Screening, Situation
from legato.errors import BadInput

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
    before = {day.on: day for day in plan.weeks[0].days}
    fewer = [day for day in week.days if len(day.entries) < len(before[day.on].entries)]
    assert fewer and all(day.minutes < before[day.on].minutes for day in fewer)
    assert all(_minutes(day.entries, barred) == day.minutes for one in plan.weeks for day in one.days)
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


def test_a_day_on_which_somebody_only_looked_was_not_done(plan: Plan):
    wednesday = TUESDAY + timedelta(days=1)
    looked = athlete(wednesday, pain=Pain(8.0), sessions=(Session(wednesday, (), looked_at=True),))
    assert wednesday in {day.on for day in plan.weeks[0].days}
    assert wednesday not in {day.on for day in without_what_is_barred(plan, looked).weeks[0].days}


def test_what_is_to_be_kept_to_now_stands_in_a_plan_made_before(plan: Plan):
    minor = athlete(TUESDAY, screening=replace(PASSED, minor=True), guardian=True, supervised=True)
    found = with_what_is_kept_to(plan, minor)
    watched = "under 18: somebody watches; no maximum is tested"
    for week in found.weeks:
        for day in week.days:
            assert all((watched in entry.provisos) == (day.on >= TUESDAY) for entry in day.entries)
    assert with_what_is_kept_to(plan, athlete(TUESDAY)) == plan


def test_what_is_barred_leaves_the_parts_of_priming_too():
    """Calf raises and steps stand for each other in a protocol: what a screening bars of it is done otherwise."""
    asked = {"start": START, "weeks": 3, "days": ["mon", "wed", "fri"], "lifts": LIFTS[1:], "priming": "light-dynamic"}
    made = make_plan(Request.model_validate(asked), athlete(START - timedelta(days=1)), "0")
    assert isinstance(made, Plan)
    first = made.weeks[1].primed
    assert first is not None
    other = first.model_copy(update={"parts": ("Something that may not be done, 2 × 10", *first.parts[1:])})
    weeks = tuple(week.model_copy(update={"primed": other}) for week in made.weeks)
    found = without_what_is_barred(made.model_copy(update={"weeks": weeks}), athlete(TUESDAY))
    assert [week.primed for week in found.weeks] == [first] * 3
    assert [left_out_of(line) for line in found.changes] == [None] * 3


def as_fit(plan: Plan, **asked: Any) -> Plan:
    """The plan with its athlete in its request, as one in the app has them."""
    one = athlete(TUESDAY)
    standing = Standing(
        age_years=one.age_years, base_weeks=one.base_weeks, equipment=tuple(one.equipment), hinge_gate=one.hinge_gate,
        mobility={name: bool(met) for name, met in one.mobility.items()}, maxima_kg=dict(one.maxima_kg),
    )  # fmt: skip
    return plan.model_copy(update={"request": plan.request.model_copy(update={"athlete": standing, **asked})})


def refused(plan: Plan, on: date, barred: Group) -> Anew:
    found = made_anew(plan, replace(PASSED, on=on, barred=frozenset({barred})), on)
    assert found.plan is not None and found.why is not None
    return found


def test_where_weeks_cannot_be_made_anew_no_later_one_keeps_what_is_barred(plan: Plan):
    found = refused(as_fit(plan, minutes=10), TUESDAY, "hinge")
    assert isinstance(found.why, Clash) and found.plan is not None
    assert "deadlift" not in there(found.plan, TUESDAY) and "bench-press" in there(found.plan, plan.weeks[2].start)


def test_in_the_last_week_what_is_barred_leaves_though_no_week_is_to_come(plan: Plan):
    last = plan.weeks[-1].start
    found = refused(as_fit(plan), last, "hinge")
    assert found.plan is not None and "deadlift" not in there(found.plan, last)
    assert "last week began" in why_not(found.why) if found.why else False
    with pytest.raises(BadInput, match="last week began"):
        update_plan(plan, athlete(last))
    assert made_anew(as_fit(plan), PASSED, last).plan is None
