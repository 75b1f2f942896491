"""Onset and offset of each burst: a posterior over start, rise and level of an edge in whitened power."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from legato.muscles._edge_kernels import IntArray, blunt_weights, edge_weights
from legato.muscles._power_kernels import mean_there
from legato.muscles._rises import LONG_S, RISES, RISES_S, Rise, energy_steps
from legato.recording import FloatArray

_GROUP = 4
"""Long rises are compared with the power of this many bins at a time."""

_EVERY_FREQUENCY = 4
"""Of the spectrum, which is smooth over more than that, for the shape of a rise."""

_WAVERS = 0.06
"""SD of the log power of a plateau beyond chance. [ENG]"""

_FAR = 10.0
"""Log posterior below the best at which a start is not looked at again."""

_MOST = 40
"""Starts that are weighed; a broad posterior needs no finer ones."""

_BEFORE_S = (0.25, 0.7)
_AFTER_S = 0.10
_REACH_S = (0.03, 0.9)
_REACH = 0.5
"""A rough edge is looked at over this share of the burst's length to either side, within these limits, s; starts are
tried up to `_AFTER_S` after it."""

SHARPNESS, _SHARP_S = 0.55, 0.03
"""Degrees of freedom summed over many bins, over those with which the start of a step is weighed: within the few bins
that tell it, power scatters less. That of a longer rise is told by more; half of the difference is gone at `_SHARP_S`.
The interval is set right after by simulation. [SIM]"""

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
    """Power of the short of `RISES` bin by bin, and of all in groups of `_GROUP` bins."""

    fine: Profiles
    grouped: Profiles


@dataclass(frozen=True, slots=True, eq=False)
class EdgePosterior:
    """Weights of an edge's start and rise, shape (starts, rises), sum 1; starts lie `step` bins apart from `first`."""

    first: int
    step: int
    weights: FloatArray

    @property
    def evidence(self) -> FloatArray:
        """Weights of the rises, shape (rises,)."""
        return self.weights.sum(axis=0)


def ramps_of(taps: FloatArray, spectrum: FloatArray, samples: int, rate_hz: float) -> Ramps:
    """The rises as a filter with these taps shows their power, in bins of `samples`.

    `spectrum` is that of the signal that rises, on even frequencies up to half the rate.
    """
    short = [rise for rise in RISES if RISES_S[rise.number] < LONG_S]
    return Ramps(_profiles(taps, spectrum, short, samples, rate_hz), _grouped_profiles(taps, samples, rate_hz))


