"""Rank order: held to scipy and to counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from legato.chain.order import analyse_order, jeffreys_interval, tau_b
from legato.estimate import Estimate


@given(st.lists(st.integers(0, 4), min_size=2, max_size=6))
def test_tau_b_is_scipys(times: list[int]) -> None:
    compared = np.sign(np.subtract.outer(times, times)).T.astype(float)
    expected = stats.kendalltau(range(len(times)), times).statistic
    found = tau_b(range(len(times)), compared)
    assert (found is None) == bool(np.isnan(expected))
    if found is not None:
        assert found == pytest.approx(expected)


@pytest.mark.parametrize(("count", "n"), [(3, 8), (7, 8), (0, 5), (5, 5)])
def test_jeffreys_interval_is_the_beta_distributions(count: int, n: int) -> None:
    low, high = stats.beta.interval(0.90, count + 0.5, n - count + 0.5)
    assert jeffreys_interval(count, n, 0.90) == pytest.approx((0.0 if count == 0 else low, 1.0 if count == n else high))


def _gap(value: float, half: float = 5e-3) -> Estimate:
    return Estimate.symmetric(value, half, "s")


def test_reps_in_order_are_counted_and_ties_only_widen_the_doubt() -> None:
    found = analyse_order(
        ("pelvis", "thorax"), {("pelvis", "thorax"): [_gap(0.02), _gap(0.003), _gap(-0.003), _gap(-0.02)]}, 0.90
    )
    assert found.share_in_order is not None
    assert found.share_in_order.value == 0.5
    assert found.n == 4
    assert found.share_in_order.low == pytest.approx(jeffreys_interval(1, 4, 0.90)[0])
    assert found.share_in_order.high == pytest.approx(jeffreys_interval(3, 4, 0.90)[1])
    assert found.tau_b == pytest.approx(0.0)


def test_the_order_seen_most_often_is_told() -> None:
    late = {
        ("a", "b"): [_gap(0.02)] * 3,
        ("a", "c"): [_gap(0.04)] * 3,
        ("b", "c"): [_gap(-0.02), _gap(-0.02), _gap(0.02)],
    }
    found = analyse_order(("a", "b", "c"), late, 0.90)
    assert found.observed_most_common == ("a", "c", "b")
    assert found.tau_b == pytest.approx((1 / 3 + 1 / 3 + 1.0) / 3.0)


def test_reps_with_an_unresolved_gap_do_not_count() -> None:
    found = analyse_order(("a", "b"), {("a", "b"): [_gap(0.02), None]}, 0.90)
    assert found.share_in_order is not None
    assert found.share_in_order.low == pytest.approx(jeffreys_interval(1, 1, 0.90)[0])
    assert analyse_order(("a", "b"), {("a", "b"): [None]}, 0.90).share_in_order is None
    assert "fewer than two" in analyse_order(("a", "b"), {}, 0.90).reason


def test_all_ties_give_no_tau() -> None:
    found = analyse_order(("a", "b"), {("a", "b"): [_gap(0.001), _gap(-0.002)]}, 0.90)
    assert found.tau_b is None
    assert "holds 0" in found.reason
