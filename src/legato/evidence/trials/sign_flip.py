"""Exact randomisation test of paired changes: what the mean would have been, had the arms come in another order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.evidence.trials.model import ALPHA, Arm
from legato.recording import BoolArray, FloatArray

MOST_PAIRS = 44
"""Two halves of 2^22 sums each: a few seconds and 200 MB."""

_TIE = 1e-9
"""Sums this close, as a share of the sum of all sizes, count as equal. Rounding leaves 1e-14, changes taken between
numbers 1e4 times as large 1e-11; sums that truly differ by so little are a billionth of all, so that p grows by about
1e-9, never shrinks.
"""

_EVEN_FROM = 10

_ENUMERATED = 16
"""Up to here the interval's ends are picked from all subset means; above they are found by bisection."""


@dataclass(frozen=True, slots=True)
class DrawnOrder:
    """The order of the arms: one list of a trial's `pairs`, drawn from all that are as even as `most_apart` asks.

    `first`: which arm came first in each pair that counts so far, in order of time.
    """

    first: tuple[Arm, ...]
    pairs: int

    def __post_init__(self) -> None:
        if len(self.first) > self.pairs:
            raise ValueError(f"{len(self.first)} pairs were handed in and {self.pairs} registered")
        if not self.lists[self.first.count("A")]:
            raise ValueError(f"A came first in {self.first.count('A')} of {len(self.first)} pairs: no list has that")

    @property
    def lists(self) -> list[int]:
        """With how many lists a beginning as long as `first` goes on, by how often A comes first in it."""
        left = self.pairs - len(self.first)
        totals = [t for t in range(self.pairs + 1) if abs(2 * t - self.pairs) <= most_apart(self.pairs)]
        return [sum(math.comb(left, t - k) for t in totals if 0 <= t - k <= left) for k in range(len(self.first) + 1)]


def most_apart(pairs: int) -> int:
    """How many more pairs may begin with one arm than with the other.

    [SIM] Two below ten pairs: six then reach p = 0.04 (three each: 0.10), no power is lost against a coin for each pair
    and much is won where order matters. From ten on as even as can be, so that an order effect cancels
    (docs/validation.md).
    """
    return 2 if pairs < _EVEN_FROM else 1


def count_lists(pairs: int) -> int:
    """How many lists of orders there are to draw from."""
    return sum(math.comb(pairs, k) for k in range(pairs + 1) if abs(2 * k - pairs) <= most_apart(pairs))


def least_p(pairs: int) -> float:
    """The smallest two-sided p that a trial can reach: its own list and the one turned round."""
    return min(1.0, 2.0 / count_lists(pairs))


def least_pairs(alpha: float = ALPHA) -> int:
    """Pairs below which p cannot reach `alpha`."""
    return next(pairs for pairs in range(1, 1000) if least_p(pairs) <= alpha * (1.0 + _TIE))


def sign_flip_p(changes: Sequence[float], order: DrawnOrder | None = None) -> float:
    """Two-sided p of the mean change: the share of orders whose mean would be as far from zero, were the arms alike.

    Parameters
    ----------
    changes
        A minus B of each pair, any unit, in order of time.
    order
        How the order was drawn; None: a coin for each pair, so that all 2^n patterns of signs were as likely.

    Returns
    -------
    p, exact whatever the numbers' distribution, drift or order effect, as long as the order was drawn so and no pair
    was left out for its outcome.

    Raises
    ------
    ValueError
        No pairs, more than `MOST_PAIRS`, a number that is not finite, or an order of another length.

    References
    ----------
    Fisher 1935, The Design of Experiments, section 21; Edgington & Onghena 2007, Randomization Tests, 4th ed.; halves
    that meet in the middle: Horowitz & Sahni 1974, J ACM 21:277.
    """
    values = _scaled(changes, order)[0]
    return min(1.0, 2.0 * _upper(abs(float(values.sum())), values, order))


def sign_flip_interval(
    changes: Sequence[float], order: DrawnOrder | None = None, *, level: float = LEVEL, unit: str = ""
) -> Estimate:
    """Mean change with the changes that the same test would not reject at 1 - `level`.

    Parameters
    ----------
    changes, order
        As `sign_flip_p`.
    level
        The interval holds the true change at least that often where it is the same in all pairs.

    Raises
    ------
    NotResolvable
        Too few pairs for the level.

    References
    ----------
    Ends among the means of subsets of pairs: Hartigan 1969, J Am Stat Assoc 64:1303.
    """
    values, scale = _scaled(changes, order)
    if _own_share(values.size, order) > 0.5 * (1.0 - level) * (1.0 + _TIE):
        needed = least_pairs(1.0 - level) if order else math.ceil(1.0 - math.log2(1.0 - level) - _TIE)
        raise NotResolvable(f"{values.size} pairs give no interval of {100.0 * level:g} %; {needed} are needed")
    low, high = _ends(values, order, 0.5 * (1.0 - level))
    mean = float(values.mean())
    return Estimate(scale * mean, scale * min(low, mean), scale * max(high, mean), level, unit)


