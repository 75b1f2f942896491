"""From where a camera sees the body: which side, how far from the side view, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erf, sqrt
from typing import Literal, TypeAlias

import numpy as np

from legato.recording import FloatArray

View: TypeAlias = Literal["side", "45", "front"]

_SIDES = ("right", "left")

_LEG_SHARE, _TRUNK_SHARE = 0.491, 0.288
"""Hip to ankle and hip to shoulder as shares of stature (Drillis & Contini 1966)."""

_SHOULDER_SHARE, _HIP_SHARE = 0.205, 0.115
"""Breadth between the shoulder and the hip keypoints, shares of stature. [ENG] Joint centres lie a fifth nearer than
the acromia (0.259) and the trochanters (0.191, of which estimators put the hips at about 0.6)."""

_FOOT_SHARE = 0.130
"""Heel to big toe, share of stature: foot length 0.152 (Drillis & Contini 1966), less what the keypoints lie inside."""

_NOSE_SHARE = 0.060
"""Nose ahead of the ears, share of stature. [ENG] half of the head's depth"""

_ACROSS_SD, _FOOT_SD, _KNEE_SD, _NOSE_SD = 0.15, 0.20, 0.20, 0.40
"""SD of each cue about the cosine or sine that it stands for. [ENG] proportions differ by a tenth from person to
person, feet and knees turn out, the head turns."""

_LEAST_BEND = 0.10
"""Knee ahead of the line from hip to ankle, in leg lengths, from which it tells the way ahead. [ENG]"""

SURE = 0.8
"""Probability from which a view is taken as told. [ENG]"""


@dataclass(frozen=True, slots=True)
class ViewEstimate:
    """Where the camera stands. `angle_deg` counts from the front: 0 faces the camera, 90 faces the picture's right (the
    right side is near), −90 its left, ±180 shows the back; `sd_deg` is its SD. `view` is the likeliest of side, 45° and
    front (or back), `probability` that it is so.
    """

    angle_deg: float
    sd_deg: float
    view: View
    probability: float

    @property
    def near_side(self) -> str:
        """The side of the body that is nearer to the camera."""
        return "right" if self.angle_deg > 0.0 else "left"

    @property
    def ahead(self) -> float:
        """1 where the body faces the picture's right, −1 where its left."""
        return 1.0 if self.angle_deg > 0.0 else -1.0

    def may_be(self, view: View) -> bool:
        """Whether a view cannot be ruled out."""
        return _probabilities(self.angle_deg, self.sd_deg)[view] > 1.0 - SURE


def body_height(points: Mapping[str, FloatArray]) -> float | None:
    """Stature in the points' unit, from legs and trunk at their longest: a picture only ever shortens them."""
    legs = [leg_size(points, side) for side in _SIDES]
    trunk = _longest(_middle(points, "shoulder"), _middle(points, "hip"))
    known = [leg for leg in legs if leg is not None]
    if known and trunk is not None:
        return (max(known) + trunk) / (_LEG_SHARE + _TRUNK_SHARE)
    return max(known) / _LEG_SHARE if known else None if trunk is None else trunk / _TRUNK_SHARE


def leg_size(points: Mapping[str, FloatArray], side: str) -> float | None:
    """Hip to knee to ankle at their longest, in the points' unit; None where they are not seen."""
    hip, knee, ankle = (points.get(f"{part}_{side}") for part in ("hip", "knee", "ankle"))
    thigh, shank = _longest(hip, knee), _longest(knee, ankle)
    return None if thigh is None or shank is None else thigh + shank


def estimate_view(points: Mapping[str, FloatArray]) -> ViewEstimate | None:
    """Where the camera stands, from how broad the body looks and how far feet, knees and nose point to one side.

    Parameters
    ----------
    points
        Points of the picture by name, each (n, 2), x to the right and y up, both in one unit; NaN where missing.

    Returns
    -------
    The estimate, or None where neither breadth nor direction can be read.
    """
    height = body_height(points)
    if height is None or height <= 0.0:
        return None
    across = [
        _cue((points[f"{part}_left"] - points[f"{part}_right"])[:, 0] / (share * height), _ACROSS_SD)
        for part, share in (("shoulder", _SHOULDER_SHARE), ("hip", _HIP_SHARE))
        if f"{part}_left" in points and f"{part}_right" in points
    ]
    ahead = [_cue(values, sd) for values, sd in _ahead(points, height)]
    across, ahead = [c for c in across if c is not None], [a for a in ahead if a is not None]
    if not across or not ahead:
        return None
    (c, c_sd), (s, s_sd) = _pooled(across), _pooled(ahead)
    size = max(float(np.hypot(c, s)), 0.3)
    sd = float(np.hypot(c * s_sd, s * c_sd)) / size**2 if np.hypot(c, s) > 0 else np.pi
    angle, sd_deg = float(np.degrees(np.arctan2(s, c))), float(np.degrees(sd))
    chances = _probabilities(angle, sd_deg)
    view = max(chances, key=lambda v: chances[v])
    return ViewEstimate(angle, sd_deg, view, chances[view])


