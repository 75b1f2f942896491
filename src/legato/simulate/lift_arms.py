"""The arms of a standing lifter: bar on the back, bar in the hands, folded over the chest."""

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete
from legato.simulate.rotations import apply, cross, from_axes, unit
from legato.simulate.skeleton import Pose, place_arm_to, place_hand


def rack(pose: Pose, athlete: Athlete) -> None:
    """Bar on the upper back, hands outside the shoulders, elbows down and a little back."""
    a, n, h = athlete, pose.origin["pelvis"].shape[0], athlete.height_m
    thorax, neck = pose.rotation["thorax"], pose.point["neck"]
    bar = neck + apply(thorax, np.array([-0.047, -0.004, 0.0]) * h)
    pose.place("bar", thorax, bar)
    pose.point["bar"] = bar
    for side in SIDES:
        sign = SIDE_SIGN[side]
        grip = bar + apply(thorax, np.array([0.0, 0.0, sign * 0.235 * h]))
        wrist = grip + apply(thorax, np.array([0.012, -0.036, -sign * 0.004]) * h)
        place_arm_to(pose, a, side, wrist, apply(thorax, np.array([-0.62, -1.0, sign * 0.10])))
        place_hand(pose, a, side, np.full(n, np.radians(60.0)), np.zeros(n), grip)


def hang(pose: Pose, athlete: Athlete, bar_x_share: tuple[float, float], bend: FloatArray, carried: FloatArray) -> None:
    """Nearly straight arms down to a bar that stays close to thighs and shins."""
    a, n, h = athlete, pose.origin["pelvis"].shape[0], athlete.height_m
    right, left = pose.point["shoulder_right"], pose.point["shoulder_left"]
    shoulder = 0.5 * (right + left)
    grip_half, palm = 0.150 * h, 0.036 * h
    reach = 0.994 * (a.length["upper_arm"] + a.length["forearm"]) + palm
    high, low = (share * h for share in bar_x_share)
    x = high + (low - high) * bend + carried[:, 0]
    across = unit(right - left)
    ahead = unit(cross(np.array([0.0, 0.0, 1.0]), across))
    up = cross(across, ahead)
    forward = x - shoulder[:, 0]
    drop = np.sqrt(reach**2 - (grip_half - a.shoulder_m[2]) ** 2 - forward**2)
    bar = shoulder + forward[:, None] * ahead - drop[:, None] * up
    pose.place("bar", from_axes(ahead, up, across), bar)
    pose.point["bar"] = bar
    for side in SIDES:
        sign = SIDE_SIGN[side]
        grip = bar + sign * grip_half * across
        top = pose.point[f"shoulder_{side}"]
        wrist = grip + palm * unit(top - grip)
        place_arm_to(pose, a, side, wrist, np.broadcast_to(np.array([-1.0, -0.35 * sign, 0.0]), (n, 3)))
        place_hand(pose, a, side, np.full(n, np.radians(75.0)), np.zeros(n), grip)


def cross_arms(pose: Pose, athlete: Athlete) -> None:
    """Arms folded over the chest, as in a chair-rise test."""
    a, n, h = athlete, pose.origin["pelvis"].shape[0], athlete.height_m
    thorax, neck = pose.rotation["thorax"], pose.point["neck"]
    for side in SIDES:
        sign = SIDE_SIGN[side]
        depth = 0.092 if side == "right" else 0.108
        wrist = neck + apply(thorax, np.array([depth, -0.075, -sign * 0.030]) * h)
        place_arm_to(pose, a, side, wrist, apply(thorax, np.array([-0.15, -1.0, sign * 0.75])))
        place_hand(pose, a, side, np.full(n, np.radians(40.0)), np.zeros(n))
