"""Effective stiffness of a joint whose moment and angle are planted: its slope, its refusals, its interval."""

import numpy as np
import pytest

from legato.kinetics.joint_stiffness import JointStiffness, joint_stiffness
from legato.kinetics.moment_errors import AxisMoment
from legato.kinetics.power_errors import CLUSTER_TURN_SD
from legato.kinetics.work import Stretch
from legato.recording import FloatArray, Span

RATE, SECONDS, REPS = 100.0, 1.5, 3
TIMES = np.arange(int(RATE * SECONDS * REPS)) / RATE
STRETCHES = [Stretch(k, "descent", Span(k * SECONDS + 0.1, (k + 1) * SECONDS - 0.1)) for k in range(REPS)]


def bend(largest_deg: float) -> FloatArray:
    """An angle that gives way once in each repetition, rad."""
    return np.radians(largest_deg) * 0.5 * (1.0 - np.cos(2.0 * np.pi * TIMES / SECONDS))


def told(moment: FloatArray, angle: FloatArray) -> JointStiffness:
    sure = AxisMoment(moment, ("none",), np.zeros((1, moment.size)))
    joints = {"knee_right": (sure, angle)}
    (found,) = joint_stiffness(joints, STRETCHES, {"descent": False}, start_s=0.0, rate_hz=RATE, level=0.9)
    return found


@pytest.mark.parametrize("n_m_deg", [2.0, -1.0])
def test_a_moment_on_a_line_over_the_angle_has_its_slope(n_m_deg: float) -> None:
    angle = bend(90.0)
    found = told(20.0 + n_m_deg * np.degrees(angle), angle)
    assert found.slope is not None
    assert found.slope.value == pytest.approx(n_m_deg, rel=1e-6)
    assert found.n == REPS
    # Markers that turn on their bones are all that may be wrong: 1.5 of some 32 degrees.
    assert found.slope.half_width == pytest.approx(1.645 * abs(n_m_deg) * 1.5 / 31.8, rel=0.25)


def test_an_angle_that_changes_no_more_than_skin_does_has_none() -> None:
    angle = bend(11.0)
    found = told(20.0 + 2.0 * np.degrees(angle), angle)
    assert found.slope is None
    assert "the angle changes by only 11°" in found.reason


def test_a_moment_that_leaves_the_line_has_none() -> None:
    angle = bend(90.0)
    found = told(80.0 * np.sin(2.0 * np.pi * TIMES / SECONDS), angle)
    assert found.slope is None
    assert "too far from a line" in found.reason


def test_the_interval_holds_the_slope_of_bones_under_skin_that_turns() -> None:
    rng = np.random.default_rng(11)
    angle = bend(60.0)
    held: list[bool] = []
    for _ in range(150):
        # Both clusters turn with the bend and, slowly, on their own.
        with_bend, own = CLUSTER_TURN_SD * rng.standard_normal((2, 2))
        slow = np.sin(2.0 * np.pi * (TIMES / (1.3 * SECONDS) + rng.uniform()))
        seen = angle + with_bend.sum() * (angle - angle.mean()) / angle.std() + own.sum() * slow
        found = told(20.0 + 2.0 * np.degrees(angle), seen).slope
        held.append(found is not None and found.holds(2.0))
    # 1 SE is 2.5 points. Measured 93 %.
    assert 0.85 <= np.mean(held) <= 0.97
