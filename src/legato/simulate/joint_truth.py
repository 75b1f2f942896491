"""What every joint of a simulated lifter on plates really does: moments, power, work by phase, and when power flows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDES
from legato.simulate.ground import ground_reaction
from legato.simulate.inverse import InverseDynamics, JointLoad, OutsideLoad, inverse_dynamics, loads_of_things
from legato.simulate.make import Simulation
from legato.simulate.rigid import GRAVITY_M_S2, RigidMotion, rigid_motion
from legato.simulate.scenario import Motion

_RATE_HZ = 500.0
_EDGE_SHARE = 0.05
"""A stretch of positive power begins and ends where it is this share of its peak."""

_ACTIONS: Mapping[str, tuple[str, float]] = {
    "ankle": ("plantarflexion", -1.0),
    "knee": ("extension", 1.0),
    "hip": ("extension", -1.0),
    "lumbosacral": ("extension", 1.0),
    "shoulder": ("flexion", 1.0),
    "elbow": ("flexion", 1.0),
}
"""What a moment about the mediolateral axis of the segment nearer to the pelvis is named after, and its sign."""

_LEAST_W = 1.0
"""Power that never rises above this is no flow."""

_LINKS: Mapping[str, tuple[str, ...]] = {
    "legs": tuple(f"{joint}_{side}" for joint in ("ankle", "knee", "hip") for side in SIDES),
    "trunk": ("lumbosacral", "thoracolumbar"),
    "arms": tuple(f"{joint}_{side}" for joint in ("shoulder", "elbow", "wrist") for side in SIDES),
}


def with_joint_truth(simulation: Simulation) -> Simulation:
    """The simulation with the exact loads and powers of its joints in its truth, as MuJoCo's inverse dynamics has them.

    `truth["joints"]["reps"]`: one record a repetition. `moments`: by the names of `tables/joint_moments.csv`, the
    largest and when. `phases`: of every joint what it generates and absorbs there, J, and its highest and lowest power,
    W. `flows`: of every joint, of `legs`, `trunk` and `arms` and of the `load` the stretch of positive power round its
    peak, from and to a twentieth of it. A gap between two of them is a dead time.

    Raises
    ------
    BadInput
        No plates lie under the athlete, or MuJoCo is not installed.
    """
    forces = simulation.truth.get("forces")
    if forces is None:
        raise BadInput("simulate: exact joint moments need to know what each foot carries; put plates under them")
    moving, solved = solve(simulation.motion, forces["load_share"]["left"])
    times = moving.times()
    powers = powers_of(moving, solved)
    reps = [_rep(rep, times, solved.joints, powers) for rep in simulation.truth["reps"]]
    told = {"source": "MuJoCo, inverse dynamics of the prescribed motion", "edge_share": _EDGE_SHARE, "reps": reps}
    return replace(simulation, truth={**simulation.truth, "joints": told})


def solve(motion: Motion, share_left: float, rate_hz: float = _RATE_HZ) -> tuple[RigidMotion, InverseDynamics]:
    """The rigid motion of a lifter on plates and the loads of the joints; `share_left`: of the left foot."""
    ground = ground_reaction(motion, rate_hz, share_left)
    moving = rigid_motion(motion, 0.0, rate_hz, ground.total.shape[0])
    feet = tuple(
        OutsideLoad(f"foot_{side}", load.force, load.moment())
        for side, load in (("right", ground.right), ("left", ground.left))
    )
    return moving, inverse_dynamics(moving, (*loads_of_things(moving), *feet))


def powers_of(moving: RigidMotion, solved: InverseDynamics) -> dict[str, FloatArray]:
    """Power of every joint's moment, of the links' joints together and into the load, W, shape (n,)."""
    powers = {name: joint.power for name, joint in solved.joints.items()}
    for link, names in _LINKS.items():
        powers[link] = np.sum([solved.joints[name].power for name in names], axis=0)
    if moving.held:
        powers["load"] = np.sum(
            [
                np.einsum(
                    "ni,ni->n",
                    np.gradient(thing.place, 1.0 / moving.rate_hz, axis=0),
                    thing.mass_kg * (thing.acceleration - GRAVITY_M_S2),
                )
                for thing in moving.held
            ],
            axis=0,
        )
    return powers


def about_axis(joint: JointLoad) -> tuple[str, FloatArray] | None:
    """A moment's name in the tables and its course, N·m, shape (n,), positive as named; None where it is not told."""
    base, _, side = joint.name.rpartition("_")
    action, sign = _ACTIONS.get(base or joint.name, ("", 0.0))
    if not action:
        return None
    name = f"{base}_{action}_moment_{side}" if base else f"{joint.name}_{action}_moment"
    return name, sign * np.einsum("ni,ni->n", joint.moment, joint.axes[:, :, 2])


def _rep(
    rep: Mapping[str, Any], times: FloatArray, joints: Mapping[str, JointLoad], powers: Mapping[str, FloatArray]
) -> dict[str, Any]:
    inside = (times >= rep["start_s"]) & (times <= rep["end_s"])
    moments: dict[str, dict[str, float]] = {}
    for joint in joints.values():
        told = about_axis(joint)
        if told is not None:
            name, course = told
            top = int(np.argmax(np.where(inside, course, -np.inf)))
            moments[name] = {"peak_n_m": float(course[top]), "time_s": float(times[top])}
    return {
        "rep": rep["index"],
        "moments": moments,
        "phases": [_phase(phase, times, powers) for phase in rep["phases"]],
        "flows": {
            name: _flow(times[inside], power[inside])
            for name, power in powers.items()
            if power[inside].max() > _LEAST_W
        },
    }


def _phase(phase: Mapping[str, Any], times: FloatArray, powers: Mapping[str, FloatArray]) -> dict[str, Any]:
    return {
        "phase": phase["name"],
        "joints": {
            name: work_in(times, power, phase["start_s"], phase["end_s"])
            for name, power in powers.items()
            if name not in _LINKS and name != "load"
        },
    }


def work_in(times: FloatArray, power: FloatArray, start_s: float, end_s: float) -> dict[str, float]:
    """What a power, W, generates and absorbs between two instants, J, and how high and low it goes."""
    step = float(times[1] - times[0])
    grid = np.linspace(start_s, end_s, max(int((end_s - start_s) / step) * 2, 8))
    here = np.interp(grid, times, power)
    return {
        "generated_j": float(np.trapezoid(np.maximum(here, 0.0), grid)),
        "absorbed_j": float(np.trapezoid(np.maximum(-here, 0.0), grid)),
        "peak_w": float(here.max()),
        "lowest_w": float(here.min()),
    }


def _flow(times: FloatArray, power: FloatArray) -> dict[str, float]:
    """The stretch of positive power round its peak."""
    top = int(np.argmax(power))
    level = _EDGE_SHARE * float(power[top])
    low = np.flatnonzero(power < level)
    before, after = low[low < top], low[low > top]
    start = times[0] if before.size == 0 else _crossing(times, power, level, int(before[-1]))
    end = times[-1] if after.size == 0 else _crossing(times, power, level, int(after[0]) - 1)
    return {
        "start_s": float(start),
        "peak_s": float(times[top]),
        "end_s": float(end),
        "peak_w": float(power[top]),
        "work_j": float(np.trapezoid(np.maximum(power, 0.0), times)),
    }


def _crossing(times: FloatArray, power: FloatArray, level: float, k: int) -> float:
    a, b = float(power[k]) - level, float(power[k + 1]) - level
    return float(times[k]) + (float(times[k + 1]) - float(times[k])) * a / (a - b)
