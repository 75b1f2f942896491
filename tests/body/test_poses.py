"""Rigid fits: the jitted kernel against singular values, and the mean shape against the shape that made the points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from legato.body.poses import fit_poses, fit_poses_reference, mean_shape
from legato.recording import FloatArray


def moved(template: FloatArray, n: int, noise_m: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """The template in `n` random poses with noise, and the rotations."""
    rng = np.random.default_rng(seed)
    turned = Rotation.random(n, random_state=seed).as_matrix()
    points = np.einsum("nij,mj->nmi", turned, template) + rng.normal(size=(n, 1, 3))
    return points + noise_m * rng.normal(size=points.shape), turned


@pytest.mark.parametrize("thickness", [1.0, 0.3, 0.0])
@pytest.mark.parametrize("markers", [3, 4, 8])
def test_kernel_equals_the_plain_fit(thickness: float, markers: int) -> None:
    rng = np.random.default_rng(markers)
    template = 0.1 * rng.normal(size=(markers, 3)) * np.array([1.0, 0.7, thickness])
    points, _ = moved(template, 400, 0.002, markers)
    points[rng.random((400, markers)) < 0.1] = np.nan
    weights = rng.uniform(0.5, 2.0, markers)
    got, plain = fit_poses(points, template, weights), fit_poses_reference(points, template, weights)
    assert np.array_equal(np.isnan(got.centre_m), np.isnan(plain.centre_m))
    for a, b in ((got.rotation, plain.rotation), (got.centre_m, plain.centre_m), (got.residual_m, plain.residual_m)):
        assert np.nanmax(np.abs(a - b)) < 1e-9


def test_half_turns_and_exact_data_are_fitted_too() -> None:
    template = np.array([[0.1, 0.0, 0.0], [-0.05, 0.08, 0.0], [-0.05, -0.08, 0.02], [0.0, 0.01, -0.09]])
    turns = Rotation.from_rotvec(
        np.pi * np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.8, 0], [0, 0, 0]])
    ).as_matrix()
    fit = fit_poses(np.einsum("nij,mj->nmi", turns, template), template)
    assert np.abs(fit.rotation - turns).max() < 1e-9
    assert np.abs(fit.residual_m).max() < 1e-9


def test_too_few_markers_or_markers_on_a_line_give_no_pose() -> None:
    line = np.array([[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.2, 0.0, 0.0], [0.1, 0.1, 0.0]])
    points, _ = moved(line, 3, 0.0, 1)
    points[0, 3] = np.nan
    points[1, :2] = np.nan
    fit = fit_poses(points, line)
    assert np.isnan(fit.centre_m[:2]).all() and np.isnan(fit.rotation[:2]).all()
    assert np.isfinite(fit.centre_m[2]).all()


@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 0.25))
def test_mean_shape_finds_the_template_also_through_gaps(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    template = np.array([[0.1, 0.0, 0.0], [-0.1, 0.0, 0.02], [0.0, 0.15, 0.0], [0.0, 0.0, 0.1], [0.05, -0.1, 0.0]])
    points, _ = moved(template, 300, 0.001, seed)
    points[rng.random((300, 5)) < share] = np.nan
    shape = mean_shape(points)
    # 1 mm noise averaged over up to 200 frames: 0.07 mm a coordinate, 0.4 mm is over five SDs of it.
    assert np.abs(fit_poses(shape[None], template).residual_m).max() < 4e-4


def test_a_cluster_never_seen_whole_enough_has_no_shape() -> None:
    points = np.random.default_rng(0).normal(size=(50, 4, 3))
    points[:, :2] = np.nan
    assert np.isnan(mean_shape(points)).all()
