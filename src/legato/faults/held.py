"""A hold that failed, followed until its position is given up: the posture that ended it is what is read."""

from collections.abc import Sequence

import numpy as np

from legato.body.model import Body
from legato.movements.model import Movement, Phase, Rep
from legato.movements.reps import driven_reps
from legato.recording import FloatArray

KEPT = "kept"
"""Name of the phase."""

_KEPT_SHARE = 0.9
"""The position is kept as long as its signal stays above this share of what it was as the hold failed. [ENG] Who draws
the hands back turns as well, and that is no drift."""


def with_kept(body: Body, movement: Movement, reps: Sequence[Rep]) -> list[Rep]:
    """Repetitions of a hold with the phase `kept`: of one that failed to where its position is given up, or the next
    one starts; of others the repetition.

    Parameters
    ----------
    body, movement, reps
        What is read. A hold ends where its posture leaves its band, so that within it the posture never is far off.
    """
    drive = driven_reps(body, movement)[0]
    found: list[Rep] = []
    for k, rep in enumerate(reps):
        end_s = rep.end_s
        if rep.ending == "failed" and drive is not None:
            last_s = reps[k + 1].start_s if k + 1 < len(reps) else np.inf
            end_s = min(_given_up_s(drive.samples, body, rep.end_s), last_s)
        phase = Phase(name=KEPT, start_s=rep.start_s, end_s=max(rep.end_s, end_s))
        found.append(rep.model_copy(update={"phases": (*rep.phases, phase)}))
    return found


def _given_up_s(position: FloatArray, body: Body, failed_s: float) -> float:
    """Where a position falls short of what it was at an instant, s."""
    first = min(position.size - 1, max(0, round((failed_s - body.start_s) * body.rate_hz)))
    after = position[first:]
    short = np.flatnonzero(~(after >= _KEPT_SHARE * after[0]))
    last = int(short[0]) - 1 if short.size else after.size - 1
    return body.start_s + (first + max(0, last)) / body.rate_hz
