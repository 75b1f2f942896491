"""Slope and sway of a hold: closed forms, and how often the intervals hold the truth when sway remembers itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.recording import FloatArray
from legato.signals.drift import fit_drift

RATE_HZ = 50.0


def sways(n: int, memory_s: float, rng: np.random.Generator, holds: int = 1) -> FloatArray:
    """Gaussian noise of SD 1, a column a hold, whose autocorrelation falls to 1/e in `memory_s` (exact recursion)."""
    keep = np.exp(-1.0 / (RATE_HZ * memory_s))
    out = rng.standard_normal((n, holds))
    for i in range(1, n):
        out[i] = keep * out[i - 1] + np.sqrt(1.0 - keep**2) * out[i]
    return out


def sway(n: int, memory_s: float, rng: np.random.Generator) -> FloatArray:
    return sways(n, memory_s, rng)[:, 0]


@pytest.mark.parametrize(
    ("length_s", "memory_s", "fewest"),
    [(10.0, 0.1, 0.84), (10.0, 1.0, 0.84), (30.0, 0.5, 0.84), (30.0, 3.0, 0.84), (60.0, 1.0, 0.84)],
)
def test_nine_of_ten_intervals_hold_slope_and_sway(length_s: float, memory_s: float, fewest: float) -> None:
    # 150 holds: one standard error of a coverage of 90 % is 2.4 points, so 84 % is 2.5 of them below.
    rng = np.random.default_rng(11)
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    slope_held = sway_held = 0
    for path in sways(t.size, memory_s, rng, 150).T:
        found = fit_drift(0.2 * t + path, RATE_HZ)
        slope_held += found.slope.low <= 0.2 <= found.slope.high
        sway_held += found.sway.low <= 1.0 <= found.sway.high
    assert slope_held / 150 >= fewest
    assert sway_held / 150 >= fewest


def test_independent_residuals_would_be_far_too_sure() -> None:
    rng = np.random.default_rng(3)
    t = np.arange(1500) / RATE_HZ
    x = sway(t.size, 2.0, rng)
    found = fit_drift(x, RATE_HZ).slope
    centred = t - t.mean()
    naive = 1.645 * np.std(x - np.polyval(np.polyfit(t, x, 1), t)) / np.sqrt(centred @ centred)
    assert found.half_width > 5.0 * naive


def test_a_straight_line_has_its_slope_and_no_sway() -> None:
    found = fit_drift(np.linspace(3.0, 3.0 + 0.5 * 599 / RATE_HZ, 600), RATE_HZ, unit="deg")
    assert found.slope.value == pytest.approx(0.5, abs=1e-6)
    assert found.sway.value == pytest.approx(0.0, abs=0.05)
    assert (found.slope.unit, found.sway.unit) == ("deg/s", "deg")


def test_a_sine_sways_by_its_amplitude_over_the_root_of_two() -> None:
    t = np.arange(3000) / RATE_HZ
    found = fit_drift(np.asarray(2.0 * np.sin(2.0 * np.pi * 1.1 * t), dtype=np.float64), RATE_HZ)
    assert found.sway.low <= np.sqrt(2.0) <= found.sway.high
    assert found.sway.value == pytest.approx(np.sqrt(2.0), rel=0.1)


def test_measuring_noise_is_taken_off_the_sway() -> None:
    rng = np.random.default_rng(5)
    x = sway(2000, 0.5, rng) + 0.8 * rng.standard_normal(2000)
    assert fit_drift(x, RATE_HZ, noise_sd=0.8).sway.value < fit_drift(x, RATE_HZ).sway.value


@settings(max_examples=25)
@given(scale=st.floats(0.01, 100.0), shift=st.floats(-1e3, 1e3), flip=st.booleans())
def test_scale_shift_and_mirror(scale: float, shift: float, flip: bool) -> None:
    x = sway(600, 0.4, np.random.default_rng(1)) + 0.1 * np.arange(600) / RATE_HZ
    sign = -1.0 if flip else 1.0
    base, moved = fit_drift(x, RATE_HZ), fit_drift(sign * scale * x + shift, RATE_HZ)
    assert moved.slope.value == pytest.approx(sign * scale * base.slope.value, rel=1e-3, abs=1e-6 * scale)
    assert moved.slope.half_width == pytest.approx(scale * base.slope.half_width, rel=1e-3)
    assert moved.sway.value == pytest.approx(scale * base.sway.value, rel=1e-3)


def test_too_few_or_missing_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 48"):
        fit_drift(np.zeros(40), RATE_HZ)
    with pytest.raises(ValueError, match="missing"):
        fit_drift(np.full(100, np.nan), RATE_HZ)
