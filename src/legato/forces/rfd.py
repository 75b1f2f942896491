"""Rate of force development: how fast force rises in fixed windows after its onset, and the impulse in them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._curves import as_curve, refuse_limit, without_gaps
from legato.forces._force_onset import BASELINE_S, Onset, find_force_onset
from legato.forces._highest import luck_of_highest
from legato.forces._steepest import steepest_rise
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_factor

WindowS: TypeAlias = tuple[float, float]

WINDOWS_S: tuple[WindowS, ...] = ((0.0, 0.05), (0.05, 0.1), (0.1, 0.2), (0.0, 0.1), (0.0, 0.2))
"""Windows after the onset, s (Maffiuletti et al. 2016, Eur J Appl Physiol)."""

TIMES_S = (0.05, 0.1, 0.15, 0.2, 0.25)
"""Times after the onset at which the force is told, s."""

PEAK_S = 0.02
"""Length of the window of the peak rate, s."""

LOWEST_RATE_HZ = 1000.0
"""Lower sampling rates are refused, Hz."""

LEAST_TRIES = 5
BEST_TRIES = 3
"""Of at least five tries the mean of the best three is told."""

_SHORTEST_S = 0.5
"""Shorter curves are refused, s: a baseline and the windows after it take 0.45. [ENG]"""

_SMOOTH_S = 0.005
"""The curve on which noise is drawn, to tell what it adds to the highest, is a mean over this time, s. [ENG]"""

_LUCK_SD = (0.25, 0.5)
"""SD of what noise added, as a share of what it is expected to add, downwards and upwards: how flat the top was is not
known, and a sharp one looks flatter than it is. [ENG]"""


@dataclass(frozen=True, slots=True)
class Window:
    """Mean rate of rise, N/s, and impulse above the baseline, N·s, in one window after the onset, s."""

    start_s: float
    end_s: float
    rate_n_s: Estimate
    impulse_n_s: Estimate


@dataclass(frozen=True, slots=True)
class ForceRise:
    """One try. Forces are above the baseline, except `baseline_n` and `peak_gross_n`, which holds the weight; times in
    s from the first sample, those of `forces_n` from the onset. `peak_force_n_kg`: over the person's mass, None where
    that is not known. `reasons` tells what is missing or could not be checked.
    """

    onset_s: Estimate
    baseline_n: Estimate
    noise_sd_n: float
    windows: tuple[Window, ...]
    forces_n: tuple[tuple[float, Estimate], ...]
    peak_rate_n_s: Estimate
    peak_force_n: Estimate
    reasons: tuple[str, ...]
    peak_gross_n: Estimate | None = None
    peak_force_n_kg: Estimate | None = None

    def window(self, start_s: float, end_s: float) -> Window | None:
        """The window with these ends, or None where it could not be read."""
        return next((w for w in self.windows if (w.start_s, w.end_s) == (start_s, end_s)), None)


@dataclass(frozen=True, slots=True)
class BestTries:
    """Means over the best tries, those of the highest peak force; `kept` counts them from 0. An interval is that of the
    best three of so many tries, not of the person's mean try: from the scatter of all tries (Student), as the chosen
    ones lie closer together than tries do.
    """

    kept: tuple[int, ...]
    n_tries: int
    windows: tuple[Window, ...]
    peak_rate_n_s: Estimate
    peak_force_n: Estimate


def force_onset(force_n: Any, rate_hz: float, level: float = LEVEL) -> Estimate:
    """When a force begins to rise, s from the first sample; see `force_rise` for what is refused."""
    return _onset(_checked(force_n, rate_hz), rate_hz, level).time_s


def force_rise(
    force_n: Any,
    rate_hz: float,
    *,
    windows_s: Sequence[WindowS] = WINDOWS_S,
    times_s: Sequence[float] = TIMES_S,
    level: float = LEVEL,
) -> ForceRise:
    """Onset, rates, impulses and forces of one try: one steady baseline, then one fast pull or push.

    Parameters
    ----------
    force_n
        Force, N, rising in the pull, shape (n,), not filtered or with a cut-off of 150 Hz or more.
    rate_hz
        Sampling rate, Hz, at least 1000.
    windows_s, times_s
        Windows and times after the onset, s.
    level
        Share of central probability of the intervals.

    Returns
    -------
    Every interval holds the noise and the onset's own error. What noise is expected to add to the highest of many rates
    and forces is taken off.

    Raises
    ------
    BadInput
        No rate, no samples, more than one column.
    NotResolvable
        The rate is below 1000 Hz, the noise shows a low-pass below about 120 Hz, samples are missing, the device
        clipped, there is no rise from a baseline of 0.2 s, the baseline drifts by more than two SD (pretension) or
        dips before the rise (countermovement).

    References
    ----------
    Maffiuletti et al. 2016, Eur J Appl Physiol 116:1091.
    """
    force = _checked(force_n, rate_hz)
    onset = _onset(force, rate_hz, level)
    rates = _curve_rates(force, rate_hz, onset, windows_s, level)
    reasons = list(onset.reasons)
    windows: list[Window] = []
    for (start, end), rate, impulse in rates:
        if rate is None or impulse is None:
            reasons.append(f"the recording ends before {1000 * end:.0f} ms after the onset")
        else:
            windows.append(Window(start, end, rate, impulse))
    forces = [(t, _force_at(force, rate_hz, onset, t, level)) for t in times_s]
    peak_rate, peak_force, gross = _peaks(force, rate_hz, onset, level)
    return ForceRise(
        onset.time_s,
        onset.baseline_n,
        onset.noise_sd_n,
        tuple(windows),
        tuple((t, f) for t, f in forces if f is not None),
        peak_rate,
        peak_force,
        tuple(dict.fromkeys(reasons)),
        gross,
    )


def rate_of_force_development(
    force_n: Any,
    rate_hz: float,
    onset_s: Estimate,
    windows_s: Sequence[WindowS] = WINDOWS_S,
    *,
    noise_sd_n: float = 0.0,
    level: float = LEVEL,
) -> tuple[Estimate, ...]:
    """Mean slope of the force in windows after a known onset.

    Parameters
    ----------
    force_n
        Force, N, shape (n,).
    rate_hz
        Sampling rate, Hz, at least 1000.
    onset_s
        When the force starts to rise, s from the first sample (see `force_onset`).
    windows_s
        Start and end of each window after the onset, s.
    noise_sd_n
        SD of the noise of one sample, N.

    Returns
    -------
    One estimate a window, N/s; the interval carries the onset's own error.

    Raises
    ------
    NotResolvable
        A window runs past the end, samples are missing, or the rate is below 1000 Hz.

    References
    ----------
    Maffiuletti et al. 2016, Eur J Appl Physiol 116:1091.
    """
    force = _checked(force_n, rate_hz)
    before = force[: max(1, int(onset_s.low * rate_hz))][-round(BASELINE_S * rate_hz) :]
    onset = Onset(onset_s, Estimate.symmetric(float(before.mean()), 0.0, "N"), noise_sd_n, 1.0, ())
    rates = _curve_rates(force, rate_hz, onset, windows_s, level)
    late = [window for window, rate, _ in rates if rate is None]
    if late:
        raise NotResolvable(f"force: the recording ends before {1000 * late[0][1]:.0f} ms after the onset")
    return tuple(rate for _, rate, _ in rates if rate is not None)


def best_tries(tries: Sequence[ForceRise], level: float = LEVEL) -> BestTries:
    """Mean of the best three of at least five tries.

    Raises
    ------
    NotResolvable
        There are fewer than five tries that could be read.
    """
    if len(tries) < LEAST_TRIES:
        raise NotResolvable(
            f"rate of force development: {len(tries)} tries could be read; {LEAST_TRIES} are needed for the mean of the"
            f" best {BEST_TRIES}"
        )
    order = np.argsort([-t.peak_force_n.value for t in tries], kind="stable")[:BEST_TRIES]
    kept = tuple(sorted(int(i) for i in order))
    spans = [(w.start_s, w.end_s) for w in tries[kept[0]].windows]
    windows: list[Window] = []
    for start, end in spans:
        found = [t.window(start, end) for t in tries]
        rate = _mean([None if w is None else w.rate_n_s for w in found], kept, level)
        impulse = _mean([None if w is None else w.impulse_n_s for w in found], kept, level)
        if rate is not None and impulse is not None:
            windows.append(Window(start, end, rate, impulse))
    peak_rate = _mean([t.peak_rate_n_s for t in tries], kept, level)
    peak_force = _mean([t.peak_force_n for t in tries], kept, level)
    assert peak_rate is not None and peak_force is not None
    return BestTries(kept, len(tries), tuple(windows), peak_rate, peak_force)


def _checked(force_n: Any, rate_hz: float) -> FloatArray:
    force = without_gaps(as_curve(force_n, rate_hz, _SHORTEST_S), rate_hz)
    if rate_hz < LOWEST_RATE_HZ:
        raise NotResolvable(
            f"force: {rate_hz:g} samples/s are too few for the first 50 ms of a rise; record at {LOWEST_RATE_HZ:g} Hz"
        )
    refuse_limit(force, rate_hz)
    return force


def _onset(force: FloatArray, rate_hz: float, level: float) -> Onset:
    if not 0.0 < level < 1.0:
        raise BadInput(f"a level of {level:g} was asked for; give one between 0 and 1")
    return find_force_onset(force, rate_hz, level)


def _curve_rates(
    force: FloatArray, rate_hz: float, onset: Onset, windows_s: Sequence[WindowS], level: float
) -> list[tuple[WindowS, Estimate | None, Estimate | None]]:
    net = force - onset.baseline_n.value
    summed = np.concatenate(([0.0], np.cumsum(0.5 * (net[1:] + net[:-1])))) / rate_hz
    x = np.arange(force.size) / rate_hz
    noise = normal_factor(level) * onset.noise_sd_n
    starts = np.array([onset.time_s.low, onset.time_s.value, onset.time_s.high])
    found: list[tuple[WindowS, Estimate | None, Estimate | None]] = []
    for a, b in windows_s:
        if not 0.0 <= a < b:
            raise BadInput(f"a window from {a:g} to {b:g} s was asked for; give its start and end after the onset")
        if starts[-1] + b > x[-1]:
            found.append(((a, b), None, None))
            continue
        # At the onset itself the force is the baseline, known better than any one sample.
        base = np.zeros(3) if a == 0.0 else np.interp(starts + a, x, net)
        rates = (np.interp(starts + b, x, net) - base) / (b - a)
        impulses = np.interp(starts + b, x, summed) - np.interp(starts + a, x, summed)
        rate_noise = noise * np.sqrt(1.0 if a == 0.0 else 2.0) / (b - a)
        impulse_noise = float(
            np.hypot(noise * np.sqrt(onset.memory * (b - a) / rate_hz), onset.baseline_n.half_width * (b - a))
        )
        found.append(((a, b), _spread(rates, rate_noise, level, "N/s"), _spread(impulses, impulse_noise, level, "N·s")))
    return found


def _force_at(force: FloatArray, rate_hz: float, onset: Onset, after_s: float, level: float) -> Estimate | None:
    x = np.arange(force.size) / rate_hz
    starts = np.array([onset.time_s.low, onset.time_s.value, onset.time_s.high])
    if starts[-1] + after_s > x[-1]:
        return None
    values = np.interp(starts + after_s, x, force) - onset.baseline_n.value
    return _spread(values, normal_factor(level) * onset.noise_sd_n, level, "N")


def _peaks(force: FloatArray, rate_hz: float, onset: Onset, level: float) -> tuple[Estimate, Estimate, Estimate]:
    first = max(0, int((onset.time_s.low - _SMOOTH_S) * rate_hz))
    rising = force[first:]
    noise, z = onset.noise_sd_n, normal_factor(level)
    width = max(1, round(_SMOOTH_S * rate_hz))
    smooth = np.convolve(np.pad(force, width // 2, "edge"), np.ones(width) / width, "valid")[first:][: rising.size]
    steepest = steepest_rise(rising, smooth, PEAK_S, noise, width, onset.memory, rate_hz)
    length = steepest.span / rate_hz
    rate = (steepest.rise_n - steepest.luck_n + steepest.lost_n) / length
    rate_sds = [math.hypot(steepest.luck_sd_n, share * steepest.luck_n, steepest.lost_sd_n) for share in _LUCK_SD]
    rate_ends = [z * sd / length for sd in rate_sds]
    luck, sd = luck_of_highest(smooth, noise, width, onset.memory)
    below, above = (z * float(np.hypot(sd, share * luck)) for share in _LUCK_SD)
    gross = float(rising.max()) - luck
    top = gross - onset.baseline_n.value
    ends = [float(np.hypot(end, onset.baseline_n.half_width)) for end in (below, above)]
    return (
        Estimate(rate, rate - rate_ends[0], rate + rate_ends[1], level, "N/s"),
        Estimate(top, top - ends[0], top + ends[1], level, "N"),
        Estimate(gross, gross - below, gross + above, level, "N"),
    )


def _spread(values: FloatArray, noise: float, level: float, unit: str) -> Estimate:
    value, noise = float(values[1]), float(noise)
    low, high = min(float(values.min()), value), max(float(values.max()), value)
    return Estimate(
        value, value - float(np.hypot(value - low, noise)), value + float(np.hypot(high - value, noise)), level, unit
    )


def _mean(estimates: Sequence[Estimate | None], kept: Sequence[int], level: float) -> Estimate | None:
    """Mean of the kept tries, its interval from the scatter of all; None where a kept one lacks it."""
    best = [e for i in kept if (e := estimates[i]) is not None]
    if len(best) < len(kept):
        return None
    values = np.array([e.value for e in estimates if e is not None])
    n = values.size
    # The mean of chosen tries scatters by at most that of as many taken at random.
    scatter = float(values.std(ddof=1) / np.sqrt(len(best))) * student_factor(level, n - 1)
    own = float(np.sqrt(sum(e.half_width**2 for e in best))) / len(best)
    return Estimate.symmetric(float(np.mean([e.value for e in best])), max(scatter, own), best[0].unit, level)
