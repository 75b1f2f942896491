"""Onset and offset of each burst: a posterior over start, rise and level of an edge in whitened power."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.muscles._burst_kernels import IntArray, edge_weights
from legato.recording import FloatArray

RISES_S = (0.0, 0.003, 0.006, 0.012, 0.02, 0.03, 0.042, 0.056, 0.075, 0.1, 0.14, 0.2, 0.28, 0.4)
"""Durations of the straight rise of amplitude that are weighed, s, from a step to a slow effort."""

_LONG_S = 0.09
_GROUP = 4
"""Rises from `_LONG_S` up are compared with the power of this many bins at a time."""

_EVERY_FREQUENCY = 4
"""Of the spectrum, which is smooth over more than that, for the shape of a rise."""

_LEVELS = np.exp(np.linspace(-0.6, 0.6, 5))
_FAR = 12.0
"""Log posterior below the best at which a start is not looked at again."""

_MOST = 60
"""Starts that are weighed; a broad posterior needs no finer ones."""

_BEFORE_S = 0.25
_AFTER_S = 0.10
_REACH_S = 0.45
"""Looked at before a rough edge, s; starts tried after it; and how far into the burst the level is followed."""

SHARPNESS = 0.55
"""Degrees of freedom summed over many bins, over those with which a start is weighed: within the few bins that tell a
start, power scatters less. The interval is set right after by simulation. [SIM]"""

RISE_SHARPNESS = 0.65
"""Power to which one burst's evidence on its rise is taken: over the many bins that tell a rise, power scatters as its
summed degrees of freedom say. [SIM]"""


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Rises in power, 0 to 1, smeared by the filter: shape (rises, bins), their lengths and how many bins lie before
    the start.
    """

    shapes: FloatArray
    lengths: IntArray
    lead: int


@dataclass(frozen=True, slots=True, eq=False)
class Ramps:
    """Short rises bin by bin, long ones in groups of `_GROUP` bins, and the durations of all, s."""

    short: Profiles
    long: Profiles
    rises_s: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class EdgePosterior:
    """Weights of an edge's start and rise, shape (starts, rises), sum 1; starts lie `step` bins apart from `first`."""

    first: int
    step: int
    weights: FloatArray


def ramps_of(taps: FloatArray, spectrum: FloatArray, samples: int, rate_hz: float) -> Ramps:
    """The rises as a filter with these taps shows their power, in bins of `samples`.

    `spectrum` is that of the signal that rises, on even frequencies up to half the rate.
    """
    bins = np.array([round(r * rate_hz / samples) for r in RISES_S])
    long = np.array(RISES_S) >= _LONG_S
    return Ramps(
        _profiles(taps, spectrum, bins[~long] * samples, samples),
        _profiles(taps, spectrum, bins[long] * samples, samples * _GROUP),
        bins * samples / rate_hz,
    )


