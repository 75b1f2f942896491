"""What the ground gives a standing lifter: Newton and Euler over the moving segments, shared between both feet."""

from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDES
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.lifts import LiftMotion
from legato.simulate.rotations import apply, rot_z
from legato.simulate.scenario import Motion
from legato.simulate.skeleton import Pose

GRAVITY_M_S2 = np.array([0.0, 0.0, -9.80665])

STANDING = ("back-squat", "hip-hinge", "push-press", "jerk")
"""Lifts in which the planted feet alone carry athlete and bar from first to last."""

_GYRATION = {"upper_arm": 0.277, "forearm": 0.270, "thigh": 0.329, "shank": 0.252}
"""Radius of gyration across each limb segment as a share of its length, mean of both axes across: de Leva 1996
(J Biomech 29:1223), men."""

_FOOT_HALF_M = (0.11, 0.045)
"""How far the centre of pressure may lie from the middle of a foot, along and across, m, at 1.8 m stature."""


@dataclass(frozen=True, slots=True, eq=False)
class FootLoad:
    """What acts on one foot: force (n, 3), N, at `point` (n, 3), m, on the ground, and a free moment (n,), N·m."""

    force: FloatArray
    point: FloatArray
    twist: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Loads on both feet in the lab, `total` (n, 3), N, and `about` (n, 3), N·m, their moment about the lab's origin;
    `middles`: where the middle of each foot is, m, shape (n, 3).
    """

    left: FootLoad
    right: FootLoad
    total: FloatArray
    about: FloatArray
    middles: dict[str, FloatArray]


def ground_reaction(motion: Motion, rate_hz: float, share_left: float) -> Ground:
    """The loads on both feet at `i / rate_hz`, so that force and moment balance in every sample.

    Every limb segment counts as two points of mass that have its centre of mass and its radius of gyration across,
    every other segment as one. Both feet carry their shares of every component; both centres of pressure lie off the
    middles of the feet by the same way, which balances the moment.

    Parameters
    ----------
    motion
        A lift of `STANDING` with both feet planted.
    rate_hz
        Rate of the plates, Hz.
    share_left
        Share of the left foot (of the finished recording, mirrored or not), 0 to 1.

    Raises
    ------
    BadInput
        The movement is not one in which the feet carry all, it is so fast that they could not, or a foot could only
        carry its share beyond its edge.
    """
    s = motion.scenario
    if not isinstance(motion, LiftMotion | ExerciseMotion) or s.movement not in STANDING or s.walk_in:
        known = f"{', '.join(STANDING[:-1])} and {STANDING[-1]}"
        raise BadInput(f"simulate: plates are modelled for {known} on planted feet, not {s.movement}")
    count = round(motion.duration_s * rate_hz)
    # One sample more at both ends, for second differences.
    pose = motion.pose(np.arange(-1, count + 1) / rate_hz)
    force, about = np.zeros((count, 3)), np.zeros((count, 3))
    for mass_kg, place in point_masses(motion, pose):
        push = mass_kg * ((place[2:] - 2.0 * place[1:-1] + place[:-2]) * rate_hz**2 - GRAVITY_M_S2)
        force += push
        about += np.cross(place[1:-1], push)
    if (force[:, 2] <= 0.0).any():
        raise BadInput(f"simulate: {s.movement} leaves the ground at a tempo of {s.tempo:g}; give a higher one")
    feet = {side: _middle(pose, side) for side in SIDES}
    shares = {"left": share_left, "right": 1.0 - share_left}
    if s.mirror:
        shares = {"left": shares["right"], "right": shares["left"]}
    centre = np.column_stack([-about[:, 1] / force[:, 2], about[:, 0] / force[:, 2], np.zeros(count)])
    twist = about[:, 2] - centre[:, 0] * force[:, 1] + centre[:, 1] * force[:, 0]
    off = centre - sum(share * feet[side] for side, share in shares.items())
    limits = np.array(_FOOT_HALF_M) * s.height_m / 1.8
    if (np.abs(off[:, 0]) > limits[0]).any():
        raise BadInput(
            f"simulate: {s.movement} at a tempo of {s.tempo:g} needs a centre of pressure"
            f" {1000.0 * np.abs(off[:, 0]).max():.0f} mm before or behind the middle of the foot; give a higher one"
        )
    if (np.abs(off[:, 1]) > limits[1]).any():
        raise BadInput(
            f"simulate: a share of {share_left:g} on the left foot needs a centre of pressure"
            f" {1000.0 * np.abs(off[:, 1]).max():.0f} mm beside the middle of the foot; give one nearer to 0.5"
        )
    loads = {side: FootLoad(share * force, feet[side] + off, share * twist) for side, share in shares.items()}
    return _in_lab(motion, loads, force, about, feet)


def point_masses(motion: LiftMotion | ExerciseMotion, pose: Pose) -> list[tuple[float, FloatArray]]:
    """Points of mass, kg and m, whose mean is the model's centre of mass."""
    a, point = motion.athlete, pose.point
    height = a.height_m
    trunk = {
        "head": point["head"],
        "thorax": point["neck"] + apply(pose.rotation["thorax"], np.array([0.004, -0.070, 0.0]) * height),
        "lumbar": 0.5 * (point["sacrum"] + point["thoracolumbar"])
        + apply(pose.rotation["lumbar"], np.array([0.030, 0.0, 0.0]) * height),
        "pelvis": pose.origin["pelvis"] + apply(pose.rotation["pelvis"], np.array([0.0, 0.015, 0.0]) * height),
    }
    found = [(a.mass_kg * a.mass[name], place) for name, place in trunk.items()]
    for side in SIDES:
        for segment, top, end in (
            ("upper_arm", "shoulder", "elbow"),
            ("forearm", "elbow", "wrist"),
            ("thigh", "hip", "knee"),
            ("shank", "knee", "ankle"),
        ):
            start, along = point[f"{top}_{side}"], point[f"{end}_{side}"] - point[f"{top}_{side}"]
            for way in (-1.0, 1.0):
                place = start + (a.com[segment] + way * _GYRATION[segment]) * along
                found.append((0.5 * a.mass_kg * a.mass[segment], place))
        wrist = point[f"wrist_{side}"]
        found.append((a.mass_kg * a.mass["hand"], wrist + a.com["hand"] * (point[f"hand_{side}"] - wrist)))
        found.append((a.mass_kg * a.mass["foot"], 0.5 * (point[f"ankle_{side}"] + point[f"toe_{side}"])))
    if isinstance(motion, ExerciseMotion):
        found += [(item.kg, point[item.name or item.kind]) for item in motion.data.objects]
    elif "bar" in point and motion.shape.arms != "crossed":
        found.append((motion.scenario.bar_kg, point["bar"]))
    return found


