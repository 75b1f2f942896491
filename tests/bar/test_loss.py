"""Velocity loss over a set, with planted velocities."""

import numpy as np
import pytest

from legato.bar.loss import smallest_detectable_change, velocity_loss
from legato.errors import BadInput, NotResolvable


def test_loss_is_counted_from_the_fastest_rep():
    found = velocity_loss([0.48, 0.50, 0.45, 0.40], [0.01] * 4, at_loss_pct=15.0)
    assert found.fastest == 1
    assert [round(e.value, 6) for _, e in found.per_rep] == [4.0, 0.0, 10.0, 20.0]
    assert found.passed_at == 3
    # 5 points beyond, with an error of 100·√(0.01² + 0.008²)/0.5 = 2.56 points: Φ(1.95).
    assert found.probability == pytest.approx(0.9745, abs=1e-3)


def test_a_loss_that_is_not_reached_is_passed_nowhere():
    found = velocity_loss([0.5, 0.49, 0.48], [0.01] * 3, at_loss_pct=20.0)
    assert found.passed_at is None and found.probability is None


def test_the_interval_holds_the_planted_loss_as_often_as_it_says():
    rng = np.random.default_rng(1)
    truth = np.array([0.60, 0.56, 0.52, 0.48, 0.44])
    held = [
        velocity_loss((truth + rng.normal(0.0, 0.01, 5)).tolist(), [0.01] * 5).last.holds(100.0 * (1.0 - 0.44 / 0.60))
        for _ in range(1000)
    ]
    assert 0.87 <= np.mean(held) <= 0.93  # standard error of 1000 draws: 1 point


def test_the_smallest_detectable_change_is_277_standard_errors():
    assert smallest_detectable_change(0.02) == pytest.approx(0.0554, abs=1e-4)  # Weir 2005


def test_what_is_no_set_is_refused():
    with pytest.raises(NotResolvable):
        velocity_loss([0.5], [0.01])
    with pytest.raises(BadInput):
        velocity_loss([0.5, 0.4], [0.01])
    with pytest.raises(BadInput):
        velocity_loss([0.5, 0.4], [0.01, 0.01], at_loss_pct=120.0)
