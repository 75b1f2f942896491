"""Rotations against scipy's and against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from legato.signals.rotation import integrated, matrices, quaternions, running_product, shortest_turn, turn, turn_steps

VECTORS = np.random.default_rng(1).normal(size=(40, 3))


def test_turns_and_quaternions_are_those_of_scipy() -> None:
    known = Rotation.from_rotvec(VECTORS)
    assert turn(VECTORS) == pytest.approx(known.as_matrix(), abs=1e-12)
    four = known.as_quat()[:, [3, 0, 1, 2]]
    assert matrices(3.0 * four) == pytest.approx(known.as_matrix(), abs=1e-12)
    assert np.abs((quaternions(VECTORS) * four).sum(axis=1)) == pytest.approx(1.0, abs=1e-12)


def test_running_products_are_those_taken_one_after_the_other() -> None:
    found = matrices(running_product(quaternions(0.3 * VECTORS)))
    product = np.eye(3)
    for k, one in enumerate(Rotation.from_rotvec(0.3 * VECTORS).as_matrix()):
        product = product @ one
        assert found[k] == pytest.approx(product, abs=1e-12)


def test_a_coning_motion_is_integrated_to_its_closed_form() -> None:
    # A body that precesses with half-angle a at rate w: R = Rz(wt) Ry(a) Rz(-wt), the hardest case for small steps.
    rate_hz, w, a = 200.0, 2.0 * np.pi * 3.0, 0.3
    t = np.arange(400) / rate_hz
    true = Rotation.from_euler("ZYZ", np.stack((w * t, np.full_like(t, a), -w * t), axis=1)).as_matrix()
    rate = w * np.stack((-np.sin(a) * np.cos(w * t), -np.sin(a) * np.sin(w * t), np.cos(a) - 1.0 + 0.0 * t), axis=1)
    found = true[0] @ integrated(rate, rate_hz)
    off = Rotation.from_matrix(np.swapaxes(found, 1, 2) @ true).magnitude()
    # Six turns of precession: a straight rate between samples leaves 0.14 degrees, without the product 0.28.
    assert np.degrees(off.max()) < 0.2


def test_steps_from_frame_to_frame_are_the_turns_between() -> None:
    rotation = turn(np.cumsum(0.01 * VECTORS, axis=0) * np.array([0.0, 1.0, 0.0]))
    assert turn_steps(rotation)[:, 1] == pytest.approx(0.01 * VECTORS[1:, 1], abs=1e-12)


@given(st.lists(st.floats(-1.0, 1.0), min_size=6, max_size=6))
def test_the_shortest_turn_carries_one_direction_onto_the_other(parts: list[float]) -> None:
    a, b = np.array(parts[:3]), np.array(parts[3:])
    if min(np.linalg.norm(a), np.linalg.norm(b)) < 1e-3:
        return
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    vector = shortest_turn(a, b)
    assert turn(vector) @ a == pytest.approx(b, abs=1e-6)
    assert np.linalg.norm(vector) == pytest.approx(np.arccos(np.clip(a @ b, -1.0, 1.0)), abs=1e-5)
