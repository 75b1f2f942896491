"""How steadily somebody stands: the centre of pressure's ellipse, path, speed, size and pace of sway."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from legato.errors import BadInput, NotResolvable
from legato.estimate import LEVEL, Estimate
from legato.forces._memory import memories
from legato.recording import FloatArray
from legato.signals.factors import normal_factor, student_factor
from legato.signals.filters import lowpass

CUTOFF_HZ = 10.0
"""Low-pass for the path, Hz. [ENG] The noise of a plate adds to every step of the path, and so to its length; what the
low-pass lets through is measured above it and taken off."""

SHORTEST_S = 10.0
"""Shorter stands are refused, s. [ENG]"""

_NOISE_BAND = (2.5, 4.5)
"""Where the plate's noise is read, in cut-offs: a person's sway has ended there. [ENG]"""

_NOISE_TOP = 0.45
"""Highest frequency at which it is read, as a share of the rate: anti-alias filters begin there. [ENG]"""

_NOT_NORMAL = 0.3
"""Share of the correction for noise that the interval allows for steps that are not normal (90 %). [ENG] On a circle,
whose steps are all alike, half of it is too much."""

MOST_NOISE = 0.9
"""Largest share of a variance that is taken for the plate's noise. [ENG]"""

_LARGEST_M = 2.0
"""A centre of pressure further than this from the plate's middle is in another unit, m."""

_ELLIPSE = 0.95


@dataclass(frozen=True, slots=True)
class Sway:
    """Sway of one stand.

    `ellipse_m2`: area of the 95 % prediction ellipse, π·2(n²−1)/(n(n−2))·F(2, n−2)·√det S (Schubert & Kirchner 2014,
    Gait Posture); `ellipse_chi2_m2`: π·χ²(2)·√det S, its limit for many samples. `path_m` and `mean_speed_m_s`:
    length of the filtered path, and that over time. `rms_m`: RMS distance from the mean
    point; `rms_x_m`, `rms_y_m` along each axis. `mean_frequency_hz`: turns a second of a circle as wide as the mean
    distance that has the same path (Prieto et al. 1996, IEEE Trans Biomed Eng). All are freed of the plate's noise.
    Intervals are of the person's steady sway, not of these seconds only, and allow for its memory.
    """

    ellipse_m2: Estimate
    ellipse_chi2_m2: Estimate
    path_m: Estimate
    mean_speed_m_s: Estimate
    rms_m: Estimate
    rms_x_m: Estimate
    rms_y_m: Estimate
    mean_frequency_hz: Estimate
    duration_s: float


@dataclass(frozen=True, slots=True)
class SwayChange:
    """Sway with a press minus sway without it: area of the 95 % ellipse, m², and mean speed, m/s.

    `smallest_ellipse_m2`, `smallest_speed_m_s`: smallest detectable change between two single stands, 1.96·√2 times
    the SD between stands without a press (Weir 2005, J Strength Cond Res); None where there are fewer than three.
    """

    ellipse_m2: Estimate
    mean_speed_m_s: Estimate
    smallest_ellipse_m2: float | None
    smallest_speed_m_s: float | None
    n_press: int
    n_without: int


