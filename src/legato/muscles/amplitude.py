"""How strong a stretch of EMG is: its root mean square, with the interval that its own spectrum gives it."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.muscles.conditioning import check_rate, mark_missing, samples_of
from legato.muscles.envelopes import rms_between
from legato.recording import FloatArray, Span
from legato.signals.gaps import runs_of

SEGMENT_S = 0.25
"""Stretch whose spectrum is taken: 4 Hz apart, fine enough for a band of 50 Hz. [ENG]"""
BIN_S = 0.025
"""Stretch over which a muscle's activity is taken as even. [ENG]"""
SHORTEST_S = 0.05
"""A shorter stretch holds less than one swing of the lowest frequency of EMG (20 Hz)."""
COUNTED = 0.85
"""Share of the degrees of freedom that is counted: bandwidth and evenness come from the record and are uncertain, and a
short burst looks broader than it is. [SIM] Without it bursts of 50 Hz bandwidth are covered at 84 %, with it at 87 %.
"""
MOST_MISSING = 0.5
"""A window of which more is missing has no amplitude. [ENG]"""


def effective_bandwidth(x: ArrayLike, rate_hz: float) -> float:
    """Equivalent statistical bandwidth (∫S)² / ∫S² of a channel, Hz.

    A stretch of T seconds of steady EMG holds as much as 2·B·T independent numbers (Bendat and Piersol, Random Data).

    Parameters
    ----------
    x
        Band-passed EMG of one channel, shape (n,), any unit. NaN marks missing samples. Strong stretches count most.
    rate_hz
        Sampling rate, Hz.

    Raises
    ------
    BadInput
        As `one_channel`.
    NotResolvable
        No 0.25 s are seen in one piece, or all samples are the same.
    """
    x = one_channel(x, rate_hz)
    size = max(8, round(SEGMENT_S * rate_hz))
    starts = [at for a, b in runs_of(np.isfinite(x)) for at in range(a, b - size + 1, size)]
    if not starts:
        raise NotResolvable(f"no {SEGMENT_S:g} s of the EMG are seen in one piece, so its spectrum is unknown")
    rows = np.stack([x[at : at + size] for at in starts])
    level = float(np.abs(rows).max())
    rows = (rows - rows.mean(axis=1, keepdims=True)) * np.hanning(size)
    reach = float(np.abs(rows).max())
    if not reach > 1e-14 * level:
        raise NotResolvable("the EMG does not vary, so it has no spectrum")
    rows /= reach
    power = np.abs(np.fft.rfft(rows, axis=1)) ** 2
    weight = power.sum(axis=1)
    density = power.sum(axis=0)
    # A mean of few spectra scatters, and scatter looks like a narrow band: its share of the squares is known.
    few = float((weight**2).sum() / weight.sum() ** 2)
    return float(density.sum() ** 2 / (density**2).sum()) * (1.0 + few) * rate_hz / size


def amplitude(
    x: ArrayLike,
    rate_hz: float,
    span: Span | None = None,
    *,
    bandwidth_hz: float | None = None,
    unit: str = "",
    level: float = LEVEL,
) -> Estimate:
    """Root mean square of a stretch of EMG.

    The interval is that of the muscle's activity behind the stretch: the same effort once more would give another RMS,
    with a relative SD of 1 / (2·√(B·T)) for a steady one. Where activity varies in the stretch, the time that counts is
    shorter than T.

    Parameters
    ----------
    x
        Band-passed EMG of one channel, shape (n,), any unit. NaN marks missing samples, which are left out.
    rate_hz
        Sampling rate, Hz.
    span
        The stretch, s from the first sample; without one all of it.
    bandwidth_hz
        Of `effective_bandwidth`, where it is known already.
    unit
        Of the result.
    level
        Share of central probability that the interval holds.

    Raises
    ------
    BadInput
        As `one_channel`, the bandwidth is not positive, or the span holds no sample.
    NotResolvable
        More than half of the span is missing, what is left is shorter than 50 ms, or the EMG does not vary.

    References
    ----------
    St-Amant, Rancourt and Clancy 1998, IEEE Trans Biomed Eng 45 (RMS window length and scatter).
    """
    x = one_channel(x, rate_hz)
    if bandwidth_hz is not None and not 0.0 < bandwidth_hz < math.inf:
        raise BadInput(f"the bandwidth is {bandwidth_hz} Hz; give that of effective_bandwidth, or leave it out")
    window = stretch(x, rate_hz, span)
    if window.size == 0:
        raise BadInput("the span holds no sample of the EMG; give one inside the record")
    seen = window[np.isfinite(window)]
    if seen.size < (1.0 - MOST_MISSING) * window.size:
        raise NotResolvable(f"{1.0 - seen.size / window.size:.0%} of the stretch is missing")
    if seen.size < SHORTEST_S * rate_hz:
        raise NotResolvable(f"{seen.size / rate_hz * 1e3:.0f} ms are too short for an amplitude; give 50 ms or more")
    band = effective_bandwidth(x, rate_hz) if bandwidth_hz is None else bandwidth_hz
    return rms_estimate([seen], rate_hz, band, unit, level)


