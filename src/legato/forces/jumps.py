"""Jumps on a force plate: how high they went by flight and by impulse, and their phases."""

from dataclasses import replace
from typing import Any

import numpy as np

from legato.errors import BadInput
from legato.estimate import LEVEL, Estimate
from legato.forces._curves import as_curve, limit_of
from legato.forces._cut_flights import cut_flights
from legato.forces._flights import HEAVIEST_KG, LIGHTEST_KG, Flight, find_flights
from legato.forces._force_marks import force_marks
from legato.forces._jump_phases import Push, read_contact, read_landing, read_push
from legato.forces._onset import Z
from legato.forces._rebounds import Bounce, find_rebounds
from legato.forces.contacts import Unloaded, drawn_half_s, zero_drift
from legato.forces.jump_model import Jump, JumpKind, JumpSearch, Phase, Rebound, SharedHalves
from legato.forces.model import SCALE_SD
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.factors import normal_factor

G = STANDARD_GRAVITY

_AGREE_M = 0.02
"""Difference of the two heights that is worth a sentence, m."""

_UNLIKE = (0.75, 1.25)
"""Take-off speed by impulse over that by flight outside of which the impulse is not believed. [ENG] Landing with bent
legs lengthens a flight by less."""

_MS_HZ = (0.2, 20.0)
"""Rates that a table of forces has whose times in ms were taken for s. [ENG]"""

_LOWEST_RATE_HZ = 200.0
"""Below, one sample of the flight is worth more than 12 mm of a jump of 0.3 m. [ENG]"""


def find_jumps(force_n: Any, rate_hz: float, mass_kg: float | None = None, level: float = LEVEL) -> list[Jump]:
    """The jumps of a force curve, in order of time; `search_jumps` also tells what was none."""
    return list(search_jumps(force_n, rate_hz, mass_kg, level).jumps)


def search_jumps(force_n: Any, rate_hz: float, mass_kg: float | None = None, level: float = LEVEL) -> JumpSearch:
    """The jumps of a force curve, and what looked like a flight and is none.

    Parameters
    ----------
    force_n
        Vertical force on the person, N, upwards positive, all plates summed, shape (n,). NaN marks missing samples. The
        plate's reading while nobody is on it is taken off.
    rate_hz
        Sampling rate, Hz, at least 200.
    mass_kg
        Mass of the person with what they hold, kg. Standing still on the plate is believed before it.
    level
        Share of central probability of the intervals.

    Returns
    -------
    Flights of 0.1 to 1.1 s between contacts of a person, after a push above body weight, that start from standing still
    (countermovement and squat jumps), from a fall on the empty plate (drop jumps), or from a moving start at the
    beginning of the recording (kind `unknown`). Hopping without standing still, running over the plate, stepping off
    and on, and an impact of something light are none.

    Raises
    ------
    BadInput
        No rate, no samples, more than one column, a mass of no person, a force that is not in N or points down.
    NotResolvable
        The rate is below 200 Hz.

    References
    ----------
    Linthorne 2001, Am J Phys 69:1198 (both heights); Owen et al. 2014, J Strength Cond Res (onset at
    5 SD); McMahon et al. 2018, Strength Cond J (phases).
    """
    force = as_curve(force_n, rate_hz, 0.0)
    if rate_hz < _LOWEST_RATE_HZ:
        ms = " (times in ms? name the column time_ms)" if _MS_HZ[0] <= rate_hz <= _MS_HZ[1] else ""
        raise BadInput(f"force: {rate_hz:g} samples/s{ms} cannot time a flight; record at {_LOWEST_RATE_HZ:g} or more")
    if mass_kg is not None and not LIGHTEST_KG <= mass_kg <= HEAVIEST_KG:
        raise BadInput(f"a mass of {mass_kg:g} kg is no person's; give {LIGHTEST_KG:g} to {HEAVIEST_KG:g} kg")
    limit = limit_of(force)
    cut = None if limit is None else np.flatnonzero(force >= limit[0])
    drift = zero_drift(force, rate_hz)
    force = force if drift is None else force - drift
    found = find_flights(force, rate_hz, mass_kg)
    if found is None or not found.found:
        _refuse_other_scale(force, rate_hz)
    if found is None:
        return JumpSearch((), ())
    plate = found.plate
    scale = normal_factor(level) / Z
    jumps = [_read(force - plate.level_n, rate_hz, plate, flight, cut, scale, level) for flight in found.found]
    rebounds = [_read_rebound(one, scale, level) for one in find_rebounds(force, rate_hz, found)]
    return JumpSearch(tuple(jumps), tuple(found.refused), tuple(rebounds), cut_flights(force, rate_hz, found))


