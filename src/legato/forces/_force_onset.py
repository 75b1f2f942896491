"""When a force begins to rise from a steady baseline, with what noise and the unknown shape of the start leave open."""

from dataclasses import dataclass

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.forces._memory import memories
from legato.recording import FloatArray

BASELINE_S = 0.2
"""Length of the baseline before the onset, s."""

_SEARCH_S = 2.0
"""The baseline lies within this time before the rise, s. [ENG]"""

_QUIET = 1.4
"""A stretch is quiet where its SD about a line is below this multiple of the calmest one's. [ENG]"""

ONSET_SD = 5.0
"""Threshold above the baseline, in SD of its noise."""

_DRIFT_SD = 2.0
"""Drift over the baseline's 200 ms, in SD of its noise, above which there was pretension. [ENG]"""

_DIP_SD = 5.0
"""Depth of a dip, in SD of a mean over 10 ms, that shows a countermovement. [ENG]"""

_HIGHEST_SD = 15.0
"""The start's shape is read up to this height, in SD of the noise, or a fiftieth of the rise. [ENG]"""

_POWERS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
"""A start may rise as time to each of these powers, all alike likely beforehand. [ENG] A ramp, a sigmoid's foot."""

_FILTER_BANDS_HZ = ((40.0, 90.0), (120.0, 170.0))
"""Noise in the second band below a tenth of the first shows a low-pass below about 120 Hz. [ENG]"""

_LEAST_SHARE = 1e-3
"""Share of the rise below which nothing is called drift, dip or start, however quiet the curve. [ENG]"""

_LEAST_RISE_SD = 20.0
"""Smallest rise that has an onset, in SD of the noise. [ENG]"""


@dataclass(frozen=True, slots=True)
class Onset:
    """Onset, s; the baseline's level and noise, N; its memory (1: independent samples); what could not be checked."""

    time_s: Estimate
    baseline_n: Estimate
    noise_sd_n: float
    memory: float
    reasons: tuple[str, ...]