def one_channel(x: ArrayLike, rate_hz: float) -> FloatArray:
    """A copy of the samples of one channel as floats, NaN where one is missing.

    Raises
    ------
    BadInput
        No numbers, not one dimension, or a rate that is not positive and finite.
    """
    values = samples_of(x)
    if values.ndim != 1:
        raise BadInput(f"the EMG has the shape {values.shape}; give one channel, shape (n,)")
    check_rate(rate_hz)
    mark_missing(values)
    return values


def stretch(x: FloatArray, rate_hz: float, span: Span | None) -> FloatArray:
    """The samples of a span, s from the first sample, as far as there are any; without a span all of them.

    Raises
    ------
    BadInput
        The span has no finite start and end.
    """
    if span is None:
        return x
    if not (math.isfinite(span.start_s) and math.isfinite(span.end_s)):
        raise BadInput(f"a span is {span.start_s:g}–{span.end_s:g} s; give its start and end in seconds")
    return x[max(0, round(span.start_s * rate_hz)) : max(0, round(span.end_s * rate_hz))]


def rms_estimate(
    pieces: Sequence[FloatArray], rate_hz: float, bandwidth_hz: float, unit: str = "", level: float = LEVEL
) -> Estimate:
    """Root mean square of pieces without gaps, with the interval of chi-square."""
    value = math.sqrt(sum(float(np.square(p).sum()) for p in pieces) / sum(p.size for p in pieces))
    low, high = scatter_of_rms(degrees_of_freedom(pieces, rate_hz, bandwidth_hz), level)
    return Estimate(value, value / high, value / low, level, unit)


def scatter_of_rms(dof: float, level: float = LEVEL) -> tuple[float, float]:
    """Central interval of the RMS of a stretch over that of the activity behind it."""
    from scipy.special import chdtri

    tail = 0.5 * (1.0 - level)
    low, high = (math.sqrt(float(chdtri(dof, p)) / dof) for p in (1.0 - tail, tail))
    return min(1.0, low), max(1.0, high)


def degrees_of_freedom(pieces: Sequence[FloatArray], rate_hz: float, bandwidth_hz: float) -> float:
    """How many independent numbers the mean square of the pieces rests on, at least one.

    Twice the bandwidth times the time that counts: (∫p)² / ∫p² of the power p in bins of 25 ms, freed of the scatter
    that p has by chance.
    """
    size = max(1, round(BIN_S * rate_hz))
    powers = [np.square(p[: p.size // size * size]).reshape(-1, size).mean(axis=1) for p in pieces if p.size >= size]
    seconds = sum(p.size for p in pieces) / rate_hz
    if not powers:
        return max(1.0, COUNTED * 2.0 * bandwidth_hz * seconds)
    power = np.concatenate(powers)
    by_chance = 1.0 / (bandwidth_hz * size / rate_hz)
    square = float(np.square(power).mean()) / (1.0 + by_chance)
    even = min(1.0, float(power.mean()) ** 2 / square) if square > 0.0 else 1.0
    return max(1.0, COUNTED * 2.0 * bandwidth_hz * seconds * even)


def rms_of_windows(x: FloatArray, rate_hz: float, window_s: float) -> FloatArray:
    """Root mean square of every window, by the window's first sample; NaN where one of its samples is missing.

    Shape (n − window + 1,), empty where the record is shorter than the window.
    """
    size = max(1, round(window_s * rate_hz))
    if x.size < size:
        return np.empty(0)
    start = np.arange(x.size - size + 1)
    rms, count = rms_between(np.where(np.isfinite(x), x, np.nan)[:, None], start, start + size)
    return np.where(count == size, rms, np.nan)[:, 0]
