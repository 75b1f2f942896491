"""At most two drills, each of them permitted, each with its reasons."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.coaching.log import Session, SetsDone
from legato.coaching.model import Group
from legato.coaching.prescribe import CauseSeen, FaultSeen, prescribe, ranked
from legato.coaching.safety.permit import GROUPS, permitted
from legato.coaching.situation import Pain, Screening
from legato.faults.catalogue import fault_entries, fault_ids

from .athletes import DAY, GYM, fit


def seen(fault: str, beyond: float = 1.0, causes: tuple[CauseSeen, ...] = ()) -> FaultSeen:
    entry = fault_entries()[fault].fault
    return FaultSeen(fault, entry.name, entry.kind, entry.says, beyond=beyond, causes=causes)


def test_one_fault_gives_a_drill_a_cue_a_dose_and_a_day() -> None:
    found = prescribe([seen("early-lumbar")], fit())
    assert 1 <= len(found.drills) <= 2
    assert found.cue is not None
    assert found.cue.focus == "external"
    assert found.retest_on == DAY + timedelta(days=14)
    assert found.drills[0].step.dose.words
    assert any("2026-12-06" in reason for reason in found.reasons)


def test_what_comes_first_is_mended_first() -> None:
    faults = [seen("lumbar-drift", 9.0), seen("stack-lost", 5.0), seen("early-lumbar", 0.1)]
    assert [one.fault for one in ranked(faults)] == ["early-lumbar", "stack-lost", "lumbar-drift"]
    found = prescribe(faults, fit())
    assert [one.fault for one in found.drills] == ["early-lumbar", "stack-lost"]
    assert any("waits" in reason for reason in found.reasons)


def test_a_screen_that_speaks_for_a_cause_brings_its_drill_first() -> None:
    stiff = CauseSeen("a stiff upper back", "for", ("thoracic-extension",))
    usual, told = (prescribe([seen("early-lumbar", causes=c)], fit()).drills[0] for c in ((), (stiff,)))
    assert usual.drill.id == "dowel-hinge"
    assert told.drill.id == "thoracic-extension"
    assert any("stiff upper back" in why for why in told.why)
    other = prescribe([seen("early-lumbar", causes=(replace(stiff, speaks="against"),))], fit())
    assert other.drills[0].drill.id == "dowel-hinge"


def test_a_drill_that_did_not_help_makes_room() -> None:
    done = SetsDone("dowel-hinge", 3, 5, level="dynamic", pain=0.0, rpe=5.0)
    log = tuple(Session(DAY - timedelta(days=3 * k + 3), (done,)) for k in range(6))
    found = prescribe([seen("early-lumbar")], fit(sessions=log))
    assert found.drills[0].drill.id != "dowel-hinge"
    assert found.passed_over is not None
    assert "still there" in found.passed_over["dowel-hinge"][0]


@pytest.mark.parametrize("fault", [name for name in fault_ids() if name != "pec-phase-off"])
def test_every_fault_has_an_answer_without_equipment(fault: str) -> None:
    """All but the one that no evidence supports and that is never a fault."""
    assert prescribe([seen(fault)], fit(equipment=frozenset())).drills


def test_without_a_screening_or_with_pain_there_is_nothing() -> None:
    blocked = Screening(DAY, DAY + timedelta(days=300), passed=False)
    for situation in (fit(screening=None), fit(screening=blocked), fit(pain=Pain(7.0)), fit(pain=Pain(1.0, True))):
        found = prescribe([seen("early-lumbar")], situation)
        assert not found.drills
        assert found.cue is None
        assert found.reasons


def test_no_fault_asks_for_no_drill() -> None:
    assert not prescribe([], fit()).drills


@given(
    faults=st.lists(st.sampled_from(fault_ids()), min_size=1, max_size=5, unique=True),
    barred=st.frozensets(st.sampled_from(sorted(GROUPS))),
    exhale=st.booleans(),
    equipment=st.frozensets(st.sampled_from(sorted(GYM))),
    pain=st.one_of(st.none(), st.floats(0.0, 10.0)),
    age=st.one_of(st.none(), st.floats(8.0, 90.0)),
    base=st.one_of(st.none(), st.floats(0.0, 60.0)),
    open_gates=st.booleans(),
)
def test_nothing_is_prescribed_that_is_not_permitted(
    faults: list[str],
    barred: frozenset[Group],
    exhale: bool,
    equipment: frozenset[str],
    pain: float | None,
    age: float | None,
    base: float | None,
    open_gates: bool,
) -> None:
    situation = fit(
        screening=Screening(DAY, DAY + timedelta(days=300), True, barred=barred, exhale_only=exhale),
        equipment=equipment,
        pain=None if pain is None else Pain(pain),
        age_years=age,
        base_weeks=base,
        hinge_gate=open_gates,
        mobility={} if not open_gates else fit().mobility,
    )
    found = prescribe([seen(fault) for fault in faults], situation)
    assert len(found.drills) <= 2
    assert len({one.drill.id for one in found.drills}) == len(found.drills)
    for one in found.drills:
        assert permitted(one.drill, one.step, situation).allowed
        assert not barred & set(one.drill.barred)


def test_where_a_fault_was_found_says_which_drill_goes_first() -> None:
    twist = seen("early-twist")
    first = {
        m: prescribe([replace(twist, movement=m)], fit()).drills[0].drill.id for m in ("row", "throw", "hip-hinge")
    }
    assert first == {"row": "pallof-press", "throw": "tempo-medball-rotation", "hip-hinge": "tempo-medball-rotation"}