def _middle(pose: Pose, side: str) -> FloatArray:
    """The middle of a foot on the ground, m, shape (n, 3)."""
    middle = 0.5 * (pose.point[f"ankle_{side}"] + pose.point[f"toe_{side}"])[1:-1]
    return middle * np.array([1.0, 1.0, 0.0])


def _in_lab(
    motion: Motion, loads: dict[str, FootLoad], force: FloatArray, about: FloatArray, feet: dict[str, FloatArray]
) -> Ground:
    """The loads mirrored and turned as the markers are."""
    s = motion.scenario
    flip = np.array([1.0, -1.0, 1.0]) if s.mirror else np.ones(3)
    turn = rot_z(np.radians(np.asarray(s.heading_deg)))

    def vector(v: FloatArray) -> FloatArray:
        return (v @ turn.T) * flip

    spin = -1.0 if s.mirror else 1.0
    placed = {side: FootLoad(vector(load.force), vector(load.point), spin * load.twist) for side, load in loads.items()}
    names = {"left": "right", "right": "left"} if s.mirror else {"left": "left", "right": "right"}
    middles = {names[side]: vector(middle) for side, middle in feet.items()}
    # A mirror turns the moment's sign about the axes in its plane.
    moment = (about @ turn.T) * flip * spin
    return Ground(placed[names["left"]], placed[names["right"]], vector(force), moment, middles)