def _ahead(points: Mapping[str, FloatArray], height: float) -> list[tuple[FloatArray, float]]:
    """Sines of the view: how far feet, bent knees and nose point to the picture's right, with their SDs."""
    found: list[tuple[FloatArray, float]] = []
    feet = [points[f"toe_{s}"] - points[f"heel_{s}"] for s in _SIDES if f"toe_{s}" in points and f"heel_{s}" in points]
    if feet:
        # The mean of both: feet turn out.
        found.append((np.mean(feet, axis=0)[:, 0] / (_FOOT_SHARE * height), _FOOT_SD))
    knees = [bend for side in _SIDES if (bend := _knee_ahead(points, side)) is not None]
    if knees:
        found.append((np.mean(knees, axis=0), _KNEE_SD))
    if "nose" in points and "ear_right" in points and "ear_left" in points:
        nose = points["nose"] - 0.5 * (points["ear_right"] + points["ear_left"])
        found.append((nose[:, 0] / (_NOSE_SHARE * height), _NOSE_SD))
    return found


def _knee_ahead(points: Mapping[str, FloatArray], side: str) -> FloatArray | None:
    """How far a bent knee lies to the right of the line from hip to ankle, over how far it lies ahead of it."""
    hip, knee, ankle = (points.get(f"{part}_{side}") for part in ("hip", "knee", "ankle"))
    thigh, shank = _longest(hip, knee), _longest(knee, ankle)
    if hip is None or knee is None or ankle is None or thigh is None or shank is None:
        return None
    line = hip - ankle
    span = np.maximum(np.hypot(line[:, 0], line[:, 1]), 1e-9)
    to_knee = knee - ankle
    right = (to_knee[:, 0] * line[:, 1] - to_knee[:, 1] * line[:, 0]) / span
    along = (shank**2 + span**2 - thigh**2) / (2.0 * span)
    true = np.sqrt(np.maximum(shank**2 - along**2, 0.0))
    return np.where(true > _LEAST_BEND * (thigh + shank), right / np.maximum(true, 1e-9), np.nan)


def _cue(values: FloatArray, sd: float) -> tuple[float, float] | None:
    """Median of a cue and its SD, which grows where the body turns about; None where it is hardly ever seen."""
    seen = values[np.isfinite(values)]
    if seen.size < max(3.0, 0.05 * values.size):
        return None
    middle = float(np.median(seen))
    turning = 1.4826 * float(np.median(np.abs(seen - middle)))
    return float(np.clip(middle, -1.3, 1.3)), float(np.hypot(sd, 0.5 * turning))


def _pooled(cues: list[tuple[float, float]]) -> tuple[float, float]:
    weights = np.array([1.0 / sd**2 for _, sd in cues])
    value = float(np.sum(weights * [v for v, _ in cues]) / weights.sum())
    # Where cues contradict each other, their scatter says how sure they are together.
    scatter = float(np.sum(weights * (np.array([v for v, _ in cues]) - value) ** 2) / max(1, len(cues) - 1))
    return value, float(np.sqrt(max(1.0, scatter) / weights.sum()))


def _probabilities(angle_deg: float, sd_deg: float) -> dict[View, float]:
    """How likely each view is: within 22.5° of the side, of the front or back, or between."""

    def below(limit: float) -> float:
        return 0.5 * (1.0 + erf((limit - angle_deg) / (sqrt(2.0) * max(sd_deg, 1e-6))))

    def between(low: float, high: float) -> float:
        return sum(below(high + 360.0 * k) - below(low + 360.0 * k) for k in (-1, 0, 1))

    side = between(67.5, 112.5) + between(-112.5, -67.5)
    front = between(-22.5, 22.5) + between(157.5, 202.5)
    return {"side": side, "45": max(0.0, 1.0 - side - front), "front": front}


def _middle(points: Mapping[str, FloatArray], part: str) -> FloatArray | None:
    both = [points[f"{part}_{side}"] for side in _SIDES if f"{part}_{side}" in points]
    return np.mean(both, axis=0) if both else None


def _longest(first: FloatArray | None, second: FloatArray | None) -> float | None:
    if first is None or second is None:
        return None
    length = np.hypot(*(first - second).T)
    seen = length[np.isfinite(length)]
    return float(np.quantile(seen, 0.9)) if seen.size else None
