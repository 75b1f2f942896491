"""Marker clusters that turn on their bones: how far and how fast, and that both joints of a segment see the same."""

import numpy as np
import pytest

from legato.kinetics.cluster_turns import ClusterTurn, drawn_rates, spacing_of
from legato.kinetics.power_errors import CLUSTER_TURN_SD
from legato.signals.rotation import turn


def cluster(segment: str, spacing_s: float, frames: int = 2) -> ClusterTurn:
    return ClusterTurn(segment, np.zeros((frames, 3, 3)), spacing_s, 0.0, 100.0)


def test_turns_have_the_size_they_are_said_to_have() -> None:
    steps = 8001
    (rates,) = drawn_rates([cluster("thigh_right", 0.2)], 0.0, 8000.0, steps)
    assert np.all(rates[0] == 0.0)
    turned = np.cumsum(rates[1:], axis=1) * 0.01
    # 400 knots of 200 draws about three axes; a sum from the start holds the start's own turn as well.
    assert np.std(turned - turned.mean(axis=1, keepdims=True)) == pytest.approx(CLUSTER_TURN_SD, rel=0.02)


def test_a_turn_is_as_quick_as_the_segment_itself() -> None:
    t = np.arange(0.0, 20.0, 0.005)
    vector = np.zeros((t.size, 3))
    vector[:, 2] = 0.4 * np.sin(2.0 * np.pi * 0.8 * t)
    rate = np.zeros_like(vector)
    rate[:, 2] = 0.4 * 2.0 * np.pi * 0.8 * np.cos(2.0 * np.pi * 0.8 * t)
    spacing_s = spacing_of(turn(vector), rate)
    (rates,) = drawn_rates([cluster("shank_left", spacing_s)], 0.0, 20000.0, 40001)
    # Rate over turn of a sine: its angular frequency. Measured 1 % less: a turn of 0.4 rad is not small.
    assert np.std(rates[1:]) / CLUSTER_TURN_SD == pytest.approx(2.0 * np.pi * 0.8, rel=0.03)


def test_a_still_segment_has_slow_skin() -> None:
    still = np.broadcast_to(np.eye(3), (50, 3, 3))
    assert spacing_of(still, np.zeros((50, 3))) == 10.0
    assert spacing_of(np.full((50, 3, 3), np.nan), np.zeros((50, 3))) == 10.0


def test_moments_between_frames_are_of_the_same_turn() -> None:
    one = cluster("thigh_right", 0.3)
    (whole,) = drawn_rates([one], 0.0, 200.0, 201)
    (part,) = drawn_rates([cluster("thigh_right", 0.3, 9)], 50.0, 60.0, 21)
    np.testing.assert_allclose(part[:, ::2], whole[:, 50:61], atol=1e-12)
    (other,) = drawn_rates([cluster("thigh_left", 0.3)], 0.0, 200.0, 201)
    assert abs(np.corrcoef(other[1:].ravel(), whole[1:].ravel())[0, 1]) < 0.05
