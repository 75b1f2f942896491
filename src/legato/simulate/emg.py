"""EMG with a planted envelope: Gaussian noise with the spectrum of a muscle, and the noise floor of an amplifier.

The root mean square over realisations is the envelope, sample by sample, in the envelope's unit. For EMG that is not
Gaussian, made of the trains of single motor units, see `emg_units`.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from legato.recording import FloatArray


class Spectrum(Protocol):
    """Power of the signal at constant effort."""

    def power(self, frequency_hz: FloatArray, rate_hz: float) -> FloatArray:
        """Power at each frequency, in any unit."""
        ...


@dataclass(frozen=True, slots=True)
class TwoCorners:
    """f²/((f² + low²)(f² + high²)²), the spectrum of surface EMG (Shwedyk, Balasubramanian & Scott 1977; Stegeman)."""

    low_hz: float = 60.0
    high_hz: float = 120.0

    def power(self, frequency_hz: FloatArray, rate_hz: float) -> FloatArray:
        """Power at each frequency, in any unit; the same at all rates."""
        square = frequency_hz**2
        return square / ((square + self.low_hz**2) * (square + self.high_hz**2) ** 2)


@dataclass(frozen=True, slots=True)
class Resonances:
    """An autoregressive process: one pair of complex poles a resonance (centre, bandwidth), Hz, and a zero at rest."""

    resonances_hz: tuple[tuple[float, float], ...] = ((70.0, 90.0), (130.0, 160.0))

    def coefficients(self, rate_hz: float) -> FloatArray:
        """The polynomial 1, a₁, a₂ … of x[n] + a₁x[n−1] + … = e[n] − e[n−1]."""
        total = np.ones(1)
        for centre, width in self.resonances_hz:
            radius = np.exp(-np.pi * width / rate_hz)
            pair = np.array([1.0, -2.0 * radius * np.cos(2.0 * np.pi * centre / rate_hz), radius**2])
            total = np.convolve(total, pair)
        return total

    def power(self, frequency_hz: FloatArray, rate_hz: float) -> FloatArray:
        """Power at each frequency, in any unit."""
        turn = np.exp(-2j * np.pi * frequency_hz / rate_hz)
        denominator = np.polynomial.polynomial.polyval(turn, self.coefficients(rate_hz))
        return np.abs((1.0 - turn) / denominator) ** 2


@dataclass(frozen=True, slots=True)
class PassBand:
    """White noise in the pass-band of an amplifier, with the roll-off of a second-order Butterworth at either end."""

    low_hz: float = 10.0
    high_hz: float = 500.0

    def power(self, frequency_hz: FloatArray, rate_hz: float) -> FloatArray:
        """Power at each frequency, in any unit; the same at all rates."""
        low, high = (frequency_hz / self.low_hz) ** 4, (frequency_hz / self.high_hz) ** 4
        return low / (1.0 + low) / (1.0 + high)


def coloured_noise(count: int, rate_hz: float, spectrum: Spectrum, rng: np.random.Generator) -> FloatArray:
    """Gaussian noise with this spectrum and an expected mean square of 1, shape (count,)."""
    lines = np.asarray(np.fft.rfftfreq(count, 1.0 / rate_hz), dtype=np.float64)
    power = spectrum.power(lines, rate_hz)
    # All lines stand twice in the full spectrum but that of rest and, for an even count, the last.
    weight = np.full(power.size, 2.0)
    weight[0] = 1.0
    if count % 2 == 0:
        weight[-1] = 1.0
    gain = np.sqrt(power * count / np.sum(weight * power))
    return np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) * gain, count)


def gaussian_emg(
    amplitude: FloatArray, rate_hz: float, rng: np.random.Generator, spectrum: Spectrum | None = None
) -> FloatArray:
    """EMG as an interference pattern of very many units: shaped Gaussian noise times the envelope.

    Parameters
    ----------
    amplitude
        The envelope, root mean square in the unit wanted, shape (n,).
    spectrum
        `TwoCorners()` where none is given.
    """
    return amplitude * coloured_noise(amplitude.size, rate_hz, TwoCorners() if spectrum is None else spectrum, rng)


def noise_floor(count: int, rate_hz: float, rms: float, rng: np.random.Generator) -> FloatArray:
    """What electrodes and amplifier add, shape (count,)."""
    return rms * coloured_noise(count, rate_hz, PassBand(), rng)
