"""From the channels of an exercise to a body: where the pelvis goes, legs, arms, what is held."""

from collections.abc import Mapping

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete
from legato.simulate.exercise_data import Exercise, ObjectData
from legato.simulate.rotations import LAB_FROM_BODY, apply, cardan_zxy, cross, from_axes, rot_x, rot_y, rot_z, unit
from legato.simulate.skeleton import (
    Pose,
    centre_of_mass,
    place_arm_to,
    place_hand,
    place_head,
    place_leg,
    place_trunk,
    toe_offset,
    two_link,
)

_BALANCE_ROUNDS = 4
_BALANCE_GAIN = 0.75

OBJECT_MARKERS: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "bar": {},
    "kettlebell": {"KB1": (0.10, 0.0, 0.0), "KB2": (-0.10, 0.0, 0.0), "KB3": (0.0, -0.10, 0.0)},
    "dumbbell": {"1": (0.12, 0.0, 0.0), "2": (-0.12, 0.0, 0.0)},
    "ball": {"BALL1": (0.10, 0.0, 0.0), "BALL2": (0.0, 0.10, 0.0), "BALL3": (-0.06, -0.08, 0.0)},
    "box": {
        "BOX1": (0.15, 0.12, 0.20),
        "BOX2": (0.15, 0.12, -0.20),
        "BOX3": (-0.15, 0.12, 0.20),
        "BOX4": (-0.15, 0.12, -0.20),
    },
    "handle": {"HDL1": (0.04, 0.0, 0.0), "HDL2": (-0.04, 0.0, 0.0)},
    "club": {"CLUB1": (0.0, -0.25, 0.0), "CLUB2": (0.0, -0.70, 0.0)},
    "sled": {"SLD1": (0.0, 0.15, 0.25), "SLD2": (0.0, 0.15, -0.25), "SLD3": (0.0, -0.15, 0.0)},
}
"""Markers on what is held, m from its middle in its axes; a bar has its own two at the ends."""

Channels = Mapping[str, FloatArray]


def exercise_pose(data: Exercise, athlete: Athlete, c: Channels, feet: FloatArray, root: FloatArray) -> Pose:
    """Pose of every frame.

    Parameters
    ----------
    c
        Every channel, shape (n,): degrees, shares of stature, mm of skin.
    feet
        How far the feet are from their places, m, right and left, shape (2, n, 3).
    root
        How far the body is from its place, m, shape (n, 3); the feet do not follow it.
    """
    maker = _Maker(data, athlete, c, feet)
    offset = np.zeros(c["pelvis_x"].size)
    if data.root == "legs" and data.balance is not None:
        target = data.balance * athlete.height_m + maker.middle_of_feet()
        for _ in range(_BALANCE_ROUNDS):
            mass = centre_of_mass(maker.body(offset, np.zeros_like(root)), athlete, maker.load_kg())
            offset = offset - _BALANCE_GAIN * (mass[:, 0] - target)
    return maker.body(offset, root)


