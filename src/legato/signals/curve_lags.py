"""By how much one curve of a repetition comes later than another: the lag of their largest correlation."""

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray

LONGEST_LAG_S = 0.3
LEAST_CORRELATION = 0.5
"""Lags are looked for this far either way, and given from this correlation on (Legato's methods; both [ENG])."""


def lag_between(first: FloatArray, second: FloatArray, rate_hz: float, *, alike: bool = False) -> tuple[float, float]:
    """The lag (s, positive where the second comes later) of largest normalised cross-correlation within 300 ms, and
    that correlation; the sign of the correlation is that of the strongest likeness, so joints that turn against each
    other have a lag too; `alike` looks only for curves that go the same way. NaN and 0 where samples are missing,
    nothing moves or the best lag lies at the limit.
    """
    n = first.size
    reach = min(round(LONGEST_LAG_S * rate_hz), n // 2)
    if reach < 2 or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return float("nan"), 0.0
    lags = np.arange(-reach, reach + 1)
    count = n - np.abs(lags)
    cross = np.correlate(second, first, "full")[n - 1 - reach : n + reach]
    sum_a, power_a = _overlap(first, lags), _overlap(first**2, lags)
    sum_b, power_b = _overlap(second, -lags), _overlap(second**2, -lags)
    power = (power_a - sum_a**2 / count) * (power_b - sum_b**2 / count)
    moving = power > 1e-12 * power.max(initial=0.0)
    values = np.where(moving, (cross - sum_a * sum_b / count) / np.sqrt(np.where(moving, power, 1.0)), 0.0)
    best = int(np.argmax(values if alike else np.abs(values)))
    if best in (0, lags.size - 1):
        return float("nan"), 0.0
    before, top, after = values[best - 1 : best + 2]
    bend = before - 2.0 * top + after
    shift = 0.5 * (before - after) / bend if bend != 0.0 else 0.0
    return float(lags[best] + shift) / rate_hz, float(top)


def _overlap(x: FloatArray, lags: NDArray[np.int64]) -> FloatArray:
    """Sums over the samples of `x` that overlap a signal as long which comes so much later."""
    total = np.concatenate([[0.0], np.cumsum(x)])
    return total[x.size - np.maximum(lags, 0)] - total[np.maximum(-lags, 0)]
