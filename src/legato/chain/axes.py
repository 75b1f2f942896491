"""Angles that a segment turns through about its own axes: along its length, and across it."""

import numpy as np

from legato.body.model import SegmentMotion
from legato.recording import FloatArray
from legato.signals.filters import lowpass
from legato.signals.rotation import turn_steps


def accumulate(steps: FloatArray) -> FloatArray:
    """Running sum of angle steps, from 0 after every gap; NaN where the angle is unknown, shape (n + 1,)."""
    known = np.isfinite(steps)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, steps, 0.0))])
    return np.where(np.concatenate([[False], known]) | np.concatenate([known, [False]]), total, np.nan)


def own_axis_angle(segment: SegmentMotion) -> FloatArray:
    """Angle turned about the segment's own long axis, rad, shape (n,).

    The long-axis part of each step from frame to frame is summed. The steps telescope, so the noise stays that of the
    pose.
    """
    return accumulate(turn_steps(segment.rotation)[:, 1])


def swing_angle(segment: SegmentMotion, rate_hz: float, cutoff_hz: float) -> tuple[FloatArray, FloatArray]:
    """Angle turned about the axes across the segment's long one, rad (n,), and that direction in the segment (n, 3).

    The rate is projected on the direction of its own low-passed self: to first order that is its magnitude, without the
    upward bias that noise gives to a magnitude, and with the telescoping noise of an angle.
    """
    steps = turn_steps(segment.rotation)
    across = steps[:, [0, 2]] * rate_hz
    smooth = lowpass(across, rate_hz, min(cutoff_hz, 0.4 * rate_hz))
    size = np.linalg.norm(smooth, axis=1, keepdims=True)
    unit = smooth / np.maximum(size, 1e-12)
    direction = np.stack([unit[:, 0], np.zeros(len(unit)), unit[:, 1]], axis=1)
    return accumulate((unit * across).sum(axis=1) / rate_hz), np.concatenate([direction, direction[-1:]])
