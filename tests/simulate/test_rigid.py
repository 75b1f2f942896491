"""The simulated athlete as rigid segments: they stay joined, their rates are right, and Newton and Euler hold."""

import numpy as np
import pytest

from legato.recording import FloatArray
from legato.simulate import simulate
from legato.simulate.rigid import GRAVITY_M_S2, lab_pose, mass_centre, needed_from_outside, rigid_motion, rigid_segments
from legato.simulate.skeleton import Pose

MOVEMENTS = ("back-squat", "deadlift", "push-press", "gait", "countermovement-jump", "throw", "bench-press")


def motion(movement: str, **settings: object):
    return simulate(movement, reps=1, noise_m=0.0, wobble_m=0.0, **settings).motion


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_joint_stays_at_its_place_on_both_segments(movement: str) -> None:
    """A tree of rigid segments: without that no inverse dynamics of it would be exact."""
    moving = rigid_motion(motion(movement, mirror=movement == "throw"), 0.5, 200.0, 400)
    names = [s.name for s in moving.segments]
    for k, segment in enumerate(moving.segments):
        if segment.above:
            above = names.index(segment.above)
            arm = np.einsum("nji,nj->ni", moving.rotation[above], moving.joint[k] - moving.joint[above])
            np.testing.assert_allclose(arm, np.broadcast_to(arm[0], arm.shape), atol=1e-12)


def test_masses_and_radii_are_those_of_the_table() -> None:
    athlete = motion("back-squat", height_m=1.741, mass_kg=73.0).athlete
    segments = {s.name: s for s in rigid_segments(athlete)}
    assert sum(s.mass_kg for s in segments.values()) == pytest.approx(73.0, rel=5e-4)  # the table's own rounding
    thigh = segments["thigh_left"]
    length = 0.245 * 1.741
    np.testing.assert_allclose(thigh.centre_m, [0.0, -0.41 * length, 0.0])
    np.testing.assert_allclose(thigh.inertia, 0.1416 * 73.0 * (np.array([0.329, 0.149, 0.329]) * length) ** 2)
    # de Leva's upper trunk of men: 0.505, 0.465 and 0.320 of 242.1 mm about x, y and z.
    radii = np.sqrt(segments["thorax"].inertia / segments["thorax"].mass_kg)
    np.testing.assert_allclose(radii, np.array([0.505, 0.465, 0.320]) * 0.2421, atol=1e-4)


def test_rates_are_those_of_the_law() -> None:
    """Against differences over a much shorter step of the same exact pose."""
    moves = motion("push-press", heading_deg=40.0)
    moving = rigid_motion(moves, 3.0, 1000.0, 200)
    step, k = 2e-5, [s.name for s in moving.segments].index("forearm_right")
    before, now, after = (lab_pose(moves, moving.times() + d) for d in (-step, 0.0, step))

    def second(name: str) -> FloatArray:
        return (before.point[name] - 2.0 * now.point[name] + after.point[name]) / step**2

    # Rounding of the short differences, 1e-16 over 4e-10, is what is left.
    np.testing.assert_allclose(moving.joint_acceleration[k], second("elbow_right"), atol=2e-5)
    turned = after.rotation["forearm_right"] @ np.swapaxes(before.rotation["forearm_right"], 1, 2)
    skew = (turned - np.swapaxes(turned, 1, 2)) / (4.0 * step)
    np.testing.assert_allclose(moving.turning[k], np.stack([skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0]], 1), atol=1e-7)
    assert np.abs(moving.turning[k]).max() > 0.5


@pytest.mark.parametrize("settings", [{}, {"mirror": True, "heading_deg": 70.0}])
def test_what_the_ground_gives_moves_the_common_mass(settings: dict[str, object]) -> None:
    """Newton for the whole: mass times the acceleration of its centre; and nothing turns about it unless it changes."""
    moves = motion("push-press", **settings)
    moving = rigid_motion(moves, 2.0, 1000.0, 500)
    force, moment = needed_from_outside(moving)
    mass, centre = mass_centre(moves, moving.times())
    assert mass == pytest.approx(120.0, abs=1e-6)
    step = 1e-3
    places = [mass_centre(moves, moving.times() + d)[1] for d in (-step, step)]
    acceleration = (places[0] - 2.0 * centre + places[1]) / step**2
    # Second differences are short by the fourth derivative times step²/12.
    np.testing.assert_allclose(force, mass * (acceleration - GRAVITY_M_S2), atol=2e-4 * np.abs(force).max())
    still = rigid_motion(moves, 0.05, 1000.0, 3)
    force, moment = needed_from_outside(still)
    _, centre = mass_centre(moves, still.times())
    np.testing.assert_allclose(np.cross(centre, force), moment, atol=1.0)  # it sways a little


def test_a_mirrored_athlete_is_the_other_ones_picture() -> None:
    one, other = (lab_pose(motion("throw", mirror=m), np.linspace(0.5, 2.0, 7)) for m in (False, True))

    def flipped(pose: Pose, name: str) -> FloatArray:
        return pose.point[name] * [1.0, -1.0, 1.0]

    np.testing.assert_allclose(other.point["wrist_left"], flipped(one, "wrist_right"))
    np.testing.assert_allclose(other.point["head_base"], flipped(one, "head_base"))
    # Axes stay x ahead, y up, z right, right-handed.
    np.testing.assert_allclose(np.linalg.det(other.rotation["thorax"]), 1.0)
    np.testing.assert_allclose(other.rotation["thorax"][:, :, 1], one.rotation["thorax"][:, :, 1] * [1.0, -1.0, 1.0])
    np.testing.assert_allclose(other.rotation["thorax"][:, :, 2], one.rotation["thorax"][:, :, 2] * [-1.0, 1.0, -1.0])
