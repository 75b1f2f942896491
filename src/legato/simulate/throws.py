"""An overarm throw with a stride: the pelvis turns, the thorax follows, then the arm; feet plant and pivot."""

from collections.abc import Callable

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete, make_athlete
from legato.simulate.curves import hop, ramp, rise, sway
from legato.simulate.faults import hand_made, planted_fault, planted_lag
from legato.simulate.rotations import LAB_FROM_BODY, apply, rot_x, rot_y, rot_z
from legato.simulate.scenario import RepPlan, Scenario, rep_depths, stream_rng
from legato.simulate.skeleton import (
    Pose,
    place_arm_turned,
    place_hand,
    place_head,
    place_leg,
    place_trunk,
    toe_offset,
)
from legato.simulate.walking import Walk

_PELVIS_WIDTH_S = 0.047
_THORAX_WIDTH_S = 0.049
_ARM_WIDTH_S = 0.040
_RECOVER_S = 1.65
_RECOVER_WIDTH_S = 0.17
_PERIOD_S = 3.6

_LAWS = (
    *("pelvis_turn", "pelvis_lean", "pelvis_x", "pelvis_z", "thorax_turn", "thorax_flex", "thorax_side", "head_turn"),
    *("abduction", "horizontal", "external", "elbow", "wrist", "glove_up", "glove_in", "glove_elbow"),
    *("front_x", "front_y", "front_lift", "front_turn", "back_x", "back_lift", "back_turn", "heel"),
)


