"""Walks over plates as a laboratory would record them, whose legs' moments are known.

A simulated walk gives the poses; what the ground does to each foot is laid under it with the form that it has in
walking (two humps, braking before pushing, the pressure from heel to toe). A leg's moments follow from both by Newton's
and Euler's laws, whatever the trunk does. Errors are in the recording itself, as in `planted_presses`.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from legato.recording import FloatArray, ForcePlate, Recording, Stream
from legato.simulate import Simulation, scenario_for
from legato.simulate.exercise import ExerciseMotion
from legato.simulate.markers import measure_markers
from legato.simulate.rigid import RigidMotion, lab_pose, rigid_motion
from legato.simulate.truth import build_truth

from .planted_presses import MASS_KG, MM, other_athlete, slid_skin
from .squats import BELOW, BETWEEN, needed

RATE_HZ, PLATE_HZ = 100.0, 1000.0
HALF_M = (0.30, 0.20)
SIGNS = {"ankle": ("plantarflexion", -1.0), "knee": ("extension", 1.0), "hip": ("extension", -1.0)}


@dataclass(frozen=True)
class PlantedWalk:
    """A walk, and by its name every moment of the legs, N·m, (n,), at `times` (n,), s."""

    recording: Recording
    times: FloatArray
    moments: dict[str, FloatArray]


@dataclass(frozen=True)
class Step:
    """One stance: when, s, where heel and toe stand on the floor, m, (3,), and of which foot."""

    side: str
    start_s: float
    end_s: float
    heel_m: FloatArray
    toe_m: FloatArray

    def load(self, times: FloatArray, form: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Force of the ground, N, and where it acts, m, each (n, 3); nothing outside of the stance. `form` (4,): the
        humps' height, the dip between them, pushing and pressing aside, each as a share of the usual.
        """
        s = (times - self.start_s) / (self.end_s - self.start_s)
        on = (s > 0.0) & (s < 1.0)
        s = np.clip(s, 0.0, 1.0)
        weight = MASS_KG * 9.81
        # 1.15 of the weight at a quarter, 0.75 in the middle; braking and pushing by 0.18, towards the middle by 0.05.
        up = 1.19 * form[0] * np.sin(np.pi * s) + 0.44 * form[1] * np.sin(3.0 * np.pi * s)
        along = -0.18 * form[2] * np.sin(2.0 * np.pi * s)
        aside = 0.05 * form[3] * np.sin(np.pi * s) * (1.0 if self.side == "right" else -1.0)
        force = weight * np.column_stack((along, aside, np.maximum(up, 0.0)))
        # Quick over the heel, long under the ball of the foot.
        rolled = np.interp(s, [0.0, 0.15, 0.6, 1.0], [0.0, 0.35, 0.75, 1.05])
        return force * on[:, None], self.heel_m + rolled[:, None] * (self.toe_m - self.heel_m)


def walk(seed: int, **settings: Any) -> PlantedWalk:
    """One walk of another athlete in another session."""
    rng = np.random.default_rng([41, seed])
    drawn: dict[str, Any] = {
        "rate_hz": RATE_HZ, "reps": 4, "seed": seed, "noise_m": 0.0005, "wobble_m": 0.002, "cluster_rotation_deg": 1.0,
        "mass_kg": MASS_KG, "height_m": float(rng.uniform(1.65, 1.95)),
    }  # fmt: skip
    motion = ExerciseMotion(scenario_for("gait", **(drawn | settings)))
    motion.athlete = other_athlete(motion.athlete, rng)
    track = measure_markers(motion)
    track = replace(track, positions=track.positions + slid_skin(motion, track.names, track.positions.shape[0], seed))
    names = track.names
    markers = Stream("markers", "markers", track.positions, RATE_HZ, names, ("m",) * len(names))
    made = Simulation(Recording(streams=(markers,)), build_truth(motion, track), motion)
    form = rng.uniform([0.92, 0.7, 0.7, 0.3], [1.08, 1.3, 1.3, 1.7])
    steps = _steps(motion)
    times = np.arange(round(motion.duration_s * PLATE_HZ)) / PLATE_HZ
    plates: list[ForcePlate] = []
    blocks: list[FloatArray] = []
    for k, step in enumerate(steps):
        plate, channels = _plate(k, step, *step.load(times, form), rng)
        plates.append(plate)
        blocks.append(channels)
    forces = Stream(
        "force", "force", np.concatenate(blocks, axis=1), PLATE_HZ, tuple(c for p in plates for c in p.channels),
        (*["N"] * 3, *["N·m"] * 3) * len(plates), meta={"axes": "plate"},
    )  # fmt: skip
    recording = replace(made.recording, streams=(markers, forces), plates=tuple(plates))
    moving = rigid_motion(motion, 0.0, 250.0, round(motion.duration_s * 250.0))
    return PlantedWalk(recording, moving.times(), _moments(moving, steps, form))


