"""The leg drive of a standing lift on the vertical force: where the dip turns, the highest force, where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._passing import SMOOTH_S, noise_n, passing, step_shift
from legato.forces.standing import SHORTEST_S, Stillness, still_spans
from legato.recording import STANDARD_GRAVITY, FloatArray
from legato.signals.factors import normal_factor, student_factor
from legato.signals.gaps import runs_of
from legato.signals.spectra import white_noise
from legato.signals.timing import NoisyAngle, TimedEvent, bias_term, time_set

_LATEST_S = 3.0
"""The stillness that shows the weight ends no longer before the dip, s: speed is summed up from there. [ENG]"""

_INTO_S = 0.15
"""It may reach this far into the repetition, whose start is that of the knees' rate, s. [ENG]"""

_BREAK = 0.1
"""A stretch below the weight that takes back less than this share of the impulse before it only interrupts a push; a
bar that stalls may sink back by as much (`bar.phases`). [ENG]
"""

_FAST = 0.5
"""The drive is the first push after which the mass rises at this share of its highest speed or more; the one that only
stops the dip leaves it at rest. [ENG]
"""

_LEAST_SPEED = 0.1
"""Smallest speed of the common centre of mass that is a drive, m/s: raising the heels gives less. [ENG]"""

_SWAY_M = 1e-3
"""SD of how far a standing mass goes up and down by breath and sway slower than the calm stretch, which therefore does
not show it, m. [ENG]"""

_CALM_S = 3.0 * SHORTEST_S
"""How much of the stillness tells the speed of standing, s. [ENG]"""

_LEAST_SE = 1e-4
"""Smallest standard error of a weight, as a share of it: whoever stands still never quite does. [ENG]"""

_SAMPLE_SD = 0.05
"""SD of a turning point of the force, in samples, beside its noise: plates ring and quantise. [ENG]"""


