"""Following a target force: error, delay, how fast force rises and relaxes, and whether the posture stayed in line."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._curves import as_curve, refuse_limit, without_gaps
from legato.forces._memory import memories, share_of_time
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_factor
from legato.signals.filters import lowpass
from legato.signals.lags import cross_correlation_lag

CUTOFF_HZ = 20.0
"""Low-pass before rise and relaxation are timed, Hz. [ENG]"""

RISE_SHARES = (0.1, 0.9)
"""Shares of a step between which it is timed."""

_LONGEST_LAG_S = 1.0
"""Longest delay that is looked for, s. [ENG]"""

_LAG_RATE_HZ = 100.0
"""Rate at which the delay is looked for, Hz: nobody tracks a target faster than a few Hz. [ENG]"""

_STEP_SHARE = 0.3
"""A change of the target by this share of its range from one sample to the next is a step. [ENG]"""

_LEVEL_SHARE = 0.3
"""Last share of each step's time in which its level is read. [ENG]"""

_SHORTEST_S = 2.0
"""Shorter stretches are refused, s: the longest delay fits in them twice. [ENG]"""

Direction: TypeAlias = Literal["rise", "relaxation"]


@dataclass(frozen=True, slots=True)
class Step:
    """One answered step of the target: time from a tenth to nine tenths of it, s, and the mean slope between, N/s."""

    at_s: float
    direction: Direction
    time_s: Estimate
    slope_n_s: Estimate


@dataclass(frozen=True, slots=True)
class Tracking:
    """How a force followed its target.

    `error_n`: RMS of force minus target; `error_share`: that over the target's range (highest minus lowest);
    `bias_n`: mean of force minus target; `lag_s`: how much later the force moves; None where they share too little.
    `error_in_time_n`: RMS after the lag is taken out. `rise_s`, `relaxation_s`: means over the steps.
    """

    error_n: Estimate
    error_share: Estimate
    bias_n: Estimate
    lag_s: Estimate | None
    error_in_time_n: Estimate | None
    steps: tuple[Step, ...]
    rise_s: Estimate | None
    relaxation_s: Estimate | None
    rise_n_s: Estimate | None
    relaxation_n_s: Estimate | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SineAnswer:
    """Answer to a sine target at its own frequency: force amplitude over target amplitude, and delay, s."""

    gain: Estimate
    delay_s: Estimate


@dataclass(frozen=True, slots=True)
class Alignment:
    """A posture's angle while force was tracked: share of time within the band about its start, and RMS about it."""

    inside: Estimate
    rms_deg: Estimate


def follow_target(force_n: Any, target_n: Any, rate_hz: float, *, level: float = LEVEL) -> Tracking:
    """Error, delay and step answers of a force that was to follow a target.

    Parameters
    ----------
    force_n, target_n
        Force and target, N, shape (n,), on one clock.
    rate_hz
        Sampling rate, Hz, above 40.
    level
        Share of central probability of the intervals, which allow for the memory of the error.

    Raises
    ------
    BadInput
        No rate, no samples, more than one column, or unlike lengths.
    NotResolvable
        Shorter than 2 s, samples missing, clipped, or a target that does not change.
    """
    force, target = _checked(force_n, target_n, rate_hz)
    z = normal_factor(level)
    span = float(np.ptp(target))
    error = force - target
    rms = _rms(error, z, level)
    bias_half = z * float(error.std() * np.sqrt(memories(error)[0] / error.size))
    reasons: list[str] = []
    lag = in_time = None
    try:
        size = max(1, int(rate_hz / _LAG_RATE_HZ))
        found = cross_correlation_lag(_thinned(target, size), _thinned(force, size), rate_hz / size, _LONGEST_LAG_S)
    except NotResolvable as refusal:
        reasons.append(f"no delay: {refusal}")
    else:
        lag = Estimate.symmetric(found.lag_s, z * max(found.sd_s, 0.1 / rate_hz), "s", level)
        in_time = _rms(_shifted(force, target, found.lag_s * rate_hz), z, level)
    steps = _steps(force, target, rate_hz, level)
    sides = {d: [s for s in steps if s.direction == d] for d in ("rise", "relaxation")}
    return Tracking(
        error_n=rms,
        error_share=rms.scaled(1.0 / span, ""),
        bias_n=Estimate.symmetric(float(error.mean()), bias_half, "N", level),
        lag_s=lag,
        error_in_time_n=in_time,
        steps=tuple(steps),
        rise_s=_mean([s.time_s for s in sides["rise"]], level),
        relaxation_s=_mean([s.time_s for s in sides["relaxation"]], level),
        rise_n_s=_mean([s.slope_n_s for s in sides["rise"]], level),
        relaxation_n_s=_mean([s.slope_n_s for s in sides["relaxation"]], level),
        reasons=tuple(reasons),
    )


