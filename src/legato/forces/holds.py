"""Isometric pulls and holds: peak, plateau, how long force was held, and how much of it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._curves import as_curve, refuse_limit, without_gaps
from legato.forces._memory import memories
from legato.recording import FloatArray
from legato.signals.drift import fit_drift
from legato.signals.factors import normal_factor, student_factor

PLATEAU_SHARE = 0.9
"""Share of the peak above which force counts as the plateau. [ENG]"""

RELEASE_SHARE = 0.5
"""Share of the peak through which force rises when a hold begins and falls when it ends. [ENG]"""

_PEAK_S = 0.5
"""The peak is the highest mean over this time, s, as for the strongest 0.5 s of a reference contraction. [ENG]"""

_PLATEAU_LAGS = 2.0
"""Half-width of a plateau's length in half smoothing times: each of its two ends is smeared by one. [ENG]"""

_CROSSING_LAGS = 0.1
"""What smoothing leaves open of the instant at which the force passes its release, in half smoothing times. [ENG] Steps
and ramps cross half of their height where they did before, curved rises nearly so."""

_SMOOTH_S = 0.1
"""Force crosses a share as a mean over this time, s. [ENG]"""

_SHORTEST_S = 1.0
"""Shorter stretches are refused, s: a peak of 0.5 s fits in them twice. [ENG]"""

_LEAST_FORCE_N = 20.0
"""Weaker holds are refused, N. [ENG]"""

_LOOSEST_KEPT = 3.0
"""An output kept is told where the high end of its interval is at most this many times the low one. [ENG]"""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold; forces above the baseline given, times in s from the first sample.

    `peak_n`: highest mean over 0.5 s; `plateau_n`: mean over the plateau, from the first to the last time at nine
    tenths of the peak; `variation`: SD over mean there. `kept`: force at the end of the hold over force at its start,
    along the line through it from first reaching the plateau to release (1: nothing lost); `slope_n_s`: that line's
    slope.
    `above_s`: total time above `share` of the peak. What could not be told is None and `reasons` says why.
    """

    start_s: Estimate
    end_s: Estimate
    held_s: Estimate
    peak_n: Estimate
    plateau_n: Estimate
    plateau_s: Estimate
    variation: Estimate
    kept: Estimate | None
    slope_n_s: Estimate | None
    share: float
    above_s: Estimate
    reasons: tuple[str, ...]


def read_hold(
    force_n: Any, rate_hz: float, *, baseline_n: float = 0.0, share: float = PLATEAU_SHARE, level: float = LEVEL
) -> Hold:
    """Peak, plateau and sustained share of one isometric pull or hold.

    Parameters
    ----------
    force_n
        Force, N, shape (n,), one hold with rest before or after, or cut to the hold.
    rate_hz
        Sampling rate, Hz.
    baseline_n
        Force at rest, N: body weight on a plate, 0 on a load cell.
    share
        Share of the peak for `above_s`.
    level
        Share of central probability of the intervals.

    Raises
    ------
    BadInput
        No rate, no samples, more than one column, or a share outside (0, 1).
    NotResolvable
        Shorter than 1 s, samples missing, clipped, or no force above 20 N.
    """
    if not 0.0 < share < 1.0:
        raise BadInput(f"a share of {share:g} of the peak was asked for; give one between 0 and 1")
    raw = without_gaps(as_curve(force_n, rate_hz, _SHORTEST_S), rate_hz)
    refuse_limit(raw, rate_hz)
    force = raw - baseline_n
    z = normal_factor(level)
    window = round(_PEAK_S * rate_hz)
    means = _moving(force, window)
    at = int(means.argmax())
    peak = float(means[at])
    if peak < _LEAST_FORCE_N:
        raise NotResolvable(f"force: the highest mean over 0.5 s is {peak:.1f} N; check unit and baseline (N)")
    top = force[at : at + window]
    peak_half = z * float(top.std() * np.sqrt(memories(top)[0] / window))
    smooth, lag = _smoothed(force, rate_hz)
    noise = _noise_of(force, rate_hz, smooth)
    threshold_half = float(np.hypot(peak_half, z * noise))
    x = np.arange(force.size) / rate_hz
    start = _crossing(smooth, x, RELEASE_SHARE * peak, at + window // 2, -1, RELEASE_SHARE * threshold_half, lag, level)
    end = _crossing(smooth, x, RELEASE_SHARE * peak, at + window // 2, 1, RELEASE_SHARE * threshold_half, lag, level)
    a, b = round(start.value * rate_hz), round(end.value * rate_hz)
    reached = np.flatnonzero(smooth[a : b + 1] >= PLATEAU_SHARE * peak)
    first, last = a + int(reached[0]), a + int(reached[-1]) + 1
    plateau = force[first:last]
    n = plateau.size
    mean, sd = float(plateau.mean()), float(plateau.std())
    by_mean, by_variance = memories(plateau)
    mean_half = z * sd * float(np.sqrt(by_mean / n))
    relative = z * float(np.sqrt(0.5 * by_variance / n))
    reasons: list[str] = []
    kept = slope = None
    # The last of the rise and the release itself take about as long as the smoothing; they are no fatigue.
    settled = first + (round(2.0 * _SMOOTH_S * rate_hz) if start.value > x[0] else 0)
    held = force[settled : max(settled + 1, b - round(2.0 * _SMOOTH_S * rate_hz) if end.value < x[-1] else b + 1)]
    if held.size < _SHORTEST_S * rate_hz:
        reasons.append("held for less than 1 s: how much force was kept cannot be told")
    else:
        line = fit_drift(held, rate_hz, unit="N", level=level)
        slope = line.slope
        kept = _kept(slope, float(held.mean()), held.size / rate_hz, level)
    if start.value <= x[0]:
        reasons.append("the force was up when the recording began: the hold may have begun before")
    if end.value >= x[-1]:
        reasons.append("the force was up when the recording ended: the hold may have gone on")
    counts = [
        float((smooth[a : b + 1] >= share * p).sum()) / rate_hz
        for p in (peak, peak + threshold_half, peak - threshold_half)
    ]
    return Hold(
        start_s=start,
        end_s=end,
        held_s=Estimate.symmetric(
            end.value - start.value, float(np.hypot(start.half_width, end.half_width)), "s", level
        ),
        peak_n=Estimate.symmetric(peak, peak_half, "N", level),
        plateau_n=Estimate.symmetric(mean, mean_half, "N", level),
        plateau_s=Estimate.symmetric(n / rate_hz, _PLATEAU_LAGS * lag, "s", level),
        variation=Estimate(sd / mean, sd / mean * float(np.exp(-relative)), sd / mean * float(np.exp(relative)), level),
        kept=kept,
        slope_n_s=slope,
        share=share,
        above_s=Estimate(counts[0], min(counts), max(counts), level, "s"),
        reasons=tuple(reasons),
    )


def output_kept(outputs: Sequence[float] | FloatArray, level: float = LEVEL) -> Estimate:
    """Share of an output (force, speed, power of each repetition) kept over a set: last over first, along their line.

    Raises
    ------
    BadInput
        An output is missing, or not above 0.
    NotResolvable
        There are fewer than three repetitions, or they say next to nothing about a trend.
    """
    y = np.asarray(outputs, dtype=np.float64)
    if y.ndim != 1 or not np.isfinite(y).all() or (y <= 0.0).any():
        raise BadInput("outputs of a set: one positive number a repetition is needed; leave out missing repetitions")
    n = y.size
    if n < 3:
        raise NotResolvable(f"{n} repetitions show no trend; give three or more")
    x = np.linspace(-0.5, 0.5, n)
    change = float(x @ y) / float(x @ x)
    left = y - y.mean() - change * x
    error = float(np.sqrt(left @ left / (n - 2) / (x @ x)))
    half = student_factor(level, n - 2) * error
    kept = _kept(Estimate.symmetric(change, half, "N/s", level), float(y.mean()), 1.0, level)
    if kept.high > _LOOSEST_KEPT * kept.low:
        ends = f"{100.0 * kept.low:.0f} to {100.0 * kept.high:.0f} %"
        raise NotResolvable(f"{n} repetitions scatter too much about a line: {ends}; give more")
    return kept


def _kept(slope: Estimate, mean: float, duration_s: float, level: float) -> Estimate:
    """End over start of a line with this slope about its mean; its error is the slope's."""

    def share(change: float) -> float:
        lost = float(np.clip(0.5 * change * duration_s / mean, -0.99, 0.99))
        return (1.0 + lost) / (1.0 - lost)

    return Estimate(share(slope.value), share(slope.low), share(slope.high), level)


