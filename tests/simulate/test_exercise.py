"""Exercises from files: human bodies, planted faults, exact events, figures."""

import numpy as np
import pytest

from legato.errors import BadInput
from legato.simulate import simulate
from legato.simulate.exercise_data import exercise_ids, load_exercise
from legato.simulate.figure import draw_movement

LINKS = (
    ("hip", "knee", "thigh"),
    ("knee", "ankle", "shank"),
    ("shoulder", "elbow", "upper_arm"),
    ("elbow", "wrist", "forearm"),
)


SINKING = {"cat-cow": 0.06, "single-leg-deadlift": 0.008}
"""By how much the ball of a free foot still dips below the floor, m: known, and not to grow."""


@pytest.mark.parametrize("movement", exercise_ids())
def test_limbs_keep_their_lengths_and_feet_stay_above_the_floor(movement: str) -> None:
    s = simulate(movement, reps=1, rate_hz=20.0, noise_m=0.0, wobble_m=0.0)
    pose = s.motion.pose(np.arange(0.0, s.motion.duration_s, 0.05))
    for side in ("right", "left"):
        for first, second, name in LINKS:
            far = np.linalg.norm(pose.point[f"{first}_{side}"] - pose.point[f"{second}_{side}"], axis=1)
            assert np.abs(far - s.motion.athlete.length[name]).max() < 1e-9
        assert pose.point[f"toe_{side}"][:, 2].min() > -1e-6 - SINKING.get(movement, 0.0)


@pytest.mark.parametrize("movement", exercise_ids())
def test_the_truth_orders_its_phases(movement: str) -> None:
    for rep in simulate(movement, reps=2, rate_hz=20.0).truth["reps"]:
        assert rep["start_s"] < rep["end_s"]
        for phase in rep["phases"]:
            assert phase["start_s"] < phase["end_s"]


def test_an_early_arm_moves_the_gap_by_its_size() -> None:
    settings = {"reps": 1, "rate_hz": 20.0, "rep_variation": 0.0, "lag_variation_s": 0.0}
    whole = simulate("push-press", **settings).truth
    early = simulate("push-press", fault="early-arm", fault_size=0.12, **settings).truth
    gap = [next(g["gap_s"] for g in t["reps"][0]["gaps"] if g["event"] == "peak") for t in (whole, early)]
    # the elbow moves the same 0.12 s sooner; the knee, which balances the arms over the feet, moves by 0.2 ms with them
    assert gap[0] - gap[1] == pytest.approx(0.12, abs=5e-4)
    assert early["planted"]["faults"] == ["early-arm"]


def test_an_unknown_fault_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="early-arm"):
        simulate("push-press", fault="no-such-fault")


@pytest.mark.parametrize("movement", exercise_ids())
def test_every_file_names_its_frames(movement: str) -> None:
    data = load_exercise(movement)
    assert len(data.frames) == len(data.frame_names) >= 1
    assert draw_movement(movement).count("<text") == len(data.frames)
