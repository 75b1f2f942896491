"""Jitted passes over the samples of one channel for the quality gate; a test holds them to numpy."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from legato.recording import FloatArray


@njit(cache=True)
def counts_at_ends(x: FloatArray, low: float, high: float, widths: FloatArray) -> NDArray[np.int64]:
    """Samples within one width of an extreme and within the next, shape (2 ends, widths, 2); NaN is nowhere."""
    found = np.zeros((2, widths.shape[0], 2), np.int64)
    widest = 2.0 * widths[-1]
    for k in range(x.shape[0]):
        for end in range(2):
            below = x[k] - low if end == 0 else high - x[k]
            if not below < widest:
                continue
            for w in range(widths.shape[0]):
                if below < widths[w]:
                    found[end, w, 0] += 1
                elif below < 2.0 * widths[w]:
                    found[end, w, 1] += 1
    return found
