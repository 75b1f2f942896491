"""A drill goes up only on what was measured and told, and back at once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.log import Session, SetsDone
from legato.coaching.progress import progress, quality_volume, speed_may_rise, stage_gate

from .athletes import DAY, fit

CLEAN = SetsDone("deadlift", 3, 5, 100.0, "loaded", rpe=7.0, pain=0.0, reps_measured=15, reps_passed=14)


def sessions(*done: SetsDone) -> tuple[Session, ...]:
    return tuple(Session(DAY - timedelta(days=3 * (len(done) - k)), (one,)) for k, one in enumerate(done))


def advice(*done: SetsDone, load_kg: float = 100.0) -> tuple[str, float | None]:
    lift = lifts()["deadlift"]
    found = progress(lift, lift.steps[-1], fit(sessions=sessions(*done)), load_kg)
    return found.advice, found.load_kg


def test_two_clean_sessions_raise_the_load_by_two_to_five_percent() -> None:
    said, load = advice(CLEAN, CLEAN)
    assert said == "promote"
    assert load is not None
    assert 102.0 <= load <= 105.0


@pytest.mark.parametrize(
    "last",
    [
        replace(CLEAN, reps_passed=11),
        replace(CLEAN, reps_measured=0, reps_passed=0),
        replace(CLEAN, pain=3.0),
        replace(CLEAN, pain=None),
        replace(CLEAN, rpe=9.0),
        replace(CLEAN, rpe=None),
    ],
    ids=["unclean", "not measured", "pain", "pain not told", "hard", "effort not told"],
)
def test_what_is_not_clean_or_not_known_stays(last: SetsDone) -> None:
    assert advice(CLEAN, last) == ("hold", 100.0)
    assert advice(last, CLEAN)[0] == "hold"


@pytest.mark.parametrize("last", [replace(CLEAN, reds=1), replace(CLEAN, pain=4.0), replace(CLEAN, pain=9.0)])
def test_a_red_session_or_pain_goes_back_by_a_tenth(last: SetsDone) -> None:
    assert advice(CLEAN, CLEAN, last) == ("demote", 90.0)


def test_a_load_that_can_only_rise_by_more_than_a_twentieth_stays() -> None:
    assert advice(replace(CLEAN, load_kg=6.0), replace(CLEAN, load_kg=6.0), load_kg=6.0)[0] == "hold"


def test_one_session_is_not_two() -> None:
    assert advice(CLEAN)[0] == "hold"


def test_a_drill_goes_up_one_level_and_back_one() -> None:
    drill = drills()["pallof-press"]
    clean = SetsDone("pallof-press", 3, 1, level="hold", rpe=5.0, pain=0.0, reps_measured=6, reps_passed=6)
    up = progress(drill, drill.steps[0], fit(sessions=sessions(clean, clean)))
    assert (up.advice, up.step.level) == ("promote", "dynamic")
    red = replace(clean, level="dynamic", reds=2)
    back = progress(drill, drill.steps[1], fit(sessions=sessions(clean, red)))
    assert (back.advice, back.step.level) == ("demote", "hold")


def test_nothing_goes_up_that_is_not_permitted() -> None:
    drill = drills()["pallof-press"]
    clean = SetsDone("pallof-press", 3, 8, level="dynamic", rpe=5.0, pain=0.0, reps_measured=24, reps_passed=24)
    without = fit(sessions=sessions(clean, clean), equipment=frozenset({"band"}))
    found = progress(drill, drill.steps[1], without)
    assert (found.advice, found.step.level) == ("hold", "dynamic")
    assert any("cable" in why for why in found.why)


def test_layers_of_loading_are_entered_in_order() -> None:
    hold = SetsDone("pallof-press", 3, 1, level="hold", pain=0.0)
    slow = SetsDone("pallof-press", 3, 8, level="dynamic", pain=0.0, reps_measured=24, reps_passed=24)
    assert stage_gate("isometric", fit()).allowed
    assert not stage_gate("slow", fit()).allowed
    assert stage_gate("slow", fit(sessions=sessions(hold, hold))).allowed
    assert not stage_gate("slow", fit(sessions=sessions(hold, replace(hold, pain=4.0)))).allowed
    assert not stage_gate("strength", fit(sessions=sessions(slow, replace(slow, reps_passed=10)))).allowed
    assert stage_gate("strength", fit(sessions=sessions(slow, slow))).allowed
    strong = sessions(CLEAN, CLEAN)
    assert stage_gate("power", fit(sessions=strong)).allowed
    assert not stage_gate("power", fit(sessions=strong, base_weeks=4.0)).allowed
    assert not stage_gate("power", fit(sessions=strong, order_kept=None)).allowed


def test_speed_rises_only_while_the_order_holds() -> None:
    assert speed_may_rise(0.8)
    assert not speed_may_rise(0.79)
    assert not speed_may_rise(None)


def test_volume_counts_what_was_clean() -> None:
    assert quality_volume([Session(date(2026, 11, 1), (CLEAN, replace(CLEAN, reps_passed=1)))]) == (15, 30)
