"""Rigid poses of marker clusters: closed-form fit, a plain reference of it, and the cluster's mean shape."""

from dataclasses import dataclass

import numpy as np

from legato.body._pose_kernels import fit_frames, settle_shape
from legato.recording import FloatArray

LEAST_SPREAD_M = 0.015
"""Markers closer than this to one line (root of the summed squares) leave the turn about it unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """`rotation` (n, 3, 3) and `centre_m` (n, 3) place the template in the lab; `residual_m` (n, M, 3), in template
    axes.
    """

    rotation: FloatArray
    centre_m: FloatArray
    residual_m: FloatArray


def fit_poses(
    points: FloatArray, template: FloatArray, weights: FloatArray | None = None, least_spread: float = LEAST_SPREAD_M
) -> Poses:
    """Rotation and position of a cluster in every frame, by least squares.

    Parameters
    ----------
    points
        Measured markers, m, shape (n, M, 3); NaN where one is missing.
    template
        The same markers in the cluster's own axes, m, shape (M, 3).
    weights
        Weight of each marker, shape (M,); equal where not given.
    least_spread
        Root of the summed squared distances of the seen markers from the line that fits them best, m; below it a pose
        is refused.

    Returns
    -------
    Poses such that `points ≈ centre + rotation @ template`; NaN where fewer than three markers off one line are seen.

    References
    ----------
    Horn 1987, J Opt Soc Am A 4:629 (quaternion); Theobald 2005, Acta Cryst A 61:478 (largest root by Newton's method).
    """
    n, markers, _ = points.shape
    w = np.ones(markers) if weights is None else np.asarray(weights, dtype=np.float64)
    rotation, centre, residual = np.empty((n, 3, 3)), np.empty((n, 3)), np.empty((n, markers, 3))
    fit_frames(
        np.ascontiguousarray(points, dtype=np.float64),
        np.ascontiguousarray(template, dtype=np.float64),
        w,
        least_spread,
        rotation,
        centre,
        residual,
    )
    return Poses(rotation, centre, residual)


def fit_poses_reference(
    points: FloatArray, template: FloatArray, weights: FloatArray | None = None, least_spread: float = LEAST_SPREAD_M
) -> Poses:
    """The same fit by singular values, frame by frame in plain numpy (Söderkvist & Wedin 1993, J Biomech 26:1473)."""
    n, markers, _ = points.shape
    w = np.ones(markers) if weights is None else np.asarray(weights, dtype=np.float64)
    rotation, centre = np.full((n, 3, 3), np.nan), np.full((n, 3), np.nan)
    for i in range(n):
        seen = np.isfinite(points[i, :, 0]) & (w > 0.0)
        if seen.sum() < 3:
            continue
        share = w[seen, None] / w[seen].sum()
        p_mean, t_mean = (share * points[i, seen]).sum(axis=0), (share * template[seen]).sum(axis=0)
        p, t = points[i, seen] - p_mean, (template[seen] - t_mean) * w[seen, None]
        spread = np.linalg.eigvalsh((template[seen] - t_mean).T @ t)
        if spread[0] + spread[1] < least_spread**2:
            continue
        u, _, vt = np.linalg.svd(p.T @ t)
        rotation[i] = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt
        centre[i] = p_mean - rotation[i] @ t_mean
    residual = np.einsum("nji,nmj->nmi", rotation, points - centre[:, None]) - template
    return Poses(rotation, centre, residual)


def mean_shape(points: FloatArray, weights: FloatArray | None = None, most_frames: int = 200) -> FloatArray:
    """The cluster's mean shape over the record, by generalised Procrustes analysis without scaling.

    Parameters
    ----------
    points
        Measured markers, m, shape (n, M, 3); NaN where one is missing.
    weights
        Weight of each marker in the fits, shape (M,).
    most_frames
        Evenly spread frames to average over; those with the most markers seen are taken first.

    Returns
    -------
    Mean marker positions about their centroid in the principal axes of the shape, so nothing of the lab is left in
    them, shape (M, 3); NaN for a marker that is never seen together with three others, and throughout where no frame
    holds three markers off one line.

    References
    ----------
    Gower 1975, Psychometrika 40:33.
    """
    n = points.shape[0]
    count = np.count_nonzero(np.isfinite(points[:, :, 0]), axis=1)
    best = np.flatnonzero(count == count.max(initial=0))
    usable = best if best.size >= 20 else np.flatnonzero(count >= 3)
    if usable.size == 0 or n == 0:
        return np.full(points.shape[1:], np.nan)
    chosen = usable[np.linspace(0, usable.size - 1, min(most_frames, usable.size)).astype(np.intp)]
    frames = np.ascontiguousarray(points[chosen])
    start = frames[int(np.argmax(count[chosen]))]
    shape = start - np.nanmean(start, axis=0)
    w = np.ones(points.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    if not settle_shape(frames, shape, w, LEAST_SPREAD_M):
        return np.full(points.shape[1:], np.nan)
    held = shape[np.isfinite(shape[:, 0])]
    axes = np.linalg.eigh(held.T @ held)[1]
    axes[:, 2] *= np.linalg.det(axes)
    return shape @ axes
