"""An exercise as one athlete does it: stance, depth, bend of the back, and in squats the lean that balance asks for."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from legato.recording import FloatArray
from legato.simulate.anthropometry import make_athlete
from legato.simulate.build import Build
from legato.simulate.exercise_data import CHANNELS, Exercise, Key, load_exercise
from legato.simulate.exercise_pose import exercise_pose
from legato.simulate.lean import lean_at_zero
from legato.simulate.probe import joint_angles

_LEAST_LEAN_DEG, _MOST_LEAN_DEG = 2.0, 58.0
"""The pelvis of a squat leans between these. [ENG]"""

_LEAST_KNEE_DEG, _KNEE_STEP_DEG, _NEAR_DEG = 50.0, 4.0, 0.1


@lru_cache(maxsize=256)
def exercise_of(movement: str, height_m: float, mass_kg: float, bar_kg: float, build: Build) -> Exercise:
    """The exercise by an athlete of that build, who goes less deep in a squat that would ask for too much lean."""
    data = load_exercise(movement).with_bar_of(bar_kg)
    if build == Build() or data.root != "legs":
        return data
    data = _styled(data, build)
    usual = data.dorsiflexion_deg
    ankle = None if usual is None else build.dorsiflexion_deg(usual)
    if ankle is None:
        return data
    athlete, still = make_athlete(height_m, mass_kg, build), np.zeros((2, 1, 3))

    def over(lean: float, knee: float) -> float:
        """By how many degrees the ankles bend more at the bottom than they do, or can: the more lean the less."""
        own = _to(_to(data, "pelvis_lean", lean), "knee_flexion", knee)
        pose = exercise_pose(own, athlete, _bottom(own), still, np.zeros((1, 3)))
        return float(np.degrees(joint_angles(pose)["ankle_dorsiflexion_right"][0])) - ankle

    knee = float(_bottom(data)["knee_flexion_right"][0])
    while over(_MOST_LEAN_DEG, knee) > 0.0 and knee > _LEAST_KNEE_DEG:
        knee -= _KNEE_STEP_DEG
    lean = lean_at_zero(lambda lean: over(lean, knee), _LEAST_LEAN_DEG, _MOST_LEAN_DEG, _NEAR_DEG)
    return _to(_to(data, "pelvis_lean", lean), "knee_flexion", knee)


def _styled(data: Exercise, build: Build) -> Exercise:
    base = dict(data.base)
    motion = dict(data.motion)
    if data.lead == "both":
        for side in ("right", "left"):
            base[f"foot_y_{side}"] = build.stance * base.get(f"foot_y_{side}", 0.0)
            for channel in ("toe_out", "knee_out"):
                base[f"{channel}_{side}"] = base.get(f"{channel}_{side}", 0.0) + build.toe_out_deg
    if not data.full:
        for channel in ("knee_flexion_right", "knee_flexion_left", "pelvis_lean", "hip_flexion_right"):
            motion = _scaled(motion, base, channel, build.depth)
    motion = _scaled(motion, base, "lumbar_flexion", build.lumbar)
    return data.model_copy(update={"base": base, "motion": motion})


def _scaled(
    motion: Mapping[str, tuple[Key, ...]], base: Mapping[str, float], channel: str, factor: float
) -> dict[str, tuple[Key, ...]]:
    """The ways with one channel's changed by a factor from where it rests."""
    if channel not in motion:
        return dict(motion)
    rest = base.get(channel, 0.0)
    keys = tuple((at, width, rest + factor * (value - rest)) for at, width, value in motion[channel])
    return {**motion, channel: keys}


def _to(data: Exercise, channel: str, value: float) -> Exercise:
    """The same with a channel (or both sides') that goes to `value` at the bottom."""
    motion = dict(data.motion)
    for name in (channel, f"{channel}_right", f"{channel}_left"):
        if name in motion:
            rest = data.base.get(name, 0.0)
            now = float(_bottom(data)[name][0])
            motion = _scaled(motion, data.base, name, (value - rest) / (now - rest))
    return data.model_copy(update={"motion": motion})


def _bottom(data: Exercise) -> dict[str, FloatArray]:
    """Every channel where the exercise waits, shape (1,)."""
    out = {name: np.full(1, data.base.get(name, 0.0)) for name in CHANNELS}
    for name, keys in data.motion.items():
        for at, _, value in keys:
            if data.hold_at is not None and at <= data.hold_at:
                out[name] = np.full(1, value)
    return out
