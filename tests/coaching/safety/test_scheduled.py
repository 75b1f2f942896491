"""What is prescribed and planned, for athletes of every kind, keeps to the permit on every day, warm-up included."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legato.coaching.catalogue import drills, warm_ups
from legato.coaching.lifts import lifts
from legato.coaching.model import LEVELS, Drill, Step
from legato.coaching.plan.build import Refused, make_plan, permitted_items, permitted_warm_up
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Lift, Request, Wanted
from legato.coaching.prescribe import FaultSeen, prescribe
from legato.coaching.safety import permitted, screen
from legato.coaching.situation import Pain, Situation

from ..plan.rulebook import follows
from .by_hand import BARRED, EXHALE
from .made import DAY, READY
from .test_every_drill import WELL, conditions, few_yes, situations, stands_against, yes_to

FAULTS = sorted({fault for drill in drills().values() for fault in drill.faults})
seen = st.lists(
    st.builds(
        lambda fault, kind: FaultSeen(fault=fault, name=fault, kind=kind, says=f"{fault} is there.", beyond=1.0),
        st.sampled_from(FAULTS),
        st.sampled_from(["lead", "band", "drift"]),
    ),
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(seen, situations)
def test_nothing_that_is_barred_is_prescribed(faults: list[FaultSeen], athlete: Situation):
    found = prescribe(faults, athlete)
    assert len(found.drills) <= 2
    for one in found.drills:
        assert permitted(one.drill, one.step, athlete).allowed
        assert not stands_against(one.drill, one.step, athlete)


@pytest.mark.parametrize("sore", [Pain(5.5), Pain(1.0, below_the_knee=True), Pain(0.0, worse_next_morning=True)])
def test_pain_stops_everything_and_is_the_one_reason(sore: Pain):
    pytest.importorskip("ortools")
    athlete = replace(READY, pain=sore)
    fault = FaultSeen(fault="early-lumbar", name="Early bend", kind="lead", says="The spine bends first.", beyond=2.0)
    assert prescribe([fault], READY).drills
    found = prescribe([fault], athlete)
    assert not found.drills and len(found.reasons) == 1 and found.reasons[0].startswith("pain: stop")
    plan = make_plan(asked(DAY + timedelta(days=1), 1), athlete, "0")
    assert isinstance(plan, Refused) and plan.reasons == found.reasons


def asked(start: date, weeks: int) -> Request:
    return Request.model_validate(
        {
            "start": start,
            "weeks": weeks,
            "days": ("mon", "tue", "thu", "sat"),
            "minutes": 75,
            "lifts": ({"id": "back-squat", "sets": 4, "reps": 5}, {"id": "bench-press", "sets": 4, "reps": 5}),
            "drills": tuple(
                {"id": name, "level": drill.steps[-1].level}
                for name, drill in drills().items()
                if name in ("tempo-deadlift", "rotational-medball-throw", "thoracic-rotation", "suitcase-carry")
            ),
        }
    )


wishes = st.builds(
    lambda some_lifts, some_drills, levels: asked(DAY, 1).model_copy(
        update={
            "lifts": tuple(Lift(id=name, sets=3, reps=5) for name in some_lifts),
            "drills": tuple(Wanted(id=name, level=level) for name, level in zip(some_drills, levels, strict=False)),
        }
    ),
    st.sets(st.sampled_from(sorted(lifts())), max_size=4),
    st.lists(st.sampled_from(sorted(drills())), max_size=4, unique=True),
    st.lists(st.sampled_from(LEVELS), min_size=4, max_size=4),
)


def planned(plan: Plan) -> list[tuple[date, list[tuple[Drill, Step]]]]:
    """Every day with its steps in order."""
    known = {**drills(), **lifts()}
    return [
        (day.on, [(known[entry.id], known[entry.id].steps[entry.step]) for entry in day.entries])
        for week in plan.weeks
        for day in week.days
    ]


def check(plan: Plan, athlete: Situation) -> None:
    for on, steps in planned(plan):
        for drill, step in steps:
            permit = permitted(drill, step, replace(athlete, on=on))
            assert permit.allowed, f"{on} {drill.id} {step.level}: {permit.reasons}"
            assert not stands_against(drill, step, replace(athlete, on=on)), f"{on} {drill.id}"
        for before, after in pairwise(steps):
            assert follows(before, after)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conditions, situations, st.integers(1, 2))
def test_nothing_that_is_barred_is_planned(answers: dict[str, str], athlete: Situation, weeks: int):
    pytest.importorskip("ortools")
    athlete = replace(athlete, on=DAY, screening=screen(answers, DAY), pain=None, sessions=())
    plan = make_plan(asked(DAY + timedelta(days=1), weeks), athlete, "0")
    if isinstance(plan, Plan):
        check(plan, athlete)


@pytest.mark.slow
@settings(max_examples=3_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conditions | few_yes, situations, wishes)
def test_nothing_that_is_barred_is_ever_among_what_weeks_are_made_of(
    answers: dict[str, str], athlete: Situation, wished: Request
):
    athlete = replace(athlete, screening=screen(answers, DAY))
    items, left_out = permitted_items(wished, athlete)
    for item in items:
        assert permitted(item.drill, item.step, athlete, load_kg=item.load_kg).allowed
        assert not stands_against(item.drill, item.step, athlete)
    asked_for = {one.id for one in (*wished.lifts, *wished.drills)}
    assert asked_for == {one.id for one in (*items, *left_out)} & asked_for
    assert all(one.reasons for one in left_out)


@pytest.mark.parametrize("question", sorted({*BARRED, *EXHALE}))
def test_the_warm_up_holds_nothing_that_is_barred(question: str):
    athlete = replace(READY, screening=screen(WELL | yes_to(question), DAY))
    name = permitted_warm_up(athlete)
    if name:
        parts = {part.drill for part in warm_ups()[name].parts}
        assert not parts & BARRED.get(question, set())
    assert permitted_warm_up(READY)
    assert not permitted_warm_up(replace(READY, screening=None))


def test_nothing_is_planned_beyond_the_screening():
    pytest.importorskip("ortools")
    athlete = replace(READY, screening=screen(WELL, DAY - timedelta(days=360)))
    beyond = make_plan(asked(DAY + timedelta(days=1), 3), athlete, "0")
    assert isinstance(beyond, Refused)
    assert "screening holds until 2026-11-26" in beyond.reasons[0]
    held = make_plan(asked(DAY - timedelta(days=6), 1), athlete, "0")
    assert isinstance(held, Plan)
    check(held, replace(athlete, on=held.weeks[0].start))
