"""Mains hum is found wherever it is as strong as the noise, leaves with little else, and is never imagined."""

import numpy as np
import pytest

from legato.muscles._hum_kernels import block_powers, block_tone, subtract_tone
from legato.muscles.hum import find_hum, remove_hum
from legato.recording import FloatArray
from legato.signals.bands import band_filter, band_limits, bandpass_sections

from .plain_emg import burst_envelope, recording, rhythmic_envelope

RATES = (1000.0, 1926.0, 2000.0, 2148.0)


def banded(x: FloatArray, rate: float) -> FloatArray:
    return band_filter(x, rate, bandpass_sections(rate, *band_limits(rate)))


def channel(seed: int, rate: float, seconds: float) -> tuple[FloatArray, float]:
    """Band-passed EMG of bursts or of cyclic exercise, and the RMS of its noise."""
    rng = np.random.default_rng([3, seed])
    n, snr = int(seconds * rate), (6.0, 10.0, 20.0)[seed % 3]
    cyclic = rhythmic_envelope(n, rate, rng, rng.uniform(40, 120), rng.uniform(0.3, 0.7))
    envelope = burst_envelope(n, rate, rng) if seed % 2 else cyclic
    return banded(recording(envelope, rate, rng, snr), rate), 10 ** (-snr / 20)


def hum(n: int, rate: float, seed: int, rms: float) -> tuple[FloatArray, float]:
    """A wandering fundamental off by up to 0.3 Hz with a third harmonic, and its frequency."""
    rng, t = np.random.default_rng([4, seed]), np.arange(n) / rate
    frequency = (50.0, 60.0)[seed % 2] + rng.uniform(-0.3, 0.3)
    phase = 2 * np.pi * frequency * t + rng.uniform(0, 6)
    x = (1 + 0.2 * np.sin(2 * np.pi * 0.1 * t + rng.uniform(0, 6))) * (np.sin(phase) + 0.3 * np.sin(3 * phase))
    return rms * x / x.std(), frequency


@pytest.mark.parametrize(("seconds", "count", "left_db"), [(2.0, 120, -15.0), (10.0, 60, -20.0), (60.0, 12, -22.0)])
def test_hum_as_strong_as_the_noise_is_found_and_leaves(seconds: float, count: int, left_db: float) -> None:
    left: list[float] = []
    for seed in range(count):
        rate = RATES[seed % 4]
        x, noise = channel(seed, rate, seconds)
        planted, frequency = hum(x.size, rate, seed, noise)
        got = remove_hum(x + planted, rate)
        assert got.lines and abs(got.lines[0].frequency_hz - frequency) < 0.3 / seconds
        assert got.rms == pytest.approx(noise, rel=0.35)
        left.append(20 * np.log10((got.values - x).std() / noise))
    # 0.5 Hz of 430 Hz of noise for each of two lines, 23 dB below the noise; less time leaves fewer degrees of freedom.
    assert np.median(left) < left_db


def test_a_channel_without_hum_is_returned_as_it_is() -> None:
    for seed in range(120):
        rate = RATES[seed % 4]
        x, _ = channel(1000 + seed, rate, (2.0, 5.0, 20.0)[seed % 3])
        got = remove_hum(x, rate)
        assert got.lines == () and got.searched and got.values is x


def test_motor_units_that_fire_steadily_and_a_steady_heart_are_not_hum() -> None:
    rate, t = 2000.0, np.arange(40000) / 2000.0
    for seed in range(20):
        rng = np.random.default_rng([5, seed])
        x = np.zeros(t.size)
        for _ in range(6):
            period = 1.0 / rng.uniform(8.0, 16.7)
            at = np.cumsum(period * (1 + 0.1 * rng.normal(size=int(20 / period))))
            train = np.zeros(t.size)
            train[(at[(at > 0) & (at < 20)] * rate).astype(int)] = 1.0
            shape = np.arange(-40, 41) / rate / rng.uniform(0.0015, 0.003)
            x += np.convolve(train, shape * np.exp(-0.5 * shape**2), mode="same")
        beat = np.mod(t, 0.8) - 0.4
        heart = 3.0 * np.exp(-0.5 * (beat / 0.01) ** 2)
        noise = rng.normal(size=t.size)
        assert find_hum(banded(x + 0.3 * noise, rate), rate) == ()
        # 50 and 60 Hz are multiples of 1.25 Hz, and so is every other line of that comb.
        assert find_hum(banded(heart + 0.3 * noise, rate), rate) == ()


