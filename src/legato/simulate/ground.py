"""What the ground gives a standing lifter: Newton and Euler over the moving segments, shared between both feet."""

from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDES
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.lifts import LiftMotion
from legato.simulate.rigid import lab_pose, needed_from_outside, rigid_motion
from legato.simulate.rotations import rot_z
from legato.simulate.scenario import Motion
from legato.simulate.skeleton import Pose

STANDING = ("back-squat", "hip-hinge", "push-press", "jerk")
"""Lifts in which the planted feet alone carry athlete and bar from first to last."""

_FOOT_HALF_M = (0.11, 0.045)
"""How far the centre of pressure may lie from the middle of a foot, along and across, m, at 1.8 m stature."""


@dataclass(frozen=True, slots=True, eq=False)
class FootLoad:
    """What acts on one foot: force (n, 3), N, at `point` (n, 3), m, on the ground, and a free moment (n,), N·m."""

    force: FloatArray
    point: FloatArray
    twist: FloatArray

    def moment(self) -> FloatArray:
        """Its moment about the lab's origin, N·m, shape (n, 3)."""
        return np.cross(self.point, self.force) + self.twist[:, None] * np.array([0.0, 0.0, 1.0])


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

    Every segment is rigid, what is held is a point of mass. Both feet carry their shares of every component; both
    centres of pressure lie off the middles of the feet by the same way, which balances the moment.

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
    force, about = needed_from_outside(rigid_motion(motion, 0.0, rate_hz, count))
    pose = lab_pose(motion, np.arange(count) / rate_hz)
    if (force[:, 2] <= 0.0).any():
        raise BadInput(f"simulate: {s.movement} leaves the ground at a tempo of {s.tempo:g}; give a higher one")
    feet = {side: foot_middle(pose, side) for side in SIDES}
    shares = {"left": share_left, "right": 1.0 - share_left}
    centre = np.column_stack([-about[:, 1] / force[:, 2], about[:, 0] / force[:, 2], np.zeros(count)])
    twist = about[:, 2] - centre[:, 0] * force[:, 1] + centre[:, 1] * force[:, 0]
    off = centre - sum(share * feet[side] for side, share in shares.items())
    limits = np.array(_FOOT_HALF_M) * s.height_m / 1.8
    flip = np.array([1.0, -1.0, 1.0]) if s.mirror else np.ones(3)
    far = np.abs((off * flip) @ rot_z(np.radians(np.asarray(s.heading_deg)))).max(axis=0)
    if far[0] > limits[0]:
        raise BadInput(
            f"simulate: {s.movement} at a tempo of {s.tempo:g} needs a centre of pressure"
            f" {1000.0 * far[0]:.0f} mm before or behind the middle of the foot; give a higher one"
        )
    if far[1] > limits[1]:
        raise BadInput(
            f"simulate: a share of {share_left:g} on the left foot needs a centre of pressure"
            f" {1000.0 * far[1]:.0f} mm beside the middle of the foot; give one nearer to 0.5"
        )
    loads = {side: FootLoad(share * force, feet[side] + off, share * twist) for side, share in shares.items()}
    return Ground(loads["left"], loads["right"], force, about, feet)


def foot_middle(pose: Pose, side: str) -> FloatArray:
    """The middle of a foot on the ground, m, shape (n, 3)."""
    middle = 0.5 * (pose.point[f"ankle_{side}"] + pose.point[f"toe_{side}"])
    return middle * np.array([1.0, 1.0, 0.0])
