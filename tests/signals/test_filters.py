"""The zero-phase filter against scipy and against its own closed-form gain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.signals.filters import butterworth_sections, derivative, edge_padding, lowpass, zero_phase_gain


def plain_zero_phase(x: FloatArray, sections: FloatArray, pad: int) -> FloatArray:
    """The textbook recursion, sample by sample, one channel."""
    y = np.concatenate((2 * x[0] - x[pad:0:-1], x, 2 * x[-1] - x[-2 : -pad - 2 : -1]))
    for _ in range(2):
        for b0, b1, b2, a1, a2 in sections:
            s0, s1 = (1 - b0) * y[0], (b2 - a2) * y[0]
            out = np.empty_like(y)
            for i, v in enumerate(y):
                out[i] = b0 * v + s0
                s0, s1 = b1 * v - a1 * out[i] + s1, b2 * v - a2 * out[i]
            y = out
        y = y[::-1]
    return y[pad : pad + x.size]


@pytest.mark.parametrize("order", [2, 4, 8])
@pytest.mark.parametrize(("rate", "cutoff"), [(50.0, 6.0), (250.0, 20.0), (2000.0, 6.0), (100.0, 42.0)])
def test_filter_equals_scipy_and_the_plain_recursion(order: int, rate: float, cutoff: float) -> None:
    x = np.cumsum(np.random.default_rng(1).normal(size=(1500, 3)), axis=0)
    got = lowpass(x, rate, cutoff, order)
    pad = edge_padding(1500, rate, cutoff)
    chord = x[0] + np.arange(1500)[:, None] * (x[-1] - x[0]) / 1499
    sos = signal.butter(order, cutoff, fs=rate, output="sos")
    oracle = chord + signal.sosfiltfilt(sos, x - chord, axis=0, padlen=pad)
    # Both round differently; at a cut-off of 0.3 % of the rate the poles magnify rounding to about 1e-8 of the values.
    tolerance = 1e-9 * np.abs(x).max() * (1.0 if cutoff / rate > 0.01 else 100.0)
    assert np.abs(got - oracle).max() < tolerance
    plain = chord[:, 0] + plain_zero_phase((x - chord)[:, 0], butterworth_sections(rate, cutoff, order), pad)
    assert np.abs(got[:, 0] - plain).max() < 1e-9 * np.abs(x).max()


def test_gain_is_the_one_of_the_stated_formula() -> None:
    rate, cutoff = 250.0, 12.0
    t = np.arange(5000) / rate
    for frequency in (2.0, 8.0, 12.0, 20.0):
        y = lowpass(np.sin(2 * np.pi * frequency * t), rate, cutoff)[1000:4000]
        measured = np.sqrt(2.0 * np.mean(y**2))
        # 3000 samples hold whole periods of every tone, so the rms is exact but for the filter's settling.
        assert measured == pytest.approx(zero_phase_gain(np.array([frequency]), cutoff, rate)[0], abs=1e-6)
    assert zero_phase_gain(np.array([cutoff]), cutoff, rate)[0] == pytest.approx(0.5)
    assert zero_phase_gain(np.array([rate / 2]), cutoff, rate)[0] == pytest.approx(0.0, abs=1e-12)


def test_a_gap_costs_only_itself_and_each_run_is_filtered_alone() -> None:
    x = np.random.default_rng(2).normal(size=(400, 2, 3))
    x[100:120, 1] = np.nan
    y = lowpass(x, 100.0, 6.0)
    assert np.array_equal(np.isnan(y), np.isnan(x))
    assert np.allclose(y[:100, 1], lowpass(x[:100, 1], 100.0, 6.0), atol=1e-12)
    assert np.allclose(y[120:, 1], lowpass(x[120:, 1], 100.0, 6.0), atol=1e-12)
    assert np.allclose(y[:, 0], lowpass(x[:, 0], 100.0, 6.0), atol=1e-12)


@given(slope=st.floats(-5, 5), offset=st.floats(-100, 100), n=st.integers(1, 200))
@settings(max_examples=30, deadline=None)
def test_a_straight_line_passes_unchanged(slope: float, offset: float, n: int) -> None:
    line = offset + slope * np.arange(n, dtype=np.float64) / 100.0
    assert np.allclose(lowpass(line, 100.0, 6.0), line, atol=1e-8 * (1 + abs(offset) + abs(slope) * n))


@given(seed=st.integers(0, 1000), scale=st.floats(1e-3, 1e3))
@settings(max_examples=20, deadline=None)
def test_filter_is_linear_and_symmetric_in_time(seed: int, scale: float) -> None:
    x = np.random.default_rng(seed).normal(size=(300, 2))
    y = lowpass(x, 200.0, 10.0)
    assert np.allclose(lowpass(scale * x, 200.0, 10.0), scale * y, rtol=1e-9, atol=1e-12 * scale)
    # Start-up of the second pass differs from that of the first, so symmetry holds away from the ends.
    assert np.allclose(lowpass(x[::-1].copy(), 200.0, 10.0)[::-1][60:-60], y[60:-60], atol=1e-3)


def test_a_cutoff_above_half_the_rate_is_refused() -> None:
    with pytest.raises(BadInput, match="cut-off of 30 Hz"):
        lowpass(np.zeros((10, 1)), 50.0, 30.0)


def test_derivative_is_exact_for_parabolas_also_beside_gaps() -> None:
    t = np.arange(100) / 50.0
    x = 3.0 * t**2 - t
    x[40:45] = np.nan
    d = derivative(x, 50.0)
    assert np.array_equal(np.isnan(d), np.isnan(x))
    seen = ~np.isnan(x)
    assert np.allclose(d[seen], (6.0 * t - 1.0)[seen], atol=1e-10)
