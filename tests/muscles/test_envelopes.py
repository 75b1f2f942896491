"""Envelopes against closed forms and scipy, and the live twin in any chunking."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from legato.errors import BadInput
from legato.muscles.envelopes import CausalEnvelope, causal_envelope, linear_envelope, moving_rms, teager_kaiser

RATE = 2000.0


def test_the_envelope_of_gaussian_noise_is_its_mean_size() -> None:
    x = 3.0 * np.random.default_rng(1).normal(size=120000)
    # √(2/π)·SD; the mean of 120 000 independent sizes is known to 0.25 %.
    assert linear_envelope(x, RATE).mean() == pytest.approx(3.0 * np.sqrt(2 / np.pi), rel=0.01)


def test_the_envelope_equals_scipys_and_has_no_delay() -> None:
    x = np.random.default_rng(2).normal(size=8000)
    oracle = signal.sosfiltfilt(signal.butter(2, 6.0, fs=RATE, output="sos"), np.abs(x))
    assert linear_envelope(x, RATE)[3000:5000] == pytest.approx(oracle[3000:5000], abs=1e-9)
    t = np.arange(8000) / RATE
    tone = np.exp(-0.5 * ((t - 2.0) / 0.15) ** 2) * np.sin(2 * np.pi * 150.0 * t)
    assert np.argmax(linear_envelope(tone, RATE)) / RATE == pytest.approx(2.0, abs=0.002)


def test_moving_rms_of_a_tone_and_of_a_step() -> None:
    t = np.arange(4000) / RATE
    # A window of 200 samples (rounded to 199 or 201) holds 10 periods of 100 Hz but for one sample.
    assert moving_rms(5.0 * np.sin(2 * np.pi * 100.0 * t), RATE) == pytest.approx(5.0 / np.sqrt(2), rel=0.02)
    assert moving_rms(np.full((500, 2), [1e-6, 1e6]), RATE, 0.05) == pytest.approx(np.full((500, 2), [1e-6, 1e6]))


def test_moving_rms_equals_the_plain_sum_and_leaves_gaps_open() -> None:
    x = np.random.default_rng(3).normal(size=1000)
    x[100:130] = np.nan
    x[300:500] = np.nan
    got = moving_rms(x, RATE, 0.0505)
    for i in (0, 7, 99, 130, 250, 299, 999):
        window = x[max(0, i - 50) : i + 51]
        want = np.sqrt(np.nanmean(window**2)) if 2 * np.isfinite(window).sum() >= window.size else np.nan
        assert got[i] == pytest.approx(want, abs=1e-12, nan_ok=True)
    assert np.isnan(got[100:130]).all() and np.isnan(got[300:500]).all()
    with pytest.raises(BadInput, match="length in seconds"):
        moving_rms(x, RATE, 0.0)


def test_teager_kaiser_of_a_tone_is_its_amplitude_times_sine_squared() -> None:
    step = 2 * np.pi * 90.0 / RATE
    x = 4.0 * np.sin(step * np.arange(500))
    energy = teager_kaiser(x)
    assert energy[1:-1] == pytest.approx(16.0 * np.sin(step) ** 2, abs=1e-9)
    assert np.isnan(energy[[0, -1]]).all()
    x[200] = np.nan
    assert np.flatnonzero(np.isnan(teager_kaiser(x))).tolist() == [0, 199, 200, 201, 499]


def test_samples_that_are_no_number_of_an_emg_cost_the_live_channel_themselves_only() -> None:
    x = np.random.default_rng(5).normal(size=(4000, 2))
    x[900, 0], x[1500, 0], x[2000, 1] = np.inf, -1e31, np.nan
    live = CausalEnvelope(RATE, 2)
    pushed = np.concatenate([live.push(part) for part in np.array_split(x, 7)])
    assert np.argwhere(np.isnan(pushed)).tolist() == [[900, 0], [1500, 0], [2000, 1]]
    assert pushed == pytest.approx(causal_envelope(x, RATE), abs=1e-9, nan_ok=True)


def test_what_no_filter_can_be_made_of_is_refused_in_words() -> None:
    x = np.random.default_rng(6).normal(size=2000)
    for order in (0, 3, -2):
        with pytest.raises(BadInput, match="order"):
            linear_envelope(x, RATE, order=order)
        with pytest.raises(BadInput, match="order"):
            causal_envelope(x, RATE, order=order)
    for channels in (0, -1):
        with pytest.raises(BadInput, match="channels"):
            CausalEnvelope(RATE, channels)
    with pytest.raises(BadInput, match="numbers"):
        CausalEnvelope(RATE).push(np.array(["a", "b"]))  # pyright: ignore[reportArgumentType]


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 1200), max_size=15),
    hole=st.tuples(st.integers(0, 1150), st.integers(0, 50)),
    rate=st.sampled_from([1000.0, 1926.0, 2148.0]),
    seed=st.integers(0, 10_000),
)
def test_the_live_envelope_in_any_chunking_equals_the_whole(
    cuts: list[int], hole: tuple[int, int], rate: float, seed: int
) -> None:
    x = 1.0 + np.random.default_rng(seed).normal(size=(1200, 2))
    x[hole[0] : hole[0] + hole[1], 1] = np.nan
    whole = causal_envelope(x, rate)
    live = CausalEnvelope(rate, 2)
    pushed = np.concatenate([live.push(x[a:b]) for a, b in pairwise([0, *sorted(cuts), 1200])])
    assert np.array_equal(np.isnan(pushed), np.isnan(whole)) and np.array_equal(np.isnan(whole), np.isnan(x))
    assert np.abs(np.nan_to_num(pushed - whole)).max() <= 1e-9
    one = causal_envelope(x[:, 0], rate)
    assert one == pytest.approx(whole[:, 0], abs=1e-9)


def test_the_live_envelope_is_late_by_what_it_says() -> None:
    rng = np.random.default_rng(4)
    t = np.arange(60000) / RATE
    tone = np.exp(-0.5 * ((t - 15.0) / 0.3) ** 2) * np.sin(2 * np.pi * 95.0 * t + rng.uniform(0, 6))
    live = CausalEnvelope(RATE, 1, 6.0)
    envelope = live.push(tone)
    centre = float(np.sum(t * envelope) / np.sum(envelope))
    assert live.delay_s == pytest.approx(0.0375, abs=0.002)
    # A pulse of 0.3 s SD has its power within 2 Hz of 95 Hz, where the delay of the band-pass is flat to 0.1 ms.
    assert centre - 15.0 == pytest.approx(live.delay_s, abs=5e-4)


def test_a_live_notch_stops_its_line() -> None:
    t = np.arange(20000) / RATE
    hum = np.sin(2 * np.pi * 50.0 * t)
    with_notch = CausalEnvelope(RATE, 1, lines_hz=(50.0,)).push(hum)[-4000:]
    without = CausalEnvelope(RATE, 1).push(hum)[-4000:]
    assert without.mean() == pytest.approx(2 / np.pi, rel=0.05)
    assert with_notch.max() < 1e-3 * without.mean()
