"""Sticking regions: planted dips are found with their times, smooth lifts have none."""

import numpy as np
import pytest

from legato.bar.heights import track_from_height
from legato.bar.reps import bar_reps
from legato.bar.sticking import sticking_region

RATE_HZ = 200.0


def _lift(dip: float, noise: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A lift of 2 s with peaks at 0.5 and 1.5 s and its lowest between them at 1 s, `dip` m/s below 0.3 m/s."""
    t = np.arange(0.0, 2.0, 1.0 / RATE_HZ)
    # Cosines through the planted values, flat at each of them.
    times, values = np.array([0.0, 0.5, 1.0, 1.5, 2.0]), np.array([0.0, 0.3, 0.3 - dip, 0.3, 0.0])
    k = np.clip(np.searchsorted(times, t, side="right") - 1, 0, 3)
    share = 0.5 - 0.5 * np.cos(np.pi * (t - times[k]) / 0.5)
    velocity = values[k] + (values[k + 1] - values[k]) * share
    return velocity + np.random.default_rng(seed).normal(0.0, noise, t.size), np.full(t.size, max(noise, 1e-4))


def _found(velocity: np.ndarray, sd: np.ndarray):
    return sticking_region(velocity, sd, RATE_HZ, 10.0, 1.645, 0.9)


@pytest.mark.parametrize("dip", [0.05, 0.1, 0.25])
def test_a_planted_dip_is_found_with_its_times(dip: float):
    found = _found(*_lift(dip))
    assert found is not None
    assert found.start_s == pytest.approx(10.5, abs=0.006) and found.end_s == pytest.approx(11.0, abs=0.006)
    assert found.duration.holds(0.5)
    assert found.drop.value == pytest.approx(dip, abs=0.001)


def test_a_smooth_lift_has_none():
    t = np.linspace(0.0, 1.0, 200)
    assert _found(0.5 * np.sin(np.pi * t), np.full(200, 0.001)) is None
    assert _found(*_lift(0.005)) is None


def test_a_dip_within_the_error_is_none():
    velocity, _ = _lift(0.05)
    assert _found(velocity, np.full(velocity.size, 0.05)) is None


def test_the_deepest_of_several_counts_and_a_failed_lift_has_none():
    velocity, sd = _lift(0.2)
    velocity[40:44] -= 0.002
    found = _found(velocity, sd)
    assert found is not None and found.drop.value == pytest.approx(0.2, abs=0.005)
    # A lift that only slows to a stop never gets over it.
    assert _found(velocity[:200], sd[:200]) is None


def test_too_short_a_way_has_none():
    for n in range(1, 6):
        assert _found(np.ones(n), np.full(n, 0.01)) is None


# Velocities between which a lift goes by half cosines, m/s, and when, s: a push press, a grind, a small dip; then one
# that slows late, one that is fast, and one whose end is a creep.
_DIPS = {
    "push": ((0.0, 0.25, 0.5, 0.85, 1.4), (0.0, 0.74, 0.2, 0.5, 0.0)),
    "grind": ((0.0, 0.5, 1.0, 1.5, 2.0), (0.0, 0.35, 0.2, 0.4, 0.0)),
    "small": ((0.0, 0.3, 0.6, 0.9, 1.4), (0.0, 0.6, 0.45, 0.6, 0.0)),
}
_SMOOTH = {
    "slow": ((0.0, 0.6, 2.0), (0.0, 0.45, 0.0)),
    "fast": ((0.0, 0.3, 0.5), (0.0, 1.5, 0.0)),
    "creep": ((0.0, 0.3, 1.0, 1.8), (0.0, 0.8, 0.08, 0.0)),
}


def _sets(shape: tuple[tuple[float, ...], tuple[float, ...]], noise_m: float) -> list[bool]:
    """Whether a sticking region is told in each of the repetitions of three sets of four, markers at 100 Hz."""
    times, values = (np.array(x) for x in shape)
    fine = np.arange(0.0, 26.0, 1e-3)
    velocity = np.zeros_like(fine)
    for start in 1.5 + 6.0 * np.arange(4):
        up = (fine >= start) & (fine < start + times[-1])
        k = np.searchsorted(times, fine[up] - start, side="right") - 1
        share = (fine[up] - start - times[k]) / (times[k + 1] - times[k])
        velocity[up] = values[k] + (values[k + 1] - values[k]) * (0.5 - 0.5 * np.cos(np.pi * share))
        down = (fine - start - times[-1] - 0.8) / 1.5
        back = (down >= 0.0) & (down < 1.0)
        velocity[back] -= velocity[up].sum() * 1e-3 * (1.0 - np.cos(2.0 * np.pi * down[back])) / 1.5
    t = np.arange(0.0, fine[-1], 0.01)
    height = np.interp(t, fine, np.cumsum(velocity) * 1e-3)
    told: list[bool] = []
    for seed in range(3):
        seen = height + noise_m * np.random.default_rng(seed).standard_normal(t.size)
        reps = bar_reps(track_from_height(seen, 100.0, 0.0, source="markers", stream="m", cutoff_hz=10.0))
        assert len(reps) == 4
        told += [rep.sticking is not None for rep in reps]
    return told


@pytest.mark.parametrize("noise_m", [0.0, 5e-4, 1e-3, 2e-3])
def test_noise_neither_hides_a_dip_nor_makes_one(noise_m: float):
    # A flutter where the bar locks out hid the dip in up to three of four lifts.
    assert np.mean([told for shape in _DIPS.values() for told in _sets(shape, noise_m)]) >= 0.95
    assert np.mean([told for shape in _SMOOTH.values() for told in _sets(shape, noise_m)]) <= 0.05
