"""How much of what athletes (or days) differ by is common to several activities, the error of measuring taken out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray

LEAST_ROWS = 8
"""Athletes or days. [SIM] From here on a 90 % interval holds the truth in 85 to 97 of 100 (docs/validation.md)."""

LEAST_DAY_DOF = 6
"""Days beyond the first of each athlete, over all of them, that the error of a day is taken from. [ENG]"""

_MOST_NEEDED = 200
"""Rows above which it is said that no study of that size is to be had. [ENG]"""

_DRAWS = 4000
_TINY = 1e-9
_CHI_LEAST = 1.0
"""Degrees of freedom kept where heavy tails take most of them. [ENG]"""


@dataclass(frozen=True, slots=True)
class MeasuringError:
    """The error of a row's numbers: its covariance between activities, shape (activities, activities), in the numbers'
    own squared units, and the degrees of freedom that it is known with (`inf`: taken as known).
    """

    covariance: FloatArray
    dof: float


@dataclass(frozen=True, slots=True)
class CarryOver:
    """`common` is the mean correlation between activities of what athletes (or days) truly differ by, each activity
    over its own spread: the share of that variance which is common to them. `seen` is the correlation of the numbers
    as measured, `reliability` the share of their variance that is no error, `n` the rows, `tails` how many times its
    variance exceeds that of normal numbers.
    """

    common: Estimate
    seen: float
    reliability: float
    n: int
    tails: float


def carry_over(
    numbers: ArrayLike,
    errors: tuple[MeasuringError, ...],
    *,
    trend: bool = False,
    seed: int = 0,
    level: float = LEVEL,
) -> CarryOver:
    """How far rows that are high in one activity are high in the others.

    Parameters
    ----------
    numbers
        One row an athlete or a day, one column an activity, shape (rows, activities), any unit. No gaps.
    errors
        Independent errors of the rows' numbers; those of several sources add.
    trend
        Rows are in order of time: what a straight line over them explains counts for nothing.
    seed
        Of the draws.
    level
        Of the interval.

    Returns
    -------
    The mean correlation in [-1 / (activities - 1), 1] with a generalised fiducial interval: mean squares of activities
    each over its own SD are drawn by chi-square, those of the errors likewise, and the latter taken off. An interval
    that ends at 1 is one-sided.

    Notes
    -----
    Each activity counts over the spread that was seen. Where one is measured far better than another (reliability 0.95
    beside 0.3), the share comes out up to a tenth too low; over true spreads it would be as much too high, and wider.

    Raises
    ------
    NotResolvable
        Too few rows, a column without spread, or no spread beyond the error.

    References
    ----------
    Weerahandi 1993, J Am Stat Assoc 88:899 (generalised intervals); Spearman 1904, Am J Psychol 15:72 (attenuation).
    """
    table = np.asarray(numbers, dtype=np.float64)
    rows, columns = table.shape
    fitted = 2 if trend else 1
    if rows < LEAST_ROWS + fitted - 1:
        raise NotResolvable(f"{rows} of them were measured in these activities; {LEAST_ROWS + fitted - 1} are needed")
    left = _without(table, trend)
    dof = rows - fitted
    square = (left**2).sum(axis=0) / dof
    if not np.all(square > 1e-18 * (1e-300 + np.abs(table).max(axis=0) ** 2)):
        raise NotResolvable("the numbers of an activity do not differ")
    scaled = left / np.sqrt(square)
    seen = _mean_of_pairs(scaled.T @ scaled / dof)
    parts = [_parts(error.covariance / np.sqrt(np.outer(square, square)), error.dof) for error in errors]
    mean_error = sum(common + (columns - 1) * own for common, own, _ in parts) / columns
    if mean_error >= 1.0:
        raise NotResolvable("they differ by no more than what measuring errs by")
    tails = _tails(left)
    rng = np.random.default_rng(seed)
    # Scaling each column to its own spread costs each of the two mean squares its share of degrees of freedom.
    free = max(_CHI_LEAST, (dof - 1) / tails)
    first = _drawn(1.0 + (columns - 1) * seen, free, rng)
    second = _drawn(1.0 - seen, free * (columns - 1), rng)
    value_first, value_second = 1.0 + (columns - 1) * seen, 1.0 - seen
    for common, own, known in parts:
        first = first - _drawn(common, known, rng)
        second = second - _drawn(own, known * (columns - 1), rng)
        value_first, value_second = value_first - common, value_second - own
    least = -1.0 / (columns - 1)
    tail = 0.5 * (1.0 - level)
    low, high = np.quantile(_share(first, second, columns, least), (tail, 1.0 - tail))
    value = float(_share(np.array([value_first]), np.array([value_second]), columns, least)[0])
    common_part = Estimate(min(max(value, float(low)), float(high)), float(low), float(high), level, "1")
    return CarryOver(common_part, seen, 1.0 - mean_error, rows, tails)


def carry_over_of_one_day(
    numbers: ArrayLike,
    errors: tuple[MeasuringError, ...],
    placement_sd: ArrayLike,
    *,
    trend: bool = False,
    seed: int = 0,
    level: float = LEVEL,
) -> CarryOver:
    """The same where all activities of a row were measured under one placement of markers or sensors.

    `placement_sd` is what the placement adds to each activity's number, as an SD, shape (activities,). It may add to
    all activities alike, which looks like carry-over, or to each its own; nothing in the numbers tells which. The
    interval holds both ends: its lower bound takes it for wholly common, its upper one for wholly separate. The value
    supposes it common.
    """
    sd = np.asarray(placement_sd, dtype=np.float64)
    alike = carry_over(
        numbers, (*errors, MeasuringError(np.outer(sd, sd), math.inf)), trend=trend, seed=seed, level=level
    )
    apart = carry_over(
        numbers, (*errors, MeasuringError(np.diag(sd**2), math.inf)), trend=trend, seed=seed, level=level
    )
    low, high = min(alike.common.low, apart.common.low), max(alike.common.high, apart.common.high)
    return replace(alike, common=Estimate(alike.common.value, low, high, level, "1"))


def of_repetitions(variances: ArrayLike, dofs: ArrayLike) -> MeasuringError:
    """The error of means of repetitions: `variances` of the mean in each row and activity, shape (rows, activities),
    and what degrees of freedom each is known with.
    """
    squares, known = np.asarray(variances, dtype=np.float64), np.asarray(dofs, dtype=np.float64)
    return MeasuringError(np.diag(squares.mean(axis=0)), float(max(1.0, known.sum(axis=0).min())))


def of_days(rows: Sequence[ArrayLike]) -> tuple[FloatArray, MeasuringError]:
    """Each row's mean over its days, shape (rows, activities), and the error of those means by how its days differ.

    Parameters
    ----------
    rows
        One array a row, shape (days, activities); markers and sensors placed anew on each day. What a day adds to all
        activities alike (placement, the form of the day) is error then, also what of it the activities share.

    Raises
    ------
    NotResolvable
        Days beyond one a row are too few to tell the error from.

    References
    ----------
    Rows of unequal size by their harmonic mean: Thomas & Hultquist 1978, Ann Stat 6:582.
    """
    tables = [np.asarray(row, dtype=np.float64) for row in rows]
    dof = sum(len(table) - 1 for table in tables)
    if dof < LEAST_DAY_DOF:
        raise NotResolvable(f"{dof} days beyond one each; {LEAST_DAY_DOF} are needed to tell what a day adds")
    left = [table - table.mean(axis=0) for table in tables]
    scatter = np.sum([part.T @ part for part in left], axis=0) / dof
    shorter = float(np.mean([1.0 / len(table) for table in tables]))
    return np.array([table.mean(axis=0) for table in tables]), MeasuringError(scatter * shorter, float(dof))


def rows_needed(found: CarryOver, columns: int = 2, power: float = 0.8) -> int | None:
    """Rows with which a correlation as large as the one seen would be told from none in `power` of studies; None above
    200. By Fisher's transformation, for pairs; more activities need fewer.
    """
    from statistics import NormalDist

    if abs(found.seen) >= 1.0:
        return LEAST_ROWS
    normal = NormalDist()
    steps = normal.inv_cdf(0.5 + 0.5 * found.common.level) + normal.inv_cdf(power)
    distance = math.atanh(found.seen)
    if abs(distance) < 1e-6:
        return None
    needed = math.ceil(3.0 + found.tails * (steps / distance) ** 2 / max(1, columns - 1))
    return needed if needed <= _MOST_NEEDED else None


def _without(table: FloatArray, trend: bool) -> FloatArray:
    """What the mean, or a straight line over the rows, leaves."""
    left = table - table.mean(axis=0)
    if not trend:
        return left
    time = np.arange(len(table), dtype=np.float64)
    time -= time.mean()
    return left - np.outer(time, time @ left / (time @ time))


def _mean_of_pairs(matrix: FloatArray) -> float:
    count = len(matrix)
    return float((matrix.sum() - np.trace(matrix)) / (count * (count - 1)))


def _parts(covariance: FloatArray, dof: float) -> tuple[float, float, float]:
    """What an error adds to the mean square that activities have in common, and to the one that each has alone."""
    count = len(covariance)
    common = float(covariance.sum()) / count
    return common, max(0.0, float(np.trace(covariance)) - common) / (count - 1), dof


def _drawn(square: float, dof: float, rng: np.random.Generator) -> FloatArray:
    if math.isinf(dof) or square <= 0.0:
        return np.full(_DRAWS, square)
    return square * dof / rng.chisquare(dof, _DRAWS)


def _share(first: FloatArray, second: FloatArray, columns: int, least: float) -> FloatArray:
    """Common part over common and own part; where errors leave no variance, the end that the sign points to."""
    common = (first - second) / columns
    total = common + second
    share = np.where(common >= 0.0, 1.0, least)
    np.divide(common, total, out=share, where=total > 0.0)
    return np.clip(share, least, 1.0)


def _tails(left: FloatArray) -> float:
    """How many times the variance of the correlation exceeds that of normal numbers, by leaving out one row at a time;
    never below one. The jackknife's own excess in few rows, about 2 / rows, is taken off.
    """
    rows, columns = left.shape
    parts: list[float] = []
    for row in range(rows):
        kept = np.delete(left, row, axis=0)
        kept = kept - kept.mean(axis=0)
        size = np.sqrt((kept**2).sum(axis=0))
        seen = _mean_of_pairs((kept / size).T @ (kept / size))
        parts.append(math.log(max(_TINY, 1.0 + (columns - 1) * seen) / max(_TINY, 1.0 - seen)))
    of_normal = 2.0 * columns / ((columns - 1) * (rows - 2))
    spread = (rows - 1) / rows * float(((np.array(parts) - np.mean(parts)) ** 2).sum())
    return max(1.0, (rows - 2) / rows * spread / of_normal)
