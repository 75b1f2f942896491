"""Jitted passes over the samples of one channel for the quality gate; a test holds them to numpy."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from legato.recording import FloatArray


@njit(cache=True, fastmath={"reassoc"})
def cut_blocks(
    x: FloatArray, start: NDArray[np.int64], window: FloatArray, line: FloatArray, out: FloatArray, mean: FloatArray
) -> None:
    """The blocks of `x` from each start, less their means and least-squares lines, times the window, into `out`.

    `line` is a rising line of mean 0 and square sum 1; `mean` takes the means.
    """
    length = window.shape[0]
    for b in range(start.shape[0]):
        block, row = x[start[b] : start[b] + length], out[b]
        total, tilt = 0.0, 0.0
        for k in range(length):
            total += block[k]
            tilt += block[k] * line[k]
        total /= length
        # The line has mean 0, so the mean need not be taken off before the tilt is measured.
        for k in range(length):
            row[k] = (block[k] - total - tilt * line[k]) * window[k]
        mean[b] = total


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
