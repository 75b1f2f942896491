"""The simulated athlete as rigid segments that hang on each other, and how each of them moves."""

from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.lifts import LiftMotion
from legato.simulate.rotations import apply, cross, rot_z, transpose
from legato.simulate.scenario import Motion
from legato.simulate.skeleton import Pose, head_base, head_centre, toe_offset
from legato.simulate.throws import ThrowMotion

GRAVITY_M_S2 = np.array([0.0, 0.0, -9.80665])

_REACH = 3
_FIRST = np.array([-1.0, 9.0, -45.0, 0.0, 45.0, -9.0, 1.0]) / 60.0
_SECOND = np.array([2.0, -27.0, 270.0, -490.0, 270.0, -27.0, 2.0]) / 180.0
"""Weights of seven samples for the first and second derivative at their middle, exact to the sixth order."""


@dataclass(frozen=True, slots=True, eq=False)
class RigidSegment:
    """A segment: the one that it hangs on (`above`, towards the pelvis, which has none), the joint there by its name
    among the pose's points, its mass, and in its own axes the centre of mass from that joint (3,) and the moments of
    inertia about the centre (3,), kg·m².
    """

    name: str
    above: str
    joint: str
    mass_kg: float
    centre_m: FloatArray
    inertia: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RigidMotion:
    """How segments move in the lab at `start_s + i / rate_hz`: `rotation` (s, n, 3, 3), `turning` and `spinning`, the
    angular velocity and acceleration (s, n, 3), rad/s and rad/s²; `joint` (s, n, 3), m, the end towards the pelvis, and
    `joint_velocity`, `joint_acceleration`. `held`: mass, place and acceleration of every thing held, and on which
    segments it rests.
    """

    segments: tuple[RigidSegment, ...]
    start_s: float
    rate_hz: float
    rotation: FloatArray
    turning: FloatArray
    spinning: FloatArray
    joint: FloatArray
    joint_velocity: FloatArray
    joint_acceleration: FloatArray
    held: tuple["Held", ...]

    def times(self) -> FloatArray:
        """Instants, s, shape (n,)."""
        return self.start_s + np.arange(self.joint.shape[1]) / self.rate_hz

    def centres(self) -> FloatArray:
        """Centres of mass, m, shape (s, n, 3)."""
        return np.stack(
            [j + apply(r, s.centre_m) for s, j, r in zip(self.segments, self.joint, self.rotation, strict=True)]
        )

    def centre_acceleration(self) -> FloatArray:
        """Acceleration of the centres of mass, m/s², shape (s, n, 3)."""
        arm = self.centres() - self.joint
        return self.joint_acceleration + cross(self.spinning, arm) + cross(self.turning, cross(self.turning, arm))


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A thing held as a point of mass, kg: where it is and how it accelerates, (n, 3), and the segments that carry it,
    each its share, at the `grips` (k, n, 3).
    """

    mass_kg: float
    place: FloatArray
    acceleration: FloatArray
    on: tuple[str, ...]
    grips: FloatArray


def rigid_segments(athlete: Athlete) -> tuple[RigidSegment, ...]:
    """The sixteen segments, each right after the one that it hangs on and what hangs on that before it."""
    a, h = athlete, athlete.height_m
    loin = 0.5 * a.spine["lumbar"] + np.array([0.03, 0.0, 0.0]) * h
    chest = a.spine["thorax"] + np.array([0.004, -0.070, 0.0]) * h
    found = [
        _segment(a, "pelvis", "", "mid_hip", "pelvis", np.array([0.0, 0.015, 0.0]) * h, h),
        _segment(a, "lumbar", "pelvis", "sacrum", "lumbar", loin, h),
        _segment(a, "thorax", "lumbar", "thoracolumbar", "thorax", chest, h),
        _segment(a, "head", "thorax", "head_base", "head", head_centre(a), h),
    ]
    arm = (
        ("upper_arm", "thorax", "shoulder", a.length["upper_arm"]),
        ("forearm", "upper_arm", "elbow", a.length["forearm"]),
        ("hand", "forearm", "wrist", a.length["palm"]),
    )
    leg = (("thigh", "pelvis", "hip", a.length["thigh"]), ("shank", "thigh", "knee", a.length["shank"]))
    for limb, side in ((limb, side) for limb in (arm, leg) for side in SIDES):
        for name, above, joint, length in limb:
            on = above if above in ("thorax", "pelvis") else f"{above}_{side}"
            centre = np.array([0.0, -a.com[name] * length, 0.0])
            found.append(_segment(a, f"{name}_{side}", on, f"{joint}_{side}", name, centre, length))
        if limb is leg:
            foot = 0.5 * toe_offset(a)
            found.append(_segment(a, f"foot_{side}", f"shank_{side}", f"ankle_{side}", "foot", foot, a.length["foot"]))
    return tuple(found)


def _segment(
    athlete: Athlete, name: str, above: str, joint: str, entry: str, centre: FloatArray, length_m: float
) -> RigidSegment:
    mass = athlete.mass[entry] * athlete.mass_kg
    return RigidSegment(name, above, joint, mass, centre, mass * (athlete.gyration[entry] * length_m) ** 2)


def lab_pose(motion: Motion, times: FloatArray) -> Pose:
    """The pose at `times` as the recording shows it: turned to its heading, and mirrored where the athlete is."""
    s, pose = motion.scenario, motion.pose(times)
    turn = rot_z(np.radians(np.asarray(s.heading_deg)))
    pose.point["mid_hip"] = pose.origin["pelvis"]
    pose.point["head_base"] = head_base(pose, motion.athlete)
    out = Pose(extra=pose.extra, skin=pose.skin)
    flip = np.array([1.0, -1.0, 1.0]) if s.mirror else np.ones(3)
    flip_body = np.array([1.0, 1.0, -1.0]) if s.mirror else np.ones(3)
    for name, r in pose.rotation.items():
        out.rotation[_named(name, s.mirror)] = flip[:, None] * (turn @ r) * flip_body
    for target, source in ((out.origin, pose.origin), (out.point, pose.point)):
        for name, place in source.items():
            target[_named(name, s.mirror)] = (place @ turn.T) * flip
    return out


def _named(name: str, mirror: bool) -> str:
    base, _, side = name.rpartition("_")
    return f"{base}_{ {'right': 'left', 'left': 'right'}[side] }" if mirror and side in SIDE_SIGN else name


def rigid_motion(motion: Motion, start_s: float, rate_hz: float, count: int) -> RigidMotion:
    """How the athlete's segments move in the lab at `start_s + i / rate_hz`, for `count` instants.

    Rates are differences of the exact pose over seven instants, exact to the sixth order: at 1000 Hz to about 1e-9 of
    the rates of a movement whose shortest feature lasts 0.1 s.
    """
    pose = lab_pose(motion, start_s + np.arange(-_REACH, count + _REACH) / rate_hz)
    return moved(rigid_segments(motion.athlete), pose, _things(motion, pose, rate_hz), start_s, rate_hz)


def moved(
    segments: tuple[RigidSegment, ...], pose: Pose, held: tuple[Held, ...], start_s: float, rate_hz: float
) -> RigidMotion:
    """The motion of segments whose pose is known at `start_s` and three instants before it, and so at the end."""
    rotation = np.stack([pose.rotation[s.name] for s in segments])
    joint = np.stack([pose.point[s.joint] for s in segments])
    now = rotation[:, _REACH:-_REACH]
    turned = _derivative(rotation, _FIRST, rate_hz) @ transpose(now)
    spun = _derivative(rotation, _SECOND, rate_hz**2) @ transpose(now)
    return RigidMotion(
        segments=segments,
        start_s=start_s,
        rate_hz=rate_hz,
        rotation=now,
        turning=_vee(turned),
        spinning=_vee(spun),
        joint=joint[:, _REACH:-_REACH],
        joint_velocity=_derivative(joint, _FIRST, rate_hz),
        joint_acceleration=_derivative(joint, _SECOND, rate_hz**2),
        held=held,
    )


def _things(motion: Motion, pose: Pose, rate_hz: float) -> tuple[Held, ...]:
    """What is held, at the inner instants of a pose."""
    found: list[Held] = []
    for mass, name, on in loads_held(motion):
        carriers = ("right", "left") if on in ("hands", "feet") else (on.rpartition("_")[2],)
        part = {"hands": "hand", "feet": "foot"}.get(on, on.rpartition("_")[0])
        if part:
            segments = tuple(_named(f"{part}_{side}", motion.scenario.mirror) for side in carriers)
            grips = [pose.point[s.replace("foot", "toe")] for s in segments]
        else:
            segments, grips = (on,), [pose.point[name]]
        place = pose.point[name]
        acceleration = _derivative(place[None], _SECOND, rate_hz**2)[0]
        inner = slice(_REACH, -_REACH)
        found.append(Held(mass, place[inner], acceleration, segments, np.stack(grips)[:, inner]))
    return tuple(found)


def loads_held(motion: Motion) -> list[tuple[float, str, str]]:
    """Mass, point and carrier of everything held."""
    if isinstance(motion, ExerciseMotion):
        return [(item.kg, item.name or item.kind, item.on) for item in motion.data.objects if item.kg > 0.0]
    if isinstance(motion, ThrowMotion) or (isinstance(motion, LiftMotion) and motion.shape.arms == "crossed"):
        return []
    racked = isinstance(motion, LiftMotion) and motion.shape.arms == "rack"
    return [(motion.scenario.bar_kg, "bar", "thorax" if racked else "hands")]


def _derivative(values: FloatArray, weights: FloatArray, rate: float) -> FloatArray:
    """Weighted sum over seven samples of the second axis, without the three at each end."""
    n = values.shape[1] - 2 * _REACH
    out = np.zeros((values.shape[0], n, *values.shape[2:]))
    for k, weight in enumerate(weights):
        out += weight * rate * values[:, k : k + n]
    return out


def _vee(matrix: FloatArray) -> FloatArray:
    """The vector of a matrix's antisymmetric part, shape (…, 3)."""
    return 0.5 * np.stack(
        (
            matrix[..., 2, 1] - matrix[..., 1, 2],
            matrix[..., 0, 2] - matrix[..., 2, 0],
            matrix[..., 1, 0] - matrix[..., 0, 1],
        ),
        axis=-1,
    )


