"""Orders of events over repetitions: agreement of ranks, with ties inside the resolution, and shares with doubt."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.estimate import Estimate
from legato.recording import FloatArray

_HALVINGS = 40
"""Of the stretch in which an end of an interval lies: to 1e-12."""

_ALIKE = 1e-9
"""Ends of intervals that differ by less are one: those of the counts of any set lie much further apart."""


@dataclass(frozen=True, slots=True)
class RankOrder:
    """How the repetitions agree with an expected order; `most_common` is the order seen most often.

    `taus` holds the τ-b of each repetition in which not every gap is a tie, `n` counts those in which all are known.
    """

    most_common: tuple[str, ...]
    share_in_order: Estimate
    taus: tuple[float, ...]
    n: int


def tau_b(ranks: Sequence[float], compared: FloatArray) -> float | None:
    """Kendall's τ-b between a strict order and pairwise comparisons.

    Parameters
    ----------
    ranks
        The expected rank of each of k items, no ties.
    compared
        Antisymmetric (k, k): 1 where item j comes after item i, −1 before, 0 a tie inside the resolution.

    Returns
    -------
    τ-b in [−1, 1]; None where every pair is tied, or there is only one item.

    References
    ----------
    Kendall 1945, Biometrika 33:239.
    """
    k = len(ranks)
    score, untied, pairs = 0.0, 0, 0
    for i in range(k):
        for j in range(i + 1, k):
            expected = 1.0 if ranks[j] > ranks[i] else -1.0
            score += expected * compared[i, j]
            untied += compared[i, j] != 0.0
            pairs += 1
    return None if untied == 0 or pairs == 0 else float(score / np.sqrt(untied * pairs))


def jeffreys_interval(count: float, n: int, level: float) -> tuple[float, float]:
    """Central interval of a share, Jeffreys' prior; closed at 0 and 1 (Brown, Cai & DasGupta 2001, Stat Sci 16:101).

    For a mean of n numbers in [0, 1], of sum `count`, it is too wide rather than too narrow: none vary more than yes
    and no do.
    """
    from scipy.special import betaincinv

    tail = 0.5 * (1.0 - level)
    low = 0.0 if count == 0 else float(betaincinv(count + 0.5, n - count + 0.5, tail))
    high = 1.0 if count == n else float(betaincinv(count + 0.5, n - count + 0.5, 1.0 - tail))
    return low, high


def share_with_doubt(count: int, surely: int, perhaps: int, n: int, level: float) -> Estimate:
    """Share of n repetitions; its interval holds sampling (Jeffreys) and doubt: from those that surely count to those
    that perhaps do.
    """
    share = count / n
    low, high = jeffreys_interval(surely, n, level)[0], jeffreys_interval(perhaps, n, level)[1]
    return Estimate(share, min(low, share), max(high, share), level, "")


def counts_of_share(share: Estimate, n: int) -> tuple[int, int]:
    """How many of n repetitions surely count and how many perhaps do, from what `share_with_doubt` made of them."""
    ends = [jeffreys_interval(k, n, share.level) for k in range(n + 1)]
    surely = max(k for k, (low, _high) in enumerate(ends) if low <= share.low + _ALIKE)
    return surely, min(k for k, (_low, high) in enumerate(ends) if high >= share.high - _ALIKE)


def share_of_picked(count: int, surely: int, perhaps: int, n: int, level: float) -> Estimate:
    """As `share_with_doubt`, for the kind that was picked for being seen most often in these same repetitions.

    Notes
    -----
    The lower end L holds for all kinds at once: a kind of probability p may be seen so often that L > p with
    probability at most βp, and as the p of all kinds add up to 1, any kind is with at most β = (1 − level)/2 (weighted
    Bonferroni; how many kinds there are need not be known). The upper end is the plain one: where the picked kind
    exceeds its own, the likeliest kind, seen no more often, exceeds its own too. Tails are mid-P (Lancaster 1961,
    J Am Stat Assoc 56:223). Held 89 to 99 % over 2 to 6 muscles and 5 to 20 repetitions. [SIM]
    """
    share = count / n
    low, high = _picked_low(surely, n, 0.5 * (1.0 - level)), _plain_high(perhaps, n, 0.5 * (1.0 - level))
    return Estimate(share, min(low, share), max(high, share), level, "")


def _picked_low(count: int, n: int, beta: float) -> float:
    if count < 2:
        # Half of n·p, the chance of one sight of something rare, is above β·p however small p is.
        return 0.0
    low, high = 0.0, count / n
    for _ in range(_HALVINGS):
        p = 0.5 * (low + high)
        low, high = (low, p) if _mid_tail(count, n, p) > beta * p else (p, high)
    return low


def _plain_high(count: int, n: int, beta: float) -> float:
    if count == n:
        return 1.0
    low, high = count / n, 1.0
    for _ in range(_HALVINGS):
        p = 0.5 * (low + high)
        low, high = (p, high) if 1.0 - _mid_tail(count, n, p) > beta else (low, p)
    return high


def _mid_tail(count: int, n: int, p: float) -> float:
    """Probability of more than `count` of n, and half that of just so many."""
    from scipy.special import betainc

    at_least = float(betainc(count, n - count + 1, p)) if count > 0 else 1.0
    more = float(betainc(count + 1, n - count, p)) if count < n else 0.0
    return 0.5 * (at_least + more)


def rank_order(
    expected: Sequence[str],
    gaps: Mapping[tuple[str, str], Sequence[Estimate | None]],
    level: float,
    *,
    picked: bool = False,
) -> RankOrder | None:
    """Agreement of the repetitions with an expected order.

    Parameters
    ----------
    expected
        Items in the expected order, each in some gap.
    gaps
        For two of them, in the expected order, the gap of every repetition, s; None where it cannot be resolved. Two
        events whose gap's interval holds 0 are a tie.
    level
        Of the interval on the share.
    picked
        Whether the expected order was picked by looking at these same repetitions (`share_of_picked`).

    Returns
    -------
    Share of repetitions in order, by the gaps' values; those with a tie count as out of order for the lower bound and
    as in order for the upper one. None where no repetition has all its gaps resolved.
    """
    pairs = [(a, b) for i, a in enumerate(expected) for b in expected[i + 1 :] if (a, b) in gaps]
    seen: Counter[tuple[str, ...]] = Counter()
    taus: list[float] = []
    in_order = surely = perhaps = n = 0
    for rep in range(len(gaps[pairs[0]]) if pairs else 0):
        known = [gap for pair in pairs if (gap := gaps[pair][rep]) is not None]
        if len(known) < len(pairs):
            continue
        n += 1
        compared = np.zeros((len(expected), len(expected)))
        later = dict.fromkeys(expected, 0)
        for (a, b), gap in zip(pairs, known, strict=True):
            sign = 0.0 if gap.holds(0.0) else float(np.sign(gap.value))
            compared[expected.index(a), expected.index(b)] = sign
            compared[expected.index(b), expected.index(a)] = -sign
            later[b if gap.value > 0.0 else a] += 1
        tau = tau_b(range(len(expected)), compared)
        taus += [] if tau is None else [tau]
        in_order += all(gap.value > 0.0 for gap in known)
        surely += all(gap.low > 0.0 for gap in known)
        perhaps += all(gap.high > 0.0 for gap in known)
        seen[tuple(sorted(expected, key=lambda name: later[name]))] += 1
    if n == 0:
        return None
    share = (share_of_picked if picked else share_with_doubt)(in_order, surely, perhaps, n, level)
    return RankOrder(seen.most_common(1)[0][0], share, tuple(taus), n)
