"""From a scenario to a recording with its truth, in memory or as files."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from legato.recording import FloatArray, Recording, Stream
from legato.simulate.bench import BenchMotion
from legato.simulate.dowel_motion import DowelMotion
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.exercise_force import force_streams
from legato.simulate.lifts import LiftMotion
from legato.simulate.markers import measure_markers
from legato.simulate.probe import joint_angles
from legato.simulate.rigid import loads_held
from legato.simulate.rotations import rot_z
from legato.simulate.scenario import Motion, Scenario, scenario_for
from legato.simulate.throws import ThrowMotion
from legato.simulate.truth import build_truth


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """A recording, its truth as plain values (`truth.json`), and the motion that can be asked for any instant.
    `beside`: what other devices recorded with clocks of their own, by the file's name.
    """

    recording: Recording
    truth: dict[str, Any]
    motion: Motion
    beside: Mapping[str, Recording] = field(default_factory=dict[str, Recording])


def simulate(movement: str, **settings: Any) -> Simulation:
    """Simulate a movement by id or short name; the settings are those of `Scenario` (and `pause_s`: `scenario_for`).

    Raises
    ------
    BadInput
        The movement is not modelled or a setting is out of range.
    """
    return simulate_scenario(scenario_for(movement, **settings))


def simulate_scenario(scenario: Scenario) -> Simulation:
    """Simulate one scenario. The same scenario gives the same bytes."""
    motion = make_motion(scenario)
    track = measure_markers(motion)
    units = ("m",) * len(track.names)
    stream = Stream("markers", "markers", track.positions, scenario.rate_hz, track.names, units)
    return Simulation(Recording(streams=(stream, *force_streams(motion))), build_truth(motion, track), motion)


def make_motion(scenario: Scenario) -> Motion:
    """The moving athlete of a scenario."""
    if scenario.family == "throw":
        return ThrowMotion(scenario)
    if scenario.family == "bench":
        return BenchMotion(scenario)
    if scenario.family == "exercise":
        return ExerciseMotion(scenario)
    return DowelMotion(scenario) if scenario.opens else LiftMotion(scenario)


def truth_angles(simulation: Simulation, times: FloatArray) -> dict[str, FloatArray]:
    """True joint and segment angles at `times` (s), rad, continuous; names and signs of `legato.body.model.Body`."""
    scenario = simulation.motion.scenario
    angles = {name: np.unwrap(a) for name, a in joint_angles(simulation.motion.pose(times)).items()}
    for name in ("pelvis_axial", "thorax_axial"):
        angles[name] = angles[name] + np.radians(scenario.heading_deg)
    if not scenario.mirror:
        return angles
    turned = ("pelvis_axial", "thorax_axial", "thorax_pelvis_axial", "pelvis_obliquity", "lumbar_side_bend")
    other = {"right": "left", "left": "right"}
    out: dict[str, FloatArray] = {}
    for name, angle in angles.items():
        base, _, side = name.rpartition("_")
        out[f"{base}_{other[side]}" if side in other else name] = -angle if name in turned else angle
    return out


def truth_segments(simulation: Simulation, times: FloatArray) -> dict[str, FloatArray]:
    """True segment rotations (n, 3, 3) in the lab at `times`; columns are x anterior, y up the segment, z right."""
    scenario = simulation.motion.scenario
    turn = rot_z(np.radians(np.asarray(scenario.heading_deg)))
    segments = {name: turn @ r for name, r in simulation.motion.pose(times).rotation.items()}
    if not scenario.mirror:
        return segments
    flip_lab, flip_body = np.diag([1.0, -1.0, 1.0]), np.diag([1.0, 1.0, -1.0])
    other = {"right": "left", "left": "right"}
    out: dict[str, FloatArray] = {}
    for name, r in segments.items():
        base, _, side = name.rpartition("_")
        out[f"{base}_{other[side]}" if side in other else name] = flip_lab @ r @ flip_body
    return out


def masses_text(simulation: Simulation) -> str:
    """What `analyze` needs to be told of the athlete: `athlete 80 kg, load 60 kg: analyze with --mass 80 --load 60`."""
    athlete_kg = simulation.motion.scenario.mass_kg
    load_kg = sum(kg for kg, _, _ in loads_held(simulation.motion))
    held, option = (f"load {load_kg:g} kg", f" --load {load_kg:g}") if load_kg else ("no load", "")
    return f"athlete {athlete_kg:g} kg, {held}: analyze with --mass {athlete_kg:g}{option}"


def write_simulation(simulation: Simulation, out_dir: Path | str) -> list[Path]:
    """Write `<movement>.c3d`, `truth.json` and a CSV of each other device into `out_dir`, each whole or not at all; the
    paths in that order.
    """
    from legato.formats.c3d import write_c3d
    from legato.formats.table import write_table

    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    c3d = folder / f"{simulation.motion.scenario.movement}.c3d"
    write_c3d(c3d, simulation.recording)
    truth = folder / "truth.json"
    handle, name = tempfile.mkstemp(suffix=".json", prefix=".", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(simulation.truth, file, indent=1, allow_nan=False)
            file.write("\n")
        os.chmod(name, 0o644)
        os.replace(name, truth)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    others = [folder / f"{name}.csv" for name in simulation.beside]
    for path, recording in zip(others, simulation.beside.values(), strict=True):
        write_table(path, recording)
    return [c3d, truth, *others]
