"""Each dynamic movement has a simulated trial whose repetitions, phases, side and planted gap come back."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from legato.body import build_body
from legato.chain import analyse_chain
from legato.movements import find_reps, load_movement
from legato.simulate import simulate

EDGE_S = 0.12
"""Ends of repetitions: 5 % of a rate lies where a 6 Hz low-pass smears most; kinetic flights are told by a stand-in."""

TURN_S = 0.08
"""A turning point inside its pause, which is flat: half of a hundredth of the way lasts some hundredths."""

TURNS = {
    "front-squat": "bottom",
    "goblet-squat": "bottom",
    "anti-rotation-goblet-squat": "bottom",
    "lunge": "bottom",
    "good-morning": "bottom",
    "single-leg-deadlift": "bottom",
    "kettlebell-swing": "bottom",
    "push-up": "bottom",
    "chest-fly": "bottom",
    "leg-press": "bottom",
    "row": "top",
    "step-up": "top",
}
"""Movements that turn once, and the mark that says where."""

JUMPS = ("countermovement-jump", "squat-jump", "drop-jump")
PULLS = ("clean-pull", "box-lift")
DRIVEN = ("push-press", "jerk")
ALL = (*TURNS, *JUMPS, *PULLS, *DRIVEN)
QUICK = ("lunge", "kettlebell-swing", "row", "drop-jump", "clean-pull", "push-press")
"""One of each kind; the others run with the slow tests."""

EVERY = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in ALL]
SIDED = ("lunge", "step-up", "single-leg-deadlift")
HELD = [name for name in TURNS if name != "kettlebell-swing"]


@cache
def trial(movement: str, **settings: float) -> Any:
    return simulate(movement, rate_hz=settings.pop("rate_hz", 100.0), **{"reps": 3, "seed": 1, **settings})


@cache
def reps_of(movement: str, **settings: float) -> Any:
    return find_reps(build_body(trial(movement, **settings).recording), load_movement(movement)).reps


def whole(truth: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [rep for rep in truth["reps"] if rep["complete"]]


@pytest.mark.parametrize("movement", EVERY)
def test_every_repetition_and_its_phases_come_back(movement: str) -> None:
    truth, found = whole(trial(movement).truth), reps_of(movement)
    assert [rep.complete for rep in found] == [True] * len(truth), [rep.reason for rep in found]
    for rep, true in zip(found, truth, strict=True):
        begins = rep.phase("propel").start_s if movement == "squat-jump" else rep.start_s
        assert begins == pytest.approx(true["start_s"], abs=EDGE_S)
        if movement in TURNS or movement == "box-lift":
            low, high = rep.marks["reach"] - TURN_S, rep.marks["depart"] + TURN_S
            assert low <= true["marks"]["turn"] <= high
            ends = rep.phase("ascent").end_s if movement == "kettlebell-swing" else rep.end_s
            assert ends == pytest.approx(true["end_s"], abs=EDGE_S)
            continue
        for phase in true["phases"]:
            span = rep.phase(phase["name"])
            assert span is not None, phase["name"]
            assert span.start_s == pytest.approx(phase["start_s"], abs=EDGE_S), phase["name"]
            assert span.end_s == pytest.approx(phase["end_s"], abs=EDGE_S), phase["name"]


@pytest.mark.parametrize("movement", ["lunge", *(pytest.param(m, marks=pytest.mark.slow) for m in SIDED[1:])])
def test_the_working_leg_is_told_in_every_repetition(movement: str) -> None:
    assert [rep.side for rep in reps_of(movement)] == ["right"] * 3
    mirrored = find_reps(
        build_body(simulate(movement, rate_hz=50.0, reps=2, seed=2, mirror=True).recording), load_movement(movement)
    ).reps
    assert [rep.side for rep in mirrored] == ["left"] * 2


@pytest.mark.slow
@pytest.mark.parametrize("movement", [m for m in TURNS if m != "chest-fly"])
def test_angles_alone_give_the_repetitions_and_the_side(movement: str) -> None:
    body = build_body(trial(movement).recording)
    found = find_reps(replace(body, points={}), load_movement(movement)).reps
    truth = whole(trial(movement).truth)
    assert [rep.complete for rep in found] == [True] * len(truth), [rep.reason for rep in found]
    for rep, true in zip(found, truth, strict=True):
        assert rep.marks["reach"] - 2 * TURN_S <= true["marks"]["turn"] <= rep.marks["depart"] + 2 * TURN_S
    if movement in SIDED:
        assert [rep.side for rep in found] == ["right"] * len(truth)


@pytest.mark.slow
@pytest.mark.parametrize("movement", HELD)
def test_pauses_change_no_count(movement: str) -> None:
    settings = {"pause_bottom_s": 1.5, "pause_top_s": 1.0, "seed": 3}
    truth, found = whole(trial(movement, **settings).truth), reps_of(movement, **settings)
    assert [rep.complete for rep in found] == [True] * len(truth), [rep.reason for rep in found]


@pytest.mark.slow
@pytest.mark.parametrize("movement", [name for name in HELD if name != "step-up"])
def test_half_repetitions_are_listed_and_not_counted_whole(movement: str) -> None:
    settings = {"half_reps": 2, "reps": 4, "seed": 5}
    truth, found = whole(trial(movement, **settings).truth), reps_of(movement, **settings)
    middles = [0.5 * (rep.start_s + rep.end_s) for rep in found if rep.complete]
    assert len(middles) == len(truth)
    assert all(true["start_s"] <= at <= true["end_s"] for at, true in zip(middles, truth, strict=True))


GAPS = ("good-morning", "kettlebell-swing", "countermovement-jump", "squat-jump", "box-lift")


@pytest.mark.slow
@pytest.mark.parametrize("movement", GAPS)
@pytest.mark.parametrize("lag_s", [None, -0.15])
def test_a_planted_gap_is_never_judged_wrongly(movement: str, lag_s: float | None) -> None:
    settings = {"rate_hz": 250.0, "reps": 6, "seed": 11}
    if lag_s is not None:
        settings["lag_s"] = lag_s if movement not in JUMPS else 0.3 * lag_s
    sim = trial(movement, **settings)
    spec = load_movement(movement)
    body = build_body(sim.recording)
    gap = analyse_chain(body, spec, find_reps(body, spec).reps).gaps[0]
    planted = [g["gap_s"] for rep in whole(sim.truth) for g in rep["gaps"] if g["event"] == gap.event]
    mean = sum(planted) / len(planted)
    assert gap.verdict in (("ok", "not-resolvable") if mean >= 0.0 else ("fault", "not-resolvable"))
    if gap.set_s is not None:
        # 90 % intervals: with a margin of half their width a single one misses rarely.
        half = gap.set_s.half_width
        assert gap.set_s.low - 0.5 * half <= mean <= gap.set_s.high + 0.5 * half
