"""The steepest 20 ms of rises that are steepest where they begin, between two samples."""

import numpy as np
import pytest

from legato.forces._steepest import steepest_rise
from legato.forces.rfd import force_rise
from legato.recording import FloatArray


def exponential(u: FloatArray) -> FloatArray:
    return 1.0 - np.exp(-2.5 * u)


def hyperbola(u: FloatArray) -> FloatArray:
    return u / (u + 0.4)


def two_exponentials(u: FloatArray) -> FloatArray:
    return 1.0 - 0.5 * np.exp(-6.0 * u) - 0.5 * np.exp(-1.5 * u)


@pytest.mark.slow
@pytest.mark.parametrize("noise_n", [1.0, 3.0])
@pytest.mark.parametrize("shape", [exponential, hyperbola, two_exponentials])
def test_the_steepest_rate_of_a_rise_with_a_kink_is_neither_low_nor_held_too_rarely(shape, noise_n: float):
    errors: list[float] = []
    held: list[bool] = []
    for seed in range(60):
        draw = np.random.default_rng(3000 + seed)
        rate_hz = (1000.0, 1200.0, 1926.0, 2000.0)[seed % 4]
        rise_s, rise_n, onset_s = draw.uniform(0.1, 0.4), draw.uniform(600.0, 2500.0), 1.0 + draw.uniform(0.0, 0.01)
        t = np.arange(0.0, 3.0, 1.0 / rate_hz)
        force = 700.0 + rise_n * shape(np.clip(t - onset_s, 0.0, None) / rise_s) + draw.normal(0.0, noise_n, t.size)
        rate = force_rise(force, rate_hz).peak_rate_n_s
        steepest = rise_n * float(shape(np.array(0.02 / rise_s))) / 0.02
        errors.append((rate.value - steepest) * 0.02 / (noise_n * 2.0**0.5))
        held.append(rate.holds(steepest))
    # In SD of the noise; read from samples alone it was 0.5 to 1.4 too low and held in 52 to 88 %.
    assert abs(np.mean(errors)) <= 0.4
    # 60 rises: one SE is 3.9 points.
    assert np.mean(held) >= 0.82


def test_what_a_kink_between_samples_hides_is_told_without_noise():
    rate_hz, slope, bend = 1000.0, 15000.0, 5.0
    lost: list[tuple[float, float]] = []
    for shift in np.linspace(0.0, 0.95, 20):
        t = (np.arange(400.0) - 100.0 - shift) / rate_hz
        force = slope / bend * (1.0 - np.exp(-bend * np.clip(t, 0.0, None)))
        found = steepest_rise(force, force, 0.02, 0.0, 5, 1.0, rate_hz)
        truth = slope / bend * (1.0 - np.exp(-bend * 0.02))
        lost.append((truth - found.rise_n, found.lost_n))
    hidden, told = np.transpose(lost)
    assert hidden.min() >= -1e-9
    # On the whole as much as is hidden, and never more than about twice as much, as the kink lies in the flank's line.
    assert told.mean() == pytest.approx(hidden.mean(), rel=0.15)
    assert np.all(hidden <= 2.3 * told)


def test_a_ramp_loses_nothing():
    force = np.clip(np.arange(400.0) - 100.5, 0.0, 200.0)
    found = steepest_rise(force, force, 0.02, 0.0, 5, 1.0, 1000.0)
    assert found.rise_n == pytest.approx(20.0) and found.lost_n == pytest.approx(0.0, abs=1e-9)
