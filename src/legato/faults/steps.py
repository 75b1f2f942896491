"""How far a number has gone: green, amber or red, as far as its interval tells."""

from collections.abc import Sequence
from dataclasses import replace

from legato.estimate import Estimate
from legato.faults.model import Band, Measured, Step

_STEPS: tuple[Step, ...] = ("green", "amber", "red")


def steps_of(band: Band, number: Estimate | None) -> tuple[Step, ...]:
    """The steps that an interval reaches, in rising order; none where the band has no amber or nothing was measured.

    An end that lies on an edge belongs to the step before it, as a fault's does.
    """
    red = band.high if band.fault == "above" else band.low
    if band.amber is None or number is None or red is None or band.grade in ("N", "X"):
        return ()
    way = 1.0 if band.fault == "above" else -1.0
    least, most = sorted((way * number.low, way * number.high))
    edges = (way * band.amber.edge, way * red)
    first, last = (sum(end > edge for edge in edges) for end in (least, most))
    return _STEPS[first : last + 1]


def with_steps(band: Band, rows: Sequence[Measured]) -> tuple[Measured, ...]:
    """The repetitions, each with the steps that its own interval reaches."""
    return tuple(replace(row, steps=steps_of(band, row.value)) for row in rows)
