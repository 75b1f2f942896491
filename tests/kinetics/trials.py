"""Simulated lifts with their repetitions, and what their trunk and arms bear."""

from collections.abc import Sequence

import numpy as np

from legato.body import build_body
from legato.body.model import Body
from legato.forces.analyse import ForcesResult, RepSpan, analyse_forces
from legato.forces.feet import FootPath
from legato.kinetics.analyse import SEGMENT_SD
from legato.kinetics.loads import Carrying
from legato.kinetics.segments import MovingBody
from legato.kinetics.whole_body import HEAD_SD_M, TRUNK_SD_M, WholeBody, analyse_whole_body
from legato.movements import find_reps, load_movement
from legato.recording import FloatArray, Span
from legato.simulate import Simulation, simulate, with_plates

MASS_KG = 80.0
CARRYING = {
    "back-squat": Carrying("shoulders"),
    "hip-hinge": Carrying("hands"),
    "deadlift": Carrying("hands", rests=True),
    "box-lift": Carrying("hands", rests=True),
}
LOADS_KG = {"back-squat": 60.0, "hip-hinge": 60.0, "deadlift": 60.0, "box-lift": 12.0}

Trial = tuple[Simulation, Body, ForcesResult | None, list[RepSpan]]


def trial(movement: str, **settings: object) -> Trial:
    """A simulated lift with its repetitions; with plates where they are modelled."""
    made = simulate(movement, **{"rate_hz": 150.0, "reps": 2, "noise_m": 0.0005, "wobble_m": 0.0005} | settings)
    if movement in ("back-squat", "hip-hinge"):
        made = with_plates(made)
    body = build_body(made.recording)
    found = find_reps(body, load_movement(movement), made.recording).reps
    spans = [RepSpan(rep.index, Span(rep.start_s, rep.end_s), rep.complete) for rep in found]
    feet = [
        FootPath(side, body.times(), np.stack([body.points[f"heel_{side}"], body.points[f"toe_{side}"]], axis=1))
        for side in ("left", "right")
    ]
    return made, body, analyse_forces(made.recording, spans, feet, mass_kg=MASS_KG), spans


def analysed(movement: str, found: Trial, **changes: object) -> WholeBody:
    settings: dict[str, object] = {
        "carrying": CARRYING[movement], "loads_kg": [LOADS_KG[movement]], "mass_kg": MASS_KG, "cutoff_hz": 6.0,
    }  # fmt: skip
    whole = analyse_whole_body(found[1], found[2], found[3], **{**settings, **changes})  # pyright: ignore[reportArgumentType]
    assert whole is not None
    return whole


def drawn(moving: MovingBody, centre: FloatArray, names: Sequence[str], rng: np.random.Generator) -> FloatArray:
    """Moment about a point of segments whose masses and balance are drawn within what the tables are said to know."""
    total = np.zeros_like(centre)
    for name in names:
        segment = moving.get(name)
        assert segment is not None
        shift = {"thorax": TRUNK_SD_M, "head": HEAD_SD_M}.get(name, 0.0) * rng.normal(size=3)
        factor = 1.0 + SEGMENT_SD * rng.normal()
        total += factor * (np.cross(segment.centre_m + shift - centre, segment.push) + segment.spin)
    return total
