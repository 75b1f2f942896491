"""What the feet of a simulated lifter on a bench press into the floor, and the truth about that leg drive."""

from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray
from legato.simulate.anthropometry import SIDES
from legato.simulate.bench import BenchMotion
from legato.simulate.curves import sway
from legato.simulate.ground import FootLoad, Ground, foot_middle
from legato.simulate.rigid import GRAVITY_M_S2, lab_pose
from legato.simulate.scenario import stream_rng

_REST, _DRIVE = 0.14, 0.22
"""Share of body weight that the feet carry when the legs do not push, and what a full drive adds. [ENG]"""

_UNREST_N = 1.0
"""RMS of the slow unrest of the force under both feet (breath), N. [ENG]"""

_LEFT = 0.1
"""A drive lasts from where this share of its rise has come to where as little of its fall is left."""

_AFTER_S = 1.5
"""How long after a repetition its drive may end, s."""

_STEP_S = 1e-3
_MEAN_S = 0.1


def planted_force(motion: BenchMotion, times: FloatArray) -> FloatArray:
    """Vertical force under both feet as the legs mean it, N, shape (n,)."""
    weight_n = -float(GRAVITY_M_S2[2]) * motion.athlete.mass_kg
    return weight_n * (_REST + _DRIVE * motion.leg_push(times))


def felt_force(motion: BenchMotion, times: FloatArray) -> FloatArray:
    """That force with the unrest of breath, N, shape (n,)."""
    return planted_force(motion, times) + sway(times, _UNREST_N, stream_rng(motion.scenario, 9))


def feet_on_floor(motion: BenchMotion, rate_hz: float, share_left: float) -> Ground:
    """The vertical loads on both feet at `i / rate_hz`; the bench carries the rest and stands on no plate.

    Raises
    ------
    BadInput
        The lifter walks in.
    """
    s = motion.scenario
    if s.walk_in:
        raise BadInput(f"simulate: plates under the feet of a {s.movement} are modelled without a walk")
    times = np.arange(round(motion.duration_s * rate_hz)) / rate_hz
    up = felt_force(motion, times)
    force = np.column_stack([np.zeros((times.size, 2)), up])
    pose = lab_pose(motion, times)
    middles = {side: foot_middle(pose, side) for side in SIDES}
    shares = {"left": share_left, "right": 1.0 - share_left}
    still = np.zeros(times.size)
    loads = {side: FootLoad(share * force, middles[side], still) for side, share in shares.items()}
    about = sum((load.moment() for load in loads.values()), np.zeros_like(force))
    return Ground(loads["left"], loads["right"], force, about, middles)


def foot_drive_truth(motion: BenchMotion, reps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One record a repetition: how the feet push; N, s.

    `force_peak_n`: the highest mean of the felt force over 0.1 s;
    `level_n`: the lowest force before the highest one; `drive_start_s`: a tenth of the rise from it has come;
    `drive_end_s`: but a tenth of the fall to the lowest force after it is left; the impulse is what exceeds the level.
    """
    starts = [*(rep["start_s"] for rep in reps[1:]), np.inf]
    return [_record(motion, rep, following) for rep, following in zip(reps, starts, strict=True)]


def _record(motion: BenchMotion, rep: dict[str, Any], following_s: float) -> dict[str, Any]:
    elbow = rep["events"]["elbow_extension_velocity"]
    press = elbow["onset_s"], _press_end(motion, elbow["peak_s"])
    t = np.arange(rep["start_s"], min(rep["end_s"] + _AFTER_S, following_s, motion.duration_s), _STEP_S)
    force = planted_force(motion, t)
    top = int(force.argmax())
    level, after = float(force[:top].min()), float(force[top:].min())
    high = float(force[top])
    start = _passing(t, force - (level + _LEFT * (high - level)), top, -1)
    end = _passing(t, force - (after + _LEFT * (high - after)), top, 1)
    inside = (t >= start) & (t <= end)
    many = round(_MEAN_S / _STEP_S)
    means = np.convolve(felt_force(motion, t[inside]), np.ones(many) / many, "valid")
    both = max(0.0, min(end, press[1]) - max(start, press[0]))
    return {
        "rep": rep["index"],
        "level_n": level,
        "drive_start_s": start,
        "force_peak_s": float(t[top]),
        "force_peak_n": float(means.max()),
        "drive_end_s": end,
        "drive_impulse_n_s": float((force[inside] - level).sum()) * _STEP_S,
        "press_onset_s": press[0],
        "press_end_s": press[1],
        "overlap_s": both,
        "overlap_share": both / (press[1] - press[0]),
    }


def _passing(t: FloatArray, above: FloatArray, top: int, way: int) -> float:
    """Where a curve that is above zero at sample `top` passes it first, looking one way."""
    k = top
    while above[k] > 0.0:
        k += way
    share = float(above[k] / (above[k] - above[k - way]))
    return float(t[k]) - way * share * _STEP_S


def _press_end(motion: BenchMotion, fastest_s: float) -> float:
    """When the elbows' rate has fallen to a tenth of its highest, s."""
    t = fastest_s + np.arange(0.0, 1.5, _STEP_S)
    pose = motion.pose(t)
    bends = np.zeros_like(t)
    for side in SIDES:
        upper, fore = (pose.point[f"{a}_{side}"] - pose.point[f"elbow_{side}"] for a in ("shoulder", "wrist"))
        along = (upper * fore).sum(axis=1) / np.linalg.norm(upper, axis=1) / np.linalg.norm(fore, axis=1)
        bends += np.arccos(along) / len(SIDES)
    rate = np.gradient(bends, _STEP_S)
    return _passing(t, rate - _LEFT * rate[1], 1, 1)
