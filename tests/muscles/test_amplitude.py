"""Amplitude of EMG: the right value in any unit, and intervals that hold the muscle's own level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from legato.errors import BadInput, NotResolvable
from legato.muscles.amplitude import amplitude, effective_bandwidth, rms_of_windows
from legato.recording import Span

from .band_noise import shaped_noise


@pytest.mark.slow
@pytest.mark.parametrize("rate_hz", [1000.0, 1926.0])
@pytest.mark.parametrize("band", [(20.0, 400.0), (60.0, 110.0)])
@pytest.mark.parametrize("length_s", [0.1, 0.25, 0.5])
@pytest.mark.parametrize("shape", ["steady", "burst"])
def test_the_interval_holds_the_level_behind_the_stretch(
    rate_hz: float, band: tuple[float, float], length_s: float, shape: str
) -> None:
    rng = np.random.default_rng(3)
    n = round(2.0 * rate_hz)
    t = np.arange(n) / rate_hz - 1.0
    level = np.ones(n) if shape == "steady" else 0.1 + np.exp(-0.5 * (t / (0.25 * length_s)) ** 2)
    inside = np.abs(t) <= 0.5 * length_s
    truth = float(np.sqrt(np.mean(level[inside] ** 2)))
    span = Span(1.0 - 0.5 * length_s, 1.0 + 0.5 * length_s)
    held = sum(amplitude(shaped_noise(rng, n, rate_hz, band) * level, rate_hz, span).holds(truth) for _ in range(400))
    # 90 % wanted; 85 to 95 % allowed, and 1.5 points of chance at 400 cases.
    assert 0.835 <= held / 400 <= 0.965


@pytest.mark.parametrize("band", [(20.0, 400.0), (60.0, 110.0)])
def test_the_bandwidth_is_that_of_the_spectrum(band: tuple[float, float]) -> None:
    rate_hz = 2000.0
    sections = signal.butter(2, band, btype="band", fs=rate_hz, output="sos")
    frequency = np.linspace(0.0, 1000.0, 20001)
    _, gain = signal.sosfreqz(sections, frequency, fs=rate_hz)
    density = np.abs(gain) ** 4
    truth = density.sum() ** 2 / (density**2).sum() * frequency[1]
    x = shaped_noise(np.random.default_rng(4), 40_000, rate_hz, band)
    # 20 s of noise scatter the estimate by a few per cent.
    assert effective_bandwidth(x, rate_hz) == pytest.approx(truth, rel=0.08)


@given(gain=st.sampled_from([1e-6, 1e-3, -1.0, 1e3]), seed=st.integers(0, 50))
def test_unit_and_sign_change_nothing_but_the_scale(gain: float, seed: int) -> None:
    x = np.random.default_rng(seed).standard_normal(1000)
    one, other = amplitude(x, 1000.0), amplitude(gain * x, 1000.0)
    factor = abs(gain)
    assert (other.low, other.value, other.high) == pytest.approx(
        (factor * one.low, factor * one.value, factor * one.high), rel=1e-9
    )


def test_missing_samples_are_left_out() -> None:
    x = np.random.default_rng(1).standard_normal(4000)
    holed = x.copy()
    holed[1000:1100] = np.nan
    seen = np.delete(x, np.s_[1000:1100])
    assert amplitude(holed, 1000.0).value == pytest.approx(float(np.sqrt(np.mean(seen**2))), rel=1e-12)


def test_what_has_no_amplitude_is_refused() -> None:
    x = np.random.default_rng(1).standard_normal(2000)
    with pytest.raises(BadInput, match="shape"):
        amplitude(np.ones((10, 2)), 1000.0)
    with pytest.raises(BadInput, match="rate"):
        amplitude(x, 0.0)
    with pytest.raises(BadInput, match="no sample"):
        amplitude(x, 1000.0, Span(5.0, 6.0))
    with pytest.raises(NotResolvable, match="20 ms are too short"):
        amplitude(x, 1000.0, Span(0.5, 0.52))
    with pytest.raises(NotResolvable, match="does not vary"):
        amplitude(np.zeros(2000), 1000.0)
    x[:1500] = np.nan
    with pytest.raises(NotResolvable, match="75% of the stretch is missing"):
        amplitude(x, 1000.0)


def test_rms_of_windows_is_that_of_each_window() -> None:
    x = np.random.default_rng(2).standard_normal(300)
    x[100] = np.nan
    found = rms_of_windows(x, 1000.0, 0.05)
    plain = np.array([np.sqrt(np.mean(x[i : i + 50] ** 2)) for i in range(251)])
    np.testing.assert_allclose(found, plain, rtol=1e-9, equal_nan=True)
    assert rms_of_windows(x[:10], 1000.0, 0.05).size == 0