class ThrowMotion:
    """A right-handed thrower who faces lab -y at rest and throws towards +x (see the module)."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.athlete: Athlete = make_athlete(scenario.height_m, scenario.mass_kg, scenario.build)
        self.fault, self.fault_size = planted_fault(scenario, hand_made("throw"))
        self.lag_s, spread_s = planted_lag(scenario, self.fault, self.fault_size)
        rng = stream_rng(scenario, 1)
        self.walk = Walk(self.athlete, 1.1, 1.0, rng) if scenario.walk_in else None
        self._slow = max(1.0, scenario.tempo * (1.0 + 0.5 * scenario.rep_variation))
        recover = _RECOVER_S * self._slow
        v, lag = scenario.rep_variation, self.lag_s
        spread = 0.004 if spread_s is None else spread_s
        at = 1.9 * self._slow if self.walk is None else self.walk.ready_s + 2.2 * self._slow
        plans: list[RepPlan] = []
        self._pace: list[float] = []
        self._shape: list[tuple[float, float]] = []
        for depth, complete in rep_depths(scenario, rng):
            pace = scenario.tempo * float(rng.uniform(1.0 - v, 1.0 + v))
            plans.append(
                RepPlan(
                    at - 0.95 * self._slow,
                    at,
                    at + recover + 0.75,
                    depth,
                    lag + spread * float(rng.standard_normal()),
                    complete,
                )
            )
            self._pace.append(pace)
            low, high = 1.0 - 0.5 * v, 1.0 + 0.5 * v
            self._shape.append((float(rng.uniform(low, high)), float(rng.uniform(low, high))))
            at += _PERIOD_S * self._slow + scenario.pause_top_s + float(rng.uniform(0.0, 0.5))
        self.plans = tuple(plans)
        self.duration_s = plans[-1].end_s + 0.7
        self.shortest_feature_s = 0.7 * _ARM_WIDTH_S * min(self._pace)
        self._sway_seed = int(rng.integers(2**31))

    def _faulty(self, channel: str, *, late: bool = False) -> float:
        """What a fault moves of a channel, deg, or how much later that comes, s; 0 without one."""
        if self.fault is None:
            return 0.0
        return (self.fault.shift if late else self.fault.add).get(channel, 0.0) * self.fault_size

    def _laws(self, t: FloatArray) -> dict[str, FloatArray]:
        """All laws at once: each repetition adds its part."""
        law = {name: np.zeros_like(t) for name in _LAWS}
        for plan, pace, (shape_p, shape_t) in zip(self.plans, self._pace, self._shape, strict=True):
            self._add_rep(law, t, plan, pace, shape_p, shape_t)
        return law

    def _add_rep(
        self, law: dict[str, FloatArray], t: FloatArray, plan: RepPlan, pace: float, shape_p: float, shape_t: float
    ) -> None:
        near = (t > plan.turn_s - 3.0 * self._slow) & (t < plan.turn_s + 4.5 * self._slow)
        if not near.any():
            return
        t, tp = t[near], plan.turn_s
        # turns are scaled by depth (a half throw is a half turn); strides are not
        size, h = plan.depth, self.athlete.height_m
        pelvis_at, thorax_at = tp, tp + plan.lag_s
        arm_at = thorax_at + 0.042 * pace + self._faulty("arm", late=True)
        back = rise(t, tp + _RECOVER_S * self._slow, _RECOVER_WIDTH_S)

        def out(at: float, width: float) -> FloatArray:
            return rise(t, at, width * pace) - back

        def add(name: str, value: FloatArray) -> None:
            law[name][near] += value

        coil = out(tp - 0.42 * pace, 0.11)
        add(
            "pelvis_turn",
            size
            * (92.0 * out(pelvis_at, _PELVIS_WIDTH_S * shape_p) + 14.0 * out(tp - 0.17 * pace, 0.07) - 14.0 * coil),
        )
        add(
            "thorax_turn",
            size
            * (128.0 * out(thorax_at, _THORAX_WIDTH_S * shape_t) + 8.0 * out(tp - 0.15 * pace, 0.07) - 34.0 * coil),
        )
        # a pelvis that spins on carries the thorax with it
        spin = self._faulty("pelvis_axial") * out(tp + 0.02 * pace, 0.07)
        add("pelvis_turn", spin)
        add("thorax_turn", spin)
        follow = out(tp + 0.13 * pace, 0.085)
        add("pelvis_lean", size * (-9.0 * (out(tp - 0.25 * pace, 0.12) - out(tp, 0.07)) + 26.0 * follow))
        add(
            "thorax_flex", size * (-16.0 * (out(tp - 0.20 * pace, 0.10) - out(tp + 0.05 * pace, 0.055)) + 20.0 * follow)
        )
        # a trunk that gives way while the arm is brought through
        give = self._faulty("lumbar_flexion") * rise(t, tp + 0.04 * pace, 0.025 * pace)
        add("thorax_flex", give - self._faulty("lumbar_flexion") * rise(t, tp + 0.30 * pace, 0.06 * pace))
        add("thorax_side", -self._faulty("lumbar_side") * out(tp - 0.30 * pace, 0.07))
        add("thorax_side", -size * 16.0 * (out(tp - 0.02 * pace, 0.07) - 0.6 * follow))
        add("head_turn", 52.0 * out(tp - 0.45 * pace, 0.12) + 8.0 * out(tp, 0.06))
        stride = out(tp - 0.20 * pace, 0.12)
        add("pelvis_x", h * (0.205 * stride + 0.065 * out(tp + 0.12 * pace, 0.10)))
        add("pelvis_z", -h * (0.076 * stride + 0.008 * follow))
        raised = out(tp - 0.38 * pace, 0.10)
        add("abduction", 72.0 * raised - 28.0 * out(tp + 0.20 * pace, 0.07))
        add("horizontal", size * (-28.0 * raised + 78.0 * out(arm_at, _ARM_WIDTH_S) + 30.0 * follow))
        add(
            "external",
            size
            * (
                95.0 * out(tp - 0.12 * pace, 0.10)
                + 55.0 * out(tp + 0.01 * pace, 0.04)
                - 130.0 * out(arm_at + 0.035 * pace, 0.022)
            ),
        )
        add(
            "elbow",
            size * (-12.0 * raised - 62.0 * out(arm_at + 0.018 * pace, 0.024) + 22.0 * out(tp + 0.26 * pace, 0.07)),
        )
        add(
            "wrist",
            size * (-35.0 * out(tp - 0.05 * pace, 0.06) + 65.0 * out(arm_at + 0.034 * pace, 0.018) - 20.0 * follow),
        )
        add("glove_up", 58.0 * (out(tp - 0.38 * pace, 0.10) - 0.75 * out(tp + 0.02 * pace, 0.07)))
        add("glove_in", -38.0 * out(tp - 0.38 * pace, 0.10) + 20.0 * out(tp + 0.02 * pace, 0.07))
        add("glove_elbow", -52.0 * out(tp - 0.38 * pace, 0.10) + 62.0 * out(tp + 0.02 * pace, 0.07))
        self._add_feet(add, t, tp, pace, h)

    def _add_feet(
        self, add: Callable[[str, FloatArray], None], t: FloatArray, tp: float, pace: float, h: float
    ) -> None:
        leave, land = tp - 0.62 * pace, tp - 0.075 * pace
        home = tp + _RECOVER_S * self._slow
        mid = 0.3 * (land - leave)
        go = ramp(t, leave + 0.25 * mid, land - 0.25 * mid)
        back = ramp(t, home - 0.38, home + 0.02)
        add("front_x", 0.34 * h * (go - back))
        add("front_y", 0.03 * h * (go - back))
        add("front_lift", 0.125 * h * hop(t, leave, land) + 0.05 * h * hop(t, home - 0.42, home + 0.06))
        add("front_turn", 72.0 * (go - back))
        # the ball of the back foot pivots while the heel rises, then the foot drags behind and steps home
        drag = ramp(t, tp - 0.06 * pace, tp + 0.34 * pace)
        home_back = ramp(t, home + 0.12, home + 0.52)
        add("back_x", 0.17 * h * (drag - home_back))
        add("back_turn", 62.0 * (ramp(t, tp - 0.16 * pace, tp + 0.22 * pace) - home_back))
        add("heel", 58.0 * (ramp(t, tp - 0.14 * pace, tp + 0.20 * pace) - ramp(t, home + 0.10, home + 0.5)))
        add("back_lift", 0.035 * h * hop(t, home + 0.06, home + 0.56))

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        a, n, h = self.athlete, times.size, self.athlete.height_m
        law = self._laws(times)
        rad = {k: np.radians(v) for k, v in law.items()}
        rng = np.random.default_rng(self._sway_seed)
        pose = Pose()
        start = np.radians(-90.0)
        lift = a.length["ankle_height"] + 0.988 * (a.length["thigh"] + a.length["shank"])
        origin = np.stack(
            (law["pelvis_x"] + sway(times, 0.002, rng), sway(times, 0.002, rng), lift - 0.012 * h + law["pelvis_z"]),
            axis=1,
        )
        walk_feet = np.zeros((2, n, 3))
        if self.walk is not None:
            move, feet = self.walk.displacement(times)
            # the walk runs along body x; at rest the thrower faces lab -y
            turn = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
            origin = origin + move @ turn.T
            walk_feet = feet @ turn.T
        turn = start + rad["pelvis_turn"]
        pelvis = LAB_FROM_BODY @ rot_y(turn) @ rot_z(-np.radians(10.0) - rad["pelvis_lean"])
        apart = rad["thorax_turn"] - rad["pelvis_turn"]
        place_trunk(pose, a, pelvis, origin, np.radians(-10.0) + rad["thorax_flex"], rad["thorax_side"], apart)
        place_head(pose, a, LAB_FROM_BODY @ rot_y(start + rad["head_turn"]) @ rot_z(-0.3 * rad["pelvis_lean"]))
        self._legs(pose, law, rad, turn, start, walk_feet)
        self._arms(pose, rad, n)
        return pose

    def _legs(
        self,
        pose: Pose,
        law: dict[str, FloatArray],
        rad: dict[str, FloatArray],
        turn: FloatArray,
        start: float,
        walk: FloatArray,
    ) -> None:
        a, h = self.athlete, self.athlete.height_m
        ball = toe_offset(a)
        zero = np.zeros_like(turn)
        for i, side in enumerate(SIDES):
            trailing = side == "right"
            foot_turn = start + rad["back_turn" if trailing else "front_turn"]
            heel = rad["heel"] if trailing else zero
            foot = LAB_FROM_BODY @ rot_y(foot_turn) @ rot_z(-heel)
            # at rest the feet stand apart along x, toes to -y; the ball of the foot is the fixed point
            stand = np.array([-SIDE_SIGN[side] * 0.085 * h, -a.length["toe_before_ankle"], 0.0])
            moved = (
                np.stack((law["back_x"], zero, law["back_lift"]), axis=1)
                if trailing
                else np.stack((law["front_x"], law["front_y"], law["front_lift"]), axis=1)
            )
            ankle = stand + moved + walk[i] - apply(foot, ball)
            middle = 0.5 * (foot_turn + turn)
            toward = np.stack((np.cos(middle), np.sin(middle), zero), axis=1)
            place_leg(pose, a, side, ankle, foot, toward)

    def _arms(self, pose: Pose, rad: dict[str, FloatArray], n: int) -> None:
        thorax = pose.rotation["thorax"]
        deg = np.radians
        throwing = (
            thorax
            @ rot_y(deg(38.0) + rad["horizontal"])
            @ rot_x(-(deg(28.0) + rad["abduction"]))
            @ rot_y(deg(25.0) - rad["external"])
        )
        place_arm_turned(pose, self.athlete, "right", throwing, deg(104.0) + rad["elbow"])
        place_hand(pose, self.athlete, "right", np.full(n, deg(70.0)), rad["wrist"])
        glove = (
            thorax
            @ rot_y(-(deg(38.0) + rad["glove_in"]))
            @ rot_x(deg(28.0) + rad["glove_up"])
            @ rot_y(np.full(n, deg(-25.0)))
        )
        place_arm_turned(pose, self.athlete, "left", glove, deg(104.0) + rad["glove_elbow"])
        place_hand(pose, self.athlete, "left", np.full(n, deg(70.0)), np.zeros(n))