def _profiles(taps: FloatArray, spectrum: FloatArray, rises: IntArray, samples: int) -> Profiles:
    """Rises of so many samples, in bins of `samples`."""
    half = len(taps) // 2
    lead = -(-half // samples)
    lengths = -(-rises // samples) + 2 * lead + 1
    longest = int(lengths.max())
    total = longest * samples
    gates = np.ones((len(rises), total + 2 * half))
    for k, rise in enumerate(rises):
        start = lead * samples + half
        gates[k, :start] = 0.0
        gates[k, start : start + rise] = (np.arange(rise) + 0.5) / max(rise, 1)
    # The power behind a filter of gated noise: each frequency passes the gate and the filter on its own. Where a filter
    # whitens, this shows more before an edge than the spread of its taps alone.
    few = spectrum[::_EVERY_FREQUENCY]
    angle = np.outer(np.arange(len(taps)) - half, np.linspace(0.0, np.pi, len(spectrum))[::_EVERY_FREQUENCY])
    gated = np.lib.stride_tricks.sliding_window_view(gates, len(taps), axis=1)
    power = np.zeros((len(rises), total))
    for waves in (np.cos(angle), np.sin(angle)):
        power += (gated @ (taps[:, np.newaxis] * waves)) ** 2 @ few
    full = sum(float(((taps @ waves) ** 2) @ few) for waves in (np.cos(angle), np.sin(angle)))
    shapes = power.reshape(len(rises), longest, samples).mean(axis=2) / full
    return Profiles(np.ascontiguousarray(shapes), lengths.astype(np.int64), lead)


@dataclass(frozen=True, slots=True)
class EdgeWindow:
    """Where an onset is sought, in bins: from `lo` to `hi` (exclusive), near `rough`; `rest` is the power before it."""

    lo: int
    rough: int
    hi: int
    rest: float


def edge_window(rough: int, before: int, length: int, n: int, bin_s: float, rest: float) -> EdgeWindow:
    """The window of an onset near bin `rough` of a burst of `length` bins, not before bin `before`."""
    lo = max(rough - round(_BEFORE_S / bin_s), before, 0)
    hi = min(n, rough + max(round(0.03 / bin_s), min(round(_REACH_S / bin_s), int(0.6 * length))))
    return EdgeWindow(lo, rough, hi, rest)


def edge_posterior(
    power: FloatArray, there: FloatArray, window: EdgeWindow, ramps: Ramps, dof: float, bin_s: float
) -> EdgePosterior | None:
    """The posterior of an onset's start and rise under equal weights of all rises; None where nothing was recorded."""
    lo = window.lo
    # Short and long rises must be compared on the same bins.
    hi = lo + (window.hi - lo) // _GROUP * _GROUP
    piece = np.ascontiguousarray(power[lo:hi])
    weight = np.ascontiguousarray(there[lo:hi])
    late = slice(max(0, (window.rough + hi) // 2 - lo), None)
    if weight[late].sum() < 5.0 or weight.sum() < 20.0:
        return None
    top = float((piece[late] * weight[late]).sum() / weight[late].sum())
    levels = np.maximum(max(top, 1.2 * window.rest) * _LEVELS, 1.05 * window.rest)
    short, long = ramps.short, ramps.long
    earliest = short.lead
    latest = min(hi - lo - short.lead - 1, window.rough - lo + round(_AFTER_S / bin_s))
    if latest - earliest < 4 * _GROUP:
        return None
    first, step, weights = edge_weights(
        piece,
        weight,
        window.rest,
        levels,
        short.shapes,
        short.lengths,
        short.lead,
        long.shapes,
        long.lengths,
        long.lead,
        _GROUP,
        earliest,
        latest,
        0.5 * dof / SHARPNESS,
        _FAR,
        _MOST,
    )
    evidence = weights.sum(axis=0)
    weights *= np.maximum(evidence / evidence.max(), 1e-100) ** (RISE_SHARPNESS - 1.0)
    return EdgePosterior(lo + first, step, weights / weights.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Rises:
    """How likely each rise is in a channel, shape (rises,), sum 1: `weights` over all that the bursts leave open,
    `likeliest` in the one population of rises that fits them best.
    """

    weights: FloatArray
    likeliest: FloatArray


def learn_rises(posteriors: Sequence[EdgePosterior], rises_s: FloatArray) -> Rises:
    """How likely each rise is in this channel, learned over its bursts.

    Rises are taken as log-normal with unknown middle and spread, a hundredth of them as anything; both are integrated
    over a grid.
    """
    x = np.log(rises_s + 0.003)
    share = np.gradient(x)
    share /= share.sum()
    middles, spreads = np.linspace(float(x[0]), float(x[-1]), 18), np.array([0.12, 0.25, 0.5, 1.0])
    shapes = np.exp(-0.5 * ((x - middles[:, np.newaxis, np.newaxis]) / spreads[:, np.newaxis]) ** 2) * share
    shapes = shapes.reshape(-1, len(x))
    shapes /= shapes.sum(axis=1, keepdims=True)
    mixed = 0.99 * shapes + 0.01 * share
    if not posteriors:
        return Rises(mixed.mean(axis=0), share)
    evidence = np.array([p.weights.sum(axis=0) for p in posteriors])
    logs = np.log(evidence @ mixed.T + 1e-300).sum(axis=0)
    weight = np.exp(logs - logs.max())
    return Rises(weight @ mixed / weight.sum(), shapes[int(np.argmax(logs))])


def start_quantiles(posterior: EdgePosterior, rises: FloatArray, probabilities: FloatArray) -> FloatArray:
    """Quantiles of an edge's start, in bins."""
    total, at = _distribution(posterior, rises)
    return np.interp(probabilities, total, at)


def step_of(posterior: EdgePosterior, rises: FloatArray, rises_bins: FloatArray) -> tuple[float, float, float]:
    """Where a step would add as much energy as the edge does, its SD and the mean rise, in bins.

    A straight rise of amplitude holds a third of the energy of its plateau, so its step lies at two thirds of it.
    """
    weight = posterior.weights * rises
    weight = weight / weight.sum()
    start = posterior.first + posterior.step * np.arange(len(weight), dtype=np.float64)
    step = start[:, np.newaxis] + 2.0 / 3.0 * rises_bins
    mean = float((weight * step).sum())
    variance = float((weight * (step - mean) ** 2).sum())
    return mean, variance**0.5, float((weight * rises_bins).sum())


def rank_of(posterior: EdgePosterior, rises: FloatArray, start: float) -> float:
    """Share of the posterior that lies before `start` (in bins)."""
    total, at = _distribution(posterior, rises)
    return float(np.interp(start, at, total))


def _distribution(posterior: EdgePosterior, rises: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The cumulative distribution of an edge's start, and the bins where it is known."""
    total = np.concatenate(([0.0], np.cumsum(posterior.weights @ rises)))
    at = np.arange(len(total), dtype=np.float64) - 0.5
    return total / total[-1], posterior.first + posterior.step * at
