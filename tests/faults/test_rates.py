"""Rates of found and false faults on athletes that no other figure is from (`bench/bench_faults.py`)."""

import pytest
from bench.bench_faults import trial


@pytest.mark.slow
@pytest.mark.parametrize(("movement", "number"), [("single-leg-deadlift", 90), ("throw", 91)])
def test_what_is_three_detectable_changes_large_is_found_and_clean_athletes_are_clean(movement: str, number: int):
    told = trial(movement, number, [3], [2, 4])
    clean = [t for t in told if t.k == 0]
    assert clean and not [t for t in clean if t.said == "fault"]
    measured = [t for t in told if t.k == 3 and t.said in ("fault", "ok", "not-resolvable")]
    assert len(measured) >= 3
    assert sum(t.said == "fault" for t in measured) >= 0.95 * len(measured)


SPREAD = (
    ("hip-hinge", 3),
    ("deadlift", 6),
    ("box-lift", 4),
    ("kettlebell-swing", 0),
    ("sit-to-stand", 8),
    ("lunge", 4),
    ("row", 2),
    ("push-up", 1),
    ("bird-dog", 5),
    ("farmer-carry", 7),
    ("throw", 4),
)
"""Movements of every family, each at another rate and noise."""


@pytest.mark.slow
@pytest.mark.parametrize(("movement", "cell"), SPREAD)
def test_no_fault_of_three_detectable_changes_is_ever_told_ok(movement: str, cell: int):
    said = {t.fault: t for t in trial(movement, 92, [3], [cell]) if t.k == 3}
    assert "fault" in {t.said for t in said.values()}
    assert not [(t.fault, t.size, t.why) for t in said.values() if t.said == "ok"]
