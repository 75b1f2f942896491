"""Jumps read from the height of the pelvis alone: countermovement, take-off, free flight, landing."""

import numpy as np

from legato.movements.cycles import Cycle
from legato.movements.marks import REST_SHARE, Track
from legato.recording import FloatArray
from legato.signals.filters import derivative

_GRAVITY = 9.80665

_FALL_SHARE = (0.6, 1.4)
"""Mean downward acceleration between take-off and landing that counts as free flight, in units of gravity. [ENG] A quick rise from a
squat stays below half; a filtered flight of 0.2 s still reaches three quarters."""

_SHORTEST_FLIGHT_S = 0.1
"""Shorter flights cannot be told from a heel raise. [ENG]"""


def flight_marks(track: Track, cycle: Cycle, earliest: float) -> dict[str, float] | None:
    """The instants of one jump, in samples, or None where the excursion holds no free flight.

    Take-off and landing lie where the acceleration passes minus half of gravity: half-way between standing and falling, so the
    low-pass, which smears both sides alike, does not move them. They are kinematic stand-ins for the force plate's contact.

    Parameters
    ----------
    track
        Height of the pelvis, m.
    cycle
        Its rise from the countermovement's bottom to the apex and the fall to the landing's bottom.
    earliest
        Sample before which this jump cannot start.
    """
    x, v = track.samples, track.rate
    a = derivative(v, track.rate_hz)
    falling = a < -0.5 * _GRAVITY
    if not falling[cycle.far]:
        return None
    off = on = cycle.far
    while off > cycle.before and falling[off - 1]:
        off -= 1
    while on < cycle.after and falling[on + 1]:
        on += 1
    if (on - off) / track.rate_hz < _SHORTEST_FLIGHT_S or off <= cycle.before:
        return None
    middle = a[off + (on - off) // 4 : on - (on - off) // 4 + 1]
    if not _FALL_SHARE[0] <= -float(middle.mean()) / _GRAVITY <= _FALL_SHARE[1]:
        return None
    take_off = off - 1 + _crossing(a[off - 1], a[off], -0.5 * _GRAVITY)
    marks = {"take_off": take_off, "apex": _zero(v, cycle.far)}
    if on < cycle.after:
        marks["landing"] = on + _crossing(a[on], a[on + 1], -0.5 * _GRAVITY)
        if cycle.after < cycle.stop - 1:
            marks["end"] = _zero(v, cycle.after)
    if cycle.before > cycle.first:
        marks["bottom"] = _zero(v, cycle.before)
        floor = int(max(np.ceil(earliest), cycle.first))
        down = -v[floor : cycle.before + 1]
        if down.size > 2:
            _countermovement(x, down, floor, marks)
    return marks


def _countermovement(x: FloatArray, down: FloatArray, floor: int, marks: dict[str, float]) -> None:
    # The last descent before the bottom, not an earlier and faster one (the landing of the jump before).
    above = np.flatnonzero(down <= 0.0)
    begin = int(above[above < down.size - 1][-1]) if (above < down.size - 1).any() else 0
    fastest = begin + int(down[begin:].argmax())
    rest = np.flatnonzero(down[: fastest + 1] <= REST_SHARE * down[fastest])
    marks["fastest_down"] = float(floor + fastest)
    if rest.size:
        marks["start"] = float(floor + rest[-1])


def _crossing(a: float, b: float, level: float) -> float:
    return 0.0 if a == b else float(np.clip((level - a) / (b - a), 0.0, 1.0))


def _zero(v: FloatArray, near: int) -> float:
    for i in (near - 1, near):
        if 0 <= i and i + 1 < v.size and v[i] * v[i + 1] <= 0.0 and v[i] != v[i + 1]:
            return i + float(v[i] / (v[i] - v[i + 1]))
    return float(near)
