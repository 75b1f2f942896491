"""What each athlete's effect truly is, and that of one more, given all of them; over all spreads that may be."""

import numpy as np

from legato.evidence.trials._pair_model import PairModel
from legato.recording import FloatArray

_SHARES = np.geomspace(1e-6, 1.0, 150)
"""Share of the variance of the athletes' effects as seen that is error."""

_HALVINGS = 40


def shrunken(fit: PairModel, level: float) -> list[tuple[float, float, float]]:
    """Each athlete's effect drawn towards the others' (value, low, high).

    The spread is no single number but all that fit, each by its likelihood, so that few athletes leave wide intervals;
    before the data its variance has density 1 / (error + variance) (Box and Tiao 1973, Bayesian Inference in
    Statistical Analysis, 5.2), which gives Student's interval where the spread is large.
    """
    chance, variance, centre, square = _spreads(fit)
    errors = fit.errors
    pull = errors[:, None] / (errors[:, None] + variance)
    middle = pull * centre + (1.0 - pull) * fit.own[:, None]
    sd = np.sqrt(errors[:, None] * (1.0 - pull) + pull**2 * square + (1.0 - pull) ** 2 * fit.shared)
    return _intervals(chance, middle, sd, fit.within_dof, level)


def next_one(fit: PairModel, level: float) -> tuple[float, float, float]:
    """The true effect of one more athlete like these (value, low, high)."""
    chance, variance, centre, square = _spreads(fit)
    return _intervals(chance, centre[None, :], np.sqrt(variance + square)[None, :], fit.within_dof, level)[0]


def _spreads(fit: PairModel) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """For each variance between athletes: its chance, itself, the mean effect and its squared error."""
    errors = fit.errors
    typical = 1.0 / float(np.mean(1.0 / errors))
    variance = typical * (1.0 / _SHARES - 1.0)
    weight = 1.0 / (variance[:, None] + errors)
    total = weight.sum(axis=1)
    centre = weight @ fit.own / total
    score = 0.5 * (np.log(weight).sum(axis=1) - np.log(total))
    score -= 0.5 * (weight * (fit.own - centre[:, None]) ** 2).sum(axis=1)
    chance = np.exp(score - score.max())
    return chance / chance.sum(), variance, centre, 1.0 / total + fit.shared


def _intervals(
    chance: FloatArray, middle: FloatArray, sd: FloatArray, dof: float, level: float
) -> list[tuple[float, float, float]]:
    """Median and central interval of mixtures of normal distributions, one a row; wider by as much as Student's factor
    of the error's degrees of freedom exceeds the normal one.
    """
    from scipy.special import ndtr, ndtri, stdtrit

    end = 0.5 + 0.5 * level
    sd = sd * float(stdtrit(dof, end) / ndtri(end))

    def quantile(aim: float) -> FloatArray:
        low: FloatArray = np.min(middle - 10.0 * sd, axis=1)
        high: FloatArray = np.max(middle + 10.0 * sd, axis=1)
        for _ in range(_HALVINGS):
            half = 0.5 * (low + high)
            reached: FloatArray = np.asarray(ndtr((half[:, None] - middle) / sd)) @ chance
            below = reached < aim
            low, high = np.where(below, half, low), np.where(below, high, half)
        return 0.5 * (low + high)

    value, low, high = quantile(0.5), quantile(1.0 - end), quantile(end)
    return [(float(v), float(a), float(b)) for v, a, b in zip(value, low, high, strict=True)]
