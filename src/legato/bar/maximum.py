"""How fast a maximal lift is as a recording counts: published ones count from standstill to standstill."""

from collections.abc import Sequence
from dataclasses import dataclass

from legato.bar.velocity_data import V1rm

LISTED_MORE_M_S, LISTED_MORE_SD_M_S = 0.03, 0.07
"""By how much a list's mean velocity of a maximal lift is higher than from standstill to standstill, and the SD of
that, m/s. [ENG] nothing where its program counts so; where it counts as a recording does, 0.02 to 0.05 in planted
shapes and 0.03 to 0.2 in simulated lifters, whose ways end in a creep."""

_SLOWING = 0.5
"""A lift that is slower by a factor loses a share to `MEAN_FROM_M_S` that is greater by this power of it: a velocity
that leaves and reaches zero with the square of time, as in a way of minimum jerk, passes a small velocity after a time
that goes with its root. [ENG] simulated and planted ways: powers of 0.4 to 1.4."""

_MOST_SHARE = 0.5
"""Largest share that a maximal lift is taken to lose. [ENG] 0.08 to 0.5 in planted shapes and simulated lifters."""

_RELATIVE_SD = 0.5
"""SD of the difference beside it: heavier lifts have another shape, and from where laboratories count is not known
better than 0.003 to 0.01 m/s. [ENG] simulated lifters: 0.15 to 0.35, planted shapes 0.6, most of it too much."""


@dataclass(frozen=True, slots=True)
class CountedMore:
    """By how much a maximal lift's mean velocity is higher than from standstill to standstill, m/s, and the SD."""

    more_m_s: float
    sd_m_s: float


@dataclass(frozen=True, slots=True)
class CountedLift:
    """A lift's load, kg, and its mean velocity from `MEAN_FROM_M_S` on and from standstill to standstill, m/s."""

    load_kg: float
    mean_m_s: float
    from_rest_m_s: float


def counted_more(lifts: Sequence[CountedLift], known: V1rm) -> CountedMore:
    """By how much a maximal lift of this lifter is faster from `MEAN_FROM_M_S` on than published velocities count.

    Parameters
    ----------
    lifts
        The lifter's own, one or more. The slow first and last of their ways at the heavier half of the loads tell it.
    known
        Velocity of a maximal lift from standstill to standstill.
    """
    loads = sorted({lift.load_kg for lift in lifts})
    heavy = [lift for lift in lifts if lift.load_kg >= loads[len(loads) // 2]]
    at = known.velocity_m_s
    shares = [max(0.0, 1.0 - x.from_rest_m_s / x.mean_m_s) * (x.from_rest_m_s / at) ** _SLOWING for x in heavy]
    share = min(sum(shares) / len(shares), _MOST_SHARE)
    more = at * share / (1.0 - share)
    return CountedMore(more, _RELATIVE_SD * more)
