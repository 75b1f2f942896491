"""How often the interval of a work holds the planted one: centres, skin, pressure and masses wrong in other forms than
those that intervals are reckoned by, none of a size that the product knows of.
"""

from dataclasses import replace

import numpy as np
import pytest

from legato.analysis import Analysis
from legato.body.model import Body
from legato.forces.analyse import ForcesResult, RepSpan
from legato.kinetics.analyse import analyse_kinetics
from legato.kinetics.flow import analyse_power
from legato.recording import FloatArray, Span
from legato.signals.rotation import turn

from .squats import TrueJoint, squat, true_joints

MM = 1e-3

SLIDING = {"ankle": 5.0, "knee": 15.0, "hip": 10.0}
"""The skin of the thigh slides by 10 mm and more, near the ankle by a few (Leardini et al. 2005, Gait Posture
21:212)."""

CARRIED_BY = {"ankle": "foot", "knee": "shank", "hip": "thigh"}

SKIN_DEG = {"pelvis": 3.0, "thigh": 10.0, "shank": 7.0, "foot": 3.0}
"""By how much skin turns about the mediolateral axis at most with the bend of the knee, and a quarter as much at a
rhythm of its own. At most 10 and 7 degrees in a gait cycle (Ancillao et al. 2021, Hum Mov Sci 80:102866); the others: a
guess.
"""


def off_centre(joint: str, rng: np.random.Generator) -> FloatArray:
    """By how much a joint's centre is missed, m, shape (3,)."""
    if joint == "hip":
        # By the regression 12.3 mm (SD 5.9) where bones are seen (Mantovani et al. 2016), and the spines' palpation.
        way = rng.standard_normal(3)
        far = rng.gamma((12.3 / 5.9) ** 2, 5.9**2 / 12.3)
        return MM * (far * way / np.linalg.norm(way) + rng.normal(0.0, 4.0, 3))
    # Two palpated points each (Della Croce et al. 2005, Gait Posture 21:226).
    far = {"knee": 14.0, "ankle": 10.0}[joint]
    return 0.5 * MM * rng.uniform(-far, far, (2, 3)).sum(axis=0)


def wrong_body(body: Body, rng: np.random.Generator) -> Body:
    """Joint centres off by a fixed place in their segment; skin that slides with the bend of the knee, and turns."""
    points, segments = dict(body.points), dict(body.segments)
    for side in ("right", "left"):
        bend = body.angles[f"knee_flexion_{side}"]
        share = np.sin(0.5 * np.pi * (bend - bend.min()) / np.ptp(bend))
        for joint, segment in CARRIED_BY.items():
            off = off_centre(joint, rng) + share[:, None] * MM * rng.uniform(-SLIDING[joint], SLIDING[joint], 3)
            turned = segments[f"{segment}_{side}"].rotation
            points[f"{joint}_{side}"] = points[f"{joint}_{side}"] + np.einsum("nij,nj->ni", turned, off)
        for name in (f"foot_{side}", f"shank_{side}", f"thigh_{side}", *(["pelvis"] if side == "right" else [])):
            most = np.radians(SKIN_DEG[name.split("_")[0]])
            rhythm = np.sin(2.0 * np.pi * (rng.uniform(0.2, 0.8) * body.times() + rng.uniform()))
            vector = np.zeros((bend.size, 3))
            vector[:, 2] = most * (rng.uniform(-1.0, 1.0) * share + 0.25 * rng.uniform(-1.0, 1.0) * rhythm)
            segments[name] = replace(segments[name], rotation=segments[name].rotation @ turn(vector))
    return replace(body, points=points, segments=segments)


def wrong_forces(forces: ForcesResult, rng: np.random.Generator) -> ForcesResult:
    """A centre of pressure that every plate puts somewhere else."""
    offs = [np.array([*rng.uniform(-0.006, 0.006, 2), 0.0]) for _ in forces.plates]
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
        # 160 to 320 intervals a joint, four to eight of one draw: 1 SE some 3 points. Measured 93 to 98 %.
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
        mass = 80.0 * rng.uniform(0.85, 1.15)
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
