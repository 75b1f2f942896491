"""Jitted recursion of second-order sections, time-major: the inner loop runs over channels, so it vectorises."""

import numpy as np
from numba import njit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from legato.recording import FloatArray


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def run_sections(x: FloatArray, sections: FloatArray, state: FloatArray) -> None:
    """Filter `x` (n, channels) in place; a row of `sections` is b0 b1 b2 a1 a2, `state` (sections, 2, channels)."""
    n, channels = x.shape
    for i in range(n):
        for s in range(sections.shape[0]):
            b0, b1, b2, a1, a2 = sections[s, 0], sections[s, 1], sections[s, 2], sections[s, 3], sections[s, 4]
            for c in range(channels):
                v = x[i, c]
                y = b0 * v + state[s, 0, c]
                state[s, 0, c] = b1 * v - a1 * y + state[s, 1, c]
                state[s, 1, c] = b2 * v - a2 * y
                x[i, c] = y


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def run_sections_back(x: FloatArray, sections: FloatArray, state: FloatArray) -> None:
    """The same from the last row to the first."""
    n, channels = x.shape
    for k in range(n):
        i = n - 1 - k
        for s in range(sections.shape[0]):
            b0, b1, b2, a1, a2 = sections[s, 0], sections[s, 1], sections[s, 2], sections[s, 3], sections[s, 4]
            for c in range(channels):
                v = x[i, c]
                y = b0 * v + state[s, 0, c]
                state[s, 0, c] = b1 * v - a1 * y + state[s, 1, c]
                state[s, 1, c] = b2 * v - a2 * y
                x[i, c] = y


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
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
    state = np.empty((sections.shape[0], 2, channels))
    for s in range(sections.shape[0]):
        for c in range(channels):
            state[s, 0, c] = (1.0 - sections[s, 0]) * long[0, c]
            state[s, 1, c] = (sections[s, 2] - sections[s, 4]) * long[0, c]
    run_sections(long, sections, state)
    last = n + 2 * pad - 1
    for s in range(sections.shape[0]):
        for c in range(channels):
            state[s, 0, c] = (1.0 - sections[s, 0]) * long[last, c]
            state[s, 1, c] = (sections[s, 2] - sections[s, 4]) * long[last, c]
    run_sections_back(long, sections, state)
    out = np.empty((n, channels))
    for i in range(n):
        for c in range(channels):
            out[i, c] = long[pad + i, c] + x[0, c] + i * slope[c]
    return out
