"""What is measured of each repetition of a bar: velocity, power, range and tempo."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from legato.bar.means import MEAN_FROM_M_S, FastPart, fast_part
from legato.bar.model import BarRep, BarTrack, Tempo
from legato.bar.path import SmoothPath, bar_path, highest, smooth_path
from legato.bar.phases import Way, find_ways, next_up, ways_of_rep
from legato.bar.sticking import sticking_region
from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.recording import STANDARD_GRAVITY, FloatArray, Span
from legato.signals.factors import student_factor

_TOO_SLOW = "too slow for this sensor"

_LEAST_CONTRAST = 3.0
"""A repetition whose peak velocity is not this many times its own standard error is not measured. [ENG]"""

_HIDDEN = 0.02
"""Error of a peak velocity that just passes for no rest, as a share of it: a rest reaches into the start of a slow
lift. [ENG] planted lifts of 0.3 to 0.35 m/s come out 2 % too slow; it falls with the square of the velocity."""


def bar_reps(track: BarTrack, *, loads_kg: Sequence[float] | None = None, level: float = LEVEL) -> tuple[BarRep, ...]:
    """Measure every repetition of a bar: every way up of the usual length.

    Parameters
    ----------
    track
        How the bar moved.
    loads_kg
        The bar's load at each repetition, kg, or one for all; without it no power is computed.
    level
        Share of central probability that every interval holds.

    Raises
    ------
    BadInput
        Another number of loads than of repetitions.
    NotResolvable
        The bar makes no repetition.

    Notes
    -----
    Mean velocity is that of the way up from where the bar first rises faster than 0.05 m/s to where it last does
    (`MEAN_FROM_M_S`), whose ends are seen; the mean propulsive velocity starts there and ends where the acceleration
    falls below −9.81 m/s² (Sánchez-Medina, Pérez & González-Badillo 2010, Int J Sports Med 31:123). Power is the load's
    mass times acceleration and gravity, times velocity.
    """
    ways = find_ways(track)
    sets = ways_of_rep(ways)
    if not sets:
        raise NotResolvable(
            "the bar makes no repetition: it never goes up by a repetition's length from one standstill to the next;"
            " record the whole set"
        )
    if loads_kg is not None and len(loads_kg) not in (1, len(sets)):
        raise BadInput(
            f"{len(loads_kg)} loads for {len(sets)} repetitions of the bar; give one for all, or one for each in order"
        )
    loads = [None] * len(sets) if loads_kg is None else [float(x) for x in loads_kg] * (len(sets) // len(loads_kg))
    smooth = smooth_path(track)
    found: list[BarRep] = []
    for rep, ((down, up, before, after), load) in enumerate(zip(sets, loads, strict=True)):
        tempo = _tempo(track, ways, down, up, before, after, level)
        found.append(_measure(track, smooth, rep, up, down, load, tempo, level))
    return tuple(found)


def _measure(
    track: BarTrack,
    smooth: SmoothPath | None,
    rep: int,
    up: Way,
    down: Way | None,
    load_kg: float | None,
    tempo: Tempo,
    level: float,
) -> BarRep:
    start, end = track.start_s + up.start_s, track.start_s + up.end_s
    lowered = None if down is None else Span(track.start_s + down.start_s, track.start_s + down.end_s)
    for span, reason in track.lost:
        if span.start_s < end and span.end_s > start:
            return BarRep(rep, start, end, lowered, load_kg=load_kg, reason=reason)
    inside = slice(up.first, up.stop)
    velocity, sd = track.velocity[inside], track.velocity_sd[inside]
    factor = student_factor(level, track.dof)
    top = int(np.argmax(velocity))
    at, peak = _vertex(velocity, top)
    went = _went(track, up)
    slowest = slowest_told(track, went)
    hidden = _HIDDEN * slowest * (slowest / peak) ** 2
    peak_sd = math.hypot(float(sd[top]), track.scale_sd * peak, hidden)
    if peak < _LEAST_CONTRAST * peak_sd:
        return BarRep(
            rep, start, end, lowered, load_kg=load_kg,
            reason=f"its velocity is known to ±{factor * peak_sd:.2f} m/s only, against {peak:.2f} m/s",
        )  # fmt: skip
    if peak < slowest:
        return BarRep(
            rep, start, end, lowered, load_kg=load_kg,
            reason=f"{_TOO_SLOW}: its peak of {peak:.2f} m/s lies below {slowest:.2f}, where lifts pass for rest",
        )  # fmt: skip
    fast = fast_part(track, up)
    if fast is None:
        return BarRep(
            rep, start, end, lowered, load_kg=load_kg,
            reason=f"it hardly passes {MEAN_FROM_M_S:g} m/s, from which mean velocity counts",
        )  # fmt: skip
    lasted = up.duration_s
    if track.ways is None:
        shared = error_of_mean(sd, lasted, track.correlation_s)
    else:
        shared = track.ways.of(up.first, up.stop, lasted) / lasted
    mean = _rose(track, fast.start_s, fast.end_s) / fast.duration_s
    own = math.hypot(shared * lasted / fast.duration_s, fast.error_of_mean(mean))
    mean_sd = math.hypot(own, track.scale_sd * mean)
    propulsive, propulsive_sd = _propulsive(track, up, fast, top, mean, shared * lasted)

    def told(value: float, error: float, unit: str) -> Estimate:
        return Estimate.symmetric(float(value), factor * float(error), unit, level)

    mean_power, peak_power = _power(track, inside, load_kg, told, mean, mean_sd)
    back = None if down is None else slice(down.first, down.stop)
    path = None if smooth is None else bar_path(track, smooth, inside, back, level)
    stuck = sticking_region(
        velocity, sd, track.rate_hz, track.start_s + up.first / track.rate_hz, factor, level,
        correlation_s=track.correlation_s, dof=track.dof,
    )  # fmt: skip
    return BarRep(
        rep=rep,
        start_s=start,
        end_s=end,
        eccentric=lowered,
        mean_velocity=told(mean, mean_sd, "m/s"),
        mean_propulsive_velocity=told(propulsive, propulsive_sd, "m/s"),
        peak_velocity=told(peak, peak_sd, "m/s"),
        peak_time_s=track.start_s + (up.first + at) / track.rate_hz,
        range=told(went, math.hypot(shared * lasted, track.scale_sd * went), "m"),
        mean_power=mean_power,
        peak_power=peak_power,
        load_kg=load_kg,
        tempo=tempo,
        from_rest=went / lasted,
        own_sd=own,
        dof=track.dof,
        forward_drift=None if path is None else path.drift,
        loop=None if path is None else path.loop,
        tilt=None if path is None else path.tilt,
        sticking=stuck,
    )


def _propulsive(track: BarTrack, up: Way, fast: FastPart, top: int, mean: float, way_sd: float) -> tuple[float, float]:
    """Mean velocity until the bar is braked by more than gravity, and its standard error; `mean` where it is not.
    `way_sd`: of the length of the way, m.
    """
    inside = slice(up.first, up.stop)
    velocity, acceleration = track.velocity[inside], track.acceleration[inside]
    braking = top + np.flatnonzero(acceleration[top:] < -STANDARD_GRAVITY)
    rate, wrong = track.rate_hz, track.acceleration_errors()[inside]
    if braking.size == 0:
        return mean, math.hypot(math.hypot(way_sd / fast.duration_s, fast.error_of_mean(mean)), track.scale_sd * mean)
    k = int(braking[0])
    before, after = float(acceleration[k - 1]), float(acceleration[k])
    part = (before + STANDARD_GRAVITY) / (before - after) if before > after else 0.0
    ends = min((up.first + k - 1 + part) / rate, fast.end_s)
    last = float(velocity[k - 1] + part * (velocity[k] - velocity[k - 1]))
    lasted = ends - fast.start_s
    value = _rose(track, fast.start_s, ends) / lasted
    # A braking that hardly passes gravity may as well not be one, so the way's end bounds the error.
    slope = abs(float(acceleration[min(k + 1, velocity.size - 1)] - acceleration[k - 1])) * 0.5 * rate
    ends_sd = min(float(wrong[k]) / max(slope, 1e-9), fast.end_s - ends) * abs(last - value)
    edges = math.hypot(fast.start_sd_s * (value - MEAN_FROM_M_S), ends_sd) / lasted
    return value, math.sqrt((way_sd / lasted) ** 2 + edges**2 + (track.scale_sd * value) ** 2)


def slowest_told(track: BarTrack, went_m: float) -> float:
    """Peak velocity, m/s, below which a lift of this length may pass for rest: a smooth one (minimum jerk) of length s
    and duration T is pulled by 5.77·s/T² at most and peaks at 1.875·s/T.
    """
    return 1.875 * math.sqrt(max(went_m, 0.0) * track.quiet_pull / 5.77)


def too_slow(rep: BarRep) -> bool:
    """Whether a repetition was refused because the sensor cannot tell it from rest."""
    return rep.reason.startswith(_TOO_SLOW)


def _power(
    track: BarTrack,
    inside: slice,
    load_kg: float | None,
    told: Callable[[float, float, str], Estimate],
    mean_velocity: float,
    mean_sd: float,
) -> tuple[Estimate | None, Estimate | None]:
    """Mean and peak power. From standstill to standstill the kinetic energy does not change, so the mean is gravity's
    alone and errs as the mean velocity does. The peak is the highest of noisy values, whose expected luck is taken off.
    """
    if load_kg is None:
        return None, None
    weight = load_kg * STANDARD_GRAVITY
    velocity, acceleration = track.velocity[inside], track.acceleration[inside]
    force = load_kg * (acceleration + STANDARD_GRAVITY)
    power = force * velocity
    top = int(np.argmax(power))
    lost = np.zeros(velocity.size)
    # Central differences of samples that lie far apart lose a sixth of the second difference.
    lost[1:-1] = np.abs(np.diff(acceleration, 2)) / 6.0
    pull_sd = np.hypot(track.acceleration_errors()[inside], lost)
    error = np.hypot(force * track.velocity_sd[inside], load_kg * velocity * pull_sd)
    luck, own = highest(power, error, top, track)
    shared = track.scale_sd * abs(power[top] + load_kg * acceleration[top] * velocity[top])
    peak = told(_vertex(power, top)[1] - luck, math.hypot(own, shared), "W")
    return told(weight * mean_velocity, weight * mean_sd, "W"), peak


def _went(track: BarTrack, up: Way) -> float:
    """Length of a way up, m. Between its start and end where these come from unsmoothed samples, as noise that reverses
    the velocity lies at a chance low and high of the height.
    """
    if track.ways is not None:
        low, high = (_at_frame(track.height, t * track.rate_hz) for t in (up.start_s, up.end_s))
        if math.isfinite(high - low):
            return high - low - track.ways.luck
    return _integral(track.velocity[up.first : up.stop], track.rate_hz)


def _rose(track: BarTrack, start_s: float, end_s: float) -> float:
    """How far a bar went up between two times, m."""
    ends = [t * track.rate_hz for t in (start_s, end_s)]
    if track.ways is not None:
        low, high = (_at_frame(track.height, frame) for frame in ends)
        if math.isfinite(high - low):
            return high - low
    first, stop = (round(frame) for frame in ends)
    inner = _integral(track.velocity[first : stop + 1], track.rate_hz)
    beyond = (ends[1] - stop) * track.velocity[stop] - (ends[0] - first) * track.velocity[first]
    return inner + float(beyond) / track.rate_hz


def _at_frame(x: FloatArray, frame: float) -> float:
    """Value between two frames."""
    k = min(max(int(frame), 0), x.size - 2)
    return float(x[k] + (frame - k) * (x[k + 1] - x[k]))


def _integral(x: FloatArray, rate_hz: float) -> float:
    return float(np.trapezoid(x)) / rate_hz


def _vertex(x: FloatArray, top: int) -> tuple[float, float]:
    """Place and height of the parabola through a maximum and its neighbours."""
    if not 0 < top < x.size - 1:
        return float(top), float(x[top])
    a, b, c = (float(v) for v in x[top - 1 : top + 2])
    bend = a - 2.0 * b + c
    if bend >= 0.0:
        return float(top), b
    shift = 0.5 * (a - c) / bend
    return top + shift, b - 0.25 * (a - c) * shift


def error_of_mean(sd: FloatArray, lasted_s: float, correlation_s: float) -> float:
    """Standard error of a mean over errors that last `correlation_s`."""
    typical = float(np.sqrt((sd**2).mean()))
    return typical * math.sqrt(min(1.0, 2.0 * correlation_s / max(lasted_s, 1e-9)))


def _tempo(
    track: BarTrack,
    ways: tuple[Way, ...],
    down: Way | None,
    up: Way,
    before: Way | None,
    after: Way | None,
    level: float,
) -> Tempo:
    """Times of the parts; pauses lie between ways that follow each other."""
    factor = student_factor(level, track.dof)

    def between(first: Way | None, second: Way | None) -> Estimate | None:
        if first is None or second is None:
            return None
        lasted = max(0.0, second.start_s - first.end_s)
        half = factor * math.hypot(first.end_sd_s, second.start_sd_s)
        return Estimate(lasted, max(0.0, lasted - half), lasted + half, level, "s")

    def length(way: Way | None) -> Estimate | None:
        if way is None:
            return None
        half = factor * math.hypot(way.start_sd_s, way.end_sd_s)
        # A bar that turns at once is on one way at a time, whatever the errors of an end and of the next start.
        until = next((b.start_s for a, b in pairwise(ways) if a is way), math.inf)
        lasted = max(0.0, min(way.end_s, until) - way.start_s)
        return Estimate(lasted, max(0.0, min(lasted, way.duration_s - half)), way.duration_s + half, level, "s")

    lowered_first = down is not None and down is before
    bottom = between(down, up) if lowered_first else between(down, None if down is None else next_up(ways, down))
    return Tempo(length(down), bottom, length(up), between(up, after))
