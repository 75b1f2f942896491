"""How far a posture gives way for a change of force: the effective stiffness of whoever holds it."""

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._memory import memories
from legato.recording import FloatArray
from legato.signals.factors import normal_factor

_LEAST_CORRELATION = 0.5
"""Force and angle that share less than this do not tell a stiffness. [ENG]"""


def effective_stiffness(force_n: FloatArray, angle_deg: FloatArray, level: float = LEVEL) -> Estimate:
    """Change of force over change of angle, N/deg; times the lever in m it is a moment over an angle.

    Parameters
    ----------
    force_n, angle_deg
        Force, N, and the angle that gives way, degrees, shape (n,), on one clock, without gaps.
    level
        Share of central probability of the interval.

    Returns
    -------
    The slope that both share (reduced major axis, with the sign of their correlation). Noise of the angle lowers the
    slope of force on angle, what else moves the force raises the inverse of the other slope: the interval holds both,
    and the scatter about them with the memory of what is left.

    Raises
    ------
    NotResolvable
        They do not move, or share too little.
    """
    slope, shared = shared_line(force_n, angle_deg)
    if abs(shared) < _LEAST_CORRELATION:
        raise NotResolvable(
            f"stiffness: force and angle go together too little (r = {shared:.2f}); change the force by more"
        )
    x, y = angle_deg - angle_deg.mean(), force_n - force_n.mean()
    left = y - slope * x
    # Slope's own scatter, of as many values as the rest leaves independent.
    kept = max(3.0, x.size / memories(left)[0])
    relative = normal_factor(level) * float(np.sqrt((1.0 - shared**2) / kept)) / abs(shared)
    ends = sorted((slope * abs(shared) * (1.0 - relative), slope / abs(shared) * (1.0 + relative)))
    return Estimate(slope, ends[0], ends[1], level, "N/deg")


def shared_line(force: FloatArray, angle: FloatArray) -> tuple[float, float]:
    """Slope that a force (or moment) and an angle share, the reduced major axis with the sign of their correlation, and
    that correlation.

    Raises
    ------
    NotResolvable
        One of them does not change.
    """
    x, y = angle - angle.mean(), force - force.mean()
    sx, sy = float(np.sqrt(x @ x)), float(np.sqrt(y @ y))
    if min(sx, sy) <= 0.0:
        raise NotResolvable("stiffness: force or angle does not change; vary the force")
    shared = float(x @ y) / (sx * sy)
    return float(np.sign(shared)) * sy / sx, shared
