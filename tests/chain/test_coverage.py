"""A small part of the study (`python -m bench coverage`): error against the bound, and how often intervals hold the
truth.
"""

import pytest
from bench.bench_coverage import run_cell, standard_pair
from bench.chain_other import other_pair
from bench.chain_truth import LIFT, THROW, Movement

CELLS = [
    (THROW, 60.0, 1e-3),
    (THROW, 120.0, 1e-3),
    (THROW, 250.0, 0.2e-3),
    (THROW, 250.0, 1e-3),
    (LIFT, 50.0, 1e-3),
    (LIFT, 100.0, 1e-3),
]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("movement", "rate", "sigma"), CELLS)
def test_intervals_hold_the_truth_as_often_as_they_say(movement: Movement, rate: float, sigma: float) -> None:
    cell = run_cell(movement, rate, sigma, sets=26, seed=11, maker=standard_pair)
    event, gap = cell["event"], cell["gap"]
    assert event["n"] >= 400
    # 85 to 95 % with two standard errors (416 events: 2.9 points; 208 gaps: 4.2).
    assert 0.821 <= event["coverage"] <= 0.979
    assert 0.808 <= gap["coverage"] <= 0.992
    if sigma >= 1e-3:
        assert event["over_bound"] <= 1.5
        assert gap["over_bound"] <= 1.5


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("movement", "rate"), [(THROW, 250.0), (LIFT, 100.0)])
def test_a_second_generator_that_no_number_was_chosen_on_confirms(movement: Movement, rate: float) -> None:
    cell = run_cell(movement, rate, 1e-3, sets=40, seed=11, maker=other_pair, reps=3)
    # Its soft tissue moves alike in all reps of a set, so 80 sets of a segment are 80 draws: two standard errors are
    # 7 points.
    assert cell["event"]["coverage"] >= 0.78


def test_throws_at_250_hz_and_1_mm_are_timed_within_2_ms() -> None:
    cell = run_cell(THROW, 250.0, 1e-3, sets=4, seed=5)
    assert cell["gap"]["rmse_ms"] <= 2.0
    assert cell["event"]["rmse_ms"] <= 2.0
