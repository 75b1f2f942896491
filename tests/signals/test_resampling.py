"""Samples at uneven times on an even grid, against functions that are known between them."""

import numpy as np

from legato.signals.resampling import resample_even


def test_a_slow_wave_is_followed_between_uneven_samples():
    rng = np.random.default_rng(0)
    t = np.sort(np.arange(0.0, 4.0, 1 / 60) + rng.uniform(-0.004, 0.004, 240))
    values = np.stack((np.sin(2 * np.pi * t), np.cos(2 * np.pi * t)), axis=1)
    found, step = resample_even(t, values, 60.0)
    grid = t[0] + np.arange(len(found)) / 60.0
    # A cubic through samples 1/60 s apart is wrong by about (2π/60)³/24 of a wave of 1 Hz.
    np.testing.assert_allclose(found[3:-3, 0], np.sin(2 * np.pi * grid[3:-3]), atol=2e-4)
    assert step.shape == grid.shape and step.max() < 0.03


def test_samples_on_the_grid_stay_and_a_gap_is_told_by_its_step():
    t = np.delete(np.arange(0.0, 1.0, 0.01), slice(40, 45))
    found, step = resample_even(t, (t**2)[:, None], 100.0)
    np.testing.assert_allclose(found[:, 0], (np.arange(len(found)) / 100.0) ** 2, atol=1e-9)
    np.testing.assert_allclose(step[41:44], 0.06)