def answer_to_sine(
    force_n: Any, target_n: Any, rate_hz: float, frequency_hz: float, *, level: float = LEVEL
) -> SineAnswer:
    """Gain and delay of a force at the frequency of a sine target, by least squares.

    Raises
    ------
    BadInput
        As `follow_target`, or a frequency outside (0, rate / 2).
    NotResolvable
        As `follow_target`, or fewer than two periods.
    """
    force, target = _checked(force_n, target_n, rate_hz)
    if not 0.0 < frequency_hz < 0.5 * rate_hz:
        raise BadInput(f"a sine of {frequency_hz:g} Hz cannot be told at {rate_hz:g} samples/s")
    if force.size / rate_hz * frequency_hz < 2.0:
        raise NotResolvable(f"fewer than two periods of {frequency_hz:g} Hz; track it for longer")
    turn = 2.0 * np.pi * frequency_hz
    angle = turn * np.arange(force.size) / rate_hz
    design = np.column_stack((np.cos(angle), np.sin(angle), np.ones(force.size), angle))
    # Force and target as complex amplitudes at that frequency; a trend beside them takes no part.
    both = np.linalg.lstsq(design, np.column_stack((force, target)), rcond=None)[0]
    of_force, of_target = complex(both[0, 0], -both[1, 0]), complex(both[0, 1], -both[1, 1])
    if abs(of_target) < 1e-9:
        raise NotResolvable(f"the target holds no sine of {frequency_hz:g} Hz; give its frequency")
    answer = of_force / of_target
    left = force - design @ both[:, 0]
    sd = float(left.std() * np.sqrt(2.0 * memories(left)[0] / left.size)) / abs(of_target)
    z = normal_factor(level)
    delay = -float(np.angle(answer)) / turn
    delay_half = z * sd / max(abs(answer), 1e-12) / turn
    return SineAnswer(
        Estimate.symmetric(abs(answer), z * sd, "", level), Estimate.symmetric(delay, delay_half, "s", level)
    )


def stays_aligned(angle_deg: Any, rate_hz: float, band_deg: float, *, level: float = LEVEL) -> Alignment:
    """Share of the time for which an angle stays within ± `band_deg` of its first half second.

    Parameters
    ----------
    angle_deg
        Angle, degrees, shape (n,).
    band_deg
        The user's own band, degrees.

    Raises
    ------
    BadInput
        No rate, no samples, more than one column, or no band.
    NotResolvable
        Shorter than 2 s, or samples missing.
    """
    if not band_deg > 0.0:
        raise BadInput(f"a band of {band_deg:g} degrees was asked for; give one above 0")
    angle = without_gaps(as_curve(angle_deg, rate_hz, _SHORTEST_S, "angle"), rate_hz, "angle")
    moved = angle - float(angle[: max(1, round(0.5 * rate_hz))].mean())
    inside = (np.abs(moved) <= band_deg).astype(np.float64)
    z = normal_factor(level)
    memory = max(memories(inside)[0], memories(moved)[0])
    return Alignment(share_of_time(inside, memory, level), _rms(moved, z, level, "deg"))


