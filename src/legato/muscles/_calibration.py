"""How wide an edge's interval must be in this record: bursts simulated from the channel's own spectra, timed alike."""

from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np

from legato.muscles._edges import EdgePosterior, Ramps, edge_posterior, edge_window, rank_of
from legato.muscles._power import Power, gain_of
from legato.muscles._rises import RISES, Learned, learn_rises, populations
from legato.recording import FloatArray

CASES = (4, 14)
"""Onsets, and as many offsets, that are simulated: as many as there are bursts, within these."""

_BEFORE_S, _AFTER_S = 0.3, 0.25
_ROUGH_S = (-0.015, 0.03)
"""Around the true start, where the rough start of a simulated burst lies, s."""

_LEVEL = 0.9
_LEAST, _MOST = 0.7, 3.0
_BELIEF = 14
"""Weight, in simulated edges, of the belief that the posterior is right as it is. [ENG]"""

_GRAIN_S = 0.01
"""How long a grain of activity lasts, s: about an action potential. [ENG]"""

_SEED = 20041


def interval_factors(
    power: Power, ramps: Ramps, rises: Sequence[Learned], tops: Sequence[float], flat: float
) -> tuple[float, float]:
    """By what to multiply the normal deviates of an edge's interval, outward and inward of the burst, so that it holds
    the truth as often as it says.

    Parameters
    ----------
    power
        The channel.
    ramps, rises
        The rises that are weighed, and how likely each is in this channel, for onsets and for offsets. The simulated
        edges are drawn from that, and learn anew how likely each rise is, as the channel's own did.
    tops
        Power at the top of each burst, over that at rest.
    flat
        Share of the bursts that have plateaus.
    """
    rng = np.random.default_rng(_SEED)
    samples, rate_hz = power.samples, power.rate_hz
    before, after = round(_BEFORE_S / power.bin_s), round(_AFTER_S / power.bin_s)
    cases = min(max(len(tops), CASES[0]), CASES[1])
    size = min(len(tops), cases)
    chosen = [RISES[number] for side in rises for number in _drawn(side, cases, size, rng)]
    level = rng.choice(np.asarray(tops), len(chosen))
    lasting = np.array([rise.lasting_s for rise in chosen])
    lengths = before + after + np.round(1.5 * lasting / power.bin_s).astype(int)
    ends = np.cumsum(lengths)
    n = int(ends[-1]) * samples
    gain = gain_of(power.taps, len(power.rest)) ** 2
    if not (float((power.rest * gain).sum()) > 0.0 and float((power.signal * gain).sum()) > 0.0):
        return 1.0, 1.0
    noise = _shaped(power.rest * gain, n, rng)
    signal = _shaped(power.signal, n, rng) * np.sqrt(power.signal.sum() / (power.signal * gain).sum())
    starts = np.empty(len(chosen))
    envelope = np.zeros(n)
    for k in range(len(chosen)):
        start = (int(ends[k]) - int(lengths[k]) + before) * samples + int(rng.integers(0, samples))
        stop = int(ends[k]) * samples
        times = (np.arange(stop - start, dtype=np.float64) + 0.5) / rate_hz
        # A muscle's rises last anything between those that are weighed.
        ramp = chosen[k].amplitude(times, float(rng.uniform(-1.0, 1.0)))
        envelope[start:stop] = ramp * np.sqrt(max(float(level[k]) - 1.0, 0.05))
        starts[k] = start / samples
    if power.grain > 1.0:
        envelope *= _grains(power, n, rng)
    x = noise + np.convolve(signal * envelope, power.taps, mode="same")
    mean = (x**2).reshape(-1, samples).mean(axis=1)
    there = np.ones(int(lengths.max()))
    normal = NormalDist()
    found: list[tuple[EdgePosterior, float]] = []
    for k in range(len(chosen)):
        lo, hi = int(ends[k]) - int(lengths[k]), int(ends[k])
        rough = before + round(float(rng.uniform(*_ROUGH_S)) / power.bin_s)
        window = edge_window(rough, 0, hi - lo, hi - lo, power.bin_s, 1.0)
        posterior = edge_posterior(mean[lo:hi], there[: hi - lo], window, ramps, power.edge_dof, power.bin_s)
        if posterior is not None:
            found.append((posterior, float(starts[k]) - lo))
    deviates: list[float] = []
    for together in _groups(found, size):
        learned = learn_rises([posterior.evidence for posterior, _ in together], flat).even_weights
        for posterior, start in together:
            rank = rank_of(posterior, learned, start)
            deviates.append(normal.inv_cdf(min(max(rank, 1e-6), 1.0 - 1e-6)))
    deviates += [normal.inv_cdf((i + 0.5) / _BELIEF) for i in range(_BELIEF)]
    deviates.sort()
    tails = np.array([0.5 - 0.5 * _LEVEL, 0.5 + 0.5 * _LEVEL])
    low, high = np.interp(tails * (len(deviates) - 1), range(len(deviates)), deviates)
    out, into = -low / normal.inv_cdf(tails[1]), high / normal.inv_cdf(tails[1])
    return min(max(float(out), _LEAST), _MOST), min(max(float(into), _LEAST), _MOST)


def _drawn(rises: Learned, cases: int, size: int, rng: np.random.Generator) -> list[int]:
    """Numbers of so many rises, `size` at a time from one population, as a channel's are."""
    found: list[int] = []
    for first in range(0, cases, size):
        population = populations()[rng.choice(len(rises.populations), p=rises.populations)]
        found += (int(number) for number in rng.choice(len(population), min(size, cases - first), p=population))
    return found


def _grains(power: Power, n: int, rng: np.random.Generator) -> FloatArray:
    """Factors on the amplitude of `n` samples that make its power as grainy as the channel's."""
    length = max(1, round(_GRAIN_S * power.rate_hz))
    variance = (power.grain - 1.0) * 2.0 * power.samples / (power.active_dof * length)
    gains = rng.gamma(1.0 / variance, variance, -(-n // length))
    return np.repeat(np.sqrt(gains), length)[:n]


def _groups(found: Sequence[tuple[EdgePosterior, float]], size: int) -> Iterator[Sequence[tuple[EdgePosterior, float]]]:
    """Edges in groups of `size`, as many as the channel has bursts: each group learns its rises as the channel does."""
    for first in range(0, len(found), size):
        yield found[first : first + size]


def _shaped(density: FloatArray, n: int, rng: np.random.Generator) -> FloatArray:
    """Gaussian noise of `n` samples with this spectrum, of variance 1."""
    from scipy.fft import irfft, next_fast_len

    size = next_fast_len(n, real=True)
    count = size // 2 + 1
    at = np.linspace(0.0, 1.0, count)
    gain = np.sqrt(np.interp(at, np.linspace(0.0, 1.0, len(density)), density))
    gain /= np.sqrt(2.0 * float((gain**2).sum()) / size)
    parts = rng.standard_normal((count, 2))
    spectrum = parts.view(np.complex128)[:, 0] * (gain * np.sqrt(0.5))
    noise: FloatArray = np.asarray(irfft(spectrum, size), np.float64)
    return noise[:n] * np.sqrt(size)
