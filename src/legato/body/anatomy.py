"""Anatomical axes and joint centres from landmarks: regressions, joint lines, and hinges found from the movement
itself.
"""

import numpy as np

from legato.recording import FloatArray

HALF_KNEE_WIDTH_M = 0.055
"""Skin marker to knee centre along the flexion axis: half an adult's epicondylar breadth and a marker's radius;
default.
"""

HALF_ANKLE_WIDTH_M = 0.042
"""The same at the ankle: half the bimalleolar breadth and a marker's radius; default."""

HALF_ELBOW_WIDTH_M = 0.040
"""The same at the elbow; default."""

ASIS_BELOW_SKIN_M = 0.0097 + 0.007
"""From an anterior superior iliac spine to the middle of the marker before it: skin of 9.7 mm (SD 7.0, 67 people;
Mantovani et al. 2016, Gait Posture 44:48) and a marker's radius, m. [ENG] for the radius."""

PSIS_BELOW_SKIN_M = 0.0196 + 0.007
"""The same behind a posterior one: skin of 19.6 mm (SD 10.9), m."""


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
        Distance of their middle from the middle of the posterior ones, m, from bone to bone.

    Returns
    -------
    Place from the middle of the anterior spines in pelvis axes (x anterior, y up, z right), m, shape (3,); the left hip
    mirrors z.

    References
    ----------
    Harrington et al. 2007, J Biomech 40:595: the regressions on pelvis width and depth alone, of bones.
    """
    return np.array([-0.24 * depth_m - 0.0099, -0.30 * width_m - 0.0109, 0.33 * width_m + 0.0073])


def shoulder_below_acromion(acromion_distance_m: float) -> float:
    """Depth of the shoulder centre below the acromion, m: 17 % of the distance of the acromia (Rab et al. 2002, Gait
    Posture 15:113).
    """
    return 0.17 * acromion_distance_m


def lumbosacral_centre(width_m: float, hip: FloatArray) -> FloatArray:
    """Centre of L5/S1 from the breadth of the pelvis and the place of its hips.

    Parameters
    ----------
    width_m
        Distance of the anterior superior iliac spines, m.
    hip
        Middle of the hip centres from the middle of those spines, in pelvis axes (x anterior, y up, z right), m, shape
        (3,).

    Returns
    -------
    Place from the middle of the anterior spines in pelvis axes, m, shape (3,).

    References
    ----------
    Reed, Manary & Schneider 1999, SAE 1999-01-0959: of that breadth, L5/S1 lies 26.4 % behind and 12.6 % above the
    middle of the spines in men, 28.9 and 17.2 % in women, the hips 20.8 and 19.7 % behind and 27.8 and 27.0 % below, in
    axes that touch the pubic symphysis; the mean of both is taken. Without a marker there, the figure is turned until
    its hips lie in the direction of the measured ones.
    """
    theirs = np.array([-0.2025, -0.2740])
    turn = np.arctan2(hip[1], hip[0]) - np.arctan2(theirs[1], theirs[0])
    cosine, sine = np.cos(turn), np.sin(turn)
    x, y = width_m * np.array([-0.2765, 0.1490])
    return np.array([cosine * x - sine * y, sine * x + cosine * y, 0.0])
