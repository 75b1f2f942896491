"""The part of a way up that its mean velocity counts: where the bar rises faster than a rest, sway or noise looks."""

from dataclasses import dataclass

import numpy as np

from legato.bar.edges import CREEP_M_S, RISEN, Rise, start_of_rise
from legato.bar.model import BarTrack
from legato.bar.phases import BEFORE_S, OWN_CLOCK, QUIET, Way, first_top, ground
from legato.recording import FloatArray

MEAN_FROM_M_S = 0.05
"""The mean velocity counts from where a bar first rises faster than this to where it last does, m/s. [ENG] ways end in
a creep whose length no sensor tells: from 0.001 m/s on simulated lifts last up to half as long again. Laboratories
count from the first to the last positive velocity of a low-passed height (public code of Le Guennec 2023, Montpellier),
which noise chooses; makers do not say from which velocity on they count (Vitruve, "Metrics calculated", 2024)."""

_CLEARS = 2.0
"""A way whose first or last peak is not so many times that has no such part. [ENG]"""

_SLOPE_S, _LEAST_SLOPE_M_S2 = 0.05, 0.05
"""How steep the velocity is where it passes is read over so long to both sides, s, and is at least this, m/s². [ENG]
noise would make it steep where it passes."""

_FIT_TO = 4.0
"""The first of a way is fitted up to so many times `MEAN_FROM_M_S`, or to six SDs of noise. [ENG]"""

_FIT_SHARE = 2.0 / 3.0
"""Weight of the fit beside the low-passed velocity. [ENG] fits are off by 0.3 % in lifts that set in sharply and by
0.7 % in those that creep, low-passed velocities by 0.3 to 2.4 and by 0.2 %."""

_ROUNDED = 0.25
"""What a low-pass shifts a sharp start by beside its correlation time, SD. [ENG] 6 ms at 10 Hz."""

_SWAY_M_S = 0.003
"""How fast a bar goes up or down before its way, beyond what counts as part of it, SD, m/s. [ENG]"""

_LEAST_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class FastPart:
    """From where to where a way up is faster than `MEAN_FROM_M_S`, s from the first sample, with the SDs of both."""

    start_s: float
    end_s: float
    start_sd_s: float
    end_sd_s: float

    @property
    def duration_s(self) -> float:
        """Length, s."""
        return self.end_s - self.start_s

    def error_of_mean(self, mean: float) -> float:
        """What the errors of both ends add to a mean velocity, m/s: at the ends the bar moves at `MEAN_FROM_M_S`."""
        return abs(mean - MEAN_FROM_M_S) * float(np.hypot(self.start_sd_s, self.end_sd_s)) / self.duration_s


def fast_part(track: BarTrack, up: Way) -> FastPart | None:
    """Where the mean velocity of a way up counts; None where it hardly passes `MEAN_FROM_M_S`."""
    size, rate, seen = track.velocity.size, track.rate_hz, track.seen
    # Backwards in time the end is a start: the velocity is the same, the height is turned over.
    back = -1.0 if seen.of_height else 1.0
    last = (size - 1 - up.end_s * rate, up.end_sd_s * rate)
    start = _passes(
        track, track.velocity, seen.values, track.velocity_sd, seen.sd, up.first, up.stop,
        (up.start_s * rate, up.start_sd_s * rate),
    )  # fmt: skip
    end = _passes(
        track, track.velocity[::-1], back * seen.values[::-1], track.velocity_sd[::-1], seen.sd[::-1],
        size - up.stop, size - up.first, last,
    )  # fmt: skip
    if start is None or end is None or start[0] >= size - 1 - end[0]:
        return None
    return FastPart(start[0] / rate, (size - 1 - end[0]) / rate, start[1] / rate, end[1] / rate)


def _passes(
    track: BarTrack,
    speed: FloatArray,
    seen: FloatArray,
    sd: FloatArray,
    seen_sd: FloatArray,
    first: int,
    stop: int,
    still: tuple[float, float],
) -> tuple[float, float] | None:
    """When a way in these frames gets faster than `MEAN_FROM_M_S`, and the SD of that, in samples; `still`: when it
    leaves the standstill and the SD of that, before which it is not faster.

    A low-pass rounds a sharp start off, and a bent power of time is not all starts: both tell, and half of how far they
    lie apart is in the error. The velocity of a sensor drifts, which may keep it faster at a standstill: where that is
    told more surely, how the bar rises from it tells.
    """
    top = first_top(speed, sd, first, stop)
    if speed[top] < _CLEARS * MEAN_FROM_M_S:
        return None
    begin = first
    while begin > 0 and speed[begin] >= MEAN_FROM_M_S:
        begin -= 1
    passed = None if speed[begin] >= MEAN_FROM_M_S else _told(track, speed, seen, sd, seen_sd, begin, top)
    if track.source == "imu":
        risen = _risen_from(speed, still, top)
        if passed is None or (risen is not None and risen[1] < passed[1]):
            passed = risen
    if passed is None:
        return None
    return max(passed[0], still[0] - still[1]), passed[1]


