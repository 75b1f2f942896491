"""Bench press with leg drive: supine on a bench, feet on the floor, the bar down to the chest and up.

Elbow flexion follows an analytic law and puts the bar above the shoulders; the legs push the body towards the head by a
few centimetres and lower the heels, from which hip and knee extension follow. The pelvis keeps its height on the bench.
"""

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete, make_athlete
from legato.simulate.curves import PAUSE_DIP, Excursion, excursions, ramp, rise, sway
from legato.simulate.faults import hand_made, planted_fault, planted_lag
from legato.simulate.rotations import LAB_FROM_BODY, apply, cross, from_axes, rot_y, rot_z
from legato.simulate.scenario import RepPlan, Scenario, rep_depths, stream_rng
from legato.simulate.skeleton import Pose, place_arm_to, place_hand, place_head, place_leg, place_trunk, toe_offset

_LOWER_S = 0.30
_PRESS_S = 0.25
_DRIVE_S = 0.15
_ONSET_WIDTHS = 1.9
"""A rise reaches a tenth of its top speed this many widths before its centre."""

_BENCH_M = 0.43
_PELVIS_LEAN_DEG = -82.0
_ARCH_DEG = -15.0
_LOCKOUT_DEG = 14.0
_TRUNK_SHARE = 0.28
_GRIP_SHARE = 0.232
_PALM_SHARE = 0.030
_BAR_OVER_SHOULDER_SHARE = 0.012
_TOUCH_SHARE = (0.074, -0.075, 0.0)
"""Where the bar touches, from the thorax origin in its axes: low on the breastbone, bar radius and skin included."""


