"""Power of short blocks of a channel by frequency, and the mains lines that stand out in it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.muscles._quality_kernels import cut_blocks
from legato.muscles.hum import MAINS_HZ
from legato.recording import BoolArray, FloatArray
from legato.signals.bands import EMG_BAND_HZ

BLOCK_S = 0.256
"""Length of a block, s: 4 Hz steps keep mains lines apart, and a burst of 0.1 s still stands out. [ENG]"""

_TOP_HZ = 500.0
"""Nothing above it is looked at."""

MAINS_REACH_HZ = 2.0 / BLOCK_S
"""Half the main lobe of the block's Hann window, Hz: as far as a mains line reaches."""

LINE_RATIO = 2.0
"""Ratio of a mains line's density to that beside it: the humps of an EMG reach 1.3 over so narrow a stretch. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Power of half-overlapping Hann blocks, unit²/Hz, shape (blocks, frequencies); `spectra` are their amplitudes.

    `start` and `mean` are the first sample and the mean of each block; blocks that are lost by more than a quarter are
    left out. `mains` are the frequencies within the reach of a mains line that stands out.
    """

    start: NDArray[np.int64]
    length: int
    freq_hz: FloatArray
    spectra: NDArray[np.complex64]
    power: FloatArray
    mean: FloatArray
    mains: BoolArray

    def within(self, first: int, stop: int) -> BoolArray:
        """Blocks whose middle lies in the samples from `first` up to `stop`."""
        middle = self.start + self.length // 2
        return (middle >= first) & (middle < stop)

    def band(self, low_hz: float, high_hz: float) -> BoolArray:
        """Frequencies from `low_hz` up to `high_hz`."""
        return (self.freq_hz >= low_hz) & (self.freq_hz < high_hz)


def ordered(values: FloatArray, share: float) -> float:
    """The value below which this share of the others lies (numpy's quantile costs ten times as much on so few)."""
    return float(np.sort(values)[round(share * (len(values) - 1))])


def blocks_of(x: FloatArray, lost: BoolArray, rate_hz: float) -> Blocks | None:
    """Power of the blocks of one channel, each freed of its own line; lost samples are bridged straight.

    `None` where fewer than 16 samples or no block with three quarters of its samples is left.
    """
    n = len(x)
    length = min(n, 2 * round(0.5 * BLOCK_S * rate_hz))
    if length < 16:
        return None
    hop = max(1, length // 2)
    start = np.append(np.arange(0, n - length, hop), n - length)
    scale = np.ones(len(start))
    if lost.any():
        known = np.flatnonzero(~lost)
        if not known.size:
            return None
        x = np.where(lost, np.interp(np.arange(n), known, x[known]), x)
        share = np.concatenate(([0], np.cumsum(lost)))
        gone = (share[start + length] - share[start]) / length
        start, scale = start[gone <= 0.25], 1.0 / (1.0 - gone[gone <= 0.25])
        if not start.size:
            return None
    window, line = _window(length)
    start = start.astype(np.int64)
    cut, mean = np.empty((len(start), length)), np.empty(len(start))
    norm = math.sqrt(2.0 / (rate_hz * float(window @ window)))
    cut_blocks(np.ascontiguousarray(x), start, norm * window, line, cut, mean)
    kept = min(length // 2, math.ceil(_TOP_HZ * length / rate_hz)) + 1
    spectra: NDArray[np.complex128] = np.fft.rfft(cut, axis=1)[:, :kept]
    if lost.any():
        spectra *= np.sqrt(scale)[:, None]
    power: FloatArray = spectra.real**2 + spectra.imag**2
    freq_hz: FloatArray = np.arange(kept, dtype=np.float64) * (rate_hz / length)
    return Blocks(start, length, freq_hz, spectra.astype(np.complex64), power, mean, _mains(freq_hz, power))


def _mains(freq_hz: FloatArray, power: FloatArray) -> BoolArray:
    """Frequencies within the reach of a mains line that stands out in the mean spectrum or at rest."""
    step_hz = float(freq_hz[1])
    beside = round(1.5 * MAINS_REACH_HZ / step_hz)
    reached = np.zeros(len(freq_hz), np.bool_)
    inside = slice(round(EMG_BAND_HZ[0] / step_hz), round(EMG_BAND_HZ[1] / step_hz))
    total = power[:, inside].sum(axis=1)
    rest = np.argsort(total)[: max(1, len(total) // 4)]
    for density in (power.mean(axis=0), power[rest].mean(axis=0)):
        for mains_hz in MAINS_HZ:
            lines = np.arange(mains_hz, float(freq_hz[-1]) - 2.0 * MAINS_REACH_HZ, mains_hz)
            at = np.rint(lines / step_hz).astype(int)
            ground = np.maximum(density[at - beside], density[at + beside])
            top = np.maximum(np.maximum(density[at - 1], density[at]), density[at + 1])
            for line_hz in lines[top > LINE_RATIO * ground]:
                reached |= np.abs(freq_hz - line_hz) <= MAINS_REACH_HZ
    return reached


def _window(length: int) -> tuple[FloatArray, FloatArray]:
    """The Hann window and a unit line of this length."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    line = np.linspace(-1.0, 1.0, length)
    return window, line / math.sqrt(float(line @ line))
