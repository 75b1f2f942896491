"""Speed of the centre of mass through push and landing, from the impulse above body weight, and what it shows."""

from dataclasses import dataclass

import numpy as np

from legato.estimate import Estimate
from legato.forces._curves import noise_by_bends
from legato.forces._flights import Flight
from legato.forces._onset import Z, ramp_foot
from legato.forces.jump_model import Phase
from legato.forces.standing import Stillness
from legato.recording import STANDARD_GRAVITY, FloatArray

G = STANDARD_GRAVITY

_ONSET_SD = 5.0
"""Departure from body weight that shows the start, in SD of the force in standing (Owen et al. 2014)."""

_LEAST_SHARE = 0.01
"""And at least this share of body weight, so that breath in a very quiet stand is no start. [ENG]"""

_TRACED = (3.0, 0.5)
"""How far the start may lie before and after the point where the slope meets body weight, in multiples of the way
traced back: a gentle start begins long before it shows. [ENG]"""

_COUNTER_SHARE = 0.1
"""A jump is a countermovement jump where the body first sank at more than this share of its take-off speed. [ENG]"""

_SWAY_M_S = 0.01
"""Half-width (90 %) of the speed of the centre of mass in a quiet stand, m/s. [ENG] Sway of 5 mm each way in a second
and more."""

_POSTURE_M = 0.03
"""Half-width (90 %) of how much lower the body lands than it took off, m, where only the flight tells the speed. [ENG]
Knees and hips that have bent by 20 degrees at touch-down shorten the leg by about that."""

_EDGE_S = 0.04
"""Take-off and touch-down lie at most this far beyond the samples that pass the threshold, s."""

_FADED_SHARE = 0.05
"""Share of the touch-down speed at which a landing that fades into standing is over. [ENG] It has no lowest point, and
nearer to rest the speed changes too slowly to tell when."""

_TURNED_HALVES = 2.0
"""Half-widths of the speed that the body must rise at after a landing for its lowest point to be one. [ENG]"""

_LANDING_PEAK_S = 0.3
"""The landing's peak lies within this time of touch-down, s. [ENG]"""

_LARGEST_HALF_S = 0.1
"""An instant whose 90 % half-width is larger is not told, s. [ENG] A push lasts 0.2 to 0.4 s."""

_SLOPE_S = 0.01
"""The slope of the force through body weight is read over this time to both sides, s. [ENG]"""

_STRAIGHT = 5.0
"""Multiple of that time up to which the force is taken for straight: an instant of body weight known less well is not
told. [ENG]"""


_NO_REST = f"when the landing comes to rest cannot be told to {_LARGEST_HALF_S:g} s: no landing phase"
_MISSING = "samples are missing in the landing: no landing phase"
_FADED = (
    "the landing fades into standing without a lowest point:"
    f" its phase ends where {1.0 - _FADED_SHARE:.0%} of the speed is stopped"
)
_NO_TURN = "when the body turns upwards cannot be told: no phases of the push and no power"


@dataclass(frozen=True, slots=True)
class Push:
    """What the contact before the flight says."""

    height: Estimate | None = None
    onset: Estimate | None = None
    sank: bool = False
    drop_height: Estimate | None = None
    phases: tuple[Phase, ...] = ()
    peak_power: Estimate | None = None
    mean_power: Estimate | None = None
    reasons: tuple[str, ...] = ()
    take_off_speed: Estimate | None = None
    depth: Estimate | None = None


def find_onset(y: FloatArray, rate_hz: float, still: Stillness, weight_n: float, stop: int) -> Estimate | None:
    """When the force leaves body weight, s; the interval reaches back for a gentle start."""
    threshold = max(_ONSET_SD * still.sd_n, _LEAST_SHARE * weight_n)
    begin = max(still.first, still.stop - 1)
    lift = y[begin:stop] - weight_n
    over = np.abs(lift) > threshold
    hold = max(2, round(0.005 * rate_hz))
    runs = np.flatnonzero(np.convolve(over, np.ones(hold), "valid") >= hold)
    if not runs.size:
        return None
    at = int(runs[0])
    toward = lift if lift[at] > 0.0 else -lift
    foot = ramp_foot(toward, at, threshold, still.sd_n, rate_hz)
    traced = foot.crossed - foot.at
    low, high = (np.hypot(foot.half, share * traced) for share in _TRACED)
    return Estimate(
        (begin + foot.at) / rate_hz, (begin + foot.at - low) / rate_hz, (begin + foot.at + high) / rate_hz, unit="s"
    )


