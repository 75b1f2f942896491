"""Jitted recursion of second-order sections, time-major: the inner loop runs over channels, so it vectorises."""

import numpy as np
from numba import njit

from legato.recording import BoolArray, FloatArray


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
def _run_two(x: FloatArray, two: FloatArray, states: FloatArray, back: bool) -> None:
    """Two sections (2, 5) over one channel (n, 1) in place, with their states (4,).

    In one sweep the chains of both overlap, and the states stay in registers.
    """
    n = x.shape[0]
    b0, b1, b2, a1, a2 = two[0, 0], two[0, 1], two[0, 2], two[0, 3], two[0, 4]
    d0, d1, d2, c1, c2 = two[1, 0], two[1, 1], two[1, 2], two[1, 3], two[1, 4]
    p, q, r, s = states[0], states[1], states[2], states[3]
    at, step = (n - 1, -1) if back else (0, 1)
    for _ in range(n):
        v = x[at, 0]
        y = b0 * v + p
        p = (b1 * v + q) - a1 * y
        q = b2 * v - a2 * y
        z = d0 * y + r
        r = (d1 * y + s) - c1 * z
        s = d2 * y - c2 * z
        x[at, 0] = z
        at += step


@njit(cache=True)
def _forward_and_back(long: FloatArray, sections: FloatArray, gains: FloatArray) -> None:
    """Both passes over `long` (n, channels) in place; `gains` (k,) are the gains of the sections at 0 Hz."""
    n, channels = long.shape
    first, second, states = np.empty(channels), np.empty(channels), np.empty(4)
    for back in (False, True):
        start = n - 1 if back else 0
        if channels == 1 and sections.shape[0] == 2:
            v = long[start, 0]
            w = gains[0] * v
            states[0] = (gains[0] - sections[0, 0]) * v
            states[1] = (sections[0, 2] - sections[0, 4] * gains[0]) * v
            states[2] = (gains[1] - sections[1, 0]) * w
            states[3] = (sections[1, 2] - sections[1, 4] * gains[1]) * w
            _run_two(long, sections, states, back)
            continue
        for s in range(sections.shape[0]):
            # The states that a section holds after a long run of its first sample.
            for c in range(channels):
                first[c] = (gains[s] - sections[s, 0]) * long[start, c]
                second[c] = (sections[s, 2] - sections[s, 4] * gains[s]) * long[start, c]
            _run_section(long, sections[s], first, second, back)


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
    _forward_and_back(long, sections, np.full(sections.shape[0], 1.0))  # pyright: ignore[reportUnknownArgumentType]
    out = np.empty((n, channels))
    for i in range(n):
        for c in range(channels):
            out[i, c] = long[pad + i, c] + x[0, c] + i * slope[c]
    return out


@njit(cache=True)
def _end_level(x: FloatArray, c: int, start: int, step: int, reach: int) -> float:
    """Value at sample `start` of the least-squares line through `reach` samples of channel `c` from there on."""
    mean, slope, square = 0.0, 0.0, 0.0
    middle = 0.5 * (reach - 1)
    for i in range(reach):
        v = x[start + step * i, c]
        mean += v
        slope += (i - middle) * v
        square += (i - middle) ** 2
    mean /= reach
    return mean - middle * slope / square if square > 0.0 else mean


@njit(cache=True)
def zero_phase_high(x: FloatArray, sections: FloatArray, gains: FloatArray, pad: int, reach: int) -> FloatArray:
    """Forward and backward pass of sections that stop 0 Hz over `x` (n, channels) without gaps.

    Each end is extended by `pad` samples turned about the level there, a line through `reach` samples: turned about its
    last sample alone, the run would step by twice that sample's noise.
    """
    n, channels = x.shape
    long = np.empty((n + 2 * pad, channels))
    for c in range(channels):
        head, tail = _end_level(x, c, 0, 1, reach), _end_level(x, c, n - 1, -1, reach)
        for i in range(n):
            long[pad + i, c] = x[i, c]
        for i in range(pad):
            long[i, c] = 2.0 * head - x[pad - i, c]
            long[n + pad + i, c] = 2.0 * tail - x[n - 2 - i, c]
    _forward_and_back(long, sections, gains)
    return long[pad : pad + n].copy()


@njit(cache=True)
def run_causal(
    x: FloatArray,
    sections: FloatArray,
    gains: FloatArray,
    first: FloatArray,
    second: FloatArray,
    running: BoolArray,
    out: FloatArray,
) -> None:
    """One forward pass over `x` (n, channels) into `out`, carrying the states (k, channels) from call to call.

    A missing sample (not finite) is NaN in the result and stops its channel; the next one starts it as if it had been
    there for ever.
    """
    n, channels = x.shape
    for i in range(n):
        for c in range(channels):
            v = x[i, c]
            if not np.isfinite(v):
                running[c] = False
                out[i, c] = np.nan
                continue
            if not running[c]:
                running[c] = True
                held = v
                for s in range(sections.shape[0]):
                    first[s, c] = (gains[s] - sections[s, 0]) * held
                    second[s, c] = (sections[s, 2] - sections[s, 4] * gains[s]) * held
                    held *= gains[s]
            for s in range(sections.shape[0]):
                y = sections[s, 0] * v + first[s, c]
                first[s, c] = sections[s, 1] * v - sections[s, 3] * y + second[s, c]
                second[s, c] = sections[s, 2] * v - sections[s, 4] * y
                v = y
            out[i, c] = v
