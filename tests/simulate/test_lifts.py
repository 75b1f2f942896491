"""Lifts: planted feet, balance, the angles asked for, pauses, half repetitions, asymmetry, walking."""

import numpy as np
import pytest

from legato.simulate import simulate
from legato.simulate.probe import joint_angles
from legato.simulate.skeleton import centre_of_mass

LIFTS = ("squat", "hinge", "deadlift")


@pytest.mark.parametrize("movement", [*LIFTS, "sit-to-stand"])
def test_feet_neither_slide_nor_sink(movement: str) -> None:
    motion = simulate(movement, reps=2, rate_hz=50.0).motion
    pose = motion.pose(np.arange(0.0, motion.duration_s, 0.02))
    for side in ("right", "left"):
        assert np.ptp(pose.point[f"ankle_{side}"], axis=0).max() < 1e-12
        assert np.ptp(pose.rotation[f"foot_{side}"], axis=0).max() < 1e-12


@pytest.mark.parametrize("movement", LIFTS)
@pytest.mark.parametrize("lag", [-0.1, 0.0, 0.15])
def test_the_centre_of_mass_stays_over_the_feet(movement: str, lag: float) -> None:
    s = simulate(movement, reps=3, rate_hz=50.0, lag_s=lag)
    pose = s.motion.pose(np.arange(0.0, s.motion.duration_s, 0.02))
    com = centre_of_mass(pose, s.motion.athlete, s.motion.scenario.bar_kg)[:, 0]
    heel, toe = -0.05, pose.point["toe_right"][0, 0]
    assert heel < com.min()
    assert com.max() < toe


def test_a_squat_turns_below_parallel_at_about_110_degrees() -> None:
    s = simulate("squat", reps=5, rep_variation=0.0, rate_hz=50.0)
    for rep in s.truth["reps"]:
        assert rep["angle_peaks"]["knee_flexion_right"]["deg"] == pytest.approx(110.0, abs=4.0)
        assert rep["angle_peaks"]["hip_flexion_right"]["deg"] == pytest.approx(110.0, abs=6.0)
    pose = s.motion.pose(np.array([s.truth["reps"][0]["bottom_s"]]))
    assert pose.point["hip_right"][0, 2] < pose.point["knee_right"][0, 2] + 0.16


def test_the_bar_of_a_squat_stays_over_the_midfoot() -> None:
    motion = simulate("squat", reps=2, rate_hz=50.0).motion
    bar = motion.pose(np.arange(0.0, motion.duration_s, 0.02)).point["bar"][:, 0]
    assert bar.min() > -0.06
    assert bar.max() < 0.16


def test_a_deadlift_starts_with_the_bar_at_the_height_of_the_plates() -> None:
    s = simulate("deadlift", reps=2, rate_hz=50.0)
    bar = s.motion.pose(np.array([0.0])).point["bar"][0, 2]
    assert bar == pytest.approx(0.225, abs=0.03)


@pytest.mark.parametrize("degrees", [-12.0, 6.0, 15.0])
def test_asymmetry_is_the_difference_of_the_knees_at_the_bottom(degrees: float) -> None:
    s = simulate("squat", reps=2, asymmetry_deg=degrees, rate_hz=50.0, rep_variation=0.0)
    peaks = s.truth["reps"][0]["angle_peaks"]
    difference = peaks["knee_flexion_right"]["deg"] - peaks["knee_flexion_left"]["deg"]
    # a straight line from a small tilt, and a turning point a little short of the full depth
    assert difference == pytest.approx(degrees, rel=0.2)
    assert "asymmetry" in s.truth["planted"]["faults"]


@pytest.mark.parametrize("pause", [1.0, 3.0, 5.0])
def test_a_pause_holds_the_bottom_for_its_length_and_ends_in_a_small_dip(pause: float) -> None:
    for rep in simulate("squat", reps=2, pause_s=pause, rate_hz=50.0).truth["reps"]:
        # within 8 % of the depth, of which the dip takes 3: the slow ends of both ways add or take a few tenths
        assert rep["turn_to_s"] - rep["turn_from_s"] == pytest.approx(pause, abs=0.4)
        assert rep["turn_to_s"] - 0.6 < rep["bottom_s"] < rep["turn_to_s"]


def test_half_repetitions_are_marked_and_half_as_deep() -> None:
    s = simulate("squat", reps=4, half_reps=3, rate_hz=50.0, seed=4)
    reps = s.truth["reps"]
    assert len(reps) == 7
    assert s.truth["n_complete"] == 4
    half = [r["angle_peaks"]["knee_flexion_right"]["deg"] for r in reps if not r["complete"]]
    whole = [r["angle_peaks"]["knee_flexion_right"]["deg"] for r in reps if r["complete"]]
    assert max(half) < 70.0 < 85.0 < min(whole)


def test_walking_out_looks_like_walking() -> None:
    s = simulate("squat", reps=2, walk_in=True, rate_hz=100.0, noise_m=0.0, wobble_m=0.0)
    first = s.truth["reps"][0]["start_s"]
    t = np.arange(1.8, 4.9, 0.01)
    pose = s.motion.pose(t)
    pelvis = pose.point["pelvis"]
    assert first > 5.0
    assert pelvis[0, 0] - pelvis[-1, 0] == pytest.approx(1.1, abs=0.15)
    stepping = (t > 2.2) & (t < 4.4)
    assert 0.035 < np.ptp(pelvis[stepping, 2]) < 0.065  # the bob of a step, 4 to 5 cm, and its fading
    ankle = np.stack([pose.point[f"ankle_{side}"] for side in ("right", "left")])
    standing = ankle[:, :, 2] < ankle[:, :, 2].min() + 1e-6
    moved = np.abs(np.diff(ankle[:, :, 0], axis=1))
    assert standing.any(axis=0).all()  # never both feet in the air
    assert moved[standing[:, 1:] & standing[:, :-1]].max() < 1e-9  # a standing foot does not slide
    angles = joint_angles(pose)
    assert np.degrees(angles["knee_flexion_right"]).max() < 85.0
