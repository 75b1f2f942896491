"""Differences between two sets of one number, with intervals that few repetitions widen."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate

_LEAST_REPS = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """Second set minus first. `paired`: by place in the set, else as independent sets. `shown`: `higher` or `lower`
    only where the whole interval lies beyond zero, else `no`.
    """

    estimate: Estimate
    first: float
    second: float
    n_first: int
    n_second: int
    paired: bool
    shown: Literal["higher", "lower", "no"]


def difference_of_sets(
    first: Sequence[float],
    second: Sequence[float],
    *,
    paired: bool,
    fixed: float = 0.0,
    unit: str = "",
    level: float = LEVEL,
) -> Difference:
    """Mean of the second set minus mean of the first.

    Parameters
    ----------
    first, second
        The number in each repetition, any unit; where `paired`, of the same length and in the order of the set.
    paired
        Student's interval on the differences between repetitions of the same place, which takes out what a set does to
        both alike (fatigue); else Welch's on two independent sets.
    fixed
        Half-width, at `level`, of errors that more repetitions do not lessen; added in quadrature.

    Raises
    ------
    NotResolvable
        Fewer than two repetitions on a side.

    References
    ----------
    Welch 1947, Biometrika 34:28.
    """
    from scipy.special import stdtrit

    n, m = len(first), len(second)
    square, dof = error_of_difference(first, second, paired=paired)
    half = math.hypot(float(stdtrit(dof, 0.5 + 0.5 * level)) * math.sqrt(square), fixed)
    before, after = statistics.fmean(first), statistics.fmean(second)
    estimate = Estimate.symmetric(after - before, half, unit, level)
    shown: Literal["higher", "lower", "no"] = (
        "higher" if estimate.low > 0.0 else "lower" if estimate.high < 0.0 else "no"
    )
    return Difference(estimate, before, after, n, m, paired, shown)


def variance(values: Sequence[float]) -> float:
    """Sample variance of two or more numbers, to a rounding error, and 0 where all are the same. A comparison needs
    thousands; Python's own `statistics.variance` is exact and 70 times slower.
    """
    if min(values) == max(values):
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def error_of_difference(first: Sequence[float], second: Sequence[float], *, paired: bool) -> tuple[float, float]:
    """Squared standard error of the difference of two means, and its degrees of freedom (as `difference_of_sets`)."""
    n, m = len(first), len(second)
    if min(n, m) < _LEAST_REPS:
        raise NotResolvable(f"{n} and {m} repetitions; a difference needs two or more on each side")
    if paired:
        if n != m:
            raise ValueError(f"{n} and {m} repetitions cannot be paired")
        steps = [b - a for a, b in zip(first, second, strict=True)]
        return variance(steps) / n, float(n - 1)
    one, two = variance(first) / n, variance(second) / m
    square = one + two
    dof = square**2 / (one**2 / (n - 1) + two**2 / (m - 1)) if square > 0.0 else float(n + m - 2)
    return square, dof
