"""Jitted recursion of second-order sections, time-major: the inner loop runs over channels, so it vectorises."""

import numpy as np
from numba import njit

from legato.recording import FloatArray


@njit(cache=True)
def _run_section(x: FloatArray, coefficients: FloatArray, first: FloatArray, second: FloatArray, back: bool) -> None:
    """One section (b0 b1 b2 a1 a2) over `x` (n, channels) in place, with its two states (channels,) alike."""
    n, channels = x.shape
    b0, b1, b2, a1, a2 = coefficients[0], coefficients[1], coefficients[2], coefficients[3], coefficients[4]
    for k in range(n):
        row = x[n - 1 - k] if back else x[k]
        for c in range(channels):
            v = row[c]
            y = b0 * v + first[c]
            first[c] = b1 * v - a1 * y + second[c]
            second[c] = b2 * v - a2 * y
            row[c] = y


@njit(cache=True)
def zero_phase(x: FloatArray, sections: FloatArray, pad: int) -> FloatArray:
    """Forward and backward pass over `x` (n, channels) without gaps, on an odd extension of `pad` samples a side.

    The chord from first to last sample is taken out before and put back after: it passes unchanged, and without it both
    ends of the extension start at rest.
    """
    n, channels = x.shape
    long = np.empty((n + 2 * pad, channels))
    slope = (x[n - 1] - x[0]) / max(n - 1, 1)
    for i in range(n):
        for c in range(channels):
            long[pad + i, c] = x[i, c] - x[0, c] - i * slope[c]
    for i in range(pad):
        for c in range(channels):
            long[i, c] = -long[2 * pad - i, c]
            long[n + pad + i, c] = -long[n + pad - 2 - i, c]
    first, second = np.empty(channels), np.empty(channels)
    for back in (False, True):
        start = n + 2 * pad - 1 if back else 0
        for s in range(sections.shape[0]):
            # A section of gain 1 at 0 Hz holds these states after a long run of its first sample.
            for c in range(channels):
                first[c] = (1.0 - sections[s, 0]) * long[start, c]
                second[c] = (sections[s, 2] - sections[s, 4]) * long[start, c]
            _run_section(long, sections[s], first, second, back)
    out = np.empty((n, channels))
    for i in range(n):
        for c in range(channels):
            out[i, c] = long[pad + i, c] + x[0, c] + i * slope[c]
    return out
