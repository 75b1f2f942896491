"""Own drills in plans are held to every rule, and a copy is for nobody whom the library's drill is not for."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legato.coaching.catalogue import as_copy, drills
from legato.coaching.lifts import lifts
from legato.coaching.log import Session, SetsDone
from legato.coaching.model import LEVELS, Drill, Group
from legato.coaching.plan.asked import made_anew
from legato.coaching.plan.build import make_plan, permitted_items
from legato.coaching.plan.export import entry_words, plan_csv, plan_ics
from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.model import Entry, Plan
from legato.coaching.plan.moved import move_session
from legato.coaching.plan.request import Request
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.update import update_plan
from legato.coaching.plan.warn import pain_stops
from legato.coaching.progress import may_begin
from legato.coaching.safety import permitted
from legato.coaching.situation import Pain, Situation
from legato.errors import BadInput
from legato.report.plan_page import plan_html

from ..own import DISGUISED, HONEST, OWN, VERSIONS, plain
from ..safety.made import DAY, PASSED, READY
from ..safety.test_every_drill import situations, stands_against
from . import rulebook
from .test_plans import SLOW, athletes, check, requested, requests

pytest.importorskip("ortools")
rulebook.OWN |= OWN
COACH = replace(READY, own=VERSIONS)
"""Somebody who may do everything, with all own drills to choose from."""

some_own = st.lists(
    st.builds(
        lambda name, level, days: {"id": name, "level": level, "days": days},
        st.sampled_from(sorted(OWN)),
        st.sampled_from(LEVELS),
        st.sampled_from([None, None, 1, 2]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one["id"],
)


def anew(request: Request, wanted: Any) -> Request:
    return requested(**(request.model_dump(exclude={"drills"}) | {"drills": wanted}))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situations, st.sampled_from(sorted(DISGUISED)))
def test_a_copy_is_never_permitted_where_the_librarys_drill_is_not(athlete: Situation, name: str):
    own, athlete = OWN[name], replace(athlete, own=VERSIONS)
    base = drills()[own.copy_of]
    for step, of_own in zip(base.steps, own.steps, strict=True):
        if not permitted(base, step, athlete).allowed or stands_against(base, step, athlete):
            assert not permitted(own, of_own, athlete).allowed, step.level
        if not may_begin(base, step, athlete).allowed:
            assert not may_begin(own, of_own, athlete).allowed, step.level
        mine = permitted(own.model_copy(update={"copy_of": ""}), of_own, athlete)
        assert mine.allowed or not permitted(own, of_own, athlete).allowed, "what it says itself counts too"
        same = plain(base)
        told = set(permitted(same, step, replace(athlete, own={same.id: (same,)})).reasons)
        more = told - set(permitted(base, step, athlete).reasons)
        # The ranges of its pattern count too, and the best pull is that of the drill itself.
        assert all(one.startswith(("load waits for mobility", "a share of one's best waits for it")) for one in more), (
            more
        )


def test_a_copy_at_a_level_that_the_librarys_drill_lacks_is_held_to_the_groups_of_all_its_steps():
    base = drills()["thoracic-extension"]
    held = base.steps[0].model_copy(update={"level": "hold", "barred": (), "how": "Held at the end."})
    own = as_copy(base.model_copy(update={"id": "own-held", "steps": (held,)}), base.id)
    on_the_back = replace(COACH, screening=replace(PASSED, barred=frozenset({"quadruped"})))
    assert permitted(own, held, COACH).allowed
    assert not permitted(own, held, on_the_back).allowed


def test_a_disguise_would_get_through_without_what_it_is_a_copy_of():
    athlete = replace(COACH, mobility={}, hinge_gate=False, base_weeks=0.0)
    through = [
        own.id
        for own in DISGUISED.values()
        for step in own.steps
        if permitted(own.model_copy(update={"copy_of": ""}), step, athlete).allowed
        and not permitted(own, step, athlete).allowed
    ]
    assert len(through) > 10


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(athletes, requests, some_own)
def test_many_plans_with_own_drills_keep_to_every_rule(athlete: Situation, request: Request, wanted: Any):
    planned_and_checked(athlete, request, wanted)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(athletes, requests, some_own)
def test_plans_with_own_drills_keep_to_every_rule(athlete: Situation, request: Request, wanted: Any):
    planned_and_checked(athlete, request, wanted)


def planned_and_checked(athlete: Situation, request: Request, wanted: Any) -> None:
    """A plan keeps to every rule, and so does the same with the screening of somebody else, a week later."""
    athlete, request = replace(athlete, own=VERSIONS), anew(request, wanted)
    plan = make_plan(request, athlete, "0")
    if not isinstance(plan, Plan):
        return
    check(plan, athlete)
    assert [one.id for one in plan.own] == [one.id for one in request.drills]
    for week in plan.weeks:
        for entry in (entry for day in week.days for entry in day.entries):
            assert (entry.own is not None) == (entry.id in OWN)
            if entry.id in DISGUISED:
                base = drills()[OWN[entry.id].copy_of]
                assert not stands_against(base, base.steps[entry.step], replace(athlete, on=plan.made_on)), entry.id
    later = replace(athlete, on=plan.request.start + timedelta(days=6), equipment=frozenset())
    left = without_what_is_barred(plan, later)
    for week in left.weeks:
        for day in week.days:
            for entry in day.entries if day.on >= later.on else ():
                assert permitted(
                    rulebook.drill_of(entry), rulebook.step_of(entry), later, load_kg=entry.load_kg
                ).allowed
    if plan.request.weeks > 1:
        updated = update_plan(plan, replace(later, equipment=athlete.equipment))
        if isinstance(updated, Plan):
            check(updated, replace(later, equipment=athlete.equipment), 1)
            assert updated.own == plan.own


def asked(*names: str, level: str = "dynamic", **more: Any) -> Request:
    wanted = [{"id": name, "level": level} for name in names]
    lifted = ({"id": "bench-press", "sets": 4, "reps": 5},)
    about = {"weeks": 3, "days": ("mon", "tue", "thu", "sat"), "lifts": lifted, "drills": wanted} | more
    return Request.model_validate({"start": DAY + timedelta(days=1)} | about)


def made(request: Request, athlete: Situation = COACH) -> Plan:
    plan = make_plan(request, athlete, "0")
    assert isinstance(plan, Plan), plan
    return plan


def of(plan: Plan, name: str, since: date = DAY) -> list[Entry]:
    days = (day for week in plan.weeks for day in week.days if day.on >= since)
    return [entry for day in days for entry in day.entries if entry.id == name]


HINGE = "own-dowel-hinge"
OURS = next(name for name in HONEST if name.startswith("ours-squat"))


def test_a_plan_keeps_its_own_drills_whole_and_needs_no_file_again():
    plan = made(asked(HINGE, OURS))
    again = Plan.model_validate(plan_record(plan))
    assert again == plan and again.own == (OWN[HINGE], OWN[OURS])
    assert of(plan, HINGE) and of(plan, OURS)
    without = replace(COACH, own=again.versions())
    assert update_plan(again, without) == update_plan(plan, COACH)
    session = next(day.on for day in plan.weeks[0].days)
    stays = move_session(again, session, session + timedelta(days=1), without)
    assert stays == move_session(plan, session, session + timedelta(days=1), COACH)


def test_who_reads_a_plan_is_told_which_drill_is_the_coachs_own():
    pytest.importorskip("icalendar")
    plan = made(asked(HINGE))
    said = f"your own, grade {OWN[HINGE].grade}, not tried by Legato"
    assert f"{OWN[HINGE].name} ({said})" in entry_words(of(plan, HINGE)[0])
    folded = plan_ics(plan).replace("\r\n ", "").replace("\\,", ",")
    assert said in plan_csv(plan) and said in folded and said[1:] in plan_html(plan)
    bench = entry_words(of(plan, "bench-press")[0])
    assert "your own" not in bench


@pytest.mark.parametrize(("name", "group"), [(HINGE, "hinge"), (OURS, "knees")])
def test_an_own_drill_that_is_barred_is_in_no_way_out(name: str, group: Group):
    pytest.importorskip("icalendar")
    barred = replace(COACH, screening=replace(PASSED, barred=frozenset({group})))
    plan = made(asked(name), barred)
    assert not of(plan, name) and name in {one.id for one in plan.left_out}
    for text in (plan_csv(plan), plan_ics(plan).replace("\r\n ", "")):
        assert OWN[name].name not in text and not any(cue.says in text for cue in OWN[name].cues)
    whole = made(asked(name))
    assert of(whole, name) and not of(without_what_is_barred(whole, barred), name)


def test_a_drill_that_became_stricter_leaves_the_plan_that_was_made_before():
    plan = made(asked(OURS))
    now = OWN[OURS].model_copy(update={"barred": ("thoracic",), "purpose": "told anew"})
    versions = plan.versions([now])
    assert versions[OURS] == (OWN[OURS], now) and plan.changed(versions) == (OWN[OURS],)
    stiff = replace(PASSED, barred=frozenset({"thoracic"}))
    assert of(without_what_is_barred(plan, replace(COACH, screening=stiff)), OURS)
    assert not of(without_what_is_barred(plan, replace(COACH, screening=stiff, own=versions)), OURS)


def test_a_drill_that_became_harder_stays_as_the_plan_has_it():
    plan = made(asked(OURS))
    twice = [one.model_copy(update={"dose": one.dose.model_copy(update={"sets": 9})}) for one in OWN[OURS].steps]
    now = OWN[OURS].model_copy(update={"steps": tuple(twice)})
    on = plan.request.start
    updated = made_anew(plan, PASSED, on, sessions=(), own=plan.versions([now])).plan or plan
    assert {entry.dose for entry in of(updated, OURS)} == {entry.dose for entry in of(plan, OURS)}
    assert updated.own == plan.own and plan.changed(plan.versions([now])) == (OWN[OURS],)
    assert plan.changed(plan.versions([OWN[OURS]])) == ()


def test_pain_in_an_own_drill_bars_what_it_loads_and_keeps_the_rest():
    sore = (Session(DAY, (SetsDone(HINGE, 2, pain=4.0),)),)
    athlete = replace(COACH, sessions=sore)
    squat, bench = lifts()["back-squat"], lifts()["bench-press"]
    why = permitted(squat, squat.steps[-1], athlete)
    assert not why.allowed and OWN[HINGE].name in " ".join(why.reasons)
    assert permitted(bench, bench.steps[-1], athlete).allowed
    # Nobody knows where it hurts without the file: it counts everywhere.
    assert not permitted(bench, bench.steps[-1], replace(athlete, own={})).allowed


@pytest.mark.parametrize(("hurt", "asked_for"), [(HINGE, "dowel-hinge"), ("dowel-hinge", HINGE), (HINGE, HINGE)])
def test_pain_that_stops_keeps_out_the_drill_and_its_copy(hurt: str, asked_for: str):
    long_ago = (Session(DAY - timedelta(days=9), (SetsDone(hurt, 2, pain=8.0),)),)
    since = Pain(0.0, on=DAY)
    athlete = replace(COACH, sessions=long_ago, pain=since)
    drill: Drill = {**drills(), **OWN}[asked_for]
    assert not permitted(drill, drill.steps[0], athlete).allowed
    assert "until somebody qualified has looked" in permitted(drill, drill.steps[0], athlete).reasons[0]
    assert permitted(drill, drill.steps[0], replace(athlete, sessions=())).allowed
    said = " ".join(pain_stops(athlete))
    assert {**drills(), **OWN}[hurt].name in said


def test_an_own_drill_that_is_not_there_or_has_the_name_of_a_lift_is_refused():
    with pytest.raises(BadInput, match="nothing is called 'own-dowel-hinge'"):
        permitted_items(asked(HINGE), READY)
    squat = OWN[HINGE].model_copy(update={"id": "back-squat"})
    with pytest.raises(BadInput, match="back-squat is the id of a lift"):
        permitted_items(asked("back-squat"), replace(READY, own={"back-squat": (squat,)}))
