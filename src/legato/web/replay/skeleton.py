"""The moving skeleton and the force of each plate on it, at the frames of the body."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray
from legato.report.force_words import plate_name
from legato.report.replay import drawn_bones, heading

if TYPE_CHECKING:
    from legato.analysis import Analysis
    from legato.forces.model import Plate

_MOST_HZ = 250.0
"""Rate above which frames are left out. [ENG] A screen shows 60 a second; slow motion at 0.1 shows 25."""


@dataclass(frozen=True, slots=True, eq=False)
class PlateForce:
    """A plate's `wrench` (n, 6) at the skeleton's frames: centre of pressure, m, then force on the person, N."""

    name: str
    side: str
    corners: FloatArray | None
    wrench: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """Points (n, points, 3), m, bones as pairs of their places with a side, and where the athlete faces, rad."""

    rate_hz: float
    start_s: float
    points: tuple[str, ...]
    bones: tuple[tuple[int, int, str], ...]
    xyz: FloatArray
    heading: float
    flat: bool
    length_unit: str
    low: FloatArray
    high: FloatArray
    plates: tuple[PlateForce, ...]


def skeleton_of(analysis: "Analysis") -> Skeleton | None:
    """The skeleton of a recording that holds points; None where it holds none."""
    body = analysis.body
    names = tuple(name for name, xyz in body.points.items() if np.isfinite(xyz).any())
    if not names or body.n_frames < 1:
        return None
    step = max(1, round(body.rate_hz / _MOST_HZ))
    frames = np.arange(0, body.n_frames, step)
    xyz = np.stack([body.points[name][frames] for name in names], axis=1)
    flat = body.source == "keypoints"
    rate = body.rate_hz / step
    forces = analysis.forces
    # A picture has no place for a plate: its axes are not the lab's, and its unit may be a leg.
    known = [] if forces is None or flat else [p for p in forces.plates if p.stood_on and p.frame == "lab"]
    times = body.start_s + frames / body.rate_hz
    return Skeleton(
        rate_hz=rate,
        start_s=body.start_s,
        points=names,
        bones=tuple(drawn_bones(body, names)),
        xyz=xyz,
        # A picture is seen as it was taken: its right is ahead.
        heading=0.0 if flat else heading(body.points, frames),
        flat=flat,
        length_unit=body.length_unit,
        low=np.nanmin(xyz, axis=(0, 1)),
        high=np.nanmax(xyz, axis=(0, 1)),
        plates=tuple(
            PlateForce(plate_name(forces, plate.index), plate.side, plate.corners_m, _wrench(plate, times))
            for plate in known
            if forces is not None and plate.cop is not None
        ),
    )


def _wrench(plate: "Plate", times: FloatArray) -> NDArray[np.float32]:
    """Centre of pressure and force at `times`, of the nearest sample; NaN where the plate is not loaded or was not
    recorded.
    """
    at = np.round((times - plate.start_s) * plate.rate_hz).astype(np.int64)
    inside = (at >= 0) & (at < plate.n_samples)
    at = np.clip(at, 0, plate.n_samples - 1)
    assert plate.cop is not None
    force = plate.force[at].copy()
    # Where only the vertical was measured, the arrow is upright.
    level = force[:, :2]
    level[np.isnan(level)] = 0.0
    found = np.concatenate([plate.cop[at], force], axis=1)
    found[~(inside & plate.loaded[at])] = np.nan
    return found.astype(np.float32)
