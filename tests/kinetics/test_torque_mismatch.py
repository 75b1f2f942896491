"""Torque mismatch of hips and shoulders whose moments are planted: closed forms, refusals, coverage."""

from dataclasses import replace

import numpy as np
import pytest

from legato.kinetics.analyse import AXIS_SD, CENTRE_SD_M
from legato.kinetics.moment_errors import AxisMoment, axis_moment, moment_changes
from legato.kinetics.moments import JointMoment
from legato.kinetics.torque_mismatch import TorqueMismatch, mean_size, torque_mismatch
from legato.recording import FloatArray

RATE, SECONDS = 100.0, 3.0
DRIVE = {0: (0.5, 2.5)}
TIMES = np.arange(int(RATE * SECONDS)) / RATE
SHOULDER_SD_M = 0.015


def bump(at_s: float, width_s: float) -> FloatArray:
    return np.exp(-0.5 * ((TIMES - at_s) / width_s) ** 2)


def sure(course: FloatArray) -> AxisMoment:
    """A moment that is known exactly."""
    return AxisMoment(course, ("none",), np.zeros((1, course.size)))


def told(hip: AxisMoment, shoulder: AxisMoment) -> TorqueMismatch:
    return torque_mismatch([hip], [shoulder], DRIVE, start_s=0.0, rate_hz=RATE, cutoff_hz=6.0, level=0.9)


@pytest.mark.parametrize("lag_s", [-0.12, 0.0, 0.085])
def test_alike_but_later_is_a_lag_and_no_mismatch(lag_s: float) -> None:
    found = told(sure(150.0 * bump(1.4, 0.25)), sure(-40.0 * bump(1.4 + lag_s, 0.25)))
    assert found.index is not None
    assert found.lag_s is not None
    assert found.lag_s.value == pytest.approx(lag_s, abs=0.002)
    assert found.index.value < 0.01


def test_the_index_is_the_mean_of_what_both_differ_by() -> None:
    # A triangle of 1 over two seconds beside its own square: 1/2 less 1/3.
    ramp = np.clip(1.0 - np.abs(TIMES - 1.5), 0.0, None)
    found = told(sure(100.0 * ramp), sure(30.0 * ramp**2))
    assert found.index is not None
    assert found.index.value == pytest.approx(1.0 / 6.0, abs=0.005)


def test_curves_against_each_other_have_no_index() -> None:
    found = told(sure(150.0 * bump(1.4, 0.3)), sure(50.0 - 40.0 * bump(1.4, 0.3)))
    assert found.index is None
    assert found.reason


def test_a_moment_that_may_be_none_has_no_index() -> None:
    course = 5.0 * bump(1.4, 0.3)
    doubtful = AxisMoment(course, ("centre",), np.full((1, course.size), 5.0))
    found = told(sure(150.0 * bump(1.4, 0.3)), doubtful)
    assert "whether the shoulders bear any moment is not resolvable" in found.reason


def test_gaps_are_refused() -> None:
    course = 150.0 * bump(1.4, 0.3)
    course[120] = np.nan
    assert "not known throughout" in told(sure(course), sure(course)).reason


def hanging(name: str, side: str, arm_m: float, force_n: FloatArray) -> tuple[JointMoment, FloatArray]:
    """A joint that a vertical force loads by a lever, on a segment that turns in the drive; and that segment's axes."""
    lean = 0.8 * (1.0 - TIMES / SECONDS)
    axes = np.zeros((TIMES.size, 3, 3))
    axes[:, :, 2] = [0.0, 1.0, 0.0]
    axes[:, :, 0] = np.column_stack((np.cos(lean), np.zeros_like(lean), np.sin(lean)))
    axes[:, :, 1] = np.cross(axes[:, :, 2], axes[:, :, 0])
    force = np.column_stack((np.zeros_like(lean), np.zeros_like(lean), force_n))
    moment = np.cross([arm_m, 0.0, 0.0] + 0.3 * axes[:, :, 0] * bump(1.3, 0.4)[:, None], force)
    along = -moment[:, 1]
    return JointMoment(name, side, "", force, moment, along, np.zeros_like(force), np.zeros_like(force)), axes


