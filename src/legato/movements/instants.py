"""Instants, durations and frequencies of a repetition, with what they owe to noise and to the filter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from legato.body.model import Body
from legato.estimate import Estimate
from legato.movements.drivers import Drive, sided_drives, signal_of
from legato.movements.marks import SHORTEST_PAUSE_S
from legato.movements.model import MarkSpec, MetricSpec, Movement, Rep
from legato.movements.noise import CUTOFF_FACTORS, FRAME_SD, Z, passed, pose_sd, white_noise
from legato.movements.reps import driven_reps, find_reps
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.filters import derivative

DEPTH_SD_M = 0.002
"""Standing error of a change of the trunk's depth over one breath, m, as an SD: a marker of 1 mm rms on the skin at
both ends, at both instants. [ENG]"""

REACH_SD_S = 0.0143
"""SD of a contact by the heel's farthest reach, or of a toe-off by the toe's, s: of overground steps 98 % lie within
0.0334 s of the plates' (Zeni et al. 2008, Gait Posture 27:710)."""

_LONGEST_WAIT = 2.5
"""From one start to the next, in lengths of the first repetition: after a longer wait the rhythm was broken. [ENG]"""

_CONTACT_SHARE = 0.06
"""SD of the speed at which the foot meets or leaves the ground, as a share of the swing's top. [ENG] Contact is taken
at 0.15 of it; from 0.05 to 0.25 all is as likely."""

_FLAT = 0.5
"""Noise of the slope, as a share of it, from which the slope at the instant alone is no measure: it may look flat by
chance. [ENG]"""

_CLEAR, _CURVED = 3.0, 2.0
"""There the slope is that up to where the rate has changed by so many SDs of its noise, and as a start is flatter than
what follows, the SD is taken so much larger. [ENG]"""

_OF_RATE = ("onset", "rest", "zero", "maximum", "minimum")
"""Marks at which the rate of a signal passes a level."""

_SLOPE_FACTOR = 2.5
"""Growth of the SD with the squared relative noise of the slope, as in the procedure for peaks (simulated there)."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the instants of the repetitions owe to noise and filter: the driver's rate and bend, and the repetitions
    found with the cut-off moved. `own`: the clock of each mark that another signal tells.
    """

    start_s: float
    rate_hz: float
    rate: FloatArray
    bend: FloatArray
    noise: float
    noise_of_rate: float
    noise_of_bend: float
    moved: tuple[tuple[Rep, ...], ...]
    specs: Mapping[str, MarkSpec]
    standing: float = 0.0
    crossing: bool = False
    method_s: float = 0.0
    own: Mapping[str, "Clock"] = field(default_factory=dict[str, "Clock"])


def clocks_of(body: Body, movement: Movement) -> dict[str, Clock]:
    """What instants owe to noise and filter, by the side of the repetition; the empty one where there are no sides."""
    drive, _ = driven_reps(body, movement)
    if drive is None:
        return {}
    moved = tuple(
        find_reps(
            body,
            movement.model_copy(
                update={"filter_cutoff_hz": movement.filter_cutoff_hz * factor, "drivers": (drive.driver,)}
            ),
        ).reps
        for factor in CUTOFF_FACTORS
    )
    sided = sided_drives(body, movement, drive)
    if len(sided) == 1 and sided[0] is drive:
        return {"": _clock(body, movement, drive, moved)}
    return {
        one.side: _clock(body, movement, one, tuple(tuple(r for r in reps if r.side == one.side) for reps in moved))
        for one in sided
    }


def _clock(body: Body, movement: Movement, drive: Drive, moved: tuple[tuple[Rep, ...], ...]) -> Clock:
    cutoff = movement.filter_cutoff_hz
    linear = not drive.driver.signal.endswith(("_speed", "_axial_rate", "_turning"))
    own_side = "none" if drive.driver.away == "both" else drive.side or drive.driver.side
    raw = signal_of(body, drive.driver.signal, own_side, None) if linear else None
    smoothed = signal_of(body, drive.driver.signal, own_side, cutoff) if linear else None
    noises = _noises(body, drive.driver.signal, raw, smoothed, cutoff)
    rate = derivative(drive.samples, body.rate_hz)
    crossing = movement.cycle.contact == "speed"
    clock = Clock(
        body.start_s,
        body.rate_hz,
        rate,
        derivative(rate, body.rate_hz),
        *noises,
        moved,
        {spec.name: spec for spec in movement.marks},
        _CONTACT_SHARE * float(np.nanmax(drive.samples))
        if crossing
        else DEPTH_SD_M
        if drive.driver.signal.endswith("_depth")
        else 0.0,
        crossing,
        REACH_SD_S if movement.cycle.anchor == "stride" and movement.cycle.contact == "reach" else 0.0,
    )
    return replace(clock, own=_own_clocks(body, movement, clock))


