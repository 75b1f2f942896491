"""Standing lifts over planted feet: squat, hinge, deadlift, sit-to-stand.

Knee, hip and lumbar flexion follow analytic laws. The pelvis goes where these angles and balance over the feet put it,
and both legs are then closed between the hips and the ankles, so feet neither slide nor sink.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDE_SIGN, SIDES, Athlete, make_athlete
from legato.simulate.build import Build
from legato.simulate.curves import PAUSE_DIP, Excursion, bump, excursions, sway
from legato.simulate.exercise_data import SharedFault, hand_made_plants
from legato.simulate.faults import fault_sizes, hand_made, planted_fault, planted_lag
from legato.simulate.lean import lean_at_zero, leant_under_bar
from legato.simulate.lift_arms import cross_arms, hang, rack
from legato.simulate.lift_shape import LiftShape, built, lift_shape
from legato.simulate.probe import joint_angles
from legato.simulate.rotations import LAB_FROM_BODY, cardan_zxy, rot_x, rot_y, rot_z
from legato.simulate.scenario import RepPlan, Scenario, rep_depths, stream_rng
from legato.simulate.skeleton import (
    Pose,
    centre_of_mass,
    place_head,
    place_leg,
    place_trunk,
    two_link,
)
from legato.simulate.walking import Walk

_FAULT_CHANNELS = ("lumbar_flexion", "lumbar_side", "lumbar_axial", "pelvis_axial", "pelvis_side", "knee_out_right")
"""What a fault moves in a lift beside its shape; both knees go where the right one does."""

_ASIDE_SHARE = 0.28

_LEAST_LEAN_DEG, _MOST_LEAN_DEG, _MOST_BENT_DEG = 4.0, 60.0, 84.0
"""The pelvis of a squat leans between the first two, that of a lift from the floor up to the third. [ENG]"""

_LEAST_KNEE_DEG, _KNEE_STEP_DEG = 50.0, 4.0
_NEAR_DEG, _NEAR_M = 0.1, 5e-4

_NODES = np.linspace(-0.06, 1.12, 13)
_DEGREE = 6


class LiftMotion:
    """An athlete who lifts (see the module)."""

    def __init__(self, scenario: Scenario, own: LiftShape | None = None) -> None:
        """`own`: a shape of the lift to try at its `deepest`; by default the one that the athlete's body asks for."""
        self.scenario = scenario
        self.athlete: Athlete = make_athlete(scenario.height_m, scenario.mass_kg, scenario.build)
        self.fault: SharedFault | None
        self.fault, self.fault_size = planted_fault(scenario, hand_made(scenario.movement))
        self.lag_s, self._lag_spread_s = planted_lag(scenario, self.fault, self.fault_size)
        tried = own is not None
        if own is None:
            s = scenario
            own = stooped(s.movement, s.height_m, s.mass_kg, s.bar_kg, s.build)
        self.shape = self._misshapen(own)
        rng = stream_rng(scenario, 1)
        self.walk = Walk(self.athlete, 1.1, -1.0, rng) if scenario.walk_in else None
        self._plan(rng)
        if self.walk is not None:
            self.walk.return_at(self.plans[-1].end_s + 0.8)
            self.duration_s = self.walk.end_s + 0.5
        self._stance = self.shape.stance_share * scenario.height_m
        self._settle(tried=tried)
        self._faulty = self._fault_parts()
        self._asymmetry = 0.0
        uneven = self.fault_size if self._uneven() else scenario.asymmetry_deg
        if "asymmetry" in hand_made_plants()[scenario.movement]:
            uneven += scenario.build.uneven_deg
        if uneven:
            self._asymmetry = self._asymmetry_gain() * uneven

    def _plan(self, rng: np.random.Generator) -> None:
        s, shape = self.scenario, self.shape
        spread = 0.12 * abs(s.planted_lag_s) + 0.008 if self._lag_spread_s is None else self._lag_spread_s
        v = s.rep_variation
        at = 1.2 if self.walk is None else self.walk.ready_s + 1.3
        plans: list[RepPlan] = []
        parts: list[Excursion] = []
        for depth, complete in rep_depths(s, rng, full=shape.starts_low):
            pace = s.tempo * float(rng.uniform(1.0 - v, 1.0 + v)) * (1.0 if complete else 0.8)
            shape_change = float(rng.uniform(1.0 - 0.5 * v, 1.0 + 0.5 * v))
            down, up = shape.down_s * pace * shape_change, shape.up_s * pace
            lag = float(self.lag_s + spread * rng.standard_normal())
            first, second = (up, down) if shape.starts_low else (down, up)
            hold_in, hold_out = (
                (s.pause_top_s, s.pause_bottom_s) if shape.starts_low else (s.pause_bottom_s, s.pause_top_s)
            )
            out = at + 3.0 * first
            back = out + 2.05 * (first + second) + hold_in
            end = back + 3.0 * second
            turn = out + 2.05 * first + 0.5 * hold_in
            plans.append(RepPlan(at - 0.25, turn, end + 0.25, depth, lag, complete))
            parts.append(Excursion(out, first, back, second, depth, PAUSE_DIP if hold_in > 0.3 else 0.0))
            at = end + 0.15 + hold_out + float(rng.uniform(0.1, 0.5))
        self.plans = tuple(plans)
        self._parts = tuple(parts)
        self.duration_s = plans[-1].end_s + 1.0
        self.shortest_feature_s = 0.8 * min(min(p.out_width_s, p.back_width_s) for p in parts)
        self._sway_seed = int(rng.integers(2**31))

    def _misshapen(self, shape: LiftShape) -> LiftShape:
        """The shape of a lift whose fault bends the knees more or leans more at the bottom, so that it balances."""
        knee, lean = (
            0.0 if self.fault is None else self.fault.add.get(name, 0.0) * self.fault_size
            for name in ("knee_flexion_right", "pelvis_lean")
        )
        if shape.nod_deg:
            return replace(shape, nod_deg=shape.nod_deg + lean)
        return replace(
            shape,
            knee_deg=(shape.knee_deg[0], shape.knee_deg[1] + knee),
            pelvis_lean_deg=(shape.pelvis_lean_deg[0], shape.pelvis_lean_deg[1] + lean),
        )

    def _fault_parts(self) -> tuple[Excursion, ...]:
        """When a fault comes and goes, in its size: with the bend, or with the pull of a lift from the floor."""
        if self.fault is None:
            return ()
        lead, sizes = self.fault.lead_s, fault_sizes(self.fault, self.fault_size, len(self._parts))
        if self.fault.driving:
            return tuple(
                Excursion(
                    p.back_s - 1.6 * p.back_width_s, 0.3 * p.back_width_s, p.back_s + 1.2 * p.back_width_s,
                    0.5 * p.back_width_s, size,
                )
                for p, size in zip(self._parts, sizes, strict=True)
            )  # fmt: skip
        if not self.shape.starts_low:
            return tuple(
                replace(p, out_s=p.out_s - lead, depth=size if plan.complete else size * p.depth, dip=0.0)
                for p, plan, size in zip(self._parts, self.plans, sizes, strict=True)
            )
        return tuple(
            Excursion(
                p.out_s - 3.0 * p.out_width_s - lead, 0.4 * p.out_width_s, p.out_s + 0.3 * p.out_width_s,
                0.6 * p.out_width_s, size,
            )
            for p, size in zip(self._parts, sizes, strict=True)
        )  # fmt: skip

    def _uneven(self) -> bool:
        return self.fault is not None and self.scenario.fault in (None, "asymmetry")

    def _moved(self, channel: str, times: FloatArray) -> FloatArray:
        """What the fault moves of a channel, rad."""
        share = 0.0 if self.fault is None or self._uneven() else self.fault.add.get(channel, 0.0)
        return np.radians(share * excursions(times, self._faulty)) if share else np.zeros_like(times)

    def _settle(self, *, tried: bool) -> None:
        """Find the hip law and the pelvis track that keep the centre of mass over the feet from top to bottom.

        `_lead` is how much further forward the pelvis goes where the hip law runs ahead of the knee law.
        """
        self._hip_ends = (0.0, 0.0)
        self._lead = np.zeros(1)
        self._track = np.array([-0.02])
        on_time = self._balanced(np.full(_NODES.size, -0.02), 0.0)
        if tried:
            self._track = np.polynomial.polynomial.polyfit(_NODES, on_time, _DEGREE)
            return
        slope = (self._balanced(on_time, 0.1) - self._balanced(on_time, -0.1)) / 0.2
        self._track = np.polynomial.polynomial.polyfit(_NODES, on_time, _DEGREE)
        self._lead = np.polynomial.polynomial.polyfit(_NODES, slope, _DEGREE - 2)

    def _balanced(self, track: FloatArray, ahead: float) -> FloatArray:
        """Pelvis positions, m from the ankles, that balance with the hip law `ahead` of the knee law at each node."""
        n, target = _NODES.size, np.interp(_NODES, (0.0, 1.0), self.shape.balance_m)
        lumbar = _NODES + ahead * (self.shape.delays[2] == self.shape.delays[1])
        for _ in range(40):
            self._track = np.polynomial.polynomial.polyfit(_NODES, track, _DEGREE)
            if ahead == 0.0:
                thigh = self._nominal_leg(np.array([0.0, 1.0]), np.zeros(2))[1]
                low, high = thigh + np.radians(self.shape.pelvis_lean_deg)
                self._hip_ends = (float(low), float(high))
            still, stand = np.zeros((n, 3)), np.zeros((2, n, 3))
            pose = self._pose(_NODES, _NODES + ahead, lumbar, still, stand, 0.0, np.zeros(n))
            error = centre_of_mass(pose, self.athlete, self._bar_kg())[:, 0] - target
            track = track - 0.8 * error
            if np.abs(error).max() < 5e-4:
                break
        return track

    def _bar_kg(self) -> float:
        return 0.0 if self.shape.arms == "crossed" else self.scenario.bar_kg

    def _nominal_leg(self, bend: FloatArray, ahead: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Middle of the hips (n, 3), m, and thigh flexion in the lab (n,), rad, of the symmetrical body."""
        a, shape = self.athlete, self.shape
        thigh, shank = a.length["thigh"], a.length["shank"]
        knee = np.radians(shape.knee_deg[0] + (shape.knee_deg[1] - shape.knee_deg[0]) * bend)
        square = thigh**2 + shank**2 + 2.0 * thigh * shank * np.cos(knee)
        lead = ahead * np.polynomial.polynomial.polyval(bend, self._lead)
        x = lead + np.polynomial.polynomial.polyval(bend, self._track)
        spread = a.hip_m[2] - self._stance
        height = a.length["ankle_height"] + np.sqrt(square - x**2 - spread**2)
        hip = np.empty((bend.size, 3))
        hip[:, 0], hip[:, 1], hip[:, 2] = x, -a.hip_m[2], height
        leg = two_link(hip, self._ankle("right", bend.size), thigh, shank, self._toward("right", bend.size), 1.0)
        flexion = cardan_zxy(LAB_FROM_BODY.T @ leg.upper)[0]
        return hip + np.array([0.0, a.hip_m[2], 0.0]), flexion

    def _ankle(self, side: str, n: int) -> FloatArray:
        return np.broadcast_to(
            np.array([0.0, -SIDE_SIGN[side] * self._stance, self.athlete.length["ankle_height"]]), (n, 3)
        )

    def _toward(self, side: str, n: int, more: FloatArray | float = 0.0) -> FloatArray:
        out = np.broadcast_to(np.radians(self.shape.knee_out_deg) + more, n)
        return np.stack((np.cos(out), -SIDE_SIGN[side] * np.sin(out), np.zeros(n)), axis=1)

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        knee, hip, lumbar = (
            excursions(times, self._parts, [share * (p.lag_s + self._late()) for p in self.plans])
            for share in self.shape.delays
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
        moved = {name: self._moved(name, times) for name in _FAULT_CHANNELS}

        def leant(more: FloatArray, of: Mapping[str, FloatArray] | None = moved) -> Pose:
            return self._pose(knee, hip, lumbar, shift, feet, self._asymmetry, self._nod(times) + more, of)

        straight = np.zeros_like(times)
        pose = leant(straight)
        if self.shape.bar_height_m is None or not moved["lumbar_flexion"].any():
            return pose
        # Plates carry the bar: a back that bends over it takes the hips along, less the higher the bar is.
        free, up = leant(straight, None).point["bar"][:, 2], np.clip(1.0 - hip, 0.0, 1.0)
        return leant_under_bar(leant, pose, free + up**2 * (pose.point["bar"][:, 2] - free))

    def deepest(self) -> Pose:
        """The nominal bottom of the lift, one frame."""
        one = np.ones(1)
        return self._pose(one, one, one, np.zeros((1, 3)), np.zeros((2, 1, 3)), 0.0, np.zeros(1))

    def _late(self) -> float:
        """By how much a fault delays what the planted lag delays, s."""
        return 0.0 if self.fault is None else self.fault.shift.get("second", 0.0) * self.fault_size

    def _nod(self, times: FloatArray) -> FloatArray:
        """Trunk flexion before the seat is left, and again before it is reached, rad."""
        nod = np.zeros_like(times)
        if self.shape.nod_deg:
            width = 0.20 * self.scenario.tempo
            for part, plan in zip(self._parts, self.plans, strict=True):
                # the nod's rate leaves rest 2.9 widths before its top, the knee's 1.9 of its own before its centre
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
        moved: Mapping[str, FloatArray] | None = None,
    ) -> Pose:
        a, shape, n = self.athlete, self.shape, knee.size
        extra = {name: np.zeros(n) for name in _FAULT_CHANNELS} if moved is None else moved
        pose = Pose()
        middle, thigh = self._nominal_leg(knee, hip - knee)
        low, high = self._hip_ends
        lean = low + (high - low) * hip - thigh + nod
        tilt = np.full(n, asymmetry) * knee
        turned, tipped = tilt + extra["pelvis_axial"], tilt + extra["pelvis_side"]
        pelvis = LAB_FROM_BODY @ rot_y(turned) @ rot_z(-lean) @ rot_x(tipped)
        # the pelvis goes aside by as much as keeps the shoulders in the middle
        aside = -_ASIDE_SHARE * a.height_m * (tilt + extra["pelvis_side"])
        origin = middle + shift + aside[:, None] * np.array([0.0, 1.0, 0.0])
        flexion = np.radians(shape.lumbar_deg[0] + (shape.lumbar_deg[1] - shape.lumbar_deg[0]) * lumbar)
        flexion = flexion + extra["lumbar_flexion"]
        bent, twisted = extra["lumbar_side"] - 0.9 * tilt, extra["lumbar_axial"] - 0.8 * tilt
        place_trunk(pose, a, pelvis, origin, flexion, bent, twisted)
        for i, side in enumerate(SIDES):
            out = np.full(n, np.radians(shape.toe_out_deg))
            foot = LAB_FROM_BODY @ rot_y(-SIDE_SIGN[side] * out)
            place_leg(
                pose, a, side, self._ankle(side, n) + feet[i], foot, self._toward(side, n, extra["knee_out_right"])
            )
        self._head_and_arms(pose, knee, lean + flexion, origin - middle)
        return pose

    def _head_and_arms(self, pose: Pose, bend: FloatArray, thorax_lean: FloatArray, carried: FloatArray) -> None:
        thorax = pose.rotation["thorax"]
        place_head(pose, self.athlete, thorax @ rot_z(0.62 * thorax_lean))
        if self.shape.arms == "hang":
            hang(pose, self.athlete, self.shape.bar_x_share, bend, carried)
        else:
            {"rack": rack, "crossed": cross_arms}[self.shape.arms](pose, self.athlete)

    def _asymmetry_gain(self) -> float:
        """Pelvis turn (rad) a degree of left-right difference in knee flexion at the bottom."""
        one, trial = np.ones(1), 0.15
        pose = self._pose(one, one, one, np.zeros((1, 3)), np.zeros((2, 1, 3)), trial, np.zeros(1))
        knee = {
            side: -cardan_zxy(np.swapaxes(pose.rotation[f"thigh_{side}"], 1, 2) @ pose.rotation[f"shank_{side}"])[0][0]
            for side in SIDES
        }
        return trial / float(np.degrees(knee["right"] - knee["left"]))


@lru_cache(maxsize=256)
def stooped(movement: str, height_m: float, mass_kg: float, bar_kg: float, build: Build) -> LiftShape:
    """The shape of a lift by one athlete, whose trunk leans at the bottom as far as balance over the feet asks.

    In a squat the ankles bend as far as they do, or can, and lean follows; where it would be too much the athlete goes
    less deep. In a lift from the floor the bar is where the plates hold it; ankles that would bend too far leave the
    hips higher.
    """
    shape = built(lift_shape(movement), build)
    if build == Build():
        return shape
    scenario = Scenario(movement, reps=1, height_m=height_m, mass_kg=mass_kg, bar_kg=bar_kg, build=build)
    ankle = None if shape.dorsiflexion_deg is None else build.dorsiflexion_deg(shape.dorsiflexion_deg)
    if ankle is None and shape.bar_height_m is None:
        return shape

    def bottom(lean: float, knee: float) -> tuple[float, float]:
        """How far the ankles bend, deg, and how high the bar is, m."""
        own = replace(shape, knee_deg=(shape.knee_deg[0], knee), pelvis_lean_deg=(shape.pelvis_lean_deg[0], lean))
        with np.errstate(invalid="ignore"):
            try:
                pose = LiftMotion(scenario, own).deepest()
            except (ValueError, np.linalg.LinAlgError):  # no legs reach so far: less lean
                return -np.inf, -np.inf
        return float(np.degrees(joint_angles(pose)["ankle_dorsiflexion_right"][0])), float(pose.point["bar"][0, 2])

    def over(lean: float, knee: float) -> float:
        """By how much the ankles bend, or the bar is up, beyond what is asked: the more lean the less."""
        bend, bar = bottom(lean, knee)
        return bend - ankle if ankle is not None else bar - (shape.bar_height_m or 0.0)

    def lean_for(knee: float, high: float) -> float:
        within = _NEAR_DEG if ankle is not None else _NEAR_M
        return lean_at_zero(lambda lean: over(lean, knee), _LEAST_LEAN_DEG, high, within)

    knee = shape.knee_deg[1]
    if ankle is not None:
        while over(_MOST_LEAN_DEG, knee) > 0.0 and knee > _LEAST_KNEE_DEG:
            knee -= _KNEE_STEP_DEG
        lean = lean_for(knee, _MOST_LEAN_DEG)
    else:
        lean = lean_for(knee, _MOST_BENT_DEG)
        while build.ankle_deg is not None and bottom(lean, knee)[0] > build.ankle_deg and knee > _LEAST_KNEE_DEG:
            knee -= _KNEE_STEP_DEG
            lean = lean_for(knee, _MOST_BENT_DEG)
    return replace(shape, knee_deg=(shape.knee_deg[0], knee), pelvis_lean_deg=(shape.pelvis_lean_deg[0], lean))
