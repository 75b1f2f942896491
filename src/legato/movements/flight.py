"""Jumps read from the height of the pelvis alone: countermovement, take-off, free flight, landing."""

import numpy as np

from legato.movements.cycles import Cycle
from legato.movements.drivers import usable_cutoff
from legato.movements.marks import REST_SHARE, SHORTEST_PAUSE_S, Track, zero_near
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.filters import derivative, lowpass

_FALL_SHARE = (0.6, 1.5)
"""Downward acceleration of the parabola through the flight that counts as free fall, in units of gravity. [ENG] The
top of a quick squat stays below half; the pelvis itself falls faster than the body's centre while the arms are still
up."""

_CONTACT_CUTOFF_HZ = 6.0
"""Low-pass for the acceleration that shows take-off and landing, Hz. [ENG] Noise of an acceleration grows with the
cut-off to the power 2.5; both sides of the flight are smeared alike."""

_TREMOR_SHARE = 0.1
"""Share of the way up to the apex by which the height must rise again to end a descent. [ENG]"""

_SHORTEST_FLIGHT_S = 0.1
"""Shorter flights cannot be told from a heel raise. [ENG]"""


def flight_marks(track: Track, cycle: Cycle, earliest: float) -> dict[str, float] | None:
    """The instants of one jump, in samples, or None where the excursion holds no free flight.

    Take-off and landing lie where the acceleration passes minus half of gravity: half-way between standing and
    falling, so the low-pass, which smears both sides alike, does not move them. They are kinematic stand-ins for the
    force plate's contact. `contact` ends a fall before the bottom (a drop jump); `push` is the last rest before the
    rise.

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
    stretch = slice(cycle.first, cycle.stop)
    calm = np.full_like(x, np.nan)
    calm[stretch] = lowpass(x[stretch], track.rate_hz, usable_cutoff(_CONTACT_CUTOFF_HZ, track.rate_hz))
    a = derivative(derivative(calm, track.rate_hz), track.rate_hz)
    falling = a < -0.5 * STANDARD_GRAVITY
    if not falling[cycle.far]:
        return None
    off = on = cycle.far
    while off > cycle.before and falling[off - 1]:
        off -= 1
    while on < cycle.after and falling[on + 1]:
        on += 1
    if (on - off) / track.rate_hz < _SHORTEST_FLIGHT_S or off <= cycle.before:
        return None
    quarter = (on - off) // 4
    middle = x[off + quarter : on - quarter + 1]
    if middle.size < 4:
        return None
    seconds = np.arange(middle.size) / track.rate_hz
    curve = np.polynomial.Polynomial.fit(seconds - seconds.mean(), middle, 2).convert()
    bend = -2.0 * float(curve.coef[2])
    if not _FALL_SHARE[0] <= bend / STANDARD_GRAVITY <= _FALL_SHARE[1]:
        return None
    take_off = off - 1 + _crossing(a[off - 1], a[off], -0.5 * STANDARD_GRAVITY)
    marks = {"take_off": take_off, "apex": zero_near(v, cycle.far)}
    if on < cycle.after:
        marks["landing"] = on + _crossing(a[on], a[on + 1], -0.5 * STANDARD_GRAVITY)
        if cycle.after < cycle.stop - 1:
            marks["end"] = _landed(v, on, cycle.after, track.rate_hz)
    if cycle.before > cycle.first:
        marks["bottom"] = zero_near(v, cycle.before)
        floor = int(max(np.ceil(earliest), cycle.first))
        down = -v[floor : cycle.before + 1]
        if down.size > 2:
            _countermovement(x, down, floor, cycle.rise, marks)
            if "start" in marks:
                # From a box one starts higher than one takes off; without one, the fall is that of a dip.
                dropped = x[int(marks["start"])] > x[off]
                contact = _contact(a, int(marks["start"]), cycle.before) if dropped else None
                marks |= {} if contact is None else {"contact": contact}
    rise = v[cycle.before : off + 1]
    top = int(rise.argmax())
    rest = np.flatnonzero(rise[: top + 1] <= REST_SHARE * rise[top])
    if rest.size and rise[top] > 0.0:
        marks["push"] = float(cycle.before + rest[-1])
    return marks


def _landed(v: FloatArray, on: int, lowest: int, rate_hz: float) -> float:
    """Where the landing stops: at the lowest point or, where one stays down, at the first rest before it."""
    down = -v[on : lowest + 1]
    fastest = int(down.argmax())
    calm = np.flatnonzero(down[fastest:] <= REST_SHARE * down[fastest])
    rest = on + fastest + int(calm[0]) if calm.size else lowest
    return float(rest) if (lowest - rest) / rate_hz > SHORTEST_PAUSE_S else zero_near(v, lowest)


def _contact(a: FloatArray, first: int, bottom: int) -> float | None:
    """Where the free fall before the bottom ends, in samples; None where the body did not fall freely."""
    falling = np.flatnonzero(a[first:bottom] < -0.5 * STANDARD_GRAVITY)
    if not falling.size:
        return None
    i = first + int(falling[-1])
    return i + _crossing(a[i], a[i + 1], -0.5 * STANDARD_GRAVITY)


def _countermovement(x: FloatArray, down: FloatArray, floor: int, rise_m: float, marks: dict[str, float]) -> None:
    # The last descent before the bottom, not an earlier and faster one (the landing of the jump before), and not a
    # tremor at the bottom itself.
    back = x[floor : floor + down.size][::-1]
    top = np.maximum.accumulate(back)
    rises = np.flatnonzero(back < top - _TREMOR_SHARE * rise_m)
    begin = down.size - 1 - int(back[: rises[0] if rises.size else back.size].argmax())
    fastest = begin + int(down[begin:].argmax())
    rest = np.flatnonzero(down[: fastest + 1] <= REST_SHARE * down[fastest])
    marks["fastest_down"] = float(floor + fastest)
    if rest.size:
        marks["start"] = float(floor + rest[-1])


def _crossing(a: float, b: float, level: float) -> float:
    return 0.0 if a == b else float(np.clip((level - a) / (b - a), 0.0, 1.0))
