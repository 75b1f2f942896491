"""Noise of a signal, white or that of keypoints, and what of it the low-pass lets through."""

from functools import cache

import numpy as np

from legato.body.model import Body
from legato.movements.drivers import leg_length, usable_cutoff
from legato.recording import FloatArray
from legato.signals.filters import zero_phase_gain

Z = 1.6448536269514722
"""Half-width of the central 90 % of a normal distribution, in SDs."""

CUTOFF_FACTORS = (0.7, 1.3)
"""Both ways in which the cut-off is moved to see how much a number owes to it."""

FRAME_SD = 0.29
"""SD of an instant known to the frame only, in frames: 1 over the root of 12."""

LENGTHS = ("_height", "_forward", "_apart", "_depth", "_speed")
"""Endings of the signals that are lengths or their rates."""

_ANGLE_OVER_POINT = 4.9
"""SD of a joint's angle over that of one coordinate of its three points, in leg lengths: both limbs are half a leg
long, and the middle point counts in both, √(1 + 4 + 1) / 0.5."""


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


def pose_sd(body: Body, name: str, cutoff_hz: float, order: int) -> float:
    """SD of the `order`-th derivative of a low-passed signal from the noise of keypoints; 0 where that is not known."""
    if body.pose_noise is None or (name.endswith(LENGTHS) and not name.endswith(("_height", "_forward", "_depth"))):
        return 0.0
    freq = body.pose_noise.freq_hz
    gain = zero_phase_gain(freq, usable_cutoff(cutoff_hz, body.rate_hz), body.rate_hz)
    sd = float(np.sqrt(body.pose_noise.variance((2.0 * np.pi * freq) ** (2 * order) * gain**2)))
    return sd if name.endswith(LENGTHS) else _ANGLE_OVER_POINT * sd / leg_length(body)
