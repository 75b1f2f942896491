"""Orders of events over repetitions: agreement of ranks, with ties inside the resolution, and shares with doubt."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.estimate import Estimate
from legato.recording import FloatArray


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


def rank_order(
    expected: Sequence[str], gaps: Mapping[tuple[str, str], Sequence[Estimate | None]], level: float
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
    share = share_with_doubt(in_order, surely, perhaps, n, level)
    return RankOrder(seen.most_common(1)[0][0], share, tuple(taus), n)
