"""Standing lifts over planted feet: squat, hinge, deadlift, sit-to-stand.

Knee, hip and lumbar flexion follow analytic laws. The pelvis goes where these angles and balance over the feet put it, and
both legs are then closed between the hips and the ankles, so feet neither slide nor sink.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete, make_athlete
from legato.simulate.curves import Excursion, bump, excursions, sway
from legato.simulate.rotations import LAB_FROM_BODY, apply, cardan_zxy, rot_x, rot_y, rot_z
from legato.simulate.scenario import RepPlan, Scenario, rep_depths, stream_rng
from legato.simulate.skeleton import (
    Pose,
    centre_of_mass,
    place_arm_to,
    place_hand,
    place_head,
    place_leg,
    place_trunk,
    two_link,
)
from legato.simulate.walking import Walk


@dataclass(frozen=True, slots=True)
class LiftShape:
    """How a lift looks: angles (deg) at the top and at the bottom, pace, stance, where the arms go.

    `pelvis_lean` is forward tilt, `lumbar` flexion of the thorax on the pelvis. `delays` says by how many planted lags the knee,
    hip and lumbar laws move late. `balance_m` is where the centre of mass stands before the ankles at the top and the bottom.
    `starts_low` begins and ends each repetition at the bottom; `nod_deg` is extra trunk flexion before leaving a seat.
    """

    knee: tuple[float, float]
    pelvis_lean: tuple[float, float]
    lumbar: tuple[float, float]
    delays: tuple[float, float, float]
    down_s: float
    up_s: float
    arms: str
    stance_share: float = 0.10
    toe_out_deg: float = 14.0
    knee_out_deg: float = 16.0
    balance_m: tuple[float, float] = (0.045, 0.045)
    starts_low: bool = False
    nod_deg: float = 0.0


SHAPES: Mapping[str, LiftShape] = {
    "back-squat": LiftShape((8.0, 114.0), (10.0, 33.0), (-10.0, 8.0), (0.0, -1.0, -1.0), 0.31, 0.27, "rack"),
    "hip-hinge": LiftShape(
        (9.0, 20.0), (10.0, 68.0), (-10.0, 4.0), (0.0, 0.0, 1.0), 0.32, 0.27, "hang", 0.075, 6.0, 8.0
    ),
    "deadlift": LiftShape(
        (7.0, 66.0), (10.0, 54.0), (-10.0, 6.0), (0.0, 1.0, 1.0), 0.30, 0.30, "hang", 0.075, 8.0, 10.0, starts_low=True
    ),
    "sit-to-stand": LiftShape(
        (8.0, 94.0),
        (10.0, 4.0),
        (-10.0, 10.0),
        (0.0, 0.0, 0.0),
        0.30,
        0.28,
        "crossed",
        0.075,
        6.0,
        6.0,
        (0.045, -0.20),
        starts_low=True,
        nod_deg=34.0,
    ),
}

_NODES = np.linspace(-0.06, 1.12, 13)
_DEGREE = 6


class LiftMotion:
    """An athlete who lifts (see the module)."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.athlete: Athlete = make_athlete(scenario.height_m, scenario.mass_kg)
        self.shape = SHAPES[scenario.movement]
        rng = stream_rng(scenario, 1)
        self.walk = Walk(self.athlete, 1.1, -1.0, rng) if scenario.walk_in else None
        self._plan(rng)
        if self.walk is not None:
            self.walk.return_at(self.plans[-1].end_s + 0.8)
            self.duration_s = self.walk.end_s + 0.5
        self._stance = self.shape.stance_share * scenario.height_m
        self._settle()
        self._asymmetry = 0.0
        if scenario.asymmetry_deg:
            self._asymmetry = self._asymmetry_gain() * scenario.asymmetry_deg

    def _plan(self, rng: np.random.Generator) -> None:
        s, shape = self.scenario, self.shape
        spread = 0.25 * abs(s.planted_lag_s) + 0.008 if s.lag_variation_s is None else s.lag_variation_s
        v = s.rep_variation
        at = 1.2 if self.walk is None else self.walk.ready_s + 1.3
        plans: list[RepPlan] = []
        parts: list[Excursion] = []
        for depth, complete in rep_depths(s, rng):
            pace = s.tempo * float(rng.uniform(1.0 - v, 1.0 + v)) * (1.0 if complete else 0.8)
            shape_change = float(rng.uniform(1.0 - 0.5 * v, 1.0 + 0.5 * v))
            down, up = shape.down_s * pace * shape_change, shape.up_s * pace
            lag = float(s.planted_lag_s + spread * rng.standard_normal())
            first, second = (up, down) if shape.starts_low else (down, up)
            hold_in, hold_out = (
                (s.pause_top_s, s.pause_bottom_s) if shape.starts_low else (s.pause_bottom_s, s.pause_top_s)
            )
            out = at + 3.0 * first
            back = out + 2.05 * (first + second) + hold_in
            end = back + 3.0 * second
            turn = out + 2.05 * first + 0.5 * hold_in
            plans.append(RepPlan(at - 0.25, turn, end + 0.25, depth, lag, complete))
            parts.append(Excursion(out, first, back, second, depth))
            at = end + 0.15 + hold_out + float(rng.uniform(0.1, 0.5))
        self.plans = tuple(plans)
        self._parts = tuple(parts)
        self.duration_s = plans[-1].end_s + 1.0
        self.shortest_feature_s = 0.8 * min(min(p.out_width_s, p.back_width_s) for p in parts)
        self._sway_seed = int(rng.integers(2**31))

    def _settle(self) -> None:
        """Find the hip law and the pelvis track that keep the centre of mass over the feet from top to bottom."""
        shape, n = self.shape, _NODES.size
        target = np.interp(_NODES, (0.0, 1.0), shape.balance_m)
        back = np.full(n, -0.02)
        self._hip_ends = (0.0, 0.0)
        self._track = np.zeros(_DEGREE + 1)
        for _ in range(40):
            self._track = np.polynomial.polynomial.polyfit(_NODES, back, _DEGREE)
            ends = np.array([0.0, 1.0])
            thigh = self._nominal_leg(ends)[1]
            low, high = thigh + np.radians(shape.pelvis_lean)
            self._hip_ends = (float(low), float(high))
            pose = self._pose(_NODES, _NODES, _NODES, np.zeros((n, 3)), np.zeros((2, n, 3)), 0.0, np.zeros(n))
            error = centre_of_mass(pose, self.athlete, self._bar_kg())[:, 0] - target
            back = back - 0.8 * error
            if np.abs(error).max() < 5e-4:
                break

    def _bar_kg(self) -> float:
        return 0.0 if self.shape.arms == "crossed" else self.scenario.bar_kg

    def _nominal_leg(self, bend: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Middle of the hips (n, 3) and thigh flexion in the lab (n,) of the symmetrical body at that depth, and knee flexion."""
        a, shape = self.athlete, self.shape
        thigh, shank = a.length["thigh"], a.length["shank"]
        knee = np.radians(shape.knee[0] + (shape.knee[1] - shape.knee[0]) * bend)
        square = thigh**2 + shank**2 + 2.0 * thigh * shank * np.cos(knee)
        x = np.polynomial.polynomial.polyval(bend, self._track)
        spread = a.hip_m[2] - self._stance
        height = a.length["ankle_height"] + np.sqrt(square - x**2 - spread**2)
        hip = np.stack((x, np.full_like(x, -a.hip_m[2]), height), axis=1)
        leg = two_link(hip, self._ankle("right", bend.size), thigh, shank, self._toward("right", bend.size), 1.0)
        flexion = cardan_zxy(LAB_FROM_BODY.T @ leg.upper)[0]
        return hip + np.array([0.0, a.hip_m[2], 0.0]), flexion, knee

    def _ankle(self, side: str, n: int) -> FloatArray:
        return np.broadcast_to(
            np.array([0.0, -SIDE_SIGN[side] * self._stance, self.athlete.length["ankle_height"]]), (n, 3)
        )

    def _toward(self, side: str, n: int) -> FloatArray:
        out = np.radians(self.shape.knee_out_deg)
        return np.broadcast_to(np.array([np.cos(out), -SIDE_SIGN[side] * np.sin(out), 0.0]), (n, 3))

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        knee, hip, lumbar = (
            excursions(times, self._parts, [share * p.lag_s for p in self.plans]) for share in self.shape.delays
        )
        if self.shape.starts_low:
            knee, hip, lumbar = 1.0 - knee, 1.0 - hip, 1.0 - lumbar
        shift = np.zeros((times.size, 3))
        feet = np.zeros((2, times.size, 3))
        rng = np.random.default_rng(self._sway_seed)
        shift[:, 0] = sway(times, 0.002, rng)
        shift[:, 1] = sway(times, 0.0015, rng)
        if self.walk is not None:
            move, feet = self.walk.displacement(times)
            shift = shift + move
            dip = self.walk.unrack(times)
            knee, hip = knee + dip, hip + dip
        return self._pose(knee, hip, lumbar, shift, feet, self._asymmetry, self._nod(times))

    def _nod(self, times: FloatArray) -> FloatArray:
        """Trunk flexion before the seat is left, and again before it is reached, rad."""
        nod = np.zeros_like(times)
        if self.shape.nod_deg:
            width = 0.30 * self.scenario.tempo
            for part, plan in zip(self._parts, self.plans, strict=True):
                # with this width the nod's rate leaves rest 2.9 widths before its top, the knee's 1.9 of its own before its centre
                leave = part.out_s - 1.9 * part.out_width_s + 2.9 * width - plan.lag_s
                nod += bump(times, leave, width) + bump(times, part.back_s + 0.4 * part.back_width_s, width)
        return np.radians(self.shape.nod_deg) * nod

    def _pose(
        self,
        knee: FloatArray,
        hip: FloatArray,
        lumbar: FloatArray,
        shift: FloatArray,
        feet: FloatArray,
        asymmetry: float,
        nod: FloatArray,
    ) -> Pose:
        a, shape, n = self.athlete, self.shape, knee.size
        pose = Pose()
        middle, thigh, _ = self._nominal_leg(knee)
        low, high = self._hip_ends
        lean = low + (high - low) * hip - thigh + nod
        tilt = np.full(n, asymmetry) * knee
        pelvis = LAB_FROM_BODY @ rot_y(0.6 * tilt) @ rot_z(-lean) @ rot_x(0.5 * tilt)
        origin = middle + shift + tilt[:, None] * np.array([0.0, -0.25 * a.hip_m[2], 0.0])
        flexion = np.radians(shape.lumbar[0] + (shape.lumbar[1] - shape.lumbar[0]) * lumbar)
        place_trunk(pose, a, pelvis, origin, flexion, -0.4 * tilt, -0.5 * tilt)
        for i, side in enumerate(SIDES):
            out = np.full(n, np.radians(shape.toe_out_deg))
            foot = LAB_FROM_BODY @ rot_y(-SIDE_SIGN[side] * out)
            place_leg(pose, a, side, self._ankle(side, n) + feet[i], foot, self._toward(side, n))
        self._head_and_arms(pose, knee, lean + flexion)
        return pose

    def _head_and_arms(self, pose: Pose, bend: FloatArray, thorax_lean: FloatArray) -> None:
        thorax = pose.rotation["thorax"]
        place_head(pose, self.athlete, thorax @ rot_z(0.62 * thorax_lean))
        {"rack": self._rack, "hang": self._hang, "crossed": self._cross}[self.shape.arms](pose, bend)

    def _rack(self, pose: Pose, bend: FloatArray) -> None:
        """Bar on the upper back, hands outside the shoulders, elbows down and a little back."""
        a, n, h = self.athlete, bend.size, self.athlete.height_m
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

    def _hang(self, pose: Pose, bend: FloatArray) -> None:
        """Straight arms down to a bar that slides along thighs and shins."""
        a, n, h = self.athlete, bend.size, self.athlete.height_m
        thigh = pose.rotation["thigh_right"]
        shoulder = 0.5 * (pose.point["shoulder_right"] + pose.point["shoulder_left"])
        grip_half = 0.150 * h
        reach = 0.9985 * (a.length["upper_arm"] + a.length["forearm"]) + 0.036 * h
        hip = 0.5 * (pose.point["hip_right"] + pose.point["hip_left"])
        along = -(thigh[:, :, 1] * np.array([1.0, 0.0, 1.0]))
        front = 0.085 * h / 1.8
        span = reach**2 - (grip_half - a.shoulder_m[2]) ** 2
        # the arm hangs to where it meets the front of the thigh: two passes settle the contact point to well under a millimetre
        x = hip[:, 0] + front
        for _ in range(6):
            drop = np.sqrt(span - (shoulder[:, 0] - x) ** 2)
            z = shoulder[:, 2] - drop
            x = hip[:, 0] + along[:, 0] / -along[:, 2] * (hip[:, 2] - z) + front
        bar = np.stack((x, shoulder[:, 1], shoulder[:, 2] - np.sqrt(span - (shoulder[:, 0] - x) ** 2)), axis=1)
        pose.place("bar", np.broadcast_to(LAB_FROM_BODY, (n, 3, 3)), bar)
        pose.point["bar"] = bar
        for side in SIDES:
            sign = SIDE_SIGN[side]
            grip = bar + np.array([0.0, -sign * grip_half, 0.0])
            top = pose.point[f"shoulder_{side}"]
            wrist = grip + 0.036 * h * (top - grip) / np.linalg.norm(top - grip, axis=1)[:, None]
            place_arm_to(pose, a, side, wrist, np.broadcast_to(np.array([-1.0, -0.35 * sign, 0.0]), (n, 3)))
            place_hand(pose, a, side, np.full(n, np.radians(75.0)), np.zeros(n), grip)

    def _cross(self, pose: Pose, bend: FloatArray) -> None:
        """Arms folded over the chest, as in a chair-rise test."""
        a, n, h = self.athlete, bend.size, self.athlete.height_m
        thorax, neck = pose.rotation["thorax"], pose.point["neck"]
        for side in SIDES:
            sign = SIDE_SIGN[side]
            depth = 0.092 if side == "right" else 0.108
            wrist = neck + apply(thorax, np.array([depth, -0.075, -sign * 0.030]) * h)
            place_arm_to(pose, a, side, wrist, apply(thorax, np.array([-0.15, -1.0, sign * 0.75])))
            place_hand(pose, a, side, np.full(n, np.radians(40.0)), np.zeros(n))

    def _asymmetry_gain(self) -> float:
        """Pelvis turn (rad) a degree of left-right difference in knee flexion at the bottom."""
        one = np.ones(1)
        trial = 0.05
        pose = self._pose(one, one, one, np.zeros((1, 3)), np.zeros((2, 1, 3)), trial, np.zeros(1))
        knee = {
            side: -cardan_zxy(np.swapaxes(pose.rotation[f"thigh_{side}"], 1, 2) @ pose.rotation[f"shank_{side}"])[0][0]
            for side in SIDES
        }
        return trial / float(np.degrees(knee["right"] - knee["left"]))