class _Motion:
    """Speed of the centre of mass on the samples from `first` to `stop`, m/s, with the half-width of its interval."""

    def __init__(self, y: FloatArray, rate_hz: float, weight: Estimate, noise_n: float, first: int, stop: int) -> None:
        self.first, self.rate_hz, self.weight, self.noise_n = first, rate_hz, weight, noise_n
        self.force = y[first:stop]
        gain = G * (self.force / weight.value - 1.0)
        self.v = np.concatenate(([0.0], np.cumsum(0.5 * (gain[1:] + gain[:-1])))) / rate_hz
        self.v_half = np.zeros(self.v.size)

    def at(self, time_s: float) -> float:
        """Speed at a time, m/s."""
        return float(np.interp(time_s * self.rate_hz - self.first, np.arange(self.v.size), self.v))

    def anchor(self, time_s: float, speed: float, half: float) -> None:
        """Shift the speed so that it is `speed` ± `half` at a time, and let the error grow away from there."""
        self.v += speed - self.at(time_s)
        away = np.abs(np.arange(self.v.size) / self.rate_hz + self.first / self.rate_hz - time_s)
        w = self.weight
        weighing = w.half_width / w.value * (G * away + np.abs(self.v - speed))
        noise = Z * self.noise_n * np.sqrt(away / self.rate_hz) * G / w.value
        self.v_half = np.sqrt(half**2 + weighing**2 + noise**2)

    def sunk(self, time_s: float) -> Estimate:
        """How far the body has sunk from the first sample to a time, m; the error of its speed lasts."""
        stop = round(time_s * self.rate_hz) - self.first + 1
        way = float(-self.v[:stop].sum()) / self.rate_hz
        off = float(self.v_half[:stop].sum()) / self.rate_hz
        return Estimate.symmetric(way, float(np.hypot(off, _SWAY_M_S * stop / self.rate_hz)), "m")

    def half_at(self, time_s: float) -> float:
        """Half-width of the speed there, m/s."""
        return float(np.interp(time_s * self.rate_hz - self.first, np.arange(self.v.size), self.v_half))

    def last_rise(self, before: int) -> Estimate | None:
        """When the speed last rises through zero before a sample (counted from `first`), s."""
        v = self.v[:before]
        rises = np.flatnonzero((v[:-1] < 0.0) & (v[1:] >= 0.0))
        return self._through(0.0, int(rises[-1])) if rises.size else None

    def first_rest(self, touch_down: float) -> tuple[Estimate | None, bool]:
        """When the body first turns upwards, s, or, where it fades into rest, when most of the speed that it touched
        down at, m/s, is stopped; and whether it fades.
        """
        if np.isnan(self.v).all():
            return None, False
        rises = np.flatnonzero((self.v[:-1] < 0.0) & (self.v[1:] >= 0.0))
        if rises.size:
            i = int(rises[0])
            falls = np.flatnonzero(self.v[i + 1 :] < 0.0)
            stop = i + 1 + int(falls[0]) if falls.size else self.v.size
            top = i + 1 + int(self.v[i + 1 : stop].argmax())
            if self.v[top] > _TURNED_HALVES * self.v_half[top]:
                return self._through(0.0, i), False
        fastest = int(np.nanargmin(self.v))
        level = _FADED_SHARE * touch_down
        slower = np.flatnonzero(self.v[fastest + 1 :] >= level)
        return (self._through(level, fastest + int(slower[0])) if slower.size else None), True

    def _through(self, level: float, i: int) -> Estimate | None:
        """When the speed rises through a level between a sample and the next, s; None where that is not known."""
        step = max(float(self.v[i + 1] - self.v[i]), 1e-9)
        half = max(float(self.v_half[i] / (step * self.rate_hz)), 0.1 / self.rate_hz)
        share = float(np.clip((level - self.v[i]) / step, 0.0, 1.0))
        # Cut off, the interval would not hold what it is for.
        if half > _LARGEST_HALF_S:
            return None
        return Estimate.symmetric((self.first + i + share) / self.rate_hz, half, "s")

    def fastest_descent(self, before: int) -> Estimate | None:
        """When the body sinks fastest: the force comes back to body weight, s; None where it does so too gently."""
        i = int(self.v[: max(2, before)].argmin())
        reach = max(1, round(_SLOPE_S * self.rate_hz))
        a, b = max(0, i - reach), min(self.force.size - 1, i + reach)
        slope = abs(float(self.force[b] - self.force[a])) / max(1, b - a)
        error = float(np.hypot(self.weight.half_width, Z * self.noise_n / np.sqrt(reach)))
        half = error / max(slope, 1e-9) + 0.5
        if half > _STRAIGHT * reach + 0.5:
            return None
        return Estimate.symmetric((self.first + i) / self.rate_hz, half / self.rate_hz, "s")

    def power(self, start_s: float, end_s: float) -> tuple[Estimate, Estimate] | None:
        """Peak and mean power between two times, W."""
        a, b = round(start_s * self.rate_hz) - self.first, round(end_s * self.rate_hz) - self.first
        if b - a < 3 or a < 0:
            return None
        force, v, half = self.force[a:b], self.v[a:b], self.v_half[a:b]
        watts = force * v
        top = int(watts.argmax())
        highest, noise = float(watts[top]), Z * self.noise_n * abs(float(v[top]))
        peak_half = float(np.hypot(force[top] * half[top], noise))
        mean_half = float(np.mean(force * half)) + float(watts.mean()) * 0.5 / (b - a)
        return (
            # The highest of many noisy samples is too high rather than too low.
            Estimate(highest, highest - float(np.hypot(peak_half, noise)), highest + peak_half, unit="W"),
            Estimate.symmetric(float(watts.mean()), mean_half, "W"),
        )