def read_sway(cop_m: Any, rate_hz: float, *, cutoff_hz: float = CUTOFF_HZ, level: float = LEVEL) -> Sway:
    """Sway of the centre of pressure in one quiet stand.

    Parameters
    ----------
    cop_m
        Centre of pressure, m, shape (n, 2), from a plate that stays loaded.
    rate_hz
        Sampling rate, Hz, above twice the cut-off.
    cutoff_hz
        Low-pass for path and speed, Hz.
    level
        Share of central probability of the intervals.

    Raises
    ------
    BadInput
        The samples are not (n, 2), there is no rate, or they are in another unit than m.
    NotResolvable
        The stand is shorter than 10 s, samples are missing, or the point does not move, or no more than noise does.
    """
    cop = _checked(cop_m, rate_hz)
    n = cop.shape[0]
    centred = cop - cop.mean(axis=0)
    z, tail = normal_factor(level), 0.5 * (1.0 - level)
    covariance = centred.T @ centred / (n - 1)
    root = float(np.sqrt(max(np.linalg.det(covariance), 0.0)))
    if root <= 1e-12:
        raise NotResolvable("centre of pressure: it does not move in two directions; check the moment channels")
    smooth = lowpass(cop, rate_hz, cutoff_hz)
    # Noise remembers nothing and would make the sway look worth more values than it is.
    freedom = np.array([max(3.0, n / memories(smooth[:, k])[1]) for k in (0, 1)])
    # Logarithm of a variance from ν values: too low by 1/ν on average, variance 2/ν.
    shift, spread = float(0.5 * (1.0 / freedom).sum()), float(np.sqrt(0.5 * (1.0 / freedom).sum()))
    widths = (float(np.exp(shift - z * spread)), float(np.exp(shift + z * spread)))
    prediction, chi2 = _ellipse_factors(n)
    # Along the axes of the sway itself, so that turning the plate changes nothing.
    turned = np.asarray(np.linalg.eigh(covariance)[1], dtype=np.float64)
    own = np.diag(turned.T @ covariance @ turned)
    clean = without_noise(own, centred @ turned, rate_hz, cutoff_hz)
    root = float(np.sqrt(clean.prod()))
    path, noise_half = _path(cop, smooth, rate_hz, cutoff_hz, z)
    seconds = path.size / rate_hz
    speeds = path * rate_hz
    speed_half = z * float(speeds.std() * np.sqrt(memories(speeds)[0] / speeds.size))
    speed_half = float(np.hypot(speed_half, noise_half * rate_hz))
    speed = Estimate.symmetric(float(speeds.mean()), speed_half, "m/s", level)
    distance = np.sqrt(np.square(centred @ turned * np.sqrt(clean / own)).sum(axis=1))
    along = without_noise(np.square(centred).mean(axis=0), centred, rate_hz, cutoff_hz)
    axes = [_rms(float(along[k]), float(freedom[k]), tail, level) for k in (0, 1)]
    both = float(freedom.sum() * 0.5 * _evenness(covariance))
    frequency = float(speed.value / (2.0 * np.pi * distance.mean()))
    relative = float(np.hypot(speed_half / speed.value, z / np.sqrt(2.0 * both)))
    return Sway(
        ellipse_m2=_area(prediction * root, widths, level),
        ellipse_chi2_m2=_area(chi2 * root, widths, level),
        path_m=speed.scaled(seconds, "m"),
        mean_speed_m_s=speed,
        rms_m=_rms(float(np.square(distance).mean()), both, tail, level),
        rms_x_m=axes[0],
        rms_y_m=axes[1],
        mean_frequency_hz=Estimate(
            frequency, frequency / float(np.exp(relative)), frequency * float(np.exp(relative)), level, "Hz"
        ),
        duration_s=n / rate_hz,
    )


def smooth_path(cop_m: FloatArray, rate_hz: float, cutoff_hz: float = CUTOFF_HZ) -> FloatArray:
    """The path that is measured: the centre of pressure (n, 2), m, about its mean point, low-passed."""
    return lowpass(cop_m - cop_m.mean(axis=0), rate_hz, cutoff_hz)


def compare_sway(press: Sequence[Sway], without: Sequence[Sway], level: float = LEVEL) -> SwayChange:
    """Change of sway with a press, against the same stand without one.

    Parameters
    ----------
    press, without
        Stands with and without the press, same task and duration.

    Returns
    -------
    With several stands on both sides the interval is Welch's, from the scatter between stands. With one stand on a side
    it is taken to scatter as those of the other side do (Student).

    Raises
    ------
    NotResolvable
        There is no stand on one side, one only on both (stands of one person differ by more than their own intervals),
        or the durations differ by more than a tenth (the ellipse grows with time).
    """
    if not press or not without:
        raise NotResolvable("sway: stands with and without the press are needed; record both")
    durations = [s.duration_s for s in (*press, *without)]
    if max(durations) > 1.1 * min(durations):
        raise NotResolvable(
            f"sway: stands last {min(durations):.0f} to {max(durations):.0f} s; cut them to the same length, sway grows"
            " with time"
        )
    if len(press) == len(without) == 1:
        told = [
            f"{1e6 * x.ellipse_m2.value:.0f} mm², {1e3 * x.mean_speed_m_s.value:.1f} mm/s"
            for x in (press[0], without[0])
        ]
        raise NotResolvable(
            f"sway: one stand with the press ({told[0]}) and one without ({told[1]}) do not show how far stands differ"
            " anyway; record two or more without the press"
        )
    areas = [[s.ellipse_m2 for s in side] for side in (press, without)]
    speeds = [[s.mean_speed_m_s for s in side] for side in (press, without)]
    return SwayChange(
        stand_difference(areas[0], areas[1], level),
        stand_difference(speeds[0], speeds[1], level),
        smallest_change(areas[1]),
        smallest_change(speeds[1]),
        len(press),
        len(without),
    )


