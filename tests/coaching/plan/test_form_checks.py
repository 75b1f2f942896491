"""A form check stands in every fourth week, and in the next session after two results running with a drift."""

from dataclasses import replace
from datetime import timedelta

import pytest

from legato.coaching.plan.build import make_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.plan.update import DRIFTS, Seen, update_plan
from legato.coaching.prescribe import FaultSeen

from ..athletes import DAY, fit
from .rulebook import form_checks

pytest.importorskip("ortools")

START = DAY + timedelta(days=1)
DRIFT = FaultSeen(fault=DRIFTS[0], name="Drift", kind="drift", says="The back drifts.", beyond=1.0)


def plan_of(weeks: int) -> Plan:
    asked = Request.model_validate(
        {"start": START, "weeks": weeks, "days": ("mon", "wed", "fri"),
         "drills": ({"id": "dowel-hinge", "level": "dynamic"},)}
    )  # fmt: skip
    found = make_plan(asked, fit(), "0")
    assert isinstance(found, Plan)
    return found


def test_every_fourth_week_has_one():
    plan = plan_of(12)
    assert [(on - START).days // 7 + 1 for on in form_checks(plan)] == [4, 8, 12]
    assert form_checks(plan_of(3)) == []


def test_a_form_check_stands_on_a_day_with_a_lift_and_nothing_fills_a_day_alone():
    """Six squats and a deadlift on two days: the week of less keeps its clamshell on one of them."""
    asked = Request.model_validate(
        {"start": START, "weeks": 12, "days": ("mon", "tue", "thu", "sat"), "minutes": 90,
         "lifts": (
             {"id": "back-squat", "sets": 8, "reps": 5, "days": 2}, {"id": "deadlift", "sets": 4, "reps": 5, "days": 1},
             {"id": "bench-press", "sets": 6, "reps": 5, "days": 2}, {"id": "row", "sets": 6, "reps": 8, "days": 2},
         )}
    )  # fmt: skip
    found = make_plan(asked, fit(), "0")
    assert isinstance(found, Plan)
    days = [day for week in found.weeks for day in week.days]
    assert all(any(entry.lift for entry in day.entries) for day in days if day.form_check)
    assert [day.on for day in days if len(day.entries) == 1 and not day.entries[0].lift] == []


def test_a_form_check_stands_with_the_drill_that_answers_a_fault():
    asked = Request.model_validate(
        {"start": START, "weeks": 4, "days": ("mon", "wed", "fri"),
         "drills": ({"id": "dowel-hinge", "level": "dynamic", "days": 1, "fault": "early-lumbar"},
                    {"id": "cat-cow", "level": "dynamic", "days": 3})}
    )  # fmt: skip
    found = make_plan(asked, fit(), "0")
    assert isinstance(found, Plan)
    (day,) = [day for day in found.weeks[3].days if day.form_check]
    assert "dowel-hinge" in {entry.id for entry in day.entries}


@pytest.mark.parametrize(("before", "now", "asked"), [(True, True, True), (False, True, False), (True, False, False)])
def test_two_drifts_running_ask_for_one(before: bool, now: bool, asked: bool):
    seen = Seen((DRIFT,) if now else (), drifted_before=before)
    anew = update_plan(plan_of(3), replace(fit(), on=START), seen)
    assert isinstance(anew, Plan)
    first = anew.weeks[1].days[0].on
    assert form_checks(anew) == ([first] if asked else [])
    assert any("a form check" in line.what and "two results" in line.because for line in anew.changes) == asked
