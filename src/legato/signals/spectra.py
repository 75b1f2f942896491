"""Noise spectra: what a rigid fit leaves over, and the floor of an angle above the movement's own band."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray

TAPERS = 2
"""Sine tapers a window: the second one halves the scatter and still keeps the strong low band out of the high one."""


@dataclass(frozen=True, slots=True, eq=False)
class NoiseSpectrum:
    """One-sided density of a noise, unit²/Hz, on even frequencies from 0 to half the rate.

    `dof` is the number of degrees of freedom behind the density in each stretch of `cell_hz`.
    """

    freq_hz: FloatArray
    density: FloatArray
    cell_hz: float
    dof: float

    @property
    def step_hz(self) -> float:
        """Spacing of the frequencies, Hz."""
        return float(self.freq_hz[1])

    def scaled(self, factor: float) -> "NoiseSpectrum":
        """The spectrum of the noise times √factor."""
        return NoiseSpectrum(self.freq_hz, self.density * factor, self.cell_hz, self.dof)

    def plus(self, other: "NoiseSpectrum") -> "NoiseSpectrum":
        """The spectrum of the sum of two independent noises of one rate; the fewer degrees of freedom are kept."""
        density = self.density + np.interp(self.freq_hz, other.freq_hz, other.density)
        cell = max(self.cell_hz, other.cell_hz)
        return NoiseSpectrum(self.freq_hz, density, cell, min(self.dof, other.dof))

    def raised(self, floor: float) -> "NoiseSpectrum":
        """The spectrum with a white part added so that its top fifth reaches `floor`."""
        top = self.freq_hz >= 0.8 * self.freq_hz[-1]
        lift = max(0.0, floor - float(self.density[top].mean()))
        return NoiseSpectrum(self.freq_hz, self.density + lift, self.cell_hz, self.dof)

    def variance(self, weight: FloatArray) -> float:
        """Variance of the noise after a filter of squared gain `weight`."""
        return float(np.sum(self.density * weight) * self.step_hz)

    def variance_dof(self, weight: FloatArray) -> float:
        """Degrees of freedom of that variance, two thirds of d·(ΣQ)²/ΣQ² for a tapered estimate
        (Welch–Satterthwaite).
        """
        q = self.density * weight
        square = float(np.sum(q * q))
        if square <= 0.0:
            return self.dof
        return max(1.0, self.dof * float(np.sum(q)) ** 2 / square * self.step_hz / self.cell_hz)


def white_noise(density: float, rate_hz: float, dof: float = 1e6, size: int = 257) -> NoiseSpectrum:
    """A flat spectrum of a known density."""
    freq = np.linspace(0.0, 0.5 * rate_hz, size)
    return NoiseSpectrum(freq, np.full(size, density), float(freq[1]), dof)


def sine_tapers(n: int, count: int = TAPERS) -> FloatArray:
    """The first sine tapers, unit energy, shape (count, n) (Riedel & Sidorenko 1995)."""
    k = np.arange(1, count + 1)[:, None]
    return np.sqrt(2.0 / (n + 1)) * np.sin(np.pi * k * np.arange(1, n + 1) / (n + 1))


def residual_spectrum(
    residual: FloatArray, spans: Sequence[tuple[int, int]], rate_hz: float, size: int = 512
) -> NoiseSpectrum:
    """Noise of one coordinate of one marker, from what the rigid fit left over.

    Parameters
    ----------
    residual
        Measured minus fitted in the segment's axes, m, shape (n, M, 3); NaN where a marker is missing.
    spans
        First frame and one past the last of each window to average over.
    rate_hz
        Frames a second.
    size
        Number of frequency steps up to half the rate.

    Returns
    -------
    Density a coordinate, m²/Hz: Σ|X|² over all coordinates divided by the 3M − 6 degrees of freedom that a rigid fit
    of M markers leaves. It holds white noise and every wobble that the markers do not share as a rigid motion.

    Raises
    ------
    ValueError
        Fewer than three markers are seen in every window, or all windows are shorter than eight frames.
    """
    freq = np.linspace(0.0, 0.5 * rate_hz, size + 1)
    total, dof, cell = np.zeros(size + 1), 0.0, 0.0
    weight = 0.0
    for start, stop in spans:
        window = residual[start:stop]
        seen = np.isfinite(window[:, :, 0]).mean(axis=0) > 0.8 if len(window) else np.zeros(residual.shape[1], bool)
        markers, n = int(seen.sum()), len(window)
        if markers < 3 or n < 8:
            continue
        x = np.nan_to_num(window[:, seen]).reshape(n, -1)
        degrees = 3 * markers - 6
        total += tapered_density(x, rate_hz, freq).sum(axis=1)
        weight += degrees
        dof += degrees
        cell = max(cell, rate_hz / (n + 1))
    if weight == 0.0:
        raise ValueError("no window with three markers and eight frames")
    return NoiseSpectrum(freq, total / weight, cell, TAPERS * dof * 0.8)


def tapered_density(x: FloatArray, rate_hz: float, freq_hz: FloatArray) -> FloatArray:
    """One-sided density of each column of `x` (n, c), its line taken out, at `freq_hz`, shape (len(freq_hz), c)."""
    n = len(x)
    line = np.linspace(-1.0, 1.0, n)
    flat = x - x.mean(axis=0)
    flat = flat - np.outer(line, line @ flat) / float(line @ line)
    padded = max(2 * (len(freq_hz) - 1), 1 << int(n - 1).bit_length())
    tapered = sine_tapers(n)[:, :, None] * flat
    power = (np.abs(np.fft.rfft(tapered, padded, axis=1)) ** 2).mean(axis=0) * 2.0 / rate_hz
    own = np.linspace(0.0, 0.5 * rate_hz, padded // 2 + 1)
    if len(own) == len(freq_hz):
        return power
    found = np.empty((len(freq_hz), power.shape[1]))
    for k in range(power.shape[1]):
        found[:, k] = np.interp(freq_hz, own, power[:, k])
    return found


def floor_density(
    angle: FloatArray, spans: Sequence[tuple[int, int]], rate_hz: float, above_hz: float
) -> tuple[float, float] | None:
    """White floor of an angle above its own movement, unit²/Hz, with its degrees of freedom.

    The angle is differenced four times before the taper, so that the strong low band cannot leak, and the
    differences' own gain is taken out again. `None` where fewer than three frequency cells lie between `above_hz` and
    0.45 of the rate. Where windows disagree the median is taken: one window with a jolt must not set the floor.
    """
    values: list[float] = []
    cells = 0.0
    for start, stop in spans:
        x = angle[start:stop]
        if len(x) < 16 or not np.isfinite(x).all():
            continue
        d = np.diff(x, 4)
        freq = np.arange(0, len(d) // 2 + 1) * rate_hz / len(d)
        keep = (freq >= above_hz) & (freq <= 0.45 * rate_hz)
        if keep.sum() < 3:
            continue
        power = (np.abs(np.fft.rfft(sine_tapers(len(d), 1)[0] * d)) ** 2) * 2.0 / rate_hz
        values.append(float(np.median(power[keep] / (2.0 * np.sin(np.pi * freq[keep] / rate_hz)) ** 8)) / np.log(2.0))
        cells += float(keep.sum())
    if not values:
        return None
    return float(np.median(values)), max(1.0, cells)
