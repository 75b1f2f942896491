"""Force curves of jumps whose centre of mass is planted in closed form, so that every instant and height is exact."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.recording import STANDARD_GRAVITY, FloatArray


@dataclass(frozen=True)
class PlantedJump:
    force_n: FloatArray
    rate_hz: float
    mass_kg: float
    onset_s: float
    take_off_s: float
    landing_s: float
    height_m: float
    turn_s: float
    faded_s: float
    """When 95 % of the speed of touch-down is stopped."""

    @property
    def flight_s(self) -> float:
        return self.landing_s - self.take_off_s


def _pieces(t: FloatArray, knots: list[tuple[float, float]]) -> FloatArray:
    """Acceleration that runs smoothly (raised cosine) between knots of (time, value)."""
    out = np.full_like(t, knots[0][1])
    for (t0, a0), (t1, a1) in pairwise(knots):
        inside = (t >= t0) & (t < t1)
        out[inside] = a0 + (a1 - a0) * 0.5 * (1.0 - np.cos(np.pi * (t[inside] - t0) / (t1 - t0)))
    out[t >= knots[-1][0]] = knots[-1][1]
    return out


def planted_jump(
    rate_hz: float = 1000.0,
    *,
    mass_kg: float = 72.0,
    noise_n: float = 2.0,
    seed: int = 0,
    counter: float = 5.5,
    push: float = 13.0,
    quiet_s: float = 1.5,
    unload_s: float = 0.035,
    landing_rise_s: float = 0.03,
    offset_n: float = 0.0,
    after_s: float = 2.0,
    phase: float = 0.0,
) -> PlantedJump:
    """Standing, a countermovement (none if `counter` is 0), push, flight, landing, standing.

    The acceleration of the centre of mass is made of raised cosines and, just before take-off, a straight line to free
    fall over `unload_s`; velocity at take-off and the instant of the turn are its integrals on a grid of 2 µs.
    Landing takes the body to rest; the force there rises from zero in a straight line over `landing_rise_s`.
    """
    g = STANDARD_GRAVITY
    onset = quiet_s + phase
    knots = [(onset, 0.0)]
    if counter > 0.0:
        knots += [(onset + 0.22, -counter), (onset + 0.50, push * 0.9), (onset + 0.68, push)]
    else:
        knots += [(onset + 0.22, push * 0.9), (onset + 0.30, push)]
    before_line = knots[-1][0] + 0.03
    # From the push to free fall: first rounded, then a straight line to no force at all.
    bend = -g + 0.5 * (push + g)
    knots.append((before_line, push))
    take_off = before_line + 0.03 + unload_s
    fine = np.arange(0.0, take_off + 5e-6, 2e-6)
    a = _pieces(fine, knots)
    line0 = before_line + 0.03
    between = (fine >= before_line) & (fine < line0)
    a[between] = push + (bend - push) * (fine[between] - before_line) / 0.03
    a[fine >= line0] = bend + (-g - bend) * (fine[fine >= line0] - line0) / unload_s
    a[fine >= take_off] = -g
    v = np.concatenate(([0.0], np.cumsum(0.5 * (a[1:] + a[:-1]) * 2e-6)))
    v_off = float(np.interp(take_off, fine, v))
    moving = np.flatnonzero((v[:-1] < 0.0) & (v[1:] >= 0.0) & (fine[:-1] > onset + 0.1))
    turn = float(fine[moving[-1]]) if moving.size else onset
    flight = 2.0 * v_off / g
    landing = take_off + flight
    t = np.arange(0.0, landing + after_s, 1.0 / rate_hz)
    force = np.where(t < take_off, mass_kg * (np.interp(t, fine, a) + g), 0.0)
    s = t - landing
    # After landing: up in a line, then down to body weight so that the impulse stops the body.
    top = 3.2 * mass_kg * g
    settle = (mass_kg * v_off + mass_kg * g * landing_rise_s - 0.5 * top * landing_rise_s) / (0.5 * (top - mass_kg * g))
    rise = (s >= 0.0) & (s < landing_rise_s)
    force[rise] = top * s[rise] / landing_rise_s
    down = s >= landing_rise_s
    share = np.clip((s[down] - landing_rise_s) / settle, 0.0, 1.0)
    force[down] = mass_kg * g + (top - mass_kg * g) * 0.5 * (1.0 + np.cos(np.pi * share))
    late = np.arange(0.0, landing_rise_s + settle, 1e-5)
    eased = mass_kg * g + (top - mass_kg * g) * 0.5 * (
        1.0 + np.cos(np.pi * np.clip((late - landing_rise_s) / settle, 0.0, 1.0))
    )
    net = np.where(late < landing_rise_s, top * late / landing_rise_s, eased) / mass_kg - g
    falling = np.cumsum(net) * 1e-5 - v_off
    faded = landing + float(late[np.flatnonzero(falling >= -0.05 * v_off)[0]])
    noise = np.random.default_rng(seed).normal(0.0, noise_n, t.size)
    height = v_off**2 / (2.0 * g)
    return PlantedJump(force + noise + offset_n, rate_hz, mass_kg, onset, take_off, landing, height, turn, faded)


def random_jump(seed: int, rate_hz: float, noise_n: float, counter: float = 5.5) -> PlantedJump:
    """A jump of somebody, at some instant, on a plate with some offset."""
    draw = np.random.default_rng(10_000 + seed)
    return planted_jump(
        rate_hz,
        mass_kg=draw.uniform(45.0, 110.0),
        noise_n=noise_n,
        seed=seed,
        counter=counter,
        push=draw.uniform(9.0, 15.0),
        unload_s=draw.uniform(0.02, 0.05),
        landing_rise_s=draw.uniform(0.01, 0.05),
        offset_n=draw.uniform(-20.0, 20.0),
        phase=draw.uniform(0.0, 0.01),
    )


@dataclass(frozen=True)
class PlantedSeries:
    """Contacts with the flights after them; `ends_s` has touch-down, take-off and landing of each."""

    force_n: FloatArray
    rate_hz: float
    ends_s: tuple[tuple[float, float, float], ...]


def planted_series(
    rate_hz: float = 1000.0,
    *,
    contacts_s: tuple[float, ...] = (0.22,),
    flights_s: tuple[float, ...] = (0.5,),
    fall_m: float = 0.3,
    mass_kg: float = 72.0,
    noise_n: float = 2.0,
    seed: int = 0,
    empty_s: float = 1.5003,
) -> PlantedSeries:
    """A fall on the empty plate, contacts as half sines whose impulse turns the body round, and a landing to rest."""
    g = STANDARD_GRAVITY
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, empty_s + sum(contacts_s) + sum(flights_s) + 2.5, 1.0 / rate_hz)
    force, at, speed = np.zeros(t.size), empty_s, float(np.sqrt(2.0 * g * fall_m))
    ends: list[tuple[float, float, float]] = []
    for contact, flight in zip(contacts_s, flights_s, strict=True):
        up = 0.5 * g * flight
        share = np.clip((t - at) / contact, 0.0, 1.0)
        force += (mass_kg * (speed + up) / contact + mass_kg * g) * 0.5 * np.pi * np.sin(np.pi * share)
        ends.append((at, at + contact, at + contact + flight))
        at, speed = ends[-1][2], up
    top, rise_s = 3.2 * mass_kg * g, 0.03
    settle_s = (mass_kg * speed + mass_kg * g * rise_s - 0.5 * top * rise_s) / (0.5 * (top - mass_kg * g))
    since = t - at
    force += np.where((since >= 0.0) & (since < rise_s), top * since / rise_s, 0.0)
    share = np.clip((since - rise_s) / settle_s, 0.0, 1.0)
    down = mass_kg * g + (top - mass_kg * g) * 0.5 * (1.0 + np.cos(np.pi * share))
    force += np.where(since >= rise_s, down, 0.0)
    return PlantedSeries(force + rng.normal(0.0, noise_n, t.size), rate_hz, tuple(ends))