class _Maker:
    def __init__(self, data: Exercise, athlete: Athlete, c: Channels, feet: FloatArray) -> None:
        self.data, self.athlete, self.c = data, athlete, c
        self.n = c["pelvis_x"].size
        self.foot: dict[str, tuple[FloatArray, FloatArray]] = {
            side: self._planted_foot(side, feet[i]) for i, side in enumerate(SIDES)
        }

    def deg(self, name: str) -> FloatArray:
        return np.radians(self.c[name])

    def load_kg(self) -> float:
        return sum(o.kg for o in self.data.objects)

    def leg_mode(self, side: str) -> str:
        own = self.data.leg_right if side == "right" else self.data.leg_left
        return own or self.data.legs

    def arm_mode(self, side: str) -> str:
        own = self.data.arm_right if side == "right" else self.data.arm_left
        return own or self.data.arms

    def middle_of_feet(self) -> FloatArray:
        """Where a balanced body keeps its mass: the middle of the ankles, or the one that carries."""
        sides = SIDES if self.data.lead == "both" else (self.data.lead,)
        return np.mean([self.foot[s][0][:, 0] for s in sides], axis=0)

    def body(self, offset: FloatArray, root: FloatArray) -> Pose:
        pose = self._trunk(offset, root)
        for side in SIDES:
            if self.leg_mode(side) == "planted":
                ankle, foot = self.foot[side]
                place_leg(pose, self.athlete, side, ankle, foot, self._toward(side))
            else:
                self._hang_leg(pose, side)
        for item in self.data.objects:
            if item.on in ("thorax", "pelvis"):
                self._carry(pose, item)
        for side in SIDES:
            if self.arm_mode(side) != "joined":
                self._arm(pose, side)
        for side in SIDES:
            if self.arm_mode(side) == "joined":
                self._join_arm(pose, side)
        for item in self.data.objects:
            if item.on not in ("thorax", "pelvis"):
                self._hold(pose, item)
        for item in self.data.objects:
            name = item.name or item.kind
            for marker, place in OBJECT_MARKERS[item.kind].items():
                tag = f"DB{item.on[5].upper()}{marker}" if item.kind == "dumbbell" else marker
                pose.extra[tag] = (name, np.array(place))
        self._skin(pose)
        return pose

    def _planted_foot(self, side: str, moved: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Ankle (n, 3) and rotation of a foot on its place, rolled about its heel (`toe_up`) and its ball (`heel`)."""
        a, h, sign = self.athlete, self.athlete.height_m, SIDE_SIGN[side]
        flat = LAB_FROM_BODY @ rot_y(-sign * self.deg(f"toe_out_{side}")) @ rot_z(self.deg(f"foot_pitch_{side}"))
        place = np.stack(
            (
                h * self.c[f"foot_x_{side}"],
                -sign * h * self.c[f"foot_y_{side}"],
                h * self.c[f"foot_z_{side}"] + a.length["ankle_height"],
            ),
            axis=1,
        )
        ball = toe_offset(a)
        heel = np.array([-a.length["heel_behind_ankle"], -a.length["ankle_height"], 0.0])
        lifted, toes = rot_z(-self.deg(f"heel_{side}")), rot_z(self.deg(f"toe_up_{side}"))
        rolled = (ball - apply(lifted, ball)) + (heel - apply(toes, heel))
        return place + moved + apply(flat, rolled), flat @ lifted @ toes

    def _toward(self, side: str) -> FloatArray:
        out = self.deg(f"knee_out_{side}")[:, None]
        if self.data.root == "strides":
            out = out + self.deg(f"toe_out_{side}")[:, None]
        ahead, aside = np.array(self.data.knee_toward), np.array([0.0, -SIDE_SIGN[side], 0.0])
        return np.cos(out) * ahead + np.sin(out) * aside

    def _pelvis_turn(self, lean: FloatArray) -> FloatArray:
        return LAB_FROM_BODY @ rot_y(self.deg("pelvis_axial")) @ rot_z(-lean) @ rot_x(self.deg("pelvis_side"))

    def _trunk(self, offset: FloatArray, root: FloatArray) -> Pose:
        pose, h = Pose(), self.athlete.height_m
        lean = self.deg("pelvis_lean")
        moved = np.stack((self.c["pelvis_x"], self.c["pelvis_y"], self.c["pelvis_z"]), axis=1) * h
        if self.data.root == "legs":
            lean, origin = self._over_the_feet(lean, moved, offset)
        elif self.data.root == "anchor":
            origin = self._anchored(lean)
        else:
            origin = moved
        self._stack(pose, lean, origin + root)
        return pose

    def _stack(self, pose: Pose, lean: FloatArray, origin: FloatArray) -> None:
        a = self.athlete
        flexion = self.deg("lumbar_flexion")
        place_trunk(
            pose, a, self._pelvis_turn(lean), origin, flexion, self.deg("lumbar_side"), self.deg("lumbar_axial")
        )
        up = self.data.gaze * (lean + flexion) - self.deg("neck_flexion")
        place_head(pose, a, pose.rotation["thorax"] @ rot_y(self.deg("head_turn")) @ rot_z(up))

    def _over_the_feet(self, lean: FloatArray, moved: FloatArray, offset: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Lean and origin of a pelvis that the leading knee's flexion carries over its foot."""
        a, data = self.athlete, self.data
        thigh, shank = a.length["thigh"], a.length["shank"]
        side = "right" if data.lead == "both" else data.lead
        sign = SIDE_SIGN[side]
        square = thigh**2 + shank**2 + 2.0 * thigh * shank * np.cos(self.deg(f"knee_flexion_{side}"))
        ankle = self.foot[side][0]
        hip = np.empty((self.n, 3))
        hip[:, 0] = ankle[:, 0] + moved[:, 0] + offset
        hip[:, 1] = moved[:, 1] - sign * a.hip_m[2]
        across = hip[:, :2] - ankle[:, :2]
        hip[:, 2] = ankle[:, 2] + np.sqrt(square - np.sum(across**2, axis=1)) + moved[:, 2]
        if data.drive == "hip":
            leg = two_link(hip, ankle, thigh, shank, self._toward(side), 1.0)
            lean = self.deg(f"hip_flexion_{side}") - cardan_zxy(LAB_FROM_BODY.T @ leg.upper)[0]
        if data.lead == "both":
            return lean, hip + np.array([0.0, sign * a.hip_m[2], 0.0])
        return lean, hip - apply(self._pelvis_turn(lean), a.hip_m * np.array([1.0, 1.0, sign]))

    def _anchored(self, lean: FloatArray) -> FloatArray:
        """Origin of a pelvis whose anchor points stay, in their middle, where the anchor is."""
        scratch = Pose()
        self._stack(scratch, lean, np.zeros((self.n, 3)))
        for side in SIDES:
            if self.leg_mode(side) == "free":
                self._hang_leg(scratch, side)
        middle = np.mean([scratch.point[p] for p in self.data.anchor], axis=0)
        place = np.stack((self.c["anchor_x"], self.c["anchor_y"], self.c["anchor_z"]), axis=1)
        return place * self.athlete.height_m - middle

    def _hang_leg(self, pose: Pose, side: str) -> None:
        a, sign = self.athlete, SIDE_SIGN[side]
        hip = pose.point[f"hip_{side}"]
        thigh = (
            pose.rotation["pelvis"]
            @ rot_z(self.deg(f"hip_flexion_{side}"))
            @ rot_x(-sign * self.deg(f"hip_abduction_{side}"))
            @ rot_y(sign * self.deg(f"hip_rotation_{side}"))
        )
        shank = thigh @ rot_z(-self.deg(f"knee_flexion_{side}"))
        foot = shank @ rot_z(self.deg(f"ankle_{side}"))
        knee = hip - thigh[:, :, 1] * a.length["thigh"]
        ankle = knee - shank[:, :, 1] * a.length["shank"]
        for name, rotation, origin in (("thigh", thigh, hip), ("shank", shank, knee), ("foot", foot, ankle)):
            pose.place(f"{name}_{side}", rotation, origin)
        pose.point[f"knee_{side}"], pose.point[f"ankle_{side}"] = knee, ankle
        pose.point[f"toe_{side}"] = ankle + apply(foot, toe_offset(a))

    def _arm_axes(self, pose: Pose) -> FloatArray:
        if self.data.arm_frame == "thorax":
            return pose.rotation["thorax"]
        return LAB_FROM_BODY @ rot_y(self.deg("pelvis_axial") + self.deg("lumbar_axial"))

    def _reach(self, pose: Pose, side: str) -> tuple[FloatArray, FloatArray]:
        """Wrist of an arm told by the line from shoulder to wrist, and where its elbow points, both (n, 3).

        `arm_flexion` 0 hangs, 90 points ahead, 180 up; `arm_out` leads it aside (or `grip_half` says how far apart the
        hands are); `elbow_out` turns the elbow about that line, 0 behind and below it, 90 outward.
        """
        a, sign = self.athlete, SIDE_SIGN[side]
        upper, fore = a.length["upper_arm"], a.length["forearm"]
        span = np.sqrt(upper**2 + fore**2 + 2.0 * upper * fore * np.cos(self.deg(f"elbow_flexion_{side}")))
        theta, psi = self.deg(f"arm_flexion_{side}"), self.deg(f"elbow_out_{side}")
        if self.data.grip_half is None:
            phi = self.deg(f"arm_out_{side}")
        else:
            phi = np.arcsin((self.data.grip_half * a.height_m - a.shoulder_m[2]) / span)
        zero = np.zeros_like(theta)
        line = np.stack((np.cos(phi) * np.sin(theta), -np.cos(phi) * np.cos(theta), sign * np.sin(phi)), axis=1)
        ahead = np.stack((np.cos(theta), np.sin(theta), zero), axis=1)
        out = np.stack((-np.sin(phi) * np.sin(theta), np.sin(phi) * np.cos(theta), sign * np.cos(phi)), axis=1)
        toward = -np.cos(psi)[:, None] * ahead + np.sin(psi)[:, None] * out
        axes = self._arm_axes(pose)
        return pose.point[f"shoulder_{side}"] + span[:, None] * apply(axes, line), apply(axes, toward)

    def _arm(self, pose: Pose, side: str) -> None:
        a, h, sign, mode = self.athlete, self.athlete.height_m, SIDE_SIGN[side], self.arm_mode(side)
        grip: FloatArray | None = None
        _, toward = self._reach(pose, side)
        if mode == "line":
            wrist, toward = self._reach(pose, side)
        elif mode == "planted":
            wrist = h * np.stack(
                (self.c[f"wrist_x_{side}"], -sign * self.c[f"wrist_y_{side}"], self.c[f"wrist_z_{side}"]), axis=1
            )
            grip = wrist + np.array([a.length["palm"], 0.0, 0.0])
        else:
            item = next(o for o in self.data.objects if o.on in ("thorax", "pelvis"))
            name = item.name or item.kind
            axes = pose.rotation[name]
            grip = pose.origin[name] + apply(axes, np.array([0.0, 0.0, sign * item.grip_half * h]))
            wrist = grip + a.length["palm"] * unit(apply(axes, np.array([-0.25, -1.0, 0.25 * sign])))
        place_arm_to(pose, a, side, wrist, toward)
        place_hand(pose, a, side, self.deg(f"forearm_turn_{side}"), self.deg(f"wrist_flexion_{side}"), grip)

    def _join_arm(self, pose: Pose, side: str) -> None:
        """An arm whose hand lies by the other one's."""
        a, h = self.athlete, self.athlete.height_m
        other = "left" if side == "right" else "right"
        hand = pose.rotation[f"hand_{other}"]
        wrist = pose.point[f"wrist_{other}"] + 0.045 * h * unit(
            pose.point[f"shoulder_{side}"] - pose.point[f"wrist_{other}"]
        )
        grip = wrist - hand[:, :, 1] * a.length["palm"]
        place_arm_to(pose, a, side, wrist, self._reach(pose, side)[1])
        place_hand(pose, a, side, self.deg(f"forearm_turn_{side}"), self.deg(f"wrist_flexion_{side}"), grip)

    def _carry(self, pose: Pose, item: ObjectData) -> None:
        axes = pose.rotation[item.on]
        at = pose.origin[item.on] + apply(axes, np.array(item.offset) * self.athlete.height_m)
        pose.place(item.name or item.kind, axes, at)
        pose.point[item.name or item.kind] = at

    def _hold(self, pose: Pose, item: ObjectData) -> None:
        """Put a thing where the hands (or feet) are, moved by its offset in its own axes."""
        if item.on in ("hands", "feet"):
            part = "hand" if item.on == "hands" else "toe"
            right, left = pose.point[f"{part}_right"], pose.point[f"{part}_left"]
            middle, across = 0.5 * (right + left), right - left
            if item.on == "hands" and "joined" in (self.data.arm_right, self.data.arm_left):
                axes = pose.rotation["hand_left" if self.data.arm_right == "joined" else "hand_right"]
            else:
                z = unit(across)
                ahead = unit(cross(np.array([0.0, 0.0, 1.0]), z))
                axes = from_axes(ahead, cross(z, ahead), z)
        else:
            side = item.on.removeprefix("hand_")
            middle = pose.point[f"hand_{side}"]
            # a club goes on where the hand points, a weight hangs
            axes = (
                pose.rotation[f"hand_{side}"] if item.kind == "club" else np.broadcast_to(LAB_FROM_BODY, (self.n, 3, 3))
            )
        at = middle + apply(axes, np.array(item.offset) * self.athlete.height_m)
        pose.place(item.name or item.kind, axes, at)
        pose.point[item.name or item.kind] = at

    def _skin(self, pose: Pose) -> None:
        for skin in self.data.skin:
            if skin.segment:
                pose.extra[skin.name] = (skin.segment, np.array(skin.offset_m))
            along = np.array(skin.along)
            pose.skin[skin.name] = 0.001 * self.c[skin.channel][:, None] * along
