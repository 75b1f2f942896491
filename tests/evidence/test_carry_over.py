"""What carries over between activities: simulated athletes whose common share is planted."""

import numpy as np
import pytest

from legato.errors import NotResolvable
from legato.evidence import CarryOver, MeasuringError, carry_over, carry_over_of_one_day, of_days, of_repetitions
from legato.evidence.carry_over import rows_needed

LEAST, MOST = 0.85, 0.97
"""Share of 90 % intervals that must hold the truth; 0.02 above 0.95 for the 400 draws of a cell."""


def athletes(rng: np.random.Generator, rows: int, columns: int, common: float, heavy: bool = False) -> np.ndarray:
    """True numbers, each activity with another spread; heavy tails are Student's with 5 degrees of freedom."""
    shape = np.sqrt(3.0 / rng.chisquare(5, (rows, 1))) if heavy else 1.0
    person, own = rng.standard_normal((rows, 1)) * shape, rng.standard_normal((rows, columns)) * shape
    return (np.sqrt(common) * person + np.sqrt(1.0 - common) * own) * np.linspace(1.0, 2.5, columns)


def measured(rng: np.random.Generator, truth: np.ndarray, reliability: float) -> tuple[np.ndarray, MeasuringError]:
    """Means of 3 to 8 repetitions, and their error as the repetitions show it."""
    reps = rng.integers(3, 9, truth.shape)
    variance = np.linspace(1.0, 2.5, truth.shape[1]) ** 2 * 5.0 * (1.0 / reliability - 1.0)
    means = truth + rng.standard_normal(truth.shape) * np.sqrt(variance / reps)
    seen = variance * rng.chisquare(reps - 1) / (reps - 1)
    return means, of_repetitions(seen / reps, reps - 1)


def held(found: list[CarryOver], truth: float) -> float:
    return float(np.mean([one.common.holds(truth) for one in found]))


@pytest.mark.slow
@pytest.mark.parametrize("columns", [2, 4])
@pytest.mark.parametrize("rows", [8, 20])
@pytest.mark.parametrize("heavy", [False, True])
def test_intervals_hold_the_planted_share_from_none_to_nearly_all(columns: int, rows: int, heavy: bool) -> None:
    rng = np.random.default_rng(columns + rows)
    for common in (0.0, 0.5, 0.8):
        found: list[CarryOver] = []
        while len(found) < 250:
            table, error = measured(rng, athletes(rng, rows, columns, common, heavy), 0.8)
            try:
                found.append(carry_over(table, (error,)))
            except NotResolvable:
                continue
        # 250 draws scatter by 1.9 points (one SE) about the true coverage.
        assert LEAST - 0.02 <= held(found, common) <= MOST + 0.01, common


@pytest.mark.parametrize("columns", [2, 3])
def test_where_all_is_common_the_interval_reaches_one_and_errs_below_only(columns: int) -> None:
    rng = np.random.default_rng(5)
    found = [carry_over(t, (e,)) for t, e in (measured(rng, athletes(rng, 20, columns, 1.0), 0.9) for _ in range(120))]
    assert held(found, 1.0) >= 0.88
    assert np.median([one.common.low for one in found]) > 0.75


def test_the_error_of_measuring_is_taken_out() -> None:
    """With a reliability of 0.5 a correlation of 0.8 is seen as one of 0.4."""
    rng = np.random.default_rng(6)
    table, error = measured(rng, athletes(rng, 4000, 2, 0.8), 0.5)
    found = carry_over(table, (error,))
    assert found.seen == pytest.approx(0.4, abs=0.05)
    assert found.reliability == pytest.approx(0.5, abs=0.05)
    assert found.common.value == pytest.approx(0.8, abs=0.08)


def test_a_placement_common_to_the_activities_looks_like_carry_over_and_its_bounds_say_so() -> None:
    rng = np.random.default_rng(7)
    size = 0.7 * np.array([1.0, 2.5])
    naive: list[CarryOver] = []
    bounded: list[CarryOver] = []
    for _ in range(120):
        truth = athletes(rng, 40, 2, 0.0) + rng.standard_normal((40, 1)) * size
        table, error = measured(rng, truth, 0.9)
        naive.append(carry_over(table, (error,)))
        bounded.append(carry_over_of_one_day(table, (error,), size))
    assert held(naive, 0.0) < 0.5
    assert held(bounded, 0.0) >= 0.90


