"""What the force plates of a trial show: its repetitions and feet handed to the forces."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from legato.body.model import Body
from legato.movements.model import Movement, Rep
from legato.recording import Recording, Span

if TYPE_CHECKING:
    from legato.forces.analyse import ForcesResult


def forces_of_trial(
    recording: Recording, movement: Movement, reps: Sequence[Rep], body: Body, mass_kg: float | None, level: float
) -> "ForcesResult | None":
    """What the force plates show; their machinery is loaded only where there are some."""
    if not recording.plates and not recording.of_kind("force"):
        return None
    from legato.forces.analyse import RepSpan, analyse_forces
    from legato.forces.feet import FootPath

    spans = [RepSpan(rep.index, Span(rep.start_s, rep.end_s), rep.complete) for rep in reps]
    feet: list[FootPath] = []
    # Only markers lie in the plates' own lab.
    for foot in ("left", "right") if body.source == "markers" else ():
        parts = [body.points[f"{part}_{foot}"] for part in ("heel", "toe") if f"{part}_{foot}" in body.points]
        parts = parts or [body.points[f"ankle_{foot}"] for _ in "." if f"ankle_{foot}" in body.points]
        if parts:
            feet.append(FootPath(foot, body.times(), np.stack(parts, axis=1)))
    pulls = movement.cycle.anchor == "pull"
    return analyse_forces(recording, spans, feet, pulls=pulls, mass_kg=mass_kg, level=level)
