"""Rotations: closed forms, and angular velocity against the matrix derivative."""

import numpy as np
import pytest

from legato.simulate.rotations import (
    LAB_FROM_BODY,
    apply,
    cardan_zxy,
    cross,
    heading_angles,
    rot_x,
    rot_y,
    rot_z,
    rotation_between,
)


def test_cardan_angles_come_back() -> None:
    rng = np.random.default_rng(0)
    a, b, c = rng.uniform(-1.4, 1.4, (3, 200))
    found = cardan_zxy(rot_z(a) @ rot_x(b) @ rot_y(c))
    assert np.abs(np.array(found) - np.array([a, b, c])).max() < 1e-12


def test_heading_angles_come_back() -> None:
    rng = np.random.default_rng(1)
    turn, lean, side = rng.uniform(-1.4, 1.4, (3, 200))
    found = heading_angles(LAB_FROM_BODY @ rot_y(turn) @ rot_z(-lean) @ rot_x(side))
    assert np.abs(np.array(found) - np.array([turn, lean, side])).max() < 1e-12


def test_a_lean_beyond_the_vertical_is_not_folded_back() -> None:
    # As the trunk passes horizontal (head below the hips) neither its turn nor its side lean may jump by half a turn.
    lean = np.radians([-120.0, -93.3, 60.0, 86.7, 89.999, 90.001, 93.3, 120.0, 130.0])
    for side in (0.0, 0.1, -0.3):
        turn = np.full(lean.size, 0.4)
        found = heading_angles(LAB_FROM_BODY @ rot_y(turn) @ rot_z(-lean) @ rot_x(np.full(lean.size, side)))
        assert found[1] == pytest.approx(lean, abs=1e-9)
        assert found[0] == pytest.approx(turn, abs=1e-6)
        assert found[2] == pytest.approx(np.full(lean.size, side), abs=1e-6)


def test_someone_on_the_side_is_not_leant_over() -> None:
    side = np.radians([80.0, 89.9, 90.1, 100.0])
    found = heading_angles(LAB_FROM_BODY @ rot_x(side))
    assert np.abs(found[1]).max() < 1e-9
    assert found[2] == pytest.approx(side, abs=1e-9)


def test_someone_upright_faces_lab_x_with_the_right_hand_at_minus_y() -> None:
    assert np.array_equal(LAB_FROM_BODY @ np.array([1.0, 0.0, 0.0]), [1.0, 0.0, 0.0])
    assert np.array_equal(LAB_FROM_BODY @ np.array([0.0, 1.0, 0.0]), [0.0, 0.0, 1.0])
    assert np.array_equal(LAB_FROM_BODY @ np.array([0.0, 0.0, 1.0]), [0.0, -1.0, 0.0])


def test_angular_velocity_agrees_with_the_derivative_of_the_matrix() -> None:
    t = np.linspace(0.0, 1.0, 101)
    h = 1e-5

    def at(times: np.ndarray) -> np.ndarray:
        return rot_z(np.sin(3 * times)) @ rot_x(0.4 * np.cos(2 * times)) @ rot_y(times**2)

    omega = rotation_between(at(t - h), at(t + h), 2 * h)
    rate = (at(t + h) - at(t - h)) / (2 * h)
    skew = np.swapaxes(at(t), 1, 2) @ rate
    expected = np.stack((skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0]), axis=1)
    assert np.abs(omega - expected).max() < 1e-4  # the axes of `before`, half a step early: h times the rate's rate


def test_vectors_turn_alike_alone_and_in_a_stack() -> None:
    r = rot_x(np.linspace(0.0, 1.0, 7))
    v = np.array([0.3, -0.2, 0.9])
    assert apply(r, v) == pytest.approx(apply(r, np.tile(v, (7, 1))))
    assert cross(v, np.array([[1.0, 2.0, 3.0]]))[0] == pytest.approx(np.cross(v, [1.0, 2.0, 3.0]))
