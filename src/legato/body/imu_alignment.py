"""From a sensor's axes to its segment's: the long axis from standing, the facing from a hinge movement, each with its
own error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from legato.body.angles import lab_angles
from legato.body.imu_sensors import Sensor, imu_table, without_side
from legato.recording import FloatArray

_MOVES = 0.25
"""Turns slower than this share of the fastest ones say little of a hinge's axis. [ENG]"""

_LEAST_RATE = np.radians(5.0)
"""And slower than this nothing: that is sway and drift, rad/s. [ENG]"""

_CLEAR = 0.25
"""Largest share of the turning across a hinge's axis, of that about it. [ENG]"""

_LARGEST_SD = np.radians(15.0)
"""A facing that is less sure than this is none, rad. [ENG]"""

_LEAST_TILT = np.radians(10.0)
"""A segment that leaves the vertical by less may as well lean to its back as to its front, rad. [ENG]"""

_BLOCKS = 8
UPRIGHT: FloatArray = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Columns: axes of an upright segment (x anterior, y up, z right) in a lab with z up that it faces along x."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How a segment's axes lie in its sensor: columns of `axes` (3, 3). `sd` (3,): SD about the segment's x, y, z,
    rad. `facing`: whether it is known which way its front is; else only turns about the long axis and across it are
    valid.
    """

    axes: FloatArray
    sd: FloatArray
    facing: bool


def about_y(angle: float) -> FloatArray:
    """A turn about a segment's long axis."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def about_z(angle: float) -> FloatArray:
    """A turn about the mediolateral axis, and in a lab about its vertical."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def vendor_alignment() -> Alignment:
    """Of orientations that the maker's own calibration has turned into those of the segment."""
    sd = float(np.radians(imu_table()["vendor_deg"]))
    return Alignment(np.eye(3), np.full(3, sd), True)


def align(sensor: Sensor, up: FloatArray, rotation: FloatArray | None, rate: FloatArray, stated: bool) -> Alignment:
    """Axes of the segment in the sensor.

    Parameters
    ----------
    sensor
        Its segment, and which way the user says it faces.
    up
        The sensor's own direction that points up in upright standing, shape (3,).
    rotation
        Its orientation to a lab with z up, shape (n, 3, 3), or None.
    rate
        Its rates of turn, rad/s, shape (n, 3).
    stated
        Whether `up` is what the user stated and not gravity in standing.
    """
    table = imu_table()
    base = without_side(sensor.segment)
    stand = cast("Mapping[str, Mapping[str, float]]", table["standing"])[base]
    tilt_sd = float(np.radians(table["stated_deg"] if stated else stand["sd_deg"]))
    lean = float(np.radians(stand["lean_deg"]))
    across: FloatArray = np.asarray(np.cross(up, np.eye(3)[int(np.argmin(np.abs(up)))]), dtype=np.float64)
    x = across / np.linalg.norm(across)
    start = np.stack((x, up, np.asarray(np.cross(x, up), dtype=np.float64)), axis=1)
    if sensor.ahead is not None:
        ahead = start.T @ sensor.ahead
        known: tuple[float, float] | None = (float(np.arctan2(-ahead[2], ahead[0])), tilt_sd)
    else:
        known = None if rotation is None else _hinge(base, rotation @ start, rate @ start, table)
    if known is None:
        # The lean is there, but not known which way.
        sd = float(np.hypot(tilt_sd, lean))
        return Alignment(start, np.array([sd, 0.0, sd]), False)
    axes: FloatArray = start @ about_y(known[0]) @ about_z(-lean)
    return Alignment(axes, np.array([tilt_sd, known[1], tilt_sd]), True)


def _hinge(base: str, rotation: FloatArray, rate: FloatArray, table: Mapping[str, Any]) -> tuple[float, float] | None:
    """How far the front is turned from x about y, and the SD of that, rad, from the axis that the segment mostly turns
    about; None where it turns about no one axis across its length.
    """
    across = np.hypot(rate[:, 0], rate[:, 2])
    good = np.isfinite(rate).all(axis=1) & (across > max(_LEAST_RATE, _MOVES * float(np.nanquantile(across, 0.98))))
    if good.sum() < 4 * _BLOCKS:
        return None
    flat = rate[good][:, [0, 2]]
    spread = flat.T @ flat
    values, vectors = np.linalg.eigh(spread)
    if values[0] > _CLEAR * values[1] or float((rate[good, 1] ** 2).sum()) > values[1]:
        return None
    z = vectors[:, 1]
    angles: list[float] = []
    effort = np.cumsum((flat**2).sum(axis=1))
    for k in range(_BLOCKS):
        block = flat[(effort > effort[-1] * k / _BLOCKS) & (effort <= effort[-1] * (k + 1) / _BLOCKS)]
        if len(block) >= 3:
            own = np.linalg.eigh(block.T @ block)[1][:, 1]
            own = own * (1.0 if own @ z >= 0.0 else -1.0)
            angles.append(float(np.arctan2(z[0] * own[1] - z[1] * own[0], own @ z)))
    sd = float(np.hypot(np.std(angles, ddof=1) / np.sqrt(len(angles)), np.radians(table["hinge_deg"])))
    if sd > _LARGEST_SD:
        return None
    # z = (z_x, z_z) of the provisional axes; y stays, so the front lies at y × z.
    facing = float(np.arctan2(z[0], z[1]))
    tilt = lab_angles(rotation @ about_y(facing))[:, 2]
    far = float(tilt[int(np.nanargmax(np.abs(tilt)))])
    wanted = cast("Mapping[str, int]", table["flexes"]).get(base)
    if wanted is None or abs(far) < _LEAST_TILT:
        return None
    if far * wanted < 0.0:
        facing += np.pi
    return facing, sd


def heading(rotation: FloatArray) -> float:
    """Which way an orientation (3, 3) faces in the lab, from x, rad."""
    return float(lab_angles(rotation[None])[0, 0])