def mass_centre(motion: Motion, times: FloatArray) -> tuple[float, FloatArray]:
    """Mass of athlete and what is held, kg, and its centre in the lab at `times`, m, shape (n, 3)."""
    pose = lab_pose(motion, times)
    parts = [
        (s.mass_kg, pose.point[s.joint] + apply(pose.rotation[s.name], s.centre_m))
        for s in rigid_segments(motion.athlete)
    ]
    parts += [(mass, pose.point[name]) for mass, name, _ in loads_held(motion)]
    total = sum(mass for mass, _ in parts)
    return total, sum((mass * place for mass, place in parts), np.zeros((times.size, 3))) / total


def needed_from_outside(moving: RigidMotion) -> tuple[FloatArray, FloatArray]:
    """Force, N, and moment about the lab's origin, N·m, each (n, 3), that the ground must give for this motion: Newton
    and Euler over all segments and what they hold.
    """
    weights = np.array([s.mass_kg for s in moving.segments])
    inertia = np.stack([s.inertia for s in moving.segments])
    centres = moving.centres()
    push = weights[:, None, None] * (moving.centre_acceleration() - GRAVITY_M_S2)
    local = np.einsum("snji,snj->sni", moving.rotation, moving.turning)
    spin = np.einsum("snji,snj->sni", moving.rotation, moving.spinning)
    change = inertia[:, None] * spin + cross(local, inertia[:, None] * local)
    force = push.sum(axis=0)
    moment = (cross(centres, push) + np.einsum("snij,snj->sni", moving.rotation, change)).sum(axis=0)
    for thing in moving.held:
        pull = thing.mass_kg * (thing.acceleration - GRAVITY_M_S2)
        force += pull
        moment += cross(thing.place, pull)
    return force, moment
