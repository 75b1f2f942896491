"""Every drill and lift, at every level, for everybody: nothing that is barred is ever permitted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.log import Session, SetsDone
from legato.coaching.model import BARE, Drill, Equipment, Group, Step
from legato.coaching.safety import ANSWERS, mobility_gates, permitted, questionnaire, screen
from legato.coaching.safety.groups import groups_of
from legato.coaching.situation import Pain, Situation

from .by_hand import BARRED, BARRED_STEPS, BY_GROUP, EXHALE, HARD_BRACE, HEAVY, LIGHT_BY_ITSELF, NEEDS, STEPS_BY_GROUP
from .made import DAY, READY

QUESTIONS = questionnaire().questions
WELL = {question.id: "no" for question in QUESTIONS}
BY_ID = {**drills(), **lifts()}
STEPS = [(drill, step) for drill in BY_ID.values() for step in drill.steps]


def of(answers: dict[str, str], **other: Any) -> Situation:
    return replace(READY, screening=screen(WELL | answers, DAY), **other)


def yes_to(question: str) -> dict[str, str]:
    """Yes, or cleared where that is what lets one train."""
    return {question: "cleared" if next(q for q in QUESTIONS if q.id == question).clearable else "yes"}


def may(situation: Situation) -> set[tuple[str, str]]:
    return {
        (drill.id, f"{k} {step.level}")
        for drill in BY_ID.values()
        for k, step in enumerate(drill.steps)
        if permitted(drill, step, situation).allowed
    }


def test_who_is_well_and_ready_may_do_every_step():
    assert len(may(READY)) == len(STEPS) > 50


@pytest.mark.parametrize("question", sorted(BARRED))
def test_a_condition_bars_its_drills_at_every_level(question: str):
    permitted_now = may(of(yes_to(question)))
    done = {name for name, _ in permitted_now}
    assert not done & BARRED[question]
    assert not permitted_now & BARRED_STEPS.get(question, set())
    assert len(done) >= 10, "somebody with one condition may do something"
    assert done & set(drills()), "and some of it is a drill"


@pytest.mark.parametrize("gate", mobility_gates())
@pytest.mark.parametrize("met", [False, None])
def test_load_waits_for_the_ranges_that_a_lift_needs_and_no_others(gate: str, met: bool | None):
    short = may(replace(READY, mobility={**READY.mobility, gate: met}))
    assert {name for name, _ in may(READY) - short} == NEEDS[gate]
    assert all(level.endswith(("loaded", "explosive")) for _, level in may(READY) - short)


@pytest.mark.parametrize("group", sorted(STEPS_BY_GROUP))
def test_a_group_of_steps_is_what_the_list_by_hand_says(group: Group):
    found = {place(drill, step) for drill, step in STEPS if group in groups_of(drill, step)}
    assert found == STEPS_BY_GROUP[group]


@pytest.mark.parametrize("question", EXHALE)
def test_nobody_braces_hard_who_must_breathe_out(question: str):
    situation = of(yes_to(question))
    done = {name for name, _ in may(situation)}
    assert not done & HARD_BRACE
    for drill, step in STEPS:
        permit = permitted(drill, step, situation)
        if permit.allowed:
            assert any("breathe out" in said for said in permit.provisos), drill.id
            assert not {"barbell", "plates", "leg-press", "rack"} & set(step.equipment), drill.id
            assert drill.id not in HEAVY
            assert step.level in ("hold", "dynamic") or place(drill, step) in LIGHT_BY_ITSELF, (drill.id, step.level)


@pytest.mark.parametrize("question", EXHALE)
@pytest.mark.parametrize("lift", [name for name, lift in lifts().items() if lift.steps[-1].level == "loaded"])
def test_who_must_breathe_out_lifts_what_is_known_to_be_light(lift: str, question: str):
    situation = of(yes_to(question), maxima_kg={lift: 100.0})
    step = lifts()[lift].steps[-1]
    for load, reps in ((55.0, 5.0), (40.0, 20.0), (100.0, 1.0), (None, 5.0), (float("nan"), 5.0)):
        assert not permitted(lifts()[lift], step, situation, load_kg=load, reps=reps).allowed, load
    assert not permitted(lifts()[lift], step, of(yes_to(question)), load_kg=5.0, reps=5.0).allowed, "no maximum told"


def test_a_light_bell_is_lifted_by_who_breathes_out():
    step = lifts()["goblet-squat"].steps[-1]
    for question, may_do in (("blood-pressure", True), ("hernia", True), ("knee", False), ("nerve-root", False)):
        situation = of(yes_to(question), maxima_kg={"goblet-squat": 40.0})
        assert permitted(lifts()["goblet-squat"], step, situation, load_kg=16.0, reps=8.0).allowed == may_do


def place(drill: Drill, step: Step) -> tuple[str, str]:
    """A step as the lists by hand name it."""
    return drill.id, f"{next(k for k, one in enumerate(drill.steps) if one is step)} {step.level}"


def test_the_lists_by_hand_name_what_there_is():
    for names in (*BARRED.values(), *BY_GROUP.values(), HARD_BRACE, HEAVY):
        assert names <= set(BY_ID)
    there = {place(drill, step) for drill, step in STEPS}
    by_step = set().union(*BARRED_STEPS.values(), *STEPS_BY_GROUP.values(), LIGHT_BY_ITSELF)
    assert by_step <= there
    assert set(BARRED) == {q.id for q in QUESTIONS if q.bars or q.exhale_only}
    assert set(EXHALE) == {q.id for q in QUESTIONS if q.exhale_only or "brace" in q.bars}
    assert {*BY_GROUP, *STEPS_BY_GROUP} == set(get_args(Group))
    untold = set(BY_ID) - set().union({name for name, _ in by_step}, *BARRED.values(), *BY_GROUP.values())
    assert not untold, "a new drill or lift is put on the lists by hand"


@pytest.mark.parametrize(
    ("answers", "passes"),
    [
        ({"pregnancy": "no", "late-pregnancy": "yes"}, False),
        ({"heart": "no", "blood-pressure": "yes"}, False),
        ({"heart": "no", "lasting-condition": "no", "aneurysm": "yes"}, False),
        ({"nerve-root": "yes"}, False),
        ({"pregnancy": "no", "late-pregnancy": "cleared"}, True),
        ({"nerve-root": "cleared"}, True),
    ],
)
def test_no_on_a_general_question_opens_nothing_that_a_yes_on_a_condition_shuts(answers: dict[str, str], passes: bool):
    assert screen(WELL | answers, DAY).passed == passes


@pytest.mark.parametrize("question", [q.id for q in QUESTIONS if q.blocks])
def test_a_yes_that_blocks_leaves_nothing(question: str):
    assert not may(of({question: "yes"}))
    assert not may(replace(READY, screening=screen({n: a for n, a in WELL.items() if n != question}, DAY)))


answer_sheets = st.fixed_dictionaries({name: st.sampled_from(ANSWERS) for name in WELL})
few_yes = st.dictionaries(st.sampled_from(sorted(WELL)), st.sampled_from(ANSWERS), max_size=4).map(lambda d: WELL | d)
conditions = st.sets(st.sampled_from(sorted(BARRED)), max_size=3).map(
    lambda names: WELL | {n: a for name in names for n, a in yes_to(name).items()}
)
met = st.sampled_from([True, True, False, None])
pains = st.none() | st.builds(
    Pain,
    st.floats(-1.0, 11.0) | st.sampled_from([0.0, 2.0, 3.0, 5.0, float("nan")]),
    st.sampled_from([False, False, True]),
    st.sampled_from([False, False, True]),
)
sessions = st.lists(
    st.builds(
        lambda days, name, pain: Session(DAY - timedelta(days=days), (SetsDone(name, 2, pain=pain),)),
        st.integers(-3, 20),
        st.sampled_from(["bird-dog", "pull-down"]),
        st.none() | st.floats(0.0, 10.0),
    ),
    max_size=3,
).map(tuple)
situations = st.builds(
    Situation,
    on=st.integers(-10, 400).map(lambda days: DAY + timedelta(days=days)),
    screening=st.none() | (answer_sheets | few_yes | conditions | conditions).map(lambda a: screen(a, DAY)),
    pain=pains,
    age_years=st.none() | st.floats(10.0, 80.0),
    guardian=st.booleans(),
    supervised=st.booleans(),
    base_weeks=st.none() | st.floats(0.0, 40.0),
    equipment=st.sets(st.sampled_from(get_args(Equipment))).map(frozenset) | st.just(frozenset(get_args(Equipment))),
    mobility=st.fixed_dictionaries(dict.fromkeys(mobility_gates(), met)) | st.just({}),
    hinge_gate=st.booleans(),
    order_kept=st.none() | st.floats(0.0, 1.0),
    sessions=sessions,
)


def stands_against(drill: Drill, step: Step, athlete: Situation) -> bool:
    """What must not be, written down apart from the gate."""
    screening, overload = athlete.screening, step.level in ("loaded", "explosive")
    if screening is None or not screening.passed or not screening.on <= athlete.on <= screening.until:
        return True
    minor = screening.minor or (athlete.age_years or 18.0) < 18.0
    pain = athlete.pain
    sore = pain is not None and (not 0 <= pain.during <= 5 or pain.worse_next_morning or pain.below_the_knee)
    return (
        any(drill.id in BY_GROUP.get(group, ()) for group in screening.barred)
        or any(place(drill, step) in STEPS_BY_GROUP.get(group, ()) for group in screening.barred)
        or (screening.exhale_only and overload and place(drill, step) not in LIGHT_BY_ITSELF)
        or (screening.exhale_only and drill.id in HARD_BRACE)
        or sore
        or logged_against(drill, step, athlete)
        or (screening.exhale_only and drill.id in HEAVY)
        or (pain is not None and pain.during > 2 and (overload or drill.id in BY_GROUP["rotation"]))
        or (minor and not (athlete.guardian and athlete.supervised))
        or not set(step.equipment) <= athlete.equipment | BARE
        or (step.level == "explosive" and (athlete.base_weeks or 0.0) < 8.0)
        or (drill.pattern == "hinge" and overload and not athlete.hinge_gate)
        or (overload and any(drill.id in names and not athlete.mobility.get(gate) for gate, names in NEEDS.items()))
    )


def logged_against(drill: Drill, step: Step, athlete: Situation) -> bool:
    """What pain in bird dogs and pull-downs of the last two days stands against: all above 5; else what loads legs,
    trunk and back, or back, spine and arms, and what is fast.
    """
    for session in athlete.sessions:
        for done in session.done:
            if not 0 <= (athlete.on - session.on).days <= 2 or (done.pain or 0.0) <= 2:
                continue
            still = {"bird-dog": {"bench-press", "push-up"}, "pull-down": {"clamshell"}}[done.exercise]
            overload = step.level in ("loaded", "explosive")
            fast = drill.id in BY_GROUP["rotation"] | BY_GROUP["jump"]
            if (done.pain or 0.0) > 5 or fast or (overload and drill.id not in still):
                return True
    return False


@settings(max_examples=300, deadline=None)
@given(situations)
def test_nothing_that_stands_against_it_is_permitted(athlete: Situation):
    for drill, step in STEPS:
        permit = permitted(drill, step, athlete)
        assert permit.allowed == (not permit.reasons)
        if permit.allowed:
            assert not stands_against(drill, step, athlete), (drill.id, step.level)


@settings(max_examples=150, deadline=None)
@given(answer_sheets | few_yes | conditions, st.sampled_from(sorted(WELL)))
def test_more_yes_never_permits_more(answers: dict[str, str], question: str):
    order = ("no", "cleared", "yes")
    for worse in order[order.index(answers[question]) + 1 :]:
        assert may(of(answers | {question: worse})) <= may(of(answers))


@settings(max_examples=150, deadline=None)
@given(situations, st.data())
def test_a_worse_day_never_permits_more(athlete: Situation, data: st.DataObject):
    worse = data.draw(
        st.sampled_from(
            [
                {"pain": Pain(10.0)},
                {"pain": replace(athlete.pain or Pain(0.0), below_the_knee=True)},
                {"base_weeks": None},
                {"equipment": frozenset()},
                {"mobility": {}},
                {"hinge_gate": False},
                {"guardian": False},
                {"supervised": False},
                {"age_years": 15.0, "guardian": False},
                {"screening": None},
                {"order_kept": None},
            ]
        )
    )
    assert may(replace(athlete, **worse)) <= may(athlete)
