"""How fast a held posture drifts and how far it sways, with intervals that allow for noise that remembers itself."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray

_BLOCKS = 24
"""Block means that the noise model is fitted to: enough to see the memory of sway, few enough that it spans blocks.
[ENG] With 48 the intervals cover alike and cost four times as much."""

_MEMORY = np.linspace(-0.5, 0.95, 60)
"""Correlations from block to block that are weighed, all alike likely beforehand. Above 0.95 a wandering posture
cannot be told from a drifting one within the recording."""


@dataclass(frozen=True, slots=True)
class Drift:
    """`slope` in the signal's unit per second, `sway` the RMS about that slope, `span_s` the length they come from."""

    slope: Estimate
    sway: Estimate
    span_s: float


def fit_drift(x: FloatArray, rate_hz: float, *, unit: str = "", noise_sd: float = 0.0, level: float = LEVEL) -> Drift:
    """Slope and sway of a held posture.

    Parameters
    ----------
    x
        Samples of the hold, any unit, shape (n,), n of at least 48, no NaN.
    rate_hz
        Sampling rate, Hz.
    unit
        Unit of `x`.
    noise_sd
        SD of the measuring noise in `x`, taken off the sway.
    level
        Share of central probability of both intervals.

    Returns
    -------
    Both estimates are of the person, not of these seconds: how far the slope would scatter if the same sway began
    anew. Sway is a first-order autoregression over 24 block means; its memory is unknown and weighed by its likelihood
    (flat prior), so the intervals are wider than those of independent residuals, and cover 88 to 97 % for sway with a
    memory of up to a tenth of the hold, and 77 % where the memory is 0.4 of it.

    Raises
    ------
    ValueError
        There are fewer than two samples a block, or some are missing.

    References
    ----------
    Zellner & Tiao 1964, J Am Stat Assoc 59:763 (regression with autocorrelated errors, integrated over their memory).
    Coverage: `docs/validation.md`.
    """
    if x.size < 2 * _BLOCKS or not np.isfinite(x).all():
        raise ValueError(f"{x.size} samples, or some missing; at least {2 * _BLOCKS} are needed")
    edges = np.linspace(0, x.size, _BLOCKS + 1).round().astype(np.intp)
    counts = np.diff(edges)
    means = np.add.reduceat(x, edges[:-1]) / counts
    at_s = 0.5 * (edges[1:] + edges[:-1] - 1) / rate_hz
    slopes, errors, variances, weights = _regressions(at_s - at_s.mean(), means)
    freedom = _BLOCKS - 2
    slope = float(weights @ slopes)

    def slope_below(value: float) -> float:
        from scipy.special import stdtr  # pyright: ignore[reportUnknownVariableType]

        return float(weights @ stdtr(freedom, (value - slopes) / errors))

    def variance_below(value: float) -> float:
        from scipy.special import gammaincc  # pyright: ignore[reportUnknownVariableType]

        return float(weights @ gammaincc(0.5 * freedom, 0.5 * freedom * variances / value))

    tail, reach = 0.5 * (1.0 - level), 60.0 * float(errors.max()) + 1e-300
    low, high = (_quantile(slope_below, p, slopes.min() - reach, slopes.max() + reach) for p in (tail, 1.0 - tail))
    top = 50.0 * float(variances.max()) + 1e-300
    between = [_quantile(variance_below, p, 0.0, top) for p in (tail, 0.5, 1.0 - tail)]
    level_line = x - slope * np.arange(x.size) / rate_hz
    within = np.array([level_line[a:b].var() for a, b in pairwise(edges)])
    fast, fast_error = float(within.mean()), float(within.std() / np.sqrt(_BLOCKS))
    middle = between[1] + fast
    spread = [np.hypot(b - between[1], 1.645 * fast_error) for b in (between[0], between[2])]
    sway = [
        float(np.sqrt(max(v - noise_sd**2, 0.0))) for v in (middle, max(middle - spread[0], 0.0), middle + spread[1])
    ]
    per_second = f"{unit}/s" if unit else "1/s"
    return Drift(
        Estimate(slope, min(low, slope), max(high, slope), level, per_second),
        Estimate(sway[0], sway[1], sway[2], level, unit),
        x.size / rate_hz,
    )


def _regressions(t: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """For each memory: slope, its standard error, variance of the sway, and how likely that memory is."""
    memory = _MEMORY
    table = np.column_stack([np.ones_like(t), t, y])
    white = np.repeat(table[None], memory.size, axis=0)
    white[:, 0] *= np.sqrt(1.0 - memory**2)[:, None]
    white[:, 1:] -= memory[:, None, None] * table[None, :-1]
    design, target = white[:, :, :2], white[:, :, 2]
    turned = design.transpose(0, 2, 1)
    gram = turned @ design
    found = np.asarray(np.linalg.solve(gram, turned @ target[:, :, None])[:, :, 0], dtype=np.float64)
    left = target - (design @ found[:, :, None])[:, :, 0]
    freedom = t.size - 2
    squares = np.maximum(np.square(left).sum(axis=1), 1e-300)
    log_likelihood = 0.5 * np.log(1.0 - memory**2) - 0.5 * np.log(np.linalg.det(gram)) - 0.5 * freedom * np.log(squares)
    weights = np.exp(log_likelihood - log_likelihood.max())
    inverse = np.asarray(np.linalg.inv(gram), dtype=np.float64)
    errors = np.sqrt(squares / freedom * inverse[:, 1, 1])
    return found[:, 1], errors, squares / freedom / (1.0 - memory**2), weights / weights.sum()


def _quantile(below: Callable[[float], float], probability: float, low: float, high: float) -> float:
    for _ in range(80):
        middle = 0.5 * (low + high)
        if below(middle) < probability:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
