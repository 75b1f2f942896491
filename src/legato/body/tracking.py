"""From labelled markers to tracked segments: a cluster's pose in every frame, steady also where single markers drop
out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from legato.body._frame_kernels import into_axes
from legato.body.poses import LEAST_SPREAD_M, Poses, fit_poses, mean_shape
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

_END_SAMPLES = 7
_MOST_FRAMES = 400


def spread_frames(n: int) -> NDArray[np.intp]:
    """Up to 400 evenly spread frames, enough for the mean place of what is fixed."""
    return np.linspace(0, n - 1, min(n, _MOST_FRAMES)).astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """A point in the lab, m, shape (n, 3), NaN where unknown, and the frames (n,) that lean on filled samples."""

    position_m: FloatArray
    filled: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """A segment's cluster with its poses, and landmarks in the same axes as `template_m`.

    `points` are the cluster's points in order: markers, then joint centres carried by the neighbouring segment.
    """

    name: str
    points: tuple[str, ...]
    template_m: FloatArray
    rotation: FloatArray
    origin_m: FloatArray
    residual_m: FloatArray
    filled: BoolArray
    landmarks: Mapping[str, FloatArray] = field(default_factory=dict[str, FloatArray])

    def carry(self, point_m: FloatArray) -> Trajectory:
        """The lab trajectory of a point fixed in the segment, given in its axes."""
        return Trajectory(self.origin_m + _turned(self.rotation, point_m), self.filled)

    def local(self, position_m: FloatArray) -> FloatArray:
        """A lab trajectory (n, 3) in the segment's axes."""
        return into_axes(self.rotation, self.origin_m, position_m)

    def placed(self, position: FloatArray) -> FloatArray | None:
        """The mean place of a lab trajectory in the segment's axes, None where the two are never seen together."""
        some = spread_frames(position.shape[0])
        local = into_axes(self.rotation[some], self.origin_m[some], position[some])
        local = local[np.isfinite(local[:, 0])]
        if local.shape[0] < 10:
            local = self.local(position)
            local = local[np.isfinite(local[:, 0])]
        return None if local.shape[0] == 0 else np.median(local, axis=0)

    def realigned(self, axes: FloatArray, origin: FloatArray, landmarks: Mapping[str, FloatArray]) -> "Tracked":
        """The same segment in anatomical axes: columns of `axes` and the point `origin`, both in the present axes."""
        return Tracked(
            self.name,
            self.points,
            (self.template_m - origin) @ axes,
            (self.rotation.reshape(-1, 3) @ axes).reshape(self.rotation.shape),
            self.origin_m + _turned(self.rotation, origin),
            (self.residual_m.reshape(-1, 3) @ axes).reshape(self.residual_m.shape),
            self.filled,
            {name: (point - origin) @ axes for name, point in landmarks.items()},
        )


def _turned(rotation: FloatArray, vector: FloatArray) -> FloatArray:
    # One flat product is several times quicker than a stack of small ones.
    return (rotation.reshape(-1, 3) @ vector).reshape(-1, 3)


def track_cluster(name: str, raw: Mapping[str, FloatArray], patched: Mapping[str, Trajectory]) -> Tracked | None:
    """Fit a segment's cluster.

    Parameters
    ----------
    name
        The segment.
    raw
        Its points as seen, m, each (n, 3), NaN where missing.
    patched
        The same points with short gaps filled; used only in frames where fewer than three are seen.

    Returns
    -------
    The segment in the axes of its mean shape, or None where the points are too few or lie on a line.

    Notes
    -----
    A marker that drops out while three others are seen is carried by them, its last and next residual joined by a line:
    the pose then does not jump by the soft tissue's share in that marker. Such a frame counts as seen, the marker as
    missing.
    """
    names = tuple(raw)
    if len(names) < 3:
        return None
    points = np.stack([raw[n] for n in names], axis=1)
    shape = mean_shape(points)
    held = np.isfinite(shape[:, 0])
    if held.sum() < 3:
        return None
    names = tuple(n for n, h in zip(names, held, strict=True) if h)
    points, shape = points[:, held], shape[held]
    spread = np.linalg.eigvalsh((shape - shape.mean(axis=0)).T @ (shape - shape.mean(axis=0)))
    if spread[0] + spread[1] < LEAST_SPREAD_M**2:
        return None
    fit = fit_poses(points, shape)
    missing = np.isnan(points[:, :, 0])
    filled = np.zeros(points.shape[0], dtype=np.bool_)
    if missing.any():
        fit, filled = _bridge(points, missing, shape, fit, np.stack([patched[n].position_m for n in names], axis=1))
    for column, n in enumerate(names):
        filled |= patched[n].filled & ~missing[:, column]
    return Tracked(name, names, shape, fit.rotation, fit.centre_m, fit.residual_m, filled)


def _bridge(
    points: FloatArray, missing: BoolArray, shape: FloatArray, fit: Poses, patched: FloatArray
) -> tuple[Poses, BoolArray]:
    """Refit with dropped markers carried by the others, or by their filled samples where the others are too few."""
    known = np.isfinite(fit.centre_m[:, 0])
    whole = points.copy()
    for m in np.flatnonzero(missing.any(axis=0)):
        lost = missing[:, m] & known
        near = np.flatnonzero(np.convolve(lost, np.ones(2 * _END_SAMPLES + 1), mode="same") > 0.5)
        # Seen from the others alone, the marker's place does not change as it comes and goes.
        others = fit_poses(points[near], shape, np.where(np.arange(len(shape)) == m, 0.0, 1.0))
        seen = np.isfinite(others.residual_m[:, m, 0])
        if not seen.any():
            continue
        calm = _calmed(others.residual_m[:, m], seen)
        bridges: list[FloatArray] = [np.interp(near, near[seen], calm[seen, j]) for j in range(3)]
        carried = np.stack(bridges, axis=1)
        place = others.centre_m + np.einsum("nij,nj->ni", others.rotation, shape[m] + carried)
        whole[near[lost[near]], m] = place[lost[near]]
    whole[~known] = patched[~known]
    refit = fit_poses(whole, shape)
    filled = ~known & np.isfinite(refit.centre_m[:, 0])
    residual = refit.residual_m
    residual[missing] = np.nan
    return Poses(refit.rotation, refit.centre_m, residual), filled


def _calmed(residual: FloatArray, seen: BoolArray) -> FloatArray:
    """The residual with both end samples of every run put on the line through a few: noise moves a bridge less."""
    calm = residual.copy()
    for start, stop in runs_of(seen):
        k = min(_END_SAMPLES, stop - start)
        if k > 2:
            # Least-squares line at its first sample: weights (2 (2k - 1) - 6 i) / (k (k + 1)).
            weights = (2.0 * (2 * k - 1) - 6.0 * np.arange(k)) / (k * (k + 1))
            calm[start] = weights @ residual[start : start + k]
            calm[stop - 1] = weights @ residual[stop - k : stop][::-1]
    return calm
