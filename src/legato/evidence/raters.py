"""Agreement of raters (or days, devices) on a number: ICC(2,1), standard error of measurement, detectable change."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence._variances import VarianceSum, margins_of
from legato.evidence.reliability import DETECTABLE_FACTOR, spread_estimate
from legato.recording import FloatArray

_LEAST_SUBJECTS = 4
"""With three, two raters and 5 % tails the interval of the ICC is nearly all of 0 to 1. [ENG]"""
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """How far a number depends on who rated it.

    `icc` is ICC(2,1): the share of the variance of single ratings that is the subjects' own, raters being a sample of
    those who may rate. `sem` is the standard error of measurement where one rater rates again (√MS_error), `detectable`
    the smallest change that this rater sees with 95 %; `sem_any` and `detectable_any` the same where anyone may rate,
    each with an offset of his own. `offsets` are the raters' means minus that of all.
    """

    icc: Estimate
    sem: Estimate
    detectable: Estimate
    sem_any: Estimate
    detectable_any: Estimate
    offsets: tuple[Estimate, ...]
    n_subjects: int
    n_raters: int


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Two-way analysis of variance of a table without repetition: of subjects, raters and what is left."""

    subjects: float
    raters: float
    error: float
    n: int
    k: int

    @property
    def icc(self) -> float:
        """ICC(2,1) (Shrout & Fleiss 1979)."""
        whole = self.subjects + (self.k - 1) * self.error + self.k * (self.raters - self.error) / self.n
        return (self.subjects - self.error) / whole


def rater_agreement(ratings: ArrayLike, unit: str = "", level: float = LEVEL) -> RaterAgreement:
    """Agreement of raters on numbers.

    Parameters
    ----------
    ratings
        Shape (subjects, raters), any unit, complete.
    unit
        Of the ratings.
    level
        Of every interval. They suppose normal values.

    Raises
    ------
    NotResolvable
        Fewer than four subjects or two raters, a missing rating, raters who differ in nothing, or subjects who do not.

    References
    ----------
    ICC: Shrout & Fleiss 1979, Psychol Bull 86:420. SEM and 1.96·√2·SEM: Weir 2005, J Strength Cond Res 19:231; of any
    rater: de Vet et al. 2006, J Clin Epidemiol 59:1033. Interval of the ICC: all values at which the sum of mean
    squares that is zero at the true one may be zero, its limits by variance recovery (Zou, Huang & Zhang 2009, Comput
    Stat Data Anal 53:3755); of `sem_any`: Graybill & Wang 1980, J Am Stat Assoc 75:869.
    """
    from scipy.special import stdtrit

    table = np.asarray(ratings, dtype=np.float64)
    squares = mean_squares(table)
    n, k = squares.n, squares.k
    if not squares.subjects > 1e-12 * squares.error:
        raise NotResolvable("all subjects have the same mean rating; rate subjects who differ")
    dof = (n - 1) * (k - 1)
    sem = spread_estimate(math.sqrt(squares.error), dof, unit, level)
    anyone = _sem_any(squares, unit, level)
    half = float(stdtrit(dof, 0.5 + 0.5 * level)) * math.sqrt(squares.error * (k - 1) / (k * n))
    means = table.mean(axis=0) - table.mean()
    return RaterAgreement(
        icc=_icc(squares, level),
        sem=sem,
        detectable=sem.scaled(DETECTABLE_FACTOR),
        sem_any=anyone,
        detectable_any=anyone.scaled(DETECTABLE_FACTOR),
        offsets=tuple(Estimate.symmetric(float(mean), half, unit, level) for mean in means),
        n_subjects=n,
        n_raters=k,
    )