def test_missing_samples_stay_missing_and_do_not_disturb() -> None:
    x, noise = channel(7, 2000.0, 30.0)
    planted, _ = hum(x.size, 2000.0, 7, 2 * noise)
    y, rng = x + planted, np.random.default_rng(6)
    for start in rng.integers(0, y.size - 4000, 40):
        y[start : start + int(rng.integers(20, 400))] = np.nan
    y[20000:30000] = np.nan
    got = remove_hum(y, 2000.0)
    assert np.array_equal(np.isnan(got.values), np.isnan(y))
    left = np.nanstd(got.values - x)
    # Hum of twice the noise falls by more than 22 dB as it does without gaps.
    assert 20 * np.log10(left / (2 * noise)) < -22.0


def test_strong_hum_falls_below_the_noise() -> None:
    x, noise = channel(9, 1926.0, 30.0)
    planted, _ = hum(x.size, 1926.0, 9, 20 * noise)
    left = (remove_hum(x + planted, 1926.0).values - x).std()
    # A wander of 20 % at 0.1 Hz under a Hann window of 3 s: 20·0.2·(2π·0.1)²·0.29/2 = 0.2 of the noise.
    assert left < 0.4 * noise


def test_under_a_second_nothing_is_looked_for() -> None:
    t = np.arange(1900) / 2000.0
    got = remove_hum(np.sin(2 * np.pi * 50 * t), 2000.0)
    assert not got.searched and got.lines == ()


def test_scale_and_sign_change_nothing() -> None:
    x, noise = channel(11, 2000.0, 10.0)
    y = x + hum(x.size, 2000.0, 11, 2 * noise)[0]
    plain = remove_hum(y, 2000.0)
    for factor in (-1.0, 1e-6, 1e6):
        other = remove_hum(factor * y, 2000.0)
        assert other.values / factor == pytest.approx(plain.values, abs=1e-6)
        assert [line.frequency_hz for line in other.lines] == pytest.approx(
            [line.frequency_hz for line in plain.lines], abs=1e-6
        )


def test_kernels_equal_the_plain_sums() -> None:
    rng = np.random.default_rng(12)
    x, lost, turn, length = rng.normal(size=1003), rng.random(1003) < 0.1, 0.157, 80
    powers, seen, real, imaginary = (np.empty(13) for _ in range(4))
    block_powers(x, lost, length, powers, seen)
    block_tone(x, turn, length, real, imaginary)
    tone = x * np.exp(-1j * turn * np.arange(1003))
    for k in range(13):
        part = slice(k * length, (k + 1) * length)
        assert powers[k] == pytest.approx((x[part] ** 2)[~lost[part]].sum(), abs=1e-9)
        assert seen[k] == (~lost[part]).sum()
        assert real[k] + 1j * imaginary[k] == pytest.approx(tone[part].sum(), abs=1e-9)
    middles = (np.arange(13) + 0.5) * length - 0.5
    a = np.interp(np.arange(1003), middles, real) + 1j * np.interp(np.arange(1003), middles, imaginary)
    want = x - (a * np.exp(1j * turn * np.arange(1003))).real
    # The last block is short and flat; np.interp holds the ends as the kernel does.
    got = x.copy()
    subtract_tone(got, turn, length, real, imaginary)
    assert got == pytest.approx(want, abs=1e-9)
