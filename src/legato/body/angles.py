"""Joint and segment angles from segment rotations, continuous in time."""

import numpy as np

from legato.body._frame_kernels import cardan_zxy, unwrapped
from legato.recording import FloatArray


def joint_angles(proximal: FloatArray, distal: FloatArray) -> FloatArray:
    """Angles of the distal segment on the proximal one, in the joint coordinate system.

    Parameters
    ----------
    proximal, distal
        Rotations from segment axes (x anterior, y up, z right) to the lab, shape (n, 3, 3).

    Returns
    -------
    Turns about the proximal z axis, the floating axis and the distal y axis (Cardan ZXY), rad, shape (n, 3). Positive:
    the distal segment's lower end forward; its upper end to the right; a turn to the left seen from above.

    References
    ----------
    Grood & Suntay 1983, J Biomech Eng 105:136; Wu et al. 2002, J Biomech 35:543.
    """
    return cardan_zxy(proximal, distal)


def lab_angles(rotation: FloatArray) -> FloatArray:
    """Heading, side tilt and forward tilt of a segment against the lab's vertical.

    Parameters
    ----------
    rotation
        Segment axes (x anterior, y up, z right) in a lab with z up, shape (n, 3, 3).

    Returns
    -------
    Turn about the vertical (to the left positive, zero facing the lab's x axis), lift of the left side, and backward
    tilt, applied in this order, rad, shape (n, 3). Side and forward tilt do not depend on the heading.

    References
    ----------
    Baker 2001, Gait Posture 13:1.
    """
    x, y, z = rotation[:, :, 0], rotation[:, :, 1], rotation[:, :, 2]
    return np.stack(
        (
            np.arctan2(z[:, 0], -z[:, 1]),
            np.arcsin(np.clip(-z[:, 2], -1.0, 1.0)),
            np.arctan2(x[:, 2], y[:, 2]),
        ),
        axis=1,
    )


def included_angle(first: FloatArray, second: FloatArray) -> FloatArray:
    """Angle between two directions, rad in [0, π], shape (n,), from vectors of any length, each (n, 3)."""
    cosine = np.sum(first * second, axis=1)
    both = np.sum(first * first, axis=1) * np.sum(second * second, axis=1)
    return np.arctan2(np.sqrt(np.maximum(both - cosine * cosine, 0.0)), cosine)


def continuous(angle: FloatArray) -> FloatArray:
    """An angle without full-turn jumps, also over gaps, with its median within half a turn of zero.

    Parameters
    ----------
    angle
        Angle, rad, shape (n,); NaN where unknown. After a gap the branch nearest to the last known value is taken.
    """
    out, largest = unwrapped(np.ascontiguousarray(angle))
    if largest > np.pi:
        out -= 2.0 * np.pi * np.round(np.nanmedian(out) / (2.0 * np.pi))
    return out
