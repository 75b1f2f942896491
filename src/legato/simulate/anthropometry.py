"""The simulated athlete: segment lengths, masses and where the markers sit on the skin."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from legato.recording import FloatArray
from legato.simulate.build import Build

SIDES: tuple[str, str] = ("right", "left")
SIDE_SIGN: Mapping[str, float] = {"right": 1.0, "left": -1.0}

_MARKER_STATURE_M = 1.80

_OVER_ASIS_M, _OVER_PSIS_M = 0.0167, 0.0266
"""From an iliac spine, anterior and posterior, to the middle of its marker: skin, and a marker's radius, m."""


@lru_cache(maxsize=2)
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("legato.simulate").joinpath(name).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class MarkerPlace:
    """A marker on its segment: `offset_m` (3,) from the segment's origin in the segment's axes."""

    segment: str
    offset_m: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Athlete:
    """Lengths (m) and masses (kg) of one body.

    Segment origins: pelvis, middle of the hip centres; thorax, middle of C7 and jugular notch; head, its centre; limbs,
    the proximal joint; foot, the ankle; wrist, the elbow (it is the forearm turned by pronation); hand, the wrist.
    """

    height_m: float
    mass_kg: float
    length: Mapping[str, float]
    spine: Mapping[str, FloatArray]
    mass: Mapping[str, float]
    com: Mapping[str, float]
    gyration: Mapping[str, FloatArray]
    hip_m: FloatArray
    """Right hip centre in pelvis axes; the left one mirrors z."""
    pelvis_m: FloatArray
    """Middle of the four iliac spines in pelvis axes: the point that stands for the pelvis."""
    shoulder_m: FloatArray
    """Right glenohumeral centre in thorax axes; the left one mirrors z."""
    markers: Mapping[str, MarkerPlace]


_BUILT: Mapping[str, str] = {"thigh": "thigh", "shank": "shank", "upper_arm": "arm", "forearm": "arm"}


def make_athlete(height_m: float, mass_kg: float, build: Build = Build()) -> Athlete:  # noqa: B008
    """Scale the tables to a stature, a body mass and an athlete's own proportions.

    Iliac spines lie where the regression of Harrington et al. 2007 (J Biomech 40:595) puts these hip centres, under
    skin as thick as Mantovani et al. 2016 (Gait Posture 44:48) measured and a marker of 7 mm radius; acromion markers
    where that of Rab et al. 2002 (Gait Posture 15:113; 17 % of the acromion distance) puts these shoulder centres. So
    joint centres estimated from the markers carry no regression error unless one is planted.
    """
    table = _table("anthropometry.toml")
    length = {name: share * height_m for name, share in table["length"].items()}
    for name, factor in _BUILT.items():
        length[name] *= getattr(build, factor)
    spine = {name: np.array(share) * height_m * build.spine for name, share in table["spine"].items()}
    width, depth = length["pelvis_width"], length["pelvis_depth"]
    asis = np.array([0.24 * depth + 0.0099, 0.30 * width + 0.0109, 0.5 * width])
    hip = np.array([0.0, 0.0, 0.33 * width + 0.0073])
    shoulder = np.array([-0.006 * height_m, -length["shoulder_below_neck"], length["shoulder_half_width"]])
    acromion = shoulder + np.array([0.0, 0.17 * 2.0 * shoulder[2], 0.0])
    markers = _markers(height_m, length, asis, depth, acromion)
    middle = asis * np.array([1.0, 1.0, 0.0]) - np.array([0.5 * depth, 0.0, 0.0])
    gyration = {name: np.array(share) for name, share in table["gyration"].items()}
    mass, com = table["mass"], table["com"]
    return Athlete(height_m, mass_kg, length, spine, mass, com, gyration, hip, middle, shoulder, markers)


def _markers(
    height_m: float, length: Mapping[str, float], asis: FloatArray, depth_m: float, acromion: FloatArray
) -> dict[str, MarkerPlace]:
    table = _table("markers.toml")
    scale = height_m / _MARKER_STATURE_M
    reach = {**length, "wrist": length["forearm"], "hand": length["palm"]}
    psis = np.array([asis[0] - depth_m - _OVER_PSIS_M, asis[1], 0.028 * height_m])
    asis = asis + np.array([_OVER_ASIS_M, 0.0, 0.0])
    right: dict[str, tuple[str, FloatArray]] = {
        "ASI": ("pelvis", asis),
        "PSI": ("pelvis", psis),
        "SHO": ("thorax", acromion),
    }
    for name, entry in table["sided"].items():
        offset = np.array(entry["offset_m"]) * scale
        offset[1] -= entry.get("along", 0.0) * reach.get(entry["segment"], 0.0)
        right[name] = (entry["segment"], offset)
    places: dict[str, MarkerPlace] = {}
    for name, entry in table["middle"].items():
        x, y, z = (scale * v for v in entry["offset_m"])
        places[name] = MarkerPlace(entry["segment"], (x, y, z))
    for name, (segment, offset) in right.items():
        whole = segment in ("pelvis", "thorax", "head")
        for side in SIDES:
            x, y, z = (float(v) for v in offset)
            places[side[0].upper() + name] = MarkerPlace(
                segment if whole else f"{segment}_{side}", (x, y, SIDE_SIGN[side] * z)
            )
    return places