def icc_agreement(table: ArrayLike, level: float = LEVEL) -> Estimate:
    """ICC(2,1): absolute agreement of single measurements, athletes in rows and days (or raters) in columns.

    Its interval is the published one, for comparison with other work. Where raters differ in strictness it holds less
    often than it says, down to 73 of 100 times at 90 % with two of them; that of `rater_agreement` holds.

    Raises
    ------
    NotResolvable
        Fewer than three athletes or two days, a missing number, no error or so little spread between athletes that
        the interval does not exist.

    References
    ----------
    Shrout & Fleiss 1979, Psychol Bull 86:420; interval of McGraw & Wong 1996, Psychol Methods 1:30.
    """
    from scipy.special import fdtri

    squares = mean_squares(np.asarray(table, dtype=np.float64), least=3)
    n, k, icc = squares.n, squares.k, squares.icc
    a = k * icc / (n * (1.0 - icc))
    b = 1.0 + (n - 1) * a
    of_raters, of_error = a * squares.raters, b * squares.error
    weight = of_raters**2 / (k - 1) + of_error**2 / ((n - 1) * (k - 1))
    dof = (of_raters + of_error) ** 2 / weight if weight > 0.0 else 0.0
    upper = 0.5 + 0.5 * level
    f_low, f_high = float(fdtri(n - 1.0, dof, upper)), float(fdtri(dof, n - 1.0, upper))
    if not (math.isfinite(f_low) and math.isfinite(f_high)):
        raise NotResolvable("subjects differ too little for the published interval of the ICC")
    spread = k * squares.raters + (k * n - k - n) * squares.error
    low = n * (squares.subjects - f_low * squares.error) / (f_low * spread + n * squares.subjects)
    high = n * (f_high * squares.subjects - squares.error) / (spread + n * f_high * squares.subjects)
    return Estimate(icc, min(low, icc), max(min(high, 1.0), icc), level, "1")


def mean_squares(table: FloatArray, least: int = _LEAST_SUBJECTS) -> MeanSquares:
    """The mean squares of a table of subjects and raters; raises where it decides nothing."""
    if table.ndim != 2 or table.shape[1] < 2:
        raise NotResolvable("agreement on a number needs a table with one column a rater, two raters or more")
    n, k = table.shape
    if n < least:
        raise NotResolvable(f"{n} subjects were rated; agreement needs {least} or more")
    if not np.isfinite(table).all():
        subject, rater = (int(i) + 1 for i in np.argwhere(~np.isfinite(table))[0])
        raise NotResolvable(f"subject {subject} has no rating by rater {rater}; leave the subject out")
    rows, columns, grand = table.mean(axis=1), table.mean(axis=0), float(table.mean())
    left = table - rows[:, None] - columns[None, :] + grand
    found = MeanSquares(
        subjects=float(k * ((rows - grand) ** 2).sum()) / (n - 1),
        raters=float(n * ((columns - grand) ** 2).sum()) / (k - 1),
        error=float((left**2).sum()) / ((n - 1) * (k - 1)),
        n=n,
        k=k,
    )
    if not found.error > 1e-24 * max(1e-300, float((table**2).mean())):
        raise NotResolvable("the raters differ by nothing but a constant, so the error of a rating cannot be told")
    return found


def _icc(squares: MeanSquares, level: float) -> Estimate:
    """The ICC with the values it may have; as a share of variances it is held between 0 and 1."""
    n, k = squares.n, squares.k
    of_subjects = margins_of(squares.subjects, n - 1, level)
    of_raters = margins_of(squares.raters, k - 1, level)
    of_error = margins_of(squares.error, (n - 1) * (k - 1), level)

    def beyond(icc: float, side: int) -> bool:
        """Whether the sum of mean squares that is zero at `icc` ends above zero, at its low (0) or high (1) limit."""
        a, b, c = 1.0 - icc, 1.0 + icc * (k - 1 - k / n), icc * k / n
        total = a * squares.subjects - b * squares.error - c * squares.raters
        if side:
            parts = a * of_subjects[1], b * of_error[0], c * of_raters[0]
        else:
            parts = a * of_subjects[0], b * of_error[1], c * of_raters[1]
        return total + math.hypot(*parts) * (1 if side else -1) > 0.0

    def end(side: int) -> float:
        low, high = 0.0, 1.0
        if not beyond(low, side):
            return low
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if beyond(middle, side) else (low, middle)
        return low

    value = squares.icc
    return Estimate(value, min(value, end(0)), max(value, end(1)), level, "1")


def _sem_any(squares: MeanSquares, unit: str, level: float) -> Estimate:
    """SD of a rating by any rater about the subject's own value, no less than by one rater."""
    n, k = squares.n, squares.k
    whole = VarianceSum(((1.0 / n, squares.raters, k - 1), (1.0 - 1.0 / n, squares.error, (n - 1) * (k - 1))))
    value = math.sqrt(max(squares.error, whole.value))
    low, high = (math.sqrt(bound) for bound in whole.bounds(level))
    return Estimate(value, min(low, value), max(high, value), level, unit)
