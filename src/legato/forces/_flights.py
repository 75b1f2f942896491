"""Which stretches off the plate are flights of a jump, and the weight of who jumped."""

from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.estimate import Estimate
from legato.forces.carried import masses_apart
from legato.forces.contacts import Unloaded, load_edge, unloaded_plate
from legato.forces.jump_model import NoJump
from legato.forces.standing import Stillness, still_spans
from legato.recording import STANDARD_GRAVITY, FloatArray

G = STANDARD_GRAVITY

LIGHTEST_KG, HEAVIEST_KG = 20.0, 250.0
"""Persons, with what they hold, weigh this much. [ENG]"""

FLIGHT_S = (0.1, 1.1)
"""Shortest and longest flight of a jump, s: 0.012 and 1.48 m. [ENG]"""

_SHORTEST_CONTACT_S = 0.1
"""A shorter contact is an impact, not a push. [ENG]"""

_SHORTEST_STAND_S = 0.4
"""A jump that does not start from stillness must at least end in a stand of this length, s. [ENG]"""

_LONG_STAND_S = 0.6
"""A stand this long shows the weight, s. [ENG]"""

_ALIKE, _ALIKE_ELSEWHERE = 0.02, 0.08
"""Shares of that weight by which another stand may differ, in the same contact, and in another one, after which the
plates may have drifted. [ENG]"""

LONGEST_REBOUND_S = 1.0
"""Longest contact of a drop jump or between two hops, s. [ENG]"""

_PUSH_SHARE = 0.6
"""Smallest share of the take-off speed that the force above body weight must have given. [ENG] Stepping off a plate
gives none."""

_SLOWEST_HZ = 22.0
"""Behind a slower low-pass take-off and landing are not told, Hz. [ENG] The height would be known to 15 mm at best."""

_STEPPED = "no push above body weight before it: somebody stepped off the plate and on again"
_AFTER_A_FLIGHT = "a rebound after another flight (hopping or running); stand still for 0.5 s before each jump"
_BEFORE_A_FLIGHT = "another flight follows at once (hopping or running); stand still for 0.5 s before each jump"

_MASS_HALF_KG = 0.5
"""Half-width of a given mass's 90 % interval, kg. [ENG]"""


@dataclass(frozen=True, slots=True)
class Flight:
    """The flight of one jump: samples of the contacts around it, its ends, the weight, and the stillness before it."""

    contact_first: int
    first: int
    stop: int
    contact_stop: int
    take_off: Estimate
    landing: Estimate
    touch_down: Estimate | None
    still: Stillness | None
    drop: bool
    weight: Estimate | None
    weight_from: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flights:
    """The empty plate, the flights of jumps, what is none, the empty stretches (first sample, stop) with those among
    them that follow one another as hops, and where somebody rests on the plate.
    """

    plate: Unloaded
    found: list[Flight]
    refused: list[NoJump]
    empty: list[tuple[int, int]]
    hops: list[int]
    stills: list[Stillness]


def find_flights(force: FloatArray, rate_hz: float, mass_kg: float | None) -> Flights | None:
    """The flights of jumps in a curve, and what is none; None where the plate never was empty, or always.

    Raises
    ------
    BadInput
        The curve holds a jump of somebody too heavy, or, taken as kN, one of a person.
    """
    found = unloaded_plate(force, rate_hz)
    if found is None:
        return None
    plate, stretches = found
    y = force - plate.level_n
    shortest = FLIGHT_S[0] * rate_hz
    empty = [(a, b) for a, b in stretches if a == 0 or b == force.size or b - a >= shortest]
    stills = [s for s in still_spans(y, rate_hz, plate.noise_sd_n) if s.mean_n > max(2.0 * plate.threshold_n, 0.0)]
    flights: list[Flight] = []
    refused: list[NoJump] = []
    hops: list[int] = []
    # After stepping off, the next touch-down may be a fall from a box, however short the plate was empty.
    stepped = False
    for k, (first, stop) in enumerate(empty):
        if first == 0 or stop == force.size:
            continue
        before = empty[k - 1] if k else None
        after = empty[k + 1] if k + 1 < len(empty) else None
        outcome = _judge(y, force, rate_hz, plate, stills, (first, stop), before, after, mass_kg, stepped=stepped)
        if isinstance(outcome, str):
            refused.append(NoJump(first / rate_hz, stop / rate_hz, outcome))
            hops += [k] if outcome in (_AFTER_A_FLIGHT, _BEFORE_A_FLIGHT) else []
        else:
            flights.append(outcome)
        stepped = outcome == _STEPPED
    return Flights(plate, flights, refused, empty, hops, stills)


