"""Angular velocity against turns of known rate."""

import numpy as np
from scipy.spatial.transform import Rotation

from legato.body.velocity import angular_velocity


def test_a_steady_turn_has_its_rate_about_its_axis() -> None:
    rate, spin = 200.0, np.array([0.6, -2.0, 1.1])
    t = np.arange(300) / rate
    start = Rotation.random(random_state=3)
    turned = (start * Rotation.from_rotvec(t[:, None] * spin)).as_matrix()
    got = angular_velocity(turned, rate)
    size = np.linalg.norm(spin)
    # Central differences of a steady turn are short by sin(x)/x, x the turn in one sample; the ends are one-sided.
    short = np.sin(size / rate) / (size / rate)
    assert np.abs(got[1:-1] - short * spin).max() < 1e-9
    assert np.abs(got - spin).max() < 1e-3


def test_gaps_stay_and_runs_keep_their_ends() -> None:
    turned = Rotation.from_rotvec(np.outer(np.arange(100) / 50.0, [0.0, 1.0, 0.0])).as_matrix()
    turned[40:50] = np.nan
    got = angular_velocity(turned, 50.0)
    assert np.isnan(got[40:50]).all()
    assert np.isfinite(np.delete(got, slice(40, 50), axis=0)).all()
    assert np.abs(np.delete(got, slice(40, 50), axis=0)[:, 1] - 1.0).max() < 1e-3
