"""Segment masses and the centre of mass of the body."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict

from legato.body.landmarks import SIDES
from legato.recording import FloatArray

Sex: TypeAlias = Literal["male", "female", "unknown"]


class SegmentMass(BaseModel):
    """Ends of a segment, and by sex (men, women) its share of body mass, its centre's place from the first end, and its
    radii of gyration about its own axes x, y and z as shares of its length.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    ends: tuple[str, str]
    mass: tuple[float, float]
    centre: tuple[float, float]
    gyration: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

    def of_sex(self, sex: Sex) -> "SegmentShares":
        """The column of one sex, or the mean of both."""
        pick = _COLUMNS[sex]
        mass, centre = (float(np.mean(pair[pick])) for pair in (self.mass, self.centre))
        return SegmentShares(mass, centre, np.array([float(np.mean(pair[pick])) for pair in self.gyration]))


@dataclass(frozen=True, slots=True, eq=False)
class SegmentShares:
    """Share of body mass, the centre's place from the first end and the radii of gyration (3,), of the length."""

    mass: float
    centre: float
    gyration: FloatArray


_COLUMNS: Mapping[Sex, slice] = {"male": slice(0, 1), "female": slice(1, 2), "unknown": slice(0, 2)}


@lru_cache(maxsize=1)
def segment_masses() -> Mapping[str, SegmentMass]:
    """The table of de Leva 1996 (J Biomech 29:1223) by segment; limbs stand once for both sides."""
    text = files("legato.body").joinpath("inertia.toml").read_text(encoding="utf-8")
    return {name: SegmentMass.model_validate(entry) for name, entry in tomllib.loads(text)["segments"].items()}


def centre_of_mass(points: Mapping[str, FloatArray], sex: Sex = "unknown") -> tuple[FloatArray, float] | None:
    """Centre of mass from joint centres.

    Parameters
    ----------
    points
        Joint centres, m, each (n, 3): hips, knees, ankles and shoulders (`hip_right` …) at least; elbows, wrists,
        hands, heels, toes and `head` where known.
    sex
        Column of the table; `unknown` takes the mean of both.

    Returns
    -------
    The centre of mass, m, shape (n, 3), and the share of body mass in segments that were seen whole; None where trunk
    or legs are missing. The mass of a segment that was not seen sits at the nearest known joint.
    """
    needed = [f"{name}_{side}" for name in ("hip", "knee", "ankle", "shoulder") for side in SIDES]
    if any(name not in points for name in needed):
        return None
    known = dict(points)
    known["mid_shoulder"] = 0.5 * (points["shoulder_right"] + points["shoulder_left"])
    known["mid_hip"] = 0.5 * (points["hip_right"] + points["hip_left"])
    total = np.zeros_like(points["hip_right"])
    masses = seen = 0.0
    for name, entry in segment_masses().items():
        shares = entry.of_sex(sex)
        for side in ("",) if name in ("head", "trunk") else SIDES:
            place = _placed(known, name, entry, f"_{side}" if side else "", shares.centre)
            total += shares.mass * place[0]
            masses += shares.mass
            seen += shares.mass * place[1]
    return total / masses, seen / masses


def _placed(
    points: Mapping[str, FloatArray], name: str, entry: SegmentMass, suffix: str, centre: float
) -> tuple[FloatArray, bool]:
    if name == "head":
        return (points["head"], True) if "head" in points else (points["mid_shoulder"], False)
    first, second = (points.get(end + suffix) for end in entry.ends)
    if first is not None and second is not None:
        return first + centre * (second - first), True
    if first is not None:
        return first, False
    stand_in = {"forearm": "shoulder", "hand": "shoulder", "foot": "ankle"}.get(name, "mid_hip")
    nearer = {"hand": "elbow"}.get(name)
    if nearer is not None and nearer + suffix in points:
        return points[nearer + suffix], False
    return points[stand_in + suffix], False
