"""Whether lengths are a person's, and an earlier result may be of this one: lengths of the body, height and mass."""

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from legato.body.model import Body
from legato.errors import BadInput
from legato.estimate import Estimate
from legato.recording import Stream
from legato.signals.factors import normal_factor

LEVEL = 0.90

_HALF_M = 0.010
"""Half-width of a length, m, at 90 %. [ENG] Of one athlete the leg differs by 1 to 4 mm between sets of one movement in
a laboratory, by up to 15 mm between movements and two phones' film, by an SD of 3 mm with markers placed anew in
simulation.
"""

_SURELY = 0.999
"""Probability with which two lengths differ, beyond which they are of two people: from 28 mm on. [ENG] Markers placed
anew 10 mm off along each axis reach that in 1 of 100 pairs of sets; with 0.99 (22 mm) it was 4.
"""

_HEIGHT_M, _MASS_SHARE = 0.03, 0.15
"""Most by which one person's height, m, and mass, as a share, are told unlike. [ENG] Height goes by 2 cm within a day;
no one gains a seventh between two sets that can be compared.
"""


_LIMBS = (
    ("trochanter", "knee_lateral"),
    ("knee_lateral", "ankle_lateral"),
    ("knee_lateral", "heel"),
    ("acromion", "elbow_lateral"),
    ("elbow_lateral", "wrist_radial"),
)
_LEAST_LIMB_M, _MOST_LIMB_M = 0.10, 1.0
"""Between which the middle of the distances along a person's limbs lies, m. [ENG] Of 25 recordings and of simulated
bodies of 1.2 to 2.3 m it is 0.26 to 0.53 m, standing, seated or lying, and 0.18 m or more of an arm alone; in a unit
ten times off it is 0.053 at most, or 1.8 at least.
"""


def check_limbs(stream: Stream, landmarks: Mapping[str, str]) -> None:
    """Refuse markers whose limbs are no person's: they are in another unit than their file says.

    Parameters
    ----------
    stream
        The markers, m.
    landmarks
        The label of each landmark. Where no limb has a marker at both ends nothing is said.

    Raises
    ------
    BadInput
        The middle of the distances along limbs is no person's.
    """
    at = {label: k for k, label in enumerate(stream.channels)}
    found: list[float] = []
    for first, last in _LIMBS:
        for side in ("right", "left"):
            one, other = (at.get(landmarks.get(f"{name}_{side}", "")) for name in (first, last))
            if one is None or other is None:
                continue
            apart = np.linalg.norm(stream.values[:, one] - stream.values[:, other], axis=-1)
            if np.isfinite(apart).any():
                found.append(100.0 * float(np.nanmedian(apart)))
    if not found or 100.0 * _LEAST_LIMB_M <= (middle := float(np.median(found))) <= 100.0 * _MOST_LIMB_M:
        return
    much = f"{middle:.0f}" if middle >= 10.0 else f"{middle:.1f}"
    raise BadInput(
        f"its markers make limbs of {much} cm, which no person has, so their unit is not what the file says; export it"
        " with the right one"
    )


def lengths_of(body: Body) -> dict[str, Estimate]:
    """Lengths that a body of markers keeps in any posture, m: `leg` from hip over knee to ankle, the mean of what was
    seen of both. Empty where the body is no body of markers.
    """
    legs: list[float] = []
    for side in ("right", "left"):
        joints = [body.points.get(f"{joint}_{side}") for joint in ("hip", "knee", "ankle")]
        hip, knee, ankle = joints
        if body.source != "markers" or hip is None or knee is None or ankle is None:
            continue
        length = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
        if np.isfinite(length).any():
            legs.append(float(np.nanmedian(length)))
    if not legs:
        return {}
    return {"leg": Estimate.symmetric(sum(legs) / len(legs), _HALF_M, "m", LEVEL)}


def another_person(
    body: Body, earlier: Mapping[str, Any] | None, mass_kg: float | None = None, height_m: float | None = None
) -> str:
    """Why an earlier `result.json` or `baseline.json` is surely of another person; empty where it may be of this one.

    Parameters
    ----------
    body
        As measured now.
    earlier
        The record; of one without lengths nothing is said.
    mass_kg, height_m
        As given now, held against what was given then.
    """
    found = cast("Mapping[str, Any]", (earlier or {}).get("body") or {})
    before = cast("Mapping[str, Mapping[str, float]]", found.get("lengths") or {})
    unlike: list[str] = []
    for name, now in lengths_of(body).items():
        if (then := before.get(name)) is None:
            continue
        half = math.hypot(now.half_width, 0.5 * (float(then["high"]) - float(then["low"])))
        if abs(now.value - float(then["value"])) > half * normal_factor(_SURELY) / normal_factor(LEVEL):
            unlike.append(f"{name} {100.0 * float(then['value']):.0f} cm, here {100.0 * now.value:.0f}")
    settings = cast("Mapping[str, float | None]", (earlier or {}).get("settings") or {})
    height, mass = settings.get("height_m"), settings.get("mass_kg")
    if height and height_m and abs(height - height_m) > _HEIGHT_M:
        unlike.append(f"height {100.0 * height:.0f} cm, here {100.0 * height_m:.0f}")
    if mass and mass_kg and abs(mass - mass_kg) > _MASS_SHARE * max(mass, mass_kg):
        unlike.append(f"mass {mass:.0f} kg, here {mass_kg:.0f}")
    if not unlike:
        return ""
    return f"the baseline is of another person ({', '.join(unlike)}), so nothing is held against it; give their own"