@dataclass(frozen=True, slots=True)
class Drive:
    """The leg drive of one repetition; times on the clock of the force's first sample, s.

    `start_s`: the common centre of mass of lifter and bar is lowest; `end_s`: the force falls to their weight
    `weight_n`; `peak_s`, `peak_n`: the highest force between the fastest descent and the end (None with `peak_reason`).
    `impulse_n_s`: above the weight from start to end; `braking_n_s`: what stops the dip, as much as unweighting gave;
    `dip_m`: how far the centre of mass went down. `fixed_s`: that part of `peak_s` which all repetitions share. What
    feet that push while the trunk lies do not tell is None: both of the dip, and end and impulse where they go on
    pushing (`end_reason`).
    """

    start_s: Estimate
    end_s: Estimate | None
    peak_s: Estimate | None
    peak_n: Estimate
    weight_n: Estimate
    impulse_n_s: Estimate | None
    braking_n_s: Estimate | None
    dip_m: Estimate | None
    peak_reason: str = ""
    end_reason: str = ""
    fixed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DriveSearch:
    """What was found in one stretch: the drive, or why there is none."""

    drive: Drive | None
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A drive before its peak is timed, and the samples in which that is looked for."""

    drive: Drive
    first: int
    stop: int


def find_drives(
    force_n: FloatArray, rate_hz: float, spans: Sequence[tuple[float, float]], *, level: float = LEVEL
) -> tuple[DriveSearch, ...]:
    """The leg drive in each stretch of a record.

    Parameters
    ----------
    force_n
        Vertical force under both feet, N, shape (n,); NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    spans
        From where each repetition begins to where its press ends, s from the first sample.
    level
        Of the intervals.

    Returns
    -------
    One search a stretch. The weight is that of the last stillness before it. The intervals hold the plate's noise, how
    well the stillness shows the weight and, of the highest force, what the filter moves.
    """
    stills = still_spans(force_n, rate_hz)
    found: list[_Part | str] = []
    for start_s, end_s in spans:
        try:
            found.append(_read(force_n, rate_hz, stills, round(start_s * rate_hz), round(end_s * rate_hz), level))
        except NotResolvable as why:
            found.append(str(why))
    peaks = iter(_peaks(force_n, rate_hz, [part for part in found if isinstance(part, _Part)], stills, level))
    return tuple(DriveSearch(None, part) if isinstance(part, str) else DriveSearch(next(peaks)) for part in found)


@dataclass(frozen=True, slots=True)
class _Weight:
    """Weight of lifter and bar, N, its standard error and the degrees of freedom behind that."""

    mean_n: float
    se_n: float
    freedom: float


class _Mass:
    """Speed of the common centre of mass from the end of a stillness on, m/s, and its SD from weight and noise."""

    def __init__(self, force_n: FloatArray, rate_hz: float, still: Stillness, weight: _Weight, stop: int) -> None:
        self.rate_hz, self.kg = rate_hz, weight.mean_n / STANDARD_GRAVITY
        self.first = max(still.first, still.stop - round(_CALM_S * rate_hz))
        self.net = force_n[self.first : stop] - weight.mean_n
        speed = np.concatenate(([0.0], np.cumsum(0.5 * (self.net[1:] + self.net[:-1])))) / (rate_hz * self.kg)
        # The last third is left out: a gentle dip has begun before its force shows.
        self.calm = (still.stop - self.first) * 2 // 3
        # Who stands still goes nowhere, so the mean speed of standing is zero.
        self.v = speed - float(speed[: self.calm].mean())
        self.calm_sd = float(speed[: self.calm].std())
        away = np.maximum(np.arange(speed.size) - self.calm, 0.0) / rate_hz
        weighing = weight.se_n * away / self.kg
        noise = noise_n(force_n[still.first : still.stop], rate_hz) * np.sqrt(away * SMOOTH_S) / self.kg
        self.sd = np.sqrt(self.calm_sd**2 + weighing**2 + noise**2)

    def height(self, first: int, stop: int) -> float:
        """Way from one sample to another, m."""
        return float(np.trapezoid(self.v[first:stop])) / self.rate_hz


def _read(
    force_n: FloatArray, rate_hz: float, stills: Sequence[Stillness], first: int, stop: int, level: float
) -> _Part:
    before = [s for s in stills if s.stop <= first + _INTO_S * rate_hz]
    if not before or first - before[-1].stop > _LATEST_S * rate_hz:
        raise NotResolvable("plates: nobody stands still before it, so the weight is not known; pause before each rep")
    still, stop = before[-1], min(stop, force_n.size)
    missing = np.flatnonzero(~np.isfinite(force_n[still.first : stop]))
    if missing.size:
        at_s = (still.first + int(missing[0])) / rate_hz
        raise NotResolvable(f"plates: {missing.size} samples of force are missing, first at {at_s:.3f} s; record again")
    weight = _weight(still, stills)
    mass = _Mass(force_n, rate_hz, still, weight, stop)
    width = max(1, round(SMOOTH_S * rate_hz) | 1)
    net = np.convolve(mass.net, np.ones(width) / width, "same")
    begin = mass.calm
    z = student_factor(level, weight.freedom)
    end = _end_of_drive(mass, net, begin, z)
    slowest = begin + int(mass.v[begin:end].argmin())
    if mass.v[slowest] > -z * mass.sd[slowest]:
        raise NotResolvable("plates: no dip before the drive can be told from noise")
    turn = slowest + int(np.flatnonzero(mass.v[slowest : end + 1] < 0.0)[-1])
    shift = step_shift(mass.net, end, width)
    level_n = float(
        np.hypot(z * weight.se_n, normal_factor(level) * noise_n(force_n[still.first : still.stop], rate_hz))
    )
    falls = passing(-net, end, level_n, rate_hz, level, shift)
    turns = passing(mass.v, turn, z * float(mass.sd[turn]), rate_hz, level)
    at_end, at_turn = (float(np.interp(t.value * rate_hz, np.arange(mass.v.size), mass.v)) for t in (falls, turns))
    speed_half = z * float(mass.sd[end])
    peak_n = _highest(mass.net, slowest, end + 1, width, weight.mean_n, level_n, level)
    off = mass.first / rate_hz
    lasted = (turn - begin) / rate_hz
    swayed = float(np.cumsum(mass.v[:begin]).std()) / rate_hz
    weighed = 0.5 * weight.se_n / mass.kg * lasted**2
    dip_half = float(
        np.hypot(z * np.linalg.norm((mass.calm_sd * lasted, swayed, weighed)), normal_factor(level) * _SWAY_M)
    )
    drive = Drive(
        start_s=turns.shifted(off),
        end_s=falls.shifted(off),
        peak_s=None,
        peak_n=peak_n,
        weight_n=Estimate.symmetric(weight.mean_n, z * weight.se_n, "N", level),
        impulse_n_s=Estimate.symmetric(mass.kg * (at_end - at_turn), mass.kg * speed_half, "N·s", level),
        braking_n_s=Estimate.symmetric(
            -mass.kg * float(mass.v[slowest]), mass.kg * z * float(mass.sd[slowest]), "N·s", level
        ),
        dip_m=Estimate.symmetric(-mass.height(begin, turn + 1), dip_half, "m", level),
    )
    return _Part(drive, mass.first + slowest, mass.first + end + 1)


def _weight(before: Stillness, stills: Sequence[Stillness]) -> _Weight:
    """The weight that the stillness before a repetition and all others that agree with it show: each counts by how
    sure it is; one that is off by more is another load, or no stillness.
    """
    alike = [
        s
        for s in stills
        if abs(s.mean_n - before.mean_n)
        <= student_factor(LEVEL, min(s.freedom, before.freedom)) * np.hypot(s.se_n, before.se_n)
    ]
    worth = np.array([1.0 / s.se_n**2 if s.se_n > 0.0 else 1.0 for s in alike])
    mean = float(worth @ [s.mean_n for s in alike]) / float(worth.sum())
    freedom = float(worth.sum()) ** 2 / float(np.sum([w**2 / s.freedom for w, s in zip(worth, alike, strict=True)]))
    share = worth / worth.sum()
    # Weights that are estimated themselves add to the error (Meier 1953, Biometrics 9:59).
    doubt = 1.0 + 4.0 * float(np.sum([p * (1.0 - p) / s.freedom for p, s in zip(share, alike, strict=True)]))
    return _Weight(mean, max((doubt / float(worth.sum())) ** 0.5, _LEAST_SE * mean), freedom)


def _end_of_drive(mass: _Mass, net: FloatArray, begin: int, z: float) -> int:
    """The last sample above the weight of the first push after which the mass rises fast.

    Raises
    ------
    NotResolvable
        There is no such push, it goes on to the end, or two are too alike to tell which it is.
    """
    pushes = _pushes(net, begin)
    highest = float(mass.v[begin:].max())
    if highest < max(_LEAST_SPEED, z * float(mass.sd[-1])):
        raise NotResolvable("plates: the force drives nothing upward there")
    for _, stop in pushes:
        speed, doubt = float(mass.v[stop - 1]), z * float(mass.sd[stop - 1])
        if speed - doubt >= _FAST * highest:
            if stop >= net.size - 1:
                break
            return stop - 1
        if speed + doubt >= _FAST * highest:
            raise NotResolvable("plates: two pushes are too alike to tell which one is the drive")
    raise NotResolvable("plates: the force does not fall to the weight before the press ends")


def _pushes(net: FloatArray, begin: int) -> list[tuple[int, int]]:
    """Stretches above the weight, first sample and stop, without what only interrupts them."""
    pushes: list[tuple[int, int]] = []
    for a, b in runs_of(net[begin:] > 0.0):
        first, stop = a + begin, b + begin
        if pushes:
            low, high = pushes[-1]
            if -float(net[high:first].sum()) < _BREAK * float(net[low:high].sum()):
                pushes[-1] = (low, stop)
                continue
        pushes.append((first, stop))
    return pushes


def _highest(
    net: FloatArray, first: int, stop: int, width: int, weight_n: float, half_n: float, level: float
) -> Estimate:
    """The highest mean over 10 ms, N, raised by what such a mean takes off a peak: a third of what one over twice as
    long takes off it.
    """
    short, long = (float(np.convolve(net, np.ones(w) / w, "same")[first:stop].max()) for w in (width, 2 * width | 1))
    lost = max(0.0, (short - long) / 3.0)
    return Estimate.symmetric(weight_n + short + lost, float(np.hypot(half_n, lost)), "N", level)


def _peaks(
    force_n: FloatArray, rate_hz: float, parts: Sequence[_Part], stills: Sequence[Stillness], level: float
) -> list[Drive]:
    """The drives with the time of their highest force, by the machinery that times every turning point."""
    if not parts:
        return []
    noise = min(noise_n(force_n[s.first : s.stop], rate_hz) for s in stills)
    density = max(noise**2 * 2.0 * SMOOTH_S, 1e-12)
    series = NoisyAngle(force_n, rate_hz, white_noise(density, rate_hz))
    timed = time_set(series, [(part.first, part.stop) for part in parts], "zero")
    if timed is None:
        return [replace(part.drive, peak_reason="plates: noise hides the highest force") for part in parts]
    good = [event for event in timed.events if event.resolved]
    bias = bias_term(np.array([e.shifts_s for e in good]), np.array([e.shift_sds_s for e in good]))
    bias *= normal_factor(level) / normal_factor(LEVEL)

    def told(part: _Part, event: TimedEvent) -> Drive:
        if not event.resolved:
            return replace(part.drive, peak_reason=f"plates: {event.reason}")
        own = np.hypot(student_factor(level, timed.dof) * event.sd_s, normal_factor(level) * _SAMPLE_SD / rate_hz)
        half = float(np.hypot(own, bias))
        return replace(part.drive, peak_s=Estimate.symmetric(event.time_s, half, "s", level), fixed_s=bias)

    return [told(part, event) for part, event in zip(parts, timed.events, strict=True)]
