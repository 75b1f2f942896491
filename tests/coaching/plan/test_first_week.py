"""The first week of somebody who tells little training is a small one."""

from dataclasses import replace

import pytest

from legato.coaching.plan.build import permitted_items
from legato.coaching.plan.request import Request

from ..athletes import DAY, fit

ASKED = {
    "start": DAY,
    "days": ("mon", "wed", "fri"),
    "lifts": (
        {"id": "deadlift", "sets": 30, "reps": 10, "days": 3},
        {"id": "back-squat", "sets": 30, "reps": 10, "days": 3},
        {"id": "bench-press", "sets": 12, "reps": 5, "days": 2},
    ),
}


@pytest.mark.parametrize("weeks", [None, 0.0, 7.9])
def test_without_a_base_a_region_has_ten_hard_sets_to_begin_with(weeks: float | None):
    items, cut = permitted_items(Request.model_validate(ASKED), fit(base_weeks=weeks))
    sets = {item.id: item.weekly for item in items if item.lift}
    assert sets["deadlift"] + sets["back-squat"] == 10 and min(sets.values()) >= 1
    assert sets["bench-press"] == 10
    assert {one.id for one in cut} == {"deadlift", "back-squat", "bench-press"}
    assert all("to begin with" in reason for one in cut for reason in one.reasons)
    for item in items:
        assert not item.lift or (item.days[0] <= item.weekly and item.sets * item.days[0] >= item.weekly)


def test_with_a_base_the_first_week_is_as_asked():
    items, cut = permitted_items(Request.model_validate(ASKED), fit(base_weeks=8.0))
    assert {item.id: item.weekly for item in items if item.lift} == {
        "deadlift": 30,
        "back-squat": 30,
        "bench-press": 12,
    }
    assert not cut
    few = Request.model_validate(ASKED).model_copy(update={"lifts": Request.model_validate(ASKED).lifts[2:]})
    few = few.model_copy(update={"lifts": tuple(one.model_copy(update={"sets": 10}) for one in few.lifts)})
    assert not permitted_items(few, replace(fit(), base_weeks=None))[1]
