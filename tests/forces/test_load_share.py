"""The share of the load on each foot: planted shares, plates in any order, and intervals that hold what they say."""

from dataclasses import replace

import numpy as np
import pytest

from legato.estimate import Estimate
from legato.forces import find_plates, find_stands, foot_forces, load_share
from legato.forces.load_share import LoadShare
from legato.recording import Recording, Stream

from .lifts_on_plates import Lift, feet_at, lift


def shared(made: Lift, with_reps: bool = True) -> LoadShare:
    plates = find_plates(made.recording, zero=True).plates
    forces = foot_forces(plates, find_stands(plates, made.feet))
    assert forces is not None
    return load_share(forces, made.reps if with_reps else ())


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


@pytest.mark.parametrize("share", [0.40, 0.50, 0.55, 0.70])
@pytest.mark.parametrize("rate_hz", [1000.0, 1926.0, 250.0])
def test_a_planted_share_comes_back_within_a_hundredth(share, rate_hz):
    made = lift(share, rate_hz=rate_hz, seed=7)
    found = shared(made)
    # The reps scatter by 0.01, so the mean of five is their own mean, which the plates' noise moves by 1e-4.
    assert value(found.left) == pytest.approx(made.shares.mean(), abs=0.002)
    assert value(found.left) == pytest.approx(share, abs=0.015)
    assert value(found.right) == pytest.approx(1.0 - value(found.left), abs=1e-12)
    for rep, true in zip(found.per_rep, made.shares, strict=True):
        assert value(rep.left) == pytest.approx(true, abs=0.002)


@pytest.mark.parametrize("share", [0.40, 0.55])
def test_exchanging_the_plates_changes_nothing(share):
    one, other = (shared(lift(share, offset_n=0.0, order=order)) for order in (("left", "right"), ("right", "left")))
    # The plates' noise is another draw: 2 N over a rep of 1100 N.
    assert value(one.left) == pytest.approx(value(other.left), abs=1e-3)
    made = lift(share)
    (stream,) = made.recording.streams
    back = [*range(9, 18), *range(9)]
    turned = replace(stream, values=stream.values[:, back].copy())
    exchanged = shared(replace(made, recording=Recording((turned,))))
    assert exchanged.left == shared(made).left and exchanged.per_rep == shared(made).per_rep


def test_the_feet_and_not_the_plates_are_left_and_right():
    made = lift(0.6)
    mirrored = replace(made, feet=feet_at(20.0, swap=True))
    assert value(shared(mirrored).left) == pytest.approx(1.0 - value(shared(made).left), abs=1e-12)


def test_without_reps_all_loaded_time_counts_and_is_said_so():
    made = lift(0.6, between=0.0)
    found = shared(made, with_reps=False)
    assert value(found.left) == pytest.approx(0.6, abs=0.003)
    assert found.n == 0 and "no repetitions" in found.reason


def coverage(cases: list[tuple[Estimate | None, float]]) -> float:
    return float(np.mean([estimate is not None and estimate.holds(true) for estimate, true in cases]))


@pytest.mark.slow
@pytest.mark.parametrize(("reps", "between"), [(3, 0.01), (5, 0.01), (8, 0.02), (8, 0.003), (8, 0.0)])
def test_the_interval_of_a_set_holds_the_athletes_share(reps, between):
    how = {"reps": reps, "between": between, "rate_hz": 250.0, "scale_sd": 0.005}
    cases = [(shared(lift(0.55, **how, seed=s)).left, 0.55) for s in range(300)]
    # One standard error of 90 % over 300 draws is 1.7 points.
    assert 0.85 <= coverage(cases) <= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("noise_n", [1.0, 5.0, 20.0])
def test_the_interval_of_a_rep_holds_its_own_share(noise_n):
    cases: list[tuple[Estimate | None, float]] = []
    for seed in range(100):
        made = lift(0.45, reps=4, noise_n=noise_n, rate_hz=250.0, scale_sd=0.005, seed=seed)
        cases += [(rep.left, true) for rep, true in zip(shared(made).per_rep, made.shares, strict=True)]
    assert 0.84 <= coverage(cases) <= 0.96


@pytest.mark.slow
@pytest.mark.parametrize("reps", [3, 6])
def test_the_interval_over_time_holds_the_share_that_sways(reps):
    cases = [
        (shared(lift(0.52, reps=reps, between=0.0, sway=0.03, rate_hz=250.0, scale_sd=0.005, seed=s), False).left, 0.52)
        for s in range(300)
    ]
    assert 0.85 <= coverage(cases) <= 0.95


