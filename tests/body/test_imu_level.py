"""Tilt and false rate from gravity, against motions in closed form."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from legato.body.imu_level import level
from legato.body.imu_rest import false_rate, quietest
from legato.recording import FloatArray
from legato.signals.rotation import turn

_RATE = 100.0
_G = 9.80665


def _nodding(seconds: float = 20.0, rest_s: float = 2.0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A sensor that lies still, nods by 40 degrees about an axis that is not its own, and lies still: its orientation,
    exact rates and pulls.
    """
    t = np.arange(round(seconds * _RATE)) / _RATE
    moves = (t > rest_s) & (t < seconds - rest_s)
    phase = 2.0 * np.pi * (t - rest_s) / ((seconds - 2.0 * rest_s) / 6.0)
    angle = np.where(moves, np.radians(20.0) * (1.0 - np.cos(phase)), 0.0)
    nod = turn(np.stack((0.0 * t, angle, 0.0 * t), axis=1)) @ turn(np.array([0.3, 0.2, 0.1]))
    rate = np.zeros((t.size, 3))
    rate[1:-1] = (Rotation.from_matrix(nod[:-2]).inv() * Rotation.from_matrix(nod[2:])).as_rotvec() * 0.5 * _RATE
    return nod, rate, _G * nod[:, 2, :]


@pytest.mark.parametrize("bias_deg_s", [(0.0, 0.0, 0.0), (2.0, -1.0, 0.5)])
def test_gravity_finds_the_false_rate_and_the_tilt(bias_deg_s: tuple[float, float, float]) -> None:
    true, rate, pull = _nodding()
    bias = np.radians(np.array(bias_deg_s))
    found = level(rate + bias, pull, [(0, 190)], _RATE, bias + np.radians(0.3), np.radians(0.5))
    assert found is not None
    tilt = np.degrees(np.arccos(np.clip((found.rotation[:, 2] * true[:, 2]).sum(axis=1), -1.0, 1.0)))
    # The rates are central differences of the turn, good to a hundredth of a degree.
    assert tilt.max() < 0.5
    off = found.bias - bias
    assert (np.abs(off) < 3.0 * np.sqrt(np.diag(found.covariance))).all()
    vertical = true[:, 2, :].mean(axis=0)
    assert np.degrees(np.linalg.norm(off - vertical * (off @ vertical))) < 0.1


def test_a_slow_turn_that_passed_for_a_rest_is_seen_through_and_the_doubt_grows() -> None:
    true, rate, pull = _nodding()
    wrong = np.radians(np.array([1.5, 0.0, 0.0]))
    found = level(rate, pull, [(0, 190)], _RATE, wrong, np.radians(0.05))
    assert found is not None
    # The truth is no false rate at all: about every axis within 3 SD of it, though the prior was 30 of its SD off.
    assert (np.abs(found.bias) < 3.0 * np.sqrt(np.diag(found.covariance))).all()
    up = true[:, 2, :].mean(axis=0)
    up /= np.linalg.norm(up)
    level_part = found.bias - up * (found.bias @ up)
    # Gravity alone shows the level part: 0.3 degrees over 20 s, by what neighbouring averages share.
    assert np.degrees(np.linalg.norm(level_part)) < 0.1
    # The part about the vertical shows only as far as the nod takes that axis off it, by 40 degrees at the most: half
    # of what the level part proved to be wrong by is left in doubt at the least, ten times the prior.
    wrong_level = np.linalg.norm(wrong - up * (wrong @ up))
    assert np.sqrt(up @ found.covariance @ up) > 0.5 * wrong_level > 10.0 * np.radians(0.05)


@pytest.mark.parametrize(
    ("speeds_up", "for_s", "seconds"), [(4.0, 1.0, 5.0), (2.0, 2.0, 10.0), (1.0, 4.0, 10.0), (3.0, 3.0, 6.0)]
)
def test_who_runs_off_keeps_the_vertical_of_the_rest(speeds_up: float, for_s: float, seconds: float) -> None:
    rng = np.random.default_rng(7)
    t = np.arange(round(seconds * _RATE)) / _RATE
    bias = np.radians(np.array([0.0, -0.1, 0.1]))
    rate = bias + np.radians(0.1) * rng.standard_normal((t.size, 3))
    pull = np.zeros((t.size, 3))
    pull[:, 0] = np.where((t >= 2.0) & (t < 2.0 + for_s), speeds_up, 0.0)
    pull[:, 2] = _G
    told, sd = false_rate(rate, [(0, 190)], _RATE)
    found = level(rate, pull, [(0, 190)], _RATE, told, sd)
    assert found is not None
    tilt = np.degrees(np.arccos(np.clip(found.rotation[:, 2, 2], -1.0, 1.0)))
    # Exactly upright in truth; in the rest 2 s of 0.1 degrees/s of noise are left, later the drift that its SD says.
    assert tilt[:190].max() < 0.1
    off = np.abs(found.bias - bias)
    spread = np.sqrt(np.diag(found.covariance))
    assert (off < 3.0 * spread).all()
    assert tilt.max() < 3.0 * np.degrees(spread.max()) * seconds
    # As sure as where nothing levels, and no surer: 0.3 degrees/s.
    assert np.degrees(spread).min() >= 0.3 - 1e-9


def test_a_short_record_without_a_rest_is_not_levelled() -> None:
    _, rate, pull = _nodding()
    for last, known in ((480, False), (1900, True)):
        assert (level(rate[200:last], pull[200:last], [], _RATE, np.zeros(3), np.radians(1.0)) is not None) == known


def test_a_pull_that_is_not_gravity_levels_nothing() -> None:
    _, rate, pull = _nodding()
    assert level(rate, 0.2 * pull, [(0, 190)], _RATE, np.zeros(3), 0.01) is None


def test_the_quietest_of_several_rests_tells_the_false_rate() -> None:
    rng = np.random.default_rng(3)
    gyro = np.radians(0.1) * rng.standard_normal((1200, 3)) + np.radians([0.4, 0.0, -0.2])
    ramp = np.linspace(-1.0, 1.0, 300)
    gyro[400:700, 0] += np.radians(4.0) * ramp
    quiet = quietest(gyro, [(0, 300), (400, 700), (900, 1200)], _RATE)
    assert all(b <= 300 or a >= 900 for a, b in quiet)
    bias, sd = false_rate(gyro, quiet, _RATE)
    assert np.degrees(bias) == pytest.approx([0.4, 0.0, -0.2], abs=0.03)
    # Two rests of 3 s, between whose ends a person sways by 0.3 degrees: 0.3 sqrt(2) / 3 / sqrt(2).
    assert np.degrees(sd) == pytest.approx(0.1, abs=0.03)


def test_rests_that_disagree_leave_a_false_rate_as_unsure_as_they_differ() -> None:
    rng = np.random.default_rng(4)
    gyro = np.radians(0.1) * rng.standard_normal((800, 3))
    gyro[400:, 1] += np.radians(2.0)
    _, sd = false_rate(gyro, quietest(gyro, [(0, 400), (400, 800)], _RATE), _RATE)
    assert np.degrees(sd) > 0.4
