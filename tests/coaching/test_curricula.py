"""Curricula and warm-ups: what they name is there, in an order that can be learnt."""

import pytest

from legato.coaching.catalogue import curricula, drills, warm_ups
from legato.coaching.model import LEVELS, Curriculum
from legato.faults import fault_ids
from legato.faults.assessments.catalogue import assessment_ids

DRILLS = drills()


def test_there_are_the_four_courses():
    assert set(curricula()) == {"hinge-mastery", "thoracic-mobility", "anti-rotation", "test-and-cue"}


@pytest.mark.parametrize("course", curricula().values(), ids=lambda c: c.id)
def test_units_name_drills_levels_and_sheets_that_are_there(course: Curriculum):
    for unit in course.units:
        assert unit.level in [step.level for step in DRILLS[unit.drill].steps]
        assert unit.assessment in ("", *assessment_ids())
        named = unit.passed_when.partition("(fault ")[2].partition(" not found")[0]
        assert named in ("", *fault_ids())


@pytest.mark.parametrize("course", curricula().values(), ids=lambda c: c.id)
def test_a_drill_comes_back_only_at_a_higher_level(course: Curriculum):
    reached: dict[str, int] = {}
    for unit in course.units:
        level = LEVELS.index(unit.level)
        assert level > reached.get(unit.drill, -1)
        reached[unit.drill] = level


def test_the_hinge_is_learnt_with_the_stick_before_load():
    units = curricula()["hinge-mastery"].units
    assert (units[0].drill, units[0].level) == ("dowel-hinge", "dynamic")
    assert "90 %" in units[0].passed_when
    assert units[-1].level == "explosive"


def test_a_desk_worker_needs_no_more_than_a_chair():
    for unit in curricula()["thoracic-mobility"].units[:3]:
        assert any(step.bare and step.level == unit.level for step in DRILLS[unit.drill].steps)


def test_mobility_is_trained_two_or_three_days_a_week():
    assert curricula()["thoracic-mobility"].days_a_week == (2, 3)


def test_the_warm_up_breathes_moves_and_wakes_the_hips_without_equipment():
    (warm_up,) = warm_ups().values()
    names = [part.drill for part in warm_up.parts]
    assert names[:2] == ["diaphragmatic-breathing", "cat-cow"] and {"glute-bridge", "clamshell"} < set(names)
    for part in warm_up.parts:
        assert any(step.bare and step.level == part.level for step in DRILLS[part.drill].steps)
        assert LEVELS.index(part.level) < LEVELS.index("loaded") and part.dose.grade == "ENG"
