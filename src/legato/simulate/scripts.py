"""What is true of each movement that is simulated by hand: its phases, and the rates whose events are told."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """What is true of a movement: which curve turns in the middle of a rep, and the rates whose events are told.

    `depth` is a height or an angle, lowest or largest in the middle. `first` rates peak before the middle, `second`
    ones after it. `gaps` are pairs of rates; the first pair carries the planted lag.
    """

    depth: str
    phases: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    gaps: tuple[tuple[str, ...], ...]
    fault: str = ""


_FLEX = ("hip_flexion_velocity", "knee_flexion_velocity", "lumbar_flexion_velocity")
_EXTEND = ("hip_extension_velocity", "knee_extension_velocity", "lumbar_extension_velocity")
_SIDED = tuple(f"{j}_flexion_{s}_velocity" for j in ("hip", "knee") for s in ("right", "left"))

SCRIPTS: Mapping[str, Script] = {
    "back-squat": Script(
        "pelvis_height", ("descent", "ascent"), (*_FLEX, *_SIDED), _EXTEND,
        (("hip_flexion_velocity", "knee_flexion_velocity"), ("hip_extension_velocity", "knee_extension_velocity")),
    ),
    "hip-hinge": Script(
        "hip_flexion_right", ("descent", "ascent"), _FLEX, _EXTEND,
        (("hip_flexion_velocity", "lumbar_flexion_velocity"),), "early-lumbar",
    ),
    "deadlift": Script(
        "pelvis_height", ("pull", "lower"), _EXTEND, _FLEX,
        (_EXTEND[1::-1], _EXTEND[::2]),
        "lost-order",
    ),
    "sit-to-stand": Script(
        "pelvis_height", ("rise", "sit"), ("hip_flexion_velocity", "knee_extension_velocity", "hip_extension_velocity"),
        ("knee_flexion_velocity",), (("hip_flexion_velocity", "knee_extension_velocity"),), "lost-order",
    ),
    "bench-press": Script(
        "bar_height", ("lower", "press"), ("elbow_flexion_velocity",),
        ("elbow_extension_velocity", "knee_extension_velocity", "hip_extension_velocity"),
        (("knee_extension_velocity", "elbow_extension_velocity"),), "early-arm",
    ),
    "throw": Script(
        "", ("load", "forward", "follow"), (),
        (
            "pelvis_axial_velocity", "thorax_axial_velocity", "upper_arm_swing_right_velocity",
            "forearm_swing_right_velocity", "hand_swing_right_velocity", "elbow_extension_right_velocity",
        ),
        (
            ("pelvis_axial_velocity", "thorax_axial_velocity"),
            ("thorax_axial_velocity", "upper_arm_swing_right_velocity"),
        ), "lost-order",
    ),
}  # fmt: skip
