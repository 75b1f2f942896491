"""When a force passes a level, and how surely: its noise, and what the mean that it is read from moves."""

import numpy as np

from legato.errors import NotResolvable
from legato.estimate import Estimate
from legato.recording import FloatArray

SMOOTH_S = 0.01
"""Length of the mean that the force's passing of a level is read from, s; its time is that of the middle. [ENG]"""

EDGE_S = 0.15
"""How far from where a curve passes zero the ends of its interval are looked for, s. [ENG]"""


def noise_n(still_n: FloatArray, rate_hz: float) -> float:
    """SD of a mean of the force over 10 ms from one such stretch to the next, N."""
    width = max(1, round(SMOOTH_S * rate_hz))
    means = still_n[: still_n.size // width * width].reshape(-1, width).mean(axis=1)
    return float(np.sqrt(np.square(np.diff(means)).mean() / 2.0))


def step_shift(net: FloatArray, last: int, width: int) -> float:
    """By how many samples a mean over twice as many of them moves the passing of zero: what the bend does to it."""
    low, high = max(0, last - 4 * width), min(net.size, last + 4 * width)
    near = net[low:high]
    if near.size < 4 * width:
        return 0.0
    ends: list[float] = []
    for many in (width, 2 * width | 1):
        smooth = np.convolve(near, np.ones(many) / many, "same")[many:-many]
        falls = np.flatnonzero((smooth[:-1] > 0.0) & (smooth[1:] <= 0.0))
        if not falls.size:
            return float(width)
        k = int(falls[np.abs(falls + many - (last - low)).argmin()])
        ends.append(many + k + float(smooth[k] / (smooth[k] - smooth[k + 1])))
    # A kink moves the shorter mean by all of that, a bend by a third.
    return abs(ends[1] - ends[0])


def passing(
    rising: FloatArray, last: int, half: float, rate_hz: float, level: float, bend: float = 0.0, edge_s: float = EDGE_S
) -> Estimate:
    """When a curve that is below zero at a sample and not after it passes zero, s; between where it has passed `half`
    below and above it. `bend`: more samples on both sides; `edge_s`: how far the ends of the interval are looked
    for, s.
    """
    reach = round(edge_s * rate_hz)
    step = max(float(rising[last + 1] - rising[last]), 1e-12)
    at = last + min(max(-float(rising[last]) / step, 0.0), 1.0)
    before = rising[max(0, last - reach) : last + 1]
    after = rising[last + 1 : last + 1 + reach]
    low, high = np.flatnonzero(before < -half), np.flatnonzero(after > half)
    if not low.size or not high.size:
        raise NotResolvable("plates: the force stays too near the weight to tell when it passes it")
    a = max(0, last - reach) + int(low[-1])
    b = last + 1 + int(high[0])
    early = a + min(1.0, max(0.0, -(float(rising[a]) + half) / max(float(rising[a + 1] - rising[a]), 1e-12)))
    late = b - min(1.0, max(0.0, (float(rising[b]) - half) / max(float(rising[b] - rising[b - 1]), 1e-12)))
    below, above = (float(np.hypot(max(0.0, way), bend)) for way in (at - early, late - at))
    return Estimate(at / rate_hz, (at - below) / rate_hz, (at + above) / rate_hz, level, "s")
