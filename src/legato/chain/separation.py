"""The X-factor, thorax against pelvis about the long axis, and how far it stretches after the pelvis has turned
round.
"""

from dataclasses import dataclass

import numpy as np

from legato.estimate import LEVEL, Estimate
from legato.recording import FloatArray


@dataclass(frozen=True, slots=True)
class XFactor:
    """Size of the thorax–pelvis axial angle at the pelvis' turn, its largest size after that, and the difference;
    deg.
    """

    at_turn: Estimate
    largest: Estimate
    stretch: Estimate


def x_factor(angle: FloatArray, turn: int, end: int, angle_sd: float, level: float = LEVEL) -> XFactor | None:
    """X-factor and its stretch in one rep.

    Parameters
    ----------
    angle
        Thorax–pelvis axial angle, rad, low-passed, shape (n,), as the Cardan angle about the long axis (a projection
        on the floor differs by several degrees).
    turn
        Frame at which the pelvis turns from the load to the forward swing.
    end
        Frame of release or impact; the largest value is looked for up to it.
    angle_sd
        SD of the noise of `angle` after the filter, rad.
    level
        Of the intervals.

    Returns
    -------
    The three angles; None where a frame between `turn` and `end` is missing. The size counts in the direction in
    which the angle points at its largest.

    References
    ----------
    McLean 1992; Cheetham 2001 (X-factor stretch = largest in the downswing − value at its start).
    """
    part = angle[turn : end + 1]
    if len(part) < 2 or not np.isfinite(part).all():
        return None
    sign = 1.0 if abs(float(part.max())) >= abs(float(part.min())) else -1.0
    from scipy.special import ndtri

    half = float(np.degrees(ndtri(0.5 + 0.5 * level) * angle_sd))
    first, most = float(np.degrees(sign * part[0])), float(np.degrees((sign * part).max()))
    return XFactor(
        Estimate.symmetric(first, half, "deg", level),
        Estimate.symmetric(most, half, "deg", level),
        Estimate.symmetric(most - first, half * float(np.sqrt(2.0)), "deg", level),
    )
