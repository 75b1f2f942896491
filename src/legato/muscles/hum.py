"""Mains hum: found in the record itself, and taken out as slowly varying tones; no hum, no change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.muscles._hum_kernels import block_powers, block_tone, subtract_tone
from legato.recording import BoolArray, FloatArray
from legato.signals.bands import EMG_BAND_HZ, TOP_OF_RATE

MAINS_HZ = (50.0, 60.0)
SHORTEST_S = 1.0
"""In a shorter record a line of 50 Hz cannot be told from the EMG's own spectrum: it is not looked for. [ENG]"""
CHANCE = 1e-5
"""Chance of one line in one clean record by the F test of its power against that of its neighbours. [ENG]"""
LEAST_RATIO = 4.0
"""Least power of a line over that of its neighbours: an EMG's spectrum has broad humps of its own. [ENG]"""
_REACH_HZ = 0.6
"""How far the mains and the recorder's clock together may be off at the fundamental, Hz."""
_NEIGHBOURS_HZ = (1.8, 10.0)
_WEIGHT_BLOCK_S = 0.04
_LATER_CHANCE = 1e-3
_LATER_RATIO = 2.5
_SMOOTH_S = 3.0
"""Length of the Hann window in which a tone's amplitude is averaged."""


@dataclass(frozen=True, slots=True)
class HumLine:
    """One line: its frequency, Hz, and its mean amplitude (peak) in the unit of the signal."""

    frequency_hz: float
    amplitude: float


@dataclass(frozen=True, slots=True, eq=False)
class HumFree:
    """The samples without hum, and what was taken. `lines` is empty where none was found; `searched` is false where
    the record is too short to tell.
    """

    values: FloatArray
    lines: tuple[HumLine, ...]
    searched: bool

    @property
    def rms(self) -> float:
        """RMS of the hum, unit of the signal."""
        return float(np.sqrt(0.5 * sum(line.amplitude**2 for line in self.lines)))


def find_hum(x: FloatArray, rate_hz: float) -> tuple[HumLine, ...]:
    """Mains lines of one channel; see `remove_hum`."""
    return remove_hum(x, rate_hz).lines


def remove_hum(x: FloatArray, rate_hz: float) -> HumFree:
    """Find mains hum (50 or 60 Hz and harmonics) and subtract it.

    Parameters
    ----------
    x
        One channel, free of drift (band-passed, see `condition`), shape (n,), any unit; NaN marks missing samples.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    The samples less the fitted tones (missing ones stay missing; the same array where no hum is found) and the lines.
    Nothing is looked for in less than 1 s of samples; from 1 to 2 s only hum well above the noise is found.

    Notes
    -----
    The samples are weighted by the inverse of their local power (40 ms blocks), as least squares asks: what bursts
    hide, rest shows. A line's power is that within 0.6 Hz of 50 or 60 Hz (at harmonic k within k times that), over that
    of its neighbours 1.8 to 10 Hz away. One of the first three harmonics must exceed 4 and the F distribution's 1e-5
    point; then the others count from 2.5 and the 1e-3 point, at their multiple of the measured frequency. Each line is
    fitted as a tone whose complex amplitude is the weighted mean in a Hann window of 3 s, and subtracted. So the fit
    takes 0.5 Hz a line, rings 1.5 s at a sudden change of the hum, and is nearly blind to bursts.
    """
    lost = ~np.isfinite(x)
    seen = int(x.size - lost.sum())
    if seen < SHORTEST_S * rate_hz:
        return HumFree(x, (), searched=False)
    fit = _Fit(x, lost, rate_hz)
    mains = _find_mains(fit.weighted(), rate_hz)
    if not mains:
        return HumFree(x, (), searched=True)
    frequencies = [k * fit.refined(at) / best for at, best, harmonics in mains for k in harmonics]
    lines = tuple(fit.subtract(frequency) for frequency in sorted(frequencies))
    fit.left[lost] = np.nan
    return HumFree(fit.left, lines, searched=True)


