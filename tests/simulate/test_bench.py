"""Bench press: the bar meets the chest, the pelvis stays on the bench, the legs drive."""

import numpy as np
import pytest

from legato.simulate import simulate
from legato.simulate.markers import marker_names, true_markers
from legato.simulate.probe import joint_angles


@pytest.mark.parametrize("height", [1.6, 1.8, 2.0])
def test_the_bar_touches_the_chest_and_goes_up_over_the_shoulders(height: float) -> None:
    s = simulate("bench", reps=2, height_m=height, rate_hz=50.0)
    a = s.motion.athlete
    low = np.array([r["bottom_s"] for r in s.truth["reps"]])
    pose = s.motion.pose(low)
    names = marker_names(a, bar=True)
    breastbone = true_markers(pose, a)[:, names.index("STRN")]
    skin_up = pose.point["bar"][:, 2] - breastbone[:, 2]
    assert np.abs(skin_up).max() < 0.04 * height  # bar radius, slope of the chest, a little short of full depth
    top = s.motion.pose(np.array([0.3]))
    over = top.point["bar"][0] - top.point["shoulder_right"][0]
    assert abs(over[0]) < 0.06
    assert over[2] > 0.9 * 0.332 * height - 0.06


def test_feet_stay_on_the_floor_and_the_pelvis_on_the_bench() -> None:
    motion = simulate("bench", reps=3, rate_hz=50.0).motion
    pose = motion.pose(np.arange(0.0, motion.duration_s, 0.02))
    for side in ("right", "left"):
        assert np.ptp(pose.point[f"toe_{side}"], axis=0).max() < 1e-9
    # under the 10 mm that the movement library calls lifting off
    assert np.ptp(pose.point["hip_right"][:, 2]) < 0.010
    assert np.ptp(pose.point["pelvis"], axis=0).max() < 0.05


def test_the_legs_extend_in_the_press_before_the_elbows_do() -> None:
    s = simulate("bench", reps=5, rate_hz=50.0, lag_s=0.12, lag_variation_s=0.0)
    gaps = [g["gap_s"] for r in s.truth["reps"] for g in r["gaps"] if g["event"] == "onset"]
    assert np.mean(gaps) == pytest.approx(0.12, abs=0.05)  # the elbows' turn at the chest shifts their own onset
    angles = joint_angles(s.motion.pose(np.arange(0.0, s.motion.duration_s, 0.02)))
    assert 3.0 < np.degrees(np.ptp(angles["knee_flexion_right"])) < 12.0
    assert 5.0 < np.degrees(np.ptp(angles["hip_flexion_right"])) < 15.0


def test_late_legs_are_a_planted_fault() -> None:
    s = simulate("bench", reps=3, rate_hz=50.0, lag_s=-0.15, lag_variation_s=0.0)
    assert s.truth["planted"]["faults"] == ["early-arm"]
    assert all(g["gap_s"] < 0.0 for r in s.truth["reps"] for g in r["gaps"] if g["event"] == "onset")


def test_unracking_moves_the_bar_before_the_first_repetition() -> None:
    s = simulate("bench", reps=2, walk_in=True, rate_hz=50.0)
    bar = s.motion.pose(np.array([0.2, 3.2])).point["bar"]
    assert bar[1, 0] - bar[0, 0] == pytest.approx(0.075 * 1.8, abs=0.01)
    assert s.truth["reps"][0]["start_s"] > 3.2
