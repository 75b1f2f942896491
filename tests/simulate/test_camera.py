"""The simulated camera: projection, truth unchanged, and errors of the size that was asked for."""

import numpy as np
import pytest

from legato.errors import BadInput
from legato.simulate import simulate
from legato.simulate.camera import Camera, film, project


def test_a_nearer_point_is_larger_and_up_is_up() -> None:
    # From the side, 4 m away: 1 m of height is a quarter of the focal length.
    camera = Camera(90.0, distance_m=4.0, height_px=1000.0)
    points = np.array([[[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]])
    points = points - points.mean(axis=1, keepdims=True) * [1.0, 1.0, 0.0]
    seen = project(points, camera)[0]
    assert seen[1, 1] - seen[0, 1] == pytest.approx(250.0)
    assert seen[2, 0] - seen[0, 0] == pytest.approx(250.0)


def test_the_truth_stays_and_the_errors_are_as_asked() -> None:
    simulation = simulate("back-squat", reps=2, rate_hz=100.0)
    shot = film(simulation, Camera(90.0, noise_px=4.0, white_px=1.0, offset_px=0.0, lost=0.05, seed=2))
    assert shot.truth["reps"] == simulation.truth["reps"]
    error = shot.recording.streams[0].values[..., :2] - shot.exact_px
    # 25 points over some 80 memories: the SD is known to a few per cent.
    assert float(np.nanstd(error)) == pytest.approx(np.sqrt(17.0), rel=0.06)
    assert shot.truth["camera"]["share_lost"] == pytest.approx(0.05, abs=0.02)
    again = film(simulation, Camera(90.0, noise_px=4.0, white_px=1.0, offset_px=0.0, lost=0.05, seed=2))
    np.testing.assert_array_equal(again.recording.streams[0].values, shot.recording.streams[0].values)


def test_a_camera_without_a_rate_is_refused() -> None:
    with pytest.raises(BadInput, match="rate_hz"):
        Camera(rate_hz=0.0)
