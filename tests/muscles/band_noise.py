"""Gaussian noise in a band, whose SD is known and not measured."""

import numpy as np
from scipy import signal

from legato.recording import FloatArray


def shaped_noise(rng: np.random.Generator, n: int, rate_hz: float, band: tuple[float, float]) -> FloatArray:
    """Gaussian noise in a band, of SD 1 exactly as the filter has it."""
    sections = signal.butter(2, band, btype="band", fs=rate_hz, output="sos")
    _, gain = signal.sosfreqz(sections, np.linspace(0.0, rate_hz / 2, 8001), fs=rate_hz)
    raw = signal.sosfiltfilt(sections, rng.standard_normal(n + 1000))[500:-500]
    return np.asarray(raw / np.sqrt(np.mean(np.abs(gain) ** 4)), dtype=np.float64)
