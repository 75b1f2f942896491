"""How wide an edge's interval must be in this record: bursts simulated from the channel's own spectra, timed alike."""

from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np

from legato.muscles._edges import EdgePosterior, Ramps, Rises, edge_posterior, edge_window, learn_rises, rank_of
from legato.muscles._power import Power
from legato.recording import FloatArray

CASES = (8, 20)
"""Onsets, and as many offsets, that are simulated: twice as many as there are bursts, within these."""

_BEFORE_S, _AFTER_S = 0.3, 0.25
_ROUGH_S = (-0.015, 0.03)
"""Around the true start, where the rough start of a simulated burst lies, s."""

_SMOOTH, _SMOOTH_EVERY = 1.25, 8
"""How much longer than a straight edge lasts the raised cosine that fits it, and of how many simulated edges one is
such: muscles need not rise in straight lines. [SIM]"""

_LEVEL = 0.9
_LEAST, _MOST = 0.8, 3.0
_BELIEF = 14
"""Weight, in simulated edges, of the belief that the posterior is right as it is. [ENG]"""

_SEED = 20041


def interval_factors(power: Power, ramps: Ramps, rises: Sequence[Rises], tops: Sequence[float]) -> tuple[float, float]:
    """By what to multiply the normal deviates of an edge's interval, outward and inward of the burst, so that it holds
    the truth as often as it says.

    Parameters
    ----------
    power
        The channel.
    ramps, rises
        The rises that are weighed, and how likely each is in this channel, for onsets and for offsets. The simulated
        edges have the likeliest, and learn anew how likely each is, as the channel's own did.
    tops
        Power at the top of each burst, over that at rest.
    """
    rng = np.random.default_rng(_SEED)
    samples, rate_hz = power.samples, power.rate_hz
    before, after = round(_BEFORE_S / power.bin_s), round(_AFTER_S / power.bin_s)
    cases = min(max(2 * len(tops), CASES[0]), CASES[1])
    chosen = np.concatenate([rng.choice(len(side.likeliest), cases, p=side.likeliest) for side in rises])
    level = rng.choice(np.asarray(tops), len(chosen))
    lengths = before + after + np.round(ramps.rises_s[chosen] / power.bin_s).astype(int)
    ends = np.cumsum(lengths)
    n = int(ends[-1]) * samples
    noise, signal = _shaped(power.rest, n, rng), _shaped(power.signal, n, rng)
    quiet, loud = (float(np.mean(np.convolve(x, power.taps, mode="same") ** 2)) for x in (noise, signal))
    if not (quiet > 0.0 and loud > 0.0):
        return 1.0, 1.0
    starts = np.empty(len(chosen))
    envelope = np.zeros(n)
    for k in range(len(chosen)):
        start = (int(ends[k]) - int(lengths[k]) + before) * samples + int(rng.integers(0, samples))
        stop = int(ends[k]) * samples
        rise = max(1, round(float(ramps.rises_s[chosen[k]]) * rate_hz))
        if k % _SMOOTH_EVERY == 0:
            ramp = 0.5 - 0.5 * np.cos(np.pi * np.minimum((np.arange(stop - start) + 0.5) / (_SMOOTH * rise), 1.0))
        else:
            ramp = np.minimum((np.arange(stop - start) + 0.5) / rise, 1.0)
        envelope[start:stop] = ramp * np.sqrt(max(float(level[k]) - 1.0, 0.05))
        starts[k] = start / samples
    x = np.convolve(noise / np.sqrt(quiet) + signal * envelope / np.sqrt(loud), power.taps, mode="same")
    mean = (x**2).reshape(-1, samples).mean(axis=1)
    there = np.ones(int(lengths.max()))
    normal = NormalDist()
    found: list[tuple[EdgePosterior, float]] = []
    for k in range(len(chosen)):
        lo, hi = int(ends[k]) - int(lengths[k]), int(ends[k])
        rough = before + round(float(rng.uniform(*_ROUGH_S)) / power.bin_s)
        window = edge_window(rough, 0, hi - lo, hi - lo, power.bin_s, 1.0)
        posterior = edge_posterior(mean[lo:hi], there[: hi - lo], window, ramps, power.active_dof, power.bin_s)
        if posterior is not None:
            found.append((posterior, float(starts[k]) - lo))
    deviates: list[float] = []
    for together in _groups(found, min(len(tops), cases)):
        learned = learn_rises([posterior for posterior, _ in together], ramps.rises_s).weights
        for posterior, start in together:
            rank = rank_of(posterior, learned, start)
            deviates.append(normal.inv_cdf(min(max(rank, 1e-6), 1.0 - 1e-6)))
    deviates += [normal.inv_cdf((i + 0.5) / _BELIEF) for i in range(_BELIEF)]
    low, high = np.quantile(deviates, [0.5 - 0.5 * _LEVEL, 0.5 + 0.5 * _LEVEL]) / normal.inv_cdf(0.5 + 0.5 * _LEVEL)
    return min(max(float(-low), _LEAST), _MOST), min(max(float(high), _LEAST), _MOST)


def _groups(found: Sequence[tuple[EdgePosterior, float]], size: int) -> Iterator[Sequence[tuple[EdgePosterior, float]]]:
    """Edges in groups of `size`, as many as the channel has bursts: each group learns its rises as the channel does."""
    for first in range(0, len(found), size):
        yield found[first : first + size]


def _shaped(density: FloatArray, n: int, rng: np.random.Generator) -> FloatArray:
    """Gaussian noise of `n` samples with this spectrum, on any scale."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(n, real=True)
    spectrum = rfft(rng.standard_normal(size))
    gain = np.sqrt(np.interp(np.linspace(0.0, 1.0, len(spectrum)), np.linspace(0.0, 1.0, len(density)), density))
    return np.asarray(irfft(spectrum * gain, size))[:n]
