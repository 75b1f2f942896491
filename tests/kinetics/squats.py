"""Simulated squats on plates and what their joints do, by Newton and Euler of the planted motion alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import legato
from legato.analysis import Analysis
from legato.recording import FloatArray, Recording, Stream
from legato.simulate import Simulation, simulate, with_plates
from legato.simulate.curves import bump, excursions
from legato.simulate.ground import ground_reaction
from legato.simulate.lifts import LiftMotion
from legato.simulate.markers import measure_markers
from legato.simulate.rigid import GRAVITY_M_S2, RigidMotion, rigid_motion
from legato.simulate.scenario import Scenario, scenario_for
from legato.simulate.skeleton import Pose
from legato.simulate.truth import build_truth

BETWEEN = {"ankle": ("foot", "shank"), "knee": ("shank", "thigh"), "hip": ("thigh", "pelvis")}
BELOW = {"ankle": ("foot",), "knee": ("foot", "shank"), "hip": ("foot", "shank", "thigh")}


@dataclass(frozen=True)
class TrueJoint:
    """Net power and what enters the segment ahead, W, each (n,), at `times` (n,), s."""

    times: FloatArray
    net: FloatArray
    into_ahead: FloatArray

    def work(self, start_s: float, end_s: float) -> dict[str, float]:
        """Work in a stretch, J."""
        grid = np.linspace(start_s, end_s, 2000)
        net, on = (np.interp(grid, self.times, series) for series in (self.net, self.into_ahead))
        step = float(grid[1] - grid[0])
        return {
            "generated": float(np.trapezoid(np.maximum(net, 0.0), dx=step)),
            "absorbed": float(np.trapezoid(np.maximum(-net, 0.0), dx=step)),
            "net_into_ahead": float(np.trapezoid(on, dx=step)),
        }


def squat(**settings: Any) -> tuple[Simulation, Analysis]:
    """A simulated set of back squats on two plates, and its analysis with body mass and load given."""
    made = with_plates(simulate("back-squat", **settings))
    scenario = made.motion.scenario
    found = legato.analyze(made.recording, "back-squat", mass_kg=scenario.mass_kg, load_kg=scenario.bar_kg)
    return made, found


def true_joints(made: Simulation, rate_hz: float = 500.0) -> dict[str, TrueJoint]:
    """Power of every leg joint from the planted motion: its moment balances the ground and the segments below it."""
    count = round(made.motion.duration_s * rate_hz)
    moving = rigid_motion(made.motion, 0.0, rate_hz, count)
    ground = ground_reaction(made.motion, rate_hz, 0.5)
    names = [segment.name for segment in moving.segments]
    found: dict[str, TrueJoint] = {}
    for side in ("right", "left"):
        foot = ground.right if side == "right" else ground.left
        for joint, (behind, ahead) in BETWEEN.items():
            first = names.index(f"{behind}_{side}")
            second = names.index(ahead if ahead == "pelvis" else f"{ahead}_{side}")
            at = moving.joint[first]
            force, moment = foot.force.copy(), foot.moment() - np.cross(at, foot.force)
            for part in BELOW[joint]:
                push, spin = needed(moving, names.index(f"{part}_{side}"), at)
                force, moment = force - push, moment - spin
            net = np.einsum("ni,ni->n", moment, moving.turning[second] - moving.turning[first])
            on = np.einsum("ni,ni->n", force, moving.joint_velocity[first])
            on = on + np.einsum("ni,ni->n", moment, moving.turning[second])
            found[f"{joint}_{side}"] = TrueJoint(moving.times(), net, on)
    return found


def needed(moving: RigidMotion, k: int, about: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Force and moment about a point that one segment's motion needs."""
    segment = moving.segments[k]
    centre, turn = moving.centres()[k], moving.rotation[k]
    push = segment.mass_kg * (moving.centre_acceleration()[k] - GRAVITY_M_S2)
    own, gain = (np.einsum("nji,nj->ni", turn, w[k]) for w in (moving.turning, moving.spinning))
    change = segment.inertia * gain + np.cross(own, segment.inertia * own)
    return push, np.cross(centre - about, push) + np.einsum("nij,nj->ni", turn, change)


class LeakySquat(LiftMotion):
    """A squat whose knees give way again, by `size` of their bend, `after_s` after the middle of each way up."""

    def __init__(self, scenario: Scenario, size: float, after_s: float = 0.15, width_s: float = 0.22) -> None:
        self.leak = (size, after_s, width_s)
        super().__init__(scenario)

    def pose(self, times: FloatArray) -> Pose:
        """Exact pose at each of `times` (s), shape (n,)."""
        size, after_s, width_s = self.leak
        knee, hip, lumbar = (excursions(times, self._parts, [0.0] * len(self._parts)) for _ in range(3))
        for part in self._parts:
            knee = knee + size * bump(times, part.back_s + after_s, width_s)
        still = np.zeros((times.size, 3))
        return self._pose(knee, hip, lumbar, still, np.zeros((2, times.size, 3)), 0.0, np.zeros(times.size))


def leaky_squat(size: float, **settings: Any) -> tuple[Simulation, Analysis]:
    """A set of such squats on two plates, and its analysis."""
    scenario = scenario_for("back-squat", lag_s=0.0, lag_variation_s=0.0, **settings)
    motion = LeakySquat(scenario, size)
    track = measure_markers(motion)
    stream = Stream("markers", "markers", track.positions, scenario.rate_hz, track.names, ("m",) * len(track.names))
    made = with_plates(Simulation(Recording(streams=(stream,)), build_truth(motion, track), motion))
    found = legato.analyze(made.recording, "back-squat", mass_kg=scenario.mass_kg, load_kg=scenario.bar_kg)
    return made, found