class BenchMotion:
    """An athlete who benches, head towards lab -x (see the module)."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.athlete: Athlete = make_athlete(scenario.height_m, scenario.mass_kg, scenario.build)
        self.fault, self.fault_size = planted_fault(scenario, hand_made("bench-press"))
        self.lag_s, self._lag_spread_s = planted_lag(scenario, self.fault, self.fault_size)
        rng = stream_rng(scenario, 1)
        self._plan(rng)
        self._deepest = self._touch()

    def _plan(self, rng: np.random.Generator) -> None:
        s = self.scenario
        spread = 0.15 * abs(s.planted_lag_s) + 0.008 if self._lag_spread_s is None else self._lag_spread_s
        v = s.rep_variation
        at = 4.0 if s.walk_in else 1.2
        plans: list[RepPlan] = []
        parts: list[Excursion] = []
        drives: list[tuple[float, float, float, float]] = []
        for depth, complete in rep_depths(s, rng, full=True):
            pace = s.tempo * float(rng.uniform(1.0 - v, 1.0 + v)) * (1.0 if complete else 0.8)
            lower, press = _LOWER_S * pace * float(rng.uniform(1.0 - 0.5 * v, 1.0 + 0.5 * v)), _PRESS_S * pace
            lag = float(self.lag_s + spread * rng.standard_normal())
            out = at + 3.0 * lower
            back = out + 2.05 * (lower + press) + s.pause_bottom_s
            end = back + 3.0 * press
            plans.append(
                RepPlan(at - 0.25, out + 2.05 * lower + 0.5 * s.pause_bottom_s, end + 0.6, depth, lag, complete)
            )
            parts.append(Excursion(out, lower, back, press, depth, PAUSE_DIP if s.pause_bottom_s > 0.3 else 0.0))
            drive = _DRIVE_S * pace
            drives.append((out, back - _ONSET_WIDTHS * (press - drive) - lag, drive, back + 2.4 * press))
            at = end + 0.5 + s.pause_top_s + float(rng.uniform(0.1, 0.5))
        self.plans, self._parts, self._drives = tuple(plans), tuple(parts), tuple(drives)
        self.duration_s = plans[-1].end_s + (2.2 if s.walk_in else 0.8)
        self.shortest_feature_s = 0.8 * min(d[2] for d in drives)
        self._sway_seed = int(rng.integers(2**31))

    def leg_push(self, times: FloatArray) -> FloatArray:
        """How hard the legs push: at rest 0.35, 0 when the bar is down, 1 in the press."""
        push = np.full_like(times, 0.35)
        for down, up, width, rest in self._drives:
            push += (
                -0.35 * rise(times, down, 2.0 * width) + rise(times, up, width) - 0.65 * rise(times, rest, 2.0 * width)
            )
        return push

    def _racked(self, times: FloatArray) -> FloatArray:
        """1 while the bar lies on the hooks."""
        if not self.scenario.walk_in:
            return np.zeros_like(times)
        return 1.0 - ramp(times, 1.2, 2.4) + ramp(times, self.duration_s - 1.6, self.duration_s - 0.5)

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        bend = excursions(times, self._parts)
        push = self.leg_push(times)
        breath = sway(times, 0.0006, np.random.default_rng(self._sway_seed))
        pose = self._body(push, breath, self._lifted(times))
        racked = self._racked(times)
        elbow = np.radians(_LOCKOUT_DEG) + (self._deepest - np.radians(_LOCKOUT_DEG)) * bend + np.radians(16.0) * racked
        self._arms(pose, elbow, bend, racked, self._tilt() * bend)
        return pose

    def _lifted(self, times: FloatArray) -> FloatArray:
        """How far a fault lifts the pelvis off the bench while the legs push, m."""
        high = np.zeros_like(times)
        if self.fault is not None and "pelvis_z" in self.fault.add:
            for _, up, width, rest in self._drives:
                high += self.fault_size * (rise(times, up, width) - rise(times, rest, 2.0 * width))
        return high

    def _tilt(self) -> float:
        """Tilt of the bar on the chest that an asymmetry makes, rad, right hand high: half of its size."""
        return 0.0 if self.fault is None else np.radians(0.5 * self.fault.add.get("pelvis_side", 0.0) * self.fault_size)

    def _body(self, push: FloatArray, breath: FloatArray, lifted: FloatArray) -> Pose:
        a, n, h = self.athlete, push.size, self.athlete.height_m
        pose = Pose()
        zero = np.zeros(n)
        # the trunk tilts as far as keeps the shoulders on the bench
        lean = np.radians(_PELVIS_LEAN_DEG) - np.radians(5.0) * push - np.arcsin(lifted / (_TRUNK_SHARE * h))
        pelvis = LAB_FROM_BODY @ rot_z(-lean)
        origin = np.stack((-0.030 * push + breath, 0.5 * breath, _BENCH_M + 0.060 * h + 0.006 * push + lifted), axis=1)
        arch = np.radians(_ARCH_DEG) + np.radians(5.0) * push
        place_trunk(pose, a, pelvis, origin, arch, zero, zero)
        place_head(pose, a, np.broadcast_to(LAB_FROM_BODY @ rot_z(np.array(np.radians(84.0))), (n, 3, 3)))
        for side in SIDES:
            sign = SIDE_SIGN[side]
            turned = LAB_FROM_BODY @ rot_y(np.full(n, -sign * np.radians(32.0)))
            foot = turned @ rot_z(np.radians(-2.0 - 18.0 * (1.0 - push)))
            ball = np.array([0.222 * h, -sign * 0.185 * h, 0.0])
            ankle = ball - apply(foot, toe_offset(a))
            place_leg(pose, a, side, ankle, foot, np.broadcast_to(np.array([0.75, -sign * 0.45, 0.65]), (n, 3)))
        return pose

    def _span(self, elbow: FloatArray) -> FloatArray:
        """Squared distance from shoulder to wrist."""
        upper, fore = self.athlete.length["upper_arm"], self.athlete.length["forearm"]
        return upper**2 + fore**2 + 2.0 * upper * fore * np.cos(elbow)

    def _touch(self) -> float:
        """Elbow flexion that puts the bar on the chest, rad."""
        a, h = self.athlete, self.athlete.height_m
        pose = self._body(np.zeros(1), np.zeros(1), np.zeros(1))
        bar = pose.point["neck"] + apply(pose.rotation["thorax"], np.array(_TOUCH_SHARE) * h)
        self._lowest_x = float(bar[0, 0] - pose.point["shoulder_right"][0, 0])
        wrist = bar[0] + np.array([0.0, -_GRIP_SHARE * h, -_PALM_SHARE * h])
        reach = float(np.sum((wrist - pose.point["shoulder_right"][0]) ** 2))
        upper, fore = a.length["upper_arm"], a.length["forearm"]
        return float(np.arccos((reach - upper**2 - fore**2) / (2.0 * upper * fore)))

    def _arms(self, pose: Pose, elbow: FloatArray, bend: FloatArray, racked: FloatArray, tilt: FloatArray) -> None:
        a, n, h = self.athlete, bend.size, self.athlete.height_m
        shoulder = 0.5 * (pose.point["shoulder_right"] + pose.point["shoulder_left"])
        top = _BAR_OVER_SHOULDER_SHARE * h
        # down and towards the feet on the way to the chest, the usual slanted path
        ahead = top + (self._lowest_x - top) * bend - 0.075 * h * racked
        aside = _GRIP_SHARE * h - a.shoulder_m[2]
        height = np.sqrt(self._span(elbow) - ahead**2 - aside**2)
        bar = shoulder + np.stack((ahead, np.zeros(n), height + _PALM_SHARE * h), axis=1)
        ahead_axis = np.broadcast_to(np.array([1.0, 0.0, 0.0]), (n, 3))
        to_right = np.stack((np.zeros(n), -np.cos(tilt), np.sin(tilt)), axis=1)
        pose.place("bar", from_axes(ahead_axis, cross(to_right, ahead_axis), to_right), bar)
        pose.point["bar"] = bar
        for side in SIDES:
            sign = SIDE_SIGN[side]
            grip = bar + sign * _GRIP_SHARE * h * to_right
            wrist = grip - np.array([0.0, 0.0, _PALM_SHARE * h])
            place_arm_to(pose, a, side, wrist, np.broadcast_to(np.array([0.45, -sign * 0.8, -0.75]), (n, 3)))
            place_hand(pose, a, side, np.full(n, np.radians(70.0)), np.zeros(n), grip)
