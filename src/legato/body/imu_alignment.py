"""From a sensor's axes to its segment's: the long axis from standing, the facing as found or stated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from legato.body.angles import lab_angles
from legato.body.imu_facing import about_y
from legato.body.imu_sensors import Sensor, imu_table, without_side
from legato.recording import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How a segment's axes lie in its sensor: columns of `axes` (3, 3). `sd` (3,): SD about the segment's x, y, z,
    rad. `facing`: whether it is known which way its front is; else only turns about the long axis and across it are
    valid.
    """

    axes: FloatArray
    sd: FloatArray
    facing: bool


def about_z(angle: float) -> FloatArray:
    """A turn about the mediolateral axis, and in a lab about its vertical."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def vendor_alignment() -> Alignment:
    """Of orientations that the maker's own calibration has turned into those of the segment."""
    sd = float(np.radians(imu_table()["vendor_deg"]))
    return Alignment(np.eye(3), np.full(3, sd), True)


def long_axes(up: FloatArray) -> FloatArray:
    """Axes (3, 3) in the sensor whose y is the segment's long axis, and whose x and z lie anyhow across it."""
    across: FloatArray = np.asarray(np.cross(up, np.eye(3)[int(np.argmin(np.abs(up)))]), dtype=np.float64)
    x = across / np.linalg.norm(across)
    return np.stack((x, up, np.asarray(np.cross(x, up), dtype=np.float64)), axis=1)


def align(sensor: Sensor, up: FloatArray, tilt_sd: float, facing: tuple[float, float] | None) -> Alignment:
    """Axes of the segment in the sensor.

    Parameters
    ----------
    sensor
        Its segment, and which way the user says it faces.
    up
        The sensor's own direction that points up in upright standing, shape (3,).
    tilt_sd
        How well that is known about each axis across, SD, rad.
    facing
        How far the front is turned about y from x of `long_axes`, and the SD of that, rad, where the movement shows it.
    """
    stand = cast("Mapping[str, Mapping[str, float]]", imu_table()["standing"])[without_side(sensor.segment)]
    lean = float(np.radians(stand["lean_deg"]))
    start = long_axes(up)
    if sensor.ahead is not None:
        ahead = start.T @ sensor.ahead
        facing = float(np.arctan2(-ahead[2], ahead[0])), tilt_sd
    if facing is None:
        # The lean is there, but not known which way.
        sd = float(np.hypot(tilt_sd, lean))
        return Alignment(start, np.array([sd, 0.0, sd]), False)
    axes: FloatArray = start @ about_y(facing[0]) @ about_z(-lean)
    return Alignment(axes, np.array([tilt_sd, facing[1], tilt_sd]), True)


def heading(rotation: FloatArray) -> float:
    """Which way an orientation (3, 3) faces in the lab, from x, rad."""
    return float(lab_angles(rotation[None])[0, 0])