def _checked(force_n: Any, target_n: Any, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    force = without_gaps(as_curve(force_n, rate_hz, _SHORTEST_S), rate_hz)
    target = without_gaps(as_curve(target_n, rate_hz, _SHORTEST_S, "target"), rate_hz, "target")
    if force.size != target.size:
        raise BadInput(f"{force.size} samples of force and {target.size} of target; give both on one clock")
    if rate_hz <= 2.0 * CUTOFF_HZ:
        raise BadInput(f"{rate_hz:g} samples/s cannot time a step; record at more than {2.0 * CUTOFF_HZ:g}")
    refuse_limit(force, rate_hz)
    if float(np.ptp(target)) <= 0.0:
        raise NotResolvable("target: it does not change; use a hold instead")
    return force, target


def _thinned(x: FloatArray, size: int) -> FloatArray:
    return x[: x.size // size * size].reshape(-1, size).mean(axis=1)


def _rms(x: FloatArray, z: float, level: float, unit: str = "N") -> Estimate:
    value = float(np.sqrt(np.square(x).mean()))
    if value <= 0.0:
        return Estimate(0.0, 0.0, 0.0, level, unit)
    squares = x**2
    relative = 0.5 * z * float(squares.std() / squares.mean() * np.sqrt(memories(squares)[0] / x.size))
    return Estimate(value, value * float(np.exp(-relative)), value * float(np.exp(relative)), level, unit)


def _shifted(force: FloatArray, target: FloatArray, lag: float) -> FloatArray:
    """Force minus target where the target is taken `lag` samples earlier."""
    at = np.arange(force.size) - lag
    inside = (at >= 0.0) & (at <= force.size - 1.0)
    return force[inside] - np.interp(at[inside], np.arange(target.size), target)


def _steps(force: FloatArray, target: FloatArray, rate_hz: float, level: float) -> list[Step]:
    jumps = np.flatnonzero(np.abs(np.diff(target)) > _STEP_SHARE * float(np.ptp(target))) + 1
    if not jumps.size:
        return []
    calm = lowpass(force, rate_hz, CUTOFF_HZ)
    noise = float(np.std(force - calm)) * float(np.sqrt(2.0 * CUTOFF_HZ / rate_hz))
    edges = [0, *(int(j) for j in jumps), force.size]
    found: list[Step] = []
    for before, at, after in zip(edges[:-2], edges[1:-1], edges[2:], strict=True):
        tail = max(2, round(_LEVEL_SHARE * (at - before))), max(2, round(_LEVEL_SHARE * (after - at)))
        low, high = calm[at - tail[0] : at], calm[after - tail[1] : after]
        change = float(high.mean() - low.mean())
        sign = 1.0 if target[at] > target[at - 1] else -1.0
        # A step that was hardly answered has no rise time.
        if change * sign < 0.5 * abs(float(target[at] - target[at - 1])):
            continue
        share = (calm[at - tail[0] : after] - float(low.mean())) / change
        first, last = (_passes(share, s) for s in RISE_SHARES)
        if first is None or last is None or last <= first:
            continue
        lasted = (last - first) / rate_hz
        slope = (RISE_SHARES[1] - RISE_SHARES[0]) * change / lasted
        # Noise moves each crossing by its size over the slope there; the levels' wander moves the crossings too.
        scatter = float(np.hypot(noise, np.hypot(low.std(), high.std()) / 2.0))
        half = normal_factor(level) * float(np.hypot(scatter * np.sqrt(2.0) / abs(slope), 0.3 / rate_hz))
        relative = min(half / lasted, 0.9)
        found.append(
            Step(
                at / rate_hz,
                "rise" if sign > 0.0 else "relaxation",
                Estimate.symmetric(lasted, half, "s", level),
                Estimate.symmetric(slope, abs(slope) * relative, "N/s", level),
            )
        )
    return found


def _passes(share: FloatArray, height: float) -> float | None:
    over = np.flatnonzero((share[1:] >= height) & (share[:-1] < height))
    if not over.size:
        return None
    i = int(over[0])
    return i + (height - share[i]) / (share[i + 1] - share[i])


def _mean(estimates: list[Estimate], level: float) -> Estimate | None:
    if not estimates:
        return None
    own = float(np.sqrt(sum(e.half_width**2 for e in estimates))) / len(estimates)
    values = np.array([e.value for e in estimates])
    scatter = 0.0
    if values.size > 1:
        quantile = student_factor(level, values.size - 1)
        scatter = quantile * float(values.std(ddof=1) / np.sqrt(values.size))
    return Estimate.symmetric(float(values.mean()), max(own, scatter), estimates[0].unit, level)
