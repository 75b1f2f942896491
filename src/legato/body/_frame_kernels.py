"""Jitted passes over frames: points into segment axes, joint angles, turn-free angles, distances out of bounds."""

import math

import numpy as np
from numba import njit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from legato.recording import BoolArray, FloatArray


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def into_axes(rotation: FloatArray, origin: FloatArray, position: FloatArray) -> FloatArray:
    """Lab positions (n, 3) in the axes of a segment: Rᵀ (p - o)."""
    n = position.shape[0]
    out = np.empty((n, 3))
    for i in range(n):
        r = rotation[i]
        d0, d1, d2 = position[i, 0] - origin[i, 0], position[i, 1] - origin[i, 1], position[i, 2] - origin[i, 2]
        for j in range(3):
            out[i, j] = r[0, j] * d0 + r[1, j] * d1 + r[2, j] * d2
    return out


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def cardan_zxy(proximal: FloatArray, distal: FloatArray) -> FloatArray:
    """Turns about proximal z, floating axis and distal y of the distal segment on the proximal one, shape (n, 3)."""
    n = proximal.shape[0]
    out = np.empty((n, 3))
    for i in range(n):
        p, d = proximal[i], distal[i]
        r01 = p[0, 0] * d[0, 1] + p[1, 0] * d[1, 1] + p[2, 0] * d[2, 1]
        r11 = p[0, 1] * d[0, 1] + p[1, 1] * d[1, 1] + p[2, 1] * d[2, 1]
        r21 = p[0, 2] * d[0, 1] + p[1, 2] * d[1, 1] + p[2, 2] * d[2, 1]
        r20 = p[0, 2] * d[0, 0] + p[1, 2] * d[1, 0] + p[2, 2] * d[2, 0]
        r22 = p[0, 2] * d[0, 2] + p[1, 2] * d[1, 2] + p[2, 2] * d[2, 2]
        out[i, 0] = math.atan2(-r01, r11)
        out[i, 1] = math.atan2(r21, math.sqrt(r01 * r01 + r11 * r11))
        out[i, 2] = math.atan2(-r20, r22)
    return out


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def unwrapped(angle: FloatArray) -> FloatArray:
    """An angle (n,) on the branch nearest to its last known value; NaN stays."""
    out = angle.copy()
    turns = 0.0
    last = np.nan
    for i in range(angle.shape[0]):
        if math.isnan(angle[i]):
            continue
        if not math.isnan(last):
            turns -= np.round((angle[i] + turns - last) / (2.0 * math.pi)) * 2.0 * math.pi
        out[i] = angle[i] + turns
        last = out[i]
    return out


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def _excess(frame: FloatArray, usual: FloatArray, tolerance: FloatArray, order: "np.ndarray", out: FloatArray) -> int:
    """Deviation of each distance from its usual value, 0 where within tolerance or unknown; the number beyond."""
    count = order.shape[0]
    beyond = 0
    for a in range(count):
        for b in range(a + 1, count):
            d0 = frame[order[a], 0] - frame[order[b], 0]
            d1 = frame[order[a], 1] - frame[order[b], 1]
            d2 = frame[order[a], 2] - frame[order[b], 2]
            off = abs(math.sqrt(d0 * d0 + d1 * d1 + d2 * d2) - usual[a, b])
            out[a, b] = 0.0
            if off > tolerance[a, b]:
                out[a, b] = off
                beyond += 1
    return beyond


@njit(cache=True)  # pyright: ignore[reportUntypedFunctionDecorator]
def misplaced(points: FloatArray, usual: FloatArray, tolerance: FloatArray) -> BoolArray:
    """Samples (n, M) out of place, by the distances (M, M) that the markers of `points` (n, M, 3) usually keep.

    Where exchanging two labels mends a frame both are out of place; otherwise the marker with the most broken distances,
    two at least, until none has. Of two markers alone both are.
    """
    n, count, _ = points.shape
    out = np.zeros((n, count), dtype=np.bool_)
    off = np.zeros((count, count))
    trial = np.zeros((count, count))
    order = np.arange(count)
    hits = np.zeros(count, dtype=np.int64)
    for i in range(n):
        if _excess(points[i], usual, tolerance, order, off) == 0:
            continue
        if count == 2:
            out[i, :] = True
            continue
        mended = False
        for a in range(count):
            for b in range(a + 1, count):
                order[a], order[b] = b, a
                if not mended and off.sum() > 0.0 and _excess(points[i], usual, tolerance, order, trial) == 0:
                    before, after = 0.0, 0.0
                    for c in range(count):
                        for d in range(c + 1, count):
                            if off[c, d] > 0.0:
                                before += off[c, d]
                                e = points[i, order[c]] - points[i, order[d]]
                                after += abs(math.sqrt(e[0] * e[0] + e[1] * e[1] + e[2] * e[2]) - usual[c, d])
                    if after < 0.3 * before:
                        mended = True
                        out[i, a] = out[i, b] = True
                order[a], order[b] = a, b
        while not mended:
            hits[:] = 0
            for a in range(count):
                for b in range(a + 1, count):
                    if off[a, b] > 0.0:
                        hits[a] += 1
                        hits[b] += 1
            worst = int(np.argmax(hits))
            if hits[worst] < 2:
                break
            out[i, worst] = True
            off[worst, :] = 0.0
            off[:, worst] = 0.0
    return out
