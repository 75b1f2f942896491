"""Reliability over days: published examples, closed forms, and how often the intervals hold the truth."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato import NotResolvable
from legato.evidence import icc_agreement, reliability_over_days, spread_estimate

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Table 2 of Shrout & Fleiss 1979, Psychol Bull 86:420: six targets, four judges."""


def test_the_icc_of_the_published_example() -> None:
    icc = icc_agreement(SHROUT_FLEISS, level=0.95)
    # Printed there as .29; the interval as in McGraw & Wong 1996 with the same data is .019 to .761.
    assert icc.value == pytest.approx(0.29, abs=0.005)
    assert (icc.low, icc.high) == pytest.approx((0.019, 0.761), abs=0.001)


def test_the_share_between_days_of_the_published_example() -> None:
    # ICC(1,1) of the same table is printed as .17.
    assert reliability_over_days(SHROUT_FLEISS).share.value == pytest.approx(0.17, abs=0.005)  # type: ignore[union-attr]


def test_two_days_in_closed_form() -> None:
    found = reliability_over_days([[1.0, 3.0], [5.0, 7.0]], "s")
    assert found.mean.value == 4.0
    assert found.within.value == pytest.approx(math.sqrt(2.0))
    # Means 2 and 6: SD 4/√2; the share that repetitions explain, 2/2, comes off the variance between days.
    assert found.sem.value == pytest.approx(4.0 / math.sqrt(2.0))
    assert found.between.value == pytest.approx(math.sqrt(8.0 - 1.0))
    assert found.detectable.value == pytest.approx(1.96 * math.sqrt(2.0) * found.sem.value, rel=1e-4)
    assert found.share is None
    # Chi-square with one degree of freedom: 3.841 and 0.00393 at 5 and 95 %.
    assert found.sem.low == pytest.approx(found.sem.value / math.sqrt(3.841), rel=1e-3)
    assert found.sem.high == pytest.approx(found.sem.value / math.sqrt(0.003932), rel=1e-3)


@given(st.integers(2, 6), st.integers(2, 6), st.floats(0.01, 100.0), st.floats(-50.0, 50.0))
def test_units_and_zero_points_change_nothing(days: int, reps: int, factor: float, shift: float) -> None:
    table = np.random.default_rng(days * 10 + reps).normal(size=(days, reps))
    one, two = reliability_over_days(list(table)), reliability_over_days(list(table * factor + shift))
    for name in ("within", "between", "sem", "detectable"):
        a, b = getattr(one, name), getattr(two, name)
        assert (b.value, b.low, b.high) == pytest.approx(
            (a.value * factor, a.low * factor, a.high * factor), rel=1e-5, abs=1e-5 * factor
        )


@pytest.mark.parametrize("days", [[], [[1.0, 2.0]], [[1.0], [2.0]], [[1.0, 2.0], []]])
def test_too_few_days_or_repetitions_are_refused(days: list[list[float]]) -> None:
    with pytest.raises(NotResolvable):
        reliability_over_days(days)


@pytest.mark.parametrize("table", [[[1, 2], [2, 3]], [[1], [2], [3]], [[1, 1], [1, 1], [1, 1]], [[1, np.nan]] * 3])
def test_agreement_needs_athletes_days_and_spread(table: list[list[float]]) -> None:
    with pytest.raises(NotResolvable):
        icc_agreement(table)


@pytest.mark.parametrize(("days", "reps"), [(2, 5), (3, 5), (6, 4)])
def test_intervals_hold_the_truth_as_often_as_they_say(days: int, reps: int) -> None:
    rng = np.random.default_rng(days)
    truth = {"mean": 0.0, "within": 1.0, "between": 0.7, "sem": math.sqrt(0.49 + 1.0 / reps)}
    held = dict.fromkeys(truth, 0)
    trials = 400
    for _ in range(trials):
        table = 0.7 * rng.normal(size=(days, 1)) + rng.normal(size=(days, reps))
        found = reliability_over_days(list(table))
        for name, value in truth.items():
            held[name] += getattr(found, name).holds(value)
    # 90 % with a standard error of 1.5 points; three of those down.
    assert min(held.values()) / trials >= 0.855


def test_heavy_tails_widen_the_spread_within_days() -> None:
    rng = np.random.default_rng(5)
    held, plain = 0, 0
    for _ in range(400):
        table = rng.exponential(size=(6, 8))
        found = reliability_over_days(list(table)).within
        held += found.holds(1.0)
        plain += spread_estimate(found.value, 42).holds(1.0)
    # Chi-square alone holds 64 %; the pooled kurtosis brings 75 %, and the page says so.
    assert held / 400 >= 0.70
    assert held > plain
