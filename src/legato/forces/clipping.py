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


_ABRUPT_STEPS = 3.0
"""Steps of the converter by which the curve comes to its limit or leaves it. [ENG] A smooth top rounded to steps moves
by one."""

_COARSE = 1e-4
"""Resolution, as a share of the range, above which equal samples come about by chance. [ENG]"""

_NOISELESS_SHARE = 0.6
"""Share of steps of exactly zero, below the plateau and above an empty plate, that shows a curve without noise: it was
computed, not measured, and may rest where it likes. [ENG]"""


def clipped_samples(channels: FloatArray) -> BoolArray:
    """Where any of a plate's channels, shape (n, k), stands at its limit, shape (n,).

    A plateau of equal samples at the very extreme of a channel is its limit where the curve comes to it by more than a
    step of the converter, and where the slope beside it, carried on for a quarter of it, would have gone far beyond.
    """
    clipped = np.zeros(len(channels), dtype=np.bool_)
    for x in np.ascontiguousarray(channels.T):
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
        apart = _samples_apart(seen, span)
        fewest = _FEWEST_SAMPLES * apart
        for first, stop, limit in plateaus:
            if stop - first < fewest or _noiseless(x, limit):
                continue
            if _abrupt(x, first, stop, apart) and _missing(x, first, stop, limit) > _MISSING_STEPS * step:
                clipped[first:stop] = True
    return clipped


def _noiseless(x: FloatArray, limit: float) -> bool:
    share = x / limit
    with np.errstate(invalid="ignore"):
        between = x[(share > _REST_SHARE) & (share < 1.0)]
    return between.size < 2 or float((np.diff(between) == 0.0).mean()) > _NOISELESS_SHARE


def _abrupt(x: FloatArray, first: int, stop: int, apart: float) -> bool:
    """Whether the curve comes to a plateau, or leaves it, by more than a smooth top of its resolution does."""
    values: FloatArray = np.sort(x[np.isfinite(x)])
    steps: FloatArray = np.diff(values)
    steps = steps[steps > 0.0]
    resolution = float(steps.min()) if steps.size else float("inf")
    # Where the converter's steps are coarse, samples that stay on one step are no sign of a slower channel.
    coarse = resolution > _COARSE * float(values[-1] - values[0])
    if coarse and stop - first < 2 * _FEWEST_SAMPLES:
        return False
    reach = 1 if coarse else max(1, round(apart))
    beside = [abs(float(x[i] - x[first])) for i in (first - reach, stop - 1 + reach) if 0 <= i < x.size]
    return max((b for b in beside if np.isfinite(b)), default=0.0) > _ABRUPT_STEPS * resolution


def _samples_apart(x: FloatArray, span: float) -> float:
    """How many samples lie from one measurement to the next: more than one where a slower channel was drawn out."""
    bends = np.flatnonzero(np.abs(np.diff(x, 2)) > _ROUNDING * span)
    return float(np.median(np.diff(bends))) if bends.size > 1 else 1.0


def _missing(x: FloatArray, first: int, stop: int, limit: float) -> float:
    """How far beyond a plateau the curve would have gone by the steeper of the slopes on its two sides."""
    reach = max(2, (stop - first) // 2)
    falls = [abs(float(x[i]) - limit) / reach for i in (first - reach, stop - 1 + reach) if 0 <= i < x.size]
    return 0.25 * (stop - first) * max((f for f in falls if np.isfinite(f)), default=0.0)
