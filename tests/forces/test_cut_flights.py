"""Recordings that end or begin in the air."""

import numpy as np
import pytest

from legato.forces.jumps import search_jumps

from .planted_jumps import planted_jump, planted_series


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 2148.0])
def test_a_recording_that_ends_in_the_air_says_so(rate_hz):
    truth = planted_jump(rate_hz)
    stop = round((truth.landing_s - 0.1) * rate_hz)
    searched = search_jumps(truth.force_n[:stop], rate_hz)
    assert searched.jumps == ()
    (said,) = searched.cut
    speed = 0.5 * 9.80665 * truth.flight_s
    assert f"takes off at {speed:.1f} m/s" in said and "before the landing" in said


def test_a_recording_that_starts_in_the_air_says_so():
    truth = planted_jump()
    searched = search_jumps(truth.force_n[round(1000 * truth.take_off_s) + 100 :], 1000.0)
    assert searched.jumps == ()
    (said,) = searched.cut
    assert "starts in the air" in said and f"{0.5 * 9.80665 * truth.flight_s:.1f} m/s" in said


def test_stepping_on_and_off_is_no_cut_flight():
    rng = np.random.default_rng(1)
    rise = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, 400))
    force = 700.0 * np.concatenate((np.zeros(700), rise, np.ones(2000), rise[::-1], np.zeros(700)))
    assert search_jumps(force + rng.normal(0.0, 2.0, force.size), 1000.0).cut == ()


def test_whole_jumps_are_not_cut():
    assert search_jumps(planted_jump().force_n, 1000.0).cut == ()
    # Before a drop jump the plates are empty for longer than any flight.
    assert search_jumps(planted_series().force_n, 1000.0).cut == ()
