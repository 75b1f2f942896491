"""The order in which links fire: rank agreement with ties inside the resolution, and the share of reps in order."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from legato.chain.model import OrderResult
from legato.estimate import Estimate
from legato.recording import FloatArray


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


def jeffreys_interval(count: int, n: int, level: float) -> tuple[float, float]:
    """Central interval of a share, Jeffreys' prior; closed at 0 and 1 (Brown, Cai & DasGupta 2001, Stat Sci 16:101)."""
    from scipy.special import betaincinv

    tail = 0.5 * (1.0 - level)
    low = 0.0 if count == 0 else float(betaincinv(count + 0.5, n - count + 0.5, tail))
    high = 1.0 if count == n else float(betaincinv(count + 0.5, n - count + 0.5, 1.0 - tail))
    return low, high


def analyse_order(
    expected: Sequence[str], gaps: Mapping[tuple[str, str], Sequence[Estimate | None]], level: float
) -> OrderResult:
    """Order of the links' events over the reps.

    Parameters
    ----------
    expected
        Links in the expected order.
    gaps
        For each two of them, in the expected order, the gap of every rep, s; None where it cannot be resolved. Two
        events whose gap's interval holds 0 are a tie.
    level
        Of the interval on the share.

    Returns
    -------
    Share of reps in order, by the gaps' values. Its interval holds sampling (Jeffreys) and doubt: reps with a tie
    count as out of order for the lower bound and as in order for the upper one. `tau_b` is the mean over the reps.
    """
    links = [name for name in expected if any(name in pair for pair in gaps)]
    pairs = [(a, b) for i, a in enumerate(links) for b in links[i + 1 :] if (a, b) in gaps]
    if not pairs:
        return OrderResult(
            tuple(expected), (), None, None, "fewer than two of the expected links can be timed in this recording"
        )
    seen: Counter[tuple[str, ...]] = Counter()
    taus: list[float] = []
    in_order = surely = perhaps = n = 0
    for rep in range(len(gaps[pairs[0]])):
        row = [gaps[pair][rep] for pair in pairs]
        known = [gap for gap in row if gap is not None]
        if len(known) < len(row):
            continue
        n += 1
        compared = np.zeros((len(links), len(links)))
        later = dict.fromkeys(links, 0)
        for (a, b), gap in zip(pairs, known, strict=True):
            sign = 0.0 if gap.holds(0.0) else float(np.sign(gap.value))
            compared[links.index(a), links.index(b)] = sign
            compared[links.index(b), links.index(a)] = -sign
            later[b if gap.value > 0.0 else a] += 1
        tau = tau_b(range(len(links)), compared)
        taus += [] if tau is None else [tau]
        in_order += all(gap.value > 0.0 for gap in known)
        surely += all(gap.low > 0.0 for gap in known)
        perhaps += all(gap.high > 0.0 for gap in known)
        seen[tuple(sorted(links, key=lambda name: later[name]))] += 1
    if n == 0:
        return OrderResult(tuple(expected), (), None, None, "no rep has all its links' events resolved")
    low, high = jeffreys_interval(surely, n, level)[0], jeffreys_interval(perhaps, n, level)[1]
    share = in_order / n
    estimate = Estimate(share, min(low, share), max(high, share), level, "")
    reason = "" if taus else "every gap's interval holds 0: no order can be told"
    return OrderResult(
        tuple(expected), seen.most_common(1)[0][0], estimate, float(np.mean(taus)) if taus else None, reason, n
    )
