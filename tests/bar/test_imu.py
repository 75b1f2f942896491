"""Velocity from a sensor on the bar: held to planted movements and to a reference device."""

import json
from pathlib import Path

import numpy as np
import pytest
from planted_bar import PlantedBar, plant

from legato.bar.imu import track_from_imu
from legato.bar.loss import loss_of_reps
from legato.bar.reps import bar_reps
from legato.errors import BadInput, NotResolvable
from legato.load import read


def _reps(bar: PlantedBar):
    return bar_reps(track_from_imu(bar.time_s, bar.pull, bar.turning))


def _errors(seeds: range, **how: object) -> tuple[np.ndarray, np.ndarray, int]:
    """Errors of the peak velocity and whether its interval holds it, over sets; and how many sets were miscounted."""
    errors, held, miscounted = [], [], 0
    for seed in seeds:
        bar = plant(np.random.default_rng(seed), **how)  # type: ignore[arg-type]
        reps = _reps(bar)
        miscounted += len(reps) != bar.peak.size
        for rep in reps:
            k = int(np.argmin(np.abs(bar.up_start_s - rep.start_s)))
            if rep.peak_velocity is not None:
                errors.append(rep.peak_velocity.value - bar.peak[k])
                held.append(rep.peak_velocity.holds(bar.peak[k]))
    return np.array(errors), np.array(held), miscounted


@pytest.mark.parametrize("lowered_first", [False, True])
def test_peak_velocity_lies_within_five_centimetres_a_second(lowered_first: bool):
    errors, _, miscounted = _errors(range(100, 108), lowered_first=lowered_first)
    assert miscounted == 0
    assert np.quantile(np.abs(errors), 0.9) <= 0.05  # what the task asks; measured 0.02


@pytest.mark.slow
def test_intervals_hold_the_planted_velocity_as_often_as_they_say():
    for how in ({}, {"lowered_first": True}, {"noise": 0.02, "tremor": 0.2}, {"peak": (0.35, 0.5)}):
        errors, held, _ = _errors(range(200, 240), **how)
        assert np.sqrt((errors**2).mean()) <= 0.025
        # 240 repetitions: the standard error of the coverage is 2 points.
        assert 0.83 <= held.mean() <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("lowered_first", [False, True])
def test_the_slowest_lifts_that_are_told_are_held_as_often_as_said(lowered_first: bool):
    errors, held, _ = _errors(range(900, 950), peak=(0.3, 0.5), lowered_first=lowered_first)
    assert len(errors) >= 200
    # What a rest takes of their start makes them 2 % too slow: 0.009 m/s.
    assert abs(errors.mean()) <= 0.009
    # About 240 repetitions: the standard error of the coverage is 2 points.
    assert 0.85 <= held.mean() <= 0.97


def test_lifts_too_slow_to_tell_from_rest_are_not_measured():
    told, refused = 0, 0
    for seed in range(300, 306):
        bar = plant(np.random.default_rng(seed), peak=(0.15, 0.28))
        try:
            reps = _reps(bar)
        except NotResolvable:
            continue
        refused += sum("too slow for this sensor" in rep.reason for rep in reps)
        told += sum(rep.peak_velocity is not None for rep in reps)
        if any(rep.reason for rep in reps):
            with pytest.raises(NotResolvable, match="others may have been missed"):
                loss_of_reps(reps)
    # 36 were planted: what a rest hides is refused, never told with a wrong velocity.
    assert refused >= 5 and told <= 1


def test_gravity_in_any_direction_and_either_end_up_gives_the_same():
    bar = plant(np.random.default_rng(7))
    turned = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    one = track_from_imu(bar.time_s, bar.pull, bar.turning)
    other = track_from_imu(bar.time_s + 12.0, bar.pull @ turned.T, bar.turning @ turned.T)
    np.testing.assert_allclose(one.velocity, other.velocity, atol=1e-6)
    assert other.start_s == pytest.approx(one.start_s + 12.0)


def test_a_rep_with_a_long_gap_is_refused_and_the_others_are_measured():
    bar = plant(np.random.default_rng(3), gaps=0)
    middle = 0.5 * (bar.up_start_s[2] + bar.up_end_s[2])
    keep = np.abs(bar.time_s - middle) > 0.13
    reps = bar_reps(track_from_imu(bar.time_s[keep], bar.pull[keep], bar.turning[keep]))
    refused = [rep for rep in reps if rep.reason]
    assert len(refused) == 1 and "lost" in refused[0].reason
    assert refused[0].peak_velocity is None


def test_a_saturated_rep_is_refused():
    bar = plant(np.random.default_rng(4), gaps=0, noise=0.01, peak=(1.2, 1.4), tilt_rad=0.0, zero=0.0)
    clipped = np.clip(bar.pull, None, 14.8)
    assert (clipped != bar.pull).any()
    reps = bar_reps(track_from_imu(bar.time_s, clipped, bar.turning))
    assert any("limit" in rep.reason for rep in reps)


def test_what_cannot_be_used_is_refused_in_one_line():
    bar = plant(np.random.default_rng(5))
    t, pull, turning = bar.time_s, bar.pull, bar.turning
    with pytest.raises(BadInput, match="looks like g"):
        track_from_imu(t, pull / 9.80665, turning)
    with pytest.raises(BadInput, match="does not rise"):
        track_from_imu(np.concatenate((t[:50], t[40:-10])), pull, turning)
    with pytest.raises(BadInput, match="1 whole samples"):
        track_from_imu(t[:1], pull[:1], turning[:1])
    with pytest.raises(BadInput, match="0 whole samples"):
        track_from_imu(t, np.full_like(pull, np.nan), turning)
    shaken = pull + 3.0 * np.sin(2.0 * np.pi * 1.7 * t)[:, None]
    with pytest.raises(NotResolvable, match="never rests"):
        track_from_imu(t, shaken, turning)
    still = np.repeat(pull[:1], t.size, axis=0) + np.random.default_rng(0).normal(0.0, 0.02, pull.shape)
    with pytest.raises(NotResolvable):
        bar_reps(track_from_imu(t, still, turning))


def test_missing_samples_are_gaps():
    bar = plant(np.random.default_rng(6), gaps=0, jitter_s=0.0)
    whole = [rep.peak_velocity.value for rep in _reps(bar) if rep.peak_velocity]
    pull = bar.pull.copy()
    pull[::9] = np.nan
    holed = [
        rep.peak_velocity.value for rep in bar_reps(track_from_imu(bar.time_s, pull, bar.turning)) if rep.peak_velocity
    ]
    np.testing.assert_allclose(holed, whole, atol=0.03)


@pytest.mark.parametrize(("name", "reps"), [("farm1", 6), ("farm12", 7)])
def test_deadlifts_follow_a_reference_device(shared_data: Path, name: str, reps: int):
    folder = shared_data / "barbell-imu"
    stream = read(folder / f"deadlift-{name}.csv").streams[0]
    found = bar_reps(track_from_imu(stream.times(), stream.values[:, :3], stream.values[:, 3:]))
    told = json.loads((folder / "reference-velocities.json").read_text())
    reference = np.array([v for key, v in told.items() if key.startswith(f"{name}_")])
    assert len(found) == reps == reference.size
    peak = np.array([rep.peak_velocity.value for rep in found if rep.peak_velocity is not None])
    assert peak.size == reps
    # The device's scale is not documented: one factor a set.
    factor = float(peak @ reference / (peak @ peak))
    assert 0.65 <= factor <= 0.9
    assert np.median(np.abs(factor * peak - reference)) <= 0.05
    assert np.corrcoef(peak, reference)[0, 1] >= 0.8
