"""The landmarks and clusters that marker sets are translated to, and which of them each segment is tracked by."""

from collections.abc import Mapping
from types import MappingProxyType

SIDES: tuple[str, str] = ("right", "left")

_MIDDLE = (
    "sacrum", "mid_hip", "neck", "c7", "t1", "t8", "t10", "jugular", "xiphoid", "belly", "belly_back",
    "head_top", "nose",
)  # fmt: skip
_SIDED = (
    "asis", "psis", "iliac_crest", "hip_centre", "trochanter",
    "knee_lateral", "knee_medial", "knee_centre", "ankle_lateral", "ankle_medial", "ankle_centre",
    "heel", "toe", "meta1", "meta5",
    "acromion", "shoulder_centre", "elbow_lateral", "elbow_medial", "elbow_centre",
    "wrist_radial", "wrist_ulnar", "wrist_centre", "finger", "head_front", "head_back", "ear", "bar",
)  # fmt: skip

LANDMARKS: frozenset[str] = frozenset(_MIDDLE) | {f"{name}_{side}" for name in _SIDED for side in SIDES}
"""Bony points and joint centres a marker may stand for. `toe`: the head of the second metatarsal or the tip of the
foot.
"""

CLUSTERS: frozenset[str] = frozenset(
    {"pelvis", "thorax", "head", "bar", "box", "dowel"}
    | {f"{name}_{side}" for name in ("thigh", "shank", "foot", "upper_arm", "forearm", "hand") for side in SIDES}
)
"""Segments that markers without an anatomical meaning of their own may belong to."""

SEGMENTS = CLUSTERS - {"dowel"}
"""Those of which a pose can be known; of a dowel only its line is."""


def _sided(*names: str) -> dict[str, tuple[str, ...]]:
    return {side: tuple(f"{name}_{side}" for name in names) for side in SIDES}


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{side}" for name in names for side in SIDES)


TRACKERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pelvis": (*_both("asis", "psis", "iliac_crest"), "sacrum"),
        "thorax": ("c7", "t1", "t8", "t10", "jugular", "xiphoid"),
        "head": (*_both("head_front", "head_back"), "head_top", "nose"),
        "bar": _both("bar"),
        "box": (),
        "dowel": (),
        **{
            f"{segment}_{side}": names[side]
            for segment, names in {
                "thigh": _sided("knee_lateral", "knee_medial"),
                "shank": _sided("ankle_lateral", "ankle_medial"),
                "foot": _sided("heel", "toe", "meta1", "meta5"),
                "upper_arm": _sided("elbow_lateral", "elbow_medial"),
                "forearm": _sided("wrist_radial", "wrist_ulnar"),
                "hand": _sided("wrist_radial", "wrist_ulnar", "finger"),
            }.items()
            for side in SIDES
        },
    }
)
"""Landmarks that move with each segment, besides its cluster markers."""

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pelvis": ("pelvis_tilt", "pelvis_obliquity", "pelvis_axial", "hip angles", "lumbar angles"),
        "thorax": ("thorax_pitch", "thorax_axial", "lumbar angles", "thorax_pelvis_axial"),
        "head": ("head pose",),
        **{
            f"{segment}_{side}": tuple(f"{angle}_{side}" for angle in angles)
            for segment, angles in {
                "thigh": ("hip_flexion", "hip_adduction", "hip_rotation", "knee_flexion"),
                "shank": ("knee_flexion", "ankle_dorsiflexion", "shank_pitch"),
                "foot": ("ankle_dorsiflexion",),
                "upper_arm": ("shoulder_elevation", "elbow_flexion"),
                "forearm": ("elbow_flexion",),
                "hand": ("hand speed",),
            }.items()
            for side in SIDES
        },
    }
)
"""What cannot be given when a segment is not tracked."""