def _profiles(taps: FloatArray, spectrum: FloatArray, rises: Sequence[Rise], samples: int, rate_hz: float) -> Profiles:
    """Rises in bins of `samples`."""
    half = len(taps) // 2
    lead = -(-half // samples)
    lengths = _lengths(rises, samples / rate_hz, lead)
    longest = int(lengths.max())
    total = longest * samples
    times = (np.arange(total + 2 * half, dtype=np.float64) + 0.5 - lead * samples - half) / rate_hz
    gates = np.array([rise.amplitude(times) for rise in rises])
    # The power behind a filter of gated noise: each frequency passes the gate and the filter on its own. Where a filter
    # whitens, this shows more before an edge than the spread of its taps alone.
    few = spectrum[::_EVERY_FREQUENCY]
    gated = np.lib.stride_tricks.sliding_window_view(gates, len(taps), axis=1)
    power = np.zeros((len(rises), total))
    for waves in _waves(len(taps), len(spectrum)):
        power += (gated @ (taps[:, np.newaxis] * waves)) ** 2 @ few
    full = sum(float(((taps @ waves) ** 2) @ few) for waves in _waves(len(taps), len(spectrum)))
    shapes = power.reshape(len(rises), longest, samples).mean(axis=2) / full
    return Profiles(np.ascontiguousarray(shapes), lengths, lead)


@cache
def _waves(taps: int, frequencies: int) -> tuple[FloatArray, FloatArray]:
    """Cosines and sines of every few of so many even frequencies, over the middle one of so many taps."""
    frequency = np.linspace(0.0, np.pi, frequencies)[::_EVERY_FREQUENCY]
    angle = np.outer(np.arange(taps) - taps // 2, frequency)
    return np.cos(angle), np.sin(angle)


def _grouped_profiles(taps: FloatArray, samples: int, rate_hz: float) -> Profiles:
    """All rises in groups of bins: of those that are told in groups the foot is short beside a group."""
    lead = -(-(len(taps) // 2) // (samples * _GROUP))
    lengths = _lengths(RISES, samples / rate_hz * _GROUP, lead)
    kernel = np.add.reduceat(taps**2, np.arange(0, len(taps), samples))
    bins = int(lengths.max()) * _GROUP
    power = _rise_powers(bins + len(kernel) - 1, lead * _GROUP + len(kernel) // 2, samples / rate_hz)
    kernel = np.convolve(kernel / kernel.sum(), np.full(_GROUP, 1.0 / _GROUP))
    every = np.lib.stride_tricks.sliding_window_view(power, len(kernel), axis=1)[:, ::_GROUP]
    return Profiles(every @ kernel, lengths, lead)


@cache
def _rise_powers(bins: int, before: int, bin_s: float) -> FloatArray:
    """Power of all rises in so many bins, `before` of them before their start; shape (rises, bins)."""
    times = (np.arange(bins, dtype=np.float64) + 0.5 - before) * bin_s
    return np.array([rise.amplitude(times) for rise in RISES]) ** 2


def _lengths(rises: Sequence[Rise], bin_s: float, lead: int) -> IntArray:
    return np.array([math.ceil(rise.lasting_s / bin_s) for rise in rises], np.int64) + 2 * lead + 1


@dataclass(frozen=True, slots=True)
class EdgeWindow:
    """Where an onset is sought, in bins: from `lo` to `hi` (exclusive), near `rough`; `rest` is the power before it."""

    lo: int
    rough: int
    hi: int
    rest: float


def edge_window(rough: int, before: int, length: int, n: int, bin_s: float, rest: float) -> EdgeWindow:
    """The window of an onset near bin `rough` of a burst of `length` bins, not before bin `before`."""
    reach_s = _REACH * length * bin_s
    lo = max(rough - round(min(max(reach_s, _BEFORE_S[0]), _BEFORE_S[1]) / bin_s), before, 0)
    hi = min(n, rough + round(min(max(reach_s, _REACH_S[0]), _REACH_S[1]) / bin_s))
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
    late = max(0, (window.rough + hi) // 2 - lo)
    top, seen = mean_there(piece[late:], weight[late:])
    if seen < 5.0 or seen + mean_there(piece[:late], weight[:late])[1] < 20.0:
        return None
    level = max(top, 1.2 * window.rest)
    spread = math.hypot(math.sqrt(2.0 / (dof * seen)) * level / (level - window.rest), _WAVERS)
    fine, grouped = ramps.fine, ramps.grouped
    earliest = fine.lead
    latest = min(hi - lo - fine.lead - 1, window.rough - lo + round(_AFTER_S / bin_s))
    if latest - earliest < 4 * _GROUP:
        return None
    first, step, weights = edge_weights(
        piece,
        weight,
        window.rest,
        level,
        min(spread, 0.3),
        fine.shapes,
        fine.lengths,
        fine.lead,
        grouped.shapes,
        grouped.lengths,
        grouped.lead,
        _GROUP,
        earliest,
        latest,
        0.5 * dof / SHARPNESS,
        _FAR,
        _MOST,
        round((window.hi - window.rough) / _REACH),
    )
    blunt_weights(weights, _bluntness(), RISE_SHARPNESS)
    return EdgePosterior(lo + first, step, weights)


@cache
def _bluntness() -> FloatArray:
    """Power to which the likelihood of a start is taken, for each of `RISES`."""
    lasting = np.array([RISES_S[rise.number] for rise in RISES])
    return SHARPNESS / (1.0 - (1.0 - SHARPNESS) / (1.0 + lasting / _SHARP_S))


def start_quantiles(posterior: EdgePosterior, rises: FloatArray, probabilities: FloatArray) -> FloatArray:
    """Quantiles of an edge's start, in bins."""
    total, at = _distribution(posterior, rises)
    return np.interp(probabilities, total, at)


def step_of(posterior: EdgePosterior, rises: FloatArray, bin_s: float) -> tuple[float, float, float]:
    """Where a step would add as much energy as the edge does and its SD, in bins, and by how much its first moment
    exceeds that of the edge, in bins².
    """
    weight = posterior.weights * rises
    weight = weight / weight.sum()
    start = posterior.first + posterior.step * np.arange(len(weight), dtype=np.float64)
    steps_s, excess_s2 = energy_steps()
    step = (start[:, np.newaxis] + steps_s / bin_s).ravel()
    mean = float(weight.ravel() @ step)
    variance = float(weight.ravel() @ (step - mean) ** 2) / SHARPNESS
    return mean, variance**0.5, float(weight.sum(axis=0) @ excess_s2) / bin_s**2


def rank_of(posterior: EdgePosterior, rises: FloatArray, start: float) -> float:
    """Share of the posterior that lies before `start` (in bins)."""
    total, at = _distribution(posterior, rises)
    return float(np.interp(start, at, total))


def _distribution(posterior: EdgePosterior, rises: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The cumulative distribution of an edge's start, and the bins where it is known."""
    total = np.concatenate(([0.0], np.cumsum(posterior.weights @ rises)))
    at = np.arange(len(total), dtype=np.float64) - 0.5
    return total / total[-1], posterior.first + posterior.step * at
