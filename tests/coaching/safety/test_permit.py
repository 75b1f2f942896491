"""The one gate: what is barred is never permitted, and what is not known counts against."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.log import Session, SetsDone
from legato.coaching.model import LEVELS, Drill, Group, Level, Pattern, Step
from legato.coaching.safety import permitted
from legato.coaching.situation import Pain, Situation

from .made import DAY, PASSED, READY, athlete, drill, screened, step


def allowed(of: Drill, situation: Situation, one: Step | None = None) -> bool:
    return permitted(of, of.steps[0] if one is None else one, situation).allowed


@pytest.mark.parametrize("level", LEVELS)
def test_somebody_ready_may_do_everything(level: Level):
    whole = drill(*get_args(Group), level=level)
    assert permitted(whole, whole.steps[0], READY).reasons == ()


def test_without_a_screening_in_force_nothing_is_permitted():
    easy = drill()
    assert not allowed(easy, athlete(screening=None))
    assert not allowed(easy, screened(passed=False))
    assert not allowed(easy, screened(until=DAY - timedelta(days=1)))
    assert not allowed(easy, screened(on=DAY + timedelta(days=1)))
    assert not allowed(easy, screened(on=DAY - timedelta(days=800)))
    assert allowed(easy, screened(until=DAY))


@pytest.mark.parametrize("group", get_args(Group))
def test_a_barred_group_is_not_permitted_at_any_level(group: Group):
    for level in LEVELS:
        assert not allowed(drill(group, level=level), screened(barred=frozenset({group})))


def test_pain_stops_or_takes_the_load_away():
    def at(during: float, level: Level, **more: Any) -> bool:
        return allowed(drill(level=level), athlete(pain=Pain(during, **more)))

    assert at(2, "loaded")
    assert at(3, "dynamic") and not at(3, "loaded")
    assert at(5, "hold") and not at(5, "explosive")
    assert not at(5.5, "hold")
    assert not at(float("nan"), "hold") and not at(-1, "hold") and not at(11, "hold")
    assert not at(0, "hold", worse_next_morning=True)
    assert not at(0, "hold", below_the_knee=True)


def test_the_pain_of_the_last_session_counts():
    sore = (Session(DAY - timedelta(days=1), (SetsDone("made-up", 2, pain=7.0),)),)
    assert not allowed(drill(), athlete(sessions=sore))
    assert not allowed(drill(), athlete(sessions=sore, pain=Pain(0.0)))
    eased = (Session(DAY - timedelta(days=9), (SetsDone("pallof-press", 2, pain=7.0),)),)
    assert not allowed(drill(), athlete(sessions=eased))
    assert allowed(drill(), athlete(sessions=eased, pain=Pain(0.0)))


def hurt(days: int, exercise: str = "deadlift", pain: float = 8.0, **flags: Any) -> Session:
    return Session(DAY - timedelta(days=days), (SetsDone(exercise, 2, 5, 100.0, "loaded", pain=pain, **flags),))


@pytest.mark.parametrize("flags", [{}, {"worse_next_morning": True}, {"below_the_knee": True}])
def test_pain_that_stops_stands_with_its_lift_and_regions_until_it_is_looked_at(flags: dict[str, bool]):
    first = hurt(20, "deadlift", 1.0 if flags else 8.0, **flags)
    log = (first, hurt(1, "bench-press", 0.0))
    known = lifts()
    for day in (athlete(sessions=log), athlete(sessions=log, pain=Pain(0.0))):
        assert not allowed(known["deadlift"], day) and not allowed(known["back-squat"], day)
        assert "2026-11-02" in permitted(known["deadlift"], known["deadlift"].steps[0], day).reasons[0]
        assert allowed(known["bench-press"], day), "another region may be trained"
        assert allowed(drills()["tempo-deadlift"], day), "and the same one without load"
        assert not allowed(drills()["tempo-deadlift"], day, drills()["tempo-deadlift"].steps[1])
    looked = (*log, Session(DAY - timedelta(days=2), (), looked_at=True))
    assert allowed(known["deadlift"], athlete(sessions=looked))
    too_early = (Session(DAY - timedelta(days=21), (), looked_at=True), *log)
    assert not allowed(known["deadlift"], athlete(sessions=too_early))


def test_a_painless_session_of_another_lift_takes_nothing_back_within_two_days():
    log = (hurt(2), hurt(0, "bench-press", 0.0))
    assert not allowed(drill(), athlete(sessions=log))
    assert not allowed(drill(), athlete(sessions=log, pain=Pain(0.0)))


def test_pain_in_an_unknown_exercise_takes_load_from_everything():
    log = (hurt(9, "yoke"),)
    assert not allowed(lifts()["bench-press"], athlete(sessions=log, pain=Pain(0.0)))
    assert allowed(drills()["pallof-press"], athlete(sessions=log, pain=Pain(0.0)))


def test_what_is_no_number_of_pain_stops_whatever_else_is_told():
    def logged(*pains: float) -> tuple[Session, ...]:
        return (Session(DAY, tuple(SetsDone("made-up", 2, pain=pain) for pain in pains)),)

    for wrong in (float("nan"), -1.0, 11.0):
        assert not allowed(drill(), athlete(pain=Pain(wrong), sessions=logged(0.0)))
        assert not allowed(drill(), athlete(pain=Pain(0.0), sessions=logged(wrong)))
        assert not allowed(drill(), athlete(sessions=logged(0.0, wrong)))
        assert not allowed(drill(), athlete(sessions=logged(wrong, 0.0)))


def test_minors_need_a_guardian_and_somebody_who_watches():
    easy = drill()
    for young in (athlete(age_years=17.9), screened(minor=True)):
        assert not allowed(easy, young)
    assert not allowed(easy, athlete(age_years=16.0, guardian=True))
    assert not allowed(easy, athlete(age_years=16.0, supervised=True))
    assert allowed(easy, athlete(age_years=16.0, supervised=True, guardian=True))


def test_load_waits_for_mobility_that_is_known():
    asked: dict[str, Pattern] = {
        "hip-flexion": "squat",
        "ankle-dorsiflexion": "squat",
        "thoracic-rotation": "rotate",
    }
    for gate, pattern in asked.items():
        for found in (None, False):
            short = athlete(mobility={**READY.mobility, gate: found})
            assert not allowed(drill(level="loaded", pattern=pattern), short)
            assert allowed(drill(), short)
    assert not allowed(drill(level="loaded", pattern="squat"), athlete(mobility={}))


def test_a_loaded_hinge_waits_for_the_dowel():
    waiting = athlete(hinge_gate=False)
    assert not allowed(drill(level="loaded", pattern="hinge"), waiting)
    assert not allowed(drill("hinge", level="loaded"), waiting)
    assert allowed(drill("hinge", pattern="hinge"), waiting)


def test_power_waits_for_eight_weeks():
    for weeks in (None, 7.9, float("nan")):
        assert not allowed(drill(level="explosive"), athlete(base_weeks=weeks))
        assert not allowed(drill("jump"), athlete(base_weeks=weeks))
    assert allowed(drill(level="explosive"), athlete(base_weeks=8.0))


def test_what_is_not_there_is_not_used():
    assert not allowed(drill(), athlete(equipment=frozenset()), step("dynamic", "cable"))
    assert allowed(drill(), athlete(equipment=frozenset()), step("dynamic", "wall", "chair"))


def test_no_load_before_the_unloaded_version():
    assert not allowed(drill(), READY, step("dynamic", "barbell"))
    assert not allowed(drill(), READY, step("hold", "kettlebell"))
    assert allowed(drill(), READY, step("loaded", "kettlebell"))


def test_every_reason_is_told_and_the_screening_first():
    worst = athlete(screening=PASSED, pain=Pain(9.0), base_weeks=None, hinge_gate=False, mobility={})
    said = permitted(drill("jump", "hinge", level="explosive", pattern="hinge"), step("explosive"), worst).reasons
    assert len(said) >= 4
    assert "screening" in permitted(drill(), step(), athlete(screening=None)).reasons[0]


def test_mobility_that_is_short_or_not_known_is_one_reason_each():
    squat = drill(level="loaded", pattern="squat")
    said = permitted(squat, squat.steps[0], athlete(mobility={"hip-flexion": False})).reasons
    read = "`legato assess sheet mobility-screen`, given as --sheet"
    again = f"read it again later: {read}"
    unknown = "is not known, or was read too near its limit: ankle dorsiflexion"
    assert said == (
        f"load waits for mobility that is too little: hip flexion ({again}; the drill for it: rock-back)",
        f"load waits for mobility that {unknown} (read it: {read}; the drill for it: ankle-rocks)",
    )


def test_a_jump_with_a_sore_shoulder_leaves_the_arms_out():
    jump = lifts()["countermovement-jump"]
    sore = permitted(jump, jump.steps[0], screened(barred=frozenset({"arms", "press"})))
    assert sore.allowed and "hands on the hips: the arms do not swing" in sore.provisos
    assert not permitted(jump, jump.steps[0], READY).provisos


def test_who_must_breathe_out_is_told_only_ways_out_that_there_are():
    for name, said in (
        ("push-up", "nothing with the whole body's weight on the arms"),
        ("goblet-squat", "tell the load and the maximum of goblet-squat"),
        ("suitcase-carry", "only the unloaded version"),
    ):
        one = lifts().get(name) or drills()[name]
        assert any(said in reason for reason in permitted(one, one.steps[-1], screened(exhale_only=True)).reasons)
