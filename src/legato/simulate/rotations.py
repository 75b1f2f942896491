"""Rotation matrices of the simulator's own, so that truth never leans on code under test.

Body axes are x anterior, y up, z right; the lab is x forward, y left, z up.
"""

import numpy as np

from legato.recording import FloatArray

LAB_FROM_BODY: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Columns are the body axes of someone who stands upright and faces lab x."""


def _about(axis: int, angle: FloatArray) -> FloatArray:
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out = np.zeros((*np.shape(angle), 3, 3))
    out[..., axis, axis] = 1.0
    out[..., i, i] = out[..., j, j] = np.cos(angle)
    out[..., j, i] = np.sin(angle)
    out[..., i, j] = -out[..., j, i]
    return out


def rot_x(angle: FloatArray) -> FloatArray:
    """Rotation about x by `angle` (rad, any shape), shape (…, 3, 3)."""
    return _about(0, angle)


def rot_y(angle: FloatArray) -> FloatArray:
    """Rotation about y by `angle` (rad, any shape), shape (…, 3, 3)."""
    return _about(1, angle)


def rot_z(angle: FloatArray) -> FloatArray:
    """Rotation about z by `angle` (rad, any shape), shape (…, 3, 3)."""
    return _about(2, angle)


def apply(rotation: FloatArray, vector: FloatArray) -> FloatArray:
    """Rotate one vector (3,) or one a frame (n, 3) by `rotation` (n, 3, 3)."""
    return rotation @ vector if vector.ndim == 1 else np.einsum("nij,nj->ni", rotation, vector)


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Vector product along the last axis (numpy's own is several times slower on so many short calls)."""
    a, b = np.broadcast_arrays(a, b)
    out = np.empty(a.shape)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        out[..., i] = a[..., j] * b[..., k] - a[..., k] * b[..., j]
    return out


def transpose(rotation: FloatArray) -> FloatArray:
    """Inverse of a stack of rotations."""
    return np.swapaxes(rotation, -1, -2)


def unit(vector: FloatArray) -> FloatArray:
    """Vectors of length one along the last axis."""
    return vector / np.sqrt(np.einsum("...i,...i->...", vector, vector))[..., None]


def from_axes(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    """Rotation whose columns are the given axes, each (n, 3)."""
    return np.stack((x, y, z), axis=-1)


def cardan_zxy(rotation: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Angles (about z, about floating x, about y), rad, of R = Rz·Rx·Ry (Grood & Suntay 1983; Wu et al. 2002)."""
    return (
        np.arctan2(-rotation[..., 0, 1], rotation[..., 1, 1]),
        np.arcsin(np.clip(rotation[..., 2, 1], -1.0, 1.0)),
        np.arctan2(-rotation[..., 2, 0], rotation[..., 2, 2]),
    )


def heading_angles(rotation: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Left turn, forward lean, right lean (rad) of a segment in the lab: R = Ry(turn)·Rz(-lean)·Rx(side).

    A segment upside down is taken as leant over beyond 90 deg where it leans more than it lies on its side.
    """
    body = LAB_FROM_BODY.T @ rotation
    over = (body[..., 1, 1] < 0.0) & (np.abs(body[..., 1, 0]) > np.abs(body[..., 1, 2]))
    sign = np.where(over, -1.0, 1.0)
    return (
        np.arctan2(-sign * body[..., 2, 0], sign * body[..., 0, 0]),
        np.arctan2(-body[..., 1, 0], sign * np.hypot(body[..., 1, 1], body[..., 1, 2])),
        np.arctan2(-sign * body[..., 1, 2], sign * body[..., 1, 1]),
    )


def rotation_between(before: FloatArray, after: FloatArray, step_s: float) -> FloatArray:
    """Angular velocity (rad/s) that carries `before` to `after` in `step_s`, in the axes of `before`, shape (n, 3).

    Exact for a constant rate (rotation logarithm); the step is meant to be so short that the rate is.
    """
    r = transpose(before) @ after
    vee = 0.5 * np.stack(
        (r[..., 2, 1] - r[..., 1, 2], r[..., 0, 2] - r[..., 2, 0], r[..., 1, 0] - r[..., 0, 1]), axis=-1
    )
    sine = np.sqrt(np.einsum("...i,...i->...", vee, vee))
    angle = np.arctan2(sine, 0.5 * (np.trace(r, axis1=-2, axis2=-1) - 1.0))
    scale = np.where(sine > 1e-12, angle / np.where(sine > 1e-12, sine, 1.0), 1.0)
    return vee * (scale / step_s)[..., None]
