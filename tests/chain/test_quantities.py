"""From links to angles: held to rotations in closed form."""

import numpy as np
import pytest
from bench.chain_fit import fitted_body
from bench.chain_truth import SHAPES, THROW, rotations, segment_set

from legato.body.model import Body, SegmentMotion
from legato.chain.axes import accumulate, own_axis_angle, swing_angle
from legato.chain.quantities import dominant_side, largest_turn, resolve_link
from legato.errors import NotResolvable
from legato.movements.model import LinkSpec

X, Y, Z = np.eye(3)
T = np.arange(500) / 100.0


def _segment(rotation: np.ndarray, name: str = "pelvis") -> SegmentMotion:
    n = len(rotation)
    template = np.array([[0.1, 0.0, 0.0], [-0.1, 0.05, 0.0], [0.0, 0.0, 0.1], [0.0, -0.05, -0.1]])
    residual = np.random.default_rng(0).normal(0.0, 1e-3, (n, 4, 3))
    return SegmentMotion(name, ("a", "b", "c", "d"), template, np.zeros((n, 3)), rotation, residual, np.zeros(n, bool))


def _body(segments: dict[str, SegmentMotion], angles: dict[str, np.ndarray] | None = None, points=None) -> Body:
    n = len(T)
    return Body(100.0, 0.0, n, "markers", "test", segments, angles or {}, points or {}, {})


def test_own_axis_angle_of_a_spin_is_the_spin_whatever_stands_before_it() -> None:
    spin = 3.0 * np.sin(T)
    fixed = rotations(X, np.array([0.7]))[0] @ rotations(Z, np.array([-0.4]))[0]
    angle = own_axis_angle(_segment(fixed @ rotations(Y, spin)))
    assert angle == pytest.approx(spin - spin[0], abs=1e-9)


def test_own_axis_rate_is_the_body_rate_while_the_segment_tilts_and_turns_past_full_circles() -> None:
    tilt, spin = 0.5 * np.sin(1.3 * T), 9.0 * T
    pitch = 0.4 * np.cos(0.9 * T)
    angle = own_axis_angle(_segment(rotations(X, tilt) @ rotations(Z, pitch) @ rotations(Y, spin)))
    expected = 9.0 - 0.5 * 1.3 * np.cos(1.3 * T) * np.sin(pitch)
    assert np.gradient(angle, T)[5:-5] == pytest.approx(expected[5:-5], abs=2e-3)


def test_swing_rate_is_the_rate_without_the_spin() -> None:
    swing, spin = 1.2 * np.sin(2.0 * T), 5.0 * T
    angle, direction = swing_angle(_segment(rotations(Z, swing) @ rotations(Y, spin)), 100.0, 12.0)
    rate = np.gradient(angle, T)
    expected = np.abs(2.4 * np.cos(2.0 * T))
    fast = expected > 1.5
    fast[:30] = fast[-30:] = False
    assert rate[fast] == pytest.approx(expected[fast], rel=0.02)
    assert np.abs(direction[:, 1]).max() == 0.0


def test_an_angle_starts_anew_after_a_gap_and_is_unknown_in_it() -> None:
    steps = np.ones(9)
    steps[3:5] = np.nan
    assert accumulate(steps) == pytest.approx([0.0, 1.0, 2.0, 3.0, np.nan, 3.0, 4.0, 5.0, 6.0, 7.0], nan_ok=True)


def test_both_sides_are_averaged_and_one_side_serves_alone() -> None:
    right, left = np.sin(T), np.cos(T)
    link = LinkSpec(name="knee", quantity="knee_extension_velocity", side="both")
    body = _body({}, {"knee_flexion_right": right, "knee_flexion_left": left})
    both = resolve_link(body, link, [(0, 500)], dominant="", cutoff_hz=6.0)
    assert both.angle == pytest.approx(-0.5 * (right + left))
    body = _body({}, {"knee_flexion_left": left, "knee_flexion_right": np.full(500, np.nan)})
    assert resolve_link(body, link, [(0, 500)], dominant="", cutoff_hz=6.0).angle == pytest.approx(-left)


def test_the_pelvis_enters_the_mean_hip_once_and_each_thigh_by_half() -> None:
    still = rotations(Y, 0.0 * T)
    segments = {n: _segment(still, n) for n in ("pelvis", "thigh_right", "thigh_left")}
    body = _body(segments, {"hip_flexion_right": T, "hip_flexion_left": T})
    link = LinkSpec(name="hip", quantity="hip_flexion_velocity", side="both")
    parts = {p.segment: p.weight for p in resolve_link(body, link, [(0, 500)], dominant="", cutoff_hz=6.0).parts}
    assert parts == {"pelvis": -1.0, "thigh_right": 0.5, "thigh_left": 0.5}


def test_noise_of_a_joint_is_the_sum_of_both_segments() -> None:
    still = rotations(Y, 0.0 * T)
    segments = {n: _segment(still, n) for n in ("thigh_right", "shank_right")}
    body = _body(segments, {"knee_flexion_right": T})
    link = LinkSpec(name="knee", quantity="knee_flexion_velocity", side="right")
    quantity = resolve_link(body, link, [(0, 500)], dominant="", cutoff_hz=6.0)
    noise = quantity.noise()
    assert noise is not None
    assert noise.density == pytest.approx(2.0 * quantity.parts[0].noise.density)  # pyright: ignore[reportOptionalMemberAccess]


def test_a_segment_that_is_not_there_is_refused_in_plain_words() -> None:
    with pytest.raises(NotResolvable, match="the hand is not in this recording"):
        resolve_link(
            _body({}),
            LinkSpec(name="hand", quantity="hand_swing_velocity", side="dominant"),
            [(0, 500)],
            dominant="right",
            cutoff_hz=20.0,
        )
    with pytest.raises(NotResolvable, match="hip flexion"):
        resolve_link(
            _body({}), LinkSpec(name="hip", quantity="hip_flexion_velocity"), [(0, 500)], dominant="", cutoff_hz=6.0
        )


def test_the_faster_hand_is_the_dominant_one() -> None:
    slow, fast = np.zeros((500, 3)), np.zeros((500, 3))
    slow[:, 0], fast[:, 0] = 0.2 * np.sin(3.0 * T), 0.6 * np.sin(3.0 * T)
    body = _body({}, points={"wrist_right": slow, "wrist_left": fast})
    assert dominant_side(body, [(100, 400)]) == "left"
    assert dominant_side(_body({}), [(100, 400)]) == ""


def test_soft_tissue_has_a_value_for_every_segment() -> None:
    assert largest_turn("thigh_right") == largest_turn("thigh_left") > 0.0
    assert largest_turn("bar") == 0.0
    assert np.degrees(largest_turn("something else")) == pytest.approx(1.5)


def test_noise_of_the_angle_does_not_grow_along_the_record() -> None:
    truth = segment_set(THROW, 250.0, 1e-3, np.random.default_rng(1), shape=SHAPES["symmetric"], count=4, wobble=0.0)
    measured = own_axis_angle(fitted_body({"pelvis": truth}).segments["pelvis"])
    exact = own_axis_angle(_segment(truth.true_rotation))
    error = measured - exact
    n = len(error) // 2
    assert np.std(error[n:]) < 2.0 * np.std(error[:n]) + 0.01
