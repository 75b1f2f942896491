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