def _steps(motion: ExerciseMotion) -> list[Step]:
    """The stances that lie whole in the recording."""
    clock = motion.strides
    assert clock is not None
    found: list[Step] = []
    for side in ("right", "left"):
        for start, end in zip(clock.contact[side], clock.leave[side], strict=False):
            if start < 0.05 or end > motion.duration_s - 0.05:
                continue
            middle = lab_pose(motion, np.array([0.5 * (start + end)]))
            ankle, toe = (middle.point[f"{name}_{side}"][0] * np.array([1.0, 1.0, 0.0]) for name in ("ankle", "toe"))
            found.append(Step(side, float(start), float(end), ankle - 0.35 * (toe - ankle), toe))
    return found


def _plate(
    k: int, step: Step, force: FloatArray, at: FloatArray, rng: np.random.Generator
) -> tuple[ForcePlate, FloatArray]:
    """A plate of type 2 under a step, told up to 6 mm beside where it lies, and what it measures, (n, 6)."""
    x, y = HALF_M
    middle = 0.5 * (step.heel_m + step.toe_m)
    corners = np.array([[x, -y, 0.0], [-x, -y, 0.0], [-x, y, 0.0], [x, y, 0.0]]) + middle
    axes = np.diag([1.0, -1.0, -1.0])
    own = force @ axes
    channels = np.column_stack((own, np.cross((at - middle) @ axes, own)))
    noise = rng.standard_normal(channels.shape) * [0.5, 0.5, 1.0, 0.2, 0.2, 0.1]
    off = np.append(MM * rng.uniform(-6.0, 6.0, 2), 0.0)
    names = tuple(f"{name}_{k + 1}" for name in ("Fx", "Fy", "Fz", "Mx", "My", "Mz"))
    return ForcePlate(k, 2, corners + off, np.zeros(3), names, None), channels + noise


def _moments(moving: RigidMotion, steps: list[Step], form: FloatArray) -> dict[str, FloatArray]:
    """Every moment of the legs about the mediolateral axis of the segment above, N·m, (n,)."""
    names = [segment.name for segment in moving.segments]
    loads = {
        side: [step.load(moving.times(), form) for step in steps if step.side == side] for side in ("right", "left")
    }
    found: dict[str, FloatArray] = {}
    for side, own in loads.items():
        for joint, (behind, ahead) in BETWEEN.items():
            first = names.index(f"{behind}_{side}")
            second = names.index(ahead if ahead == "pelvis" else f"{ahead}_{side}")
            at = moving.joint[first]
            moment = sum((np.cross(place - at, force) for force, place in own), np.zeros_like(at))
            for part in BELOW[joint]:
                moment = moment - needed(moving, names.index(f"{part}_{side}"), at)[1]
            action, sign = SIGNS[joint]
            along = -sign * np.einsum("ni,ni->n", moment, moving.rotation[second][:, :, 2])
            found[f"{joint}_{action}_moment_{side}"] = along
    return found
