"""A coach's own drills answer the faults that they name, within the screening."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from legato.coaching.catalogue import drills, own_drills
from legato.coaching.model import Drill, Group
from legato.coaching.safety.permit import against_screening
from legato.coaching.situation import Screening
from legato.errors import BadInput
from legato.faults.catalogue import fault_entries
from legato.report.fixes import FIRST_SCREENED, SCREENED, fix_line, fixes_of, fixes_record, note_on
from legato.web.copies import copied

from ..coaching.own import DISGUISED

TODAY = date(2026, 11, 23)
PASSED = Screening(TODAY, TODAY, passed=True)
FAULT = fault_entries()["early-lumbar"].fault


@pytest.fixture
def own(tmp_path: Path) -> tuple[Drill, ...]:
    """A copy of the dowel hinge, which names the fault."""
    path = tmp_path / "ours.toml"
    path.write_text(copied("drill", "dowel-hinge", "our-hinge").replace("Dowel hinge", "Hinge of ours", 1))
    return own_drills([path])


def test_it_stands_before_those_of_the_library(own: tuple[Drill, ...]):
    assert [one.id for one in own] == ["our-hinge"] and own_drills(()) == ()
    theirs = [fix.drill.id for fix in fixes_of(FAULT)]
    assert [fix.drill.id for fix in fixes_of(FAULT, None, own)] == ["our-hinge", *theirs]
    assert next(one["drill"] for one in fixes_record(FAULT, PASSED, own)) == "our-hinge"
    assert fix_line([FAULT], PASSED, own)[0].startswith("A drill for it: Hinge of ours")
    other = fault_entries()["knee-in"].fault
    assert fixes_of(other, PASSED, own) == fixes_of(other, PASSED)


def test_it_is_not_told_where_the_screening_bars_it_or_it_is_an_experiment(own: tuple[Drill, ...]):
    barred = replace(PASSED, barred=frozenset({"hinge"}))
    assert "our-hinge" not in [fix.drill.id for fix in fixes_of(FAULT, barred, own)]
    assert not fixes_of(FAULT, replace(PASSED, passed=False), own)
    trial = tuple(one.model_copy(update={"experimental": True}) for one in own)
    assert fixes_of(FAULT, PASSED, trial) == fixes_of(FAULT, PASSED)


def test_a_copy_that_says_less_is_told_to_nobody_for_whom_the_librarys_drill_is_not():
    told = 0
    for one in DISGUISED.values():
        fault, base = FAULT.model_copy(update={"drills": ()}), drills()[one.copy_of]
        mine = one.model_copy(update={"faults": (fault.id,)})
        for barred in (*({group} for group in get_args(Group)), set[Group]()):
            screening = replace(PASSED, barred=frozenset(barred), exhale_only=not barred)
            able = {step.level for step in base.steps if not against_screening(base, step, screening)}
            told += bool(able)
            assert {fix.step.level for fix in fixes_of(fault, screening, (mine,))} <= able, (mine.id, barred)
    assert told > 100


def test_a_fault_of_ones_own_may_name_it(own: tuple[Drill, ...]):
    fault = FAULT.model_copy(update={"id": "ours", "drills": ("our-hinge", "not-there")})
    found = fixes_record(fault, None, own)
    assert [(one["drill"], one["name"]) for one in found] == [("our-hinge", "Hinge of ours"), ("not-there", None)]


def test_a_drill_of_the_library_is_not_written_over(tmp_path: Path):
    path = tmp_path / "ours.toml"
    path.write_text(copied("drill", "dowel-hinge", "dowel-hinge"))
    with pytest.raises(BadInput, match="already has a drill"):
        own_drills([path])


def test_what_the_screening_asks_to_keep_to_stands_below_the_drills():
    assert note_on(PASSED) == SCREENED and note_on(None) == FIRST_SCREENED
    young = note_on(replace(PASSED, minor=True, exhale_only=True))
    assert young.startswith(SCREENED) and "never hold your breath" in young and "a guardian has agreed" in young
    assert "guardian" in fix_line([FAULT], replace(PASSED, minor=True))[0]