_OTHER_SCALES = (
    (-1.0, "points down; give it upwards on the person"),
    (1000.0, "is in kN; give it in N, or its unit beside the column's name: Fz (kN)"),
    (
        STANDARD_GRAVITY,
        "is a person's in kgf, daN or lbf only; give it in N, or its unit beside the column's name: Fz (kgf)",
    ),
)
"""What a curve without a jump is taken times to find one, and what to say where it holds one then."""


def _refuse_other_scale(force: FloatArray, rate_hz: float) -> None:
    for factor, say in _OTHER_SCALES:
        try:
            found = find_flights(force * factor, rate_hz, None)
        except BadInput:
            continue
        if found is not None and found.found:
            raise BadInput(f"force: {np.nanmin(force):.3g} to {np.nanmax(force):.3g}: the vertical force {say}")


def _read(
    y: FloatArray,
    rate_hz: float,
    plate: Unloaded,
    flight: Flight,
    cut: "np.ndarray[Any, Any] | None",
    scale: float,
    level: float,
) -> Jump:
    reasons = list(flight.reasons)
    flown = flight.landing.minus(flight.take_off)
    by_flight = _squared(flown)
    weight = flight.weight
    if weight is not None and flight.weight_from == "mass given":
        # A mass from elsewhere and the plates' scale do not err together.
        flight = replace(flight, weight=weight.widened(Z * SCALE_SD * weight.value))
    push = Push()
    since = flight.first - round(2 * rate_hz) if flight.still is None else flight.still.first
    missing = bool(np.isnan(y[max(flight.contact_first, since) : flight.first]).any())
    clipped: list[int] = [] if cut is None else cut.tolist()
    before = any(flight.contact_first <= i < flight.first for i in clipped)
    if before:
        reasons.append("the force is cut off at the device's limit before take-off: no impulse, power or phases")
    elif missing:
        reasons.append("samples are missing before take-off: no impulse, power or phases")
    elif flight.weight is not None:
        read = read_push if flight.still is not None else read_contact
        push = read(y, rate_hz, flight, plate.noise_sd_n)
    if push.height is not None and not _UNLIKE[0] < np.sqrt(max(push.height.value, 0.0) / by_flight.value) < _UNLIKE[1]:
        reasons.append(
            f"the impulse gives {push.height.value:.3f} m, which does not fit the {by_flight.value:.3f} m by flight"
            " (weight or start is wrong): no height by impulse; phases and power are read from the take-off back"
        )
        push = read_contact(y, rate_hz, flight, plate.noise_sd_n)
    reasons += push.reasons
    lowest, highest, top = (None,) * 3 if before else force_marks(y, rate_hz, flight, plate.noise_sd_n)
    peak, after, landing, unrested = read_landing(y, rate_hz, flight, plate.noise_sd_n)
    if any(flight.stop <= i < flight.contact_stop for i in clipped):
        peak = after = landing = None
        reasons.append("the force is cut off at the device's limit in landing: no peak")
    elif unrested:
        reasons.append(unrested)
    if flight.drop:
        reasons.append("a fall on the plate: height by impulse needs the fall's speed, which only the flight gives")
    if push.height is not None and abs(push.height.value - by_flight.value) > _AGREE_M:
        reasons.append(_disagreement(push.height, by_flight))
    kind: JumpKind = "unknown"
    if flight.drop:
        kind = "drop"
    elif push.onset is not None and push.height is not None:
        kind = "countermovement" if push.sank else "squat"
    contact = None if flight.touch_down is None else flight.take_off.minus(flight.touch_down)
    begun = flight.touch_down if push.onset is None else push.onset
    strength = None if begun is None else _strength(begun, flight.take_off, flight.landing)
    phases = (*push.phases, Phase("flight", flight.take_off, flight.landing), *((landing,) if landing else ()))

    def at_level(estimate: Estimate | None) -> Estimate | None:
        return None if estimate is None else _rescaled(estimate, scale, level)

    return Jump(
        kind=kind,
        take_off_s=_rescaled(flight.take_off, scale, level),
        landing_s=_rescaled(flight.landing, scale, level),
        flight_time_s=_rescaled(flown, scale, level),
        height_flight_m=_rescaled(by_flight, scale, level),
        height_impulse_m=at_level(push.height),
        weight_n=at_level(weight),
        weight_from=flight.weight_from,
        onset_s=at_level(push.onset),
        phases=tuple(
            Phase(p.name, _rescaled(p.start_s, scale, level), _rescaled(p.end_s, scale, level)) for p in phases
        ),
        contact_time_s=at_level(contact),
        drop_height_m=at_level(push.drop_height),
        reactive_strength_m_s=at_level(strength),
        peak_power_w=at_level(push.peak_power),
        mean_power_w=at_level(push.mean_power),
        landing_peak_n=at_level(peak),
        landing_peak_after_s=at_level(after),
        lowest_force_s=at_level(lowest),
        peak_force_s=at_level(highest),
        peak_force_n=at_level(top),
        reasons=tuple(reasons),
        take_off_speed_m_s=at_level(push.take_off_speed),
        depth_m=at_level(push.depth),
        peak_power_w_kg=at_level(_per_kg(push.peak_power, weight)),
        mean_power_w_kg=at_level(_per_kg(push.mean_power, weight)),
        shared=_shared(plate, flown, push, scale),
    )


