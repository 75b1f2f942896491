"""From the channels of a force plate to force, moment and centre of pressure: types 1 to 4 of the C3D format."""

from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray

CHANNELS = {1: 6, 2: 6, 3: 8, 4: 6}
"""How many channels a plate of each type has."""


@dataclass(frozen=True, slots=True, eq=False)
class Wrench:
    """What a plate carries, in its own axes (x, y along its edges, z into the ground): `force` (n, 3), N, and `moment`
    (n, 3), N·m, about the centre of its top. `centre` (n, 2), m, and `free_moment` (n,), N·m, only of plates that
    give them instead of a moment (type 1).
    """

    force: FloatArray
    moment: FloatArray
    centre: FloatArray | None = None
    free_moment: FloatArray | None = None


def plate_axes(corners_m: FloatArray) -> FloatArray:
    """The plate's axes in the lab as the columns of a rotation, shape (3, 3): x from the second corner to the first,
    y from the fourth to the first, z across both.

    Raises
    ------
    ValueError
        The corners lie on one line.

    References
    ----------
    C3D.org user guide, FORCE_PLATFORM:CORNERS.
    """
    x, y = corners_m[0] - corners_m[1], corners_m[0] - corners_m[3]
    z = np.cross(x, y)
    columns = [x, np.cross(z, x), z]
    lengths = [float(np.linalg.norm(c)) for c in columns]
    if min(lengths) <= 0.0 or not np.isfinite(lengths).all():
        raise ValueError("the corners of the plate lie on one line")
    return np.column_stack([c / n for c, n in zip(columns, lengths, strict=True)])


def plate_wrench(
    channels: FloatArray, plate_type: int, origin_m: FloatArray, calibration: FloatArray | None = None
) -> Wrench:
    """Force and moment of a plate from its channels.

    Parameters
    ----------
    channels
        Shape (n, 6), of type 3 (n, 8), in N, N·m and m, of type 4 in the units that the calibration takes.
    plate_type
        1: force, centre of pressure x and y, free moment. 2: force and moment about the plate's origin. 3: forces of
        four sensors (x12, x34, y14, y23, z1 … z4). 4: as type 2 after the calibration.
    origin_m
        Types 2 and 4: from the plate's origin to the centre of its top, so that z, into the ground, is negative; files
        that give it the other way round (z > 0) are turned. Type 3: distances of the sensors from the middle in x and
        y, and the height of the top, of either sign.
    calibration
        Shape (6, 6), of type 4.

    Raises
    ------
    ValueError
        No such type, too few channels, or a type 4 without its matrix.

    References
    ----------
    C3D.org user guide, FORCE_PLATFORM:TYPE; ezc3d 1.7 (MIT), whose results the tests hold this to.
    """
    if plate_type not in CHANNELS or channels.shape[1] < CHANNELS[plate_type]:
        raise ValueError(f"{channels.shape[1]} channels of a plate of type {plate_type}")
    if plate_type == 1:
        force, centre, twist = channels[:, :3], channels[:, 3:5], channels[:, 5]
        at = np.column_stack([centre, np.zeros(len(centre))])
        moment = np.cross(at, force)
        moment[:, 2] += twist
        return Wrench(force, moment, centre, twist)
    if plate_type == 3:
        return _of_four_sensors(channels, origin_m)
    values = channels[:, :6]
    if plate_type == 4:
        if calibration is None:
            raise ValueError("a plate of type 4 without a calibration matrix")
        values = values @ calibration.T
    force = values[:, :3]
    origin = -origin_m if origin_m[2] > 0.0 else origin_m
    return Wrench(force, values[:, 3:] + np.cross(force, origin))


def _of_four_sensors(channels: FloatArray, origin: FloatArray) -> Wrench:
    x12, x34, y14, y23, z1, z2, z3, z4 = channels[:, :8].T
    a, b, top = origin
    force = np.column_stack([x12 + x34, y14 + y23, z1 + z2 + z3 + z4])
    moment = np.column_stack(
        [b * (z1 + z2 - z3 - z4), a * (z2 + z3 - z1 - z4), b * (x34 - x12) + a * (y14 - y23)],
    )
    return Wrench(force, moment + np.cross(force, [0.0, 0.0, -abs(top)]))


def centre_of_pressure(wrench: Wrench, polynomial: FloatArray | None = None) -> FloatArray:
    """Where on the plate's top the force acts, in the plate's axes, m, shape (n, 2).

    `polynomial` (12,) is the correction of a type-3 plate: its first six coefficients shift x, the others y, both by
    the uncorrected centre (Kistler's, as C3D files give it in `FPCOPPOLY`). Where no force acts it is not finite.
    """
    if wrench.centre is not None:
        return wrench.centre
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = -wrench.moment[:, 1] / wrench.force[:, 2], wrench.moment[:, 0] / wrench.force[:, 2]
        if polynomial is not None:
            p = polynomial
            x, y = (
                x - (p[0] * y**4 + p[1] * y**2 + p[2]) * x**3 - (p[3] * y**4 + p[4] * y**2 + p[5]) * x,
                y - (p[6] * x**4 + p[7] * x**2 + p[8]) * y**3 - (p[9] * x**4 + p[10] * x**2 + p[11]) * y,
            )
    return np.column_stack([x, y])


def free_moment(wrench: Wrench, centre: FloatArray) -> FloatArray:
    """Moment about the plate's normal through the centre of pressure, N·m, shape (n,)."""
    if wrench.free_moment is not None:
        return wrench.free_moment
    with np.errstate(invalid="ignore"):
        return wrench.moment[:, 2] - centre[:, 0] * wrench.force[:, 1] + centre[:, 1] * wrench.force[:, 0]
