"""Planted leaks: knees that give way amid the way up, their energy by the planted motion's own dynamics."""

from typing import Any

import numpy as np
import pytest

import legato
from legato.kinetics.leaks import leaks, propelling
from legato.kinetics.moment_errors import DRAWS, normal_draws
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
    work = JointWork("knee_right", 0, "press", drawn, 0.9)
    (leak,) = leaks([work], {}, {"press": True}, {(0, "press"): (taken_j, taken_j)}, 0.9)
    assert (leak.named, leak.of_load, leak.reason == "") == (named, of_load, named)
    assert leak.share.of_set is not None
    assert leak.share.of_set.value == pytest.approx(share)


def test_a_leak_of_less_than_errors_make_is_not_named() -> None:
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    drawn[:, AMOUNTS.index("generated")], drawn[:, AMOUNTS.index("absorbed")] = 20.0, 1.5
    (leak,) = leaks([JointWork("knee_right", 0, "press", drawn, 0.9)], {}, {"press": True}, {}, 0.9)
    assert not leak.named
    assert leak.share.of_set is not None


def test_without_its_load_a_bar_leaves_the_work_but_no_leak() -> None:
    made, given = leaky_squat(0.35, reps=2, noise_m=0.0005, wobble_m=0.0005, tempo=2.0, rep_variation=0.02)
    power = legato.analyze(made.recording, "back-squat", mass_kg=made.motion.scenario.mass_kg).power
    assert power is not None
    assert given.power is not None
    assert power.leaks
    told = {(leak.joint, leak.phase): leak.absorbed.of_set for leak in given.power.leaks}
    for leak in power.leaks:
        assert not leak.named
        assert leak.share.of_set is None
        assert leak.reason == "what a load takes up is not known; give --load, 0 without one"
        # Legs are reckoned from the ground: what they absorb hangs on no load.
        if leak.joint != "lumbosacral":
            assert leak.absorbed.of_set == told[leak.joint, leak.phase]


@pytest.mark.parametrize(("load", "reason"), [({}, "not given"), ({(0, "other"): (9.0, 9.0)}, "")])
def test_no_leak_is_named_in_a_phase_whose_load_is_not_known(load: dict[tuple[int, str], Any], reason: str) -> None:
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    drawn[:, AMOUNTS.index("generated")], drawn[:, AMOUNTS.index("absorbed")] = 20.0, 5.0
    work = JointWork("knee_right", 0, "press", drawn, 0.9)
    (leak,) = leaks([work], {}, {"press": True}, load, 0.9, reason)
    assert not leak.named
    assert leak.share.of_set is None
    assert leak.absorbed.of_set is not None
    assert leak.reason == (reason or "what the load takes up was not seen")


@pytest.mark.parametrize(("effort", "leaks_in"), [("work", ["drive"]), (None, ["drive", "overhead"])])
def test_a_pause_does_not_drive_where_the_movement_says_what_does(effort: Any, leaks_in: list[str]) -> None:
    stretches = [Stretch(0, "drive", Span(0.0, 1.0), effort), Stretch(0, "overhead", Span(1.0, 2.0))]
    found = propelling({"drive": True, "overhead": True}, stretches)
    assert [phase for phase, drives in found.items() if drives] == leaks_in


@pytest.mark.slow
def test_whoever_stands_up_under_a_jerk_leaks_nothing_while_it_is_held() -> None:
    made = with_plates(simulate("jerk", reps=2))
    found = legato.analyze(made.recording, "jerk", mass_kg=made.motion.scenario.mass_kg, load_kg=40.0).power
    assert found is not None
    assert found.drives["overhead"]
    assert {leak.phase for leak in found.leaks} == {"drive", "press"}


def test_a_joint_that_absorbs_nothing_is_no_surer_than_its_noise() -> None:
    # What makes some of it half of the time may as well have hidden as much.
    drawn = np.zeros((DRAWS + 1, len(AMOUNTS)))
    drawn[:, AMOUNTS.index("generated")] = 20.0
    drawn[:, AMOUNTS.index("absorbed")] = np.maximum(0.25 * normal_draws("knee"), 0.0)
    works = [JointWork("knee_right", rep, "press", drawn, 0.9) for rep in range(4)]
    (leak,) = leaks(works, {}, {"press": True}, {}, 0.9)
    assert leak.absorbed.of_set is not None
    assert leak.absorbed.of_set.low == 0.0
    assert leak.absorbed.of_set.high == pytest.approx(0.25 * 1.645, rel=0.02)
    assert leak.share.of_set is not None
    assert leak.share.of_set.low == 0.0
    assert leak.share.of_set.high == pytest.approx(0.25 * 1.645 / 20.0, rel=0.02)
