"""The truth is held to brute force: dense evaluation and plain differences, by another way than it was found."""

import json

import numpy as np
import pytest

from legato.simulate import simulate, truth_angles, truth_segments

MOVEMENTS = ("squat", "hinge", "deadlift", "sit-to-stand", "bench", "throw")


def own_axis_rate(r: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Rate about the second axis, from skew(dR/dt Rᵀ) in the lab, projected on that axis."""
    w = np.gradient(r, t, axis=0, edge_order=2) @ np.swapaxes(r, 1, 2)
    lab = np.stack((w[:, 2, 1], w[:, 0, 2], w[:, 1, 0]), axis=1)
    return np.sum(lab * r[:, :, 1], axis=1)


def parabola_top(t: np.ndarray, y: np.ndarray) -> float:
    k = int(np.argmax(y))
    a, b, c = np.polyfit(t[k - 8 : k + 9] - t[k], y[k - 8 : k + 9], 2)
    del c
    return float(t[k] - b / (2 * a))


@pytest.mark.parametrize("seed", [1])
def test_throw_peaks_and_onsets_agree_with_20_khz(seed: int) -> None:
    s = simulate("throw", reps=2, seed=seed)
    for rep in s.truth["reps"]:
        for link in ("pelvis", "thorax"):
            event = rep["events"][f"{link}_axial_velocity"]
            t = event["peak_s"] + np.arange(-0.4, 0.1, 5e-5)
            rate = own_axis_rate(truth_segments(s, t)[link], t)
            assert event["peak_s"] == pytest.approx(parabola_top(t, rate), abs=1e-5)
            assert event["peak_deg_s"] == pytest.approx(np.degrees(rate.max()), rel=1e-6)
            before = t < event["peak_s"]
            k = np.flatnonzero(before & (rate < 0.1 * rate.max()))[-1]
            onset = np.interp(0.1 * rate.max(), rate[k : k + 2], t[k : k + 2])
            assert event["onset_s"] == pytest.approx(onset, abs=1e-5)


@pytest.mark.parametrize("movement", ["squat", "hinge"])
def test_lift_events_agree_with_20_khz(movement: str) -> None:
    s = simulate(movement, reps=1, seed=2, lag_s=0.05)
    rep = s.truth["reps"][0]
    t = np.arange(rep["start_s"] - 0.6, rep["end_s"] + 0.4, 5e-5)
    angles = truth_angles(s, t)
    for joint in ("hip_flexion", "knee_flexion", "lumbar_flexion"):
        angle = angles[joint] if joint in angles else 0.5 * (angles[f"{joint}_right"] + angles[f"{joint}_left"])
        event = rep["events"][f"{joint}_velocity"]
        assert event["zero_s"] == pytest.approx(parabola_top(t, angle), abs=5e-5)  # rounding of a flat top
        rate = np.gradient(angle, t)
        down = t < event["zero_s"]
        k = int(np.argmax(np.where(down, rate, -np.inf)))
        near = slice(k - 200, k + 201)
        a, b, _ = np.polyfit(t[near] - t[k], rate[near], 2)
        assert event["peak_s"] == pytest.approx(t[k] - b / (2 * a), abs=1e-4)  # rounding of a rate 0.25 s wide
        under = np.flatnonzero(down & (t < t[k]) & (rate < 0.1 * rate[k]))[-1]
        onset = np.interp(0.1 * rate[k], rate[under : under + 2], t[under : under + 2])
        assert event["onset_s"] == pytest.approx(onset, abs=1e-5)


@pytest.mark.parametrize("movement", ["squat", "deadlift", "bench"])
def test_the_bottom_is_the_extreme_height(movement: str) -> None:
    s = simulate(movement, reps=2, seed=1)
    point = "bar" if movement == "bench" else "pelvis"
    sign = -1.0 if movement == "deadlift" else 1.0
    for rep in s.truth["reps"]:
        t = rep["bottom_s"] + np.arange(-0.02, 0.02, 2e-4)
        z = sign * s.motion.pose(t).point[point][:, 2]
        a, b, _ = np.polyfit(t - rep["bottom_s"], z, 2)
        assert -b / (2 * a) == pytest.approx(0.0, abs=2e-4)  # the parabola ignores the turn's own skew


@pytest.mark.parametrize(
    ("movement", "event", "lag", "slack"),
    [
        ("squat", "zero", 0.08, 0.008),
        ("squat", "zero", -0.12, 0.008),
        ("hinge", "onset", 0.20, 0.008),
        ("hinge", "onset", -0.15, 0.008),
        ("deadlift", "onset", 0.15, 0.02),
        ("sit-to-stand", "onset", 0.40, 0.15),
    ],
)
def test_the_planted_lag_is_found_in_the_gaps(movement: str, event: str, lag: float, slack: float) -> None:
    """Slack: sway, the bend of hip on knee, and in a chair rise the hip's own extension."""
    s = simulate(movement, reps=4, lag_s=lag, lag_variation_s=0.0, rate_hz=50.0)
    pair = s.truth["planted"]["lag_between"]
    gaps = [
        g["gap_s"] for r in s.truth["reps"] for g in r["gaps"] if [g["from"], g["to"]] == pair and g["event"] == event
    ]
    assert np.mean(gaps) == pytest.approx(lag, abs=slack)


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_repetitions_and_phases_follow_each_other(movement: str) -> None:
    s = simulate(movement, reps=4, half_reps=1, rate_hz=50.0, seed=9)
    last = 0.0
    for rep in s.truth["reps"]:
        assert last < rep["start_s"] < rep["end_s"] < s.truth["duration_s"]
        edges = [p["start_s"] for p in rep["phases"]] + [rep["phases"][-1]["end_s"]]
        assert edges == sorted(edges)
        assert edges[0] == rep["start_s"]
        assert edges[-1] == rep["end_s"]
        last = rep["end_s"]
        for event in rep["events"].values():
            assert event["peak_deg_s"] > 0.0


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_everything_planted_at_once_still_gives_a_whole_truth(movement: str) -> None:
    lift = movement in ("squat", "sit-to-stand")
    s = simulate(
        movement, reps=3, half_reps=1, pause_s=(1.0, 2.0), walk_in=True, occlusion=0.02, swap_labels=2, mirror=True,
        cluster_rotation_deg=1.5, heading_deg=30.0, rate_hz=60.0, height_m=1.65, asymmetry_deg=8.0 if lift else 0.0,
    )  # fmt: skip
    text = json.dumps(s.truth)
    assert len(s.truth["reps"]) == 4
    assert json.loads(text)["settings"]["height_m"] == 1.65


def test_mirrored_truth_angles_change_sides_and_turn_the_other_way() -> None:
    t = np.linspace(1.0, 5.0, 200)
    right, left = (truth_angles(simulate("throw", reps=2, mirror=m, rate_hz=50.0), t) for m in (False, True))
    assert left["knee_flexion_left"] == pytest.approx(right["knee_flexion_right"])
    assert left["thorax_pelvis_axial"] == pytest.approx(-right["thorax_pelvis_axial"])


def test_mirrored_segments_are_right_handed_frames_of_the_mirrored_markers() -> None:
    s = simulate("squat", reps=1, mirror=True, heading_deg=20.0, noise_m=0.0, wobble_m=0.0, rate_hz=50.0)
    x = s.recording.streams[0]
    t = x.times()
    r = truth_segments(s, t)["pelvis"]
    across = x.channel("RASI") - x.channel("LASI")
    across = across / np.linalg.norm(across, axis=1)[:, None]
    assert np.abs(np.linalg.det(r) - 1.0).max() < 1e-9
    assert np.abs(r[:, :, 2] - across).max() < 1e-9


def test_a_pause_does_not_blur_the_turn_of_the_joints() -> None:
    s = simulate("squat", reps=3, pause_s=3.0, lag_s=0.06, lag_variation_s=0.0, rate_hz=50.0)
    for rep in s.truth["reps"]:
        zero = [g["gap_s"] for g in rep["gaps"] if g["event"] == "zero"]
        assert zero == pytest.approx([0.06, 0.06], abs=0.03)  # sway and balance move the tops of a shallow dip