@pytest.mark.parametrize("alike", [0.0, 1.0])
def test_days_with_markers_placed_anew_take_the_placement_out(alike: float) -> None:
    rng = np.random.default_rng(8)
    size = 0.7 * np.array([1.0, 2.5])
    for common in (0.0, 0.5):
        found: list[CarryOver] = []
        for _ in range(200):
            rows: list[np.ndarray] = []
            for k, truth in enumerate(athletes(rng, 20, 2, common)):
                days = 2 if k < 8 else int(rng.integers(1, 4))
                both, each = rng.standard_normal((days, 1)), rng.standard_normal((days, 2))
                placed = (np.sqrt(alike) * both + np.sqrt(1.0 - alike) * each) * size
                rows.append(truth + placed + 0.3 * rng.standard_normal((days, 2)))
            table, error = of_days(rows)
            found.append(carry_over(table, (error,)))
        # One SE of 200 draws is 2.1 points.
        assert 0.85 <= held(found, common) <= 0.98, common


def test_a_trend_over_the_days_is_no_carry_over() -> None:
    rng = np.random.default_rng(9)
    rows = np.arange(16.0)[:, None] * [1.0, 0.6]
    errors = (MeasuringError(0.01 * np.eye(2), 60.0),)
    found = [carry_over(rows + rng.standard_normal((16, 2)), errors, trend=True) for _ in range(150)]
    with_trend = [carry_over(rows + rng.standard_normal((16, 2)), errors) for _ in range(20)]
    assert 0.84 <= held(found, 0.0) <= 0.97
    assert held(with_trend, 0.0) == 0.0


def test_units_and_shifts_change_nothing() -> None:
    rng = np.random.default_rng(10)
    table, error = measured(rng, athletes(rng, 12, 3, 0.5), 0.8)
    scale = np.array([1e-3, 7.0, 180.0])
    other = carry_over(table * scale + 4.0, (MeasuringError(error.covariance * np.outer(scale, scale), error.dof),))
    assert other.common.value == pytest.approx(carry_over(table, (error,)).common.value, abs=1e-9)
    assert other.common.low == pytest.approx(carry_over(table, (error,)).common.low, abs=1e-9)


def test_heavy_tails_make_it_less_sure() -> None:
    rng = np.random.default_rng(11)
    none = (MeasuringError(np.zeros((2, 2)), np.inf),)
    plain = [carry_over(athletes(rng, 30, 2, 0.5), none).tails for _ in range(30)]
    heavy = [carry_over(athletes(rng, 30, 2, 0.5, heavy=True), none).tails for _ in range(30)]
    assert np.mean(heavy) > 1.1 * np.mean(plain)
    assert min(plain) >= 1.0


def test_too_few_no_spread_and_nothing_but_error_are_refused() -> None:
    rng = np.random.default_rng(12)
    none = (MeasuringError(np.zeros((2, 2)), np.inf),)
    with pytest.raises(NotResolvable, match="7 of them"):
        carry_over(rng.standard_normal((7, 2)), none)
    with pytest.raises(NotResolvable, match="do not differ"):
        carry_over(np.column_stack([np.ones(9), np.arange(9.0)]), none)
    with pytest.raises(NotResolvable, match="no more than what measuring errs by"):
        carry_over(rng.standard_normal((9, 2)), (MeasuringError(4.0 * np.eye(2), 40.0),))
    with pytest.raises(NotResolvable, match="6 are needed"):
        of_days([rng.standard_normal((2, 2)) for _ in range(3)])


def test_the_athletes_needed_grow_as_the_correlation_shrinks() -> None:
    rng = np.random.default_rng(13)
    none = (MeasuringError(np.zeros((2, 2)), np.inf),)
    needed = [rows_needed(carry_over(athletes(rng, 4000, 2, common), none)) for common in (0.8, 0.5, 0.3)]
    assert needed[0] is not None and needed[1] is not None and needed[2] is not None
    assert needed[0] < needed[1] < needed[2]
    # Cohen 1988, table 3.4.1: r = 0.30 and 0.50, 5 % one-tailed, power 0.80: 67 and 22 or 23 persons.
    assert needed[2] == pytest.approx(67, abs=12)
    assert needed[1] == pytest.approx(23, abs=3)
