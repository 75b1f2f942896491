"""Joint angles in plain tables: told by their names, Legato's or OpenSim's, and their unit where none stands."""

import re
from collections.abc import Sequence

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray

_SIDED = (
    "hip_flexion|hip_adduction|hip_rotation|knee_flexion|knee_angle|ankle_dorsiflexion|ankle_angle|elbow_flexion"
    "|elbow_flex|shoulder_elevation|shank_pitch"
)
_TRUNK = (
    "pelvis_tilt|pelvis_list|pelvis_rotation|pelvis_obliquity|pelvis_axial|lumbar_extension|lumbar_bending"
    "|lumbar_rotation|lumbar_flexion|lumbar_side_bend|thorax_pelvis_axial|thorax_pitch|thorax_axial"
)
_ANGLE = re.compile(rf"(?:{_SIDED})_(?:r|l|right|left)|{_TRUNK}")
_LARGEST_RAD = 2.0 * np.pi
"""An angle beyond a whole turn is in degrees."""


def joint_angle_columns(labels: Sequence[str], units: Sequence[str]) -> list[int]:
    """Columns that are joint angles by name and not by unit something else; none where they are not most of a table."""
    found = [
        j
        for j, (label, unit) in enumerate(zip(labels, units, strict=True))
        if unit in ("", "rad") and _ANGLE.fullmatch(label.strip()) is not None
    ]
    return found if 2 * len(found) >= len(labels) else []


def unstated_degrees(name: str, labels: Sequence[str], values: FloatArray, notes: list[str]) -> float:
    """Factor to rad of joint angles that state no unit, shape (n, angles): degrees where one goes beyond 2 pi.

    Raises
    ------
    BadInput
        None does, so they may be in either.
    """
    seen = np.abs(values[np.isfinite(values)])
    if seen.size and float(seen.max()) <= _LARGEST_RAD:
        raise BadInput(
            f"{name}: the joint angles ({labels[0]}, …) state no unit, and by their size may be in degrees or in rad;"
            f" write the unit beside each name, as {labels[0]} (deg)"
        )
    notes.append("joint angles state no unit; by their size they are in degrees")
    return float(np.pi / 180.0)