def _noises(
    body: Body, signal: str, raw: FloatArray | None, smoothed: FloatArray | None, cutoff_hz: float
) -> tuple[float, float, float]:
    """SD of the low-passed signal's noise, of its rate's and of its bend's."""
    noise = 0.0 if raw is None or smoothed is None else white_noise(raw, smoothed, body.rate_hz, cutoff_hz)
    value, rate, bend = (
        max(noise * passed(body.rate_hz, cutoff_hz, k), pose_sd(body, signal, cutoff_hz, k)) for k in range(3)
    )
    return value, rate, bend


def _own_clocks(body: Body, movement: Movement, clock: Clock) -> dict[str, Clock]:
    """The clock of each mark that is no event of the driver: an instant owes its error to the signal that tells it."""
    cutoff = movement.filter_cutoff_hz
    found: dict[str, Clock] = {}
    for spec in movement.marks:
        if spec.at not in _OF_RATE or spec.side == "dominant":
            continue
        for name in spec.signals:
            smoothed = signal_of(body, name, spec.side, cutoff)
            if smoothed is None:
                continue
            noises = _noises(body, name, signal_of(body, name, spec.side, None), smoothed, cutoff)
            rate = derivative(smoothed, body.rate_hz)
            bend = derivative(rate, body.rate_hz)
            found[spec.name] = Clock(clock.start_s, clock.rate_hz, rate, bend, *noises, clock.moved, {})
            break
    return found


def instant(clock: Clock | None, rep: Rep, spec: MetricSpec) -> Estimate | None:
    """When a mark is reached, or how long a phase lasts, s; None where that cannot be told."""
    if clock is None:
        return None
    if spec.kind == "mark":
        at = rep.marks.get(spec.at)
        return None if at is None else _mark_estimate(clock, rep, spec.at, at)
    span = rep.phase(spec.within)
    if span is None or not rep.complete:
        return None

    def edges(other: Rep) -> tuple[float, float] | None:
        theirs = other.phase(spec.within)
        return None if theirs is None else (theirs.start_s, theirs.end_s)

    start = _half_widths(clock, rep, span.start_s, lambda other: None if (e := edges(other)) is None else e[0])
    end = _half_widths(clock, rep, span.end_s, lambda other: None if (e := edges(other)) is None else e[1])
    low = float(np.hypot(start[1], end[0]))
    high = float(np.hypot(start[0], end[1]))
    return Estimate(span.duration_s, max(0.0, span.duration_s - low), span.duration_s + high, unit="s")


def of_durations(clock: Clock | None, rep: Rep, spec: MetricSpec) -> Estimate | None:
    """The height that goes with a time in the air, or one phase's duration over another's."""
    own, other = (
        instant(clock, rep, spec.model_copy(update={"kind": "duration", "within": within, "unit": "s"}))
        for within in (spec.within, spec.against or spec.within)
    )
    if own is None or other is None or other.low <= 0.0:
        return None
    if spec.kind == "flight_height":
        low, value, high = (STANDARD_GRAVITY * t**2 / 8.0 for t in (own.low, own.value, own.high))
        return Estimate(value, low, high, unit="m")
    value = own.value / other.value
    half = float(np.hypot(own.half_width, value * other.half_width)) / other.value
    return Estimate(value, max(0.0, value - half), value + half, unit="")


def frequency(clock: Clock | None, rep: Rep, following: Rep | None) -> Estimate | None:
    """Repetitions a minute, from half-way out in one to half-way out in the next, where nothing lies between them."""
    if clock is None or following is None or not (rep.complete and following.complete):
        return None
    if following.start_s - rep.start_s > _LONGEST_WAIT * (rep.end_s - rep.start_s):
        return None
    (one, first), (two, second) = (_half_way(clock, r) for r in (rep, following))
    half = float(np.hypot(first, second))
    longest, shortest = two - one + half, max(two - one - half, 1.0 / clock.rate_hz)
    return Estimate(60.0 / (two - one), 60.0 / longest, 60.0 / shortest, unit="1/min")


