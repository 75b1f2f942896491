"""What a set does to a muscle's EMG: median and mean frequency and amplitude of each repetition, and their trend."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.amplitude import amplitude, degrees_of_freedom, effective_bandwidth, one_channel, stretch
from legato.muscles.lags import NOTHING_LEFT_OUT
from legato.recording import FloatArray, Span
from legato.signals.gaps import runs_of
from legato.signals.sets import set_refusal

Direction: TypeAlias = Literal["rises", "falls", "not-resolvable"]

SEGMENT_S = 0.25
"""Stretch whose spectrum is taken: 4 Hz apart. [ENG]"""
_TAPERED = 2.05
"""Length of a Hann-tapered segment over the time that it counts for: ∫w⁴/(∫w²)² = 1.94, and what neighbours share."""
SHORTEST_S = 0.5
"""Below, the density at the median is too uncertain: an interval of 90 % held it in 79–84 % at 0.3 s. [SIM]"""
_LARGEST_LOG = 100.0
"""Logarithm of a ratio that no two amplitudes of one muscle have, and far from what a float can hold."""
LEAST_REPS = 4
"""Repetitions from which a trend is judged: with three, Student's interval is wider than any fatigue. [ENG]"""


@dataclass(frozen=True, slots=True)
class RepSpectrum:
    """One repetition of one muscle: median and mean frequency, Hz, and amplitude (RMS) in the unit of the EMG."""

    rep: int
    median_frequency: Estimate
    mean_frequency: Estimate
    amplitude: Estimate


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through the repetitions: `slope` a repetition, and `change` in % from the first to the last.

    Both are None with the reason where there are too few repetitions. `direction` is resolved only where the whole
    interval of the change lies on one side of 0.
    """

    slope: Estimate | None
    change: Estimate | None
    direction: Direction
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fatigue:
    """A set of repetitions of one muscle. A falling frequency beside a rising amplitude is what fatigue looks like; a
    faster or deeper repetition may look like it too.
    """

    reps: tuple[RepSpectrum, ...]
    refused: tuple[tuple[int, str], ...]
    median_frequency: Trend
    mean_frequency: Trend
    amplitude: Trend


def set_fatigue(
    x: ArrayLike,
    rate_hz: float,
    reps: Sequence[Span | None],
    *,
    left_out: Mapping[int, str] = NOTHING_LEFT_OUT,
    unit: str = "",
    level: float = LEVEL,
) -> Fatigue:
    """Spectrum and amplitude of one muscle in each repetition of a set, and their trends.

    Parameters
    ----------
    x
        Band-passed EMG of one channel, shape (n,), any unit. NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    reps
        The muscle's active part of each repetition, the same part in each, s from the first sample; None where there
        is none to tell. Every repetition that was done has an entry, as the trend counts them.
    left_out
        Why a repetition, by its place from 0, is refused beforehand.
    unit, level
        Of the estimates.

    Returns
    -------
    Repetitions whose spectrum cannot be told are in `refused` with the reason; the trend counts the others by their
    place in the set. There is none where over a third is refused.

    Raises
    ------
    BadInput
        As `one_channel`, there is no repetition, or one has no finite start and end.

    References
    ----------
    De Luca 1997, J Appl Biomech 13:135 (median frequency as the index of fatigue).
    """
    x = one_channel(x, rate_hz)
    if not reps:
        raise BadInput("no repetition was given; give the span of each")
    found: list[RepSpectrum] = []
    refused: list[tuple[int, str]] = []
    band: float | None = None
    for index, span in enumerate(reps):
        if span is None or index in left_out:
            refused.append((index, left_out.get(index, "it has no one clear burst")))
            continue
        try:
            part = stretch(x, rate_hz, span)
            median, mean = frequencies(part, rate_hz, level=level)
            band = effective_bandwidth(x, rate_hz) if band is None else band
            strength = amplitude(part, rate_hz, bandwidth_hz=band, unit=unit, level=level)
            found.append(RepSpectrum(index, median, mean, strength))
        except NotResolvable as why:
            refused.append((index, str(why)))
    why = set_refusal([reason for _, reason in refused], len(reps), "used") if found else ""
    at = [rep.rep for rep in found]
    rows = (
        ([rep.median_frequency.value for rep in found], "Hz"),
        ([rep.mean_frequency.value for rep in found], "Hz"),
        ([rep.amplitude.value for rep in found], unit),
    )
    untold = Trend(None, None, "not-resolvable", why)
    return Fatigue(
        tuple(found), tuple(refused), *(untold if why else trend(at, values, of, level) for values, of in rows)
    )


def frequencies(
    x: ArrayLike, rate_hz: float, span: Span | None = None, *, level: float = LEVEL
) -> tuple[Estimate, Estimate]:
    """Median and mean frequency of a stretch of EMG, Hz.

    The intervals follow from the scatter that each frequency's power has in the time that counts (where the muscle's
    activity swells and fades, less than the stretch).

    Raises
    ------
    BadInput
        As `one_channel`, or the span has no finite start and end.
    NotResolvable
        Less than 0.5 s of the stretch are seen, no 0.25 s of it in one piece, or the EMG does not vary.
    """
    from scipy.special import ndtri

    window = stretch(one_channel(x, rate_hz), rate_hz, span)
    size = max(8, round(SEGMENT_S * rate_hz))
    pieces = [window[a:b] for a, b in runs_of(np.isfinite(window)) if b - a >= size]
    if not pieces:
        raise NotResolvable(f"no {SEGMENT_S:g} s of the stretch are seen in one piece")
    seen = sum(len(p) for p in pieces)
    if seen < SHORTEST_S * rate_hz:
        raise NotResolvable(f"{seen / rate_hz:.2f} s are too short for a spectrum; give {SHORTEST_S:g} s or more")
    rows = np.stack([p[at : at + size] for p in pieces for at in range(0, p.size - size + 1, max(1, size // 2))])
    power = np.abs(np.fft.rfft((rows - rows.mean(axis=1, keepdims=True)) * np.hanning(size), axis=1)) ** 2
    density = power.sum(axis=0)
    whole = float(density.sum())
    if not whole > 0.0:
        raise NotResolvable("the EMG does not vary, so it has no spectrum")
    freq = np.arange(len(density)) * rate_hz / size
    step = rate_hz / size
    below = np.cumsum(density) - 0.5 * density
    median = float(np.interp(0.5 * whole, below, freq))
    mean = float(density @ freq) / whole
    band = effective_bandwidth(window, rate_hz)
    # Tapered segments that overlap by half weigh the ends of a stretch less than its middle (Welch 1967).
    tapered = min(1.0, len(rows) * size / (_TAPERED * seen))
    counted_s = tapered * degrees_of_freedom(pieces, rate_hz, band) / (2.0 * band)
    # A density of few spectra scatters, which adds to its square what it scatters by.
    share = float(np.square(power.sum(axis=1)).sum()) / whole**2
    square = density**2 / (1.0 + share)
    near = float(density[np.abs(freq - median) <= max(10.0, 2.0 * step)].mean())
    if not near > 0.0:
        raise NotResolvable("nothing of the spectrum lies at its median: these are tones, not EMG")
    variance_of_mean = float(((freq - mean) ** 2 @ square) * step) / (whole * step) ** 2 / counted_s
    variance_of_median = float(square.sum() * step) / (4.0 * near**2) / counted_s
    reach = float(ndtri(0.5 + 0.5 * level))
    return (
        Estimate.symmetric(median, reach * math.sqrt(variance_of_median), "Hz", level),
        Estimate.symmetric(mean, reach * math.sqrt(variance_of_mean), "Hz", level),
    )


def trend(at: Sequence[int], values: Sequence[float], unit: str = "", level: float = LEVEL) -> Trend:
    """Slope a repetition and change from the first to the last, with Student's intervals from the scatter about the
    line (of the logarithm, for the change).

    Raises
    ------
    BadInput
        Not every value has a place of its own, or one is not finite.
    """
    n = len(values)
    if len(at) != n or len(set(at)) != n:
        raise BadInput(f"{n} values at {len(set(at))} places; give each value the place of its own repetition")
    if not np.isfinite(values).all():
        raise BadInput("a value of the set is no number; leave that repetition out")
    if n < LEAST_REPS:
        return Trend(None, None, "not-resolvable", f"{n} repetitions; {LEAST_REPS} or more show a trend")
    if min(values) <= 0.0:
        return Trend(None, None, "not-resolvable", "a value of 0 has no relative change")
    place = np.asarray(at, dtype=np.float64)
    slope, half = _line(place, np.asarray(values, dtype=np.float64), level)
    relative, relative_half = _line(place, np.log(values), level)
    length = float(place[-1] - place[0])
    if abs(length) * (abs(relative) + relative_half) > _LARGEST_LOG:
        return Trend(None, None, "not-resolvable", "the repetitions scatter without bounds")
    low, middle, high = (
        100.0 * math.expm1(length * r) for r in (relative - relative_half, relative, relative + relative_half)
    )
    direction: Direction = "falls" if high < 0.0 else "rises" if low > 0.0 else "not-resolvable"
    why = "" if direction != "not-resolvable" else "the change is not told from the scatter of the repetitions"
    return Trend(
        Estimate.symmetric(slope, half, f"{unit}/rep" if unit else "1/rep", level),
        Estimate(middle, low, high, level, "%"),
        direction,
        why,
    )


def _line(place: FloatArray, values: FloatArray, level: float) -> tuple[float, float]:
    """Slope of the least-squares line and the half-width of its interval."""
    from scipy.special import stdtrit

    centred = place - place.mean()
    spread = float(centred @ centred)
    slope = float(centred @ values) / spread
    left = values - values.mean() - slope * centred
    dof = place.size - 2
    error = math.sqrt(float(left @ left) / dof / spread)
    return slope, float(stdtrit(dof, 0.5 + 0.5 * level)) * error
