"""How unlike hips and shoulders push while the lift is driven: torque mismatch, and by how much the shoulders lag."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.estimate import Estimate
from legato.kinetics.moment_errors import AxisMoment
from legato.kinetics.work import about_the_first, from_draws, not_below_zero
from legato.recording import FloatArray
from legato.signals.curve_lags import LEAST_CORRELATION, LONGEST_LAG_S, lag_between
from legato.signals.factors import normal_factor, student_half_width
from legato.signals.filters import lowpass
from legato.signals.sets import set_refusal

_LAGGED_DRAWS = 101
"""Rows of the draws that are compared, the one without errors included. [ENG]"""

_SLOWER = 0.7
"""The lag is read again behind a cut-off lower by this factor: all of the change is taken for the filter's error."""

_MOST_LOST = 1.0 / 3.0
"""Share of the draws that may have no lag of their own. [ENG]"""


@dataclass(frozen=True, slots=True)
class RepMismatch:
    """One repetition: `index`, 0 (hips and shoulders rise and fall alike) to 2; `lag_s`, how much later the shoulders'
    moment comes, s; `correlation` at that lag. None with the `reason` where it cannot be told.
    """

    rep: int
    index: Estimate | None
    lag_s: Estimate | None
    correlation: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TorqueMismatch:
    """The torque mismatch of a set: mean of the `n` repetitions; None with the `reason` where it cannot be told."""

    per_rep: tuple[RepMismatch, ...]
    index: Estimate | None
    lag_s: Estimate | None
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """Mean mismatch, and the difference of both curves and what each draw adds to it, (n,) and (draws, n); lags, s."""

    told: RepMismatch
    apart: FloatArray
    errors: FloatArray
    lags: FloatArray
    own_s: float


def torque_mismatch(
    hips: Sequence[AxisMoment],
    shoulders: Sequence[AxisMoment],
    spans: Mapping[int, tuple[float, float]],
    *,
    start_s: float,
    rate_hz: float,
    cutoff_hz: float,
    level: float,
) -> TorqueMismatch:
    """The mean over time of |hips(t) − shoulders(t + lag)|, each over its own largest, lag at their best correlation.

    Parameters
    ----------
    hips, shoulders
        Moments of both sides, which are added up.
    spans
        Start and end of the drive of every repetition, s.
    start_s, rate_hz, cutoff_hz
        Time base of the frames, and the cut-off of motion and forces, Hz.
    level
        Share of central probability that every interval holds.

    Notes
    -----
    Each curve is divided by its value of the largest size, so shoulders that press and shoulders that hang compare
    alike. Errors of the moments are drawn, and each draw has a lag of its own.
    """
    read: list[_Read | RepMismatch] = []
    for rep, (first_s, last_s) in spans.items():
        a, b = (round((t - start_s) * rate_hz) for t in (first_s, last_s))
        cut = slice(max(a, 0), b + 1)
        read.append(_rep(rep, _drawn(hips, cut), _drawn(shoulders, cut), rate_hz, cutoff_hz, level))
    per_rep = tuple(r.told if isinstance(r, _Read) else r for r in read)
    reason = set_refusal([r.reason for r in per_rep if r.reason], len(per_rep), "told")
    known = [r for r in read if isinstance(r, _Read)]
    if reason or not known:
        return TorqueMismatch(per_rep, None, None, 0, reason or "not known in any repetition")
    index = mean_size([(r.apart, r.errors) for r in known], level)
    lags = np.stack([r.lags for r in known]).mean(axis=0)
    half = float(np.hypot(normal_factor(level) * about_the_first(lags), np.mean([r.own_s for r in known])))
    if len(known) > 1:
        index = index.widened(student_half_width(np.array([np.abs(r.apart).mean() for r in known]), level))
        half = float(np.hypot(half, student_half_width(np.array([r.lags[0] for r in known]), level)))
    return TorqueMismatch(per_rep, _within(index), Estimate.symmetric(float(lags[0]), half, "s", level), len(known))


def _drawn(group: Sequence[AxisMoment], cut: slice) -> FloatArray:
    """The sum of some moments under the draws of their errors, N·m, shape (draws, n)."""
    return np.sum([moment.drawn(cut, _LAGGED_DRAWS) for moment in group], axis=0)


