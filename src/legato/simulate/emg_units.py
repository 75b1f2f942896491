"""EMG as the sum of motor-unit trains, driven by one common drive.

The pool follows Fuglevand, Winter & Patla 1993 (J Neurophysiol 70): thresholds and sizes grow exponentially, small
units first; each fires at 8 Hz from its threshold on and faster with the drive, up to a peak that is lower for later
units.
Action potentials are sums of Hermite-Rodriguez functions of the first three orders (Lo Conte, Merletti & Sandri 1994,
IEEE Trans Biomed Eng 41), each unit's of its own width and form. At low effort few units fire, and the signal is not
Gaussian. Numbers of the pool that are not theirs are engineering choices.
"""

from dataclasses import dataclass
from math import factorial, pi, sqrt

import numpy as np

from legato.recording import FloatArray

_REACH_WIDTHS = 4.0
_CLOCKS_BEFORE = 12.0
_AT_ONCE = 5000
"""Discharges whose potentials are added at once: bounds the memory of long recordings."""

_ORDERS = (1, 2, 3)
_SCALES = tuple(1.0 / sqrt(2.0**k * factorial(k) * sqrt(pi)) for k in _ORDERS)


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How a pool is built.

    `threshold_range` and `size_range` are the largest unit's over the smallest's; `peak_rates_hz` those of the first
    and the last unit; `interval_cv` the variation of the intervals between discharges; `widths_s` the range of the
    widths λ of the action potentials, whose two phases lie √2 λ apart (2 to 6 ms).
    """

    units: int = 120
    threshold_range: float = 30.0
    size_range: float = 50.0
    least_rate_hz: float = 8.0
    peak_rates_hz: tuple[float, float] = (35.0, 25.0)
    rate_gain_hz: float = 1.0
    interval_cv: float = 0.2
    widths_s: tuple[float, float] = (1.4e-3, 4.2e-3)


@dataclass(frozen=True, slots=True, eq=False)
class MotorPool:
    """The units of one muscle, smallest first; drives from 0 to 1. All arrays (units,), `form` (units, 3)."""

    settings: PoolSettings
    threshold: FloatArray
    peak_rate_hz: FloatArray
    size: FloatArray
    """Root of the energy of the action potential; the whole pool at full drive has a root mean square of 1."""
    width_s: FloatArray
    form: FloatArray
    middle: FloatArray
    """Centre of the energy of the action potential, in widths from the middle of its functions."""
    rate_slope_hz: float

    def rates(self, drive: FloatArray) -> FloatArray:
        """Discharge rate of each unit, Hz, at each drive (n,), shape (units, n)."""
        above = drive[None, :] - self.threshold[:, None]
        rate = np.minimum(self.settings.least_rate_hz + self.rate_slope_hz * above, self.peak_rate_hz[:, None])
        return np.where(above >= 0.0, rate, 0.0)

    def rms(self, drive: FloatArray) -> FloatArray:
        """Root mean square of the EMG at a constant drive, shape (n,): discharges are rare enough to add in power."""
        return np.sqrt(self.size**2 @ self.rates(drive))

    def drive_for(self, rms: FloatArray) -> FloatArray:
        """The drive that gives this root mean square (0 to 1), shape (n,); 0 below what the first unit alone gives."""
        grid = np.unique(np.concatenate((np.linspace(0.0, 1.0, 501), self.threshold, self.threshold * (1.0 - 1e-9))))
        return np.interp(rms, self.rms(grid), grid)


def draw_pool(rng: np.random.Generator, settings: PoolSettings | None = None) -> MotorPool:
    """A pool whose action potentials are drawn at random."""
    s = PoolSettings() if settings is None else settings
    rank = np.arange(1, s.units + 1) / s.units
    threshold = s.threshold_range**rank
    peak_rate = s.peak_rates_hz[0] + (s.peak_rates_hz[1] - s.peak_rates_hz[0]) * rank
    fullest = threshold[-1] + (peak_rate[-1] - s.least_rate_hz) / s.rate_gain_hz
    width = rng.uniform(*s.widths_s, s.units)
    form = rng.standard_normal((s.units, len(_ORDERS))) * np.array([1.0, 1.0, 0.5])
    x = np.linspace(-_REACH_WIDTHS, _REACH_WIDTHS, 801)
    power = _potential(x, form) ** 2
    energy = power.sum(axis=1) * (x[1] - x[0])
    middle = (power @ x) * (x[1] - x[0]) / energy
    slope = s.rate_gain_hz * fullest
    size = s.size_range**rank
    at_full = np.minimum(s.least_rate_hz + slope * (1.0 - threshold / fullest), peak_rate)
    size = size / np.sqrt(np.sum(size**2 * at_full))
    return MotorPool(
        s, threshold / fullest, peak_rate, size, width, form / np.sqrt(energy * width)[:, None], middle, slope
    )


def _potential(x: FloatArray, form: FloatArray) -> FloatArray:
    """Sum of Hermite-Rodriguez functions at `x` for each form (…, 3); those of order 1 and more are derivatives of a
    Gaussian, of mean zero.
    """
    one, two, three = (form[..., k, None] * _SCALES[k] for k in range(len(_ORDERS)))
    return np.exp(-(x**2)) * (one * 2.0 * x + two * (4.0 * x**2 - 2.0) + three * (8.0 * x**3 - 12.0 * x))


def discharges(pool: MotorPool, drive: FloatArray, rate_hz: float, rng: np.random.Generator) -> list[FloatArray]:
    """Instants at which each unit fires, s from the first sample, for the drive at each sample (n,).

    Every unit has a clock that its rate drives and that stands while it rests, so it is in no particular phase when a
    burst begins, and the expected number of discharges at each instant is the rate.
    """
    active = np.flatnonzero(drive >= pool.threshold[0])
    found: list[FloatArray] = []
    for unit in range(pool.threshold.size):
        above = drive[active] - pool.threshold[unit]
        mine = active[above >= 0.0]
        rate = pool.settings.least_rate_hz + pool.rate_slope_hz * above[above >= 0.0]
        step = np.minimum(rate, pool.peak_rate_hz[unit]) / rate_hz
        clock = np.cumsum(step)
        total = float(clock[-1]) if clock.size else 0.0
        spread = pool.settings.interval_cv
        intervals = 1.0 + spread * rng.standard_normal(int(1.3 * total + _CLOCKS_BEFORE + 40.0))
        due = np.cumsum(np.maximum(intervals, 0.2)) - _CLOCKS_BEFORE + rng.uniform()
        due = due[(due > 0.0) & (due <= total)]
        at = np.searchsorted(clock, due)
        found.append((mine[at] + 0.5 - (clock[at] - due) / step[at]) / rate_hz)
    return found


def unit_emg(
    amplitude: FloatArray,
    rate_hz: float,
    rng: np.random.Generator,
    pool: MotorPool | None = None,
    *,
    maximum: float | None = None,
) -> FloatArray:
    """EMG of a motor pool whose drive follows the envelope.

    Over realisations its mean square is the envelope's square, smeared by the energy of the action potentials (about
    the width of one) and coarse below the size of the smallest units. The planted drive leaves rest where the envelope
    does.

    Parameters
    ----------
    amplitude
        The envelope, root mean square in the unit wanted, shape (n,).
    pool
        Drawn anew from `rng` where none is given.
    maximum
        Amplitude of a full effort, in the unit of the envelope; twice the envelope's top where it is not given.

    Returns
    -------
    EMG in the envelope's unit, shape (n,).
    """
    units = draw_pool(rng) if pool is None else pool
    top = float(np.max(amplitude, initial=0.0))
    full = 2.0 * top if maximum is None else maximum
    if full <= 0.0:
        return np.zeros(amplitude.size)
    fired = discharges(units, units.drive_for(amplitude / full), rate_hz, rng)
    instants, unit = np.concatenate(fired), np.repeat(np.arange(len(fired)), [f.size for f in fired])
    reach = int(np.ceil(_REACH_WIDTHS * units.width_s.max() * rate_hz)) + 1
    around, out = np.arange(-reach, reach + 1), np.zeros(amplitude.size)
    for first in range(0, instants.size, _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        at, who = instants[some, None], unit[some]
        sample = np.round(at * rate_hz).astype(int) + around
        x = (sample / rate_hz - at) / units.width_s[who, None] + units.middle[who, None]
        shape = _potential(x, units.form[who]) * units.size[who, None]
        inside = (sample >= 0) & (sample < out.size)
        out += np.bincount(sample[inside], shape[inside], out.size)
    return full * out