def _moving(force: FloatArray, size: int) -> FloatArray:
    summed = np.concatenate(([0.0], np.cumsum(force)))
    return (summed[size:] - summed[:-size]) / size


def _smoothed(force: FloatArray, rate_hz: float) -> tuple[FloatArray, float]:
    """Centred means over 0.1 s, the ends over what there is; and half that time, s."""
    half = max(1, round(0.5 * _SMOOTH_S * rate_hz))
    summed = np.concatenate(([0.0], np.cumsum(force)))
    index = np.arange(force.size)
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, force.size)
    return (summed[high] - summed[low]) / (high - low), half / rate_hz


def _noise_of(force: FloatArray, rate_hz: float, smooth: FloatArray) -> float:
    """SD of a mean over 0.1 s, from what the smoothing leaves."""
    return float(np.median(np.abs(force - smooth)) / 0.6745 / np.sqrt(max(1.0, _SMOOTH_S * rate_hz)))


def _crossing(
    smooth: FloatArray, x: FloatArray, threshold: float, at: int, step: int, half_n: float, lag: float, level: float
) -> Estimate:
    """When the smoothed force passes a threshold on the way out from `at`; the record's end where it never does."""

    def passed(height: float) -> float:
        side = smooth[at:] if step > 0 else smooth[at::-1]
        under = np.flatnonzero(side < height)
        if not under.size:
            return float(x[-1] if step > 0 else x[0])
        i = int(under[0])
        part = (side[i - 1] - height) / (side[i - 1] - side[i]) if i else 0.0
        return float(x[at] + step * (i - 1 + part) * (x[1] - x[0]))

    value = passed(threshold)
    ends = [passed(threshold - half_n), passed(threshold + half_n)]
    margin = _CROSSING_LAGS * lag
    return Estimate(value, min(*ends, value) - margin, max(*ends, value) + margin, level, "s")
