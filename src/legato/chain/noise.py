"""How noisy a segment's rotation is: from what the rigid fit leaves over, and from leaving one marker out at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.body.model import SegmentMotion
from legato.recording import FloatArray
from legato.signals.spectra import NoiseSpectrum, residual_spectrum


def rotation_information(template_m: FloatArray) -> FloatArray:
    """J = Σ(|r|²I − r rᵀ) about the markers' centroid, m², shape (3, 3): its inverse times the marker variance is the
    covariance of the least-squares rotation (rad²).
    """
    r = template_m - template_m.mean(axis=0)
    return float((r * r).sum()) * np.eye(3) - r.T @ r


def seen_template(segment: SegmentMotion, spans: Sequence[tuple[int, int]]) -> FloatArray:
    """The part of the template whose markers are seen in most frames of the windows, m, shape (M, 3)."""
    seen = np.zeros(len(segment.template_m))
    for start, stop in spans:
        seen += np.isfinite(segment.residual_m[start:stop, :, 0]).mean(axis=0)
    keep = seen >= 0.5 * len(spans)
    return segment.template_m[keep & np.isfinite(segment.template_m).all(axis=1)]


def axis_noise(
    segment: SegmentMotion, axis: FloatArray, spans: Sequence[tuple[int, int]], rate_hz: float
) -> NoiseSpectrum | None:
    """Noise of the segment's rotation about one of its own directions, rad²/Hz; None where the fit leaves no residual
    to read.

    Parameters
    ----------
    segment
        Pose and residuals.
    axis
        Unit vector in the segment's axes, shape (3,).
    spans
        First frame and one past the last of each repetition's window.
    rate_hz
        Frames a second.
    """
    template = seen_template(segment, spans)
    if len(template) < 3:
        return None
    information = rotation_information(template)
    if np.linalg.cond(information) > 1e6:
        return None
    try:
        marker = residual_spectrum(segment.residual_m, spans, rate_hz)
    except ValueError:
        return None
    return marker.scaled(float(axis @ np.linalg.solve(information, axis)))


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """How the rotation about one axis changes when each marker is left out: `changes` (rad, shape (n, M)), and the
    scatter of those changes, (M − 1)·variance over the markers, that independent marker noise would give, in units of
    the rotation's own variance. `dof` is the number of residuals' degrees of freedom that it rests on in one frame.
    """

    changes: FloatArray
    expected: float
    dof: int


def leave_one_out(segment: SegmentMotion, axis: FloatArray, start: int, stop: int) -> LeaveOneOut | None:
    """Leave one marker out at a time, to first order, in the frames `start`..`stop`.

    A least-squares fit without marker m differs by −J⁻¹(r × (I − H)⁻¹e), e the marker's residual and H its own
    leverage, so no fit has to be repeated. None with fewer than four markers, where some are missing, or where a
    marker alone holds the axis.
    """
    residual = segment.residual_m[start:stop]
    seen = np.isfinite(residual[:, :, 0]).all(axis=0) & np.isfinite(segment.template_m).all(axis=1)
    count = int(seen.sum())
    if count < 4:
        return None
    r = segment.template_m[seen] - segment.template_m[seen].mean(axis=0)
    information = rotation_information(r)
    if np.linalg.cond(information) > 1e6:
        return None
    inverse = np.linalg.inv(information)
    row = inverse @ axis
    turns = np.array([[[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]] for x, y, z in r])
    rows = np.zeros((count, 3 * count))
    for m, k in enumerate(turns):
        rest = np.eye(3) * (1.0 - 1.0 / count) - k @ inverse @ k.T
        if np.linalg.cond(rest) > 1e4:
            return None
        rows[m, 3 * m : 3 * m + 3] = -(row @ k) @ np.linalg.inv(rest)
    design = np.concatenate([np.tile(np.eye(3), (count, 1)), -turns.reshape(3 * count, 3)], axis=1)
    hat = design @ np.linalg.solve(design.T @ design, design.T)
    spread = rows - rows.mean(axis=0)
    scatter = float(np.trace(spread @ (np.eye(3 * count) - hat) @ spread.T)) * (count - 1) / count
    flat = residual[:, seen].reshape(len(residual), 3 * count)
    return LeaveOneOut(flat @ rows.T, scatter / float(axis @ row), min(count - 1, 3 * count - 6))
