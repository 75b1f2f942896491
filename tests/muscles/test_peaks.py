"""The peak of a burst: one top is held as often as said, and where two humps make it doubtful none is told."""

from collections.abc import Callable

import numpy as np
import pytest

from legato.muscles import detect_bursts
from legato.recording import FloatArray

from .plain_emg import coloured, floor_noise

BURSTS = 12


def bell(t_s: FloatArray, at_s: float, width_s: float) -> FloatArray:
    """A Gaussian of that width at half of its height."""
    return np.exp(-0.5 * (2.3548 * (t_s - at_s) / width_s) ** 2)


def cosine(t_s: FloatArray, at_s: float, width_s: float) -> FloatArray:
    return 0.5 + 0.5 * np.cos(np.pi * np.clip((t_s - at_s) / width_s, -1.0, 1.0))


Hump = Callable[[FloatArray, float, float], FloatArray]


def told_and_held(
    hump: Hump, width_s: float, apart: float, snr_db: float, rate_hz: float, seeds: range
) -> tuple[float, int, int]:
    """Share of bursts with a peak, how many of these are held, and their number. A burst is one hump (`apart` 0), or
    two so many widths apart, either of which may be the lower by up to a quarter; lengths and heights vary.
    """
    told = held = 0
    for seed in seeds:
        rng = np.random.default_rng([seed, round(1e3 * width_s), round(10 * apart), round(snr_db), round(rate_hz)])
        t = np.arange(round((1.6 * BURSTS + 2.0) * rate_hz)) / rate_hz
        envelope, tops = np.zeros(t.size), np.empty(BURSTS)
        for k in range(BURSTS):
            middle, width = 1.5 + 1.6 * k + rng.uniform(-0.1, 0.1), width_s * rng.uniform(0.9, 1.1)
            heights = rng.permutation([1.0, rng.uniform(0.75, 0.97)])
            burst = heights[0] * hump(t, middle - 0.5 * apart * width, width)
            burst += heights[1] * hump(t, middle + 0.5 * apart * width, width)
            tops[k] = t[np.argmax(burst)]
            envelope += 10.0 ** (rng.uniform(-2.0, 2.0) / 20.0) * burst / burst.max()
        x = 10.0 ** (snr_db / 20.0) * envelope * coloured(t.size, rate_hz, rng) + floor_noise(t.size, rate_hz, rng)
        peaks = [burst.peak for burst in detect_bursts(x, rate_hz) if burst.peak is not None]
        told += len(peaks)
        held += sum(peak.holds(float(tops[np.argmin(np.abs(tops - peak.value))])) for peak in peaks)
    return told / (BURSTS * len(seeds)), held, told


@pytest.mark.parametrize(("width_s", "rate_hz"), [(0.06, 1926.0), (0.1, 1000.0), (0.15, 2148.0)])
@pytest.mark.parametrize("hump", [bell, cosine])
def test_humps_side_by_side_have_no_peak_to_tell(hump: Hump, width_s: float, rate_hz: float) -> None:
    # A valley of some percent lies between them, and the bell's top in the middle is neither's.
    for snr_db in (20.0, 30.0):
        share, held, told = told_and_held(hump, width_s, 1.1, snr_db, rate_hz, range(2))
        assert share <= 0.25 and held >= 0.5 * told, (snr_db, share, held, told)


@pytest.mark.parametrize("snr_db", [10.0, 20.0, 30.0])
@pytest.mark.parametrize("apart", [0.6, 0.8])
def test_a_peak_of_merged_humps_is_held_where_it_is_told(apart: float, snr_db: float) -> None:
    found = [
        told_and_held(hump, width_s, apart, snr_db, rate_hz, range(3))
        for hump, width_s, rate_hz in ((bell, 0.06, 1000.0), (cosine, 0.1, 1926.0), (bell, 0.15, 2148.0))
    ]
    held, told = sum(one[1] for one in found), sum(one[2] for one in found)
    # Tops of one channel err alike, so some 100 bursts count as nine channels: 10 points below 90 are an SE.
    assert told > 20 and held >= 0.80 * told, (held, told)


@pytest.mark.parametrize("hump", [bell, cosine])
@pytest.mark.parametrize(("snr_db", "width_s"), [(10.0, 0.2), (20.0, 0.1), (30.0, 0.2)])
def test_one_hump_keeps_its_peak(hump: Hump, snr_db: float, width_s: float) -> None:
    share, held, told = told_and_held(hump, width_s, 0.0, snr_db, 1926.0, range(3))
    # 36 bursts at 90 %: SE 5.
    assert share == 1.0 and held >= 0.83 * told, (held, told)
