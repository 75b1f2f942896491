"""How two angles move together: vector coding, continuous relative phase; and how evenly and smoothly one moves."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from legato.errors import NotResolvable
from legato.recording import FloatArray
from legato.signals.circular import angular_deviation, circular_mean, circular_sd, wrapped

Pattern: TypeAlias = Literal["in_phase", "anti_phase", "proximal", "distal"]

PATTERNS: tuple[Pattern, ...] = ("in_phase", "anti_phase", "proximal", "distal")
"""Bins of the coupling angle: both turn alike, both turn against each other, mainly the proximal one, mainly the
distal one.
"""

_IN_TURN: tuple[Pattern, ...] = ("proximal", "in_phase", "distal", "anti_phase")
"""The bins as they follow each other round the circle, twice, each 45° wide, the first from −22.5° (Chang et al. 2008,
J Biomech 41:3101).
"""

LEAST_RATE_RAD_S = float(np.radians(10.0))
"""Below this joint speed of both angles the coupling angle is that of noise. [ENG] 0.1° a frame at 100 Hz, made
independent of the rate.
"""

_FORWARD_SHARE = 0.9
"""Share of the samples in which the phase angle must advance for a signal to count as an oscillation. [ENG]"""

SPARC_CUTOFF_HZ, SPARC_THRESHOLD, SPARC_PAD_LEVEL = 10.0, 0.05, 4
"""Parameters of the spectral arc length, fixed so that values compare (Balasubramanian et al. 2015)."""


def coupling_angles(
    proximal: FloatArray, distal: FloatArray, rate_hz: float, least_rate: float = LEAST_RATE_RAD_S
) -> FloatArray:
    """Coupling angle from sample to sample: the direction of the angle-angle curve.

    Parameters
    ----------
    proximal, distal
        Two continuous angles, rad, shape (n,), low-passed; NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.
    least_rate
        Where both together turn more slowly than this, rad/s, there is no direction.

    Returns
    -------
    γ = atan2(Δdistal, Δproximal) in [0, 2π), uncompressed, shape (n − 1,); NaN where there is none.

    References
    ----------
    Sparrow et al. 1987, J Mot Behav 19:115; Chang et al. 2008, J Biomech 41:3101.
    """
    dp, dd = np.diff(proximal) * rate_hz, np.diff(distal) * rate_hz
    moving = np.hypot(dp, dd) >= least_rate
    return np.where(moving, np.mod(np.arctan2(dd, dp), 2.0 * np.pi), np.nan)


def pattern_shares(angles: FloatArray) -> dict[Pattern, float]:
    """Share of the known coupling angles in each bin; they add up to 1. NaN where no angle is known.

    A bin holds its lower edge and not its upper one.
    """
    known = np.asarray(angles, dtype=np.float64)
    known = known[np.isfinite(known)]
    index = np.floor(np.mod(np.degrees(known) + 22.5, 360.0) / 45.0).astype(np.int64) % len(_IN_TURN)
    shares = np.bincount(index, minlength=len(_IN_TURN)) / known.size if known.size else np.full(len(_IN_TURN), np.nan)
    return {name: float(share) for name, share in zip(_IN_TURN, shares, strict=True)}


def over_time(values: FloatArray, points: int = 101) -> FloatArray:
    """Directions (rad) at evenly spaced shares of a stretch, by their vectors; shape (points,).

    NaN where no direction is known within half a step, so that a pause stays without one.
    """
    n = values.size
    known = np.flatnonzero(np.isfinite(values))
    at = np.linspace(0.0, n - 1.0, points)
    if known.size == 0:
        return np.full(points, np.nan)
    real, imaginary = (np.interp(at, known, part(values[known])) for part in (np.cos, np.sin))
    after = np.searchsorted(known, at)
    distances = [np.abs(known[np.clip(k, 0, known.size - 1)] - at) for k in (after, after - 1)]
    far = np.minimum(distances[0], distances[1]) > max(1.0, 0.5 * (n - 1.0) / (points - 1.0))
    return np.where(far, np.nan, np.arctan2(imaginary, real))


def coupling_variability(curves: FloatArray, least_reps: int = 2) -> float:
    """Coupling angle variability: the angular deviation over the repetitions, averaged over time.

    Parameters
    ----------
    curves
        Coupling angles over normalised time, rad, shape (reps, points).
    least_reps
        Points at which fewer repetitions have a direction are left out.

    Returns
    -------
    √(2(1 − r̄))·√(n/(n − 1)), averaged, rad: the factor frees it of most of its dependence on the number of
    repetitions. NaN where no point has enough.
    """
    return _spread(curves, least_reps, circular=False)


def analytic_phase(x: FloatArray, pad: int | None = None) -> FloatArray:
    """Phase angle of an oscillation: centred on the middle of its range, against its Hilbert transform.

    Parameters
    ----------
    x
        Samples without gaps, shape (n,).
    pad
        Samples mirrored onto each end before the transform, so that its ends do not leak in; all by default.

    Returns
    -------
    rad, unwrapped, shape (n,). The phase advances where the signal oscillates.

    References
    ----------
    Lamb and Stöckl 2014, Clin Biomech 29:484: centre by x − min − (max − min)/2, then the Hilbert transform.
    """
    centred = x - x.min() - 0.5 * (x.max() - x.min())
    reach = x.size - 1 if pad is None else min(pad, x.size - 1)
    longer = np.concatenate([centred[reach:0:-1], centred, centred[-2 : -reach - 2 : -1]])
    n = longer.size
    weights = np.zeros(n)
    weights[0] = 1.0
    weights[1 : (n + 1) // 2] = 2.0
    if n % 2 == 0:
        weights[n // 2] = 1.0
    signal = np.fft.ifft(np.fft.fft(longer) * weights)[reach : reach + x.size]
    return np.unwrap(np.angle(signal))


def relative_phase(proximal: FloatArray, distal: FloatArray, pad: int | None = None) -> FloatArray:
    """Continuous relative phase: the phase of the proximal angle minus that of the distal one.

    Parameters
    ----------
    proximal, distal
        Two oscillating angles over several cycles, any unit, without gaps, shape (n,).
    pad
        As in `analytic_phase`; one cycle or more.

    Returns
    -------
    rad in (−π, π], shape (n,): 0 in phase, ±π against each other, positive where the proximal one is ahead.

    Raises
    ------
    NotResolvable
        One of them does not oscillate: its phase angle does not keep advancing, as in a single event, so that the
        difference of two phases has no meaning.

    References
    ----------
    Lamb and Stöckl 2014, Clin Biomech 29:484.
    """
    phases = [analytic_phase(x, pad) for x in (proximal, distal)]
    for phase in phases:
        if float(np.mean(np.diff(phase) > 0.0)) < _FORWARD_SHARE or phase[-1] - phase[0] < 4.0 * np.pi:
            raise NotResolvable("not an oscillation over two cycles or more, so it has no continuous relative phase")
    return wrapped(phases[0] - phases[1])


def mean_absolute_relative_phase(curves: FloatArray) -> float:
    """MARP: size of the mean relative phase of the repetitions, averaged over time, rad; `curves` (reps, points).

    References
    ----------
    Stergiou et al. 2001, Clin Biomech 16:213; the mean over the repetitions is circular here.
    """
    return float(np.nanmean(np.abs(wrapped(circular_mean(curves, axis=0)))))


def deviation_phase(curves: FloatArray) -> float:
    """DP: spread of the relative phase between the repetitions, averaged over time, rad; `curves` (reps, points).

    The circular SD times √(n/(n − 1)), as a plain SD has n − 1.

    References
    ----------
    Stergiou et al. 2001, Clin Biomech 16:213.
    """
    return _spread(curves, 2, circular=True)


def _spread(curves: FloatArray, least_reps: int, *, circular: bool) -> float:
    counts = np.asarray(np.isfinite(curves).sum(axis=0), dtype=np.float64)
    enough = counts >= max(2, least_reps)
    if not enough.any():
        return float("nan")
    some: FloatArray = curves[:, enough]
    n: FloatArray = counts[enough]
    spread = circular_sd(some, axis=0) if circular else angular_deviation(some, axis=0)
    return float(np.mean(spread * np.sqrt(n / (n - 1.0))))


def spectral_arc_length(speed: FloatArray, rate_hz: float) -> float:
    """SPARC: smoothness of one movement as the length of its speed profile's amplitude spectrum.

    Parameters
    ----------
    speed
        Size of the velocity over one movement, any unit, without gaps, shape (n,).
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    Dimensionless and negative; nearer 0 is smoother (one bell-shaped movement: about −1.4). Independent of size; the
    spectrum up to 10 Hz counts, as far as it stays above 5 % of its top.

    Raises
    ------
    NotResolvable
        No movement, or a rate below 20 Hz, which holds no spectrum up to 10 Hz.

    References
    ----------
    Balasubramanian et al. 2012, IEEE Trans Biomed Eng 59:2126; 2015, JNER 12:112.
    """
    if rate_hz < 2.0 * SPARC_CUTOFF_HZ:
        raise NotResolvable(f"{rate_hz:g} samples/s hold no spectrum up to {SPARC_CUTOFF_HZ:g} Hz")
    size = 2 ** (int(np.ceil(np.log2(speed.size))) + SPARC_PAD_LEVEL)
    spectrum = np.abs(np.fft.rfft(speed, size))
    top = float(spectrum.max())
    if not top > 0.0:
        raise NotResolvable("nothing moves")
    frequency = np.arange(spectrum.size) * rate_hz / size
    height = spectrum[frequency <= SPARC_CUTOFF_HZ] / top
    loud = np.flatnonzero(height >= SPARC_THRESHOLD)
    kept = height[loud[0] : loud[-1] + 1]
    if kept.size < 2:
        raise NotResolvable("the speed profile has no spectrum to measure")
    return -float(np.hypot(1.0 / (kept.size - 1.0), np.diff(kept)).sum())


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How evenly instants follow each other: the mean period, s, the SD of the periods over it, and the SD of the
    instants about an even beat over the period.
    """

    period_s: float
    period_cv: float
    jitter: float

    @property
    def concentration(self) -> float:
        """Resultant length of the instants' phases on the even beat, if they scatter normally: exp(−(2π·jitter)²/2)."""
        return concentration_of(self.jitter)


