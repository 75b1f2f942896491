"""Angles against the rotations that they were made from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from legato.body.angles import continuous, included_angle, joint_angles, lab_angles

UP = np.column_stack(([1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]))
"""A segment upright in the lab, facing its x axis: columns x anterior, y up, z right."""

angle = st.floats(-1.4, 1.4)


@given(flexion=st.floats(-3.0, 3.0), side=angle, axial=st.floats(-3.0, 3.0), seed=st.integers(0, 999))
def test_joint_angles_give_back_the_turns_about_z_x_y(flexion: float, side: float, axial: float, seed: int) -> None:
    proximal = Rotation.random(random_state=seed).as_matrix()
    distal = proximal @ Rotation.from_euler("ZXY", [flexion, side, axial]).as_matrix()
    assert joint_angles(proximal[None], distal[None])[0] == pytest.approx([flexion, side, axial], abs=1e-9)


def test_joint_angles_equal_the_plain_products() -> None:
    proximal, distal = (Rotation.random(500, random_state=s).as_matrix() for s in (1, 2))
    r = np.einsum("nji,njk->nik", proximal, distal)
    plain = np.stack(
        (np.arctan2(-r[:, 0, 1], r[:, 1, 1]), np.arcsin(r[:, 2, 1]), np.arctan2(-r[:, 2, 0], r[:, 2, 2])), axis=1
    )
    assert np.abs(joint_angles(proximal, distal) - plain).max() < 1e-9


@given(heading=st.floats(-3.0, 3.0), side=angle, back=st.floats(-3.0, 3.0))
def test_lab_angles_give_back_heading_then_side_then_tilt(heading: float, side: float, back: float) -> None:
    segment = UP @ Rotation.from_euler("YXZ", [heading, side, back]).as_matrix()
    assert lab_angles(segment[None])[0] == pytest.approx([heading, side, back], abs=1e-9)


def test_signs_are_the_ones_that_are_promised() -> None:
    lean = UP @ Rotation.from_euler("Z", -0.3).as_matrix()
    assert lean[0, 1] > 0.0
    assert lab_angles(lean[None])[0, 2] == pytest.approx(-0.3)
    left = UP @ Rotation.from_euler("Y", 0.4).as_matrix()
    assert left[1, 0] > 0.0
    assert lab_angles(left[None])[0, 0] == pytest.approx(0.4)


@given(st.lists(st.floats(-9.0, 9.0), min_size=2, max_size=60), st.integers(-3, 3))
def test_continuous_undoes_wrapping(steps: list[float], turns: int) -> None:
    # Steps below half a turn can be followed; larger ones cannot by anybody.
    truth = np.cumsum(np.clip(steps, -3.0, 3.0))
    wrapped = np.angle(np.exp(1j * truth)) + 2.0 * np.pi * turns
    got = continuous(wrapped)
    assert np.allclose(np.diff(got), np.diff(truth), atol=1e-9)
    assert abs(np.median(got)) <= np.pi + 1e-9


def test_continuous_keeps_gaps_and_crosses_them_on_the_near_branch() -> None:
    truth = np.linspace(2.0, 4.5, 60)
    wrapped = np.angle(np.exp(1j * truth))
    wrapped[25:30] = np.nan
    got = continuous(wrapped)
    assert np.array_equal(np.isnan(got), np.isnan(wrapped))
    seen = ~np.isnan(got)
    assert np.ptp((got - truth)[seen]) < 1e-9
    assert np.isnan(continuous(np.full(3, np.nan))).all()


@given(seed=st.integers(0, 999), scale=st.floats(0.01, 100.0))
def test_included_angle_knows_no_length(seed: int, scale: float) -> None:
    a, b = np.random.default_rng(seed).normal(size=(2, 5, 3))
    plain = np.arccos(np.sum(a * b, axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1))
    assert np.allclose(included_angle(a, scale * b), plain, atol=1e-6)
