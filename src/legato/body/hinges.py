"""Flexion axes of knees and elbows without a medial marker, from the way the joint bends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.body._frame_kernels import into_axes
from legato.body.anatomy import unit
from legato.body.skeleton import Skeleton
from legato.body.tracking import Tracked, Trajectory
from legato.recording import FloatArray

TRUNK_AXIS_SD = float(np.radians(20.0))
"""SD with which a flexion axis is expected parallel to the trunk's mediolateral axis; default."""

BEND_AXIS_SD = float(np.radians(10.0))
"""SD with which it is expected across the plane in which the limb bends; default."""

LEAST_BEND = float(np.sin(np.radians(20.0)))
"""The limb's plane counts in frames where it bends at least this far (sine); default."""

HINGE_SAMPLES = 10.0
"""Independent samples of soft-tissue displacement in a record; default."""

HINGE_FRAMES = 300
"""Evenly spread frames that an axis is read from."""

HINGE_NOISE_M = 0.001
"""Marker noise that every path holds at least, m; default."""

UNSURE_AXIS_SD = float(np.radians(8.0))
"""From this SD on, an axis is said to rest on expectation rather than on the movement; default."""


@dataclass(frozen=True, slots=True, eq=False)
class Hinge:
    """A joint as its proximal segment sees it: the segment's upper end and the joint's lateral marker (3,) in its axes.

    `inward_m` leads from the lateral marker to the joint centre against the axis, `end_inward_m` likewise at the far
    end of the distal segment (both negative on the left). `bends` is 1 where the far end goes backward in flexion, else
    -1.
    """

    joint: str
    top_m: FloatArray
    lateral_m: FloatArray
    inward_m: float
    end_inward_m: float
    bends: float


def joint_axis(
    body: Skeleton,
    tracked: Tracked,
    hinge: Hinge,
    about: FloatArray,
    labels: Sequence[str],
    end: Trajectory | None,
) -> FloatArray:
    """The flexion axis of a joint, pointing right, in the axes of its proximal segment.

    Parameters
    ----------
    body
        The skeleton so far; takes a note where the axis stays unsure.
    tracked
        The proximal segment.
    hinge
        The joint.
    about
        Direction of the trunk's mediolateral axis in the segment.
    labels
        Markers of the distal segment that turn about the hinge only.
    end
        Far end of the distal segment.
    """
    n = body.n_frames
    some = np.linspace(0, n - 1, min(n, HINGE_FRAMES)).astype(np.intp)
    rotation, origin = tracked.rotation[some], tracked.origin_m[some]
    expected, sd = about, TRUNK_AXIS_SD
    paths = [into_axes(rotation, origin, body.markers.raw[label][some]) for label in labels]
    if end is not None:
        path = into_axes(rotation, origin, end.position_m[some])
        if not paths:
            paths.append(path)
        plane = bend_axis(hinge, path, about)
        if plane is not None:
            expected, sd = plane, BEND_AXIS_SD
    found = hinge_axis(np.stack(paths, axis=1), expected, sd) if paths else None
    axis, left = (expected, sd) if found is None else found
    if left > UNSURE_AXIS_SD:
        body.note(f"{hinge.joint}: no medial marker, so its axis is an estimate (SD {np.degrees(left):.0f} deg)")
    return axis


def bend_axis(hinge: Hinge, end: FloatArray, about: FloatArray) -> FloatArray | None:
    """The direction across the plane in which a limb bends.

    Parameters
    ----------
    hinge
        The joint.
    end
        Path of the far end of the distal segment in the proximal one's axes, m, shape (n, 3).
    about
        Direction from which the centres of the joint and of the far end are first guessed, unit length.

    Returns
    -------
    Unit vector, shape (3,), each frame counting with the sine of its bend; None where no ten frames bend enough.
    """
    axis = across(about, hinge.top_m - hinge.lateral_m)
    for _ in range(4):
        centre = hinge.lateral_m - hinge.inward_m * axis
        upper = unit(hinge.top_m - centre)
        normal = hinge.bends * np.cross(upper, unit(end - hinge.end_inward_m * axis - centre))
        bend = np.sqrt(np.sum(normal * normal, axis=1))
        bent = bend >= LEAST_BEND
        if bent.sum() < 10:
            return None
        axis = unit(normal[bent].sum(axis=0))
    return axis


def across(axis: FloatArray, along: FloatArray) -> FloatArray:
    """The part of `axis` across the segment's long direction, unit length."""
    lengthwise = unit(along)
    return unit(axis - (axis @ lengthwise) * lengthwise)


def hinge_axis(points: FloatArray, expected: FloatArray, expected_sd: float) -> tuple[FloatArray, float] | None:
    """Direction of the axis about which points turn, as seen from the neighbouring segment.

    Parameters
    ----------
    points
        Points of the moving segment in the axes of the fixed one, m, shape (n, M, 3); NaN where missing.
    expected
        Direction in which anatomy expects the axis, unit length, shape (3,).
    expected_sd
        SD of that expectation, rad.

    Returns
    -------
    Unit vector along `expected`, shape (3,), and the SD of its direction that remains, rad; None where fewer than ten
    frames are seen.

    Notes
    -----
    Along the axis the points' paths spread least (Gamage & Lasenby 2002, J Biomech 35:87). On a short arc they spread
    hardly more along the radius, so that direction is weighed against the expected one: the paths' own spread along the
    axis is their error, `HINGE_SAMPLES` of which are independent.
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
        left = np.linalg.inv(weight * across @ total @ across.T + np.eye(2) / expected_sd**2)
        axis = unit(expected - across.T @ (left @ (weight * across @ total @ expected)))
        error = float(axis @ total @ axis) + HINGE_NOISE_M**2
    return axis, float(np.sqrt(np.linalg.eigvalsh(left)[-1]))
