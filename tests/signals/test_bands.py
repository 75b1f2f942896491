"""High-pass, band-pass and notch against scipy, at the ends of a run, and the causal twin in any chunking."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.signals.bands import (
    CausalFilter,
    band_filter,
    band_limits,
    bandpass_sections,
    group_delay_s,
    highpass_sections,
    notch_sections,
    smear_samples,
)
from legato.signals.filters import butterworth_sections


def as_sos(sections: FloatArray) -> FloatArray:
    return np.insert(sections, 3, 1.0, axis=1)


def response(sections: FloatArray, rate: float, frequency: FloatArray) -> FloatArray:
    return np.abs(signal.sosfreqz(as_sos(sections), frequency, fs=rate)[1])


@pytest.mark.parametrize("order", [2, 4, 6])
@pytest.mark.parametrize("rate", [500.0, 1000.0, 1926.0, 2148.0])
def test_sections_have_the_response_of_scipys_butterworth(order: int, rate: float) -> None:
    frequency = np.linspace(0.1, 0.499 * rate, 4000)
    low, high = band_limits(rate)
    high_pass = np.abs(signal.sosfreqz(signal.butter(order, low, "high", fs=rate, output="sos"), frequency, fs=rate)[1])
    low_pass = np.abs(signal.sosfreqz(signal.butter(order, high, fs=rate, output="sos"), frequency, fs=rate)[1])
    assert response(highpass_sections(rate, low, order), rate, frequency) == pytest.approx(high_pass, abs=1e-9)
    got = response(bandpass_sections(rate, low, high, order), rate, frequency)
    assert got == pytest.approx(high_pass * low_pass, abs=1e-9)


def test_the_cascade_and_a_butterworth_band_pass_agree_where_the_band_is_wide() -> None:
    # The claim of the docstring: 20–450 Hz at 2 kHz, one pass of order 2.
    frequency = np.linspace(10.0, 900.0, 3000)
    one = np.abs(signal.sosfreqz(signal.butter(2, [20, 450], "band", fs=2000, output="sos"), frequency, fs=2000)[1])
    assert np.abs(response(bandpass_sections(2000.0, 20.0, 450.0), 2000.0, frequency) - one).max() < 0.015


def test_notch_has_the_response_of_scipys() -> None:
    frequency = np.linspace(1.0, 999.0, 3000)
    b, a = signal.iirnotch(50.3, 50.3 / 2.0, fs=2000.0)
    oracle = np.abs(signal.freqz(b, a, frequency, fs=2000.0)[1])
    assert response(notch_sections(2000.0, (50.3,)), 2000.0, frequency) == pytest.approx(oracle, abs=1e-9)
    with pytest.raises(BadInput, match="half the rate"):
        notch_sections(2000.0, (1000.0,))


def test_band_limits_follow_the_rate() -> None:
    assert band_limits(2000.0) == (20.0, 450.0)
    assert band_limits(1000.0) == (20.0, 450.0)
    assert band_limits(500.0) == (20.0, 225.0)
    for rate, says in ((100.0, "give the raw recording"), (0.0, "rate is 0 Hz"), (-5.0, "rate"), (np.nan, "rate")):
        with pytest.raises(BadInput, match=says):
            band_limits(rate)


def test_an_empty_band_and_one_beyond_half_the_rate_are_refused() -> None:
    with pytest.raises(BadInput, match="empty"):
        bandpass_sections(2000.0, 450.0, 20.0)
    with pytest.raises(BadInput, match="needs more than"):
        bandpass_sections(1000.0, 20.0, 500.0)


def test_zero_phase_gain_is_the_square_of_one_pass_and_moves_nothing() -> None:
    rate = 2000.0
    sections = bandpass_sections(rate, 20.0, 450.0)
    t = np.arange(8000) / rate
    for frequency in (10.0, 20.0, 100.0, 450.0):
        y = band_filter(np.sin(2 * np.pi * frequency * t), rate, sections)[2000:6000]
        gain = response(sections, rate, np.array([frequency]))[0] ** 2
        # Whole periods of each tone, 1 s from the ends.
        assert y == pytest.approx(gain * np.sin(2 * np.pi * frequency * t[2000:6000]), abs=1e-6)


def test_zero_phase_equals_scipy_inside_a_run() -> None:
    x = np.random.default_rng(1).normal(size=(4000, 3))
    sections = bandpass_sections(2000.0, 20.0, 450.0, 4)
    oracle = signal.sosfiltfilt(as_sos(sections), x, axis=0)
    # 0.75 s from the ends the two ways to treat them have died out: (e^-0.05/sample of the slowest pole)^1500.
    assert band_filter(x, 2000.0, sections)[1500:2500] == pytest.approx(oracle[1500:2500], abs=1e-9)


def test_drift_and_offset_of_fifty_times_the_noise_leave_no_mark_even_at_the_ends() -> None:
    rate, rng = 2000.0, np.random.default_rng(2)
    t = np.arange(20000) / rate
    noise = rng.normal(size=t.size)
    sections = bandpass_sections(rate, 20.0, 450.0)
    drift = 50.0 * (3.0 + np.sin(2 * np.pi * 0.25 * t + 1.0) + 0.3 * np.sin(2 * np.pi * 0.9 * t)) + 20.0 * t
    moved = band_filter(noise + drift, rate, sections) - band_filter(noise, rate, sections)
    # The level at an end is that of a straight line; the drift's curve over 50 ms there is 0.03.
    assert np.abs(moved).max() < 0.1
    assert np.abs(moved[200:-200]).max() < 0.01


def test_the_ends_are_as_loud_as_the_middle() -> None:
    x = np.random.default_rng(3).normal(size=(2000, 400))
    y = band_filter(x, 2000.0, bandpass_sections(2000.0, 20.0, 450.0))
    middle = y[500:1500].std()
    # 400 channels × 20 samples with some 10 independent values each: the SD is known to 2 %; the fold adds a little.
    for end in (y[:20], y[-20:]):
        assert end.std() == pytest.approx(middle, rel=0.1)


def test_a_gap_costs_only_itself_and_each_run_is_filtered_alone() -> None:
    x = np.random.default_rng(4).normal(size=(3000, 2))
    x[1000:1040, 1] = np.nan
    sections = bandpass_sections(2000.0, 20.0, 450.0)
    y = band_filter(x, 2000.0, sections)
    assert np.array_equal(np.isnan(y), np.isnan(x))
    assert y[:1000, 1] == pytest.approx(band_filter(x[:1000, 1], 2000.0, sections), abs=1e-12)
    assert y[:, 0] == pytest.approx(band_filter(x[:, 0], 2000.0, sections), abs=1e-12)


def plain_causal(x: FloatArray, sections: FloatArray) -> FloatArray:
    """The textbook: scipy's recursion from the steady state of each run's first sample."""
    out = np.full_like(x, np.nan)
    start = None
    for i in range(x.size + 1):
        ends = i == x.size or np.isnan(x[i])
        if start is None and not ends:
            start = i
        elif start is not None and ends:
            run = x[start:i]
            zi = signal.sosfilt_zi(as_sos(sections)) * run[0]
            out[start:i] = signal.sosfilt(as_sos(sections), run, zi=zi)[0]
            start = None
    return out


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 900), max_size=12),
    holes=st.lists(st.tuples(st.integers(0, 880), st.integers(1, 20), st.integers(0, 2)), max_size=4),
    band=st.sampled_from([(20.0, 450.0, 2), (30.0, 450.0, 4), (20.0, 225.0, 2)]),
    seed=st.integers(0, 10_000),
)
def test_streaming_in_any_chunking_equals_the_whole(
    cuts: list[int], holes: list[tuple[int, int, int]], band: tuple[float, float, int], seed: int
) -> None:
    x = 3.0 + np.random.default_rng(seed).normal(size=(900, 3))
    for start, length, channel in holes:
        x[start : start + length, channel] = np.nan
    sections = np.concatenate((bandpass_sections(2000.0, *band), notch_sections(2000.0, (50.0,))))
    whole = CausalFilter(sections, 3).push(x)
    stream = CausalFilter(sections, 3)
    edges = [0, *sorted(cuts), 900]
    pushed = np.concatenate([stream.push(x[a:b]) for a, b in pairwise(edges)])
    assert np.array_equal(np.isnan(pushed), np.isnan(whole))
    assert np.abs(np.nan_to_num(pushed - whole)).max() <= 1e-9
    for c in range(3):
        assert np.nan_to_num(whole[:, c] - plain_causal(x[:, c], sections)) == pytest.approx(0.0, abs=1e-9)


def test_one_sample_at_a_time_on_one_channel() -> None:
    x = np.random.default_rng(5).normal(size=200)
    sections = butterworth_sections(2000.0, 6.0, 2)
    stream = CausalFilter(sections)
    assert stream.push(np.empty(0)).shape == (0,)
    one_by_one = np.concatenate([stream.push(x[i : i + 1]) for i in range(200)])
    assert one_by_one == pytest.approx(CausalFilter(sections).push(x), abs=1e-9)
    with pytest.raises(BadInput, match="2 channels"):
        CausalFilter(sections, 2).push(x)


def test_the_causal_delay_is_225_ms_over_the_cutoff() -> None:
    for cutoff, known_ms in ((6.0, 37.5), (20.0, 11.25), (50.0, 4.5)):
        sections = butterworth_sections(2000.0, cutoff, 2)
        delay = group_delay_s(sections, 2000.0, 0.0)
        assert 1e3 * delay == pytest.approx(known_ms, rel=2e-3)
        bump = np.exp(-0.5 * ((np.arange(8000) - 3000) / 2000.0 / 0.2) ** 2)
        late = float(np.sum(np.arange(8000) * CausalFilter(sections).push(bump)) / bump.sum() - 3000) / 2000.0
        # The centroid of any pulse leaves a filter of gain 1 late by its group delay at 0 Hz; the tail is cut at 2.5 s.
        assert late == pytest.approx(delay, abs=1e-4)
    with pytest.raises(ValueError, match="stops 0 Hz"):
        group_delay_s(highpass_sections(2000.0, 20.0), 2000.0, 0.0)


def test_smear_is_where_a_gap_still_speaks() -> None:
    rate, rng = 2000.0, np.random.default_rng(6)
    x = rng.normal(size=(4000, 200))
    other = x.copy()
    other[2000:] = rng.normal(size=(2000, 200))
    sections = bandpass_sections(rate, 20.0, 450.0)
    changed = band_filter(x, rate, sections) - band_filter(other, rate, sections)
    width = smear_samples(rate, 20.0, 450.0)
    power = (changed**2).mean(axis=1) / 2.0 / band_filter(x, rate, sections)[500:1500].var()
    # Both versions are independent, so their difference has twice the power that comes from beyond the edge.
    assert power[1999 - width] < 0.023
    assert power[2000 - width] > 0.016
    assert 1 <= width <= 20


def test_an_infinite_sample_costs_a_live_filter_itself_only() -> None:
    x = np.random.default_rng(8).standard_normal(400)
    x[100] = np.inf
    out = CausalFilter(bandpass_sections(2000.0, 20.0, 450.0)).push(x)
    assert np.flatnonzero(~np.isfinite(out)).tolist() == [100] and np.isnan(out[100])