def _checked(cop_m: Any, rate_hz: float) -> FloatArray:
    if not (np.isfinite(rate_hz) and rate_hz > 2.0 * CUTOFF_HZ):
        raise BadInput(f"centre of pressure: the rate is {rate_hz} Hz; give one above {2.0 * CUTOFF_HZ:g} Hz")
    cop = np.asarray(cop_m, dtype=np.float64)
    if cop.ndim != 2 or cop.shape[1] != 2 or not cop.size:
        raise BadInput(f"centre of pressure: samples of shape {cop.shape}; give two columns, x and y in m")
    missing = ~np.isfinite(cop).all(axis=1)
    if missing.any():
        first = int(np.flatnonzero(missing)[0])
        raise NotResolvable(
            f"centre of pressure: {int(missing.sum())} samples are missing, first at {first / rate_hz:.3f} s; give a"
            " stretch in which the plate stays loaded"
        )
    if float(np.abs(cop - np.median(cop, axis=0)).max()) > _LARGEST_M:
        raise BadInput(f"centre of pressure: it moves by more than {_LARGEST_M:g} m; give m, and only while loaded")
    if cop.shape[0] < SHORTEST_S * rate_hz:
        raise NotResolvable(
            f"centre of pressure: {cop.shape[0] / rate_hz:.1f} s are too short to show sway; stand for {SHORTEST_S:g} s"
            " or more"
        )
    return cop


