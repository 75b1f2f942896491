"""Forward kinematics of the whole body: trunk, limbs in closed form, centre of mass."""

from dataclasses import dataclass, field

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete
from legato.simulate.rotations import apply, cross, from_axes, rot_x, rot_y, rot_z, unit


@dataclass(slots=True, eq=False)
class Pose:
    """Segment rotations (n, 3, 3), their origins (n, 3) and joint centres (n, 3) in the lab, filled limb by limb."""

    rotation: dict[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    origin: dict[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    point: dict[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    extra: dict[str, tuple[str, FloatArray]] = field(default_factory=dict[str, tuple[str, FloatArray]])
    """Markers beside the athlete's own: segment (or thing held) and place on it, m."""
    skin: dict[str, FloatArray] = field(default_factory=dict[str, FloatArray])
    """By how much a marker's skin moves on its segment, m, in its axes, shape (n, 3)."""

    def place(self, segment: str, rotation: FloatArray, origin: FloatArray) -> None:
        """Set the pose of one segment."""
        self.rotation[segment] = rotation
        self.origin[segment] = origin


@dataclass(frozen=True, slots=True, eq=False)
class TwoLink:
    """A solved limb: middle joint (n, 3), rotations of the upper and the lower link (n, 3, 3)."""

    middle: FloatArray
    upper: FloatArray
    lower: FloatArray


def two_link(
    proximal: FloatArray, distal: FloatArray, upper_m: float, lower_m: float, toward: FloatArray, bends: float
) -> TwoLink:
    """Place a hinged limb between two known ends.

    Parameters
    ----------
    proximal, distal
        Ends of the limb, m, shape (n, 3).
    upper_m, lower_m
        Lengths of the two links.
    toward
        Direction to which the middle joint points, shape (n, 3); only its part across the limb counts.
    bends
        +1 for a knee (the middle joint points forward), -1 for an elbow (it points backward).

    Raises
    ------
    ValueError
        The ends lie further apart than the straight limb is long.
    """
    line = proximal - distal
    distance = np.sqrt(np.einsum("ni,ni->n", line, line))
    if distance.max(initial=0.0) >= upper_m + lower_m:
        raise ValueError(f"a limb of {upper_m + lower_m:.3f} m cannot span {distance.max():.3f} m")
    v = line / distance[:, None]
    n = unit(toward - np.einsum("ni,ni->n", toward, v)[:, None] * v)
    along = (lower_m**2 + distance**2 - upper_m**2) / (2.0 * distance)
    across = np.sqrt(np.maximum(lower_m**2 - along**2, 0.0))
    middle = distal + along[:, None] * v + across[:, None] * n
    z = bends * cross(n, v)
    y_upper = (proximal - middle) / upper_m
    y_lower = (middle - distal) / lower_m
    return TwoLink(middle, from_axes(cross(y_upper, z), y_upper, z), from_axes(cross(y_lower, z), y_lower, z))


def place_trunk(
    pose: Pose,
    athlete: Athlete,
    pelvis: FloatArray,
    origin: FloatArray,
    flexion: FloatArray,
    side: FloatArray,
    axial: FloatArray,
) -> None:
    """Stack lumbar spine, thorax and the joint centres on the pelvis.

    `flexion`, `side` (right) and `axial` (left turn), rad, shape (n,), turn the thorax on the pelvis (Cardan ZXY); the
    lumbar spine takes half of each.
    """
    spine = athlete.spine
    pose.place("pelvis", pelvis, origin)
    pose.point["pelvis"] = origin + apply(pelvis, athlete.pelvis_m)
    for name in SIDES:
        mirror = np.array([1.0, 1.0, SIDE_SIGN[name]])
        pose.point[f"hip_{name}"] = origin + apply(pelvis, athlete.hip_m * mirror)
    sacrum = origin + apply(pelvis, spine["lumbosacral"])
    lumbar = pelvis @ rot_z(-0.5 * flexion) @ rot_x(0.5 * side) @ rot_y(0.5 * axial)
    thorax = pelvis @ rot_z(-flexion) @ rot_x(side) @ rot_y(axial)
    chest = sacrum + apply(lumbar, spine["lumbar"])
    neck = chest + apply(thorax, spine["thorax"])
    pose.place("lumbar", lumbar, sacrum)
    pose.place("thorax", thorax, neck)
    pose.point.update(sacrum=sacrum, thoracolumbar=chest, neck=neck)
    for name in SIDES:
        mirror = np.array([1.0, 1.0, SIDE_SIGN[name]])
        pose.point[f"shoulder_{name}"] = neck + apply(thorax, athlete.shoulder_m * mirror)


def place_head(pose: Pose, athlete: Athlete, head: FloatArray) -> None:
    """Set the head on the neck with a rotation of its own."""
    centre = head_base(pose, athlete) + apply(head, head_centre(athlete))
    pose.place("head", head, centre)
    pose.point["head"] = centre


def head_base(pose: Pose, athlete: Athlete) -> FloatArray:
    """Where the head turns on the neck, m, shape (n, 3)."""
    return pose.point["neck"] + apply(pose.rotation["thorax"], np.array([-0.012, 0.022, 0.0]) * athlete.height_m)


def head_centre(athlete: Athlete) -> FloatArray:
    """The head's centre from there, in its own axes, m."""
    return np.array([0.018 * athlete.height_m, athlete.length["neck_to_head"] - 0.022 * athlete.height_m, 0.0])


def place_leg(pose: Pose, athlete: Athlete, side: str, ankle: FloatArray, foot: FloatArray, toward: FloatArray) -> None:
    """Join the hip to an ankle (n, 3) that stands where the foot put it; the knee points `toward` (n, 3)."""
    hip = pose.point[f"hip_{side}"]
    leg = two_link(hip, ankle, athlete.length["thigh"], athlete.length["shank"], toward, 1.0)
    pose.place(f"thigh_{side}", leg.upper, hip)
    pose.place(f"shank_{side}", leg.lower, leg.middle)
    pose.place(f"foot_{side}", foot, ankle)
    pose.point[f"knee_{side}"] = leg.middle
    pose.point[f"ankle_{side}"] = ankle
    pose.point[f"toe_{side}"] = ankle + apply(foot, toe_offset(athlete))


def toe_offset(athlete: Athlete) -> FloatArray:
    """The ball of the foot on the floor, from the ankle in foot axes, m."""
    return np.array([athlete.length["toe_before_ankle"], -athlete.length["ankle_height"], 0.0])


def place_arm_to(pose: Pose, athlete: Athlete, side: str, wrist: FloatArray, toward: FloatArray) -> None:
    """Join the shoulder to a wrist (n, 3); the elbow points `toward` (n, 3). The hand is set apart (`place_hand`)."""
    shoulder = pose.point[f"shoulder_{side}"]
    arm = two_link(shoulder, wrist, athlete.length["upper_arm"], athlete.length["forearm"], toward, -1.0)
    pose.place(f"upper_arm_{side}", arm.upper, shoulder)
    pose.place(f"forearm_{side}", arm.lower, arm.middle)
    pose.point[f"elbow_{side}"] = arm.middle
    pose.point[f"wrist_{side}"] = wrist


def place_arm_turned(pose: Pose, athlete: Athlete, side: str, upper_arm: FloatArray, elbow_flexion: FloatArray) -> None:
    """Hang an arm of known upper-arm rotation (n, 3, 3) and elbow flexion (n,) from the shoulder."""
    shoulder = pose.point[f"shoulder_{side}"]
    elbow = shoulder - upper_arm[:, :, 1] * athlete.length["upper_arm"]
    forearm = upper_arm @ rot_z(elbow_flexion)
    pose.place(f"upper_arm_{side}", upper_arm, shoulder)
    pose.place(f"forearm_{side}", forearm, elbow)
    pose.point[f"elbow_{side}"] = elbow
    pose.point[f"wrist_{side}"] = elbow - forearm[:, :, 1] * athlete.length["forearm"]


def place_hand(
    pose: Pose, athlete: Athlete, side: str, pronation: FloatArray, flexion: FloatArray, grip: FloatArray | None = None
) -> None:
    """Set wrist and hand.

    `pronation` (n,) turns the wrist and its markers about the forearm, `flexion` (n,) bends the wrist; with `grip` (n,
    3) the hand points there instead.
    """
    forearm = pose.rotation[f"forearm_{side}"]
    wrist = pose.point[f"wrist_{side}"]
    turned = forearm @ rot_y(SIDE_SIGN[side] * pronation)
    pose.place(f"wrist_{side}", turned, pose.origin[f"forearm_{side}"])
    if grip is None:
        hand = turned @ rot_z(flexion)
    else:
        y = unit(wrist - grip)
        z = turned[:, :, 2]
        x = unit(cross(y, z))
        hand = from_axes(x, y, cross(x, y))
    pose.place(f"hand_{side}", hand, wrist)
    pose.point[f"hand_{side}"] = wrist - hand[:, :, 1] * athlete.length["palm"]


def centre_of_mass(pose: Pose, athlete: Athlete, bar_kg: float = 0.0) -> FloatArray:
    """Centre of mass of the body and of a bar where there is one, m, shape (n, 3)."""
    height, mass, com, point = athlete.height_m, athlete.mass, athlete.com, pose.point
    total = mass["head"] * point["head"]
    total = total + mass["thorax"] * (
        point["neck"] + apply(pose.rotation["thorax"], np.array([0.004, -0.070, 0.0]) * height)
    )
    total = total + mass["lumbar"] * (
        0.5 * (point["sacrum"] + point["thoracolumbar"])
        + apply(pose.rotation["lumbar"], np.array([0.030, 0.0, 0.0]) * height)
    )
    total = total + mass["pelvis"] * (
        pose.origin["pelvis"] + apply(pose.rotation["pelvis"], np.array([0.0, 0.015, 0.0]) * height)
    )
    for side in SIDES:
        for segment, ends in (
            ("upper_arm", ("shoulder", "elbow")),
            ("forearm", ("elbow", "wrist")),
            ("hand", ("wrist", "hand")),
            ("thigh", ("hip", "knee")),
            ("shank", ("knee", "ankle")),
        ):
            top, end = (point[f"{e}_{side}"] for e in ends)
            total = total + mass[segment] * (top + com[segment] * (end - top))
        total = total + mass["foot"] * 0.5 * (point[f"ankle_{side}"] + point[f"toe_{side}"])
    if bar_kg and "bar" in point:
        share = bar_kg / athlete.mass_kg
        total = (total + share * point["bar"]) / (1.0 + share)
    return total