class _Fit:
    """Tones fitted to one channel by weighted least squares and subtracted from `left`, 0 where samples are lost."""

    __slots__ = ("_length", "_rate_hz", "_sums", "_weight", "left")

    def __init__(self, x: FloatArray, lost: BoolArray, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._length = max(1, round(_WEIGHT_BLOCK_S * rate_hz))
        self.left = np.where(lost, 0.0, x)
        blocks = -(-x.size // self._length)
        power, seen = np.empty(blocks), np.empty(blocks)
        block_powers(self.left, lost, self._length, power, seen)
        known = seen > 0
        mean = np.interp(np.arange(blocks), np.flatnonzero(known), power[known] / seen[known])
        smooth = np.convolve(np.pad(mean, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
        # Stretches far below the usual rest (a recorder that idles) must not own the fit.
        floor = max(float(np.quantile(smooth, 0.2)), 1e-9 * float(smooth.max()))
        self._weight = floor / np.maximum(smooth, floor) if floor > 0.0 else np.zeros(blocks)
        self._sums = self._weight * seen

    def weighted(self) -> FloatArray:
        """The samples times their weight."""
        return self.left * np.repeat(self._weight, self._length)[: self.left.size]

    def refined(self, frequency_hz: float) -> float:
        """The frequency of a line, from how its phase turns in the record."""
        real, imaginary = self._tone(frequency_hz)
        z = (real + 1j * imaginary) * self._weight
        lag = max(1, min(z.size // 3, round(0.5 * self._rate_hz / self._length)))
        turned = np.angle(np.vdot(_summed(z, lag)[:-lag], _summed(z, lag)[lag:]))
        return frequency_hz + float(turned) / (2.0 * np.pi * lag * self._length / self._rate_hz)

    def subtract(self, frequency_hz: float) -> HumLine:
        """Fit one tone to what is left and take it out."""
        turn = 2.0 * np.pi * frequency_hz / self._rate_hz
        real, imaginary = self._tone(frequency_hz)
        window = np.hanning(2 * round(0.5 * _SMOOTH_S * self._rate_hz / self._length) + 1)
        total = _smoothed(self._sums, window)
        seen = total > 1e-6 * total.max()
        total[~seen] = np.inf
        a = 2.0 * _smoothed(self._weight * real, window) / total
        b = 2.0 * _smoothed(self._weight * imaginary, window) / total
        subtract_tone(self.left, turn, self._length, a, b)
        return HumLine(frequency_hz, float(np.sqrt(np.mean((a * a + b * b)[seen]))))

    def _tone(self, frequency_hz: float) -> tuple[FloatArray, FloatArray]:
        real, imaginary = np.empty(self._weight.size), np.empty(self._weight.size)
        block_tone(self.left, 2.0 * np.pi * frequency_hz / self._rate_hz, self._length, real, imaginary)
        return real, imaginary


def _summed(values: "np.ndarray", count: int) -> "np.ndarray":
    """Sums of each `count` neighbours."""
    return np.convolve(values, np.ones(count), mode="valid")


def _smoothed(values: FloatArray, window: FloatArray) -> FloatArray:
    """Running sum of `values` under `window`, as long as `values`; beyond both ends there is nothing."""
    half = window.size // 2
    return np.convolve(values, window)[half : half + values.size]


def _find_mains(weighted: FloatArray, rate_hz: float) -> list[tuple[float, int, list[int]]]:
    """Each mains found: the frequency of its clearest line, which harmonic that is, and all its harmonics."""
    from scipy.fft import next_fast_len, rfft

    # Sums of neighbours down to 950 samples/s keep the band; single precision rounds 120 dB down; both save time.
    every = max(1, int(rate_hz // 950.0))
    whole = weighted.size // every * every
    short = np.zeros(whole // every, dtype=np.float32)
    for k in range(every):
        short += weighted[k:whole:every]
    loudest = float(np.abs(short).max())
    if loudest == 0.0:
        return []
    short /= loudest
    size = next_fast_len(short.size, real=True)
    spectrum = np.asarray(rfft(short, size), dtype=np.complex64)
    step = rate_hz / (every * size)
    found: list[tuple[float, int, list[int]]] = []
    top = min(EMG_BAND_HZ[1], TOP_OF_RATE * rate_hz) + 1.0
    for mains in MAINS_HZ:
        first = {k: _line(spectrum, step, k * mains, k * _REACH_HZ, CHANCE, LEAST_RATIO) for k in (1, 2, 3)}
        clear = {k: line for k, line in first.items() if line is not None}
        if not clear:
            continue
        best = max(clear, key=lambda k: clear[k].ratio)
        at = clear[best].frequency_hz
        harmonics = [
            k
            for k in range(1, int(top * best / at) + 1)
            if _line(spectrum, step, k * at / best, max(0.1, 0.02 * k), _LATER_CHANCE, _LATER_RATIO) is not None
            and all(abs(k * at / best - j * other / b) > 2.0 for other, b, others in found for j in others)
        ]
        found.append((at, best, harmonics))
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    frequency_hz: float
    ratio: float


def _line(
    spectrum: "NDArray[np.complex64]", step: float, centre_hz: float, reach_hz: float, chance: float, least: float
) -> _Line | None:
    """The line within `reach_hz` of `centre_hz` in a spectrum of bins `step` apart, or None where none stands out."""
    from scipy.special import fdtrc  # pyright: ignore[reportUnknownVariableType]

    away = (max(_NEIGHBOURS_HZ[0], reach_hz + 1.0), max(_NEIGHBOURS_HZ[1], 4.0 * reach_hz))
    start = max(1, round((centre_hz - away[1]) / step))
    stop = min(spectrum.size - 1, round((centre_hz + away[1]) / step) + 1)
    if stop - start < 3:
        return None
    part = spectrum[start - 1 : stop + 1]
    # A Hann window over the record, applied to its spectrum where it is looked at.
    power = np.abs(0.5 * part[1:-1] - 0.25 * (part[:-2] + part[2:])) ** 2
    off = np.abs(np.arange(start, stop) * step - centre_hz) / step
    inner = np.flatnonzero(off <= reach_hz / step + 0.5)
    around, line = power[off >= away[0] / step - 0.5], power[inner]
    noise = float(around.mean()) if around.size else 0.0
    if line.size == 0 or noise <= 0.0:
        return None
    ratio = float(line.mean()) / noise
    # Neighbouring bins of a Hann window are correlated: n of them hold 2n/1.94 + 1 independent squares.
    within, beside = 2.0 * max(1.0, line.size / 1.94), 2.0 * max(1.0, around.size / 1.94)
    if ratio < least or float(fdtrc(within, beside, ratio)) > chance:
        return None
    top = int(inner[np.argmax(line)])
    near = np.arange(max(0, top - 2), min(power.size, top + 3))
    weight = np.maximum(power[near] - noise, 0.0)
    peak = (start + float(np.sum(weight * near) / weight.sum())) * step
    return _Line(peak, ratio)
