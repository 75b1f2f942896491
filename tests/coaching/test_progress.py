"""A drill goes up only on what was measured and told, and back at once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from legato.coaching.catalogue import as_copy, drills
from legato.coaching.lifts import lifts
from legato.coaching.log import Session, SetsDone
from legato.coaching.model import Stage
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
        replace(CLEAN, reps_measured=1, reps_passed=1),
        replace(CLEAN, velocity_loss=60.0),
        replace(CLEAN, ambers=2),
    ],
    ids=["unclean", "not measured", "pain", "pain not told", "hard", "effort not told", "one rep", "slow", "amber"],
)
def test_what_is_not_clean_or_not_known_stays(last: SetsDone) -> None:
    assert advice(CLEAN, last) == ("hold", 100.0)
    assert advice(last, CLEAN)[0] == "hold"


def test_pain_that_stops_is_no_tenth_less_until_it_was_looked_at() -> None:
    for last in (replace(CLEAN, pain=5.5), replace(CLEAN, pain=1.0, below_the_knee=True)):
        assert advice(CLEAN, CLEAN, last) == ("hold", 100.0)
        looked = fit(sessions=(Session(DAY - timedelta(days=1), (last,)), Session(DAY, (), looked_at=True)))
        found = progress(lifts()["deadlift"], lifts()["deadlift"].steps[-1], looked, 100.0)
        assert (found.advice, found.load_kg) == (("demote", 90.0) if last.pain == 5.5 else ("hold", 100.0))


@pytest.mark.parametrize("last", [replace(CLEAN, reds=1), replace(CLEAN, pain=4.0), replace(CLEAN, pain=5.0)])
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
    carry = drills()["farmer-carry"]

    def enters(stage: Stage, *done: SetsDone, **changed: Any) -> bool:
        return stage_gate(stage, fit(sessions=sessions(*done), **changed), carry).allowed

    hold = SetsDone("pallof-press", 3, 1, level="hold", pain=0.0)
    slow = SetsDone("pallof-press", 3, 8, level="dynamic", pain=0.0, reps_measured=24, reps_passed=24)
    assert enters("isometric")
    assert not enters("slow")
    assert enters("slow", hold, hold)
    assert not enters("slow", hold, replace(hold, pain=4.0))
    assert not enters("strength", slow, replace(slow, reps_passed=10))
    assert enters("strength", slow, slow)
    strong = replace(CLEAN, exercise="row")
    assert not enters("power", slow, slow)
    assert not enters("power", strong, strong, base_weeks=4.0)
    throw = drills()["rotational-medball-throw"]
    loaded = replace(slow, level="loaded")
    kept, not_known = (fit(sessions=sessions(loaded, loaded), order_kept=order) for order in (0.9, None))
    assert stage_gate("power", kept, throw).allowed
    assert not stage_gate("power", not_known, throw).allowed


def test_a_layer_is_not_opened_by_one_day_or_by_easy_mobility() -> None:
    slow = SetsDone("pallof-press", 3, 8, level="dynamic", pain=0.0, reps_measured=24, reps_passed=24)
    twice = (Session(DAY - timedelta(days=2), (slow, slow)),)
    assert not stage_gate("strength", fit(sessions=twice), drills()["farmer-carry"]).allowed
    cat = replace(slow, exercise="cat-cow")
    assert not stage_gate("strength", fit(sessions=sessions(cat, cat)), drills()["farmer-carry"]).allowed
    copy = as_copy(drills()["cat-cow"].model_copy(update={"id": "our-cat", "pattern": "hinge"}), "cat-cow")
    ours = sessions(*2 * [replace(slow, exercise="our-cat")])
    assert not stage_gate("strength", fit(sessions=ours, own={"our-cat": (copy,)}), drills()["farmer-carry"]).allowed
    later = (Session(DAY + timedelta(days=1), (slow,)), Session(DAY + timedelta(days=3), (slow,)))
    assert not stage_gate("strength", fit(sessions=later), drills()["farmer-carry"]).allowed


def test_rows_of_one_day_are_one_session() -> None:
    lift = lifts()["deadlift"]
    one_day = fit(sessions=(Session(DAY - timedelta(days=1), (CLEAN, CLEAN)),))
    assert progress(lift, lift.steps[-1], one_day, 100.0).advice == "hold"
    red = fit(sessions=(Session(DAY - timedelta(days=1), (replace(CLEAN, reds=3), CLEAN)),))
    assert progress(lift, lift.steps[-1], red, 100.0).advice == "demote"


@pytest.mark.parametrize("days", [(300, 297), (-2, -5)], ids=["long ago", "still to come"])
def test_what_is_old_or_to_come_says_nothing(days: tuple[int, int]) -> None:
    lift = lifts()["deadlift"]
    log = tuple(Session(DAY - timedelta(days=d), (CLEAN,)) for d in days)
    assert progress(lift, lift.steps[-1], fit(sessions=log), 100.0).advice == "hold"


def test_speed_rises_only_while_the_order_holds() -> None:
    assert speed_may_rise(0.8)
    assert not speed_may_rise(0.79)
    assert not speed_may_rise(None)


def test_volume_counts_what_was_clean() -> None:
    assert quality_volume([Session(date(2026, 11, 1), (CLEAN, replace(CLEAN, reps_passed=1)))]) == (15, 30)
