"""Where a lift slows down on its way up and gets over it: the sticking region."""

import math
from dataclasses import dataclass

import numpy as np

from legato.estimate import Estimate
from legato.recording import FloatArray
from legato.signals.factors import student_factor

_LEAST_DIP = 0.05
"""Share of the first peak's velocity by which a lift must slow down before it is a sticking region. [ENG]"""

_LEAST_S = 0.05
"""A shorter one is a flutter of the bar. [ENG]"""


@dataclass(frozen=True, slots=True)
class Sticking:
    """From the first peak of the velocity to the lowest after it, s from the recording's start; the drop is in m/s."""

    start_s: float
    end_s: float
    duration: Estimate
    drop: Estimate


def sticking_region(
    velocity: FloatArray,
    sd: FloatArray,
    rate_hz: float,
    start_s: float,
    factor: float,
    level: float,
    *,
    correlation_s: float = math.inf,
    dof: float = 1e6,
) -> Sticking | None:
    """The sticking region of one way up; None where the velocity has no dip that is more than its error.

    Parameters
    ----------
    velocity, sd
        Upward velocity and its standard error on the way up, m/s, shape (n,).
    rate_hz, start_s
        Of the samples.
    factor
        Standard errors to each side of an interval of `level`.
    correlation_s, dof
        How long the errors last, s, and degrees of freedom that they were learned from.

    Notes
    -----
    From the first peak of velocity to the lowest before it rises again (Elliott, Wilson & Kerr 1989, Med Sci Sports
    Exerc 21:450; van den Tillaar & Ettema 2010, J Sports Sci 28:529, both from memory). Of several dips that are
    more than their error, and that the lift gets over, the deepest is taken. Noise has as many chances to look like one
    as there are pairs of stretches whose errors differ (Bonferroni). The intervals of both instants are the stretches
    in which the velocity stays within its error of the peak and of the lowest.
    """
    stretches = max(2.0, velocity.size / rate_hz / correlation_s)
    chance = student_factor(1.0 - (1.0 - level) / (0.5 * stretches * (stretches - 1.0)), dof)
    best: tuple[float, int, int, float] | None = None
    rising = np.diff(velocity) > 0.0
    peaks = np.flatnonzero(rising[:-1] & ~rising[1:]) + 1
    valleys = np.flatnonzero(~rising[:-1] & rising[1:]) + 1
    rise = np.maximum.accumulate(velocity[::-1])[::-1] - velocity
    for top in peaks:
        higher = np.flatnonzero(velocity[top + 1 :] > velocity[top])
        # A dip ends before the velocity passes this peak.
        end = int(top) + 1 + int(higher[0]) if higher.size else velocity.size
        lows = valleys[(valleys >= top + _LEAST_S * rate_hz) & (valleys < end)]
        # What is wrong over the whole lift shifts peak and lowest alike, so this errs to the safe side.
        errors = np.hypot(sd[top], sd[lows])
        drops = velocity[top] - velocity[lows]
        # A flutter at the end of the way lies lower than any dip, but the lift does not rise from it.
        over = np.minimum(drops, rise[lows]) >= np.maximum(_LEAST_DIP * velocity[top], chance * errors)
        if not over.any():
            continue
        k = int(np.flatnonzero(over)[int(np.argmax(drops[over]))])
        if best is None or drops[k] > best[0]:
            best = (float(drops[k]), int(top), int(lows[k]), float(errors[k]))
    if best is None:
        return None
    drop, top, low, error = best
    early, late = _within(velocity, top, -factor * float(sd[top])), _within(velocity, low, factor * float(sd[low]))
    lasted = (low - top) / rate_hz
    shortest = max(0.0, (late[0] - early[1]) / rate_hz)
    longest = (late[1] - early[0]) / rate_hz
    return Sticking(
        start_s + top / rate_hz,
        start_s + low / rate_hz,
        Estimate(lasted, min(shortest, lasted), max(longest, lasted), level, "s"),
        Estimate.symmetric(drop, factor * error, "m/s", level),
    )


def _within(velocity: FloatArray, at: int, margin: float) -> tuple[int, int]:
    """First and last frame around an extreme at which the velocity stays within a margin of it (below a peak where the
    margin is negative), one frame more to both sides.
    """
    near = velocity >= velocity[at] + margin if margin < 0.0 else velocity <= velocity[at] + margin
    outside = np.flatnonzero(~near)
    before, after = outside[outside < at], outside[outside > at]
    return (int(before[-1]) if before.size else 0), (int(after[0]) if after.size else velocity.size - 1)
