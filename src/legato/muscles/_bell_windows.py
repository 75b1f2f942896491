"""What a bell is fitted to: the power around each burst in bins of some milliseconds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.muscles._blocks import ordered
from legato.muscles._power import Power
from legato.muscles._segments import Segment
from legato.recording import FloatArray

BIN_S = 0.004
"""Least length of the bins that are fitted, s."""

_MOST_BINS = 128
"""Bins of a burst; a long one needs no finer ones."""


@dataclass(frozen=True, slots=True, eq=False)
class BellWindow:
    """Bins of `BIN_S` or, of a long burst, more: their middle times, power, share recorded and power at rest, shape
    (n,), and the degrees of freedom of one bin's power.
    """

    time_s: FloatArray
    power: FloatArray
    there: FloatArray
    rest: FloatArray
    dof: float
    centre_s: float
    width_s: float
    height: float


def bell_windows(power: Power, rests: Sequence[float]) -> list[BellWindow | None]:
    """The bins around each segment of `power`; None where hardly anything was recorded."""
    segments = power.segments
    found: list[BellWindow | None] = []
    for k, segment in enumerate(segments):
        reach = max(0.7 * (segment.stop - segment.start), 0.15 / power.bin_s)
        before = segments[k - 1].stop if k else 0
        after = segments[k + 1].start if k + 1 < len(segments) else len(power.mean)
        lo = int(max(segment.start - reach, (before + segment.start) / 2 if k else 0))
        hi = int(min(segment.stop + reach, (after + segment.stop) / 2))
        found.append(_window(power, segment, lo, hi, rests[k]))
    return found


def _window(power: Power, segment: Segment, lo: int, hi: int, rest: float) -> BellWindow | None:
    step = max(round(BIN_S / power.bin_s), (hi - lo) // _MOST_BINS, 1)
    n = (hi - lo) // step
    if n < 8:
        return None
    weight = power.there[lo : lo + n * step]
    even = np.full(step, 1.0 / step)
    there: FloatArray = weight.reshape(n, step) @ even
    held: FloatArray = (power.mean[lo : lo + n * step] * weight).reshape(n, step) @ even
    mean = held if there.min() == 1.0 else np.divide(held, there, out=np.zeros(n), where=there > 0.0)
    time_s: FloatArray = (lo + (np.arange(n, dtype=np.float64) + 0.5) * step) * power.bin_s
    first = (segment.start - lo) // step
    inside = slice(first, max((segment.stop - lo) // step, first + 2))
    excess = np.maximum(mean[inside] - rest, 0.0) * there[inside]
    total = float(excess.sum())
    if there.sum() < 8 or not total > 0.0:
        return None
    centre = float(time_s[inside] @ excess) / total
    width = math.sqrt(float((time_s[inside] - centre) ** 2 @ excess) / total)
    height = ordered(mean[inside][there[inside] > 0.0], 0.9) - rest
    return BellWindow(
        time_s,
        mean,
        there,
        np.full(n, rest),
        power.active_dof * step,
        centre,
        max(width, 0.01),
        max(height, 0.1 * rest),
    )
