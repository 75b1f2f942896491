"""The four rows of the mistakes table: what is seen, what may lie behind it, and what is then proposed."""

import pytest

from legato.coaching.catalogue import drills_for
from legato.coaching.prescribe import CauseSeen, FaultSeen, prescribe
from legato.faults.catalogue import fault_entries, faults_of
from legato.movements import load_movement, movement_ids

from .athletes import fit

ROWS = (
    ("rib-flare-first", "tension of the upper trunk in place of a brace", "dowel-hinge"),
    ("early-lumbar", "a stiff upper back", "thoracic-extension"),
    ("early-lumbar", "guarding against bending the spine", "dowel-hinge"),
    ("early-twist", "a back that works too much", "bird-dog"),
    ("early-twist", "hips that are not used", "tempo-medball-rotation"),
    ("rounding-under-load", "a brace that comes late or weak", "brace-hold"),
    ("rounding-under-load", "strength of hips or back", "tempo-deadlift"),
)


@pytest.mark.parametrize(("fault", "cause", "drill"), ROWS)
def test_what_tells_a_cause_decides_the_drill(fault: str, cause: str, drill: str) -> None:
    entry = fault_entries()[fault].fault
    seen = tuple(CauseSeen(c.cause, "for" if c.cause == cause else "against", c.drills) for c in entry.causes)
    assert cause in {c.cause for c in entry.causes}
    found = prescribe([FaultSeen(fault, entry.name, entry.kind, entry.says, causes=seen)], fit())
    assert found.drills[0].drill.id == drill
    assert any(cause in why for why in found.drills[0].why)


def test_a_cause_names_drills_of_its_fault_alone() -> None:
    for entry in fault_entries().values():
        for cause in entry.fault.causes:
            assert set(cause.drills) <= set(entry.fault.drills), (entry.fault.id, cause.cause)


FITS = {
    "press": {"push", "brace", "breath", "anti-rotate", "mobility", "single-leg", "carry"},
    "leg-drive": {"push", "brace", "breath", "anti-rotate", "squat", "single-leg", "mobility"},
    "jump": {"squat", "single-leg", "brace", "breath", "hinge"},
    "floor-pull": {"hinge", "brace", "breath", "carry", "mobility", "single-leg", "anti-rotate", "rotate"},
    "locomotion": {"carry", "single-leg", "brace", "anti-rotate", "hinge", "rotate", "breath"},
    "throw": {"rotate", "anti-rotate", "mobility", "brace", "carry"},
}
"""What trains something that a family of movements can use; a turn with a ball is no drill for a bench press."""


@pytest.mark.parametrize("movement", [m for m in movement_ids() if load_movement(m).family in FITS])
def test_a_fault_is_answered_by_what_fits_its_movement(movement: str) -> None:
    spec = load_movement(movement)
    for fault in faults_of(spec):
        fits = FITS[spec.family] | ({"rotate"} if fault.id == "early-twist" else set())
        for drill in drills_for(fault.id, movement=movement):
            assert drill.pattern in fits, (fault.id, drill.id)
