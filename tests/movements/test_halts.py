"""A halt near home, as of a bar that sticks over the floor, makes no repetition partial; half a way stays one."""

import pytest
from staging import Stage, body_of

from legato.movements import find_reps, load_movement

SQUAT = load_movement("back-squat")


@pytest.mark.parametrize("near_m", [0.04, 0.08, 0.11])
@pytest.mark.parametrize("way", ["out", "back"])
def test_a_halt_near_home_makes_no_repetition_partial(near_m: float, way: str) -> None:
    stage = Stage().hold(1.0)
    truth: list[tuple[float, float]] = []
    for _ in range(3):
        start = stage.now_s
        if way == "out":
            stage.move(-near_m, 0.5).hold(0.4).move(near_m - 0.4, 0.9).move(0.4, 1.0)
        else:
            stage.move(-0.4, 1.0).move(0.4 - near_m, 0.9).hold(0.4).move(near_m, 0.5)
        truth.append((start, stage.now_s))
        stage.hold(0.8)
    found = find_reps(body_of(stage.sampled(100.0, 0.0005), 100.0), SQUAT).reps
    assert [rep.reason for rep in found] == [""] * 3
    if near_m > 0.06:
        for rep, (start, end) in zip(found, truth, strict=True):
            assert rep.start_s == pytest.approx(start, abs=0.2)
            assert rep.end_s == pytest.approx(end, abs=0.3)


def test_half_a_way_back_stays_partial_whatever_halts_there_are() -> None:
    stage = Stage().hold(1.0).rep(-0.4, 1.0, 1.0).hold(0.5).rep(-0.4, 1.0, 1.0).hold(0.5)
    for share in (0.4, 0.5, 0.6):
        stage.move(-0.09, 0.5).hold(0.3).move(-0.31, 0.9).move(0.4 * share, 0.8).hold(0.6)
        stage.move(-0.4 * share, 0.8).move(0.4, 1.0).hold(0.8)
    found = find_reps(body_of(stage.sampled(100.0, 0.0005), 100.0), SQUAT).reps
    assert [rep.complete for rep in found] == [True, True, *[False] * 6], [rep.reason for rep in found]


def test_what_was_long_before_is_no_part_of_a_repetition() -> None:
    stage = Stage().hold(1.0).move(-0.10, 0.6).hold(5.0).move(-0.3, 0.9).move(0.4, 1.0).hold(1.0)
    found = find_reps(body_of(stage.sampled(100.0), 100.0), SQUAT).reps
    assert [rep.complete for rep in found] == [False]
