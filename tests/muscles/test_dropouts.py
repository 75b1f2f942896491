"""Lost samples are found in any signal that does not repeat itself, and none in coarse ones that do."""

import numpy as np
import pytest

from legato.muscles.dropouts import bridge, find_dropouts
from legato.recording import BoolArray, FloatArray

from .plain_emg import burst_envelope, recording

RATE = 2000.0


def emg(seed: int, rate: float = RATE, seconds: float = 20.0, snr_db: float = 12.0) -> FloatArray:
    rng = np.random.default_rng(seed)
    return recording(burst_envelope(int(seconds * rate), rate, rng), rate, rng, snr_db)


def packets(n: int, rate: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    starts = np.arange(0.4, n / rate - 1.0, 1.1) + rng.uniform(0, 0.8, len(np.arange(0.4, n / rate - 1.0, 1.1)))
    return [(int(s * rate), int((s + rng.uniform(0.006, 0.03)) * rate)) for s in starts]


def spoilt(x: FloatArray, rate: float, rng: np.random.Generator, how: str) -> tuple[FloatArray, BoolArray]:
    out, lost = x.copy(), np.zeros(x.size, dtype=bool)
    for start, stop in packets(x.size, rate, rng):
        out[start:stop] = {"zeros": 0.0, "held": x[start - 1], "NaN": np.nan}[how]
        lost[start:stop] = True
    return out, lost


@pytest.mark.parametrize("how", ["zeros", "held", "NaN"])
@pytest.mark.parametrize("rate", [1000.0, 1926.0, 2148.0])
def test_packets_of_6_to_30_ms_are_found_whole_and_nothing_else(how: str, rate: float) -> None:
    rng = np.random.default_rng(1)
    x, lost = spoilt(emg(2, rate), rate, rng, how)
    found = find_dropouts(x, rate)
    if how == "held":
        # The held value itself was recorded; it belongs to the run of equal samples.
        for start in np.flatnonzero(np.diff(lost.astype(int)) == 1):
            lost[start] = True
    # Equal neighbours at the very edge of a packet are as good as part of it; the 24-bit values here have none.
    assert np.array_equal(found, lost)


@pytest.mark.parametrize("step_over_rest", [0.05, 0.5, 2.0, 6.0, 20.0])
@pytest.mark.parametrize("rate", [1000.0, 2000.0, 10000.0])
def test_coarse_quantisation_repeats_values_and_loses_nothing(step_over_rest: float, rate: float) -> None:
    for seed in range(8):
        x = emg(seed, rate, seconds=10.0, snr_db=20.0)
        step = step_over_rest * 0.1
        # From a step far below the resting noise to one that leaves rest at a constant value for seconds.
        assert not find_dropouts(np.round(x / step) * step, rate).any()


def test_one_bit_dither_and_a_signal_held_by_resampling_lose_nothing() -> None:
    rng = np.random.default_rng(3)
    assert not find_dropouts(rng.integers(0, 2, 60000).astype(float), RATE).any()
    assert not find_dropouts((rng.random(60000) < 0.02).astype(float), RATE).any()
    assert not find_dropouts(np.repeat(rng.normal(size=3000), 20), RATE).any()


def test_packets_in_a_12_bit_signal_are_found() -> None:
    rng = np.random.default_rng(4)
    step = 10.0 / 4096
    x, lost = spoilt(np.round(emg(5) / step) * step, RATE, rng, "zeros")
    found = find_dropouts(x, RATE)
    # A recorded zero may touch a packet; of 17 packets of 12 samples or more all must be found.
    assert found[lost].all()
    assert found.sum() - lost.sum() <= 4


def test_clipped_tops_are_not_lost_but_packets_beside_them_are() -> None:
    for level in (0.15, 0.3, 0.6):
        x = np.clip(emg(6), -level, level)
        assert not find_dropouts(x, RATE).any()
        spoiled, lost = spoilt(x, RATE, np.random.default_rng(7), "zeros")
        assert np.array_equal(find_dropouts(spoiled, RATE), lost)


def test_zeros_that_are_the_lowest_value_of_an_unsigned_recorder_are_found() -> None:
    x, lost = spoilt(emg(8) + 40.0, RATE, np.random.default_rng(9), "zeros")
    assert np.array_equal(find_dropouts(x, RATE), lost)


def test_long_stretches_are_lost_and_a_dead_channel_is_not() -> None:
    x = emg(10)
    x[:6000] = 0.0
    x[20000:29000] = x[19999]
    expected = np.zeros(x.size, dtype=bool)
    expected[:6000] = expected[19999:29000] = True
    assert np.array_equal(find_dropouts(x, RATE), expected)
    assert not find_dropouts(np.zeros(5000), RATE).any()


def test_scale_and_sign_change_nothing() -> None:
    x, _ = spoilt(emg(11), RATE, np.random.default_rng(12), "held")
    found = find_dropouts(x, RATE)
    for factor in (-1.0, 2.0**-20, 2.0**20):
        assert np.array_equal(find_dropouts(x * factor, RATE), found)


def test_a_bridge_runs_between_the_levels_on_either_side() -> None:
    x = np.concatenate((np.full(100, 3.0), np.full(50, 99.0), np.full(100, 5.0)))
    lost = np.zeros(250, dtype=bool)
    lost[100:150] = True
    got = bridge(x, lost, RATE)
    assert got[100:150] == pytest.approx(3.0 + 2.0 * np.arange(1, 51) / 51)
    assert np.array_equal(got[~lost], x[~lost])


def test_long_gaps_and_those_at_the_ends_stay_open() -> None:
    x = emg(13)
    lost = np.zeros(x.size, dtype=bool)
    lost[:10] = lost[-10:] = lost[5000:5401] = lost[9000:9400] = True
    open_ = np.isnan(bridge(x, lost, RATE))
    assert open_[:10].all() and open_[-10:].all() and open_[5000:5401].all()
    assert not open_[9000:9400].any() and open_.sum() == 421
