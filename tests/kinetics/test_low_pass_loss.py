"""What a low-pass takes from a moment against what noise of the markers looks like beside it."""

import numpy as np
import pytest

from legato.kinetics.low_pass_loss import cutoffs_of, lost_or_noise
from legato.recording import FloatArray
from legato.signals.filters import lowpass

RATE_HZ, FC_HZ, KG_M = 200.0, 6.0, 40.0
T = np.arange(round(12.0 * RATE_HZ)) / RATE_HZ


def moments(place: FloatArray, rate_hz: float = RATE_HZ) -> tuple[list[FloatArray], tuple[float, float, float]]:
    """Of a mass on a lever of 1 m whose height is `place`, m, behind three low-passes."""
    cutoffs = cutoffs_of(FC_HZ, 2.0, rate_hz)
    courses: list[FloatArray] = []
    for cutoff in cutoffs:
        pulled = np.full(place.size, np.nan)
        pulled[1:-1] = KG_M * np.diff(lowpass(place, rate_hz, cutoff), 2) * rate_hz**2
        courses.append(pulled)
    return courses, cutoffs


def test_noise_alone_is_no_lost_motion() -> None:
    courses, cutoffs = moments(0.001 * np.random.default_rng(3).standard_normal(T.size))
    sd = lost_or_noise(courses, cutoffs, RATE_HZ)[100:-100]
    noise = float(np.nanstd(courses[0][100:-100]))
    assert 0.85 * noise < np.sqrt(np.mean(sd**2)) < 1.3 * noise
    # Frame by frame it seemed to be five times the noise that is in the moment.
    assert np.nanstd((courses[1] - courses[0])[100:-100]) > 4.5 * noise


def test_motion_without_noise_is_lost_as_it_was() -> None:
    place = 0.3 * np.exp(-0.5 * ((T - 6.0) / 0.03) ** 2)
    courses, cutoffs = moments(place)
    sd, gone = lost_or_noise(courses, cutoffs, RATE_HZ), np.abs(courses[1] - courses[0])
    inside = slice(round(5.8 * RATE_HZ), round(6.2 * RATE_HZ))
    np.testing.assert_allclose(sd[inside], gone[inside], rtol=0.1, atol=0.02 * np.nanmax(gone))


def test_the_quickest_motion_beside_noise_stays_in_the_interval() -> None:
    place = 0.05 * np.exp(-0.5 * ((T - 6.0) / 0.025) ** 2)
    rng = np.random.default_rng(4)
    top = float(np.nanmax(np.abs(np.gradient(np.gradient(place, T), T)))) * KG_M
    held: list[bool] = []
    for _ in range(60):
        courses, cutoffs = moments(place + 0.0003 * rng.standard_normal(T.size))
        sd = lost_or_noise(courses, cutoffs, RATE_HZ)
        held.append(float(np.nanmax(np.abs(courses[0]) + 1.645 * sd)) >= 0.85 * top)
    assert np.mean(held) >= 0.9


def test_where_the_rate_leaves_no_band_for_noise_nothing_is_told_apart() -> None:
    courses, cutoffs = moments(0.001 * np.random.default_rng(5).standard_normal(T.size), 30.0)
    assert cutoffs[2] == pytest.approx(cutoffs[1], rel=0.06)
    sd = lost_or_noise(courses, cutoffs, 30.0)
    np.testing.assert_array_equal(sd[1:-1], np.abs(courses[1] - courses[0])[1:-1])