def _judge(
    y: FloatArray,
    force: FloatArray,
    rate_hz: float,
    plate: Unloaded,
    stills: list[Stillness],
    run: tuple[int, int],
    before: tuple[int, int] | None,
    after: tuple[int, int] | None,
    mass_kg: float | None,
    *,
    stepped: bool,
) -> Flight | str:
    first, stop = run
    lasted = (stop - first) / rate_hz
    if lasted > FLIGHT_S[1]:
        return f"off the plate for {lasted:.2f} s, longer than any jump (or the rate is given too low)"
    push_first = before[1] if before else 0
    stand_stop = after[0] if after else y.size
    push_s, stand_s = (first - push_first) / rate_hz, (stand_stop - stop) / rate_hz
    if (before and push_s < _SHORTEST_CONTACT_S) or (after and stand_s < _SHORTEST_CONTACT_S):
        return f"a contact of {1000 * min(push_s, stand_s):.0f} ms beside it is an impact, not a push or a landing"
    still = _stand_before(stills, push_first, first, rate_hz)
    weight, source, reasons = _weight(still, stills, stop, stand_stop, mass_kg, plate.level_half_n)
    rough = weight.value if weight else _rough_weight(y, rate_hz, stop, stand_stop, lasted)
    if rough < LIGHTEST_KG * G:
        return f"what was on the plate weighs {rough / G:.2g} kg and is no person (is the force in N?)"
    if rough > HEAVIEST_KG * G:
        raise BadInput(
            f"force: somebody of {rough / G:.0f} kg jumps at {first / rate_hz:.2f} s; give the force in N, plates once"
        )
    if still is None:
        refusal = _without_stillness(rate_hz, None if stepped else before, after, push_s, stand_s)
        if refusal:
            return refusal
    push = y[max(push_first, first - round(rate_hz)) : first]
    seen = np.isfinite(push)
    # A push that lacks samples (as where the plate clips) still shows in those beside them.
    net = np.interp(np.arange(push.size), np.flatnonzero(seen), push[seen]) - rough if seen.any() else np.zeros(1)
    pushed = float(net[net > 0.0].sum()) / rate_hz * G / rough
    if pushed < _PUSH_SHARE * 0.5 * G * lasted:
        return _STEPPED
    if 0.0 < plate.cutoff_hz < _SLOWEST_HZ:
        return (
            f"the force went through a low-pass of about {plate.cutoff_hz:.0f} Hz, too slow to tell take-off and"
            " landing; export it unfiltered, or low-passed at 50 Hz or more"
        )
    take_off = load_edge(force, first - 1, plate, rate_hz, rising=False)
    landing = load_edge(force, stop, plate, rate_hz, rising=True)
    if take_off is None or landing is None:
        return "samples are missing at take-off or landing; record it without gaps"
    drop = still is None and before is not None and push_s <= LONGEST_REBOUND_S
    touch_down = load_edge(force, push_first, plate, rate_hz, rising=True) if drop else None
    if still is None and not drop:
        reasons.append("nobody stood still for 0.4 s before the jump, so its start and impulse are unknown")
    return Flight(
        push_first, first, stop, stand_stop, take_off, landing, touch_down, still, drop, weight, source, tuple(reasons)
    )


def _without_stillness(
    rate_hz: float,
    before: tuple[int, int] | None,
    after: tuple[int, int] | None,
    push_s: float,
    stand_s: float,
) -> str | None:
    """Why a flight without stillness before it is no jump, or None."""

    def flown(other: tuple[int, int] | None) -> bool:
        return other is not None and other[0] > 0 and (other[1] - other[0]) / rate_hz <= FLIGHT_S[1]

    if flown(before) and push_s < LONGEST_REBOUND_S:
        return _AFTER_A_FLIGHT
    if flown(after) and stand_s < LONGEST_REBOUND_S:
        return _BEFORE_A_FLIGHT
    if after and stand_s < _SHORTEST_STAND_S:
        return f"the plate was left {stand_s:.2f} s after it (walking or running over the plate)"
    return None


def _weight(
    still: Stillness | None,
    stills: list[Stillness],
    stop: int,
    stand_stop: int,
    mass_kg: float | None,
    level_half_n: float,
) -> tuple[Estimate | None, str, list[str]]:
    reasons: list[str] = []
    later = [s for s in stills if s.first >= stop and s.stop <= stand_stop]
    given = None if mass_kg is None else Estimate.symmetric(mass_kg * G, _MASS_HALF_KG * G, "N")
    standing = still or (max(later, key=lambda s: s.stop - s.first) if later else None)
    shown = (
        None
        if standing is None
        else Estimate.symmetric(standing.mean_n, float(np.hypot(standing.half_n, level_half_n)), "N")
    )
    if shown and mass_kg and masses_apart(shown.value / G, mass_kg):
        reasons.append(
            f"the plate shows {shown.value / G:.1f} kg in standing, {mass_kg:.1f} kg were given: the plate is used;"
            " check the mass, what was held, and that both feet were on the plates"
        )
    if still and shown:
        return shown, "standing before", reasons
    if given:
        return given, "mass given", reasons
    if shown:
        return shown, "standing after", reasons
    reasons.append("no weight: nobody stood still on the plate and no mass was given (--mass)")
    return None, "", reasons


def _stand_before(stills: list[Stillness], first: int, stop: int, rate_hz: float) -> Stillness | None:
    """The last stand of a contact. A slow squat rests at less than body weight for a while; the longest stand tells."""
    inside = [s for s in stills if s.first >= first and s.stop <= stop]
    if not inside:
        return None
    longest = max(inside, key=lambda s: s.stop - s.first)
    if longest.stop - longest.first < _LONG_STAND_S * rate_hz:
        elsewhere = max(stills, key=lambda s: s.stop - s.first)
        longest = elsewhere if elsewhere.stop - elsewhere.first >= _LONG_STAND_S * rate_hz else longest
        alike = _ALIKE_ELSEWHERE if longest is elsewhere else _ALIKE
    else:
        alike = _ALIKE
    agreeing = [s for s in inside if abs(s.mean_n - longest.mean_n) <= alike * longest.mean_n]
    return agreeing[-1] if agreeing else None


def _rough_weight(y: FloatArray, rate_hz: float, stop: int, stand_stop: int, flight_s: float) -> float:
    """Weight from the landing alone: its impulse stops the fall and then carries the body. Good to about a tenth."""
    end = min(stand_stop, stop + round(2.0 * rate_hz))
    impulse = float(np.nansum(y[stop:end])) / rate_hz
    return impulse / ((end - stop) / rate_hz + 0.5 * flight_s)
