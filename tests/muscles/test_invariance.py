"""Unit, sign, gain, time shift and resampling move no event of a burst beyond its interval."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from legato.estimate import Estimate
from legato.muscles import Burst, detect_bursts
from legato.recording import FloatArray
from legato.simulate.emg import gaussian_emg, noise_floor
from legato.simulate.emg_envelopes import Hill, envelope
from legato.simulate.emg_units import unit_emg

RATE = 2000.0
SECONDS = 8.0
QUIET_S = 0.4
"""Rest that may be rolled from the end to the start: all bursts stay whole."""
EVENTS = ("onset", "offset", "centre", "peak")


def emg(seed: int) -> FloatArray:
    """Four bursts, Gaussian or of motor units, 12 to 20 dB over the floor."""
    rng = np.random.default_rng([seed, 40])
    n = int(SECONDS * RATE)
    t = np.arange(n) / RATE
    shapes = [
        Hill(0.7 + 1.7 * k + rng.uniform(0, 0.3), rng.uniform(0.03, 0.15), 0.25, rng.uniform(0.05, 0.2), 1.0)
        for k in range(4)
    ]
    make = unit_emg if seed % 2 else gaussian_emg
    return make(envelope(t, shapes), RATE, rng) + noise_floor(n, RATE, 10 ** (-rng.uniform(12, 20) / 20), rng)


def events(burst: Burst) -> dict[str, Estimate]:
    found = {name: burst.time(name) for name in EVENTS}
    return {name: at for name, at in found.items() if at is not None}


def assert_same_events(first: list[Burst], second: list[Burst], later_s: float = 0.0) -> None:
    """Each event that both tell lies in the other's interval."""
    assert len(first) == len(second) > 0
    for one, two in zip(first, second, strict=True):
        ours, theirs = events(one), events(two)
        assert {"onset", "offset", "centre"} <= ours.keys() & theirs.keys()
        for name in ours.keys() & theirs.keys():
            at = ours[name]
            other = theirs[name]
            assert at.low <= other.value - later_s <= at.high, name
            assert other.low <= at.value + later_s <= other.high, name


@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 3), exponent=st.floats(-6.0, 6.0), flip=st.booleans())
def test_unit_gain_and_sign_move_nothing(seed: int, exponent: float, flip: bool) -> None:
    x = emg(seed)
    plain, other = detect_bursts(x, RATE), detect_bursts((-1.0 if flip else 1.0) * 10.0**exponent * x, RATE)
    assert len(plain) == len(other) == 4
    for one, two in zip(plain, other, strict=True):
        for name, at in events(one).items():
            # A gain that is no power of two rounds every sample by 1e-16; the times move by far less than a sample.
            assert events(two)[name].value == pytest.approx(at.value, abs=1e-5)


@pytest.mark.parametrize("unit", [1e-3, 1e3, 1e6])
def test_volts_and_other_units_move_nothing(unit: float) -> None:
    x = 1e-4 * emg(1)
    for one, two in zip(detect_bursts(x, RATE), detect_bursts(unit * x, RATE), strict=True):
        for name, at in events(one).items():
            assert events(two)[name].value == pytest.approx(at.value, abs=1e-5)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 3), shift=st.integers(1, round(QUIET_S * RATE)))
def test_a_shift_in_time_shifts_the_events(seed: int, shift: int) -> None:
    x = emg(seed)
    assert_same_events(detect_bursts(x, RATE), detect_bursts(np.roll(x, shift), RATE), shift / RATE)


def resampled(x: FloatArray, rate: float) -> FloatArray:
    ratio = Fraction(int(rate), int(RATE))
    return resample_poly(x, ratio.numerator, ratio.denominator)


@pytest.mark.parametrize("rate", [1000.0, 1926.0, 2148.0, 4000.0])
def test_resampling_moves_no_event_beyond_its_interval(rate: float) -> None:
    for seed in range(2):
        x = emg(seed)
        assert_same_events(detect_bursts(x, RATE), detect_bursts(resampled(x, rate), rate))


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(4, 200), rate=st.sampled_from([1000.0, 1926.0, 2148.0, 4000.0]), shift=st.integers(0, 800))
def test_many_recordings_at_many_rates(seed: int, rate: float, shift: int) -> None:
    x = emg(seed)
    assert_same_events(detect_bursts(x, RATE), detect_bursts(resampled(np.roll(x, shift), rate), rate), shift / RATE)
