"""What the truth says of joints: it adds up, and what is planted is in it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.errors import BadInput
from legato.simulate import simulate, with_joint_truth, with_plates
from legato.simulate.joint_truth import powers_of, solve, work_in


def told(**settings: Any) -> list[dict[str, Any]]:
    pytest.importorskip("mujoco")
    made = with_plates(simulate("push-press", reps=1, noise_m=0.0, wobble_m=0.0, rep_variation=0.0, **settings))
    return with_joint_truth(made).truth["joints"]["reps"]


def phase(rep: dict[str, Any], name: str) -> dict[str, dict[str, float]]:
    return next(p["joints"] for p in rep["phases"] if p["phase"] == name)


def test_work_of_a_sine() -> None:
    t = np.linspace(0.0, 1.0, 1001)
    found = work_in(t, np.sin(2.0 * np.pi * t), 0.25, 1.0)
    # Trapezoids at 0.5 ms of a curve of 1 Hz err by (2π·0.0005)²/12.
    assert found["generated_j"] == pytest.approx(0.5 / np.pi, rel=1e-5)
    assert found["absorbed_j"] == pytest.approx(1.0 / np.pi, rel=1e-5)
    assert found["lowest_w"] == pytest.approx(-1.0, abs=1e-5)


def test_without_plates_it_is_refused() -> None:
    with pytest.raises(BadInput, match="plates"):
        with_joint_truth(simulate("push-press", reps=1))


@pytest.mark.peer
def test_joints_load_and_body_share_one_energy() -> None:
    """Nothing but the joints' moments does work on a lifter whose feet rest: it goes into body and bar."""
    pytest.importorskip("mujoco")
    made = simulate("push-press", reps=1, noise_m=0.0, wobble_m=0.0)
    moving, solved = solve(made.motion, 0.5)
    powers = powers_of(moving, solved)
    all_joints = np.sum([joint.power for joint in solved.joints.values()], axis=0)
    work = np.cumsum(all_joints - powers["load"]) / moving.rate_hz
    change = solved.energy - solved.energy[0]
    # Sums at 500 Hz; of 150 J that the body's energy goes up and down.
    assert np.abs(work - change).max() < 0.01 * np.ptp(change)
    np.testing.assert_allclose(
        powers["legs"] + powers["trunk"] + powers["arms"] + solved.joints["neck"].power, all_joints
    )


@pytest.mark.peer
def test_planted_leaks_are_in_the_truth() -> None:
    """Legs that give way under the arms absorb there, a trunk that gives way to the drive absorbs in the drive."""
    usual, leaking, yielding = (told(**f)[0] for f in ({}, {"fault": "leak"}, {"fault": "trunk-leak"}))
    for side in ("right", "left"):
        there = phase(leaking, "press")[f"hip_{side}"]["absorbed_j"]
        assert there > phase(usual, "press")[f"hip_{side}"]["absorbed_j"] + 10.0
    assert phase(usual, "drive")["lumbosacral"]["absorbed_j"] < 0.1
    assert phase(yielding, "drive")["lumbosacral"]["absorbed_j"] > 10.0
    # Twice the size, more is absorbed.
    twice = told(fault="trunk-leak", fault_size=28.0)[0]
    assert (
        phase(twice, "drive")["lumbosacral"]["absorbed_j"] > 1.5 * phase(yielding, "drive")["lumbosacral"]["absorbed_j"]
    )


@pytest.mark.peer
def test_a_planted_wait_is_a_dead_time_between_legs_and_arms() -> None:
    gaps = [
        rep["flows"]["arms"]["start_s"] - rep["flows"]["legs"]["end_s"]
        for size in (0.2, 0.3)
        for rep in told(fault="dead-time", fault_size=size)
    ]
    assert gaps[0] > 0.1
    # A tenth of a second more to wait, a tenth of a second more without power.
    assert gaps[1] - gaps[0] == pytest.approx(0.1, abs=0.01)


@pytest.mark.peer
def test_the_command_tells_joints(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from legato.cli import app

    pytest.importorskip("mujoco")
    done = CliRunner().invoke(app, ["simulate", "push-press", "--reps", "1", "--joints", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    rep = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["joints"]["reps"][0]
    knee = rep["moments"]["knee_extension_moment_right"]
    assert 40.0 < knee["peak_n_m"] < 160.0
    assert rep["phases"][1]["joints"]["knee_right"]["generated_j"] > 5.0
