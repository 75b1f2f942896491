"""How much of one channel is another one's signal: the peak of their cross-correlation within 10 ms, against chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.muscles._blocks import Blocks
from legato.recording import FloatArray
from legato.signals.bands import EMG_BAND_HZ, TOP_OF_RATE

LONGEST_LAG_S = 0.010
"""Crosstalk arrives at once but for the spread of the muscle's own wave: 10 ms is 4 cm at 4 m/s. [ENG]"""

_LOWEST_HZ = 45.0
"""Heartbeats and movement reach many channels together, and lie below. [ENG]"""

_MOST_BLOCKS = 512
_SHARED = 0.5 * 1.944 * 1.056
"""Half a squared amplitude lies in the real part; neighbouring frequencies of Hann blocks and blocks that overlap by
half share power (Harris 1978: 1 + 2·(4/9 + 1/36), and 1 + 2·(1/6)²).
"""
_CHANCE_SD = 5.0
"""A peak counts from this many SD of what unrelated signals of the same spectra and bursts give: about 1 in 10⁴ for the
lags of all pairs of 16 channels. [ENG]
"""


@dataclass(frozen=True, slots=True)
class Crosstalk:
    """Two channels that share signal: `r` is the peak correlation, `lag_s` the time by which `second` follows.

    `r²` is the share of either channel's power that the other explains. `chance_sd` is the SD of r for unrelated
    channels of the same power over time and frequency.
    """

    first: int
    second: int
    r: float
    lag_s: float
    chance_sd: float


def find_crosstalk(channels: Sequence[Blocks | None], rate_hz: float, least_r: float) -> tuple[Crosstalk, ...]:
    """Pairs of channels whose band-passed signals correlate by at least `least_r` and more than by chance.

    Parameters
    ----------
    channels
        Blocks of each channel as the gate cut them, None for channels that are left out.
    rate_hz
        Sampling rate, Hz.
    least_r
        Least magnitude of the correlation.

    Returns
    -------
    The pairs, by position in `channels`.

    Notes
    -----
    Cross-spectra of the Hann blocks, 45–450 Hz without mains lines, back-transformed to lags within 10 ms. Chance is
    the closed form of what shifting one channel's blocks against the other's would give: the two powers block by block
    and frequency by frequency, multiplied and summed.
    """
    kept = [k for k, blocks in enumerate(channels) if blocks is not None]
    some = [blocks for blocks in channels if blocks is not None]
    if len(some) < 2:
        return ()
    common = some[0].start
    for blocks in some[1:]:
        if blocks.length != some[0].length or len(blocks.start) != len(common) or (blocks.start != common).any():
            common = np.intersect1d(common, blocks.start)
    common = common[:: max(1, -(-len(common) // _MOST_BLOCKS))]
    if len(common) < 4:
        return ()
    chosen = some[0].band(_LOWEST_HZ, min(EMG_BAND_HZ[1], TOP_OF_RATE * rate_hz))
    for blocks in some:
        chosen &= ~blocks.mains
    at = np.flatnonzero(chosen)
    if not at.size:
        return ()
    # Frequencies first: one small matrix product for each gives the cross-spectra of all pairs.
    spectra = np.empty((len(at), len(some), len(common)), np.complex64)
    for k, blocks in enumerate(some):
        rows = np.searchsorted(blocks.start, common)
        scale = math.sqrt(float(blocks.power[:, chosen].mean())) or 1.0
        spectra[:, k] = (blocks.spectra[np.ix_(rows, at)] / scale).T
    cross = spectra @ spectra.conj().transpose(0, 2, 1)
    density = (spectra.real**2 + spectra.imag**2).transpose(1, 0, 2).reshape(len(some), -1)
    power = density.sum(axis=1)
    product = np.sqrt(np.maximum(np.outer(power, power), 1e-30))
    chance = np.sqrt(_SHARED * (density @ density.T)) / product
    reach = math.floor(LONGEST_LAG_S * rate_hz)
    lags = np.arange(-reach, reach + 1) / rate_hz
    turn = np.exp(-2j * np.pi * np.outer(lags, some[0].freq_hz[at])).astype(np.complex64)
    i, j = np.triu_indices(len(some), 1)
    kept_share = _overlap(some[0].length, reach)[:, None]
    r = (turn @ cross[:, i, j]).real / (product[i, j] * kept_share)
    best = np.abs(r).argmax(axis=0)
    peak = r[best, np.arange(len(i))]
    found: list[Crosstalk] = []
    for k in np.flatnonzero((np.abs(peak) >= least_r) & (np.abs(peak) > _CHANCE_SD * chance[i, j])):
        pair = (int(i[k]), int(j[k]))
        value = min(1.0, max(-1.0, float(peak[k])))
        found.append(Crosstalk(kept[pair[0]], kept[pair[1]], value, float(lags[best[k]]), float(chance[pair])))
    return tuple(found)


def _overlap(length: int, reach: int) -> FloatArray:
    """What a block's Hann window keeps of a signal that is shifted within it, for shifts from -reach to reach."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    shifts = np.abs(np.arange(-reach, reach + 1))
    return np.array([window[: length - k] @ window[k:] for k in shifts]) / float(window @ window)
