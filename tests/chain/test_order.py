"""Rank order: held to counting."""

import pytest

from legato.chain.order import analyse_order
from legato.estimate import Estimate
from legato.signals.ranks import jeffreys_interval


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
