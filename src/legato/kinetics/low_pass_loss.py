"""What a low-pass takes from a moment that rests on accelerations, told from what is only noise of the markers."""

from collections.abc import Sequence

import numpy as np

from legato.recording import FloatArray
from legato.signals.filters import zero_phase_gain

_PERIODS = 5.0
"""Noise is told from motion over so many periods of the cut-off. [ENG]"""

_BY_CHANCE = 2.0
"""Noise over so many periods has up to this much of its mean square. [ENG] Ten independent values: 97 % have less."""

_LEAST_BAND = 1.25
"""The highest cut-off must exceed the middle one by this factor, else noise is not told from motion. [ENG]"""


def cutoffs_of(cutoff_hz: float, quicker: float, rate_hz: float) -> tuple[float, float, float]:
    """The cut-off, so many times it and as many times more, Hz, none beyond what the rate allows."""
    first, second, third = (min(quicker**k * cutoff_hz, 0.42 * rate_hz) for k in range(3))
    return first, second, third


def lost_or_noise(courses: Sequence[FloatArray], cutoffs_hz: Sequence[float], rate_hz: float) -> FloatArray:
    """SD of what the low-pass takes from a moment and of what noise leaves in it, in each frame, N·m, shape (n,).

    Parameters
    ----------
    courses
        The moment at three cut-offs, N·m, each (n,), NaN where unknown; it is told at the first.
    cutoffs_hz
        Those cut-offs, Hz.
    rate_hz
        Sampling rate, Hz.

    Notes
    -----
    Between the second and the third cut-off lies mostly noise: white in the markers' places, it grows with the square
    of the frequency in what second differences make of them, as motion does not. What it makes of the lower bands
    follows. What the second cut-off leaves more of the moment than the first is lost motion by as much as it exceeds
    what noise may make of it by chance.
    """
    plain, quick, quickest = courses
    lost = np.nan_to_num(quick - plain)
    beyond = quickest - quick
    known = np.isfinite(beyond)
    if cutoffs_hz[2] < _LEAST_BAND * cutoffs_hz[1] or not known.any():
        return np.abs(lost)
    freq = np.linspace(0.0, 0.5 * rate_hz, 512)
    gains = [zero_phase_gain(freq, cutoff, rate_hz) for cutoff in cutoffs_hz]
    weight = np.sin(np.pi * freq / rate_hz) ** 4
    box = np.ones(max(3, round(_PERIODS * rate_hz / cutoffs_hz[0])))

    def around(course: FloatArray) -> FloatArray:
        """Mean square of what is known beside each frame."""
        count = np.convolve(np.isfinite(course).astype(np.float64), box, "same")
        return np.convolve(np.nan_to_num(course) ** 2, box, "same") / np.maximum(count, 1.0)

    # A lever that grows makes more of the same noise.
    seen = around(beyond) / float((weight * (gains[2] - gains[1]) ** 2).sum())
    of_plain, of_lost = (seen * float((weight * gain**2).sum()) for gain in (gains[0], gains[1] - gains[0]))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(1.0 - _BY_CHANCE * of_lost / around(lost), 0.0, 1.0)
    motion = np.nan_to_num(share)
    # A normal signal seen in normal noise: mean and variance of what it is.
    return np.sqrt(of_plain + (motion * lost) ** 2 + motion * of_lost)
