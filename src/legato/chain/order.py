"""The order in which links fire: rank agreement with ties inside the resolution, and the share of reps in order."""

from collections.abc import Mapping, Sequence

import numpy as np

from legato.chain.model import OrderResult
from legato.estimate import Estimate
from legato.signals.ranks import rank_order


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
    Share of reps in order, by the gaps' values, as `rank_order` takes it. `tau_b` is the mean over the reps.
    """
    links = [name for name in expected if any(name in pair for pair in gaps)]
    if not any((a, b) in gaps for i, a in enumerate(links) for b in links[i + 1 :]):
        return OrderResult(
            tuple(expected), (), None, None, "fewer than two of the expected links can be timed in this recording"
        )
    found = rank_order(links, gaps, level)
    if found is None:
        return OrderResult(tuple(expected), (), None, None, "no rep has all its links' events resolved")
    reason = "" if found.taus else "every gap's interval holds 0: no order can be told"
    tau = float(np.mean(found.taus)) if found.taus else None
    return OrderResult(tuple(expected), found.most_common, found.share_in_order, tau, reason, found.n)