def find_force_onset(force: FloatArray, rate_hz: float, level: float) -> Onset:
    """Onset of the rise to the highest force of a curve without gaps.

    The first departure of five SD from a quiet baseline is traced back: monomials of several powers from every possible
    start are laid under the first part of the rise, and weighed by how well they fit.

    Raises
    ------
    NotResolvable
        There is no quiet baseline or no rise, the force was not steady before it, dipped, or was filtered too low.
    """
    width = round(BASELINE_S * rate_hz)
    smooth = np.convolve(force, np.ones(max(1, round(0.02 * rate_hz))) / max(1, round(0.02 * rate_hz)), "same")
    top = int(smooth[width:].argmax()) + width
    first = max(0, top - round((_SEARCH_S + 5.0) * rate_hz))
    lowest, highest = float(np.quantile(force[first : top + 1], 0.05)), float(smooth[top])
    middle = lowest + 0.3 * (highest - lowest)
    below = np.flatnonzero(force[first:top] < middle)
    if not below.size or first + int(below[-1]) < width:
        raise NotResolvable("force: no rise from a baseline of 0.2 s; start recording at least 0.5 s before the pull")
    rise = first + int(below[-1])
    stop = _quiet_end(force, rate_hz, max(0, rise - round(_SEARCH_S * rate_hz)), rise, width)
    base = force[stop - width : stop]
    mean, drift, noise = _line(base)
    _refuse_drift(drift, noise, highest - mean)
    threshold = max(ONSET_SD * noise, _LEAST_SHARE * (highest - mean))
    crossed = _first_lasting(force, stop - width // 4, rise + 1, mean + threshold, max(2, round(0.005 * rate_hz)))
    if highest - mean < max(_LEAST_RISE_SD * noise, 10.0):
        raise NotResolvable(
            f"force: a rise of {highest - mean:.0f} N stands out too little from noise of {noise:.1f} N (SD)"
        )
    memory = memories(_about_line(base))[0]
    _refuse_dip(force[stop - width : crossed] - mean, rate_hz, max(noise, _LEAST_SHARE * (highest - mean)), memory)
    time, low, high = _trace(force, rate_hz, crossed, mean, noise, memory, highest - mean, level)
    # The baseline is read again up to the onset itself, where the drift that matters shows.
    end = max(width, int(low * rate_hz) - round(0.005 * rate_hz))
    base = force[end - width : end]
    mean, drift, noise = _line(base)
    _refuse_drift(drift, noise, highest - mean)
    reasons = _refuse_filtered(force[max(0, end - 2 * width) : end], rate_hz, highest - mean)
    error = noise * float(np.sqrt(memory / base.size))
    return Onset(
        Estimate(time, low, high, level, "s"), Estimate.symmetric(mean, 1.645 * error, "N"), noise, memory, reasons
    )


def _quiet_end(force: FloatArray, rate_hz: float, first: int, rise: int, width: int) -> int:
    """End of the last quiet stretch of 0.2 s before the rise."""
    step = max(1, round(0.005 * rate_hz))
    ends = np.arange(first + width, rise + 1, step)
    if not ends.size:
        raise NotResolvable("force: no rise from a baseline of 0.2 s; start recording at least 0.5 s before the pull")
    windows = np.lib.stride_tricks.sliding_window_view(force, width)[ends - width]
    x = np.linspace(-1.0, 1.0, width)
    centred = windows - windows.mean(axis=1, keepdims=True)
    slopes = centred @ x / float(x @ x)
    spread = np.sqrt(np.maximum(np.square(centred).mean(axis=1) - slopes**2 * float(np.square(x).mean()), 0.0))
    return int(ends[np.flatnonzero(spread <= _QUIET * spread.min() + 1e-9)[-1]])


def _line(base: FloatArray) -> tuple[float, float, float]:
    """Mean, change from end to end and SD about the line."""
    x = np.linspace(-1.0, 1.0, base.size)
    slope = float(x @ base) / float(x @ x)
    left = _about_line(base)
    return float(base.mean()), 2.0 * slope, float(np.sqrt(left @ left / max(1, base.size - 2)))


def _about_line(base: FloatArray) -> FloatArray:
    x = np.linspace(-1.0, 1.0, base.size)
    return base - base.mean() - x * (float(x @ base) / float(x @ x))


def _first_lasting(force: FloatArray, first: int, stop: int, threshold: float, lasting: int) -> int:
    over = force[first : stop + lasting] > threshold
    runs = np.flatnonzero(np.convolve(over, np.ones(lasting), "valid") >= lasting)
    return first + int(runs[0]) if runs.size else stop


def _refuse_drift(drift: float, noise: float, rise: float) -> None:
    if abs(drift) > max(_DRIFT_SD * noise, _LEAST_SHARE * rise):
        raise NotResolvable(
            f"force: it drifts by {drift:.1f} N in the 0.2 s before the onset, noise is {noise:.1f} N (SD): pretension;"
            " rest, then pull from a steady force"
        )


def _refuse_dip(y: FloatArray, rate_hz: float, noise: float, memory: float) -> None:
    size = max(1, round(0.01 * rate_hz))
    if y.size < size:
        return
    means = np.convolve(y, np.ones(size) / size, "valid")
    deepest = float(means.min())
    if deepest < -_DIP_SD * noise * min(1.0, float(np.sqrt(memory / size))) and deepest < -noise:
        raise NotResolvable(
            f"force: it dips by {-deepest:.1f} N just before it rises, noise is {noise:.1f} N (SD): a countermovement;"
            " pull without one"
        )


def _refuse_filtered(base: FloatArray, rate_hz: float, rise: float) -> tuple[str, ...]:
    if _line(base)[2] < 1e-6 * rise:
        return ("the baseline holds no noise, so whether the force was filtered cannot be told",)
    left = _about_line(base) * np.sin(np.pi * (np.arange(base.size) + 0.5) / base.size)
    power = np.abs(np.fft.rfft(left)) ** 2
    freq = np.fft.rfftfreq(base.size, 1.0 / rate_hz)
    low, high = (float(np.median(power[(freq >= a) & (freq <= b)])) for a, b in _FILTER_BANDS_HZ)
    if high < 0.1 * low:
        raise NotResolvable(
            "force: filtered below about 120 Hz, by its noise; give it unfiltered, or filtered at 150 Hz or more"
        )
    return ()


def _trace(
    force: FloatArray,
    rate_hz: float,
    crossed: int,
    mean: float,
    noise: float,
    memory: float,
    rise: float,
    level: float,
) -> tuple[float, float, float]:
    """Median and central interval of the onset, s, over starts and powers."""
    ceiling = max(_HIGHEST_SD * noise, 0.02 * rise)
    over = np.flatnonzero(force[crossed:] > mean + ceiling)
    stop = crossed + max(4, int(over[0]) + 1 if over.size else 4)
    reach = max(round(0.08 * rate_hz), 3 * (stop - crossed))
    first = max(0, crossed - reach)
    y = force[first:stop] - mean
    x = np.arange(y.size, dtype=np.float64)
    at = np.linspace(0.0, float(crossed - first), min(4 * (crossed - first), 320) + 1)
    since = np.maximum(x[None, :] - at[:, None], 1e-12)
    since /= since[:, -1:]
    logs = np.log(since)
    # The model is smooth; what it misses of a real start counts as noise of at least this size.
    sigma = max(noise, 5e-4 * rise)
    weights = np.zeros(at.size)
    best = -np.inf
    tables: list[FloatArray] = []
    for power in _POWERS:
        shape = np.exp(power * logs)
        inner, square = shape @ y, np.square(shape).sum(axis=1)
        gain = np.maximum(inner, 0.0) ** 2 / square
        log_weight = 0.5 * gain / (sigma**2 * memory) - 0.5 * np.log(square)
        best = max(best, float(log_weight.max()))
        tables.append(log_weight)
    for log_weight in tables:
        weights += np.exp(log_weight - best)
    below = np.cumsum(weights) - 0.5 * weights
    below /= weights.sum()
    low, middle, high = (float(np.interp(p, below, at)) for p in (0.5 * (1.0 - level), 0.5, 0.5 * (1.0 + level)))
    frame = 0.1
    return (
        (first + middle) / rate_hz,
        (first + min(low, middle - frame)) / rate_hz,
        (first + max(high, middle + frame)) / rate_hz,
    )
