"""Reliability of a number that is measured again: spread within and between days, smallest detectable change, ICC."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray

DETECTABLE_FACTOR = 1.959963984540054 * math.sqrt(2.0)
"""SDs of measurement that two single measurements must differ by for 95 % (Weir 2005)."""

_LEAST_DAYS = 2
_LEAST_WITHIN = 2
"""Degrees of freedom within days, below which nothing is said about the spread there. [ENG]"""


@dataclass(frozen=True, slots=True)
class Reliability:
    """One number of one athlete over several days, in its own unit.

    `mean` and `median` are of the days' means. `within` is the SD of repetitions within a day, `between` the SD of the
    athlete from day to day apart from it, `sem` the standard error of measurement of a day's mean (the SD of the days'
    means), `detectable` the smallest change between two such days that is seen with 95 %. `share` is the share of the
    variance of single repetitions that lies between days (ICC(1,1) of repetitions in days), None below three days.
    """

    mean: Estimate
    median: float
    within: Estimate
    between: Estimate
    sem: Estimate
    detectable: Estimate
    share: Estimate | None
    n_days: int
    n_reps: int


def reliability_over_days(days: Sequence[Sequence[float]], unit: str = "", level: float = LEVEL) -> Reliability:
    """How a number varies within and between days, and what change it could show.

    Parameters
    ----------
    days
        The number in each repetition, one sequence a day, any unit.
    unit
        Of the numbers.
    level
        Of every interval. They suppose normal values; `docs/validation.md` says how often they hold the truth where
        values are skewed.

    Raises
    ------
    NotResolvable
        Fewer than two days, or fewer than two repetitions beyond one a day.

    References
    ----------
    One-way random effects, days of unequal size by their harmonic mean (Thomas & Hultquist 1978, Ann Stat 6:582).
    SEM and 1.96·√2·SEM: Weir 2005, J Strength Cond Res 19:231. Interval of the SD between days: Williams 1962,
    Biometrika 49:278. ICC(1,1): Shrout & Fleiss 1979, Psychol Bull 86:420.
    """
    seen = [np.asarray(day, dtype=np.float64) for day in days if len(day)]
    count, total = len(seen), sum(day.size for day in seen)
    if count < _LEAST_DAYS:
        raise NotResolvable(f"measured on {count} of the days; at least {_LEAST_DAYS} are needed")
    within_dof = total - count
    if within_dof < _LEAST_WITHIN:
        raise NotResolvable(f"{total} repetitions on {count} days; give days with two repetitions or more")
    means = [float(day.mean()) for day in seen]
    within_square = float(sum(((day - day.mean()) ** 2).sum() for day in seen)) / within_dof
    usual = statistics.harmonic_mean([day.size for day in seen])
    mean_square = statistics.variance(means)
    middle = statistics.fmean(means)
    sem = spread_estimate(math.sqrt(mean_square), count - 1, unit, level)
    return Reliability(
        mean=Estimate.symmetric(middle, _student(level, count - 1) * math.sqrt(mean_square / count), unit, level),
        median=statistics.median(means),
        within=spread_estimate(math.sqrt(within_square), dof_of_spread(seen, within_dof), unit, level),
        between=_between(usual, mean_square, within_square, count - 1, within_dof, unit, level),
        sem=sem,
        detectable=sem.scaled(DETECTABLE_FACTOR),
        share=None if count < 3 else _share(usual, mean_square, within_square, count - 1, within_dof, level),
        n_days=count,
        n_reps=total,
    )


def spread_estimate(sd: float, dof: float, unit: str = "", level: float = LEVEL) -> Estimate:
    """An SD with the interval that chi-square gives it, for normal values."""
    from scipy.special import chdtri

    tail = 0.5 * (1.0 - level)
    low, high = (sd * math.sqrt(dof / float(chdtri(dof, p))) for p in (tail, 1.0 - tail))
    return Estimate(sd, min(low, sd), max(high, sd), level, unit)


def dof_of_spread(days: Sequence[FloatArray], dof: float) -> float:
    """Degrees of freedom of the SD within days, fewer where heavy tails make it less certain (Box 1953, Biometrika
    40:318, with the kurtosis pooled over days as in Layard 1973, J Am Stat Assoc 68:195).
    """
    left = np.concatenate([day - day.mean() for day in days])
    square = float((left**2).sum())
    excess = 0.0 if square <= 0.0 else left.size * float((left**4).sum()) / square**2 - 3.0
    return max(1.0, dof / (1.0 + 0.5 * max(0.0, excess) * dof / left.size))


def _student(level: float, dof: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(dof, 0.5 + 0.5 * level))


def _between(
    usual: float, mean_square: float, within_square: float, dof: int, within_dof: int, unit: str, level: float
) -> Estimate:
    """SD between days apart from repetitions; 0 where the repetitions explain the days."""
    from scipy.special import chdtri, fdtri

    tail = 0.5 * (1.0 - level)
    days = usual * mean_square

    def bound(probability: float) -> float:
        ratio = float(fdtri(dof, within_dof, probability))
        of_chi = float(chdtri(dof, 1.0 - probability)) / dof
        return math.sqrt(max(0.0, (days - ratio * within_square) / (usual * of_chi)))

    value = math.sqrt(max(0.0, (days - within_square) / usual))
    low, high = bound(1.0 - tail), bound(tail)
    return Estimate(value, min(low, value), max(high, value), level, unit)


def _share(
    usual: float, mean_square: float, within_square: float, dof: int, within_dof: int, level: float
) -> Estimate | None:
    """ICC(1,1) of repetitions in days."""
    from scipy.special import fdtri

    if within_square <= 0.0:
        return None
    ratio, upper = usual * mean_square / within_square, 0.5 + 0.5 * level

    def share(f: float) -> float:
        return (f - 1.0) / (f + usual - 1.0)

    low = share(ratio / float(fdtri(dof, within_dof, upper)))
    high = share(ratio * float(fdtri(within_dof, dof, upper)))
    value = share(ratio)
    return Estimate(value, min(low, value), max(high, value), level, "1")
