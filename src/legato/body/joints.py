"""The named angles of a set of segments, each with the frames that lean on filled samples."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from legato.body.angles import continuous, included_angle, joint_angles, lab_angles
from legato.body.landmarks import SIDES
from legato.body.skeleton import SIDE_SIGN
from legato.recording import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A segment's rotation to the lab (n, 3, 3), the frames that lean on filled samples (n,), and whether its turn
    about the long axis is measured.
    """

    rotation: FloatArray
    filled: BoolArray
    turn_known: bool = True


def trunk_angles(segments: Mapping[str, Posed]) -> dict[str, tuple[FloatArray, BoolArray]]:
    """Pelvis and thorax against the lab and against each other.

    Headings count from the pelvis' mean heading over the recording (the thorax' own where there is no pelvis), so they
    do not depend on how the lab's axes lie.
    """
    found: dict[str, tuple[FloatArray, BoolArray]] = {}
    pelvis, thorax = segments.get("pelvis"), segments.get("thorax")
    zero: float | None = None
    if pelvis is not None:
        turned = lab_angles(pelvis.rotation)
        zero = _mean_heading(turned[:, 0])
        found["pelvis_axial"] = continuous(turned[:, 0] - zero), pelvis.filled
        found["pelvis_obliquity"] = turned[:, 1], pelvis.filled
        found["pelvis_tilt"] = continuous(-turned[:, 2]), pelvis.filled
    if thorax is not None:
        turned = lab_angles(thorax.rotation)
        zero = _mean_heading(turned[:, 0]) if zero is None else zero
        found["thorax_axial"] = continuous(turned[:, 0] - zero), thorax.filled
        found["thorax_pitch"] = continuous(-turned[:, 2]), thorax.filled
    if pelvis is not None and thorax is not None and pelvis.turn_known:
        spine = joint_angles(pelvis.rotation, thorax.rotation)
        filled = pelvis.filled | thorax.filled
        found["lumbar_flexion"] = continuous(-spine[:, 0]), filled
        found["lumbar_side_bend"] = spine[:, 1], filled
        found["thorax_pelvis_axial"] = continuous(spine[:, 2]), filled
    return found


def limb_angles(segments: Mapping[str, Posed]) -> dict[str, tuple[FloatArray, BoolArray]]:
    """Hip, knee, ankle, shoulder and elbow of both sides, and the lean of the shanks."""
    found: dict[str, tuple[FloatArray, BoolArray]] = {}
    pelvis, thorax = segments.get("pelvis"), segments.get("thorax")
    for side in SIDES:
        sign = SIDE_SIGN[side]
        thigh, shank, foot = (segments.get(f"{name}_{side}") for name in ("thigh", "shank", "foot"))
        if pelvis is not None and thigh is not None:
            hip = joint_angles(pelvis.rotation, thigh.rotation)
            filled = pelvis.filled | thigh.filled
            found[f"hip_flexion_{side}"] = continuous(hip[:, 0]), filled
            found[f"hip_adduction_{side}"] = sign * hip[:, 1], filled
            if thigh.turn_known:
                found[f"hip_rotation_{side}"] = sign * continuous(hip[:, 2]), filled
        if thigh is not None and shank is not None:
            knee = joint_angles(thigh.rotation, shank.rotation)
            found[f"knee_flexion_{side}"] = continuous(-knee[:, 0]), thigh.filled | shank.filled
        if shank is not None:
            found[f"shank_pitch_{side}"] = continuous(-lab_angles(shank.rotation)[:, 2]), shank.filled
        if shank is not None and foot is not None:
            ankle = joint_angles(shank.rotation, foot.rotation)
            found[f"ankle_dorsiflexion_{side}"] = continuous(ankle[:, 0]), shank.filled | foot.filled
        arm, forearm = segments.get(f"upper_arm_{side}"), segments.get(f"forearm_{side}")
        if thorax is not None and arm is not None:
            lifted = included_angle(thorax.rotation[:, :, 1], arm.rotation[:, :, 1])
            found[f"shoulder_elevation_{side}"] = lifted, thorax.filled | arm.filled
        if arm is not None and forearm is not None:
            bent = included_angle(arm.rotation[:, :, 1], forearm.rotation[:, :, 1])
            found[f"elbow_flexion_{side}"] = bent, arm.filled | forearm.filled
    return found


def _mean_heading(heading: FloatArray) -> float:
    known = heading[np.isfinite(heading)]
    return 0.0 if known.size == 0 else float(np.arctan2(np.sin(known).mean(), np.cos(known).mean()))