def read_push(y: FloatArray, rate_hz: float, flight: Flight, noise_n: float) -> Push:
    """Onset, phases, height by impulse and power of a jump from stillness."""
    still, weight, off = flight.still, flight.weight, flight.take_off
    assert still is not None and weight is not None
    # The plate's unloaded level is in the force and in the weight alike, so its error does not reach the impulse.
    weight = Estimate.symmetric(weight.value, still.half_n, "N")
    onset = find_onset(y, rate_hz, still, weight.value, flight.first)
    if onset is None:
        return Push()
    # From the end of the stillness, not from the onset: a gentle start stays below five SD for too long.
    first = still.stop - 1
    motion = _Motion(y, rate_hz, weight, noise_n, first, flight.first + round(_EDGE_S * rate_hz))
    if not np.isfinite(motion.v).all():
        return Push(onset=onset)
    motion.anchor(first / rate_hz, 0.0, 0.0)
    speed = motion.at(off.value)
    half = float(np.hypot(motion.half_at(off.value), G * off.half_width))
    height = _height(speed, half)
    left = Estimate.symmetric(speed, half, "m/s")
    last = flight.first - first
    slowest = float(motion.v[:last].min())
    sank = slowest < -max(_COUNTER_SHARE * max(speed, 0.0), 2.0 * motion.half_at(off.value))
    turn = motion.last_rise(last) if sank else None
    if sank and turn is None:
        return Push(height, onset, sank, reasons=(_NO_TURN,), take_off_speed=left)
    phases: list[Phase] = []
    reasons: list[str] = []
    if turn is not None:
        bottom = motion.fastest_descent(round(turn.value * rate_hz) - first)
        phases = [Phase("propulsion", turn, off)]
        if bottom is None:
            reasons.append("the force comes back to body weight too gently to tell when: no unweighting and braking")
        else:
            phases = [Phase("unweighting", onset, bottom), Phase("braking", bottom, turn), *phases]
    else:
        phases = [Phase("propulsion", onset, off)]
    power = motion.power((turn or onset).value, off.value)
    depth = None if turn is None else motion.sunk(turn.value)
    return Push(height, onset, sank, None, tuple(phases), *(power or (None, None)), tuple(reasons), left, depth)


