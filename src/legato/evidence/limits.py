"""Limits of agreement of two methods (Bland & Altman), also where each subject was measured several times."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence._variances import VarianceSum
from legato.evidence.reliability import dof_of_spread
from legato.recording import FloatArray

_LEAST_SUBJECTS = 3


@dataclass(frozen=True, slots=True)
class LimitsOfAgreement:
    """Second method minus first.

    `bias` is the mean difference, `sd` that of the difference of two single measurements on one subject. `share` of
    such differences lies between `lower` and `upper`, each with an interval of its own. `between` and `within` are the
    SDs of the differences from subject to subject and within one (`within` of both methods together where the true
    value is constant, None without repeated measurements).
    """

    bias: Estimate
    sd: Estimate
    lower: Estimate
    upper: Estimate
    share: float
    between: float
    within: float | None
    n_subjects: int
    n_first: int
    n_second: int


def limits_of_agreement(
    first: Sequence[ArrayLike],
    second: Sequence[ArrayLike],
    *,
    true_value: Literal["varies", "constant"] = "varies",
    share: float = 0.95,
    unit: str = "",
    level: float = LEVEL,
) -> LimitsOfAgreement:
    """Between which limits two methods differ on one subject.

    Parameters
    ----------
    first, second
        What each method measured, any unit: one number a subject or one sequence each. Subjects in the same order.
    true_value
        What the repeated measurements of a subject share. `varies`: the quantity changes between them and the two
        methods measured at the same instants, in pairs (as one repetition after another). `constant`: the same quantity
        was measured over again by each method by itself, as often as it was.
    share
        Of the differences that the limits are to hold.

    Raises
    ------
    NotResolvable
        Fewer than three subjects, a missing number, a subject whom one method did not measure, or no spread at all.
    ValueError
        Measurements in pairs whose numbers differ.

    References
    ----------
    Bland & Altman 1986, Lancet 327:307; 1999, Stat Methods Med Res 8:135; 2007, J Biopharm Stat 17:571. Intervals by
    variance recovery (MOVER): Zou 2013, Stat Methods Med Res 22:630.
    """
    from scipy.special import ndtri, stdtrit

    one, two = _subjects(first), _subjects(second)
    if len(one) != len(two):
        raise ValueError(f"the first method measured {len(one)} subjects and the second {len(two)}")
    if len(one) < _LEAST_SUBJECTS:
        raise NotResolvable(f"{len(one)} subjects; limits of agreement need {_LEAST_SUBJECTS} or more")
    if not 0.0 < share < 1.0:
        raise ValueError(f"share must lie in (0, 1), got {share}")
    if true_value == "varies":
        bias, error, spread, between, within = _in_pairs(one, two)
    elif true_value == "constant":
        bias, error, spread, between, within = _by_itself(one, two)
    else:
        raise ValueError(f"true_value is varies or constant, not {true_value!r}")
    if not spread.value > 0.0:
        raise NotResolvable("the differences do not vary, so nothing can be said of limits of agreement")
    factor = float(ndtri(0.5 + 0.5 * share))
    half = float(stdtrit(len(one) - 1, 0.5 + 0.5 * level)) * error
    sd = math.sqrt(spread.value)
    low, high = (math.sqrt(bound) for bound in spread.bounds(level))
    inner, outer = math.hypot(half, factor * (sd - low)), math.hypot(half, factor * (high - sd))
    at = bias - factor * sd, bias + factor * sd
    return LimitsOfAgreement(
        bias=Estimate.symmetric(bias, half, unit, level),
        sd=Estimate(sd, low, high, level, unit),
        lower=Estimate(at[0], at[0] - outer, at[0] + inner, level, unit),
        upper=Estimate(at[1], at[1] - inner, at[1] + outer, level, unit),
        share=share,
        between=between,
        within=within,
        n_subjects=len(one),
        n_first=sum(values.size for values in one),
        n_second=sum(values.size for values in two),
    )


def _subjects(measured: Sequence[ArrayLike]) -> list[FloatArray]:
    """What one method measured, an array a subject."""
    found = [np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in measured]
    for number, values in enumerate(found, start=1):
        if values.ndim != 1 or not values.size or not np.isfinite(values).all():
            raise NotResolvable(f"subject {number} has a missing measurement; leave it out")
    return found


_Parts = tuple[float, float, VarianceSum, float, float | None]
"""Bias, its standard error, the variance of a single difference, SD between subjects and within."""


def _in_pairs(one: list[FloatArray], two: list[FloatArray]) -> _Parts:
    """The true value varies: one-way analysis of variance of the differences (Bland & Altman 2007, section 3)."""
    for number, (a, b) in enumerate(zip(one, two, strict=True), start=1):
        if a.size != b.size:
            raise ValueError(f"subject {number} has {a.size} and {b.size} measurements, which make no pairs")
    steps = [b - a for a, b in zip(one, two, strict=True)]
    sizes = np.array([values.size for values in steps], dtype=np.float64)
    n, total = len(steps), float(sizes.sum())
    means = np.array([values.mean() for values in steps])
    bias = float(np.concatenate(steps).mean())
    square = float((sizes * (means - bias) ** 2).sum()) / (n - 1)
    usual = (total - float((sizes**2).sum()) / total) / (n - 1)
    left, dof = float(sum(((v - v.mean()) ** 2).sum() for v in steps)), int(total) - n
    if not dof:
        sure = dof_of_spread([means], n - 1)
        return bias, math.sqrt(square / n), VarianceSum(((1.0, square, sure),)), math.sqrt(square), None
    within = left / dof
    between = max(0.0, (square - within) / usual)
    error = math.sqrt(between * float((sizes**2).sum()) + within * total) / total
    sure = dof_of_spread([means], _dof_of_means(sizes, between + within / sizes))
    spread = VarianceSum(((1.0 / usual, square, sure), (1.0 - 1.0 / usual, within, dof_of_spread(steps, dof))))
    return bias, error, spread, math.sqrt(between), math.sqrt(within)


def _by_itself(one: list[FloatArray], two: list[FloatArray]) -> _Parts:
    """The true value is constant: differences of subjects' means, and what repetition by each method adds (Bland &
    Altman 1999, section 5.2).
    """
    n = len(one)
    steps = np.array([b.mean() - a.mean() for a, b in zip(one, two, strict=True)])
    square = float(steps.var(ddof=1))
    parts, within, errors = list[tuple[float, float, float]](), 0.0, np.zeros(n)
    for values in (one, two):
        dof = sum(v.size for v in values) - n
        if not dof:
            continue
        own = float(sum(((v - v.mean()) ** 2).sum() for v in values)) / dof
        shares = np.array([1.0 / v.size for v in values])
        parts.append((1.0 - float(shares.mean()), own, dof_of_spread(values, dof)))
        within, errors = within + own, errors + own * shares
    between = max(0.0, square - float(errors.mean()))
    sure = dof_of_spread([steps], _dof_of_means(np.ones(n), between + errors)) if square > 0.0 else float(n - 1)
    spread = VarianceSum(((1.0, square, sure), *parts))
    return float(steps.mean()), math.sqrt(square / n), spread, math.sqrt(between), math.sqrt(within) if parts else None


def _dof_of_means(weights: FloatArray, variances: FloatArray) -> float:
    """Degrees of freedom of a weighted sum of squares of subjects' means that are not all equally sure (Satterthwaite
    1946, Biometrics Bull 2:110); one fewer than subjects where they are.
    """
    matrix = (np.diag(weights) - np.outer(weights, weights) / weights.sum()) * variances
    square = float((matrix * matrix.T).sum())
    return float(matrix.trace()) ** 2 / square if square > 0.0 else float(weights.size - 1)
