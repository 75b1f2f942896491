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
    expected: Sequence[str],
    times: Mapping[str, Sequence[float]],
    half_widths: Mapping[tuple[str, str], Sequence[float]],
    level: float,
) -> OrderResult:
    """Order of the links' events over the reps.

    Parameters
    ----------
    expected
        Links in the expected order.
    times
        Time of each link's event a rep, s; NaN where it cannot be resolved.
    half_widths
        For each pair in the expected order, the half-width of that gap's interval a rep: closer than that is a tie.
    level
        Of the interval on the share.

    Returns
    -------
    Share of reps in order. Its interval holds sampling (Jeffreys) and doubt: reps with a tie count as out of order
    for the lower bound and as in order for the upper one.
    """
    links = [name for name in expected if name in times]
    if len(links) < 2:
        return OrderResult(
            tuple(expected), (), None, None, "fewer than two of the expected links can be read in this recording"
        )
    table = np.array([times[name] for name in links], dtype=np.float64)
    whole = np.flatnonzero(np.isfinite(table).all(axis=0))
    if len(whole) == 0:
        return OrderResult(tuple(expected), (), None, None, "no rep has all its links' events resolved")
    seen: Counter[tuple[str, ...]] = Counter()
    taus: list[float] = []
    in_order = surely = perhaps = 0
    for rep in whole:
        compared = np.zeros((len(links), len(links)))
        steps: list[tuple[float, float]] = []
        for i in range(len(links)):
            for j in range(i + 1, len(links)):
                gap = float(table[j, rep] - table[i, rep])
                width = half_widths.get((links[i], links[j]))
                reach = 0.0 if width is None else float(width[rep])
                compared[i, j] = 0.0 if abs(gap) <= reach else np.sign(gap)
                compared[j, i] = -compared[i, j]
                steps.append((gap, reach))
        tau = tau_b(range(len(links)), compared)
        if tau is not None:
            taus.append(tau)
        in_order += all(gap > 0.0 for gap, _ in steps)
        surely += all(gap > reach for gap, reach in steps)
        perhaps += all(gap > -reach for gap, reach in steps)
        seen[tuple(links[i] for i in np.argsort(table[:, rep], kind="stable"))] += 1
    n = len(whole)
    low, high = jeffreys_interval(surely, n, level)[0], jeffreys_interval(perhaps, n, level)[1]
    share = in_order / n
    estimate = Estimate(share, min(low, share), max(high, share), level, "")
    reason = "" if taus else "every pair of events lies within its own interval: no order can be told"
    return OrderResult(
        tuple(expected), seen.most_common(1)[0][0], estimate, float(np.mean(taus)) if taus else None, reason
    )