def _shared(plate: Unloaded, flown: Estimate, push: Push, scale: float) -> SharedHalves:
    off_s, on_s = (scale * drawn_half_s(plate, rising=rising) for rising in (False, True))
    speed = push.take_off_speed
    # Without that speed the power rests on the flight: on its ends, the posture at landing and perhaps a mass given.
    rests = push.peak_power if speed is None else None
    return SharedHalves(
        height_flight_m=0.25 * G * flown.value * float(np.hypot(off_s, on_s)),
        height_impulse_m=0.0 if speed is None else abs(speed.value) * off_s,
        peak_power_w=0.0 if rests is None else scale * rests.half_width,
    )


def _per_kg(power: Estimate | None, weight: Estimate | None) -> Estimate | None:
    """Power over the mass, W/kg, with the errors of both. Of plates that tell both, their scale drops out; over a mass
    that was given the power still lacks it.
    """
    if power is None or weight is None:
        return None
    mass_kg, half_kg = weight.value / G, weight.half_width / G
    value = power.value / mass_kg
    below, above = (float(np.hypot(end - power.value, value * half_kg)) / mass_kg for end in (power.low, power.high))
    return Estimate(value, value - below, value + above, unit="W/kg")


def _read_rebound(contact: Bounce, scale: float, level: float) -> Rebound:
    flown = contact.landing.minus(contact.take_off)
    lasted = contact.take_off.minus(contact.touch_down)
    height = _squared(flown)
    fallen = None if contact.left is None else _squared(contact.touch_down.minus(contact.left))
    strength = _strength(contact.touch_down, contact.take_off, contact.landing)
    return Rebound(
        touch_down_s=_rescaled(contact.touch_down, scale, level),
        take_off_s=_rescaled(contact.take_off, scale, level),
        landing_s=_rescaled(contact.landing, scale, level),
        contact_time_s=_rescaled(lasted, scale, level),
        flight_time_s=_rescaled(flown, scale, level),
        height_flight_m=_rescaled(height, scale, level),
        drop_height_m=None if fallen is None else _rescaled(fallen, scale, level),
        reactive_strength_m_s=None if strength is None else _rescaled(strength, scale, level),
    )


def _disagreement(by_impulse: Estimate, by_flight: Estimate) -> str:
    gap = by_flight.value - by_impulse.value
    why = (
        "landing with bent legs lengthens the flight, and a weight read too high lowers the impulse"
        if gap > 0.0
        else "the legs were bent at take-off, or the weight was read too low (not still, or a foot off the plates)"
    )
    return (
        f"height by flight {by_flight.value:.3f} m and by impulse {by_impulse.value:.3f} m differ by"
        f" {abs(gap):.3f} m: {why}"
    )


def _squared(flown: Estimate) -> Estimate:
    low, value, high = (G * t**2 / 8.0 for t in (flown.low, flown.value, flown.high))
    return Estimate(value, low, high, unit="m")


def _strength(start: Estimate, take_off: Estimate, landing: Estimate) -> Estimate | None:
    """Height by flight over the time before take-off, m/s; a late take-off shortens the one and lengthens the other."""
    if take_off.low <= start.high:
        return None

    def strength(begun: float, left: float, landed: float) -> float:
        return G * (landed - left) ** 2 / 8.0 / (left - begun)

    s, o, f = start.value, take_off.value, landing.value
    value = strength(s, o, f)
    lows = (strength(start.low, o, f), strength(s, take_off.high, f), strength(s, o, landing.low))
    highs = (strength(start.high, o, f), strength(s, take_off.low, f), strength(s, o, landing.high))
    below, above = (float(np.linalg.norm([value - one for one in ends])) for ends in (lows, highs))
    return Estimate(value, value - below, value + above, unit="m/s")


def _rescaled(estimate: Estimate, scale: float, level: float) -> Estimate:
    below, above = (estimate.value - estimate.low) * scale, (estimate.high - estimate.value) * scale
    return Estimate(estimate.value, estimate.value - below, estimate.value + above, level, estimate.unit)
