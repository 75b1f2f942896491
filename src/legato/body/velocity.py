"""Angular velocity from rotation matrices."""

import numpy as np

from legato.recording import FloatArray
from legato.signals.filters import derivative


def angular_velocity(rotation: FloatArray, rate_hz: float) -> FloatArray:
    """Angular velocity in the segment's own axes.

    Parameters
    ----------
    rotation
        Segment axes in the lab, shape (n, 3, 3), as measured or filtered; filtered matrices are made orthogonal again
        by the antisymmetric part that is taken here. NaN where unknown.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    ω about the segment's x, y and z, rad/s, shape (n, 3): the axial vector of RᵀṘ, by central differences; one-sided at
    the ends of every run between gaps. For a steady turn the result is short by the factor sin(ω/f)/(ω/f), f the rate.
    """
    rate = derivative(rotation, rate_hz)
    skew = np.einsum("nji,njk->nik", rotation, rate)
    return 0.5 * np.stack(
        (skew[:, 2, 1] - skew[:, 1, 2], skew[:, 0, 2] - skew[:, 2, 0], skew[:, 1, 0] - skew[:, 0, 1]), axis=1
    )
