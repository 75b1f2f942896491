"""Jumps under the name of a lift: motion tells that the body leaves the ground."""

from pathlib import Path

import pytest

from legato.analysis import analyze
from legato.body.build import build_body
from legato.load import read
from legato.movements import load_movement
from legato.movements.named_flights import flight_doubts
from legato.report import summary_lines
from legato.report.notices import notices
from legato.simulate import simulate

SQUAT = load_movement("back-squat")


@pytest.mark.parametrize("jump", ["countermovement-jump", "squat-jump", "drop-jump"])
def test_a_jump_named_a_squat_is_said_to_leave_the_ground(jump: str):
    body = build_body(simulate(jump, reps=2, rate_hz=120.0, seed=61).recording)
    (said,) = flight_doubts(SQUAT, body)
    assert said.startswith("The body leaves the ground: the motion shows 2 flights (up to about 0.")
    assert "which are no part of a back squat; where jumps were meant, name countermovement-jump" in said
    assert flight_doubts(load_movement(jump), body) == ()


def test_it_stands_at_the_head():
    found = analyze(simulate("countermovement-jump", reps=2, rate_hz=120.0, seed=62).recording, "back-squat")
    (said,) = [text for text in notices(found) if "leaves the ground" in text]
    assert said in summary_lines(found)


@pytest.mark.parametrize(
    "movement", ["back-squat", "deadlift", "jerk", "clean-pull", "kettlebell-swing", "sit-to-stand", "lunge"]
)
def test_what_stays_on_the_ground_is_not(movement: str):
    for rate_hz in (60.0, 250.0):
        body = build_body(simulate(movement, reps=2, rate_hz=rate_hz, seed=63).recording)
        assert flight_doubts(SQUAT, body) == ()


def test_a_lifter_who_may_fall_under_the_bar_is_not_said_to_jump():
    body = build_body(simulate("countermovement-jump", reps=1, rate_hz=120.0, seed=64).recording)
    for movement in ("jerk", "clean-pull", "gait", "throw"):
        assert flight_doubts(load_movement(movement), body) == ()


@pytest.mark.parametrize(
    ("name", "flies"),
    [
        ("squat-opencap/Jump.trc", True),
        ("squat-asymmetry/DJ1.trc", True),
        ("squat-asymmetry/DJAsym1.trc", True),
        ("vendor-c3d/motion-analysis-jump.c3d", True),
        ("squat-opencap/Squats.trc", False),
        ("squat-asymmetry/squats1.trc", False),
        ("squat-asymmetry/STSFast1.trc", False),
    ],
)
def test_real_jumps_are_and_real_squats_are_not(shared_data: Path, name: str, flies: bool):
    body = build_body(read(shared_data / name))
    assert bool(flight_doubts(SQUAT, body)) == flies
