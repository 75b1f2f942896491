"""Jumps read from motion alone: countermovement, take-off, free flight, landing."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from legato.body.inertia import centre_of_mass
from legato.body.model import Body
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
"""Low-pass for the acceleration that shows that the body falls freely, Hz. [ENG] Noise of an acceleration grows with
the cut-off to the power 2.5; both sides of the flight are smeared alike."""

_FASTER_M_S: Mapping[str, float] = {"take_off": 0.25, "landing": 0.14}
"""How much faster the body rises at its fastest than at take-off, and falls at its fastest than at touch-down, m/s.
[ENG] Gravity slows it while the feet unload, half of g over 30 to 65 ms, and speeds it up while they load. Six jumps of
three persons on plates show 0.17 to 0.39 and 0.05 to 0.25 m/s; these are the means of the persons' means, and
docs/validation.md names the jumps. Simulated ones that leave and land at once show 0."""

_FASTER_HALF_M_S: Mapping[str, float] = {"take_off": 0.32, "landing": 0.25}
"""Half-width (90 %) of that where the centre of mass is known, m/s. [ENG] Three persons tell no spread, so these hold
every one of those jumps and the simulated ones, also where both ends err alike (0.39 together), as they tend to."""

_ARMS_HALF_M_S = 0.22
"""Half-width (90 %) of what is added where the pelvis stands for the centre of mass, m/s. [ENG] Arms and trunk move the
centre of mass against the pelvis by a tenth of a metre in half a second."""

_TREMOR_SHARE = 0.1
"""Share of the way up to the apex by which the height must rise again to end a descent. [ENG]"""

_SHORTEST_FLIGHT_S = 0.1
"""Shorter flights cannot be told from a heel raise. [ENG]"""


@dataclass(frozen=True, slots=True)
class Mass:
    """Height of what stands for the body in the air, m, shape (n,), and whether it is the centre of mass."""

    samples: FloatArray
    known: bool

    @property
    def doubt_s(self) -> dict[str, float]:
        """Half-width (90 %) of take-off and landing by what the speed of the body leaves open, s."""
        arms = 0.0 if self.known else _ARMS_HALF_M_S
        return {name: float(np.hypot(half, arms)) / STANDARD_GRAVITY for name, half in _FASTER_HALF_M_S.items()}


def mass_of(body: Body, pelvis: FloatArray, cutoff_hz: float) -> Mass:
    """The centre of mass where all of it was seen throughout, else the pelvis, low-passed."""
    found = centre_of_mass(body.points, body.sex) if body.length_unit == "m" else None
    if found is None or not np.isfinite(found[0][:, 2]).all():
        return Mass(pelvis, known=False)
    return Mass(lowpass(found[0][:, 2], body.rate_hz, usable_cutoff(cutoff_hz, body.rate_hz)), known=True)


def flight_marks(track: Track, cycle: Cycle, earliest: float, mass: Mass | None = None) -> dict[str, float] | None:
    """The instants of one jump, in samples, or None where the excursion holds no free flight.

    Take-off and landing lie as far from the top of the flight as gravity takes to stop the body from its speed at
    take-off, or to give it that of touch-down: its fastest rise and fall, less what the feet still give while they
    unload and load. Those speeds are broad maxima, which noise and smoothing of the motion hardly move; where the feet
    part from the ground they would move it by tens of ms. They are kinematic stand-ins for the force plate's contact,
    see `Mass.doubt_s`. `contact` ends a fall before the bottom (a drop jump); `push` is the last rest before the rise.

    Parameters
    ----------
    track
        Height of the pelvis, m.
    cycle
        Its rise from the countermovement's bottom to the apex and the fall to the landing's bottom.
    earliest
        Sample before which this jump cannot start.
    mass
        The centre of mass; without it the pelvis stands for it.
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
    left = _thrown(mass or Mass(x, known=False), track.rate_hz, cycle)
    if left is None:
        return None
    marks = {"take_off": left[0], "apex": zero_near(v, cycle.far)}
    if on < cycle.after:
        marks["landing"] = left[1]
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


def _thrown(mass: Mass, rate_hz: float, cycle: Cycle) -> tuple[float, float] | None:
    """Take-off and landing, in samples, from the top of the flight and the fastest rise and fall beside it."""
    speed = derivative(mass.samples, rate_hz)
    rising, falling = speed[cycle.before : cycle.far + 1], speed[cycle.far : cycle.after + 1]
    if rising.size < 2 or falling.size < 2:
        return None
    fastest = cycle.before + int(rising.argmax()), cycle.far + int(falling.argmin())
    stops = np.flatnonzero(speed[fastest[0] : fastest[1] + 1] <= 0.0)
    if not stops.size or speed[fastest[0]] <= 0.0:
        return None
    top = zero_near(speed, fastest[0] + int(stops[0]))
    up, down = float(speed[fastest[0]]), -float(speed[fastest[1]])
    rise_s, fall_s = ((v - less) / STANDARD_GRAVITY for v, less in zip((up, down), _FASTER_M_S.values(), strict=True))
    if min(rise_s, fall_s) * 2.0 < _SHORTEST_FLIGHT_S:
        return None
    return top - rise_s * rate_hz, top + fall_s * rate_hz


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