def _told(
    track: BarTrack, speed: FloatArray, seen: FloatArray, sd: FloatArray, seen_sd: FloatArray, begin: int, top: int
) -> tuple[float, float]:
    """When the velocity between two frames passes, the first slower and the second faster, and the SD of that."""
    smooth, smooth_sd = _smoothly(speed, sd, begin, top, track.rate_hz)
    if track.source == "imu":
        return smooth, float(np.hypot(smooth_sd, OWN_CLOCK))
    fitted = _fitted(track, speed, seen, sd, seen_sd, begin, top)
    if fitted is None:
        return smooth, float(np.hypot(smooth_sd, _ROUNDED * track.correlation_s * track.rate_hz))
    told = _FIT_SHARE * fitted[0] + (1.0 - _FIT_SHARE) * smooth
    return told, float(np.hypot(fitted[1], 0.5 * (fitted[0] - smooth)))


def _risen_from(speed: FloatArray, still: tuple[float, float], top: int) -> tuple[float, float] | None:
    """When a bar that leaves a standstill then passes, and the SD of that, in samples: it gains speed evenly, with the
    square of time or between, and how far these lie apart is the error of that.
    """
    left = max(0, round(still[0]))
    gained = speed[left : top + 1] - speed[left]
    if left >= top or RISEN * gained[-1] <= MEAN_FROM_M_S:
        return None
    risen = float(np.flatnonzero(gained >= RISEN * gained[-1])[0])
    share = MEAN_FROM_M_S / (RISEN * float(gained[-1]))
    soonest, latest = share * risen, share**0.5 * risen
    return still[0] + 0.5 * (soonest + latest), float(np.hypot(still[1], 0.5 * (latest - soonest)))


def _smoothly(speed: FloatArray, sd: FloatArray, begin: int, top: int, rate_hz: float) -> tuple[float, float]:
    """When a low-passed velocity passes, and the SD of that, in samples."""
    risen = max(RISEN * float(speed[top]), MEAN_FROM_M_S)
    # The last that is slow before the bar is surely on its way: noise may pass before.
    last = begin + int(np.flatnonzero(speed[begin : top + 1] < risen)[-1])
    k = begin + int(np.flatnonzero(speed[begin : last + 1] < MEAN_FROM_M_S)[-1])
    reach = max(1, round(_SLOPE_S * rate_hz))
    a, b = max(0, k - reach), min(speed.size - 1, k + 1 + reach)
    slope = max(float(speed[b] - speed[a]) / (b - a), _LEAST_SLOPE_M_S2 / rate_hz)
    return k + (MEAN_FROM_M_S - float(speed[k])) / float(speed[k + 1] - speed[k]), float(sd[k]) / slope


def _fitted(
    track: BarTrack, speed: FloatArray, seen: FloatArray, sd: FloatArray, seen_sd: FloatArray, begin: int, top: int
) -> tuple[float, float] | None:
    """When the first of a way passes, as the samples before any low-pass tell it, and the SD of that, in samples; None
    where they are too few.
    """
    rate, peak = track.rate_hz, float(speed[top])
    noise = max(float(np.median(sd[begin : top + 1])), CREEP_M_S)
    highest = min(RISEN * peak, max(_FIT_TO * MEAN_FROM_M_S, 6.0 * noise))
    ahead = speed[begin : top + 1]
    last = begin + int(np.flatnonzero(ahead < highest)[-1])
    quiet = min(max(3.0 * noise, QUIET * peak), 0.5 * highest)
    resting = np.flatnonzero(ahead[: last - begin + 1] < quiet)
    leaves = begin + int(resting[-1]) if resting.size else begin
    start, earliest, turn_sd = ground(speed, quiet, max(0, leaves - round(BEFORE_S * rate)), leaves, last, rate)
    if last + 1 - start < _LEAST_SAMPLES:
        return None
    part = slice(start, last + 1)
    own_sd = float(np.sqrt((seen_sd[part] ** 2).mean()))
    rise = Rise(seen[part], own_sd, rate, track.seen.of_height, earliest, turn_sd, sway_m_s=_SWAY_M_S)
    passed, passed_sd = start_of_rise(rise, MEAN_FROM_M_S)
    return start + passed, passed_sd
