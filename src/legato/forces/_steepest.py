"""The steepest rise over a fixed length in a noisy curve, also where it begins with a kink between two samples."""

from dataclasses import dataclass

import numpy as np

from legato.forces._highest import luck_of_highest
from legato.recording import FloatArray

_FLANK_S = 0.005
"""How fast the rises fall off beside the steepest is read over so long to both sides, s. [ENG]"""

_STEEP_SD = 1.0
"""A flank that falls off by more a sample, in SD of a rise's noise, is a kink: none of its samples may be the highest,
and a mean over both sides would round it. [ENG]"""

_SAME_SD = 3.0
"""Samples before the steepest that lie this near to it, in SD of a rise's noise, may be where the kink is. [ENG]"""


@dataclass(frozen=True, slots=True)
class Steepest:
    """The largest rise over `span` samples, N, what noise is expected to have added to it, and what it lost as it
    begins between two samples and so many samples are not quite as long as asked, each with its SD.
    """

    span: int

    rise_n: float
    luck_n: float
    luck_sd_n: float
    lost_n: float
    lost_sd_n: float


def steepest_rise(
    rising: FloatArray, smooth: FloatArray, length_s: float, noise: float, width: int, memory: float, rate_hz: float
) -> Steepest:
    """The largest rise over a length of time, as near as samples go.

    Parameters
    ----------
    rising, smooth
        The force as it was measured, and means of it over `width` samples, N, shape (n,).
    length_s
        From the beginning of a rise to its end, s.
    noise
        SD of the noise of one sample, N.
    memory
        Samples per independent value of the noise.

    Notes
    -----
    A rise that is steepest where it begins has its largest at an instant between two samples. Beside it the rises fall
    off by `a` a sample on the one side and by `b` on the other; the larger of both samples then lies below by up to
    a·b / (a + b), all alike likely.
    """
    span = round(length_s * rate_hz)
    rises = rising[span:] - rising[:-span]
    top = int(rises.argmax())
    reach = max(2, round(_FLANK_S * rate_hz))
    before, after = _fall(rises[top::-1][: reach + 1]), _fall(rises[top : top + reach + 1])
    most_lost = before * after / (before + after) if before + after > 0.0 else 0.0
    scatter = noise * 2.0**0.5
    curve = smooth[span:] - smooth[:-span]
    if before > _STEEP_SD * scatter > 0.0:
        first = top
        while first > 0 and rises[first - 1] >= rises[top] - _SAME_SD * scatter:
            first -= 1
        if rises.size - first > 2 * width:
            # Means of what follows the kink alone.
            curve = np.convolve(rises[first:], np.ones(width) / width, "valid")
    luck, luck_sd = luck_of_highest(curve, noise, width, memory, span)
    # Beside a kink the rate falls evenly over the length, so its mean falls by half as much where that is longer.
    longer = 0.5 * min(before, after) * (span - length_s * rate_hz)
    return Steepest(span, float(rises[top]), luck, luck_sd, 0.5 * most_lost + longer, most_lost / 12.0**0.5)


def _fall(flank: FloatArray) -> float:
    """How fast rises fall off from the largest, a sample: where they stay high at first, as slowly as they do there."""
    near = flank[: max(3, (flank.size + 1) // 2)]
    return max(0.0, min(_slope(near), _slope(flank)))


def _slope(values: FloatArray) -> float:
    """Downward slope of a line through values, a sample; 0 below three."""
    if values.size < 3:
        return 0.0
    at = 0.5 * (values.size - 1) - np.arange(values.size)
    return float(at @ values / (at @ at))