def without_noise(variance: FloatArray, cop: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Variances along two axes, m², without that of the plate's noise: what lies above the sway in the spectrum, and
    below as much at each frequency as just above.

    Nothing is taken off beyond `MOST_NOISE` of a variance: such a plate shows no sway, and the rest is no measurement.
    """
    power, frequencies = _spectrum(cop, rate_hz)
    level, _ = _noise_variance(cop, rate_hz, cutoff_hz)
    above = frequencies >= _sway_ends(rate_hz, cutoff_hz)
    noise = (level * int((~above).sum()) + power[above].sum(axis=0)) / frequencies.size
    return np.asarray(variance - np.minimum(noise, MOST_NOISE * variance), dtype=np.float64)


def _path(cop: FloatArray, smooth: FloatArray, rate_hz: float, cutoff_hz: float, z: float) -> tuple[FloatArray, float]:
    """Length of each step of the filtered path without the plate's noise, m, and what that may make wrong in their
    mean (half-width).

    Noise adds its variance to that of the steps along each axis; both axes are scaled back by what it adds. Raises
    `NotResolvable` where nothing is left.
    """
    steps = np.diff(smooth, axis=0)
    # Along the axes of the steps themselves, so that turning the plate changes nothing.
    axes: FloatArray = np.asarray(np.linalg.eigh(steps.T @ steps)[1], dtype=np.float64)
    steps, cop = steps @ axes, cop @ axes
    size = round(20.0 * rate_hz / cutoff_hz) | 1
    one = np.zeros(size)
    one[size // 2] = 1.0
    passed = float(np.square(np.diff(lowpass(one, rate_hz, cutoff_hz))).sum())
    variance, count = _noise_variance(cop, rate_hz, cutoff_hz)
    found = np.square(steps).mean(axis=0)
    kept = np.sqrt(np.clip(1.0 - passed * variance / np.maximum(found, 1e-30), 0.0, 1.0))
    if not kept.any():
        raise NotResolvable("centre of pressure: it moves no more than the plate's noise does; no sway can be read")
    raw, path = (np.sqrt(np.square(s).sum(axis=1)) for s in (steps, steps * kept))
    taken = float(raw.mean() - path.mean())
    return path, taken * float(np.hypot(_NOT_NORMAL, z * 1.3 / np.sqrt(count)))


def _noise_variance(cop: FloatArray, rate_hz: float, cutoff_hz: float) -> tuple[FloatArray, int]:
    """Variance of one sample's noise along each axis, m², as if it were white, and the frequencies that it rests on.

    The median over a band above the cut-off, which single tones of the mains do not move.
    """
    power, frequencies = _spectrum(cop, rate_hz)
    high = min(_NOISE_BAND[1] * cutoff_hz, _NOISE_TOP * rate_hz)
    inside = power[(frequencies >= _sway_ends(rate_hz, cutoff_hz)) & (frequencies <= high)]
    # The power of white noise at one frequency is exponential: its median is ln 2 of its mean.
    return np.median(inside, axis=0) / np.log(2.0), max(1, inside.shape[0])


def _spectrum(cop: FloatArray, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Power along each axis, m², which for white noise is its variance everywhere, and its frequencies, Hz."""
    n = cop.shape[0]
    window = np.hanning(n)[:, None]
    power = np.square(np.abs(np.fft.rfft((cop - cop.mean(axis=0)) * window, axis=0))) / float(np.square(window).sum())
    return np.asarray(power, dtype=np.float64), np.arange(power.shape[0], dtype=np.float64) * (rate_hz / n)


def _sway_ends(rate_hz: float, cutoff_hz: float) -> float:
    """Frequency from which on there is noise alone, Hz."""
    return min(_NOISE_BAND[0] * cutoff_hz, 0.8 * min(_NOISE_BAND[1] * cutoff_hz, _NOISE_TOP * rate_hz))


def _ellipse_factors(n: int) -> tuple[float, float]:
    from scipy.special import chdtri, fdtri  # pyright: ignore[reportUnknownVariableType]

    prediction = np.pi * 2.0 * (n**2 - 1.0) / (n * (n - 2.0)) * float(fdtri(2.0, n - 2.0, _ELLIPSE))
    return float(prediction), float(np.pi * float(chdtri(2.0, 1.0 - _ELLIPSE)))


def _area(value: float, widths: tuple[float, float], level: float) -> Estimate:
    return Estimate(value, min(value, value * widths[0]), max(value, value * widths[1]), level, "m²")


def _rms(square: float, freedom: float, tail: float, level: float) -> Estimate:
    from scipy.special import chdtri  # pyright: ignore[reportUnknownVariableType]

    value = float(np.sqrt(square))
    # The mean point is read from the same samples and takes one value's worth of them.
    low = value * float(np.sqrt(freedom / float(chdtri(freedom, tail))))
    high = value * float(np.sqrt(freedom / float(chdtri(freedom, 1.0 - tail))))
    return Estimate(value, min(low, value), max(high, value), level, "m")


def _evenness(covariance: FloatArray) -> float:
    """1 for sway along one line, 2 for sway alike in all directions: how many axes its variance is worth."""
    return float(np.trace(covariance) ** 2 / np.square(covariance).sum())


def stand_difference(a: Sequence[Estimate], b: Sequence[Estimate], level: float) -> Estimate:
    """Mean of stands minus mean of others: Welch's interval, with one on a side Student's from the other's scatter."""
    x, y = np.array([e.value for e in a]), np.array([e.value for e in b])
    value = float(x.mean() - y.mean())
    if min(x.size, y.size) < 2:
        many = x if x.size > 1 else y
        half = student_factor(level, many.size - 1.0) * float(many.std(ddof=1) * np.sqrt(1.0 + 1.0 / many.size))
        return Estimate.symmetric(value, half, a[0].unit, level)
    parts = np.array([x.var(ddof=1) / x.size, y.var(ddof=1) / y.size])
    total = max(float(parts.sum()), 1e-30)
    freedom = total**2 / max(float((parts**2 / np.array([x.size - 1, y.size - 1])).sum()), 1e-60)
    half = student_factor(level, freedom) * float(np.sqrt(total))
    return Estimate.symmetric(value, half, a[0].unit, level)


def smallest_change(estimates: Sequence[Estimate]) -> float | None:
    """Smallest detectable change between two single stands (Weir 2005); None with fewer than three stands."""
    if len(estimates) < 3:
        return None
    return float(1.96 * np.sqrt(2.0) * np.std([e.value for e in estimates], ddof=1))
