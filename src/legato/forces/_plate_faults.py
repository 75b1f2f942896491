"""What of a C3D file's words on a force plate makes its numbers no force on a floor: the plate is left out for that."""

from collections.abc import Sequence

import numpy as np

from legato.forces.wrench import CHANNELS
from legato.recording import FloatArray, ForcePlate

_LEAST_FLAT = 0.7
"""Share of a plate's normal that must be vertical: a plate on a slope of 45° is none of a floor. [ENG]"""


def plate_fault(plate: ForcePlate, units: Sequence[str], earlier: Sequence[ForcePlate]) -> str:
    """Why a plate cannot be read by what the file says of it; empty where nothing speaks against it.

    Parameters
    ----------
    plate
        As the file describes it.
    units
        SI unit of each of its channels, or the file's own word.
    earlier
        The plates before it.
    """
    if not np.isfinite(plate.corners_m).all():
        return "its corners are no numbers (FORCE_PLATFORM:CORNERS)"
    twin = next((p for p in earlier if set(p.channels) & set(plate.channels)), None)
    if twin is not None:
        return f"the file gives it channels of plate {twin.index + 1} (FORCE_PLATFORM:CHANNEL), whose force counts once"
    if plate.plate_type in (1, 2, 3):
        return _unit_fault(plate, units)
    if plate.calibration is not None and not (np.isfinite(plate.calibration).all() and plate.calibration.any()):
        return "its calibration matrix holds no numbers but zero (FORCE_PLATFORM:CAL_MATRIX)"
    return ""


def upright_fault(axes: FloatArray) -> str:
    """Why a plate with these axes, columns in the lab, is no plate on a floor; empty where it lies flat."""
    share = abs(float(axes[2, 2]))
    if share >= _LEAST_FLAT:
        return ""
    angle = np.degrees(np.arccos(share))
    return f"by its corners it leans by {angle:.0f}°, no plate on a floor (FORCE_PLATFORM:CORNERS)"


def _unit_fault(plate: ForcePlate, units: Sequence[str]) -> str:
    if len(units) < CHANNELS[plate.plate_type]:
        return ""
    forces = range(8) if plate.plate_type == 3 else range(3)
    moments = range(3, 6) if plate.plate_type == 2 else range(0)
    allowed = {**dict.fromkeys(forces, ("N", "")), **dict.fromkeys(moments, ("N·m", "N", ""))}
    wrong = next((i for i, known in allowed.items() if units[i] not in known), None)
    if wrong is None:
        return ""
    what = "force" if wrong in forces else "moment"
    return (
        f"its channel {plate.channels[wrong]} is in {units[wrong]}, no unit of {what}, and a plate of type"
        f" {plate.plate_type} has no calibration; mend ANALOG:UNITS"
    )
