"""Samples at which a plate's channel stands at the limit of its device and no longer measures."""

import numpy as np

from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

_REST_SHARE = 0.25
"""Extremes this near to zero, as a share of the channel's range, are an empty plate's reading, no limit. [ENG]"""

_FEWEST_SAMPLES = 3
"""Shorter plateaus are no proof. [ENG]"""

_ROUNDING = 1e-6
"""Bends smaller than this share of the range are the rounding of 4-byte floats."""

_MISSING_STEPS = 10.0
"""Steps of the converter that the curve must lack above its plateau. [ENG] Of a smooth top that is rounded to steps
one and a half are missing, however slow it is."""


def clipped_samples(channels: FloatArray) -> BoolArray:
    """Where any of a plate's channels, shape (n, k), stands at its limit, shape (n,).

    A plateau of equal samples at the very extreme of a channel is its limit where the slope beside it, carried on for
    a quarter of the plateau, would have gone far beyond.
    """
    clipped = np.zeros(len(channels), dtype=np.bool_)
    for x in channels.T:
        seen = x[np.isfinite(x)]
        if not seen.size:
            continue
        low, high = float(seen.min()), float(seen.max())
        span = high - low
        plateaus = [
            (first, stop, limit)
            for limit in (high, low)
            if abs(limit) > _REST_SHARE * span
            for first, stop in runs_of(np.asarray(x == limit))
            if stop - first >= _FEWEST_SAMPLES
        ]
        if not plateaus or span == 0.0:
            continue
        steps = np.abs(np.diff(seen))
        step = float(np.quantile(steps[steps > 0.0], 0.05))
        fewest = _FEWEST_SAMPLES * _samples_apart(seen, span)
        for first, stop, limit in plateaus:
            if stop - first >= fewest and _missing(x, first, stop, limit) > _MISSING_STEPS * step:
                clipped[first:stop] = True
    return clipped


def _samples_apart(x: FloatArray, span: float) -> float:
    """How many samples lie from one measurement to the next: more than one where a slower channel was drawn out."""
    bends = np.flatnonzero(np.abs(np.diff(x, 2)) > _ROUNDING * span)
    return float(np.median(np.diff(bends))) if bends.size > 1 else 1.0


def _missing(x: FloatArray, first: int, stop: int, limit: float) -> float:
    """How far beyond a plateau the curve would have gone by the steeper of the slopes on its two sides."""
    reach = max(2, (stop - first) // 2)
    falls = [abs(float(x[i]) - limit) / reach for i in (first - reach, stop - 1 + reach) if 0 <= i < x.size]
    return 0.25 * (stop - first) * max((f for f in falls if np.isfinite(f)), default=0.0)
