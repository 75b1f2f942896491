"""Pain that was told of a day counts in every update until it is told anew, as the words of a plan say."""

import json
from datetime import timedelta
from typing import Any

import pytest

from legato.coaching.plan.asked import made_anew
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.plan.warn import warnings_of
from legato.coaching.situation import Pain

from .test_running import LIFTS, PASSED, START, TUESDAY, athlete, there

pytest.importorskip("ortools")
ASKED: dict[str, Any] = {
    "start": START,
    "weeks": 4,
    "days": ["mon", "wed", "fri", "sat"],
    "minutes": 90,
    "lifts": LIFTS,
}
TRAINED = {"deadlift", "bench-press"}


def made(pain: Pain | None = None) -> Plan:
    """A plan of an athlete who may do anything, asked for as a file asks for it."""
    well = athlete(START - timedelta(days=1), pain=pain)
    standing = {
        "equipment": sorted(well.equipment), "mobility": dict(well.mobility), "maxima_kg": dict(well.maxima_kg),
        "hinge_gate": True, "base_weeks": well.base_weeks, "age_years": well.age_years,
    }  # fmt: skip
    found = make_plan(Request.model_validate(ASKED | {"athlete": standing}), well, "0")
    assert isinstance(found, Plan)
    return found


def after(plan: Plan, days: int, pain: Pain | None = None) -> tuple[Plan, bool]:
    """The plan after an update so many days after its first Tuesday, read back from its file; whether pain stopped."""
    anew = made_anew(plan, PASSED, TUESDAY + timedelta(days=days), pain=pain)
    kept = anew.plan or plan
    return Plan.model_validate_json(json.dumps(plan_record(kept))), anew.stopped


@pytest.mark.parametrize(("much", "stops"), [(3.0, False), (5.0, False), (8.0, True)])
def test_pain_counts_until_it_is_told_anew(much: float, stops: bool):
    plan = made()
    assert there(plan, TUESDAY) >= TRAINED
    plan, stopped = after(plan, 0, Pain(much))
    for days in (1, 3, 8):
        plan, stopped = after(plan, days)
        assert stopped == stops and not TRAINED & there(plan, TUESDAY + timedelta(days=days))
    plan, stopped = after(plan, 9, Pain(0.0))
    assert not stopped and there(plan, TUESDAY + timedelta(days=14)) >= TRAINED
    plan, _ = after(plan, 10)
    assert there(plan, TUESDAY + timedelta(days=14)) >= TRAINED, "that it is over stays told too"


def test_pain_of_the_day_on_which_a_plan_is_made_counts_in_its_updates():
    plan = made(Pain(3.0))
    assert plan.pain_told == Pain(3.0, on=START - timedelta(days=1))
    plan, _ = after(plan, 0)
    assert not TRAINED & there(plan, TUESDAY)
    said = {line for one in plan.left_out for line in one.reasons}
    assert any("pain 3 of 10, told on 29 Nov: only an easier version, without load, until" in line for line in said)


def test_an_update_that_changes_no_week_keeps_what_was_told():
    plan, _ = after(made(), 0, Pain(1.0))
    assert plan.pain_told == Pain(1.0, on=TUESDAY)


def test_a_plan_says_which_pain_stops_it_and_nothing_once_that_is_over():
    plan, _ = after(made(), 0, Pain(8.0))
    (said,) = warnings_of(plan, TUESDAY + timedelta(days=5))
    assert said.startswith(
        "pain: stop, and see somebody qualified before going on (pain 8 of 10, told on 1 Dec: counts"
    )
    plan, _ = after(plan, 6, Pain(0.0))
    assert warnings_of(plan, TUESDAY + timedelta(days=7)) == ()
