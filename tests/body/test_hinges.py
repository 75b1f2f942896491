"""Hinge axes against hinges of known direction."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from legato.body.hinges import Hinge, bend_axis, hinge_axis
from legato.recording import FloatArray


def turned_about(axis: FloatArray, angles: FloatArray, points: FloatArray) -> FloatArray:
    """Points (M, 3) turned about an axis through the origin, shape (n, M, 3)."""
    return np.einsum("nij,mj->nmi", Rotation.from_rotvec(angles[:, None] * axis).as_matrix(), points)


@given(off=st.floats(0.0, 25.0), around=st.floats(0.0, 6.3), noise=st.sampled_from([0.0, 0.001, 0.003]))
def test_a_wide_hinge_is_found_whatever_was_expected(off: float, around: float, noise: float) -> None:
    expected = np.array([0.0, 0.0, 1.0])
    tilt = np.radians(off) * np.array([np.cos(around), np.sin(around), 0.0])
    axis = Rotation.from_rotvec(tilt).apply(expected)
    shank = np.array([[0.02, -0.15, 0.06], [0.0, -0.4, 0.05], [0.0, -0.4, -0.04]])
    angles = -np.radians(60.0) * (1.0 - np.cos(np.linspace(0.0, 12.0, 300)))
    paths = turned_about(axis, angles, shank)
    paths = paths + noise * np.random.default_rng(1).normal(size=paths.shape)
    found = hinge_axis(paths, expected, np.radians(20.0))
    assert found is not None
    # The expectation (25 deg away, SD 20 deg) may pull by a small part of what the paths say: 1 deg at 3 mm noise.
    assert np.degrees(np.arccos(min(1.0, found[0] @ axis))) < 1.0
    assert found[1] < np.radians(2.0)


def test_a_joint_that_hardly_moves_keeps_what_was_expected_and_says_so() -> None:
    expected = np.array([0.0, 0.0, 1.0])
    angles = np.radians(3.0) * np.sin(np.linspace(0.0, 12.0, 300))
    paths = turned_about(expected, angles, np.array([[0.0, -0.4, 0.05]]))
    paths = paths + 0.005 * np.random.default_rng(2).normal(size=paths.shape)
    found = hinge_axis(paths, expected, np.radians(20.0))
    assert found is not None
    assert np.degrees(np.arccos(found[0] @ expected)) < 15.0
    assert found[1] > np.radians(10.0)
    assert hinge_axis(paths[:5], expected, 0.3) is None


@given(off=st.floats(-30.0, 30.0), bends=st.sampled_from([1.0, -1.0]))
def test_the_plane_of_a_bent_limb_gives_its_axis(off: float, bends: float) -> None:
    axis = Rotation.from_rotvec([0.0, np.radians(off), 0.0]).apply([0.0, 0.0, 1.0])
    angles = -bends * np.linspace(0.0, 2.0, 200)
    end = turned_about(axis, angles, np.array([[0.0, -0.4, 0.0]]))[:, 0]
    hinge = Hinge("knee, right", np.array([0.0, 0.4, 0.0]), 0.055 * axis, 0.055, 0.042, bends)
    found = bend_axis(hinge, end + 0.042 * axis, np.array([0.0, 0.0, 1.0]))
    assert found is not None
    assert np.degrees(np.arccos(min(1.0, found @ axis))) < 0.1
    assert bend_axis(hinge, np.broadcast_to(end[:1], end.shape), axis) is None
