"""What is left out names its way out, and what leads there stands in the weeks."""

from datetime import timedelta
from typing import Any

import pytest

from legato.coaching.plan.build import Refused, make_plan, permitted_items
from legato.coaching.plan.request import Request
from legato.coaching.situation import Pain, Screening

from ..athletes import DAY, fit

LIFTS = ({"id": "deadlift", "sets": 4, "reps": 5}, {"id": "bench-press", "sets": 4, "reps": 5})


def asked(**more: Any) -> Request:
    return Request.model_validate({"start": DAY, "days": ("mon", "wed", "fri"), "lifts": LIFTS} | more)


def test_a_lift_that_waits_for_the_dowel_names_the_way_and_brings_the_drill():
    items, left_out = permitted_items(asked(), fit(hinge_gate=False))
    (one,) = left_out
    assert one.id == "deadlift"
    assert "drill: dowel-hinge" in one.reasons[0] and "legato analyze RECORDING --movement hip-hinge" in one.reasons[0]
    (drill,) = (item for item in items if item.id == "dowel-hinge")
    assert drill.days[0] == 2 and "Deadlift" in drill.why and "dowel" in drill.step.equipment


def test_without_a_dowel_the_drill_is_the_one_at_a_wall():
    items, _ = permitted_items(asked(), fit(hinge_gate=False, equipment=fit().equipment - {"dowel"}))
    assert next(item.step for item in items if item.id == "dowel-hinge").equipment == ("wall",)


@pytest.mark.parametrize("drills", [(), ({"id": "dowel-hinge", "level": "dynamic", "days": 1},)])
def test_the_drill_is_put_in_only_where_it_leads_somewhere_and_once(drills: tuple[dict[str, Any], ...]):
    ids = [item.id for item in permitted_items(asked(drills=drills), fit())[0]]
    assert ids.count("dowel-hinge") == len(drills)
    waiting, _ = permitted_items(asked(drills=drills), fit(hinge_gate=False))
    assert [item.id for item in waiting].count("dowel-hinge") == 1


def test_pain_that_asks_for_easier_versions_brings_them_for_each_lift():
    items, left_out = permitted_items(asked(), fit(pain=Pain(3.0)))
    assert [one.id for one in left_out] == ["deadlift", "bench-press"]
    assert all("pain 3 of 10: only an easier version" in one.reasons[0] for one in left_out)
    wanted = {item.id: item for item in items if item.days[0]}
    assert wanted and all(item.step.level in ("hold", "dynamic") and item.load_kg is None for item in wanted.values())
    assert wanted["dowel-hinge"].why == "in place of Deadlift, while there is pain"
    assert permitted_items(asked(), fit(pain=Pain(2.0)))[1] == ()


def test_a_lift_that_waits_for_something_else_too_is_not_said_to_wait_for_pain_alone():
    items, left_out = permitted_items(asked(), fit(pain=Pain(3.0), hinge_gate=False))
    (deadlift,) = [one for one in left_out if one.id == "deadlift"]
    assert any("dowel" in reason for reason in deadlift.reasons)
    whys = {item.id: item.why for item in items if item.days[0]}
    assert not any("in place of Deadlift, while" in why for why in whys.values())


def test_where_no_lift_asked_for_may_be_done_those_that_may_are_named():
    sore = Screening(DAY, DAY + timedelta(days=300), passed=True, barred=frozenset({"arms", "press"}))
    found = make_plan(asked(), fit(screening=sore), "0")
    assert isinstance(found, Refused)
    assert "these lifts may be done, ask for one of them: " in found.reasons[-1] and "leg-press" in found.reasons[-1]
    assert "bench-press" not in found.reasons[-1]


def test_pain_with_no_drill_of_the_lift_s_pattern_leaves_easy_drills():
    row = ({"id": "row", "sets": 4, "reps": 5},)
    wanted = [item for item in permitted_items(asked(lifts=row), fit(pain=Pain(3.0)))[0] if item.days[0]]
    assert [item.why for item in wanted] == ["an easy drill, while there is pain"] * 2
