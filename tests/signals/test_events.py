"""Event times: held to closed forms, between frames."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from legato.signals.events import cutoff_ladder, derivative_kernel, find_event, open_window, zero_phase_gain

RATE, S = 250.0, 0.045
ONSET_OF_BELL = S * np.sqrt(2.0 * np.log(10.0))


def _bell_angle(at: float, n: int = 600, height: float = 10.0) -> np.ndarray:
    """Angle whose rate is a bell of SD `S` at time `at`."""
    return height * S * np.sqrt(2.0 * np.pi) * ndtr((np.arange(n) / RATE - at) / S)


@given(st.floats(1.0, 1.4))
def test_peak_is_timed_between_frames(at: float) -> None:
    window = open_window(_bell_angle(at), RATE, 160, 440, 4.0)
    found = find_event(window, "peak", np.array([30.0, 40.0]))
    # The cubic between grid points is good to microseconds.
    assert found.time_s == pytest.approx(at, abs=5e-6)
    assert found.value == pytest.approx(10.0, rel=1e-3)
    assert found.slope == pytest.approx(-10.0 / S**2, rel=1e-2)


@given(st.floats(1.1, 1.4))
def test_onset_is_the_rise_through_a_tenth_of_the_peak(at: float) -> None:
    window = open_window(_bell_angle(at), RATE, 160, 440, 4.0)
    found = find_event(window, "onset", np.array([60.0]))
    assert found.time_s[0] == pytest.approx(at - ONSET_OF_BELL, abs=5e-5)


@given(st.floats(1.0, 1.3))
def test_offset_is_the_fall_through_a_tenth_of_the_peak_with_the_slope_of_the_fall(at: float) -> None:
    window = open_window(_bell_angle(at), RATE, 160, 440, 4.0)
    found = find_event(window, "offset", np.array([60.0]))
    assert found.time_s[0] == pytest.approx(at + ONSET_OF_BELL, abs=5e-5)
    assert found.slope[0] == pytest.approx(-find_event(window, "onset", np.array([60.0])).slope[0], rel=1e-3)


def test_turning_point_of_an_angle_is_where_its_rate_falls_through_zero() -> None:
    t = np.arange(900) / RATE
    window = open_window(0.8 * np.cos(2.0 * np.pi * 0.4 * (t - 1.7123)), RATE, 200, 700, 1.0)
    found = find_event(window, "zero", np.array([4.0, 6.0]))
    assert found.time_s == pytest.approx(1.7123, abs=1e-4)


@given(st.floats(1e-3, 1e3), st.booleans())
def test_times_do_not_depend_on_the_unit_of_the_angle(unit: float, offset: bool) -> None:
    angle = _bell_angle(1.2)
    cutoffs = np.array([10.0, 20.0])
    plain = find_event(open_window(angle, RATE, 160, 440, 4.0), "peak", cutoffs)
    other = find_event(
        open_window(angle * unit + (7.0 * unit if offset else 0.0), RATE, 160, 440, 4.0), "peak", cutoffs
    )
    assert other.time_s == pytest.approx(plain.time_s, abs=1e-9)
    assert other.value == pytest.approx(plain.value * unit, rel=1e-6)


def test_derivatives_are_those_of_the_plain_fourier_series() -> None:
    rng = np.random.default_rng(0)
    angle = np.cumsum(np.cumsum(rng.normal(size=400))) * 1e-3
    window = open_window(angle, 100.0, 100, 300, 2.0)
    times, values = window.derivatives(0, 4, np.array([5.0, 6.25]))
    ext = np.fft.irfft(window.coefficients, round(window.period_s * 100.0)) * round(window.period_s * 100.0)
    for order in range(4):
        for c, fc in enumerate((5.0, 6.25)):
            spin = (2j * np.pi * window.freq_hz) ** order
            series = np.fft.rfft(ext) / len(ext) * spin * zero_phase_gain(window.freq_hz, fc)
            phase = np.exp(2j * np.pi * np.outer(times - window.origin_s, window.freq_hz))
            plain = 2.0 * (phase @ series).real - series[0].real
            if order == 0:
                plain += window.level + window.slope * (times - window.origin_s)
            if order == 1:
                plain += window.slope
            # Beyond six cut-offs the series is cut: gain 6e-7.
            assert values[order, c] == pytest.approx(plain, abs=1e-4 * np.abs(plain).max())


def test_the_higher_of_two_humps_is_taken_and_the_other_is_its_rival() -> None:
    angle = _bell_angle(1.0, height=10.0) + _bell_angle(1.3, height=8.0)
    found = find_event(open_window(angle, RATE, 160, 440, 4.0), "peak", np.array([40.0]))
    assert found.time_s[0] == pytest.approx(1.0, abs=1e-4)
    assert found.rival[0] == pytest.approx(2.0, abs=0.05)


def test_a_hump_can_be_followed_by_nearness() -> None:
    angle = _bell_angle(1.0, height=10.0) + _bell_angle(1.3, height=8.0)
    found = find_event(open_window(angle, RATE, 160, 440, 4.0), "peak", np.array([40.0]), near_s=1.31)
    assert found.time_s[0] == pytest.approx(1.3, abs=1e-4)


def test_a_peak_outside_the_window_is_at_the_edge() -> None:
    found = find_event(open_window(_bell_angle(1.2), RATE, 160, 290, 4.0), "peak", np.array([30.0]))
    assert found.at_edge[0] == 1.0


def test_the_last_rise_is_the_onset_and_an_earlier_bump_its_rival() -> None:
    angle = _bell_angle(1.3) + _bell_angle(1.0, height=1.3)
    found = find_event(open_window(angle, RATE, 160, 440, 4.0), "onset", np.array([60.0]))
    assert found.time_s[0] == pytest.approx(1.3 - ONSET_OF_BELL, abs=2e-3)
    assert found.rival[0] < 1.0


def test_a_gap_inside_the_window_is_refused_and_one_outside_is_not_crossed() -> None:
    angle = _bell_angle(1.2)
    angle[300] = np.nan
    with pytest.raises(ValueError, match="gap"):
        open_window(angle, RATE, 160, 440, 4.0)
    angle = _bell_angle(1.2)
    angle[100] = np.nan
    found = find_event(open_window(angle, RATE, 160, 440, 4.0), "peak", np.array([30.0]))
    assert found.time_s[0] == pytest.approx(1.2, abs=1e-4)


@pytest.mark.parametrize(("rate", "window"), [(25.0, 3.0), (250.0, 0.6), (1000.0, 0.5), (50.0, 20.0), (10.0, 0.5)])
def test_the_ladder_ends_at_42_per_cent_of_the_rate(rate: float, window: float) -> None:
    ladder = cutoff_ladder(window, rate)
    assert ladder[-1] == pytest.approx(0.42 * rate)
    assert np.diff(np.log(ladder)) == pytest.approx(np.log(1.25))
    assert ladder[0] < 1.25 * max(0.3, 1.5 / window) or len(ladder) >= 3


@pytest.mark.parametrize("order", [1, 2])
def test_the_kernel_gives_the_derivative_that_the_series_gives(order: int) -> None:
    angle = _bell_angle(1.2) + 1e-3 * np.random.default_rng(0).normal(size=600)
    window = open_window(angle, RATE, 200, 400, 6.0)
    at = 1.1837
    weights = derivative_kernel(order, 14.0, RATE, at * RATE - np.arange(100.0, 500.0))
    flat = angle[100:500] - angle[300]
    # The kernel is cut after 2.8 periods of the cut-off on each side.
    assert weights @ flat == pytest.approx(window.value_at(order, 14.0, at), rel=2e-3)
