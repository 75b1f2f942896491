"""Throws: published speeds, planted order, feet that plant."""

import numpy as np
import pytest

from legato.simulate import scenario_for, simulate
from legato.simulate.make import make_motion


def test_turning_speeds_and_separation_lie_in_the_published_range() -> None:
    """Pitchers: pelvis 596-906, thorax 947-1216 deg/s, largest separation 13-43 deg, gap 5.5-61 ms (22 pitches)."""
    s = simulate("throw", reps=6, rate_hz=50.0, rep_variation=0.1)
    for rep in s.truth["reps"]:
        assert 596.0 < rep["events"]["pelvis_axial_velocity"]["peak_deg_s"] < 950.0
        assert 850.0 < rep["events"]["thorax_axial_velocity"]["peak_deg_s"] < 1260.0
        assert 13.0 < rep["x_factor_deg"] < 50.0
        assert 15.0 < rep["hand_speed_m_s"] < 32.0


@pytest.mark.parametrize("lag", [-0.04, -0.015, 0.02, 0.05])
def test_the_planted_lag_is_the_peak_gap_of_pelvis_and_thorax(lag: float) -> None:
    s = simulate("throw", reps=4, rate_hz=50.0, lag_s=lag, lag_variation_s=0.0)
    gaps = [g["gap_s"] for r in s.truth["reps"] for g in r["gaps"][:3] if g["event"] == "peak"]
    assert np.mean(gaps) == pytest.approx(lag, abs=0.006)  # lean and bend shift an own-axis peak by a few ms
    assert (s.truth["planted"]["faults"] == ["lost-order"]) == (lag < 0)


def test_links_fire_from_pelvis_to_hand() -> None:
    s = simulate("throw", reps=5, rate_hz=50.0)
    order = ("pelvis_axial", "thorax_axial", "upper_arm_swing_right", "forearm_swing_right", "hand_swing_right")
    for rep in s.truth["reps"]:
        times = [rep["events"][f"{q}_velocity"]["peak_s"] for q in order]
        assert times == sorted(times)
        peaks = [rep["events"][f"{q}_velocity"]["peak_deg_s"] for q in order]
        assert peaks == sorted(peaks)


def test_the_front_foot_plants_before_the_pelvis_peaks_and_then_stands() -> None:
    s = simulate("throw", reps=3, rate_hz=50.0)
    for rep in s.truth["reps"]:
        peak = rep["events"]["pelvis_axial_velocity"]["peak_s"]
        pose = s.motion.pose(np.arange(peak, peak + 0.6, 0.005))
        assert np.ptp(pose.point["ankle_left"], axis=0).max() < 1e-9
        before = s.motion.pose(np.array([rep["start_s"] - 0.4])).point["toe_left"][0, 0]
        stride = pose.point["toe_left"][0, 0] - before
        assert 0.3 * 1.8 < stride < 0.5 * 1.8
        swing = s.motion.pose(np.arange(peak - 0.7, peak, 0.005)).point["ankle_left"][:, 2]
        assert swing.max() - swing.min() > 0.1


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("settings", [{}, {"tempo": 0.6}, {"tempo": 2.0}, {"rep_variation": 0.4}, {"walk_in": True}])
def test_the_legs_always_reach(seed: int, settings: dict[str, float]) -> None:
    motion = make_motion(scenario_for("throw", reps=3, seed=seed, **settings))
    ankle = motion.pose(np.arange(0.0, motion.duration_s, 0.01)).point["ankle_right"]
    assert np.isfinite(ankle).all()  # a leg that cannot reach raises


def test_half_throws_are_marked_and_slower() -> None:
    s = simulate("throw", reps=3, half_reps=2, rate_hz=50.0, seed=2)
    slow = [r["events"]["thorax_axial_velocity"]["peak_deg_s"] for r in s.truth["reps"] if not r["complete"]]
    fast = [r["events"]["thorax_axial_velocity"]["peak_deg_s"] for r in s.truth["reps"] if r["complete"]]
    assert max(slow) < 0.75 * min(fast)