def test_reps_that_agree_leave_the_error_of_the_plates_scales():
    made = lift(0.55, reps=8, between=0.0, noise_n=0.1, offset_n=0.0, rate_hz=250.0)
    found = shared(made)
    assert found.left is not None
    # 1.645 times 0.5 % of each plate: sqrt(2) 0.005 s (1 - s).
    assert found.left.half_width == pytest.approx(1.645 * np.sqrt(2.0) * 0.005 * 0.55 * 0.45, rel=0.02)
    wrong = [shared(lift(0.55, reps=8, between=0.0, scale_sd=0.005, rate_hz=250.0, seed=s)).left for s in range(40)]
    # 3 of 40 were held before; 40 draws: 90 % has a standard error of 5 points.
    assert coverage([(estimate, 0.55) for estimate in wrong]) >= 0.8


def test_one_rep_gives_its_own_interval_and_says_so():
    found = shared(lift(0.55, reps=1))
    assert found.n == 1 and "one repetition" in found.reason
    assert found.left == found.per_rep[0].left


def with_values(made: Lift, change) -> Lift:
    (stream,) = made.recording.streams
    values = stream.values.copy()
    change(values)
    return replace(made, recording=Recording((replace(stream, values=values),)))


def test_a_rep_with_a_gap_is_refused_and_the_others_are_weighed():
    def gap(values):
        values[4000:5200, 2] = np.nan

    found = shared(with_values(lift(0.6), gap))
    refused = [rep for rep in found.per_rep if rep.left is None]
    assert [rep.rep for rep in refused] == [1]
    assert "missing (for 1.20 s of it, first at 4.00 s)" in refused[0].reason
    assert found.n == 4 and value(found.left) == pytest.approx(0.6, abs=0.02)


def test_feet_that_take_turns_share_no_load():
    def steps(values):
        n = len(values)
        noise = np.random.default_rng(1).normal(0.0, 2.0, (2, n))
        left = np.sin(2.0 * np.pi * np.arange(n) / 1000.0) > 0.0
        values[:, 2] = np.where(left, 800.0, 0.0) + noise[0]
        values[:, 11] = np.where(left, 0.0, 800.0) + noise[1]

    made = with_values(lift(0.5), steps)
    (stream,) = made.recording.streams
    labelled = replace(
        stream,
        channels=tuple(
            f"{'LR'[i // 9]}_{c}" for i, c in enumerate(["fx", "fy", "fz", "px", "py", "pz", "mx", "my", "mz"] * 2)
        ),
    )
    found = shared(replace(made, recording=Recording((labelled,)), feet=()))
    assert found.left is None and "take turns" in found.reason


def test_one_foot_beside_the_plates_is_no_share_of_one():
    def nobody(values):
        values[:, 11] = np.random.default_rng(0).normal(0.0, 2.0, len(values))

    found = shared(with_values(lift(0.6), nobody))
    assert found.left is None and "only the left foot" in found.reason


def test_plates_whose_feet_are_not_known_share_nothing_and_say_why():
    made = lift(0.6)
    found = shared(replace(made, feet=()))
    assert found.left is None and "which foot" in found.reason


def test_kilonewtons_change_no_share():
    def smaller(values):
        for first in (0, 9):
            values[:, first : first + 3] *= 1e-3

    made = lift(0.6)
    assert value(shared(with_values(made, smaller)).left) == pytest.approx(value(shared(made).left), abs=1e-6)


def test_the_layout_of_two_vertical_columns_names_the_feet():
    made = lift(0.6)
    (stream,) = made.recording.streams
    values = stream.values[:, [2, 11]].copy()
    recording = Recording((Stream("force", "force", values, 1000.0, ("Left (N)", "Right (N)"), ("N", "N")),))
    plates = find_plates(recording, zero=True).plates
    forces = foot_forces(plates, find_stands(plates))
    assert forces is not None
    assert value(load_share(forces, made.reps).left) == pytest.approx(value(shared(made).left), abs=1e-9)


def test_the_real_squat_jumps_have_plate_one_under_the_right_foot(shared_data):
    from legato.load import read

    plates = find_plates(read(shared_data / "jump-force-plates" / "BFR007_squat_jump.csv"), zero=True).plates
    stands = find_stands(plates)
    assert {(s.plate, s.foot, s.how) for s in stands} == {(0, "right", "name"), (1, "left", "name")}
    forces = foot_forces(plates, stands)
    assert forces is not None
    found = load_share(forces)
    # Of the file's own columns: their zero moves the share by less than 0.002.
    table = np.genfromtxt(shared_data / "jump-force-plates" / "BFR007_squat_jump.csv", delimiter=",", skip_header=7)
    right, left = table[:, 2].sum(), table[:, 11].sum()
    assert value(found.right) == pytest.approx(right / (right + left), abs=0.002)
