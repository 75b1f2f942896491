"""A lifter's own line of velocity over load and the one-repetition maximum that it predicts; general equations."""

import math
from collections.abc import Sequence

import numpy as np

from legato.bar.model import LoadVelocityProfile
from legato.bar.velocity_data import Equation, velocity_data
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray
from legato.signals.factors import student_factor

LEAST_LOADS = 4
"""Different loads that a profile needs (methods of individual profiles use four or more)."""

LEAST_SPAN = 0.2
"""Share of the predicted maximum that the loads must span: below, the maximum rests on a line drawn far beyond them.
[ENG] individual profiles use loads of 40 to 85 % of the maximum, a span of 0.45."""

_LEAST_FIT = 0.9
"""Share of the variance that the line must explain; individual profiles explain 0.95 to 0.99 of it. [ENG]"""


def load_velocity_profile(
    loads_kg: Sequence[float],
    velocities: Sequence[float],
    *,
    v1rm: float,
    v1rm_sd: float = 0.0,
    v1rm_more: float = 0.0,
    v1rm_source: str = "given",
    level: float = LEVEL,
) -> LoadVelocityProfile:
    """The line of mean velocity over load, and the load at which it reaches the velocity of a maximal lift.

    Parameters
    ----------
    loads_kg
        Load of each lift, kg; of several lifts at one load the fastest counts, as only that was meant maximally.
    velocities
        Mean (or mean propulsive) velocity of each, m/s.
    v1rm
        Velocity of the lifter's maximal lift, m/s, with its SD `v1rm_sd` and where it comes from.
    v1rm_more
        What the middle of that velocity's spread lies above it, m/s, which leans the interval to lower loads.
    level
        Share of central probability that the prediction interval holds.

    Raises
    ------
    BadInput
        The lists differ in length or hold what is no load or velocity.
    NotResolvable
        Fewer than four loads, a line that does not fall, or one that does not fit.

    Notes
    -----
    Least squares of velocity on load; the interval is Fieller's for the load at which the line has the velocity of the
    lifter's maximal lift, which is known to `v1rm_sd` (Fieller 1954, J R Stat Soc B 16:175).
    """
    if len(loads_kg) != len(velocities):
        raise BadInput(f"{len(loads_kg)} loads and {len(velocities)} velocities; give one velocity for each load")
    if not all(math.isfinite(x) and x > 0.0 for x in (*loads_kg, *velocities, v1rm)):
        raise BadInput("a load or velocity of a profile is missing, zero or negative; leave that lift out")
    best: dict[float, float] = {}
    for load, velocity in zip(loads_kg, velocities, strict=True):
        best[float(load)] = max(best.get(float(load), 0.0), float(velocity))
    n = len(best)
    if n < LEAST_LOADS:
        raise NotResolvable(too_few_loads(n))
    x, y = np.array(sorted(best)), np.array([best[load] for load in sorted(best)])
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    intercept = float(y.mean()) - slope * float(x.mean())
    rest = y - intercept - slope * x
    variance = float(rest @ rest) / (n - 2)
    explained = 1.0 - float(rest @ rest) / max(float(((y - y.mean()) ** 2).sum()), 1e-12)
    if slope >= 0.0:
        raise NotResolvable("velocity does not fall with load, so no maximum follows; lift heavier and lighter loads")
    if explained < _LEAST_FIT:
        raise NotResolvable(
            f"a line explains only {100.0 * explained:.0f} % of how velocity falls with load; lift every load with"
            " full effort, and check the loads"
        )
    one_rm, reason = _fieller(x, slope, intercept, variance, spread, (v1rm, v1rm_more, v1rm_sd), level)
    points = tuple(zip(x.tolist(), y.tolist(), strict=True))
    return LoadVelocityProfile(points, intercept, slope, math.sqrt(variance), v1rm, v1rm_source, one_rm, reason)


def too_few_loads(count: int) -> str:
    """Why so many loads give no profile."""
    return (
        f"a load–velocity profile needs {LEAST_LOADS} loads or more, {count} {'was' if count == 1 else 'were'} lifted"
    )


def _fieller(
    loads: FloatArray,
    slope: float,
    intercept: float,
    variance: float,
    spread: float,
    maximal: tuple[float, float, float],
    level: float,
) -> tuple[Estimate | None, str]:
    """The load at which the line reaches the velocity of `maximal`; where it is not told, why. That is followed by what
    its middle lies above it and by its SD, m/s.
    """
    v1rm, more, v1rm_sd = maximal
    n, mean = loads.size, float(loads.mean())
    t = student_factor(level, n - 2)
    found = (v1rm - intercept) / slope
    span = float(loads.max() - loads.min())
    if span < LEAST_SPAN * found:
        return None, (
            f"the loads span {span:g} kg only, {100.0 * span / found:.0f} % of the {found:.0f} kg that the line points"
            f" to; no maximum is told below {100.0 * LEAST_SPAN:.0f} %: lift from about 40 to 85 % of it"
        )
    # (a + bL − V)² = t²s²(1/n + (L − mean)²/spread) + z²·sd², in d = L − mean.
    height = intercept + slope * mean - v1rm - more
    lone = t**2 * variance / n + (student_factor(level, 1e6) * v1rm_sd) ** 2
    a = slope**2 - t**2 * variance / spread
    b = 2.0 * height * slope
    c = height**2 - lone
    root = b * b - 4.0 * a * c
    if a <= 0.0 or root < 0.0:
        return None, "the velocities scatter so much that no upper end of the maximum follows; lift more loads"
    ends = sorted((-b + sign * math.sqrt(root)) / (2.0 * a) + mean for sign in (-1.0, 1.0))
    return Estimate(found, min(ends[0], found), max(ends[1], found), level, "kg"), ""


def equation(name: str) -> Equation:
    """The general equation of this id (`bench-press`, `squat`) or for this movement.

    Raises
    ------
    BadInput
        There is none.
    """
    known = velocity_data().equation
    for entry in known:
        if name == entry.id or name in entry.movements:
            return entry
    raise BadInput(f"no general load–velocity equation for {name}; there are {', '.join(e.id for e in known)}")


def share_of_maximum(velocity: float, name: str) -> float:
    """Share of the one-repetition maximum, %, that a mean propulsive velocity (m/s) stands for in lifters at large.

    Raises
    ------
    NotResolvable
        The velocity lies outside those that the equation was made from.
    """
    of = equation(name)
    low, high = of.range_m_s
    if not low <= velocity <= high:
        raise NotResolvable(f"{velocity:g} m/s lies outside the {low:g} to {high:g} m/s of {of.source}")
    a, b, c = of.coefficients
    return a * velocity**2 + b * velocity + c


def velocity_at_share(share_pct: float, name: str) -> float:
    """Mean propulsive velocity, m/s, at a share of the one-repetition maximum (%) in lifters at large.

    Raises
    ------
    NotResolvable
        The equation gives no velocity there, or one outside those that it was made from.
    """
    of = equation(name)
    a, b, c = of.coefficients
    root = b * b - 4.0 * a * (c - share_pct)
    found = [(-b + sign * math.sqrt(root)) / (2.0 * a) for sign in (-1.0, 1.0)] if root >= 0.0 else []
    # On the branch on which velocity falls with load.
    fitting = [v for v in found if 2.0 * a * v + b < 0.0 and of.range_m_s[0] <= v <= of.range_m_s[1]]
    if not fitting:
        raise NotResolvable(f"{share_pct:g} % lies outside what {of.source} covers")
    return fitting[0]
