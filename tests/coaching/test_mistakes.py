"""The four rows of the mistakes table: what is seen, what may lie behind it, and what is then proposed."""

import pytest

from legato.coaching.prescribe import CauseSeen, FaultSeen, prescribe
from legato.faults.catalogue import fault_entries

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
