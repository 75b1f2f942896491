"""Net moments of hips, knees and ankles, from the ground up through the measured poses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.body.inertia import Sex, segment_masses
from legato.body.model import Body
from legato.body.velocity import angular_velocity
from legato.kinetics._wrench_kernels import about_point, net_wrenches
from legato.kinetics.ground import FootLoad
from legato.kinetics.segments import away_from_edges, foot_on_its_line, low_passed
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.filters import lowpass

LEG = ("foot", "shank", "thigh")
"""From the ground up: each hangs on the next."""

JOINT_ABOVE = {"foot": "ankle", "shank": "knee", "thigh": "hip"}
"""The joint at the upper end of a segment."""

PROXIMAL = {"ankle": "shank", "knee": "thigh", "hip": "pelvis"}
"""The segment about whose mediolateral axis (z, to the right) a joint's moment is told."""

POSITIVE = {"ankle": ("plantarflexion", -1.0), "knee": ("extension", 1.0), "hip": ("extension", -1.0)}
"""What a joint's moment is named after, and its sign about that axis."""


@dataclass(frozen=True, slots=True, eq=False)
class JointMoment:
    """What one joint bears in each frame, from the segment above it on the one below.

    `force` (n, 3), N, and `moment` (n, 3), N·m, in lab axes; `about_axis` (n,), N·m, is the part about the proximal
    segment's mediolateral axis, positive as `action` says. `centre_m` (n, 3) is where the joint was taken to be,
    `turning` (n, 3), rad/s, the angular velocity of the distal against the proximal segment, in the lab. NaN where
    unknown.
    """

    joint: str
    side: str
    action: str
    force: FloatArray
    moment: FloatArray
    about_axis: FloatArray
    centre_m: FloatArray
    turning: FloatArray

    @property
    def name(self) -> str:
        """As tables and results name it: `knee_extension_moment_right` …"""
        return f"{self.joint}_{self.action}_moment_{self.side}"

    @property
    def power(self) -> FloatArray:
        """Power of the moment, W, shape (n,): positive where it adds energy."""
        return np.einsum("ni,ni->n", self.moment, self.turning)


def leg_moments(
    body: Body,
    loads: Mapping[str, FootLoad],
    mass_kg: float,
    cutoff_hz: float,
    sex: Sex | None = None,
) -> tuple[JointMoment, ...]:
    """Moments of each leg's joints, from the ankle up, as far as its segments were measured.

    Parameters
    ----------
    body
        Measured segments and joint centres.
    loads
        What the ground does to each foot, by side, at the body's frames.
    mass_kg
        Body mass, kg, of which each segment has its share.
    cutoff_hz
        Cut-off of the zero-phase low-pass of poses and points, Hz.
    sex
        Column of the table of segment masses; that of the body where it is None.

    Notes
    -----
    Newton–Euler from the foot upward, with every pose as measured: no model of joints is fitted. A moment is about the
    joint's own measured centre. A foot of which only heel and toe are seen turns about its long axis as its shank does:
    its inertia about that axis is next to nothing, but the ankle's power then lacks that turn. Beside gaps and the ends
    of the recording, where the low-pass leans on samples that are not there, nothing is told.
    """
    found: list[JointMoment] = []
    carrier = body.segments.get("pelvis")
    pelvis = [] if carrier is None else [low_passed(carrier.rotation, body.rate_hz, cutoff_hz)]
    pelvis_turning = [_turning(rotation, body.rate_hz) for rotation in pelvis]
    for side, load in loads.items():
        names = [f"{segment}_{side}" for segment in LEG]
        needed = [f"{end}_{side}" for segment in LEG for end in (*segment_masses()[segment].ends, JOINT_ABOVE[segment])]
        turns = _leg_poses(body, names, cutoff_hz)
        count = 0
        while count < 3 and names[count] in turns and all(p in body.points for p in needed[3 * count :][:3]):
            count += 1
        if count == 0:
            continue
        poses = [turns[name] for name in names[:count]]
        above = [*poses[1:], *(pelvis if count == len(LEG) else [])]
        points = {p: lowpass(body.points[p], body.rate_hz, cutoff_hz) for p in set(needed[: 3 * count])}
        mass, inertia, centre = np.empty(count), np.empty((count, 3)), np.empty((count, body.n_frames, 3))
        for k, segment in enumerate(LEG[:count]):
            entry = segment_masses()[segment]
            shares = entry.of_sex(sex or body.sex)
            first, second = (points[f"{end}_{side}"] for end in entry.ends)
            mass[k] = shares.mass * mass_kg
            inertia[k] = mass[k] * (shares.gyration * float(np.nanmedian(np.linalg.norm(second - first, axis=1)))) ** 2
            centre[k] = first + shares.centre * (second - first)
        outer_force, outer_moment = np.zeros_like(centre), np.zeros_like(centre)
        outer_force[0], outer_moment[0] = load.force, load.moment
        force, moment, turning = np.empty_like(centre), np.empty_like(centre), np.empty_like(centre)
        net_wrenches(
            np.array([*range(1, count), -1]),
            mass,
            inertia,
            centre,
            np.stack(poses),
            outer_force,
            outer_moment,
            body.rate_hz,
            STANDARD_GRAVITY,
            force,
            moment,
            turning,
        )
        for own in moment:
            own[~away_from_edges(own, body.rate_hz, cutoff_hz)] = np.nan
        for k, segment in enumerate(LEG[:count]):
            joint = JOINT_ABOVE[segment]
            at = points[f"{joint}_{side}"]
            action, sign = POSITIVE[joint]
            if k >= len(above):
                continue
            about = np.empty_like(at)
            about_point(force[k], moment[k], at, about)
            along = sign * np.einsum("ni,ni->n", about, above[k][:, :, 2])
            against = turning[k] - (turning[k + 1] if k + 1 < count else pelvis_turning[0])
            found.append(JointMoment(joint, side, action, force[k], about, along, at, against))
    return tuple(found)


def _leg_poses(body: Body, names: Sequence[str], cutoff_hz: float) -> dict[str, FloatArray]:
    """Low-passed rotations (n, 3, 3) of foot, shank and thigh, of those that are known."""
    turns = {
        name: low_passed(body.segments[name].rotation, body.rate_hz, cutoff_hz)
        for name in names
        if name in body.segments
    }
    foot, shank = names[0], names[1]
    ends = [body.points.get(foot.replace("foot", end)) for end in segment_masses()["foot"].ends]
    if foot not in turns and shank in turns and ends[0] is not None and ends[1] is not None:
        heel, toe = (lowpass(end, body.rate_hz, cutoff_hz) for end in ends if end is not None)
        turns[foot] = foot_on_its_line(toe - heel, turns[shank])
    return turns


def _turning(rotation: FloatArray, rate_hz: float) -> FloatArray:
    """Angular velocity in the lab, rad/s, shape (n, 3)."""
    return np.einsum("nij,nj->ni", rotation, angular_velocity(rotation, rate_hz))
