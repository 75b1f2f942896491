"""The variance of differences within pairs and between athletes, by restricted maximum likelihood."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray

_RATIOS = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 33)])
"""Variance between athletes over that of a pair's difference, where the likelihood is looked at first."""

_COMMON_DOF = 4.0
"""Degrees of freedom that the error of all athletes counts for in that of each. [ENG]"""


@dataclass(frozen=True, slots=True)
class PairModel:
    """change = effect + effect of the athlete + other terms + error.

    `square`, `other_squares`, `own_squares`: squared standard errors. `within`: SD of the error. `between`: variance of
    the athletes' effects, 0 of a single one. `shared`: squared error that all athletes' effects have in common, from
    the other terms. `errors`: squared error of each athlete's effect beside it, from the error of all athletes and, the
    more pairs they are the more, from the athlete's own.
    """

    effect: float
    square: float
    dof: float
    others: FloatArray
    other_squares: FloatArray
    own: FloatArray
    own_squares: FloatArray
    own_dof: FloatArray
    counts: FloatArray
    within: float
    within_dof: float
    between: float
    shared: float
    errors: FloatArray


def fit_pair_model(
    change: FloatArray, columns: FloatArray, athlete: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> PairModel:
    """Fit it.

    Parameters
    ----------
    change
        A minus B of each pair, shape (pairs,).
    columns
        What else may differ within a pair, shape (pairs, terms); with ones beside it of full rank.
    athlete
        Whose each pair is, numbers from 0 without gaps.
    """
    design = np.column_stack([np.ones(len(change)), columns])
    counts = np.bincount(athlete).astype(np.float64)
    group = np.eye(len(counts))[athlete]
    sums, totals = group.T @ design, group.T @ change
    whole, cross, square = design.T @ design, design.T @ change, float(change @ change)
    n, terms = design.shape

    def at(ratio: float) -> tuple[float, FloatArray, FloatArray, float]:
        weight = ratio / (1.0 + counts * ratio)
        inner = whole - (sums * weight[:, None]).T @ sums
        right = cross - sums.T @ (weight * totals)
        found = np.asarray(np.linalg.solve(inner, right), dtype=np.float64)
        left = max(square - float(weight @ totals**2) - float(found @ right), 1e-300)
        score = (n - terms) * math.log(left) + float(np.log1p(counts * ratio).sum()) + np.linalg.slogdet(inner)[1]
        return float(score), found, inner, left / (n - terms)

    ratio = _most_likely(lambda value: at(value)[0]) if len(counts) > 1 else 0.0
    _, found, inner, variance = at(ratio)
    inverse = np.asarray(np.linalg.inv(inner), dtype=np.float64) * variance
    between = ratio * variance
    left = change - design @ found
    apart = left - (group.T @ left / counts)[athlete]
    within_dof = float(n - terms) if len(counts) == 1 else float(n - len(counts) - terms + 1)
    own = found[0] + (group.T @ left / counts if len(counts) > 1 else np.zeros(1))
    weights = 1.0 / (between + variance / counts)
    shared = max(0.0, float(inverse[0, 0]) - 1.0 / float(weights.sum()))
    means = sums[:, 1:] / counts[:, None]
    from_others = np.einsum("ij,jk,ik->i", means, inverse[1:, 1:], means)
    errors = (group.T @ apart**2 + _COMMON_DOF * variance) / (counts - 1 + _COMMON_DOF) / counts
    if len(counts) == 1:
        effect_square, dof = float(inverse[0, 0]), within_dof
        own_squares, own_dof = np.array([effect_square]), np.array([dof])
    else:
        seen = float(weights @ (own - found[0]) ** 2) / (len(counts) - 1)
        scatter = max(seen, 1.0) / float(weights.sum())
        effect_square = scatter + shared
        dof = effect_square**2 / (scatter**2 / (len(counts) - 1) + shared**2 / within_dof)
        own_mean = group.T @ apart**2 / (counts - 1) / counts
        own_squares = own_mean + from_others
        own_dof = own_squares**2 / (own_mean**2 / (counts - 1) + from_others**2 / within_dof)
    return PairModel(
        effect=float(found[0]),
        square=effect_square,
        dof=float(dof),
        others=found[1:],
        other_squares=np.diag(inverse)[1:],
        own=own,
        own_squares=own_squares,
        own_dof=own_dof,
        counts=counts,
        within=math.sqrt(variance),
        within_dof=within_dof,
        between=between,
        shared=shared,
        errors=errors,
    )


def spread_between(fit: PairModel, level: float) -> tuple[float, float, float]:
    """SD of the athletes' true effects with its interval: those at which the scatter seen is as likely as chi-square
    tells (Viechtbauer 2007, Stat Med 26:37).
    """
    from scipy.optimize import brentq
    from scipy.special import chdtri

    def scatter(variance: float) -> float:
        weight = 1.0 / (variance + fit.errors)
        return float(weight @ (fit.own - weight @ fit.own / weight.sum()) ** 2)

    def at(chance: float) -> float:
        aim = float(chdtri(len(fit.own) - 1, chance))
        if scatter(0.0) <= aim:
            return 0.0
        top = float(np.var(fit.own)) + float(fit.errors.max())
        while scatter(top) > aim:
            top *= 4.0
        return math.sqrt(float(brentq(lambda variance: scatter(variance) - aim, 0.0, top)))

    low, high = at(0.5 - 0.5 * level), at(0.5 + 0.5 * level)
    value = math.sqrt(fit.between)
    return value, min(low, value), max(high, value)


def _most_likely(score: Callable[[float], float]) -> float:
    """The ratio at which the score is least; 0 where none above does better."""
    from scipy.optimize import minimize_scalar

    scores = [score(float(ratio)) for ratio in _RATIOS]
    best = int(np.argmin(scores))
    if best == 0:
        return 0.0
    low, high = _RATIOS[max(1, best - 1)], _RATIOS[min(len(_RATIOS) - 1, best + 1)]
    fine = minimize_scalar(
        lambda power: score(math.exp(power)),
        bounds=(math.log(low), math.log(high)),
        method="bounded",
        options={"xatol": 1e-7},
    )
    return math.exp(float(fine.x))
