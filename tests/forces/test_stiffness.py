"""Effective stiffness: a planted spring comes back, and what does not give way tells none."""

import numpy as np
import pytest

from legato.errors import NotResolvable
from legato.forces.stiffness import effective_stiffness
from legato.forces.tasks import Posture, follow_channel


def spring(seed: int, noise_deg: float = 0.3, noise_n: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """A force that follows a slow sine, and an angle that gives way by a degree for 40 N, at 100 Hz."""
    rng = np.random.default_rng(seed)
    t = np.arange(3000) / 100.0
    force = 150.0 + 80.0 * np.sin(2.0 * np.pi * 0.3 * t)
    return force + rng.normal(0.0, noise_n, t.size), 5.0 + force / 40.0 + rng.normal(0.0, noise_deg, t.size)


def test_a_planted_spring_is_held():
    held = [effective_stiffness(*spring(seed)).holds(40.0) for seed in range(40)]
    assert np.mean(held) >= 0.85
    # Noise of 0.3 deg beside a swing of 1.4 deg (SD): the slope is 2 % too low at most.
    assert effective_stiffness(*spring(0)).value == pytest.approx(40.0, rel=0.04)


def test_a_posture_that_does_not_follow_the_force_tells_no_stiffness():
    force, _ = spring(1)
    rigid = np.random.default_rng(2).normal(0.0, 0.3, force.size)
    with pytest.raises(NotResolvable, match="too little"):
        effective_stiffness(force, rigid)


def test_force_and_angle_on_two_clocks():
    force, angle = spring(3)
    t = np.arange(30_000) / 1000.0
    fast = np.interp(t, np.arange(3000) / 100.0, force)
    target = 150.0 + 80.0 * np.sin(2.0 * np.pi * 0.3 * t)
    # The angle's clock starts 2 s after the force's.
    posture = Posture("thorax_axial", angle[200:], 100.0, 5.0, start_s=2.0)
    found = follow_channel("Target", fast, target, 1000.0, posture)
    assert found.stiffness_n_deg is not None
    assert found.stiffness_n_deg.value == pytest.approx(40.0, rel=0.05)
    short = follow_channel("Target", fast, target, 1000.0, Posture("thorax_axial", angle, 100.0, 5.0, start_s=29.0))
    assert short.stiffness_n_deg is None and "share less than 2 s" in short.reason
