"""Force plates under a simulated lifter: channels of all four types as a C3D file holds them, and their truth."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray, ForcePlate, Stream
from legato.simulate.bench import BenchMotion
from legato.simulate.bench_feet import feet_on_floor, foot_drive_truth
from legato.simulate.drive_truth import drive_truth
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.ground import FootLoad, ground_reaction
from legato.simulate.make import Simulation
from legato.simulate.scenario import stream_rng

_LEAST_RATE_HZ = 1000.0
_HALF_M = (0.30, 0.20)
_ORIGIN_M = {1: (0.0, 0.0, 0.0), 2: (0.001, -0.002, -0.041), 3: (0.12, 0.20, -0.045), 4: (0.0, 0.001, -0.038)}
"""Stored origin by type: under the top, and of type 3 the distances of the sensors."""
_NAMES = {
    1: ("Fx", "Fy", "Fz", "Px", "Py", "Tz"),
    3: ("Fx12", "Fx34", "Fy14", "Fy23", "Fz1", "Fz2", "Fz3", "Fz4"),
}
_SIX = ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
_NOISE = {"N": 1.0, "N·m": 0.1, "m": 2e-4}
"""White noise of a channel, SD in its unit. [ENG]"""
_GAINS = np.array([310.0, 300.0, 1150.0, 140.0, 110.0, 60.0])
"""N or N·m a volt of a type-4 plate; every channel hears a hundredth of the next one, too. [ENG]"""


def with_plates(
    simulation: Simulation, share_left: float = 0.5, types: Sequence[int] = (2, 2), first: str = "right"
) -> Simulation:
    """The recording with a force plate under each foot and the planted share of the load in its truth.

    Parameters
    ----------
    simulation
        A squat, hinge, push press, jerk or, with the feet alone on plates, a bench press.
    share_left
        Share of the load on the left foot, 0 to 1.
    types
        C3D types of both plates, 1 to 4.
    first
        Whose plate is plate 1, `right` or `left`.

    Raises
    ------
    BadInput
        The movement is not modelled on plates, the share cannot be stood, or there is no such type.
    """
    if len(types) != 2 or not set(types) <= {1, 2, 3, 4}:
        raise BadInput(f"simulate: plate types {', '.join(str(t) for t in types)}; give two of 1, 2, 3 and 4")
    if not 0.0 < share_left < 1.0:
        raise BadInput(f"simulate: a load share of {share_left:g} on the left foot; give one between 0 and 1")
    marker_rate_hz = simulation.motion.scenario.rate_hz
    # A C3D has one rate for all analog channels, so beside electrodes the plates run at theirs.
    beside = max((stream.rate_hz for stream in simulation.recording.of_kind("emg")), default=_LEAST_RATE_HZ)
    rate_hz = marker_rate_hz * float(np.ceil(beside / marker_rate_hz - 1e-9))
    motion = simulation.motion
    if isinstance(motion, BenchMotion):
        ground = feet_on_floor(motion, rate_hz, share_left)
    else:
        ground = ground_reaction(motion, rate_hz, share_left)
    rng = stream_rng(simulation.motion.scenario, 8)
    loads = {"left": ground.left, "right": ground.right}
    order = (first, "left" if first == "right" else "right")
    plates: list[ForcePlate] = []
    blocks: list[FloatArray] = []
    units: list[str] = []
    for i, (foot, kind) in enumerate(zip(order, types, strict=True)):
        corners = _corners(ground.middles[foot].mean(axis=0), simulation.motion.scenario.heading_deg)
        matrix = np.diag(_GAINS) @ (np.eye(6) + 0.01 * np.eye(6, k=1)) if kind == 4 else None
        clean, own = _channels(kind, corners, loads[foot])
        measured: FloatArray = clean + rng.standard_normal(clean.shape) * [_NOISE[u] for u in own]
        if matrix is not None:
            measured, own = measured @ np.linalg.inv(matrix).T, ["V"] * 6
        names = tuple(f"{name}_{i + 1}" for name in _NAMES.get(kind, _SIX))
        plates.append(ForcePlate(i, kind, corners, np.array(_ORIGIN_M[kind]), names, matrix))
        blocks.append(measured)
        units += own
    stream = Stream(
        "force", "force", np.concatenate(blocks, axis=1), rate_hz, tuple(c for p in plates for c in p.channels),
        tuple(units), meta={"axes": "plate"},
    )  # fmt: skip
    recording = simulation.recording
    truth: dict[str, Any] = {
        "load_share": {"left": share_left, "right": 1.0 - share_left},
        "feet": list(order),
        "types": list(types),
        "mean_vertical_n": {foot: float(loads[foot].force[:, 2].mean()) for foot in order},
    }
    if isinstance(motion, ExerciseMotion):
        truth["drive"] = drive_truth(motion, simulation.truth["reps"])
    elif isinstance(motion, BenchMotion):
        truth["drive"] = foot_drive_truth(motion, simulation.truth["reps"])
    return replace(
        simulation,
        recording=replace(recording, streams=(*recording.streams, stream), plates=tuple(plates)),
        truth={**simulation.truth, "forces": truth},
    )


def parse_load_share(text: str | None) -> float:
    """Share of the left foot that `left=0.55` or `right=0.45` tells; a half without a text.

    Raises
    ------
    BadInput
        The text says something else.
    """
    if text is None:
        return 0.5
    match = re.fullmatch(r"\s*(left|right)\s*=\s*(0?\.\d+)\s*", text)
    if match is None:
        raise BadInput(f"simulate: --load-share {text!r}; give the share of one foot, as left=0.55")
    return float(match[2]) if match[1] == "left" else 1.0 - float(match[2])


def parse_plate_types(text: str) -> tuple[int, ...]:
    """The types that `2,4` tells.

    Raises
    ------
    BadInput
        The text is no list of whole numbers.
    """
    if re.fullmatch(r"\s*\d+\s*(,\s*\d+\s*)*", text) is None:
        raise BadInput(f"simulate: --plate-types {text!r}; give two of 1, 2, 3 and 4, as 2,4")
    return tuple(int(part) for part in text.split(","))


def _corners(middle: FloatArray, heading_deg: float) -> FloatArray:
    """Corners of the plate round the middle of a foot, m, in the order in which its z points into the ground."""
    x, y = _HALF_M
    flat = np.array([[x, -y], [-x, -y], [-x, y], [x, y]])
    c, s = np.cos(np.radians(heading_deg)), np.sin(np.radians(heading_deg))
    turned = flat @ np.array([[c, s], [-s, c]])
    return np.column_stack([turned + middle[:2], np.zeros(4)])


def _channels(kind: int, corners: FloatArray, load: FootLoad) -> tuple[FloatArray, list[str]]:
    """What a plate's sensors measure, shape (n, 6 or 8), and the unit of each (of type 4 before its amplifier)."""
    middle = corners.mean(axis=0)
    x = corners[0] - corners[1]
    y = corners[0] - corners[3]
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    axes = np.column_stack([x, y, np.cross(x, y)])
    force = load.force @ axes
    at = (load.point - middle) @ axes
    about = np.cross(at, force)
    # A moment counted from above turns the other way about an axis into the ground.
    about[:, 2] -= load.twist
    if kind == 1:
        return np.column_stack([force, at[:, :2], -load.twist]), ["N", "N", "N", "m", "m", "N·m"]
    under = -np.array(_ORIGIN_M[kind])
    if kind != 3:
        return np.column_stack([force, about - np.cross(under, force)]), ["N"] * 3 + ["N·m"] * 3
    a, b = _ORIGIN_M[3][:2]
    moment = about - np.cross(np.array([0.0, 0.0, under[2]]), force)
    # Four vertical sensors at (a, b), (-a, b), (-a, -b), (a, -b); the twist that no equation binds is left at 0.
    quarter = 0.25 * force[:, 2]
    mx, my = 0.25 * moment[:, 0] / b, 0.25 * moment[:, 1] / a
    vertical = [quarter + mx - my, quarter + mx + my, quarter - mx + my, quarter - mx - my]
    mz = 0.25 * moment[:, 2]
    sides = [
        0.5 * force[:, 0] - mz / b, 0.5 * force[:, 0] + mz / b,
        0.5 * force[:, 1] + mz / a, 0.5 * force[:, 1] - mz / a,
    ]  # fmt: skip
    return np.column_stack([*sides, *vertical]), ["N"] * 8
