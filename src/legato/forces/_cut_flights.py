"""Flights of which the recording's start or end shows only a part."""

import numpy as np

from legato.forces._flights import FLIGHT_S, Flights
from legato.recording import STANDARD_GRAVITY, FloatArray

G = STANDARD_GRAVITY

_LEAST_SPEED = 0.5 * G * FLIGHT_S[0]
"""Speed at take-off or touch-down of the shortest flight, m/s. Stepping on or off has less."""

_PUSH_S = 3.0
"""A push is read back so far, s. [ENG]"""


def cut_flights(force: FloatArray, rate_hz: float, flights: Flights) -> tuple[str, ...]:
    """In words: a jump whose landing lies after the recording, and a landing whose take-off lies before it.

    Both are told by the impulse between the plate's edge and a stand, which gives the speed in the air.
    """
    if not flights.empty:
        return ()
    y = force - flights.plate.level_n
    said: list[str] = []
    first, stop = flights.empty[0]
    if first == 0 and stop < force.size:
        until = flights.empty[1][0] if len(flights.empty) > 1 else force.size
        stands = [s for s in flights.stills if s.first >= stop and s.stop <= until]
        speed = None if not stands else _speed(y[stop : stands[0].first], stands[0].mean_n, rate_hz)
        if speed is not None and speed > _LEAST_SPEED:
            long = stop / rate_hz > FLIGHT_S[1]
            why = "a fall from a box" if long else "the recording starts in the air, or with a fall from a box"
            said.append(
                f"at {stop / rate_hz:.2f} s somebody lands on the empty plates at {speed:.1f} m/s: {why};"
                " no take-off was recorded, so this is no jump"
            )
    first, stop = flights.empty[-1]
    if stop == force.size and first > 0:
        since = flights.empty[-2][1] if len(flights.empty) > 1 else 0
        stands = [s for s in flights.stills if s.first >= since and s.stop <= first]
        begin = stands[-1].stop if stands and first - stands[-1].stop <= _PUSH_S * rate_hz else None
        speed = None if begin is None else _speed(y[begin:first], stands[-1].mean_n, rate_hz)
        lasted = (stop - first) / rate_hz
        if speed is not None and speed > _LEAST_SPEED and lasted < FLIGHT_S[1]:
            said.append(
                f"at {first / rate_hz:.2f} s somebody takes off at {speed:.1f} m/s (by impulse), and the recording ends"
                f" {lasted:.2f} s later, before the landing: no height by flight; record until the landing has come"
                " to rest"
            )
    return tuple(said)


def _speed(push: FloatArray, weight_n: float, rate_hz: float) -> float | None:
    """Upward speed that the force above the weight gives, m/s; None beside missing samples."""
    if not push.size or not np.isfinite(push).all():
        return None
    return float((push - weight_n).sum()) / rate_hz * G / weight_n
