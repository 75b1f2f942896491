"""Anatomical axes and joint centres from landmarks: regressions, joint lines, and hinges found from the movement itself."""

import numpy as np

from legato.recording import FloatArray

HALF_KNEE_WIDTH_M = 0.055
"""Skin marker to knee centre along the flexion axis: half an adult's epicondylar breadth and a marker's radius; default."""

HALF_ANKLE_WIDTH_M = 0.042
"""The same at the ankle: half the bimalleolar breadth and a marker's radius; default."""

HALF_ELBOW_WIDTH_M = 0.040
"""The same at the elbow; default."""

EXPECTED_AXIS_SD = np.radians(20.0)
"""SD with which a joint's flexion axis is expected parallel to the trunk's mediolateral axis; default."""

HINGE_SAMPLES = 10.0
"""Independent samples of soft-tissue displacement in a record; default."""

HINGE_FRAMES = 300
"""Evenly spread frames that an axis is read from."""

HINGE_NOISE_M = 0.001
"""Marker noise that every path holds at least, m; default."""

UNSURE_AXIS_SD = np.radians(10.0)
"""From this SD on, an axis is said to rest on expectation rather than on the movement; default."""


def unit(v: FloatArray) -> FloatArray:
    """Vectors of length one along the last axis; NaN for those of no length."""
    length = np.sqrt(np.sum(v * v, axis=-1, keepdims=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length > 0.0, v / length, np.nan)


def axes_yz(y: FloatArray, z: FloatArray) -> FloatArray:
    """Axes as columns (x anterior, y up, z right) that keep the direction of `y`, with z as near as can be to `z`."""
    up = unit(y)
    x = unit(np.cross(up, z))
    return np.stack((x, up, np.cross(x, up)), axis=-1)


def axes_zx(z: FloatArray, x: FloatArray) -> FloatArray:
    """Axes as columns that keep the direction of `z`, with x as near as can be to `x`."""
    right = unit(z)
    y = unit(np.cross(right, x))
    return np.stack((np.cross(y, right), y, right), axis=-1)


def axes_xy(x: FloatArray, y: FloatArray) -> FloatArray:
    """Axes as columns that keep the direction of `x`, with y as near as can be to `y`."""
    ahead = unit(x)
    z = unit(np.cross(ahead, y))
    return np.stack((ahead, np.cross(z, ahead), z), axis=-1)


def hip_centre(width_m: float, depth_m: float) -> FloatArray:
    """Right hip centre from the size of the pelvis.

    Parameters
    ----------
    width_m
        Distance of the anterior superior iliac spines, m.
    depth_m
        Distance of their middle from the middle of the posterior ones, m.

    Returns
    -------
    Place from the middle of the anterior spines in pelvis axes (x anterior, y up, z right), m, shape (3,); the left hip
    mirrors z.

    References
    ----------
    Harrington et al. 2007, J Biomech 40:595: regressions on pelvis width and depth alone; SD of the error 3–5 mm a axis.
    """
    return np.array([-0.24 * depth_m - 0.0099, -0.30 * width_m - 0.0109, 0.33 * width_m + 0.0073])


def hinge_axis(points: FloatArray, expected: FloatArray) -> tuple[FloatArray, float] | None:
    """Direction of the axis about which points turn, as seen from the neighbouring segment.

    Parameters
    ----------
    points
        Points of the moving segment in the axes of the fixed one, m, shape (n, M, 3); NaN where missing.
    expected
        Direction in which anatomy expects the axis, unit length, shape (3,).

    Returns
    -------
    Unit vector along `expected`, shape (3,), and the SD of its direction that remains, rad; None where fewer than ten
    frames are seen.

    Notes
    -----
    Along the axis the points' paths spread least (Gamage & Lasenby 2002, J Biomech 35:87). On a short arc they spread
    hardly more along the radius, so that direction is weighed against the expected one: the paths' own spread along the axis
    is their error, `HINGE_SAMPLES` of which are independent, and `EXPECTED_AXIS_SD` is that of the expectation.
    """
    total = np.zeros((3, 3))
    paths = 0
    for m in range(points.shape[1]):
        path = points[np.isfinite(points[:, m, 0]), m]
        if path.shape[0] >= 10:
            centred = path - path.mean(axis=0)
            total += centred.T @ centred / path.shape[0]
            paths += 1
    if paths == 0:
        return None
    total /= paths
    across = np.linalg.svd(expected[None])[2][1:]
    error = float(np.linalg.eigvalsh(total)[0]) + HINGE_NOISE_M**2
    axis, left = expected, np.eye(2)
    for _ in range(3):
        weight = HINGE_SAMPLES / error
        left = np.linalg.inv(weight * across @ total @ across.T + np.eye(2) / EXPECTED_AXIS_SD**2)
        axis = unit(expected - across.T @ (left @ (weight * across @ total @ expected)))
        error = float(axis @ total @ axis) + HINGE_NOISE_M**2
    return axis, float(np.sqrt(np.linalg.eigvalsh(left)[-1]))


def shoulder_below_acromion(acromion_distance_m: float) -> float:
    """Depth of the shoulder centre below the acromion, m: 17 % of the distance of the acromia (Rab et al. 2002, Gait Posture 15:113)."""
    return 0.17 * acromion_distance_m
