"""One repetition from its marks: its times, phases and side, and what a gap in its driver hides of it."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from legato.body.model import Body
from legato.movements.model import Movement, Phase, Rep
from legato.movements.sides import working_side
from legato.recording import BoolArray, FloatArray

_LONGEST_BRIDGED_S = 1.0
"""Over a longer gap in the driver nothing is said about what happened in it. [ENG] A repetition takes longer."""

_SHORTEST_HALT_S = 0.1
"""A shorter rest at the far point is not listed as a phase. [ENG] Every turn rests for some hundredths of a second."""


def rep_of(body: Body, movement: Movement, index: int, marks: Mapping[str, float], reason: str) -> Rep:
    """The repetition between its marks, in samples of the body's time base (`start` and `end` among them); whole where
    there is no reason why not.
    """
    times = {name: body.start_s + at / body.rate_hz for name, at in marks.items()}
    named = {name: at for name, at in times.items() if name not in ("start", "end")}
    return Rep(
        index=index,
        start_s=times["start"],
        end_s=times["end"],
        complete=not reason,
        phases=phases_between(movement, times),
        marks=named,
        reason=reason,
        side=working_side(body, movement, times),
    )


def phases_between(movement: Movement, times: Mapping[str, float]) -> tuple[Phase, ...]:
    """The movement's phases between marks at these times, s (`start` and `end` among them); those whose marks are
    missing or out of order are left out, and an optional one that has no length.
    """
    phases: list[Phase] = []
    for spec in movement.phases:
        start, end = times.get(spec.start), times.get(spec.end)
        if start is None or end is None or end < start:
            continue
        if not spec.optional or end - start >= _SHORTEST_HALT_S:
            phases.append(Phase(name=spec.name, start_s=start, end_s=end))
    return tuple(phases)


def bridged(samples: FloatArray, rate_hz: float) -> tuple[FloatArray, BoolArray]:
    """The driver with straight lines over gaps too long to fill but too short for a repetition, and where those lie."""
    seen = np.flatnonzero(~np.isnan(samples))
    out, mask = samples.copy(), np.zeros(samples.size, dtype=np.bool_)
    for a, b in pairwise(seen.tolist()):
        if 1 < b - a <= _LONGEST_BRIDGED_S * rate_hz:
            out[a + 1 : b] = np.interp(np.arange(a + 1, b), [a, b], [samples[a], samples[b]])
            mask[a + 1 : b] = True
    return out, mask


def without_hidden(rep: Rep, body: Body, mask: BoolArray) -> Rep:
    """The repetition, marked incomplete and without the instants that lie in a gap of its driver, where it has one."""
    if not mask.any():
        return rep

    def hidden(time_s: float) -> bool:
        at = (time_s - body.start_s) * body.rate_hz
        return bool(mask[int(np.floor(at)) : int(np.ceil(at)) + 1].any())

    if not any(hidden(t) for t in (rep.start_s, rep.end_s, *rep.marks.values())):
        return rep
    return rep.model_copy(
        update={
            "complete": False,
            "reason": rep.reason or "a gap in the markers hides its start, its end or its far point",
            "marks": {name: at for name, at in rep.marks.items() if not hidden(at)},
            "phases": tuple(p for p in rep.phases if not hidden(p.start_s) and not hidden(p.end_s)),
        }
    )
