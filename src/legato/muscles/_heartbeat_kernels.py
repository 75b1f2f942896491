"""Jitted search for beats: maxima that stand apart, and the best chain of those whose intervals change slowly."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from legato.recording import BoolArray, FloatArray


@njit(cache=True)
def best_chain(
    time_s: FloatArray, score: FloatArray, period_s: float, stiffness: float, previous: NDArray[np.int64]
) -> int:
    """Index of the last candidate of the best chain; `previous` (n,) gets each candidate's predecessor, −1 for none.

    A chain's worth is the sum of its scores less `stiffness` times the squared logarithm of each interval over
    `period_s`; an interval lies between half and one and a half periods, or twice that around a beat not seen.
    """
    n = time_s.size
    worth = np.empty(n)
    first = 0
    best = 0
    for j in range(n):
        worth[j] = score[j]
        previous[j] = -1
        while time_s[j] - time_s[first] > 2.4 * period_s:
            first += 1
        for i in range(first, j):
            ratio = (time_s[j] - time_s[i]) / period_s
            if ratio < 0.6:
                break
            steps = 1.0 if ratio < 1.5 else 2.0
            bend = np.log(ratio / steps)
            value = worth[i] + score[j] - stiffness * bend * bend - (steps - 1.0)
            if value > worth[j]:
                worth[j] = value
                previous[j] = i
        if worth[j] > worth[best]:
            best = j
    return best


@njit(cache=True)
def highest_apart(at: NDArray[np.int64], order: NDArray[np.int64], size: int, apart: int) -> BoolArray:
    """Which of the ascending positions `at` stay when each, in `order`, bars all others nearer than `apart`."""
    barred = np.zeros(size + 2 * apart, dtype=np.bool_)
    kept = np.zeros(at.size, dtype=np.bool_)
    for k in order:
        if not barred[at[k] + apart]:
            kept[k] = True
            barred[at[k] + 1 : at[k] + 2 * apart] = True
    return kept
