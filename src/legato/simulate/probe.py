"""Exact angles, rates and instants of a simulated motion, read from its own rotation matrices at any time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES
from legato.simulate.rotations import cardan_zxy, heading_angles, rotation_between, transpose
from legato.simulate.scenario import Motion
from legato.simulate.skeleton import Pose

_STEP_S = 2e-5
_AXIAL = ("pelvis", "thorax")
_SWING = ("upper_arm", "forearm", "hand")


def joint_angles(pose: Pose) -> dict[str, FloatArray]:
    """Joint and segment angles, rad, by the names that `legato.body.model.Body` uses.

    Joints: Cardan ZXY of the distal in the proximal segment (flexion, adduction, internal rotation positive). Segments
    in the lab: turn to the left, then forward lean, then lean to the right. The thorax on the pelvis: flexion, right
    bend, left turn.
    """
    r = pose.rotation
    out: dict[str, FloatArray] = {}
    for side in SIDES:
        sign = SIDE_SIGN[side]
        flexion, adduction, internal = cardan_zxy(transpose(r["pelvis"]) @ r[f"thigh_{side}"])
        out[f"hip_flexion_{side}"] = flexion
        out[f"hip_adduction_{side}"], out[f"hip_rotation_{side}"] = sign * adduction, sign * internal
        out[f"knee_flexion_{side}"] = -cardan_zxy(transpose(r[f"thigh_{side}"]) @ r[f"shank_{side}"])[0]
        out[f"ankle_dorsiflexion_{side}"] = cardan_zxy(transpose(r[f"shank_{side}"]) @ r[f"foot_{side}"])[0]
        out[f"elbow_flexion_{side}"] = cardan_zxy(transpose(r[f"upper_arm_{side}"]) @ r[f"forearm_{side}"])[0]
        between = np.sum(r["thorax"][:, :, 1] * r[f"upper_arm_{side}"][:, :, 1], axis=1)
        out[f"shoulder_elevation_{side}"] = np.arccos(np.clip(between, -1.0, 1.0))
        out[f"shank_pitch_{side}"] = heading_angles(r[f"shank_{side}"])[1]
    flexion, bend, turn = cardan_zxy(transpose(r["pelvis"]) @ r["thorax"])
    out["lumbar_flexion"], out["lumbar_side_bend"], out["thorax_pelvis_axial"] = -flexion, bend, turn
    out["pelvis_axial"], out["pelvis_tilt"], out["pelvis_obliquity"] = heading_angles(r["pelvis"])
    out["thorax_axial"], out["thorax_pitch"], _ = heading_angles(r["thorax"])
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Asks a motion for rates and instants."""

    motion: Motion

    def rates(self, times: FloatArray) -> dict[str, FloatArray]:
        """Rates at `times` by quantity name: rad/s for angles, m/s for heights and hand speed.

        Central differences over 40 µs: exact to about 1e-8 of the rate, as the laws are smooth.
        """
        n = times.size
        pose = self.motion.pose(np.concatenate((times - _STEP_S, times + _STEP_S)))
        out: dict[str, FloatArray] = {}
        for name, angle in joint_angles(pose).items():
            out[f"{name}_velocity"] = (angle[n:] - angle[:n]) / (2.0 * _STEP_S)
        for joint in ("hip_flexion", "knee_flexion", "elbow_flexion", "ankle_dorsiflexion", "shoulder_elevation"):
            out[f"{joint}_velocity"] = 0.5 * (out[f"{joint}_right_velocity"] + out[f"{joint}_left_velocity"])
        for name in [k for k in out if "flexion" in k]:
            opposite = "plantarflexion" if "dorsiflexion" in name else "extension"
            out[name.replace("dorsiflexion", "flexion").replace("flexion", opposite)] = -out[name]
        for segment in (*_AXIAL, *(f"{s}_{side}" for s in _SWING for side in SIDES)):
            r = pose.rotation[segment]
            omega = rotation_between(r[:n], r[n:], 2.0 * _STEP_S)
            if segment in _AXIAL:
                out[f"{segment}_axial_velocity"] = omega[:, 1]
            else:
                base, _, side = segment.rpartition("_")
                out[f"{base}_swing_{side}_velocity"] = np.hypot(omega[:, 0], omega[:, 2])
        for point, place in pose.point.items():
            way = (place[n:] - place[:n]) / (2.0 * _STEP_S)
            out[f"{point}_rise"], out[f"{point}_advance"] = way[:, 2], way[:, 0]
        for marker, moved in pose.skin.items():
            out[f"{marker.lower()}_out"] = (moved[n:] - moved[:n]).sum(axis=1) / (2.0 * _STEP_S)
        for side in SIDES:
            hand = pose.point[f"hand_{side}"]
            out[f"hand_speed_{side}"] = np.linalg.norm(hand[n:] - hand[:n], axis=1) / (2.0 * _STEP_S)
        return out

    def values(self, times: FloatArray) -> dict[str, FloatArray]:
        """Angles (rad) and heights (m) at `times`."""
        pose = self.motion.pose(times)
        out = joint_angles(pose)
        for point in ("pelvis", "bar"):
            if point in pose.point:
                out[f"{point}_height"] = pose.point[point][:, 2]
        return out

    def refine_peaks(
        self,
        read: Callable[[FloatArray], Mapping[str, FloatArray]],
        near_s: FloatArray,
        names: Sequence[str],
        step_s: float,
    ) -> FloatArray:
        """Instants at which the named curves are largest, a few `step_s` from `near_s` at most, to about 1e-7 s."""
        best, delta = near_s.copy(), step_s
        offset = np.linspace(-2.0, 2.0, 5)
        while delta > 0.0008 * self.motion.shortest_feature_s / 0.05:
            y = self._pick(read, best[:, None] + delta * offset, names)
            slope = y @ offset / 10.0
            curve = y @ np.array([2.0, -1.0, -2.0, -1.0, 2.0]) / 14.0
            move = np.where(curve < 0.0, -slope / (2.0 * np.where(curve < 0.0, curve, -1.0)), np.sign(slope) * 2.0)
            best = best + delta * np.clip(move, -2.0, 2.0)
            delta *= 0.4
        for _ in range(2):
            y = self._pick(read, best[:, None] + delta * np.array([-1.0, 0.0, 1.0]), names)
            second = y[:, 0] - 2.0 * y[:, 1] + y[:, 2]
            best = best - delta * np.clip(0.5 * (y[:, 2] - y[:, 0]) / np.where(second < 0.0, second, -1.0), -1.0, 1.0)
            delta *= 0.2
        return best

    def refine_crossings(
        self, low_s: FloatArray, high_s: FloatArray, names: Sequence[str], levels: FloatArray
    ) -> FloatArray:
        """Instants at which the named rates cross `levels` between `low_s` and `high_s`, to about 1e-9 s.

        Three rounds of twelve steps shrink each bracket to some microseconds; within those the rates are straight.
        """
        low, high = low_s.copy(), high_s.copy()
        share = np.linspace(0.0, 1.0, 13)
        rows = np.arange(low.size)
        before, after = np.zeros_like(low), np.zeros_like(low)
        for _ in range(3):
            at = low[:, None] + (high - low)[:, None] * share
            off = self._pick(self.rates, at, names) - levels[:, None]
            changed = (off[:, 1:] < 0.0) != (off[:, :1] < 0.0)
            first = np.argmax(changed, axis=1)
            low, high = at[rows, first], at[rows, first + 1]
            before, after = off[rows, first], off[rows, first + 1]
        step = after - before
        return low - before * (high - low) / np.where(step == 0.0, 1.0, step)

    def at(self, times: FloatArray, names: Sequence[str]) -> FloatArray:
        """The named rate at each time, one name a time."""
        return self._pick(self.rates, times[:, None], names)[:, 0]

    @staticmethod
    def _pick(
        read: Callable[[FloatArray], Mapping[str, FloatArray]], times: FloatArray, names: Sequence[str]
    ) -> FloatArray:
        """One named curve a row of `times` (m, k), shape (m, k)."""
        if not len(names):
            return np.zeros_like(times)
        table = read(times.ravel())
        keys = {name: i for i, name in enumerate(sorted(set(names)))}
        stack = np.stack([table[name] for name in keys]).reshape(len(keys), *times.shape)
        return stack[[keys[name] for name in names], np.arange(len(names))]
