"""Limbs close exactly; bones keep their length; joints stay inside what a body can do."""

import numpy as np
import pytest

from legato.simulate import Scenario
from legato.simulate.make import make_motion
from legato.simulate.markers import measure_markers
from legato.simulate.probe import joint_angles
from legato.simulate.skeleton import two_link

MOVEMENTS = ("back-squat", "hip-hinge", "deadlift", "sit-to-stand", "bench-press", "throw")

BONES = [
    *((f"{a}_{s}", f"{b}_{s}") for s in ("right", "left") for a, b in (("hip", "knee"), ("knee", "ankle"))),
    *((f"{a}_{s}", f"{b}_{s}") for s in ("right", "left") for a, b in (("shoulder", "elbow"), ("elbow", "wrist"))),
    ("sacrum", "thoracolumbar"),
    ("thoracolumbar", "neck"),
]


def test_a_two_link_limb_meets_both_ends_and_bends_as_the_cosine_rule_says() -> None:
    rng = np.random.default_rng(0)
    top = rng.normal(size=(50, 3))
    end = top + 0.5 * rng.normal(size=(50, 3)) / 3.0
    limb = two_link(top, end, 0.44, 0.42, np.tile([1.0, 0.2, 0.1], (50, 1)), 1.0)
    assert np.abs(np.linalg.norm(top - limb.middle, axis=1) - 0.44).max() < 1e-12
    assert np.abs(np.linalg.norm(end - limb.middle, axis=1) - 0.42).max() < 1e-12
    reach = np.linalg.norm(top - end, axis=1)
    bend = np.arccos((reach**2 - 0.44**2 - 0.42**2) / (2 * 0.44 * 0.42))
    relative = np.swapaxes(limb.upper, 1, 2) @ limb.lower
    assert np.arctan2(relative[:, 0, 1], relative[:, 0, 0]) == pytest.approx(bend, abs=1e-9)
    assert np.abs(np.linalg.det(limb.upper) - 1.0).max() < 1e-12


def test_a_limb_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot span"):
        two_link(np.zeros((1, 3)), np.array([[0.0, 0.0, -0.9]]), 0.44, 0.42, np.array([[1.0, 0.0, 0.0]]), 1.0)


@pytest.mark.parametrize("movement", MOVEMENTS)
@pytest.mark.parametrize("height", [1.55, 1.80, 2.00])
def test_bones_keep_their_length_and_rotations_stay_rotations(movement: str, height: float) -> None:
    motion = make_motion(Scenario(movement, reps=2, seed=5, height_m=height))
    pose = motion.pose(np.arange(0.0, motion.duration_s, 0.02))
    for a, b in BONES:
        length = np.linalg.norm(pose.point[a] - pose.point[b], axis=1)
        assert np.ptp(length) < 1e-10, (a, b)
    for name, r in pose.rotation.items():
        assert np.abs(np.swapaxes(r, 1, 2) @ r - np.eye(3)).max() < 1e-10, name
        assert np.linalg.det(r).min() > 0.0, name


# Widest joint ranges of healthy adults, with room for the markers' own zero (Kapandji; AAOS): the body must look human.
LIMITS_DEG = {
    "knee_flexion": (-2.0, 150.0),
    "hip_flexion": (-35.0, 140.0),
    "hip_adduction": (-60.0, 40.0),
    "hip_rotation": (-65.0, 65.0),
    "ankle_dorsiflexion": (-62.0, 45.0),
    "elbow_flexion": (0.0, 150.0),
}


@pytest.mark.parametrize("movement", MOVEMENTS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_joints_stay_inside_human_ranges(movement: str, seed: int) -> None:
    motion = make_motion(Scenario(movement, reps=4, seed=seed))
    angles = joint_angles(motion.pose(np.arange(0.0, motion.duration_s, 0.01)))
    for name, (low, high) in LIMITS_DEG.items():
        for side in ("right", "left"):
            a = np.degrees(angles[f"{name}_{side}"])
            assert low <= a.min(), (name, side, a.min())
            assert a.max() <= high, (name, side, a.max())
    assert np.abs(np.degrees(angles["thorax_pelvis_axial"])).max() < 62.0
    assert np.degrees(angles["lumbar_flexion"]).min() > -45.0
    assert np.degrees(angles["lumbar_flexion"]).max() < 45.0


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_hinge_angles_are_those_between_the_bones(movement: str) -> None:
    """Knee and elbow flexion from the joint centres alone, without any rotation matrix."""
    motion = make_motion(Scenario(movement, reps=2, seed=3))
    pose = motion.pose(np.arange(0.0, motion.duration_s, 0.02))
    angles = joint_angles(pose)
    for joint, top, end in (("knee", "hip", "ankle"), ("elbow", "shoulder", "wrist")):
        for side in ("right", "left"):
            middle = pose.point[f"{joint}_{side}"]
            u, v = middle - pose.point[f"{top}_{side}"], pose.point[f"{end}_{side}"] - middle
            cosine = np.sum(u * v, axis=1) / (np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1))
            assert angles[f"{joint}_flexion_{side}"] == pytest.approx(np.arccos(np.clip(cosine, -1, 1)), abs=1e-7)


def test_nobody_sinks_into_the_floor() -> None:
    for movement in MOVEMENTS:
        motion = make_motion(Scenario(movement, noise_m=0.0, wobble_m=0.0, reps=2, rate_hz=50.0))
        assert measure_markers(motion).positions[:, :, 2].min() > 0.005, movement
