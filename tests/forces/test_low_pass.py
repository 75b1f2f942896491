"""Flights behind low-passes: the cut-off is found, the interval holds, and what is too slow is refused."""

import time

import numpy as np
import pytest

from legato.forces.contacts import unloaded_plate
from legato.forces.jumps import find_jumps, search_jumps
from legato.recording import FloatArray

from .bent_jumps import bent_jump
from .planted_jumps import random_jump


def low_passed(force: FloatArray, rate_hz: float, cutoff_hz: float, order: int, *, lag: bool = False) -> FloatArray:
    from scipy.signal import butter, filtfilt, lfilter

    b, a = butter(order, cutoff_hz, fs=rate_hz)
    return lfilter(b, a, force - force[0]) + force[0] if lag else filtfilt(b, a, force)


def noisy(seed: int, force: FloatArray, noise_n: float) -> FloatArray:
    return force + np.random.default_rng(40_000 + seed).normal(0.0, noise_n, force.size)


@pytest.mark.parametrize("cutoff_hz", [100.0, 50.0, 25.0, 12.0])
def test_the_cutoff_is_found_from_the_spectrum(cutoff_hz):
    found: list[float] = []
    for seed in range(4):
        plate = unloaded_plate(low_passed(noisy(seed, bent_jump(seed).force_n, 3.0), 1000.0, cutoff_hz, 4), 1000.0)
        assert plate is not None
        found.append(plate[0].cutoff_hz)
    # A fifth either way moves the intervals of the edges by as much; of 15 others nine in ten lay within a tenth.
    assert found == pytest.approx([cutoff_hz] * 4, rel=0.2)


def test_without_a_low_pass_none_is_seen():
    for seed, rate_hz in ((0, 1000.0), (1, 500.0), (2, 2000.0)):
        plate = unloaded_plate(random_jump(seed, rate_hz, 2.0).force_n, rate_hz)
        assert plate is not None and plate[0].cutoff_hz == 0.0


@pytest.mark.parametrize(
    ("cutoff_hz", "order", "rate_hz", "ways"),
    [
        (100.0, 4, 1000.0, {}),
        (50.0, 4, 1000.0, {"apart": True}),
        (50.0, 4, 1000.0, {"tail": True}),
        (50.0, 2, 2000.0, {}),
        (30.0, 4, 500.0, {"tail": True}),
        (25.0, 4, 1000.0, {"apart": True}),
    ],
)
@pytest.mark.slow
def test_heights_behind_low_passes_are_held(cutoff_hz, order, rate_hz, ways):
    held: list[bool] = []
    for seed in range(20):
        truth = bent_jump(500 + seed, rate_hz, **ways)
        force = low_passed(noisy(seed, truth.force_n, 3.0), rate_hz, cutoff_hz, order)
        held += [jump.height_flight_m.holds(truth.height_m) for jump in find_jumps(force, rate_hz)]
    # 20 events: one SE is 7 points.
    assert len(held) >= 18 and np.mean(held) >= 0.8


def test_the_same_lag_at_both_ends_keeps_the_height():
    held: list[bool] = []
    for seed in range(6):
        truth = bent_jump(700 + seed)
        force = low_passed(noisy(seed, truth.force_n, 2.0), 1000.0, 50.0, 2, lag=True)
        (jump,) = find_jumps(force, 1000.0)
        held.append(jump.height_flight_m.holds(truth.height_m))
    assert sum(held) >= 5


def test_a_low_pass_that_is_too_slow_is_refused():
    for seed, cutoff_hz in enumerate((8.0, 10.0, 12.0, 15.0)):
        force = low_passed(noisy(seed, bent_jump(800 + seed).force_n, 3.0), 1000.0, cutoff_hz, 4)
        searched = search_jumps(force, 1000.0)
        assert not searched.jumps
        assert "low-pass of about" in searched.refused[0].reason and "too slow" in searched.refused[0].reason


@pytest.mark.slow
def test_a_minute_behind_a_low_pass_is_read_in_time():
    force = np.concatenate([noisy(k, bent_jump(k).force_n, 3.0) for k in range(15)])
    force = low_passed(force, 1000.0, 50.0, 4)
    began = time.perf_counter()
    assert len(find_jumps(force, 1000.0)) > 10
    # 0.05 s on an idle machine; room for a busy one.
    assert time.perf_counter() - began < 2.0
