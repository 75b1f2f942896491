"""How often the interval of a work holds the planted one: joint centres, pressure, masses and markers drawn wrong."""

from dataclasses import replace

import numpy as np
import pytest

from legato.analysis import Analysis
from legato.body.model import Body
from legato.forces.analyse import ForcesResult, RepSpan
from legato.kinetics.analyse import CENTRE_SD_M, PRESSURE_SD_M, SEGMENT_SD, analyse_kinetics
from legato.kinetics.flow import analyse_power
from legato.kinetics.power_errors import CLUSTER_TURN_SD
from legato.recording import Span
from legato.signals.rotation import turn

from .squats import TrueJoint, squat, true_joints

CARRIED_BY = {"ankle": "foot", "knee": "shank", "hip": "thigh"}


def wrong_body(body: Body, rng: np.random.Generator) -> Body:
    """Joint centres off by a fixed place in their segment; markers that turn on the leg's bones as the knee bends."""
    points, segments = dict(body.points), dict(body.segments)
    for side in ("right", "left"):
        for joint, segment in CARRIED_BY.items():
            off = CENTRE_SD_M[joint] * rng.standard_normal(3)
            points[f"{joint}_{side}"] = points[f"{joint}_{side}"] + segments[f"{segment}_{side}"].rotation @ off
        bend = body.angles[f"knee_flexion_{side}"]
        bend = (bend - bend.mean()) / bend.std()
        for name in (f"foot_{side}", f"shank_{side}", f"thigh_{side}", *(["pelvis"] if side == "right" else [])):
            vector = np.zeros((bend.size, 3))
            vector[:, 2] = CLUSTER_TURN_SD * rng.standard_normal() * bend
            segments[name] = replace(segments[name], rotation=segments[name].rotation @ turn(vector))
    return replace(body, points=points, segments=segments)


def wrong_forces(forces: ForcesResult, rng: np.random.Generator) -> ForcesResult:
    """A centre of pressure that every plate puts somewhere else."""
    offs = [np.array([*PRESSURE_SD_M * rng.standard_normal(2), 0.0]) for _ in forces.plates]
    plates = [
        replace(plate, moment=None if plate.moment is None else plate.moment + np.cross(off, plate.force))
        for plate, off in zip(forces.plates, offs, strict=True)
    ]
    return replace(forces, plates=tuple(plates))


@pytest.mark.slow
def test_intervals_of_work_hold_the_planted_work() -> None:
    made, analysis = squat(reps=2, noise_m=0.0005, wobble_m=0.0005)
    held = covered(analysis, true_joints(made), 40)
    assert set(held) == {"ankle", "knee", "hip"}
    for joint, hits in held.items():
        # 160 to 320 intervals a joint, four to eight of one draw: 1 SE some 3 points. Measured 92 to 97 %.
        assert 0.85 <= np.mean(hits) <= 0.985, joint


def covered(analysis: Analysis, truth: dict[str, TrueJoint], draws: int) -> dict[str, list[bool]]:
    """By joint, whether each interval of the first repetition held."""
    assert analysis.forces is not None
    assert analysis.power is not None
    rng = np.random.default_rng(20)
    spans = [RepSpan(rep.index, Span(rep.start_s, rep.end_s), rep.complete) for rep in analysis.reps]
    held: dict[str, list[bool]] = {}
    for _ in range(draws):
        body, forces = wrong_body(analysis.body, rng), wrong_forces(analysis.forces, rng)
        mass = 80.0 * (1.0 + SEGMENT_SD * rng.standard_normal())
        kinetics = analyse_kinetics(body, forces, spans, mass_kg=mass, cutoff_hz=6.0)
        assert kinetics is not None
        # The legs' masses are wrong; the body's as a whole was weighed.
        kinetics = replace(kinetics, mass_kg=80.0)
        loads = {rep.index: 60.0 for rep in analysis.reps}
        power = analyse_power(body, forces, kinetics, analysis.power.stretches, loads_kg=loads)
        assert power is not None
        for work in (w for w in power.works if w.rep == 0 and w.joint in truth):
            phase = analysis.reps[0].phase(work.phase)
            assert phase is not None
            for name, true in truth[work.joint].work(phase.start_s, phase.end_s).items():
                found = work.amount(name)
                if found is not None and (name == "net_into_ahead" or true > 0.5):
                    held.setdefault(work.joint.split("_")[0], []).append(found.holds(true))
    return held
