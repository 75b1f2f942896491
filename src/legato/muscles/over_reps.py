"""What repetitions like these do: the mean of one measurement over a set, and the share of repetitions in a range."""

from collections.abc import Sequence
from typing import cast

import numpy as np

from legato.estimate import Estimate
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_factor, student_half_width

LEAST_REPS = 3
"""Two repetitions tell no share: from their spread any is possible."""

_NODES = 61
_FINEST, _WIDEST = 0.02, 30.0
"""Spreads between repetitions that are weighed, over the typical error of one and the SD of all. [ENG]"""


def mean_over_reps(
    per_rep: Sequence[Estimate | None], *, fixed: float = 0.0, least: float = -np.inf, most: float = np.inf
) -> Estimate | None:
    """Mean of repetitions like these: Student's interval on their spread; of one repetition its own; None of none.

    Parameters
    ----------
    per_rep
        Estimates of one unit and level; None where a repetition was refused.
    fixed
        Half-width of what all have in common, which no number of repetitions removes.
    least, most
        The quantity's own limits; value and interval end there.
    """
    known = [estimate for estimate in per_rep if estimate is not None]
    if not known:
        return None
    values = np.array([estimate.value for estimate in known])
    level, unit = known[0].level, known[0].unit
    if len(known) == 1:
        low, middle, high = known[0].low, known[0].value, known[0].high
    else:
        middle, half = float(values.mean()), float(np.hypot(student_half_width(values, level), fixed))
        low, high = middle - half, middle + half
    low, middle, high = (min(max(end, least), most) for end in (low, middle, high))
    return Estimate(middle, low, high, level, unit)


def fixed_part(mean: Estimate, spread: float, n: int) -> float:
    """The half-width of a set's mean that no number of repetitions removes: what is left of it without the spread
    between the `n` timed ones; of one repetition, whose spread is not known, all of it.
    """
    random = 0.0 if n < 2 else student_factor(mean.level, n - 1) * spread / np.sqrt(n)
    return float(np.sqrt(max(0.0, mean.half_width**2 - random**2)))


def share_of_reps(per_rep: Sequence[Estimate | None], low: float, high: float) -> Estimate | None:
    """Share of repetitions like these whose true value lies in a range, freed of the scatter of measuring.

    Parameters
    ----------
    per_rep
        What was measured in each repetition; None where it was refused.
    low, high
        The range; infinite for one that is open.

    Returns
    -------
    The share with the interval of the estimates' level; None for fewer than three repetitions.

    Notes
    -----
    True values scatter normally between repetitions, each is measured with its own normal error. Posterior of mean and
    spread on a grid, with priors flat in the mean and 1/√spread; the value is the posterior median. A prior flat in the
    spread (Gelman 2006, Bayesian Anal 1:515) held the share in 57 % where the spread hides below the error, this one in
    82 % or more. [SIM]
    """
    from scipy.special import ndtr, ndtri

    known = [estimate for estimate in per_rep if estimate is not None]
    if len(known) < LEAST_REPS:
        return None
    level = known[0].level
    values = np.array([estimate.value for estimate in known])
    errors = np.array([estimate.half_width for estimate in known]) / normal_factor(level)
    spread = float(values.std(ddof=1))
    typical = max(float(np.median(errors)), spread, 1e-12)
    errors = np.maximum(errors, 1e-6 * typical)
    spreads = np.geomspace(_FINEST * typical, _WIDEST * typical, _NODES)
    variances = spreads[:, None] ** 2 + errors**2
    precision = (1.0 / variances).sum(axis=1)
    centre = (values / variances).sum(axis=1) / precision
    fit = ((values - centre[:, None]) ** 2 / variances).sum(axis=1)
    # On a grid even in the logarithm a prior 1/√spread weighs each node by √spread.
    log_weight = -0.5 * (np.log(variances).sum(axis=1) + np.log(precision) + fit) + 0.5 * np.log(spreads)
    weight = np.exp(log_weight - log_weight.max())
    nodes = ndtri((np.arange(_NODES) + 0.5) / _NODES)
    means = centre[:, None] + nodes / np.sqrt(precision)[:, None]
    reach = spreads[:, None]
    inside = cast(FloatArray, ndtr((high - means) / reach) - ndtr((low - means) / reach))
    shares = inside.ravel()
    order = np.argsort(shares)
    below = np.cumsum(np.repeat(weight, _NODES)[order])
    tail = 0.5 * (1.0 - level)
    a, b, c = (float(shares[order][np.searchsorted(below, p * below[-1])]) for p in (tail, 0.5, 1.0 - tail))
    return Estimate(b, a, c, level, "")
