"""Noise of a segment's rotation: held to repeated fits."""

from dataclasses import replace

import numpy as np
import pytest
from bench.chain_fit import fit_rotation, fitted_body
from bench.chain_truth import SHAPES, THROW, SetTruth, axis_gain, segment_set

from legato.chain.axes import own_axis_angle
from legato.chain.noise import (
    ResidualReader,
    axis_noise,
    deformation_turn,
    event_kernel,
    marker_cluster,
    residual_at,
    rotation_information,
    seen_markers,
)
from legato.signals.spectra import tapered_density

Y = np.array([0.0, 1.0, 0.0])


def _throw(count: int, rate: float = 250.0, wobble: float = 0.0, seed: int = 0) -> SetTruth:
    return segment_set(
        THROW, rate, 1e-3, np.random.default_rng(seed), shape=SHAPES["skewed"], count=count, wobble=wobble
    )


def _whole(truth: SetTruth) -> list[tuple[int, int]]:
    return [(k * 200, (k + 1) * 200) for k in range(len(truth.markers) // 200)]


@pytest.mark.parametrize("count", [3, 4, 6])
def test_noise_about_the_long_axis_is_that_of_the_fitted_angle(count: int) -> None:
    truth = _throw(count)
    segment = fitted_body({"pelvis": truth}).segments["pelvis"]
    noise = axis_noise(segment, Y, ResidualReader(_whole(truth), 250.0))
    assert noise is not None
    still = own_axis_angle(segment)
    # Above 40 Hz the throw itself has nothing: what is left of the angle is noise.
    measured = np.mean(
        [tapered_density(np.diff(still[a:b], 2)[:, None], 250.0, noise.freq_hz)[:, 0] for a, b in _whole(truth)], axis=0
    )
    top = (noise.freq_hz > 60.0) & (noise.freq_hz < 110.0)
    expected = noise.density * (2.0 * np.sin(np.pi * noise.freq_hz / 250.0)) ** 4
    assert measured[top].mean() == pytest.approx(expected[top].mean(), rel=0.15)


def test_information_about_an_axis_is_the_second_moment_across_it() -> None:
    template = np.array([[0.1, 0.0, 0.0], [-0.1, 0.0, 0.0], [0.0, 0.0, 0.1], [0.0, 0.0, -0.1]])
    assert Y @ np.linalg.solve(rotation_information(template), Y) == pytest.approx(1.0 / 0.04)


@pytest.mark.parametrize("count", [4, 6])
def test_leaving_one_marker_out_in_closed_form_is_what_refitting_gives(count: int) -> None:
    truth = _throw(count, rate=120.0)
    segment = fitted_body({"pelvis": truth}).segments["pelvis"]
    cluster = marker_cluster(segment, Y, np.ones(count, bool))
    assert cluster is not None
    assert cluster.left_out is not None
    changes = segment.residual_m.reshape(len(segment.residual_m), -1) @ cluster.left_out.T
    for m in range(count):
        keep = [k for k in range(count) if k != m]
        again = fit_rotation(truth.markers[:, keep], segment.template_m[keep], segment.rotation)
        step = np.swapaxes(segment.rotation, 1, 2) @ again
        refitted = 0.5 * (step[:, 0, 2] - step[:, 2, 0])
        # First order: what is left is the square of changes of about 0.02 rad.
        assert changes[:, m] == pytest.approx(refitted, abs=0.03 * np.abs(refitted).max())


def test_scatter_of_left_out_markers_is_known_for_independent_noise() -> None:
    truth = _throw(5)
    segment = fitted_body({"pelvis": truth}).segments["pelvis"]
    cluster = marker_cluster(segment, Y, np.ones(5, bool))
    assert cluster is not None
    assert cluster.left_out is not None
    changes = segment.residual_m.reshape(len(segment.residual_m), -1) @ cluster.left_out.T
    scatter = float((4.0 * changes.var(axis=1)).mean())
    # About 1800 frames of 4 degrees of freedom.
    assert scatter == pytest.approx(cluster.scatter * 1e-6 * axis_gain(segment.template_m, Y), rel=0.08)


def test_three_markers_leave_none_to_spare_and_two_do_not_hold_an_axis() -> None:
    segment = fitted_body({"pelvis": _throw(3)}).segments["pelvis"]
    three = marker_cluster(segment, Y, np.ones(3, bool))
    assert three is not None
    assert three.left_out is None
    assert marker_cluster(segment, Y, np.array([True, True, False])) is None


def test_a_missing_residual_near_the_moment_is_not_guessed() -> None:
    truth = _throw(4)
    segment = fitted_body({"pelvis": truth}).segments["pelvis"]
    segment.residual_m[500, 2] = np.nan
    cluster = marker_cluster(segment, Y, np.ones(4, bool))
    assert cluster is not None
    assert residual_at(segment, cluster, event_kernel(2, 14.0, 250.0), 500) is None
    assert residual_at(segment, cluster, event_kernel(2, 14.0, 250.0), 1000) is not None


def test_markers_seen_in_less_than_half_the_frames_are_left_out() -> None:
    truth = _throw(5)
    segment = fitted_body({"pelvis": truth}).segments["pelvis"]
    segment.residual_m[: len(segment.residual_m) * 3 // 4, 1] = np.nan
    assert seen_markers(segment, _whole(truth)).tolist() == [True, False, True, True, True]


def test_the_turn_on_the_bone_follows_the_deformation_and_not_the_camera_noise() -> None:
    segments = {w: fitted_body({"pelvis": _throw(6, wobble=w)}).segments["pelvis"] for w in (0.0, 1e-3, 3e-3)}
    turns = {w: deformation_turn(s, ResidualReader(_whole(_throw(6)), 250.0)) for w, s in segments.items()}
    template = segments[1e-3].template_m
    arm = np.sqrt(((template - template.mean(axis=0)) ** 2).sum(axis=1).mean())
    for wobble in (1e-3, 3e-3):
        # w/(2R), w what the fit of six markers leaves of three coordinates (twelve of eighteen degrees of freedom) in
        # the mean over the windows. Twelve slow wobbles scatter by a sixth over the record.
        left = np.sqrt(3.0 * 12.0 / 18.0 / len(_whole(_throw(6)))) * wobble
        assert turns[wobble] == pytest.approx(left / (2.0 * arm), rel=0.35)
    # White noise of 1 mm alone would be 0.5 degrees if it were taken for deformation.
    still = turns[0.0]
    assert still is not None
    assert np.degrees(still) < 0.1


def test_only_deformation_that_comes_with_the_movement_counts_as_turning_with_it() -> None:
    segment = fitted_body({"pelvis": _throw(6, wobble=0.0)}).segments["pelvis"]
    spans = [(k * 200, k * 200 + 200) for k in range(8)]
    shape = np.random.default_rng(4).normal(size=(6, 3))
    bell = np.sin(np.pi * np.arange(200) / 200.0) ** 2
    signs = {"alike": np.ones(8), "by turns": np.tile([1.0, -1.0], 4)}
    turns: dict[str, float] = {}
    for name, sign in signs.items():
        residual = segment.residual_m.copy()
        for (start, stop), s in zip(spans, sign, strict=True):
            residual[start:stop] += s * 3e-3 * bell[:, None, None] * shape
        turn = deformation_turn(replace(segment, residual_m=residual), ResidualReader(spans, 250.0))
        assert turn is not None
        turns[name] = turn
    template = segment.template_m - segment.template_m.mean(axis=0)
    added = 3e-3 * np.sqrt((bell**2).mean() * (shape**2).sum(axis=1).mean())
    # The eight windows' mean of 1 mm camera noise is taken off; what is left of it is a few per cent.
    assert turns["alike"] == pytest.approx(added / (2.0 * np.sqrt((template**2).sum(axis=1).mean())), rel=0.1)
    assert turns["by turns"] < 0.2 * turns["alike"]
