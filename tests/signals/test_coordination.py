"""Coordination against closed forms, the reference implementation's own example and published bins."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from legato.errors import NotResolvable
from legato.signals.circular import circular_mean, wrapped
from legato.signals.coordination import (
    PATTERNS,
    analytic_phase,
    concentration_of,
    coupling_angles,
    coupling_variability,
    deviation_phase,
    mean_absolute_relative_phase,
    over_time,
    pattern_shares,
    quarter_ratios,
    relative_phase,
    rhythm,
    spectral_arc_length,
)

RATE = 200.0
T = np.arange(0.0, 6.0, 1.0 / RATE)


@pytest.mark.parametrize(
    ("degrees", "pattern"),
    [
        (45.0, "in_phase"), (225.0, "in_phase"), (22.5, "in_phase"), (67.4, "in_phase"),
        (135.0, "anti_phase"), (315.0, "anti_phase"), (292.5, "anti_phase"),
        (0.0, "proximal"), (359.0, "proximal"), (180.0, "proximal"), (337.5, "proximal"), (22.4, "proximal"),
        (90.0, "distal"), (270.0, "distal"), (67.5, "distal"),
    ],
)  # fmt: skip
def test_the_bins_are_those_of_chang_2008(degrees, pattern):
    assert pattern_shares(np.radians([degrees]))[pattern] == 1.0


@pytest.mark.parametrize("degrees", [10.0, 45.0, 120.0, 200.0, 300.0])
def test_a_straight_line_has_its_own_direction(degrees):
    way = np.linspace(0.0, 1.0, 101)
    angles = coupling_angles(way * np.cos(np.radians(degrees)), way * np.sin(np.radians(degrees)), RATE)
    assert np.degrees(angles) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize("phase_deg", [0.0, 30.0, 90.0, 150.0, 180.0])
def test_two_sines_follow_the_closed_form(phase_deg):
    phase, w = np.radians(phase_deg), 2.0 * np.pi * 0.5
    found = coupling_angles(np.sin(w * T), np.sin(w * T + phase), RATE)
    middle = T[:-1] + 0.5 / RATE
    truth = np.arctan2(np.cos(w * middle + phase), np.cos(w * middle))
    seen = np.isfinite(found)
    assert seen.mean() > 0.9
    # Differences of a sine are exactly those of its derivative at the middle, times one factor for both.
    assert np.abs(wrapped(found[seen] - truth[seen])).max() < 1e-9


def test_sines_in_and_against_phase_fall_in_their_bins():
    w = 2.0 * np.pi * 0.5
    assert pattern_shares(coupling_angles(np.sin(w * T), np.sin(w * T), RATE))["in_phase"] == 1.0
    assert pattern_shares(coupling_angles(np.sin(w * T), -np.sin(w * T), RATE))["anti_phase"] == 1.0
    quarter = pattern_shares(coupling_angles(np.sin(w * T), np.cos(w * T), RATE))
    # A circle runs through all directions evenly: a quarter of the time in each of the four patterns.
    assert [quarter[p] for p in PATTERNS] == pytest.approx([0.25] * 4, abs=0.01)


def test_slow_movement_has_no_direction():
    still = 1e-4 * np.random.default_rng(0).normal(size=200)
    assert np.isnan(coupling_angles(np.cumsum(still), np.cumsum(still[::-1]), RATE)).all()


@settings(max_examples=200)
@given(st.floats(0.2, 3.0), st.floats(0.2, 3.0), st.floats(0.0, 6.28), st.floats(0.1, 5.0))
def test_patterns_do_not_depend_on_unit_or_direction_of_time(a, b, phase, scale):
    x, y = a * np.sin(3.0 * T[:400]), b * np.sin(3.0 * T[:400] + phase)
    plain = coupling_angles(x, y, RATE, 0.0)
    assert np.allclose(wrapped(coupling_angles(scale * x, scale * y, RATE, 0.0) - plain), 0.0, atol=1e-6)
    shares = pattern_shares(plain)
    assert sum(shares.values()) == pytest.approx(1.0)
    # Reversed time turns every direction by half a turn, which every bin holds too. At an edge rounding decides.
    assume(np.abs(np.mod(np.degrees(plain) + 22.5, 45.0) - 22.5).max() < 22.4)
    assert pattern_shares(coupling_angles(x[::-1], y[::-1], RATE, 0.0)) == pytest.approx(shares)


def test_variability_is_that_of_the_repetitions():
    rng = np.random.default_rng(3)
    for sd in (0.05, 0.2, 0.4):
        found = [coupling_variability(rng.normal(1.0, sd, (6, 1)) + np.zeros((6, 50))) for _ in range(400)]
        truth = np.sqrt(2.0 * (1.0 - np.exp(-0.5 * sd**2)))
        # An SD of six has a mean of 0.95 of the truth.
        assert np.sqrt(np.mean(np.square(found))) == pytest.approx(truth, rel=0.06)
    assert coupling_variability(np.ones((4, 9))) == pytest.approx(0.0, abs=1e-7)
    assert np.isnan(coupling_variability(np.full((4, 9), np.nan)))


def test_directions_are_resampled_over_the_wrap_and_pauses_stay_empty():
    angles = np.radians(np.concatenate([np.full(20, 350.0), np.full(20, 370.0)]))
    assert np.abs(np.degrees(wrapped(over_time(angles, 21)))).max() <= 10.1
    holed = np.where((np.arange(100) > 40) & (np.arange(100) < 60), np.nan, 1.0)
    empty = np.isnan(over_time(holed, 101))
    assert empty[45:55].all()
    assert not empty[:38].any()


@pytest.mark.parametrize("lag_deg", [-120.0, -40.0, 0.0, 25.0, 90.0])
@pytest.mark.parametrize("shift", [0.0, 5.0])
def test_relative_phase_of_sinusoids_is_their_phase(lag_deg, shift):
    w = 2.0 * np.pi * 0.8
    x, y = 2.0 * np.sin(w * T) + shift, 0.3 * np.sin(w * T - np.radians(lag_deg)) - shift
    found = relative_phase(x, y)
    inner = found[250:-250]
    # Mirroring makes a corner where the cut lies on a flank, and its leak fades only as 1/distance: 6 degrees at most a
    # cycle from the ends, and far less on average.
    assert np.abs(np.degrees(wrapped(inner - np.radians(lag_deg)))).max() < 6.0
    assert np.degrees(wrapped(circular_mean(inner))) == pytest.approx(lag_deg, abs=1.0)


def test_relative_phase_holds_where_frequency_and_size_drift():
    # The reason for the Hilbert transform (Lamb and Stöckl 2014): a phase plane of angle and velocity would depend on
    # the frequency.
    phase = 2.0 * np.pi * (0.8 * T + 0.03 * T**2)
    found = relative_phase((1.0 + 0.05 * T) * np.sin(phase), (1.0 + 0.05 * T) * np.sin(phase - 0.6))
    assert np.degrees(wrapped(circular_mean(found[250:-250]))) == pytest.approx(np.degrees(0.6), abs=3.0)


def test_the_phase_of_a_cosine_is_its_argument():
    w = 2.0 * np.pi * 0.5
    found = analytic_phase(np.cos(w * T))
    # From extreme to extreme mirroring continues a cosine as it is.
    assert np.abs(wrapped(found - w * T)[20:-20]).max() < 0.02


def test_single_events_have_no_relative_phase():
    reach = np.tanh(4.0 * (T - 3.0))
    with pytest.raises(NotResolvable, match="oscillation"):
        relative_phase(reach, np.sin(5.0 * T))
    with pytest.raises(NotResolvable, match="oscillation"):
        relative_phase(np.exp(-5.0 * (T - 3.0) ** 2), np.exp(-5.0 * (T - 3.1) ** 2))


def test_size_and_spread_of_the_relative_phase():
    rng = np.random.default_rng(5)
    own = np.array([0.1, -0.1, 0.2, -0.2, 0.0])
    curves = np.pi + 0.05 + own[:, None] + np.zeros((5, 40))
    assert mean_absolute_relative_phase(wrapped(curves)) == pytest.approx(np.pi - 0.05, abs=1e-6)
    assert deviation_phase(curves) == pytest.approx(own.std(ddof=1), rel=0.01)
    many = [deviation_phase(rng.normal(0.0, 0.2, (5, 1)) + np.zeros((5, 3))) for _ in range(500)]
    assert np.sqrt(np.mean(np.square(many))) == pytest.approx(0.2, rel=0.06)


def test_spectral_arc_length_of_the_reference_example():
    # The example in the reference implementation's documentation (siva82kb/SPARC, smoothness.py): −1.41403.
    t = np.arange(-1.0, 1.0, 0.01)
    assert spectral_arc_length(np.exp(-5.0 * t**2), 100.0) == pytest.approx(-1.41403, abs=5e-6)


@settings(max_examples=50)
@given(st.floats(0.01, 100.0), st.sampled_from([100.0, 200.0, 250.0]))
def test_spectral_arc_length_does_not_depend_on_size_and_little_on_rate(size, rate_hz):
    t = np.arange(-1.0, 1.0, 1.0 / rate_hz)
    assert spectral_arc_length(size * np.exp(-5.0 * t**2), rate_hz) == pytest.approx(-1.41403, abs=0.01)


def test_stops_and_tremor_make_a_movement_less_smooth():
    t = np.arange(-1.0, 1.0, 0.01)
    smooth = np.exp(-5.0 * t**2)
    halting = np.exp(-20.0 * (t + 0.5) ** 2) + np.exp(-20.0 * (t - 0.5) ** 2)
    shaking = np.abs(smooth * (1.0 + 0.5 * np.sin(2.0 * np.pi * 6.0 * t)))
    assert spectral_arc_length(halting, 100.0) < spectral_arc_length(smooth, 100.0) - 0.2
    assert spectral_arc_length(shaking, 100.0) < spectral_arc_length(smooth, 100.0) - 0.2


def test_smoothness_is_refused_where_there_is_no_spectrum():
    with pytest.raises(NotResolvable, match="spectrum"):
        spectral_arc_length(np.ones(50), 15.0)
    with pytest.raises(NotResolvable, match="moves"):
        spectral_arc_length(np.zeros(50), 100.0)


def test_a_metronome_is_even():
    even = rhythm(0.7 + 2.5 * np.arange(8.0))
    assert even.period_s == pytest.approx(2.5)
    assert even.period_cv == pytest.approx(0.0, abs=1e-9)
    assert even.concentration == pytest.approx(1.0, abs=1e-9)


def test_rhythm_tells_the_jitter_that_was_put_in():
    rng = np.random.default_rng(4)
    found = [rhythm(2.0 * np.arange(10) + rng.normal(0.0, 0.1, 10)) for _ in range(600)]
    assert np.sqrt(np.mean([r.jitter**2 for r in found])) == pytest.approx(0.05, rel=0.05)
    # Each period holds two instants' jitter.
    assert np.sqrt(np.mean([r.period_cv**2 for r in found])) == pytest.approx(0.05 * np.sqrt(2.0), rel=0.06)
    phases = 2.0 * np.pi * 0.05 * rng.normal(size=100_000)
    assert concentration_of(0.05) == pytest.approx(abs(np.exp(1j * phases).mean()), abs=1e-3)
    with pytest.raises(NotResolvable, match="at least 4"):
        rhythm(np.array([0.0, 1.0, 2.0]))


def test_quarters_of_a_bend_hold_what_each_part_did():
    u = np.linspace(0.0, 1.0, 400)
    whole, pelvis = u, u**2
    parts = quarter_ratios(whole, whole - pelvis, pelvis)
    assert parts.sum(axis=1) == pytest.approx([0.25] * 4, abs=1e-6)
    assert parts[:, 1] == pytest.approx(np.diff(np.linspace(0.0, 1.0, 5) ** 2), abs=1e-5)
    assert quarter_ratios(whole[::-1], (whole - pelvis)[::-1], pelvis[::-1])[0, 1] == pytest.approx(-0.4375, abs=1e-5)
    with pytest.raises(NotResolvable, match="travel"):
        quarter_ratios(np.ones(5), u[:5], u[:5])
