"""A range that is too small brings its drill into the weeks."""

from datetime import timedelta
from typing import Any

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.plan.build import make_plan, permitted_items
from legato.coaching.plan.model import Plan
from legato.coaching.plan.range_work import AGAIN_WEEKS
from legato.coaching.plan.request import Request
from legato.coaching.safety.gates import mobility_gates
from legato.coaching.safety.permit import WORKS_ON
from legato.coaching.situation import Screening

from ..athletes import DAY, fit

LIFTS = ({"id": "back-squat", "sets": 4, "reps": 5}, {"id": "bench-press", "sets": 4, "reps": 5})


def asked(**more: Any) -> Request:
    fields = {"start": DAY + timedelta(days=1), "weeks": 4, "days": ("mon", "wed", "fri"), "lifts": LIFTS}
    return Request.model_validate(fields | more)


def short(*gates: str, **more: Any) -> Any:
    return fit(mobility=dict.fromkeys(mobility_gates(), True) | dict.fromkeys(gates, False), **more)


def barring(*groups: Any) -> Screening:
    return Screening(DAY, DAY + timedelta(days=300), passed=True, barred=frozenset(groups))


def test_every_gate_of_mobility_has_a_drill_that_needs_no_equipment():
    assert set(WORKS_ON) == set(mobility_gates())
    for name in WORKS_ON.values():
        assert drills()[name].bare and drills()[name].emphasis == "mobility"


@pytest.mark.parametrize("gate", mobility_gates())
def test_what_is_too_small_is_worked_on_two_days_of_every_week(gate: str):
    plan = make_plan(asked(), short(gate), "0")
    assert isinstance(plan, Plan)
    for week in plan.weeks:
        days = [day for day in week.days if WORKS_ON[gate] in {entry.id for entry in day.entries}]
        assert len(days) >= 2


def test_it_says_for_what_and_when_it_is_read_again():
    items, left_out = permitted_items(asked(), short("ankle-dorsiflexion"))
    (rocks,) = (item for item in items if item.id == "ankle-rocks")
    assert rocks.step.level == "hold" and rocks.load_kg is None
    assert (
        f"for Back squat; read it again after {AGAIN_WEEKS} weeks" in rocks.why and "legato assess sheet" in rocks.why
    )
    assert "Bench" not in rocks.why
    assert "the drill for it: ankle-rocks" in left_out[0].reasons[0]


def test_what_is_enough_or_not_known_puts_nothing_in():
    for mobility in (dict.fromkeys(mobility_gates(), True), {}):
        items, _ = permitted_items(asked(), fit(mobility=mobility))
        assert not {item.id for item in items if item.days[0]} & set(WORKS_ON.values())


def test_one_that_was_asked_for_stands_once():
    wanted = ({"id": "ankle-rocks", "level": "dynamic", "days": 3},)
    items, _ = permitted_items(asked(drills=wanted), short("ankle-dorsiflexion"))
    (rocks,) = (item for item in items if item.id == "ankle-rocks")
    assert rocks.days == (3, 3) and rocks.step.level == "dynamic"


def test_a_sore_wrist_folds_seated_and_a_swollen_knee_says_why_not():
    items, _ = permitted_items(asked(), short("hip-flexion", screening=barring("quadruped")))
    assert next(item.step.equipment for item in items if item.id == "rock-back") == ("chair",)
    items, left_out = permitted_items(asked(), short("ankle-dorsiflexion", screening=barring("knees")))
    assert "ankle-rocks" not in {item.id for item in items}
    (one,) = (one for one in left_out if one.id == "ankle-rocks")
    assert "ankle dorsiflexion" in one.name and "the screening bars" in one.reasons[0]
