"""Blocks and limits agree with plain numpy, and the power of a known tone comes out."""

import numpy as np
import pytest

from legato.muscles._blocks import blocks_of
from legato.muscles._quality_kernels import counts_at_ends, cut_blocks
from legato.muscles._survey import survey
from legato.muscles.quality import examine_channels

from .plain_emg import burst_envelope, recording

RATE = 2000.0


def test_cut_blocks_are_detrended_and_windowed_as_numpy_does_it() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal(3000) + np.linspace(0.0, 50.0, 3000)
    start, window = np.array([0, 100, 2488]), np.hanning(512)
    line = np.linspace(-1.0, 1.0, 512)
    out, mean = np.empty((3, 512)), np.empty(3)
    cut_blocks(x, start, window, line / np.sqrt(line @ line), out, mean)
    for row, at in enumerate(start):
        part = x[at : at + 512]
        k = np.arange(512)
        np.testing.assert_allclose(out[row], (part - np.polyval(np.polyfit(k, part, 1), k)) * window, atol=1e-9)
        assert mean[row] == pytest.approx(part.mean(), abs=1e-9)


def test_counts_at_the_ends_are_those_of_numpy() -> None:
    x = np.random.default_rng(2).standard_normal(5000)
    x[::7] = np.nan
    low, high = float(np.nanmin(x)), float(np.nanmax(x))
    widths = np.array([0.01, 0.3, 1.0])
    found = counts_at_ends(x, low, high, widths)
    for end, off in enumerate((x - low, high - x)):
        for k, width in enumerate(widths):
            assert found[end, k, 0] == (off < width).sum()
            assert found[end, k, 1] == ((off >= width) & (off < 2 * width)).sum()


def test_the_power_of_a_tone_is_half_its_squared_amplitude() -> None:
    t = np.arange(int(10 * RATE), dtype=np.float64) / RATE
    blocks = blocks_of(3.0 * np.sin(2 * np.pi * 123.4 * t) + 40.0, np.zeros(len(t), np.bool_), RATE)
    assert blocks is not None
    # A Hann block holds a fraction of a period more or less: 1 % at 32 periods a block.
    assert blocks.power.sum(axis=1) * blocks.freq_hz[1] == pytest.approx(4.5, rel=0.01)
    assert blocks.mean == pytest.approx(40.0, abs=0.05)


@pytest.mark.parametrize("low", [-1.0, -0.3])
def test_samples_at_either_limit_are_marked_and_no_others(low: float) -> None:
    rng = np.random.default_rng(3)
    x = recording(burst_envelope(24000, RATE, rng), RATE, rng, 15.0)
    found = survey(x.clip(low, 1.2), RATE)
    np.testing.assert_array_equal(found.clipped, (x <= low) | (x >= 1.2))
    assert not survey(x, RATE).clipped.any()


def test_limits_with_noise_on_top_are_marked_too() -> None:
    rng = np.random.default_rng(4)
    x = recording(burst_envelope(24000, RATE, rng), RATE, rng, 15.0)
    found = survey(x.clip(-0.5, 0.5) + 0.002 * rng.standard_normal(len(x)), RATE)
    assert found.clipped[np.abs(x) > 0.5].mean() > 0.95
    assert found.clipped[np.abs(x) < 0.4].sum() == 0


def test_one_jolt_off_scale_makes_no_limit_of_the_rest() -> None:
    rng = np.random.default_rng(5)
    x = recording(burst_envelope(24000, RATE, rng), RATE, rng, 15.0)
    x[5000:5200] = 60.0
    found = survey(x, RATE)
    np.testing.assert_array_equal(np.flatnonzero(found.clipped), np.arange(5000, 5200))
    np.testing.assert_array_equal(found.blocked, found.clipped)


@pytest.mark.parametrize("share", [0.06, 0.105, 0.12, 0.18])
@pytest.mark.parametrize("limit", [30.0, 100.0, 10000.0])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_limit_held_for_long_makes_no_limit_of_the_rest(limit: float, share: float, sign: float) -> None:
    rng = np.random.default_rng(6)
    x = recording(burst_envelope(40000, RATE, rng), RATE, rng, 15.0)
    x[np.arange(40000) % 4000 < 4000 * share] = sign * limit
    np.testing.assert_array_equal(survey(x, RATE).blocked, x == sign * limit)
    (found,) = examine_channels(x[:, None], RATE)
    assert found.usable, found.reasons


def test_a_signal_that_only_jumps_between_both_noisy_limits_is_at_them() -> None:
    rng = np.random.default_rng(7)
    x = np.where(np.arange(40000) % 4000 < 1500, 5.0, -5.0) + 0.01 * rng.standard_normal(40000)
    assert survey(x, RATE).blocked.mean() > 0.9
