"""Noise spectra: held to noise of known density."""

import numpy as np
import pytest

from legato.signals.spectra import (
    NoiseSpectrum,
    floor_density,
    residual_spectrum,
    sine_tapers,
    tapered_density,
    white_noise,
)


def test_sine_tapers_are_orthonormal() -> None:
    tapers = sine_tapers(200, 4)
    assert tapers @ tapers.T == pytest.approx(np.eye(4), abs=1e-12)


def test_white_noise_has_its_density_at_every_frequency() -> None:
    x = np.random.default_rng(0).normal(0.0, 2.0, (1000, 400))
    freq = np.linspace(0.0, 50.0, 513)
    density = tapered_density(x, 100.0, freq).mean(axis=1)
    # 400 columns of two tapers: 3.5 % a frequency; the straight line taken out empties the lowest cells.
    assert density[20:-20] == pytest.approx(2.0 * 4.0 / 100.0, rel=0.2)
    assert density[20:-20].mean() == pytest.approx(2.0 * 4.0 / 100.0, rel=0.01)


def test_variance_of_a_white_spectrum_is_that_of_the_samples() -> None:
    noise = white_noise(2.0 * 9.0 / 250.0, 250.0, size=4097)
    assert noise.variance(np.ones(4097)) == pytest.approx(9.0, rel=1e-3)


def _left_over(count: int, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Residuals of a least-squares rigid fit of small motions, (n, count, 3): noise with its rigid part taken out."""
    r = rng.uniform(-0.1, 0.1, (count, 3))
    r -= r.mean(axis=0)
    turns = np.array([[[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]] for x, y, z in r])
    design = np.concatenate([np.tile(np.eye(3), (count, 1)), -turns.reshape(3 * count, 3)], axis=1)
    hat = design @ np.linalg.pinv(design)
    noise = rng.normal(0.0, sigma, (4000, 3 * count))
    return (noise - noise @ hat.T).reshape(-1, count, 3)


@pytest.mark.parametrize("count", [3, 4, 6])
def test_residuals_of_a_rigid_fit_give_the_marker_noise_back(count: int) -> None:
    residual = _left_over(count, 1e-3, np.random.default_rng(count))
    spans = [(k * 500, (k + 1) * 500) for k in range(8)]
    noise = residual_spectrum(residual, spans, 250.0)
    # 8 windows of 250 cells and 3M − 6 ≥ 3 degrees of freedom: 1.3 % at worst.
    assert noise.density[10:].mean() == pytest.approx(2.0 * 1e-6 / 250.0, rel=0.06)


def test_a_marker_that_is_missing_leaves_the_noise_of_the_others() -> None:
    residual = _left_over(4, 1e-3, np.random.default_rng(1))
    lost = np.concatenate([residual, np.full((len(residual), 1, 3), np.nan)], axis=1)
    spans = [(0, 2000), (2000, 4000)]
    whole, part = residual_spectrum(residual, spans, 250.0), residual_spectrum(lost, spans, 250.0)
    assert part.density == pytest.approx(whole.density)


def test_fewer_than_three_markers_cannot_tell() -> None:
    with pytest.raises(ValueError, match="three markers"):
        residual_spectrum(np.zeros((100, 2, 3)), [(0, 100)], 100.0)


def test_degrees_of_freedom_follow_welch_and_satterthwaite() -> None:
    freq = np.linspace(0.0, 50.0, 501)
    noise = NoiseSpectrum(freq, np.ones(501), 1.0, 6.0)
    band = (freq >= 10.0) & (freq < 20.0)
    # Ten cells of 1 Hz with six degrees each.
    assert noise.variance_dof(band.astype(float)) == pytest.approx(60.0, rel=0.02)


def test_floor_of_an_angle_is_found_under_a_strong_slow_movement() -> None:
    rng = np.random.default_rng(2)
    t = np.arange(0, 20, 0.01)
    angle = 1.5 * np.sin(2.0 * np.pi * 0.5 * t) + rng.normal(0.0, 1e-3, len(t))
    found = floor_density(angle, [(k * 400, (k + 1) * 400) for k in range(5)], 100.0, 15.0)
    assert found is not None
    # Median of about 120 cells in five windows: 6 %.
    assert found[0] == pytest.approx(2.0 * 1e-6 / 100.0, rel=0.2)


def test_floor_needs_room_above_the_movement() -> None:
    assert floor_density(np.zeros(100), [(0, 100)], 30.0, 14.0) is None


def test_raising_a_spectrum_lifts_its_top_to_the_floor_and_never_lowers_it() -> None:
    noise = white_noise(1.0, 100.0)
    assert noise.raised(3.0).density == pytest.approx(3.0)
    assert noise.raised(0.5).density == pytest.approx(1.0)


def test_sum_of_independent_noises_adds_densities() -> None:
    assert white_noise(1.0, 100.0).plus(white_noise(2.0, 100.0, size=513)).density == pytest.approx(3.0)