def _scaled(changes: Sequence[float], order: DrawnOrder | None) -> tuple[FloatArray, float]:
    """The changes over the largest of them, so that no sum overflows, and that largest."""
    values = np.asarray(changes, dtype=np.float64)
    if values.ndim != 1 or not 1 <= values.size <= MOST_PAIRS or not np.isfinite(values).all():
        raise ValueError(f"1 to {MOST_PAIRS} finite changes are needed, got {values.tolist()[:50]}")
    if order and len(order.first) != values.size:
        raise ValueError(f"{values.size} changes and the order of {len(order.first)} pairs")
    largest = float(np.abs(values).max())
    return (values / largest, largest) if largest > 0.0 else (values, 1.0)


def _upper(least: float, values: FloatArray, order: DrawnOrder | None) -> float:
    """Share of the lists whose sum is `least` or more; 1 / 2 or more where that is (nearly) zero."""
    tie = _TIE * float(np.abs(values).sum())
    if least <= tie:
        return 1.0
    half = values.size // 2
    if order is None:
        found = _count_at_least(least - tie, _sums(values[:half]), np.sort(_sums(values[half:])))
        return found / 2.0**values.size
    lists = order.lists
    first = np.array([arm == "A" for arm in order.first])
    left, right = _by_count(values[:half], first[:half]), _by_count(values[half:], first[half:])
    found = sum(
        lists[i + j] * _count_at_least(least - tie, ours, theirs)
        for i, ours in enumerate(left)
        for j, theirs in enumerate(right)
        if lists[i + j]
    )
    return found / _weight(lists)


def _own_share(pairs: int, order: DrawnOrder | None) -> float:
    """How likely the order was that came."""
    return order.lists[order.first.count("A")] / _weight(order.lists) if order else 0.5**pairs


def _weight(lists: list[int]) -> int:
    """Lists altogether, from those with which each count goes on."""
    return sum(math.comb(len(lists) - 1, k) * count for k, count in enumerate(lists))


def _count_at_least(least: float, ours: FloatArray, theirs: FloatArray) -> int:
    """How many sums of one of each reach `least`; `theirs` sorted."""
    return ours.size * theirs.size - int(np.searchsorted(theirs, np.sort(least - ours), side="left").sum())


def _sums(values: FloatArray) -> FloatArray:
    """The sums of all patterns of signs, shape (2^n,)."""
    sums = np.zeros(1)
    for value in values.tolist():
        sums = np.concatenate((sums + value, sums - value))
    return sums


def _counts(first: BoolArray) -> NDArray[np.intp]:
    """How often A comes first in each of those patterns, in the same order."""
    counts = np.zeros(1, dtype=np.intp)
    for a_first in first.tolist():
        counts = np.concatenate((counts + int(a_first), counts + int(not a_first)))
    return counts


def _by_count(values: FloatArray, first: BoolArray) -> list[FloatArray]:
    """Those sums, sorted, by how often A comes first."""
    sums, counts = _sums(values), _counts(first)
    return [np.sort(sums[counts == count]) for count in range(values.size + 1)]


def _ends(values: FloatArray, order: DrawnOrder | None, tail: float) -> tuple[float, float]:
    """Least and greatest change that is not rejected with `tail` on either side."""
    if values.size <= _ENUMERATED:
        return _enumerated_ends(values, order, tail)
    low, high = float(values.min()), float(values.max())

    def rejected(at: float, sign: float) -> bool:
        moved = sign * (values - at)
        return float(moved.sum()) > 0.0 and _upper(float(moved.sum()), moved, order) <= tail

    ends: list[float] = []
    for sign, outside in ((1.0, low), (-1.0, high)):
        inside = float(values.mean())
        while abs(inside - outside) > 1e-7 * (high - low):
            middle = 0.5 * (inside + outside)
            inside, outside = (inside, middle) if rejected(middle, sign) else (middle, outside)
        ends.append(outside)
    return ends[0], ends[1]


def _enumerated_ends(values: FloatArray, order: DrawnOrder | None, tail: float) -> tuple[float, float]:
    """A shift is met again by a list that turns some pairs round where the mean of these lies on the far side of it, so
    that the ends are means of subsets (the list itself, which turns none, always counts).
    """
    sizes = np.rint(_sums(np.full(values.size, -0.5)) + 0.5 * values.size).astype(np.intp)
    turned = sizes > 0
    means = 0.5 * (values.sum() - _sums(values))[turned] / sizes[turned]
    if order is None:
        weights, own = np.ones(means.size), 1.0
    else:
        lists = np.array(order.lists, dtype=np.float64)
        counts = _counts(np.array([arm == "A" for arm in order.first]))
        weights, own = lists[counts][turned], float(lists[order.first.count("A")])
    ranked = np.argsort(means, kind="stable")
    means, weights = means[ranked], weights[ranked]
    allowed = tail * (own + weights.sum()) * (1.0 + _TIE)
    low = int(np.argmax(own + np.cumsum(weights) > allowed))
    high = int(np.argmax(own + np.cumsum(weights[::-1]) > allowed))
    return float(means[low]), float(means[::-1][high])
