"""Planted leaks: knees that give way amid the way up, their energy by the planted motion's own dynamics."""

from typing import Any

import numpy as np
import pytest

import legato
from legato.kinetics.leaks import leaks, propelling
from legato.kinetics.moment_errors import DRAWS
from legato.kinetics.work import AMOUNTS, JointWork, Stretch
from legato.recording import Span
from legato.simulate import simulate, with_plates

from .squats import leaky_squat, squat, true_joints


def test_a_planted_leak_is_found_sized_and_named() -> None:
    made, analysis = leaky_squat(0.35, reps=4, noise_m=0.0005, wobble_m=0.0005, tempo=2.0, rep_variation=0.02)
    truth = true_joints(made)
    assert analysis.power is not None
    leaks = {leak.joint: leak for leak in analysis.power.leaks if leak.phase == "ascent"}
    spans = [phase for rep in analysis.reps for phase in rep.phases if phase.name == "ascent"]
    for side in ("right", "left"):
        leak = leaks[f"knee_{side}"]
        planted = np.mean([truth[leak.joint].work(p.start_s, p.end_s)["absorbed"] for p in spans])
        assert planted > 8.0
        found = leak.absorbed.of_set
        assert found is not None
        # Measured within 0.4 J: the low-pass rounds the corner at which the knee gives way.
        assert found.value == pytest.approx(float(planted), abs=1.0)
        assert found.low <= planted <= found.high
        assert leak.reversals == 1
        assert leak.named


def test_a_lift_without_a_leak_has_none() -> None:
    _, analysis = squat(reps=2, tempo=1.5)
    assert analysis.power is not None
    assert analysis.power.leaks
    for leak in analysis.power.leaks:
        assert not leak.named
        assert leak.absorbed.of_set is not None
        assert leak.absorbed.of_set.low == 0.0
        # Of some 420 J; the planted joints absorb less than 0.1 J.
        assert leak.absorbed.of_set.high < 4.0


@pytest.mark.parametrize(
    ("taken_j", "named", "of_load", "share"),
    [(0.0, True, False, 0.25), (30.0, True, True, 5.0 / 30.0), (45.0, False, True, 5.0 / 45.0)],
)
def test_a_leak_is_named_only_where_the_measured_joints_drive(
    taken_j: float, named: bool, of_load: bool, share: float
) -> None:
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    drawn[:, AMOUNTS.index("generated")], drawn[:, AMOUNTS.index("absorbed")] = 20.0, 5.0
    work = JointWork("knee_right", 0, "press", drawn, {}, 0.9)
    (leak,) = leaks([work], {}, {"press": True}, {(0, "press"): (taken_j, taken_j)}, 0.9)
    assert (leak.named, leak.of_load, leak.reason == "") == (named, of_load, named)
    assert leak.share.of_set is not None
    assert leak.share.of_set.value == pytest.approx(share)


def test_a_leak_of_less_than_errors_make_is_not_named() -> None:
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    drawn[:, AMOUNTS.index("generated")], drawn[:, AMOUNTS.index("absorbed")] = 20.0, 1.5
    (leak,) = leaks([JointWork("knee_right", 0, "press", drawn, {}, 0.9)], {}, {"press": True}, {}, 0.9)
    assert not leak.named
    assert leak.share.of_set is not None


@pytest.mark.parametrize(("effort", "leaks_in"), [("work", ["drive"]), (None, ["drive", "overhead"])])
def test_a_pause_does_not_drive_where_the_movement_says_what_does(effort: Any, leaks_in: list[str]) -> None:
    stretches = [Stretch(0, "drive", Span(0.0, 1.0), effort), Stretch(0, "overhead", Span(1.0, 2.0))]
    found = propelling({"drive": True, "overhead": True}, stretches)
    assert [phase for phase, drives in found.items() if drives] == leaks_in


def test_whoever_stands_up_under_a_jerk_leaks_nothing_while_it_is_held() -> None:
    made = with_plates(simulate("jerk", reps=2))
    found = legato.analyze(made.recording, "jerk", mass_kg=made.motion.scenario.mass_kg, load_kg=40.0).power
    assert found is not None
    assert found.drives["overhead"]
    assert {leak.phase for leak in found.leaks} == {"drive", "press"}
