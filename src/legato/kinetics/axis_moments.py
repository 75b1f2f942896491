"""The moments of one trial about their axes with their errors, and what is told of them: torque mismatch, stiffness."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from legato.body.model import Body
from legato.kinetics.joint_stiffness import JointStiffness, joint_stiffness
from legato.kinetics.loads import PLACE_SD_M
from legato.kinetics.moment_errors import AxisMoment, axis_moment, moment_changes
from legato.kinetics.moments import PROXIMAL, JointMoment
from legato.kinetics.power_joints import segments_of
from legato.kinetics.segments import LUMBOSACRAL, MovingBody
from legato.kinetics.torque_mismatch import TorqueMismatch, torque_mismatch
from legato.kinetics.whole_body import WholeBody
from legato.kinetics.work import Stretch, driving_spans
from legato.recording import FloatArray
from legato.signals.filters import lowpass

_ANGLES = {
    "ankle": "ankle_dorsiflexion",
    "knee": "knee_flexion",
    "hip": "hip_flexion",
    LUMBOSACRAL: "lumbar_flexion",
}
"""The angle that gives way under the moment that is positive at a joint; of the trunk that of thorax against pelvis."""


def axis_moments(moving: MovingBody, joints: Sequence[JointMoment], shown_by: str) -> dict[str, AxisMoment]:
    """Every moment whose two segments were measured, by the joint's name (`knee_right`, `lumbosacral`).

    Parameters
    ----------
    moving
        The body.
    joints
        What the joints bear, legs from the ground up.
    shown_by
        What showed the load that hangs on the arms, as `WholeBody` says it.
    """
    ankles = [joint for joint in joints if joint.joint == "ankle"]
    found: dict[str, AxisMoment] = {}
    for joint in joints:
        behind, ahead = (moving.get(name) for name in segments_of(joint))
        if behind is None or ahead is None:
            continue
        leg = joint.joint in PROXIMAL
        hangs = not leg and joint.joint != LUMBOSACRAL
        way = 1.0 if hangs else -1.0
        acting = replace(joint, force=way * joint.force, moment=way * joint.moment)
        below = [] if hangs else [ankle for ankle in ankles if joint.side in ("", ankle.side)]
        changes = moment_changes(acting, below, behind.rotation)
        axes = (ahead if leg else behind).rotation
        place_sd_m = PLACE_SD_M.get(shown_by, 0.0) if hangs else 0.0
        name = f"{joint.joint}_{joint.side}" if joint.side else joint.joint
        found[name] = axis_moment(acting, changes, axes, place_sd_m)
    return found


def mismatch_of(
    moments: Mapping[str, AxisMoment],
    whole: WholeBody | None,
    stretches: Sequence[Stretch],
    driving: Mapping[str, bool],
    moving: MovingBody,
    refused: Mapping[str, str],
    level: float,
) -> TorqueMismatch | None:
    """Torque mismatch over the phases that drive; None where no phase does, else with the reason why it is not told."""
    spans = driving_spans(stretches, driving)
    if not spans:
        return None
    hips, shoulders = (
        [moments[name] for side in ("right", "left") if (name := f"{joint}_{side}") in moments]
        for joint in ("hip", "shoulder")
    )
    no_power = next((refused[name] for name in ("", "hip_right", "hip_left") if name in refused), "")
    if reason := no_power or _why_not(len(hips), len(shoulders), whole):
        return TorqueMismatch((), None, None, 0, reason)
    return torque_mismatch(
        hips,
        shoulders,
        spans,
        start_s=moving.start_s,
        rate_hz=moving.rate_hz,
        cutoff_hz=moving.cutoff_hz,
        level=level,
    )


def _why_not(hips: int, shoulders: int, whole: WholeBody | None) -> str:
    """Why no mismatch is told; empty where it may be."""
    if hips < 2:
        return "the moments of both hips are not known"
    if shoulders < 2:
        why = "" if whole is None else next((note for note in whole.notes if note.startswith("arms: ")), "")
        return why.removeprefix("arms: ") or "the moments of both shoulders are not known"
    if whole is None or not whole.meetings:
        return "whether ground and body agree at L5/S1 is not known"
    if whole.agrees is None:
        return "whether ground and body agree at L5/S1 is not resolvable"
    if not whole.agrees:
        return "ground and body do not agree at L5/S1"
    return ""


def stiffness_of(
    body: Body,
    moments: Mapping[str, AxisMoment],
    stretches: Sequence[Stretch],
    driving: Mapping[str, bool],
    moving: MovingBody,
    refused: Mapping[str, str],
    level: float,
) -> tuple[JointStiffness, ...]:
    """Effective stiffness of legs and trunk; nothing of joints whose powers are refused."""
    joints: dict[str, tuple[AxisMoment, FloatArray]] = {}
    for name, moment in moments.items():
        joint, _, side = name.rpartition("_") if name != LUMBOSACRAL else (name, "", "")
        angle = _ANGLES.get(joint, "") + (f"_{side}" if side else "")
        if angle in body.angles and name not in refused and "" not in refused:
            joints[name] = (moment, lowpass(body.angles[angle], moving.rate_hz, moving.cutoff_hz))
    return joint_stiffness(joints, stretches, driving, start_s=moving.start_s, rate_hz=moving.rate_hz, level=level)