def _rep(
    rep: int, hips: FloatArray, shoulders: FloatArray, rate_hz: float, cutoff_hz: float, level: float
) -> _Read | RepMismatch:
    def refused(reason: str, r: float | None = None) -> RepMismatch:
        return RepMismatch(rep, None, None, r, reason)

    if hips.shape[1] < 2.0 * rate_hz / cutoff_hz or not (np.isfinite(hips).all() and np.isfinite(shoulders).all()):
        return refused("a moment is not known throughout the drive")
    for name, drawn in (("hips", hips), ("shoulders", shoulders)):
        tops = _largest(drawn) * np.sign(_largest(drawn[:1]))
        if float(np.quantile(tops[1:], 0.5 - 0.5 * level)) <= 0.0:
            return refused(f"whether the {name} bear any moment is not resolvable")
    first, second = (drawn / _largest(drawn)[:, None] for drawn in (hips, shoulders))
    pairs = [lag_between(a, b, rate_hz, alike=True) for a, b in zip(first, second, strict=True)]
    lag, correlation = pairs[0]
    if not np.isfinite(lag):
        return refused(f"they do not rise and fall together within {1e3 * LONGEST_LAG_S:.0f} ms of each other")
    if correlation < LEAST_CORRELATION:
        return refused(
            f"hips and shoulders are too unlike to be laid over each other (r = {correlation:.2f})", correlation
        )
    found = np.array([own if r >= LEAST_CORRELATION and np.isfinite(own) else np.nan for own, r in pairs])
    if np.count_nonzero(np.isnan(found)) > _MOST_LOST * found.size:
        return refused("errors of the moments leave no one lag", correlation)
    found = np.where(np.isnan(found), lag, found)
    slow, slow_second = (lowpass(curve[0], rate_hz, _SLOWER * cutoff_hz) for curve in (first, second))
    slower, r = lag_between(slow, slow_second, rate_hz, alike=True)
    bias = abs(slower - lag) if np.isfinite(slower) and r >= LEAST_CORRELATION else 1.0 / cutoff_hz
    own = float(np.hypot(bias, 0.5 / rate_hz))
    half = float(np.hypot(normal_factor(level) * about_the_first(found), own))
    apart = _apart(first, second, found * rate_hz)
    errors = apart[1:] - apart[0]
    index = _within(mean_size([(apart[0], errors)], level))
    told = RepMismatch(rep, index, Estimate.symmetric(lag, half, "s", level), correlation)
    return _Read(told, apart[0], errors, found, own)


def _largest(drawn: FloatArray) -> FloatArray:
    """Of each row the value of the largest size where the first row has its own, shape (rows,)."""
    return drawn[:, int(np.argmax(np.abs(drawn[0])))]


def _apart(first: FloatArray, second: FloatArray, lags: FloatArray) -> FloatArray:
    """The first curves less the second, each so many samples later, over the samples that the first pair shares."""
    n = first.shape[1]
    lag = float(lags[0])
    at: FloatArray = np.arange(math.ceil(max(0.0, -lag)), n - math.ceil(max(0.0, lag)), dtype=np.float64)
    whole = np.arange(n, dtype=np.float64)
    rows = zip(first, second, lags, strict=True)
    found: list[FloatArray] = [np.interp(at, whole, a) - np.interp(at + own, whole, b) for a, b, own in rows]
    return np.stack(found)


def mean_size(curves: Sequence[tuple[FloatArray, FloatArray]], level: float) -> Estimate:
    """The mean size of curves, shape (n,) each, of which every draw of their errors, (draws, n), adds something.

    Errors make a small curve larger, so the truth lies below what is measured (the basic interval, as of `from_draws`);
    where they turn a large one they may also hide some of it (the percentile one). Either alone holds too little: both
    are spanned, down to none at all where errors alone would show as much within their `level`.
    """
    rows = [np.vstack([apart, apart + errors]) for apart, errors in curves]
    sizes: FloatArray = np.mean([np.abs(drawn).mean(axis=1) for drawn in rows], axis=0)
    basic = not_below_zero(from_draws(sizes, level, ""))
    low, high = (float(q) for q in np.quantile(sizes[1:], (0.5 - 0.5 * level, 0.5 + 0.5 * level)))
    none = np.mean([np.abs(errors).mean(axis=1) for _, errors in curves], axis=0)
    if basic.value <= float(np.quantile(none, 0.5 + 0.5 * level)):
        low = 0.0
    return Estimate(basic.value, min(basic.low, low), max(basic.high, high), level, "")


def _within(found: Estimate) -> Estimate:
    """An index has its limits."""
    return Estimate(found.value, max(found.low, 0.0), max(found.value, min(found.high, 2.0)), found.level, "")
