"""Whether two sets are the same for all that matters: two one-sided tests against bounds stated beforehand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.evidence.differences import difference_of_sets, error_of_difference


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Second set minus first, held against the bounds.

    `estimate` carries the interval of level 1 − 2·alpha. `verdict`: `equivalent` where it lies wholly within the
    bounds, `different` where it lies wholly beyond one of them, else `undecided`. `p` is the larger of the two tests'
    (`p_low`: not below the lower bound; `p_high`: not above the upper).
    """

    estimate: Estimate
    low: float
    high: float
    t_low: float
    t_high: float
    dof: float
    p_low: float
    p_high: float
    p: float
    verdict: Literal["equivalent", "different", "undecided"]


def equivalence(
    first: Sequence[float],
    second: Sequence[float],
    *,
    low: float,
    high: float,
    paired: bool,
    alpha: float = 0.05,
    unit: str = "",
) -> Equivalence:
    """Two one-sided t tests (TOST) of the difference of two means.

    Parameters
    ----------
    first, second
        The number in each set, any unit; where `paired`, of the same length and in the same order.
    low, high
        The smallest differences that would matter, in that unit. They must be settled before the data are seen; chosen
        from them, they show nothing.
    paired
        Student's tests on the differences by place; else Welch's on independent sets.
    alpha
        How often sets that differ by a bound or more are called equivalent, at most.

    Raises
    ------
    NotResolvable
        Fewer than two numbers on a side, or none that vary.
    ValueError
        Bounds in the wrong order, or sets that cannot be paired.

    References
    ----------
    Schuirmann 1987, J Pharmacokinet Biopharm 15:657; Lakens 2017, Soc Psychol Personal Sci 8:355.
    """
    from scipy.special import stdtr

    if not low < high or not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"the bounds of equivalence must rise, got {low} and {high}")
    if not 0.0 < alpha < 0.5:
        raise ValueError(f"alpha must lie in (0, 0.5), got {alpha}")
    estimate = difference_of_sets(first, second, paired=paired, unit=unit, level=1.0 - 2.0 * alpha).estimate
    square, dof = error_of_difference(first, second, paired=paired)
    if not square > 0.0:
        raise NotResolvable("the numbers do not vary, so their difference has no error to test against")
    t_low, t_high = ((estimate.value - bound) / math.sqrt(square) for bound in (low, high))
    p_low, p_high = float(stdtr(dof, -t_low)), float(stdtr(dof, t_high))
    within, beyond = low < estimate.low and estimate.high < high, estimate.low > high or estimate.high < low
    return Equivalence(
        estimate, low, high, t_low, t_high, dof, p_low, p_high, max(p_low, p_high),
        "equivalent" if within else "different" if beyond else "undecided",
    )  # fmt: skip
