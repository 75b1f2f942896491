"""Agreement of orders and shares: held to scipy, to counting, and to draws with a known share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from legato.estimate import Estimate
from legato.signals.ranks import jeffreys_interval, rank_order, share_of_picked, share_with_doubt, tau_b


@given(st.lists(st.integers(0, 4), min_size=2, max_size=6))
def test_tau_b_is_scipys(times: list[int]) -> None:
    compared = np.sign(np.subtract.outer(times, times)).T.astype(float)
    expected = stats.kendalltau(range(len(times)), times).statistic
    found = tau_b(range(len(times)), compared)
    assert (found is None) == bool(np.isnan(expected))
    if found is not None:
        assert found == pytest.approx(expected)


@pytest.mark.parametrize(("count", "n"), [(3, 8), (7, 8), (0, 5), (5, 5), (2.5, 5)])
def test_jeffreys_interval_is_the_beta_distributions(count: float, n: int) -> None:
    low, high = stats.beta.interval(0.90, count + 0.5, n - count + 0.5)
    assert jeffreys_interval(count, n, 0.90) == pytest.approx((0.0 if count == 0 else low, 1.0 if count == n else high))


def test_doubt_widens_a_share_on_its_own_side() -> None:
    sure, doubted = share_with_doubt(6, 6, 6, 8, 0.90), share_with_doubt(6, 4, 6, 8, 0.90)
    assert doubted.high == sure.high
    assert doubted.low == pytest.approx(jeffreys_interval(4, 8, 0.90)[0])


@pytest.mark.parametrize("n", [3, 8, 20])
def test_the_interval_of_a_mean_of_bounded_numbers_holds_it_at_least_as_often_as_it_says(n: int) -> None:
    rng = np.random.default_rng(n)
    held = 0
    for _ in range(1000):
        values = rng.choice([0.0, 1 / 3, 2 / 3, 1.0], n, p=[0.1, 0.1, 0.2, 0.6])
        low, high = jeffreys_interval(float(values.sum()), n, 0.90)
        held += low <= 0.1 / 3 + 0.4 / 3 + 0.6 <= high
    assert held >= 880


def test_a_repetition_with_an_unknown_gap_is_left_out() -> None:
    gap = Estimate.symmetric(0.02, 0.005, "s")
    found = rank_order(("a", "b"), {("a", "b"): [gap, None, gap.scaled(-1.0)]}, 0.90)
    assert found is not None
    assert (found.n, found.taus, found.share_in_order.value) == (2, (1.0, -1.0), 0.5)
    assert rank_order(("a", "b"), {("a", "b"): [None]}, 0.90) is None


@pytest.mark.parametrize("n", [2, 5, 20])
def test_the_ends_of_a_picked_share_are_where_their_tails_are_used_up(n: int) -> None:
    for count in range(1, n + 1):
        found = share_of_picked(count, count, count, n, 0.90)
        assert found.low <= found.value == count / n <= found.high
        if found.low > 0.0:
            above = stats.binom.sf(count, n, found.low) + 0.5 * stats.binom.pmf(count, n, found.low)
            assert above == pytest.approx(0.05 * found.low, rel=1e-6)
        if found.high < 1.0:
            below = stats.binom.cdf(count, n, found.high) - 0.5 * stats.binom.pmf(count, n, found.high)
            assert below == pytest.approx(0.05, rel=1e-6)
    # What was seen once may be one of any number of rare ones.
    assert share_of_picked(1, 1, 1, n, 0.90).low == 0.0
    doubted = share_of_picked(n - 1, 0, n, n, 0.90)
    assert (doubted.low, doubted.high) == (0.0, 1.0)
