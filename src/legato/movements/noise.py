"""White noise of a signal, from what the low-pass took away, and what of it the low-pass lets through."""

from functools import cache

import numpy as np

from legato.movements.drivers import usable_cutoff
from legato.recording import FloatArray
from legato.signals.filters import zero_phase_gain

Z = 1.6448536269514722
"""Half-width of the central 90 % of a normal distribution, in SDs."""

CUTOFF_FACTORS = (0.7, 1.3)
"""Both ways in which the cut-off is moved to see how much a number owes to it."""

FRAME_SD = 0.29
"""SD of an instant known to the frame only, in frames: 1 over the root of 12."""


def white_noise(raw: FloatArray, smoothed: FloatArray, rate_hz: float, cutoff_hz: float) -> float:
    """SD of white noise in samples, from what the low-pass took away: robust (median) and put right for the part it
    left.
    """
    gap = raw - smoothed
    gap = gap[np.isfinite(gap)]
    if not gap.size:
        return 0.0
    return float(np.median(np.abs(gap)) / 0.6745 / max(_stopped(rate_hz, cutoff_hz), 0.1))


@cache
def _stopped(rate_hz: float, cutoff_hz: float) -> float:
    """SD of what the low-pass takes away from white noise, per unit SD."""
    frequency = np.linspace(0.0, 0.5 * rate_hz, 512)
    gain = zero_phase_gain(frequency, usable_cutoff(cutoff_hz, rate_hz), rate_hz)
    return float(np.sqrt(np.mean((1.0 - gain) ** 2)))


@cache
def passed(rate_hz: float, cutoff_hz: float, order: int) -> float:
    """SD of the `order`-th derivative after the low-pass, per unit SD of white noise before it."""
    frequency = np.linspace(0.0, 0.5 * rate_hz, 512)
    gain = zero_phase_gain(frequency, usable_cutoff(cutoff_hz, rate_hz), rate_hz)
    return float(np.sqrt(np.mean((2.0 * np.pi * frequency) ** (2 * order) * gain**2)))
