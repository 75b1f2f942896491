"""What the quality gate looks at in one channel: lost samples, rails, and the power of short blocks by frequency."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.muscles._quality_kernels import counts_at_ends, cut_blocks
from legato.muscles.dropouts import find_dropouts
from legato.muscles.hum import MAINS_HZ, HumFree, remove_hum
from legato.recording import BoolArray, FloatArray
from legato.signals.bands import EMG_BAND_HZ
from legato.signals.gaps import runs_of

BLOCK_S = 0.256
"""Length of a block, s: 4 Hz steps keep mains lines apart, and a burst of 0.1 s still stands out. [ENG]"""

_TOP_HZ = 500.0
"""Nothing above it is looked at."""

MAINS_REACH_HZ = 2.0 / BLOCK_S
"""Half the main lobe of the block's Hann window, Hz: as far as a mains line reaches."""

LINE_RATIO = 2.0
"""Ratio of a mains line's density to that beside it: the humps of an EMG reach 1.3 over so narrow a stretch. [ENG]"""

_LONGEST_FLAT_S = 0.025
"""Half the period of 20 Hz: a band-passed signal that stays at a limit longer is blocked, not clipped at its tops."""

_TOP_WIDTHS = (1e-6, 0.002, 0.01, 0.05)
"""Shares of the range in which samples may crowd at a limit: exact limits, and limits with noise on top. [ENG]"""

_APART = 4.0
"""Widths by which the median is off a limit. [ENG]"""

_LEAST_CROWD = 8
_CROWDING = 4.0
"""Samples within one width of the limit over those in the next width. A smooth top gives at most 1/(√2 − 1) = 2.4
(the arcsine law near a turning point), a falling tail less than 1.
"""


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


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """One channel as the gate sees it. Masks have one entry a sample.

    `missing`: NaN in the file. `held`: lost packets, zeros or a repeated value. `clipped`: at a limit. `blocked`: at a
    limit for longer than a burst's top can be. `step` is the smallest difference between two values, 0 where all are
    equal. `sample` is an even choice of the finite samples. `hum` is what was taken before the blocks were cut, None
    where nothing looked like it.
    """

    x: FloatArray
    rate_hz: float
    missing: BoolArray
    held: BoolArray
    clipped: BoolArray
    blocked: BoolArray
    low: float
    high: float
    step: float
    sample: FloatArray
    blocks: Blocks | None
    hum: HumFree | None

    @property
    def lost(self) -> BoolArray:
        """Samples that hold nothing of the muscle."""
        return self.missing | self.held | self.blocked


def survey(x: FloatArray, rate_hz: float) -> Survey:
    """Look over one channel (n,); NaN and infinite samples count as missing."""
    n = len(x)
    missing = ~np.isfinite(x)
    none = np.zeros(n, np.bool_)
    seen = x[~missing] if missing.any() else x
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 0.0)
    sample = seen[:: max(1, seen.size // 8192)]
    if not high > low:
        return Survey(x, rate_hz, missing, none, none, none, low, high, 0.0, sample, None, None)
    step = _smallest_step(seen)
    clipped, blocked = _at_limits(x, rate_hz, low, high, step, ordered(sample, 0.5))
    held = find_dropouts(x, rate_hz) & ~missing & ~clipped
    lost = missing | held | blocked
    blocks = blocks_of(x, lost, rate_hz)
    hum: HumFree | None = None
    if blocks is not None and blocks.mains.any():
        hum = remove_hum(np.where(lost, np.nan, x), rate_hz)
        if hum.lines:
            blocks = blocks_of(hum.values, lost, rate_hz)
    return Survey(x, rate_hz, missing, held, clipped, blocked, low, high, step, sample, blocks, hum)


def ordered(values: FloatArray, share: float) -> float:
    """The value below which this share of the others lies (numpy's quantile costs ten times as much on so few)."""
    return float(np.sort(values)[round(share * (len(values) - 1))])


def _smallest_step(seen: FloatArray) -> float:
    """Smallest difference between the values of four stretches of the record."""
    size = min(2048, len(seen))
    at = np.linspace(0, len(seen) - size, 4).astype(int)
    values = np.sort(np.concatenate([seen[k : k + size] for k in at]))
    steps = np.diff(values)
    # Values that went through another unit differ in their last bits, which is no step of the recorder.
    steps = steps[steps > 1e-9 * max(abs(values[0]), abs(values[-1]))]
    return float(steps.min()) if steps.size else 0.0


def _at_limits(
    x: FloatArray, rate_hz: float, low: float, high: float, step: float, middle: float
) -> tuple[BoolArray, BoolArray]:
    """Samples at a limit that others crowd at, and those in a run too long for the top of a burst."""
    clipped = np.zeros(len(x), np.bool_)
    reach = high - low
    # A whole number of steps, so that two neighbouring widths hold equally many of the recorder's levels.
    widths = np.array([step * max(1.0, round(w * reach / step)) if step > 0.0 else w * reach for w in _TOP_WIDTHS])
    edge = 0.5 * step
    counts = counts_at_ends(x, low - edge, high + edge, widths)
    most = 0.1 * len(x)
    two_sided = bool((counts[:, -1, 0] > most).all())
    for end in range(2):
        off = middle - low if end == 0 else high - middle
        for k, width in enumerate(widths):
            at, beside = counts[end, k]
            # What lies around the middle is no crowd at a limit, unless the signal jumps between both.
            apart = k == 0 or two_sided or off > _APART * width
            if apart and at >= _LEAST_CROWD and at > _CROWDING * (beside + math.sqrt(beside) + 1.0):
                clipped |= (x <= low - edge + width) if end == 0 else (x >= high + edge - width)
                break
    blocked = np.zeros(len(x), np.bool_)
    if clipped.any():
        for start, stop in runs_of(clipped):
            if stop - start >= _LONGEST_FLAT_S * rate_hz:
                blocked[start:stop] = True
    return clipped, blocked


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
