"""A simulated push press on plates: the truth about its drive, against the plates' forces and the laws of motion."""

import numpy as np
import pytest

from legato.simulate import Simulation, simulate
from legato.simulate.drive_truth import drive_truth
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.ground import ground_reaction

RATE_HZ = 1000.0


def told_of(made: Simulation) -> list[dict[str, float]]:
    assert isinstance(made.motion, ExerciseMotion)
    return drive_truth(made.motion, made.truth["reps"])


@pytest.fixture(scope="module", params=["push-press", "jerk"])
def pressed(request):
    made = simulate(request.param, reps=1, seed=3, rate_hz=50.0)
    ground = ground_reaction(made.motion, RATE_HZ, 0.5)
    return told_of(made), ground.total[:, 2]


def at(force, time_s):
    return float(np.interp(time_s * RATE_HZ, np.arange(force.size), force))


def test_the_drive_ends_where_the_ground_carries_the_weight_alone(pressed):
    told, force = pressed
    for rep in told:
        weight = rep["system_weight_n"]
        # 80 kg (the table adds up to 0.9998 of them) and a bar of 40 kg
        assert weight == pytest.approx(120.0 * 9.80665, rel=2e-4)
        # the force falls by about 15 N a millisecond there; both grids are finer
        assert at(force, rep["drive_end_s"]) == pytest.approx(weight, abs=1.0)
        assert at(force, rep["drive_end_s"] - 0.01) > weight > at(force, rep["drive_end_s"] + 0.01)


def test_impulses_are_those_of_the_force_above_the_weight(pressed):
    told, force = pressed
    t = np.arange(force.size) / RATE_HZ
    for rep in told:
        net = force - rep["system_weight_n"]
        driven = (t >= rep["drive_start_s"]) & (t <= rep["drive_end_s"])
        # trapezia over whole samples leave out up to half a sample at either end: 0.3 N·s
        assert np.trapezoid(net[driven], t[driven]) == pytest.approx(rep["drive_impulse_n_s"], abs=0.35)
        start = rep["drive_start_s"] - 1.2
        # from stillness to the lowest point all impulses cancel
        before = (t >= start) & (t <= rep["drive_start_s"])
        assert np.trapezoid(net[before], t[before]) == pytest.approx(0.0, abs=0.35)


def test_the_highest_force_lies_in_the_push_that_turns_the_body(pressed):
    told, force = pressed
    for rep in told:
        around = force[round((rep["drive_start_s"] - 0.3) * RATE_HZ) : round(rep["drive_end_s"] * RATE_HZ)]
        assert rep["force_peak_n"] == pytest.approx(around.max(), abs=0.5)
        assert rep["drive_start_s"] < rep["force_peak_s"] < rep["drive_end_s"] < rep["press_onset_s"]


def test_arms_that_come_earlier_overlap_the_drive_and_legs_that_share_the_work_take_less_of_it():
    late, early = (
        told_of(made)[0]
        for made in (
            simulate("push-press", reps=1, seed=3, rate_hz=50.0, rep_variation=0.0, lag_variation_s=0.0, lag_s=lag)
            for lag in (0.0, -0.35)
        )
    )
    assert late["overlap_s"] == 0.0
    assert early["overlap_s"] == pytest.approx(early["drive_end_s"] - early["press_onset_s"], abs=1e-9)
    assert early["overlap_s"] > 0.05
    assert early["momentum_ratio"] < late["momentum_ratio"]


def test_every_centre_of_pressure_of_a_press_lies_under_its_foot():
    made = simulate("push-press", reps=2, seed=8, rate_hz=50.0)
    ground = ground_reaction(made.motion, 200.0, 0.45)
    for side, load in (("left", ground.left), ("right", ground.right)):
        off = load.point - ground.middles[side]
        assert np.abs(off[:, 0]).max() < 0.11
        assert np.abs(off[:, 1]).max() < 0.045
        assert (load.force[:, 2] > 0.0).all()
