"""Any exercise from a file: `simulate/exercises/<movement>.toml`, a body that moves by it, and its exact instants.

How to write an exercise
------------------------
Take a posture from `_postures.toml` (standing, split, all-fours, plank, supine, prone-edge, side-lying, seated …); it
says what carries the body (`root`), what is fixed and every channel's value at rest. `[base]` changes some of these.

`root = "legs"`: the flexion of the leading knee carries the pelvis over planted feet; `drive` says whether the trunk
follows from `pelvis_lean` or from `hip_flexion`; with `balance` (share of stature before the ankles) the pelvis goes
where the centre of mass stays there. `root = "anchor"`: the points named in `anchor` stay at `anchor_x`, `anchor_z`.
`root = "free"`: the pelvis goes by its own channels. `root = "strides"`: see `[stride]`.

`[motion]` gives each channel its ways: `[centre, width, value]`, s on the repetition's own clock; a way lasts about
five widths, its rate is a smooth bell (infinitely differentiable), and the last value is the one of rest. Angles are
degrees, places (`_x`, `_y`, `_z`) shares of stature, `chest` and `belly` mm. Sided channels go for both sides or, with
`_right` or `_left`, for one. Lean, flexion, abduction, heel lift and turn to the left are positive; see
`exercise_data.SIDED` and `MIDDLE` for all of them and `exercise_pose` for what they turn. `hold_at` and `hold_s`:
everything waits there.

`[[marks]]` (`start`, `turn`, `end` and others) and `phases` say what a repetition is, `[[events]]` and `gaps` which
links are told; all are found on the exact curves. `[lag]` and `[faults.<id>]` say what a planted lag and a planted
fault change. `frames` (s) are the moments that the figure shows. `python -m legato.simulate.figure` redraws.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.anthropometry import Athlete, make_athlete
from legato.simulate.curves import bump, ease, rise, soft_parabola, soft_size, sway
from legato.simulate.exercise_build import exercise_of
from legato.simulate.exercise_data import CHANNELS, Exercise, FaultData, Key
from legato.simulate.exercise_pose import exercise_pose
from legato.simulate.exercise_strides import StrideClock
from legato.simulate.faults import planted_fault, planted_lag
from legato.simulate.lean import leant_under_bar
from legato.simulate.scenario import RepPlan, Scenario, rep_depths, stream_rng
from legato.simulate.skeleton import Pose, centre_of_mass

GRAVITY_M_S2 = 9.81
_FOLD_S = 0.10
_LET_GO_S = 0.04
_DIP = 0.03
_LONG_PAUSE_S = 0.3


@dataclass(frozen=True, slots=True)
class RepClock:
    """The clock of one repetition: nominal instant u happens at `start_s + pace * u`, later ones after the waits; what
    lies within a `slow` stretch (from, to, both nominal) is spread over so many seconds more.
    """

    start_s: float
    pace: float
    waits: tuple[tuple[float, float], ...]
    slow: tuple[float, float, float] | None = None

    def at(self, nominal_s: float) -> float:
        """When a nominal instant happens, s."""
        later = sum(w for u, w in self.waits if nominal_s > u)
        if self.slow is not None:
            low, high, seconds = self.slow
            later += seconds * float(np.clip((nominal_s - low) / (high - low), 0.0, 1.0))
        return self.start_s + self.pace * nominal_s + later

    def pace_at(self, nominal_s: float) -> float:
        """Seconds that a nominal second lasts there."""
        if self.slow is None or not self.slow[0] < nominal_s < self.slow[1]:
            return self.pace
        return self.pace + self.slow[2] / (self.slow[1] - self.slow[0])


@dataclass(frozen=True, slots=True)
class Flight:
    """One flight: leaves and meets the ground, s; height and rate of the centre of mass when it leaves."""

    leaves_s: float
    lands_s: float
    height_m: float
    rate_m_s: float
    let_go: bool


class ExerciseMotion:
    """An athlete who does one exercise (see the module)."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        s = scenario
        self.data: Exercise = exercise_of(s.movement, s.height_m, s.mass_kg, s.bar_kg, s.build)
        self.athlete: Athlete = make_athlete(scenario.height_m, scenario.mass_kg, scenario.build)
        if scenario.walk_in:
            raise BadInput(f"simulate: walk_in is modelled for lifts, bench press and throw, not for {self.data.id}")
        self.fault: FaultData | None
        self.fault, self.fault_size = planted_fault(scenario, self.data.faults)
        self.lag_s, self._lag_spread_s = planted_lag(scenario, self.fault, self.fault_size)
        rng = stream_rng(scenario, 1)
        self.strides: StrideClock | None = None
        self.clocks: list[RepClock] = []
        self.flights: list[tuple[Flight, ...]] = []
        if self.data.stride is not None:
            higher = 0.0 if self.fault is None else self.fault.lift * self.fault_size
            self.strides = StrideClock(self.data.stride, self.athlete, scenario, rng, higher)
            if self.data.stride.turn_deg:
                self.clocks = [RepClock(self.strides.turn_at_s, scenario.tempo, ())]
            self.plans, self.duration_s = self.strides.plans, self.strides.duration_s
            self.shortest_feature_s = 0.08 * self.strides.stride_s
        else:
            self._plan(rng)
        self._sway_seed = int(rng.integers(2**31))
        if self.data.flight is not None:
            self._grounded = True
            flights = [self._fly(i) for i in range(len(self.plans))]
            self._grounded = False
            self.flights = flights
            self._after_landing()

    def _plan(self, rng: np.random.Generator) -> None:
        s, data = self.scenario, self.data
        default = data.lag.default_s if data.lag else 0.0
        spread = 0.12 * abs(s.planted_lag_s) + 0.004 if self._lag_spread_s is None else self._lag_spread_s
        v, at = s.rep_variation, 1.0
        plans: list[RepPlan] = []
        widths = [k[1] for keys in data.motion.values() for k in keys]
        turn = next((m.window for m in data.marks if m.name == "turn"), (0.0, data.length_s))
        for depth, complete in rep_depths(s, rng, full=data.full):
            pace = s.tempo * float(rng.uniform(1.0 - v, 1.0 + v))
            waits = []
            if data.hold_at is not None:
                waits.append((data.hold_at, data.hold_s + s.pause_bottom_s))
            if self.fault is not None and self.fault.wait_at is not None:
                waits.append((self.fault.wait_at, self.fault_size))
            slow = None if self.fault is None or self.fault.slow is None else (*self.fault.slow, self.fault_size)
            clock = RepClock(at, pace, tuple(waits), slow)
            lag = float(self.lag_s + spread * rng.standard_normal()) if data.lag else default
            end = clock.at(data.length_s)
            plans.append(RepPlan(at, clock.at(0.5 * (turn[0] + turn[1])), end, depth, lag, complete))
            self.clocks.append(clock)
            at = end + 0.3 + s.pause_top_s + float(rng.uniform(0.1, 0.5))
            if data.flight is not None:
                at += data.length_s * pace
        self.plans, self.duration_s = tuple(plans), plans[-1].end_s + 1.0
        self.shortest_feature_s = 0.8 * min(widths, default=0.2) * min(c.pace for c in self.clocks)

    def _after_landing(self) -> None:
        """A repetition with a flight ends as it began, mirrored in time about the top of its last flight."""
        self.plans = tuple(
            replace(p, end_s=self._fold_at(i) * 2.0 - p.start_s, turn_s=self.flights[i][-1].leaves_s)
            for i, p in enumerate(self.plans)
        )
        self.duration_s = self.plans[-1].end_s + 1.0

    def _fold_at(self, i: int) -> float:
        last = self.flights[i][-1]
        return 0.5 * (last.leaves_s + last.lands_s)

    def _keys(self, channel: str, rep: int) -> tuple[list[Key], tuple[float, ...]]:
        """Ways of a channel in one repetition, nominal, and how much later than nominal each happens, s."""
        keys = list(self.data.motion.get(channel, ()))
        if not keys:
            return [], ()
        late = np.zeros(len(keys))
        lag = self.data.lag
        if lag is not None and channel in lag.shift:
            late = late + np.asarray(lag.shift[channel]) * (self.plans[rep].lag_s - lag.default_s)
        fault, size = self.fault, self._size(rep)
        if fault is not None and channel in fault.shift:
            late = late + np.asarray(fault.shift[channel]) * size
        if fault is not None and channel in fault.scale:
            rest = self.data.base.get(channel, 0.0)
            more = 1.0 + fault.scale[channel] * size
            keys = [(at, width, rest + more * (value - rest)) for at, width, value in keys]
        return keys, tuple(float(x) for x in late)

    def _made_up(self, name: str, rep: int, t: FloatArray) -> FloatArray | float:
        """What a carried channel adds so that it comes late together with the one that carries it."""
        lag = self.data.lag
        if lag is None or name not in lag.carried:
            return 0.0
        clock, plan, other = self.clocks[rep], self.plans[rep], lag.carried[name]
        keys, usual = self._keys(other, rep)
        late = tuple(float(x) for x in np.asarray(lag.shift[name]) * (plan.lag_s - lag.default_s) + usual)
        rest = self.data.base.get(other, 0.0)
        return self._ways(t, rest, keys, late, clock, plan.depth) - self._ways(t, rest, keys, usual, clock, plan.depth)

    def _size(self, rep: int) -> float:
        return self.fault_size * (rep if self.fault is not None and self.fault.per == "rep" else 1)

    def channels(self, times: FloatArray, *, bent: bool = True) -> dict[str, FloatArray]:
        """Every channel at `times`: degrees, shares of stature, mm; `bent`: with a fault of the lower back in it."""
        base = self.data.base
        out = {name: np.full(times.size, base.get(name, 0.0)) for name in CHANNELS}
        for i, clock in enumerate(self.clocks):
            plan = self.plans[i]
            first = min(plan.start_s, clock.start_s)
            near = np.flatnonzero((times > first - 3.0) & (times < max(plan.end_s, clock.start_s) + 3.0))
            if near.size == 0:
                continue
            t = times[near]
            if self.flights:
                top = self._fold_at(i)
                t = top - soft_size(t - top, _FOLD_S)
            for name in self.data.motion:
                keys, late = self._keys(name, i)
                out[self._side_of(name, i)][near] += self._ways(t, base.get(name, 0.0), keys, late, clock, plan.depth)
                out[self._side_of(name, i)][near] += self._made_up(name, i, t)
            if self.fault is not None:
                for name, added in self.fault.add.items():
                    if name == "lumbar_flexion" and not bent:
                        continue
                    ways = [(at, width, self._size(i) * value) for at, width, value in added]
                    out[name][near] += self._ways(t, 0.0, ways, (0.0,) * len(ways), clock, 1.0)
        rng = np.random.default_rng(self._sway_seed + 1)
        for name, rms in self.data.sway.items():
            out[name] += sway(times, rms, rng)
        swing: dict[str, float] = {}
        if self.fault is not None:
            swing = {name: share * self.fault_size for name, share in self.fault.swing.items()}
            for name, share in self.fault.hold.items():
                out[name] += share * self.fault_size
        if self.strides is not None:
            self.strides.swing(times, out, swing)
        return out

    def _side_of(self, name: str, rep: int) -> str:
        """The channel that moves: with `alternate`, every second repetition is done by the other side."""
        if not (self.data.alternate and rep % 2):
            return name
        base, _, side = name.rpartition("_")
        return f"{base}_{ {'right': 'left', 'left': 'right'}[side] }" if side in ("right", "left") else name

    def _ways(
        self,
        t: FloatArray,
        rest: float,
        keys: list[Key],
        late: tuple[float, ...],
        clock: RepClock,
        depth: float,
    ) -> FloatArray:
        total, before = np.zeros_like(t), rest
        for (at, width, value), more in zip(keys, late, strict=True):
            total += (value - before) * rise(t, clock.at(at) + more, width * clock.pace_at(at))
            before = value
        pause = self.scenario.pause_bottom_s
        if pause > _LONG_PAUSE_S and self.data.hold_at is not None and keys:
            held = rest
            for at, _, value in keys:
                held = value if at <= self.data.hold_at else held
            total += _DIP * (held - rest) * bump(t, clock.at(self.data.hold_at) + pause - 0.25, 0.10)
        return depth * total

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        c = self.channels(times)
        feet, root = np.zeros((2, times.size, 3)), np.zeros((times.size, 3))
        rng = np.random.default_rng(self._sway_seed)
        if self.data.root == "legs" and self.data.flight is None:
            root[:, 0], root[:, 1] = sway(times, 0.002, rng), sway(times, 0.0015, rng)
        if self.strides is not None:
            feet, root = self.strides.place(times, c)
        pose = exercise_pose(self.data, self.athlete, c, feet, root)
        if self._from_floor() and self.fault is not None and "lumbar_flexion" in self.fault.add:
            pose = self._over_the_bar(pose, self.channels(times, bent=False), c, feet, root)
        if self.flights:
            _lift(pose, self._risen(times, pose))
        return pose

    def _from_floor(self) -> bool:
        return self.data.upright_at is not None and self.data.bar_kg is not None

    def _over_the_bar(
        self, bent: Pose, unbent: dict[str, FloatArray], c: dict[str, FloatArray], feet: FloatArray, root: FloatArray
    ) -> Pose:
        """The pose of a fault of the lower back over a bar that its plates carry: the hips go along with the back,
        less the higher the bar is.
        """
        if np.array_equal(c["lumbar_flexion"], unbent["lumbar_flexion"]):
            return bent

        def leant(more: FloatArray) -> Pose:
            lean = {"pelvis_lean": c["pelvis_lean"] + np.degrees(more)}
            return exercise_pose(self.data, self.athlete, {**c, **lean}, feet, root)

        free = exercise_pose(self.data, self.athlete, unbent, feet, root).point["bar"][:, 2]
        floor, tall = self._ends
        up = np.clip((free - floor) / (tall - floor), 0.0, 1.0)
        return leant_under_bar(leant, bent, free + up**2 * (bent.point["bar"][:, 2] - free))

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """Height of the bar on the floor and in the hands of the standing body, m."""
        at = np.array([0.0, self.clocks[0].at(self.data.upright_at or 0.0)])
        c, still = self.channels(at, bent=False), np.zeros((2, 2, 3))
        floor, tall = exercise_pose(self.data, self.athlete, c, still, still[0]).point["bar"][:, 2]
        return float(floor), float(tall)

    def _mass_height(self, times: FloatArray) -> FloatArray:
        return centre_of_mass(self.pose(times), self.athlete, sum(o.kg for o in self.data.objects))[:, 2]

    def _fly(self, rep: int) -> tuple[Flight, ...]:
        """Where the legs stop carrying weight: the push-off ends when the mass slows down by gravity alone."""
        flight, clock = self.data.flight, self.clocks[rep]
        assert flight is not None
        leaves = self._weightless(clock.at(flight.after), clock.at(flight.after) + 0.8, rising=True)
        height, rate = self._height_and_rate(leaves)
        jump = Flight(leaves, leaves + 2.0 * rate / GRAVITY_M_S2, height, rate, let_go=False)
        if flight.drop is None:
            return (jump,)
        meets = self._weightless(clock.at(flight.drop) - 0.5, clock.at(flight.drop) + 0.5, rising=False)
        height, rate = self._height_and_rate(meets)
        fall = -rate / GRAVITY_M_S2
        return (Flight(meets - fall, meets, height + 0.5 * GRAVITY_M_S2 * fall**2, 0.0, let_go=True), jump)

    def _height_and_rate(self, at_s: float, step_s: float = 1e-4) -> tuple[float, float]:
        z = self._mass_height(np.array([at_s - step_s, at_s, at_s + step_s]))
        return float(z[1]), float(z[2] - z[0]) / (2.0 * step_s)

    def _weightless(self, low_s: float, high_s: float, *, rising: bool) -> float:
        """First instant after the fastest rise, or last one before the fastest fall, at which the mass of a body that
        is still on the ground would accelerate by gravity.
        """
        step = 1e-3
        t = np.arange(low_s, high_s, 0.002)
        z = self._mass_height(np.concatenate((t - step, t, t + step))).reshape(3, -1)
        rate, free = (z[2] - z[0]) / (2.0 * step), (z[0] - 2.0 * z[1] + z[2]) / step**2 + GRAVITY_M_S2
        k = int(np.argmax(rate if rising else -rate))
        found = (
            np.flatnonzero((free[k:-1] > 0.0) & (free[k + 1 :] <= 0.0)) + k
            if rising
            else (np.flatnonzero((free[:k] <= 0.0) & (free[1 : k + 1] > 0.0)))
        )
        if found.size == 0:
            raise BadInput(f"simulate: {self.data.id} at this tempo and depth does not leave the ground; go faster")
        low = t[found[0] if rising else found[-1]]
        for span in (0.002, 0.0002):
            grid = np.linspace(low, low + span, 11)
            z = self._mass_height(np.concatenate((grid - step, grid, grid + step))).reshape(3, -1)
            free = (z[0] - 2.0 * z[1] + z[2]) / step**2 + GRAVITY_M_S2
            k = int(np.argmax((free[:-1] > 0.0) != (free[1:] > 0.0)))
            low = grid[k]
        return float(low + (grid[1] - grid[0]) * free[k] / (free[k] - free[k + 1]))

    def _risen(self, times: FloatArray, pose: Pose) -> FloatArray:
        """How far the body is above where its legs would carry it, m, shape (n,)."""
        mass = centre_of_mass(pose, self.athlete, sum(o.kg for o in self.data.objects))[:, 2]
        risen = np.zeros_like(times)
        for flights in self.flights:
            for f in flights:
                air = (times > f.leaves_s) & (times < f.lands_s)
                t = times[air] - f.leaves_s
                if not f.let_go:
                    risen[air] = f.height_m + f.rate_m_s * t - 0.5 * GRAVITY_M_S2 * t**2 - mass[air]
                    continue
                w = _LET_GO_S
                top = f.height_m + 0.5 * GRAVITY_M_S2 * w**2
                before = (times <= f.lands_s) & (times > f.leaves_s - 1.6)
                fallen = GRAVITY_M_S2 * w**2 * soft_parabola((times[before] - f.leaves_s) / w)
                up = ease(times[before], f.leaves_s - 1.6, f.leaves_s - 1.0)
                risen[before] = up * (top - fallen - mass[before])
        return risen


def _lift(pose: Pose, by: FloatArray) -> None:
    """Move a whole body up, shape (n,)."""
    up = np.zeros((by.size, 3))
    up[:, 2] = by
    for name in pose.origin:
        pose.origin[name] = pose.origin[name] + up
    for name in pose.point:
        pose.point[name] = pose.point[name] + up