def concentration_of(jitter: float) -> float:
    """Resultant length of a wrapped normal whose SD is `jitter` periods (Mardia and Jupp 2000, eq. 3.5.63)."""
    return float(np.exp(-0.5 * (2.0 * np.pi * jitter) ** 2))


def rhythm(times_s: FloatArray) -> Rhythm:
    """How evenly instants follow each other.

    Parameters
    ----------
    times_s
        The same instant of successive repetitions, s, increasing, shape (n,).

    Raises
    ------
    NotResolvable
        Fewer than four instants.
    """
    n = times_s.size
    if n < 4:
        raise NotResolvable(f"{n} of at least 4 repetitions that follow each other: no rhythm can be told")
    periods = np.diff(times_s)
    count = np.arange(n) - 0.5 * (n - 1)
    beat = float(count @ times_s) / float(count @ count)
    left = times_s - times_s.mean() - beat * count
    mean = float(periods.mean())
    return Rhythm(mean, float(periods.std(ddof=1)) / mean, float(np.sqrt(left @ left / (n - 2))) / beat)


def quarter_ratios(whole: FloatArray, part: FloatArray, other: FloatArray) -> FloatArray:
    """How much of `part` goes with how much of `other` in each quarter of the way that `whole` travels.

    Parameters
    ----------
    whole
        The angle whose way is split (the trunk's lean), rad, shape (n,), from one end of its way to the other.
    part, other
        Two angles over the same samples (lumbar spine, pelvis), shape (n,).

    Returns
    -------
    Change of `part` and of `other` in each quarter, rad, shape (4, 2). The quarters part where `whole` first reaches
    25, 50 and 75 % of its way.

    Raises
    ------
    NotResolvable
        `whole` does not travel.
    """
    way = whole[-1] - whole[0]
    if way == 0.0 or not np.isfinite(way):
        raise NotResolvable("the trunk does not travel")
    done = (whole - whole[0]) / way
    edges = [0.0]
    for share in (0.25, 0.5, 0.75):
        i = int(np.argmax(done >= share))
        step = done[i] - done[i - 1]
        edges.append(i - 1 + (share - done[i - 1]) / step if i > 0 and step > 0.0 else float(i))
    edges.append(whole.size - 1.0)
    at = np.arange(whole.size)
    return np.stack([np.diff(np.interp(edges, at, x)) for x in (part, other)], axis=1)
