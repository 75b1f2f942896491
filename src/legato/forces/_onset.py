"""Where a force leaves its level: found above the noise, traced back to the level along its own slope."""

from dataclasses import dataclass

import numpy as np

from legato.recording import FloatArray

Z = 1.645
"""Half-width of a central 90 % interval of a normal variable, in SD."""

_RAMP = 4.0
"""Multiple of the threshold up to which the slope is read. [ENG]"""

_REACH_S = 0.03
"""Longest stretch over which the slope is read, s. [ENG] Owen et al. 2014 (J Strength Cond Res) step back as far from
their threshold."""

_BEND = 0.3
"""Share of the stretch traced back that the 90 % interval allows for a bend in it. [ENG]"""


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a ramp starts, in samples, its 90 % interval's half-width, and where the force passed the threshold."""

    at: float
    half: float
    crossed: float


def ramp_foot(y: FloatArray, first: int, threshold: float, noise_sd: float, rate_hz: float) -> Foot:
    """Start of the rise that passes a threshold.

    Parameters
    ----------
    y
        Force above its resting level, N, shape (n,), oriented so that it rises with the index.
    first
        First sample of the rise at or above `threshold`, N.
    noise_sd
        SD of the noise of one sample, N.
    rate_hz
        Sampling rate, Hz.

    Returns
    -------
    The line through the samples between the threshold and four times it, followed back to zero; no further than 30 ms.
    """
    crossed = float(first)
    if first > 0 and np.isfinite(y[first - 1]) and y[first] > y[first - 1]:
        crossed = first - 1 + float(np.clip((threshold - y[first - 1]) / (y[first] - y[first - 1]), 0.0, 1.0))
    reach = max(3, int(_REACH_S * rate_hz))
    ahead = y[first : first + reach]
    over = np.flatnonzero(~(ahead <= _RAMP * threshold))
    count = max(3, int(over[0]) + 1 if over.size else ahead.size)
    ahead = ahead[:count]
    start, step = first, False
    if first > 0 and noise_sd > 0.0:
        step = bool(y[first - 1] <= max(2.0 * noise_sd, 0.2 * threshold) and y[first] >= 2.0 * threshold)
    if first > 0 and y[first - 1] >= 0.5 * threshold:
        # The sample below the threshold keeps the first above it, picked because it is high, from tilting the line.
        ahead, start = np.concatenate((y[first - 1 : first], ahead)), first - 1
    x = np.arange(ahead.size, dtype=np.float64)
    seen = np.isfinite(ahead)
    x, ahead = x[seen], ahead[seen]
    if x.size < 3:
        return Foot(crossed - 0.5, 0.5, crossed)
    centre, height = float(x.mean()), float(ahead.mean())
    spread = float(np.square(x - centre).sum())
    slope = float((x - centre) @ ahead) / spread
    if slope <= 0.0:
        return Foot(crossed - 0.5, 1.0, crossed)
    earliest = first - 1.0 if step else crossed - reach
    back = float(np.clip(start + centre - height / slope, earliest, float(first)))
    left = ahead - height - slope * (x - centre)
    sd = max(noise_sd, float(np.sqrt(np.square(left).sum() / max(1, x.size - 2))))
    away = back - start - centre
    line = sd / slope * float(np.sqrt(1.0 / x.size + away**2 / spread))
    if step:
        # Where it jumps over all of the ramp between two samples there is no telling.
        back = first - 0.5 if back <= first - 1.0 and y[first] >= _RAMP * threshold else back
        line = min(line, 0.3)
    crossed = max(crossed, back)
    return Foot(back, float(np.hypot(Z * line, np.hypot(_BEND * (crossed - back), 0.1))), crossed)
