"""Chance is what shifting one channel against the other gives; lags and shares are those that were planted."""

import numpy as np
import pytest

from legato.muscles._blocks import Blocks
from legato.muscles._survey import survey
from legato.muscles.crosstalk import find_crosstalk
from legato.recording import FloatArray

from .plain_emg import burst_envelope, floor_noise, recording

RATE = 2000.0


def blocks(x: FloatArray) -> Blocks:
    found = survey(x, RATE).blocks
    assert found is not None
    return found


def muscle(rng: np.random.Generator, seconds: float = 20.0) -> FloatArray:
    n = int(seconds * RATE)
    return recording(burst_envelope(n, RATE, rng), RATE, rng, 15.0)


def test_chance_is_what_shifting_one_channel_against_the_other_gives() -> None:
    rng = np.random.default_rng(1)
    n = int(20 * RATE)
    # One envelope for both: bursts that fall together leave fewer independent samples than the record has.
    envelope = burst_envelope(n, RATE, rng)
    first, second = recording(envelope, RATE, rng, 15.0), recording(envelope, RATE, rng, 15.0)
    (pair,) = find_crosstalk([blocks(first), blocks(second)], RATE, 0.0)[:1] or (None,)
    chance = find_crosstalk([blocks(first), blocks(first + second)], RATE, 0.1)[0].chance_sd
    assert pair is None
    peaks: list[float] = []
    for _ in range(30):
        other = recording(envelope, RATE, rng, 15.0)
        spectrum = np.fft.rfft(first) * np.conj(np.fft.rfft(other))
        lags = np.fft.irfft(spectrum, n) / np.sqrt((first @ first) * (other @ other))
        peaks.extend(lags[:: int(0.004 * RATE)][:3])
    # The SD of 90 values is known to 8 %; the bands differ a little (all of it here, 45–450 Hz there).
    assert np.std(peaks) == pytest.approx(chance, rel=0.35)


@pytest.mark.parametrize("lag_ms", [-6.0, 0.0, 3.5])
@pytest.mark.parametrize("gain", [-0.5, 2.0])
def test_lag_and_sign_of_what_is_shared_are_found(lag_ms: float, gain: float) -> None:
    rng = np.random.default_rng(2)
    first = muscle(rng)
    second = gain * np.roll(first, round(lag_ms * RATE / 1000)) + 0.05 * floor_noise(len(first), RATE, rng)
    (pair,) = find_crosstalk([blocks(first), blocks(second)], RATE, 0.3)
    assert (pair.first, pair.second) == (0, 1)
    assert pair.lag_s * 1000 == pytest.approx(lag_ms, abs=0.51)
    assert pair.r == pytest.approx(np.sign(gain), abs=0.03)


def test_unrelated_channels_share_nothing_in_200_pairs() -> None:
    rng = np.random.default_rng(3)
    channels = [blocks(muscle(rng, 10.0)) for _ in range(21)]
    assert find_crosstalk(channels, RATE, 0.0) == ()


def test_common_mains_hum_is_no_crosstalk() -> None:
    rng = np.random.default_rng(4)
    hum = 2.0 * np.sin(2 * np.pi * 50.0 * np.arange(int(20 * RATE)) / RATE)
    assert find_crosstalk([blocks(muscle(rng) + hum), blocks(muscle(rng) + 0.7 * hum)], RATE, 0.0) == ()


def test_channels_that_are_left_out_keep_their_places() -> None:
    rng = np.random.default_rng(5)
    x = muscle(rng)
    (pair,) = find_crosstalk([None, blocks(x), None, blocks(-x)], RATE, 0.3)
    assert (pair.first, pair.second) == (1, 3)
    assert pair.r == pytest.approx(-1.0, abs=1e-4)
    assert find_crosstalk([None, blocks(x)], RATE, 0.3) == ()