def _half_way(clock: Clock, rep: Rep) -> tuple[float, float]:
    """When the driver has gone half its way out, and the half-width of that instant, s: there it is fast and the
    instant sharp, while a start is slow.
    """
    first, last = (
        int(np.clip(round((at - clock.start_s) * clock.rate_hz), 0, clock.rate.size - 1))
        for at in (rep.start_s, rep.end_s)
    )
    way = np.cumsum(clock.rate[first : last + 1])
    k = int(np.argmax(way >= 0.5 * way.max()))
    slope = float(clock.rate[first + k])
    shift = Z * float(np.hypot(clock.noise, clock.standing)) / slope if slope > 0.0 else rep.end_s - rep.start_s
    return clock.start_s + (first + k) / clock.rate_hz, float(np.hypot(shift, Z * FRAME_SD / clock.rate_hz))


def _mark_estimate(clock: Clock, rep: Rep, name: str, at: float) -> Estimate:
    reach, depart = rep.marks.get("reach"), rep.marks.get("depart")
    spec = clock.specs.get(name)
    turns = spec is not None and spec.at == "turn"
    if turns and reach is not None and depart is not None and depart - reach >= SHORTEST_PAUSE_S:
        return Estimate(at, min(at, reach), max(at, depart), unit="s")
    crossed = spec is not None and spec.at == "level"
    below, above = _half_widths(clock, rep, at, lambda other: other.marks.get(name), crossed)
    return Estimate(at, at - below, at + above, unit="s")


def _half_widths(
    clock: Clock, rep: Rep, at: float, same: Callable[[Rep], float | None], crossed: bool = False
) -> tuple[float, float]:
    """How far the 90 % interval of an instant reaches below and above it: as a plate tells, else as the driver does."""
    told = next((e for e in rep.told.values() if e.value == at), None)
    if told is not None:
        return told.value - told.low, told.high - told.value
    names = {rep.start_s: "start", rep.end_s: "end"} | {time: name for name, time in rep.marks.items()}
    name = names.get(at, "")
    method = rep.doubt_s.get(name, Z * clock.method_s)
    half = float(np.hypot(_half_width(clock.own.get(name, clock), rep, at, same, crossed), method))
    return half, half


def _time_to_change(clock: Clock, i: int, by: float, longest: float) -> float:
    """How soon the rate has changed by so much from sample `i`, before or after it, s; at most `longest`."""
    reach = max(1, round(longest * clock.rate_hz))
    change = np.abs(clock.rate[max(0, i - reach) : i + reach + 1] - clock.rate[i]) >= by
    at = np.flatnonzero(change) - min(i, reach)
    return longest if not at.size else min(longest, float(np.abs(at).min()) / clock.rate_hz)


def _half_width(clock: Clock, rep: Rep, at: float, same: Callable[[Rep], float | None], crossed: bool = False) -> float:
    """Half-width of the 90 % interval of an instant: noise over slope, the frame, and how far a moved cut-off moves
    it.
    """
    i = int(np.clip(round((at - clock.start_s) * clock.rate_hz), 0, clock.rate.size - 1))
    crossed = crossed or clock.crossing
    slope = clock.rate[i] if crossed else clock.bend[i]
    noise, of_slope = (clock.noise, clock.noise_of_rate) if crossed else (clock.noise_of_rate, clock.noise_of_bend)
    noise = float(np.hypot(noise, clock.standing)) if clock.crossing else noise
    longest = 0.5 * (rep.end_s - rep.start_s)
    # Where the driver hardly bends (a slow start) noise over slope says nothing; half the repetition bounds it.
    sd = 0.0
    if np.isfinite(slope) and slope != 0.0:
        # A noisy slope looks steep as often as flat; without the factor coverage falls (as for peaks of a rate).
        sd = min(float(noise / abs(slope)) * (1.0 + _SLOPE_FACTOR * float(of_slope / slope) ** 2), longest)
        if of_slope > _FLAT * abs(slope) and not crossed:
            sd = min(sd, _time_to_change(clock, i, _CLEAR * noise, longest) / _CLEAR * _CURVED)
    shift = 0.0
    for reps in clock.moved:
        overlap = [(min(o.end_s, rep.end_s) - max(o.start_s, rep.start_s), o) for o in reps]
        theirs = same(max(overlap, key=lambda pair: pair[0])[1]) if overlap else None
        if theirs is not None:
            shift = max(shift, min(abs(theirs - at), longest))
    return float(np.sqrt((Z * sd) ** 2 + (Z * FRAME_SD / clock.rate_hz) ** 2 + shift**2))
