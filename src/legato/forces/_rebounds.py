"""Contacts and flights that follow one another, as in hopping: what both of their ends tell without a stand."""

from dataclasses import dataclass

from legato.estimate import Estimate
from legato.forces._flights import FLIGHT_S, LONGEST_REBOUND_S, Flights
from legato.forces.contacts import load_edge
from legato.recording import FloatArray


@dataclass(frozen=True, slots=True)
class Bounce:
    """Ends of one contact and of the flight after it, s; `left`: when the flight before it began, where it was seen."""

    left: Estimate | None
    touch_down: Estimate
    take_off: Estimate
    landing: Estimate


def find_rebounds(force: FloatArray, rate_hz: float, flights: Flights) -> list[Bounce]:
    """The hops of a curve whose contact has both of its ends, in order of time."""
    found: list[Bounce] = []
    for k in flights.hops:
        first, stop = flights.empty[k]
        if k == 0 or (first - flights.empty[k - 1][1]) / rate_hz > LONGEST_REBOUND_S:
            continue
        before = flights.empty[k - 1]
        edges = [
            load_edge(force, sample, flights.plate, rate_hz, rising=rising)
            for sample, rising in ((before[1], True), (first - 1, False), (stop, True))
        ]
        touch_down, take_off, landing = edges
        if touch_down is None or take_off is None or landing is None:
            continue
        flown = before[0] > 0 and (before[1] - before[0]) / rate_hz <= FLIGHT_S[1]
        left = load_edge(force, before[0] - 1, flights.plate, rate_hz, rising=False) if flown else None
        found.append(Bounce(left, touch_down, take_off, landing))
    return found
