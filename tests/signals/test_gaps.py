"""Short gaps are closed smoothly and marked; long ones, ends and gaps over an event stay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.signals.gaps import fill_gaps, runs_of


def test_runs_are_found_with_exclusive_stops() -> None:
    mask = np.array([True, True, False, True, False, False, True])
    assert runs_of(mask) == [(0, 2), (3, 4), (6, 7)]
    assert runs_of(np.zeros(3, dtype=bool)) == []


def test_a_short_gap_in_a_smooth_movement_is_closed_to_a_millimetre() -> None:
    rate = 100.0
    t = np.arange(300) / rate
    truth = np.column_stack((0.3 * np.sin(2 * np.pi * 0.5 * t), 0.2 * np.cos(2 * np.pi * 0.5 * t), 0.1 * t))
    x = truth.copy()
    x[100:120] = np.nan
    y, filled = fill_gaps(x, rate)
    assert np.flatnonzero(filled).tolist() == list(range(100, 120))
    # Cubic Hermite error: h^4 / 384 · |x''''| = 0.21^4 / 384 · 0.3 · pi^4 = 0.15 mm.
    assert np.abs(y - truth).max() < 1e-3
    assert np.array_equal(y[~filled], x[~filled])


@pytest.mark.parametrize(("length", "closed"), [(20, True), (21, False)])
def test_two_tenths_of_a_second_is_the_longest_gap_closed(length: int, closed: bool) -> None:
    x = np.linspace(0.0, 1.0, 200)
    x[50 : 50 + length] = np.nan
    y, filled = fill_gaps(x, 100.0)
    assert bool(filled.any()) is closed
    assert bool(np.isnan(y).any()) is not closed


def test_gaps_at_the_ends_and_over_an_event_stay() -> None:
    x = np.linspace(0.0, 1.0, 200)
    x[:5] = x[-5:] = np.nan
    x[50:60] = x[100:110] = np.nan
    y, filled = fill_gaps(x, 100.0, barriers_s=[10.0 + 0.553], start_s=10.0)
    assert np.isnan(y[50:60]).all() and np.isnan(y[:5]).all() and np.isnan(y[-5:]).all()
    assert filled[100:110].all() and filled.sum() == 10


@given(scale=st.floats(1e-3, 1e3), offset=st.floats(-10, 10), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_filling_knows_no_unit_and_no_origin(scale: float, offset: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.normal(size=(120, 3)), axis=0)
    x[rng.integers(0, 120, size=15)] = np.nan
    y, filled = fill_gaps(x, 100.0)
    z, filled_z = fill_gaps(scale * x + offset, 100.0)
    assert np.array_equal(filled, filled_z)
    assert np.allclose(z, scale * y + offset, atol=1e-7 * (1 + scale), equal_nan=True)
