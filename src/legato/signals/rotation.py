"""Rotations: quaternions to matrices, rotation vectors to both, and a turn that is the product of many small ones."""

import numpy as np

from legato.recording import FloatArray


def matrices(quaternion: FloatArray) -> FloatArray:
    """Rotation matrices (n, 3, 3) of quaternions w, x, y, z (n, 4) of any length; NaN for one of no length."""
    with np.errstate(invalid="ignore", divide="ignore"):
        w, x, y, z = (quaternion / np.linalg.norm(quaternion, axis=1, keepdims=True)).T
    rows = (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, axis=1) for row in rows], axis=1)


def quaternions(vector: FloatArray) -> FloatArray:
    """Quaternions w, x, y, z (n, 4) of rotation vectors, rad (n, 3)."""
    half = 0.5 * np.linalg.norm(vector, axis=1)
    return np.column_stack((np.cos(half), 0.5 * np.sinc(half / np.pi)[:, None] * vector))


def turn(vector: FloatArray) -> FloatArray:
    """Rotation matrices (…, 3, 3) of rotation vectors, rad (…, 3)."""
    flat = np.reshape(vector, (-1, 3))
    return matrices(quaternions(flat)).reshape(*np.shape(vector)[:-1], 3, 3)


def running_product(quaternion: FloatArray) -> FloatArray:
    """Products q₀, q₀q₁, q₀q₁q₂ … of quaternions (n, 4), by doubling the stretch that is multiplied out."""
    out = quaternion.copy()
    reach = 1
    while reach < len(out):
        out[reach:] = _product(out[:-reach], out[reach:])
        reach *= 2
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def _product(a: FloatArray, b: FloatArray) -> FloatArray:
    aw, ax, ay, az = a.T
    bw, bx, by, bz = b.T
    return np.stack(
        (
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ),
        axis=1,
    )


def integrated(rate: FloatArray, rate_hz: float) -> FloatArray:
    """Orientation against the first sample, (n, 3, 3), from rates of turn about the body's own axes, rad/s (n, 3).

    Notes
    -----
    Between samples the rate is taken as straight; then the rotation vector of a step is its mean plus a twelfth of the
    product of its ends (Bortz 1971, IEEE Trans Aerosp Electron Syst 7:61, to second order).
    """
    first, second = rate[:-1], rate[1:]
    step = 0.5 * (first + second) / rate_hz + np.cross(first, second) / (12.0 * rate_hz**2)
    start = np.array([[1.0, 0.0, 0.0, 0.0]])
    return matrices(running_product(np.concatenate((start, quaternions(step)))))


def shortest_turn(from_direction: FloatArray, to_direction: FloatArray) -> FloatArray:
    """Rotation vector (3,), rad, that carries one direction onto another the shortest way."""
    a, b = from_direction / np.linalg.norm(from_direction), to_direction / np.linalg.norm(to_direction)
    axis: FloatArray = np.asarray(np.cross(a, b), dtype=np.float64)
    sine, cosine = float(np.linalg.norm(axis)), float(a @ b)
    if sine < 1e-12:
        if cosine > 0.0:
            return np.zeros(3)
        axis = np.asarray(np.cross(a, np.eye(3)[int(np.argmin(np.abs(a)))]), dtype=np.float64)
        return axis * (np.pi / np.linalg.norm(axis))
    return axis * (float(np.arctan2(sine, cosine)) / sine)


def turn_steps(rotation: FloatArray) -> FloatArray:
    """Rotation vectors from each frame to the next in the segment's own axes, rad, shape (n − 1, 3); NaN beside a
    gap.
    """
    step = np.swapaxes(rotation[:-1], 1, 2) @ rotation[1:]
    double = np.stack(
        [step[:, 2, 1] - step[:, 1, 2], step[:, 0, 2] - step[:, 2, 0], step[:, 1, 0] - step[:, 0, 1]], axis=1
    )
    sine = 0.5 * np.linalg.norm(double, axis=1)
    angle = np.arctan2(sine, 0.5 * (np.trace(step, axis1=1, axis2=2) - 1.0))
    ratio = np.where(sine > 1e-9, angle / np.maximum(2.0 * sine, 1e-12), 0.5)
    return double * ratio[:, None]