def read_contact(y: FloatArray, rate_hz: float, flight: Flight, noise_n: float) -> Push:
    """Phases and power of a push whose start was not seen, from the take-off back; the fall before a drop jump."""
    weight, off = flight.weight, flight.take_off
    assert weight is not None
    flown = flight.landing.minus(off)
    first = flight.contact_first if flight.drop else max(flight.contact_first, flight.first - round(rate_hz))
    edge = round(_EDGE_S * rate_hz)
    motion = _Motion(y, rate_hz, weight, noise_n, max(0, first - edge), flight.first + edge)
    if not np.isfinite(motion.v).all():
        return Push()
    speed = 0.5 * G * flown.value
    motion.anchor(off.value, speed, 0.5 * G * flown.half_width)
    turn = motion.last_rise(flight.first - motion.first)
    if turn is None:
        return Push(reasons=(_NO_TURN,))
    phases = [Phase("propulsion", turn, off)]
    fall = None
    touch = flight.touch_down
    if touch is not None:
        phases.insert(0, Phase("braking", touch, turn))
        met = motion.at(touch.value)
        if met < 0.0:
            fall = _height(-met, float(np.hypot(motion.half_at(touch.value), G * touch.half_width)))
    # A landing with bent legs lengthens the flight, and so the speed that is taken from it.
    motion.anchor(off.value, speed, float(np.hypot(0.5 * G * flown.half_width, G * _POSTURE_M / (2.0 * speed))))
    power = motion.power(turn.value, off.value)
    return Push(None, None, False, fall, tuple(phases), *(power or (None, None)))


def read_landing(
    y: FloatArray, rate_hz: float, flight: Flight, noise_n: float
) -> tuple[Estimate | None, Estimate | None, Phase | None, str]:
    """The landing's peak force, N, its time after touch-down, s, the phase to the lowest point, and why there is none
    although the weight is known, or that it fades.
    """
    stop = min(flight.contact_stop, flight.stop + round(_LANDING_PEAK_S * rate_hz))
    near = y[flight.stop : stop]
    peak = after = phase = None
    reason = ""
    cut = flight.contact_stop == y.size and stop < flight.stop + round(_LANDING_PEAK_S * rate_hz)
    if near.size > 2 and np.isfinite(near).all() and not (cut and near.argmax() == near.size - 1):
        top = int(near.argmax())
        value = float(near[top])
        # A plate that prints zero while it is empty hides its noise, and a top may lie between two samples.
        own_n = max(noise_n, noise_by_bends(near))
        between = float(2.0 * near[top] - near[top - 1] - near[top + 1]) / 8.0 if 0 < top < near.size - 1 else 0.0
        peak = Estimate(value, value - 3.0 * own_n, value + max(between, 0.0) + Z * own_n, unit="N")
        at = (flight.stop + top) / rate_hz - flight.landing.value
        after = Estimate.symmetric(max(at, 0.0), float(np.hypot(flight.landing.half_width, 0.5 / rate_hz)), "s")
    if flight.weight is not None:
        edge = round(_EDGE_S * rate_hz)
        motion = _Motion(y, rate_hz, flight.weight, noise_n, flight.stop - edge, flight.contact_stop)
        flown = flight.landing.minus(flight.take_off)
        motion.anchor(flight.landing.value, -0.5 * G * flown.value, 0.5 * G * flown.half_width)
        rest, faded = motion.first_rest(-0.5 * G * flown.value)
        phase = None if rest is None else Phase("landing", flight.landing, rest)
        untold = _NO_REST if np.isfinite(motion.v).all() else _MISSING
        reason = untold if phase is None else _FADED if faded else ""
    return peak, after, phase, reason


def _height(speed: float, half: float) -> Estimate:
    ends = [max(speed - half, 0.0), speed, speed + half]
    low, value, high = (float(np.sign(v) * v**2 / (2.0 * G)) for v in ends)
    return Estimate(value, min(low, value), high, unit="m")
