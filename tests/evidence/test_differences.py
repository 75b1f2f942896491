"""Differences of two sets: textbook numbers, and intervals that hold the truth with few and skewed repetitions."""

import statistics
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato import NotResolvable
from legato.evidence import difference_of_sets
from legato.evidence.differences import variance
from legato.recording import FloatArray

SLEEP_ONE = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_TWO = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""Extra sleep with two drugs, h: Student 1908, Biometrika 6:1."""


def test_student_s_own_example() -> None:
    paired = difference_of_sets(SLEEP_ONE, SLEEP_TWO, paired=True, level=0.95)
    # Any textbook: mean 1.58 h, 95 % 0.70 to 2.46; unpaired (Welch) −0.21 to 3.37, t 1.861 with 17.8 degrees.
    assert paired.estimate.value == pytest.approx(1.58)
    assert (paired.estimate.low, paired.estimate.high) == pytest.approx((0.700, 2.460), abs=0.001)
    assert paired.shown == "higher"
    apart = difference_of_sets(SLEEP_ONE, SLEEP_TWO, paired=False, level=0.95)
    assert (apart.estimate.low, apart.estimate.high) == pytest.approx((-0.205, 3.365), abs=0.001)
    assert apart.shown == "no"


def normal(rng: np.random.Generator, n: int) -> FloatArray:
    return rng.normal(size=n)


def skewed(rng: np.random.Generator, n: int) -> FloatArray:
    return rng.exponential(size=n)


@pytest.mark.parametrize("draw", [normal, skewed])
@pytest.mark.parametrize(("n", "m"), [(3, 3), (5, 5), (5, 8)])
def test_the_interval_holds_no_change_where_there_is_none(
    draw: Callable[[np.random.Generator, int], FloatArray], n: int, m: int
) -> None:
    rng = np.random.default_rng(10 * n + m)
    trials, held = 600, {True: 0, False: 0}
    for _ in range(trials):
        one, two = draw(rng, n).tolist(), draw(rng, m).tolist()
        for paired in held:
            if not paired or n == m:
                held[paired] += difference_of_sets(one, two, paired=paired).estimate.holds(0.0)
    # 90 % with a standard error of 1.2 points; skew of both sides cancels.
    assert held[False] / trials >= 0.865
    assert n != m or held[True] / trials >= 0.865


@given(st.floats(-10, 10), st.floats(0.0, 5.0))
def test_a_change_is_shown_only_with_the_whole_interval(change: float, fixed: float) -> None:
    found = difference_of_sets([0.0, 1.0, 2.0], [c + change for c in (0.5, 1.0, 1.5)], paired=False, fixed=fixed)
    assert (found.shown == "no") == found.estimate.holds(0.0)
    assert found.estimate.half_width >= fixed


def test_one_repetition_a_side_is_refused() -> None:
    with pytest.raises(NotResolvable, match="two or more"):
        difference_of_sets([1.0], [2.0, 3.0], paired=False)


def test_sets_without_spread_have_their_fixed_errors_only() -> None:
    found = difference_of_sets([1.0, 1.0], [2.0, 2.0], paired=False, fixed=0.3)
    assert found.estimate.half_width == pytest.approx(0.3)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_the_variance_is_that_of_exact_arithmetic(values: list[float]):
    # The rounding of the mean, some 1e-16 of the largest value, squared, is what may differ beside the last digits.
    rounding = (4e-16 * max(abs(value) for value in values)) ** 2
    assert variance(values) == pytest.approx(statistics.variance(values), rel=1e-12, abs=rounding)


def test_numbers_that_are_all_the_same_have_no_variance():
    assert variance([0.1, 0.1, 0.1]) == 0.0