def measured(joint: JointMoment, axes: FloatArray, sd_m: float, rng: np.random.Generator | None) -> AxisMoment:
    """Its moment as measured, with a centre and an axis that are off, and the errors that are allowed for."""
    moment, axis = joint.moment, axes
    if rng is not None:
        moment = moment - np.cross(axes @ (sd_m * rng.standard_normal(3)), joint.force)
        tilt = AXIS_SD * rng.standard_normal(2)
        axis = axes.copy()
        axis[:, :, 2] += tilt[0] * axes[:, :, 0] + tilt[1] * axes[:, :, 1]
        axis[:, :, 2] /= np.linalg.norm(axis[:, :, 2], axis=1, keepdims=True)
    seen = replace(joint, moment=moment, about_axis=-np.einsum("ni,ni->n", moment, axis[:, :, 2]))
    return axis_moment(seen, moment_changes(seen, (), axes), axes)


@pytest.mark.parametrize(
    ("levers_m", "shoulder_s", "width_s"),
    [
        ((0.1, 0.05), 1.26, 0.35),
        pytest.param((0.1, 0.1), 1.35, 0.2, marks=pytest.mark.slow),
        pytest.param((0.2, 0.1), 1.1, 0.5, marks=pytest.mark.slow),
    ],
)
def test_intervals_hold_the_planted_index_and_lag(
    levers_m: tuple[float, float], shoulder_s: float, width_s: float
) -> None:
    hip = hanging("hip", "right", levers_m[0], 700.0 + 250.0 * bump(1.2, 0.3))
    arm = hanging("shoulder", "right", levers_m[1], 300.0 + 120.0 * bump(shoulder_s, width_s))
    truth = told(*(measured(*joint, 0.0, None) for joint in (hip, arm)))
    assert truth.index is not None
    assert truth.lag_s is not None
    held: list[bool] = []
    lags: list[bool] = []
    rng = np.random.default_rng(8)
    for _ in range(100):
        found = told(measured(*hip, CENTRE_SD_M["hip"], rng), measured(*arm, SHOULDER_SD_M, rng))
        assert found.index is not None
        assert found.lag_s is not None
        held.append(found.index.holds(truth.index.value))
        lags.append(found.lag_s.holds(truth.lag_s.value))
    # 1 SE is 3 points. Index measured 81 to 96 % in other seeds, lag 92 to 95 %.
    assert np.mean(held) >= 0.85
    assert np.mean(lags) >= 0.85


def test_no_mismatch_lies_in_the_interval_of_equal_curves() -> None:
    hip = hanging("hip", "right", 0.1, 700.0 + 250.0 * bump(1.2, 0.3))
    arm = hanging("shoulder", "right", 0.1, 700.0 + 250.0 * bump(1.2, 0.3))
    rng = np.random.default_rng(4)
    found = [told(measured(*hip, 0.012, rng), measured(*arm, SHOULDER_SD_M, rng)).index for _ in range(40)]
    assert np.mean([index is not None and index.low == 0.0 for index in found]) >= 0.83


@pytest.mark.parametrize(("modes", "sd"), [(3, 0.01), (3, 0.1), (8, 0.03), (8, 0.1)])
def test_the_mean_size_of_a_curve_is_held_though_errors_make_it_larger(modes: int, sd: float) -> None:
    rng = np.random.default_rng(1)
    times = np.linspace(0.0, 1.0, 200)
    waves = sd / np.sqrt(modes) * np.stack([np.cos(np.pi * k * times) for k in range(modes)])
    true = 0.1 * np.sin(2.0 * np.pi * times)
    held: list[bool] = []
    for _ in range(300):
        apart = true + rng.standard_normal(modes) @ waves
        found = mean_size([(apart, rng.standard_normal((100, modes)) @ waves)], 0.9)
        held.append(found.holds(float(np.abs(true).mean())))
    # 1 SE is 2 points; measured 89 to 94 % in 600, the basic interval alone 80 to 87, that of percentiles 56 to 88.
    assert 0.84 <= np.mean(held) <= 0.97
