"""In which order muscles fire: repetition by repetition, over a set, and how surely one comes before another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.muscles.lags import At
from legato.muscles.over_reps import LEAST_REPS, share_of_reps
from legato.signals.ranks import RankOrder, jeffreys_interval, rank_order
from legato.signals.sets import set_refusal


@dataclass(frozen=True, slots=True)
class RepOrder:
    """The order of one repetition: muscles in groups, earliest first; what one group holds is a tie inside the
    resolution. None, with the reason, where a muscle is not timed.
    """

    groups: tuple[tuple[str, ...], ...] | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PairOrder:
    """Whether one muscle fires before another.

    `share` is the share of repetitions like these in which the first comes before the second; None, with the reason,
    for fewer than three, or where over a third are refused. `ties` counts the `n` timed repetitions whose gap's
    interval holds 0.
    """

    first: str
    second: str
    share: Estimate | None
    ties: int
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActivationOrder:
    """The order in which muscles fire over a set, by one event of their bursts (`at`).

    `expected` is the order asked about, else the one by the median time in the repetition. `most_common` is the order
    seen most often, `share_of_most_common` the share of repetitions in it. `share_in_order` is that of those in the
    expected order. Both intervals hold sampling and doubt: a tie counts as out of order below and as in order above.
    An order that was picked from these same repetitions is seen more often in them than in others; its interval allows
    for that, its value, what was seen, does not.
    `tau_b` is the mean of Kendall's τ-b with the expected order over the repetitions that are not all ties. Over `n`
    repetitions in which every muscle is timed; where over a third are not such, all are None, with the reason.
    """

    at: At
    expected: tuple[str, ...]
    per_rep: tuple[RepOrder, ...]
    pairs: tuple[PairOrder, ...]
    most_common: tuple[str, ...] | None
    share_of_most_common: Estimate | None
    share_in_order: Estimate | None
    tau_b: Estimate | None
    n: int
    reason: str = ""


def activation_order(
    times: Mapping[str, Sequence[Estimate | None]],
    starts_s: Sequence[float],
    *,
    at: At = "centre",
    expected: Sequence[str] | None = None,
    level: float = LEVEL,
) -> ActivationOrder:
    """The order of one event of several muscles over a set.

    Parameters
    ----------
    times
        Time of the event in each repetition, s, by the muscle's name; None where it is not known.
    starts_s
        Start of each repetition, s on the same clock.
    at
        Name of the event.
    expected
        The order asked about: the muscles' names, each once. Without one, that by the median time in the repetition.
    level
        Of the intervals.

    Raises
    ------
    BadInput
        Fewer than two muscles, an unequal number of repetitions, or an expected order of other names.
    """
    if len(times) < 2:
        raise BadInput(f"{len(times)} muscle has no order; give two or more")
    counts = {len(row) for row in times.values()} | {len(starts_s)}
    if len(counts) > 1:
        raise BadInput("the muscles have different numbers of repetitions; give one entry for each, None where unknown")
    if expected is not None and sorted(expected) != sorted(times):
        raise BadInput("the expected order must name the muscles that are timed, each once")
    silent = [name for name, row in times.items() if all(time is None for time in row)]
    names = [*times] if expected is None else [*expected]
    if expected is None:
        names = sorted((name for name in names if name not in silent), key=lambda name: _median(times[name], starts_s))
        names += silent
    reps = range(len(starts_s))
    gaps = {(a, b): [_gap(times[a][k], times[b][k]) for k in reps] for i, a in enumerate(names) for b in names[i + 1 :]}
    pairs = tuple(pair_order(a, b, row) for (a, b), row in gaps.items())
    per_rep = tuple(_rep_order({name: times[name][k] for name in names}) for k in reps)
    whole = [rep for rep in per_rep if rep.groups is not None]
    why = set_refusal([rep.reason for rep in per_rep if rep.groups is None], len(per_rep))
    found = None if why else rank_order(names, gaps, level, picked=expected is None)
    if found is None:
        why = f"{silent[0]} is timed in no repetition" if silent else why
        return ActivationOrder(at, tuple(names), per_rep, pairs, None, None, None, None, len(whole), why)
    common = found.most_common
    turned = {(a, b): gaps[a, b] if (a, b) in gaps else _turned(gaps[b, a]) for a in common for b in common if a != b}
    again = rank_order(common, turned, level, picked=True)
    return ActivationOrder(
        at,
        tuple(names),
        per_rep,
        pairs,
        common,
        None if again is None else again.share_in_order,
        found.share_in_order,
        _mean_tau(found, level),
        found.n,
        "" if found.taus else "every gap's interval holds 0: no order can be told",
    )


def _median(row: Sequence[Estimate | None], starts_s: Sequence[float]) -> float:
    return float(np.median([time.value - start for time, start in zip(row, starts_s, strict=True) if time is not None]))


def _gap(first: Estimate | None, second: Estimate | None) -> Estimate | None:
    return None if first is None or second is None else second.minus(first)


def _turned(row: Sequence[Estimate | None]) -> list[Estimate | None]:
    return [None if gap is None else gap.scaled(-1.0) for gap in row]


def pair_order(first: str, second: str, gaps: Sequence[Estimate | None]) -> PairOrder:
    """Whether the first comes before the second, by the gap of each repetition, s; None where it is not known."""
    known = [gap for gap in gaps if gap is not None]
    lost = set_refusal(["one of both is not timed"] * (len(gaps) - len(known)), len(gaps)) if known else ""
    share = None if lost else share_of_reps(gaps, 0.0, np.inf)
    reason = "" if share is not None else lost or f"{len(known)} of at least {LEAST_REPS} repetitions have both"
    return PairOrder(first, second, share, sum(gap.holds(0.0) for gap in known), len(known), reason)


def _rep_order(times: Mapping[str, Estimate | None]) -> RepOrder:
    """Groups of one repetition: a muscle joins the group before it where it ties with its latest member."""
    missing = [name for name, time in times.items() if time is None]
    if missing:
        return RepOrder(None, f"{', '.join(missing)}: not timed")
    known = sorted(((time, name) for name, time in times.items() if time is not None), key=lambda item: item[0].value)
    groups: list[list[str]] = []
    latest: Estimate | None = None
    for time, name in known:
        if latest is not None and time.minus(latest).holds(0.0):
            groups[-1].append(name)
        else:
            groups.append([name])
        latest = time
    return RepOrder(tuple(tuple(group) for group in groups))


def _mean_tau(found: RankOrder, level: float) -> Estimate | None:
    """Mean τ-b: (τ + 1) / 2 lies in [0, 1], so Jeffreys' interval holds it at least as often as it says."""
    n = len(found.taus)
    if n == 0:
        return None
    mean = float(np.mean(found.taus))
    low, high = (2.0 * end - 1.0 for end in jeffreys_interval(min(0.5 * (mean + 1.0), 1.0) * n, n, level))
    return Estimate(mean, min(low, mean), max(high, mean), level, "")
