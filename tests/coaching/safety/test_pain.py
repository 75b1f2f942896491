"""Pain in a log bars what loads the same, and its reason names the day, the exercise and the way out."""

from datetime import timedelta
from typing import Any

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.log import Session, SetsDone
from legato.coaching.safety import nothing_today, permitted
from legato.coaching.situation import Pain, Situation

from .made import DAY, athlete

BY_ID = {**drills(), **lifts()}
LEFT = {
    "back-squat": {"bench-press", "push-up"},
    "deadlift": {"bench-press", "push-up"},
    "hip-thrust": {"bench-press", "push-up"},
    "leg-press": {"bench-press", "push-up"},
    "bird-dog": {"bench-press", "push-up"},
    "bench-press": {"leg-press", "hip-thrust", "glute-bridge"},
    "push-up": {"leg-press", "hip-thrust", "glute-bridge"},
    "overhead-press": set(),
    "row": set(),
    "pull-down": set(),
    "clamshell": {"bench-press", "push-up", "overhead-press", "row", "pull-down", "pallof-press", "dead-bug"},
    "countermovement-jump": {
        "bench-press",
        "push-up",
        "overhead-press",
        "row",
        "pull-down",
        "pallof-press",
        "dead-bug",
    },
}
"""Written by hand: what may still be loaded after some pain in an exercise."""


def hurt(exercise: str, pain: float, days: int = 1, **more: Any) -> Session:
    return Session(DAY - timedelta(days=days), (SetsDone(exercise, 2, 5, pain=pain, **more),))


def loaded(situation: Situation) -> set[str]:
    return {
        name
        for name, drill in BY_ID.items()
        for step in drill.steps
        if step.level in ("loaded", "explosive") and permitted(drill, step, situation).allowed
    }


@pytest.mark.parametrize("exercise", sorted(LEFT))
def test_pain_of_one_lift_bars_what_loads_the_same(exercise: str):
    assert loaded(athlete(sessions=(hurt(exercise, 4.0),))) == LEFT[exercise]
    assert loaded(athlete(sessions=(hurt(exercise, 2.0),))) == loaded(athlete())


@pytest.mark.parametrize("where", [{"pain": Pain(4.0)}, {"sessions": (hurt("yoke", 4.0),)}])
def test_pain_whose_place_is_not_known_bars_all_load(where: dict[str, Any]):
    assert not loaded(athlete(**where))


def test_an_unknown_exercise_may_load_arms_and_spine_beside_its_regions():
    done = SetsDone("sled", 2, regions=("legs",), pain=4.0)
    assert not loaded(athlete(sessions=(Session(DAY, (done,)),))), "what it is done with is not known"


def test_nothing_fast_with_pain_anywhere():
    for exercise in ("bench-press", "clamshell"):
        situation = athlete(sessions=(hurt(exercise, 4.0),))
        for drill, k in (("rotational-medball-throw", 0), ("countermovement-jump", 0), ("tempo-medball-rotation", 0)):
            assert not permitted(BY_ID[drill], BY_ID[drill].steps[k], situation).allowed


def test_the_reason_names_exercise_day_and_the_way_out():
    squat = lifts()["back-squat"]
    (said,) = permitted(squat, squat.steps[0], athlete(sessions=(hurt("back-squat", 4.0),))).reasons
    assert said == (
        "pain 4 of 10 in Back squat on 21 Nov: only an easier version of what loads the same, without load,"
        " up to 23 Nov, and after that until an update is told 2 or less (`--pain 0`)"
    )
    (said,) = permitted(squat, squat.steps[0], athlete(sessions=(hurt("back-squat", 4.0, 9),))).reasons
    assert said.endswith("without load, until an update is told 2 or less (`--pain 0`)")
    (said,) = permitted(squat, squat.steps[0], athlete(pain=Pain(4.0))).reasons
    assert said == "pain 4 of 10: only an easier version, without load, until an update is told 2 or less (`--pain 0`)"


def test_the_way_out_is_one():
    squat = lifts()["back-squat"]
    for days, out in ((0, False), (1, False), (2, False), (3, True), (30, True)):
        situation = athlete(sessions=(hurt("back-squat", 4.0, days),), pain=Pain(0.0))
        assert permitted(squat, squat.steps[0], situation).allowed == out, days


def test_pain_of_one_exercise_counts_until_it_is_told_anew():
    squat = lifts()["back-squat"]
    log = (hurt("back-squat", 4.0, 9), hurt("bench-press", 0.0, 4))
    assert not permitted(squat, squat.steps[0], athlete(sessions=log)).allowed
    assert permitted(squat, squat.steps[0], athlete(sessions=(*log, hurt("back-squat", 1.0, 3)))).allowed


def test_what_stops_names_exercise_and_day_too():
    said = nothing_today(athlete(sessions=(hurt("deadlift", 7.0),)))
    assert said.startswith("pain: stop, and see somebody qualified before going on (pain 7 of 10 in Deadlift on 21 Nov")
    assert "up to 23 Nov" in said
    flagged = nothing_today(athlete(sessions=(hurt("deadlift", 1.0, below_the_knee=True),)))
    assert "pain 1 of 10 below the knee in Deadlift" in flagged
    assert nothing_today(athlete(pain=Pain(7.0))) == "pain: stop, and see somebody qualified before going on"


def test_an_easier_version_is_told_to_be_smaller_where_it_hurts_only():
    situation = athlete(sessions=(hurt("back-squat", 4.0),))
    squat, hold = drills()["tempo-squat-pause"], drills()["bench-foot-force"]
    assert any("smaller and slower" in said for said in permitted(squat, squat.steps[0], situation).provisos)
    press = lifts()["bench-press"]
    assert not any("smaller" in said for said in permitted(press, press.steps[0], situation).provisos)
    assert not permitted(hold, hold.steps[0], situation).allowed, "its region hurts, and it braces"
