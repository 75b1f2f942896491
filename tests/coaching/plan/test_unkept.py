"""Rules that say nothing, as no drill that they need may be done, are told with the reason and not claimed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.plan.rules import rules
from legato.coaching.safety import questionnaire, screen
from legato.report.plan_page import plan_html

from ..athletes import DAY, fit

pytest.importorskip("ortools")
KINDS = {"mobility", "anti-rotation", "balance"}


def planned(bars: str = "", equipment: frozenset[str] = frozenset({"barbell", "rack", "plates", "band"})) -> Plan:
    asked = Request.model_validate(
        {
            "start": DAY + timedelta(days=1), "weeks": 2, "days": ("mon", "wed", "fri"),
            "lifts": ({"id": "back-squat", "sets": 4, "reps": 5, "load_kg": 50.0},),
        }
    )  # fmt: skip
    well = screen({one.id: "no" for one in questionnaire().questions}, DAY)
    screening = replace(well, barred=frozenset({bars} - {""}))
    found = make_plan(asked, fit(screening=screening, equipment=equipment), "0")
    assert isinstance(found, Plan), found
    return found


def kept(plan: Plan) -> str:
    return plan_html(plan).split("What the plan keeps to")[1]


def test_no_band_means_nothing_against_turns_and_that_is_said():
    plan = planned(equipment=frozenset({"barbell", "rack", "plates"}))
    entries = [e for week in plan.weeks for day in week.days for e in day.entries]
    assert not any(drills()[e.id].pattern == "anti-rotate" for e in entries if e.id in drills())
    (one,) = [one for one in plan.left_out if one.id == "anti-rotation"]
    assert one.name == "A drill against rotation every week"
    assert "Pallof press: " in one.reasons[0] and "band" in one.reasons[0]
    assert "A drill against rotation every week" not in kept(plan)
    assert "A drill against rotation every week" in plan_html(plan)
    assert "Mobility two or three times a week" in kept(plan)


def test_where_every_rule_says_something_none_is_left_out():
    plan = planned()
    assert not KINDS & {one.id for one in plan.left_out}
    assert "A drill against rotation every week" in kept(plan)


def test_no_mobility_is_told_with_what_bars_it():
    plan = planned("thoracic")
    (one,) = [one for one in plan.left_out if one.id == "mobility"]
    assert len(one.reasons) == 2
    assert all(reason.partition(": ")[2] for reason in one.reasons)
    assert "Mobility two or three" not in kept(plan)


def test_no_rule_is_called_as_a_drill_is():
    assert not set(rules()) & {*drills(), *lifts()}
