"""Jitted passes over frames: points into segment axes, joint angles, turn-free angles, distances out of bounds."""

import math
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from legato.recording import BoolArray, FloatArray

IntArray: TypeAlias = NDArray[np.int64]


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True)
def unwrapped(angle: FloatArray) -> tuple[FloatArray, float]:
    """An angle (n,) on the branch nearest to its last known value, NaN stays, and its largest magnitude."""
    out = angle.copy()
    turns = 0.0
    last = np.nan
    largest = 0.0
    for i in range(angle.shape[0]):
        if math.isnan(angle[i]):
            continue
        if not math.isnan(last):
            ahead: float = (angle[i] + turns - last) / (2.0 * math.pi)
            if abs(ahead) > 0.5:
                turns -= np.round(ahead) * 2.0 * math.pi
        out[i] = angle[i] + turns
        last = out[i]
        largest = max(largest, abs(last))
    return out, largest


@njit(cache=True)
def _strain(
    frame: FloatArray, usual: FloatArray, tolerance: FloatArray, order: IntArray, off: FloatArray
) -> tuple[int, float]:
    """How many distances of a frame lie beyond tolerance, and by how much all of them differ from usual in sum.

    `order` says which marker stands at each place; `off` takes the deviations beyond tolerance, 0 elsewhere.
    """
    count = order.shape[0]
    beyond = 0
    total = 0.0
    for a in range(count):
        for b in range(a + 1, count):
            d0 = frame[order[a], 0] - frame[order[b], 0]
            d1 = frame[order[a], 1] - frame[order[b], 1]
            d2 = frame[order[a], 2] - frame[order[b], 2]
            differs = abs(math.sqrt(d0 * d0 + d1 * d1 + d2 * d2) - usual[a, b])
            off[a, b] = 0.0
            if not math.isnan(differs):
                total += differs
            if differs > tolerance[a, b]:
                off[a, b] = differs
                beyond += 1
    return beyond, total


@njit(cache=True)
def misplaced(points: FloatArray, usual: FloatArray, doubted: FloatArray, broken: FloatArray) -> BoolArray:
    """Samples (n, M) out of place, by the distances (M, M) that the markers of `points` (n, M, 3) usually keep.

    A frame with a distance off by more than `doubted` is tried for exchanged labels: where an exchange mends it both
    are out of place (of several such exchanges those about as good as the best). Otherwise, while a distance is off by
    more than `broken`, the marker is whose doubted distances, two at least, are off most in sum. Of two markers alone
    both are.
    """
    n, count, _ = points.shape
    out = np.zeros((n, count), dtype=np.bool_)
    partner = np.full((n, count), -1, dtype=np.int64)
    off = np.zeros((count, count))
    trial = np.zeros((count, count))
    mended = np.zeros((count, count))
    order = np.arange(count, dtype=np.int64)
    hits = np.zeros(count, dtype=np.int64)
    blame = np.zeros(count)
    for i in range(n):
        beyond, strain = _strain(points[i], usual, doubted, order, off)
        if beyond == 0:
            continue
        if count == 2:
            out[i, :] = off[0, 1] > broken[0, 1]
            continue
        best = 0.3 * strain
        for a in range(count):
            for b in range(a + 1, count):
                order[a], order[b] = b, a
                left, mended[a, b] = _strain(points[i], usual, doubted, order, trial)
                order[a], order[b] = a, b
                if left > 0:
                    mended[a, b] = np.inf
                best = min(best, mended[a, b])
        swapped = False
        for a in range(count):
            for b in range(a + 1, count):
                if mended[a, b] < 0.3 * strain and mended[a, b] <= 2.0 * best:
                    out[i, a] = out[i, b] = swapped = True
                    partner[i, a] = b
        while not swapped:
            hits[:] = 0
            blame[:] = 0.0
            severe = False
            for a in range(count):
                for b in range(a + 1, count):
                    if off[a, b] > 0.0:
                        severe = severe or off[a, b] > broken[a, b]
                        hits[a] += 1
                        hits[b] += 1
                        blame[a] += off[a, b]
                        blame[b] += off[a, b]
            worst = int(np.argmax(blame))
            if not severe or hits[worst] < 2:
                break
            out[i, worst] = True
            off[worst, :] = 0.0
            off[:, worst] = 0.0
    _grow_swaps(points, usual, doubted, partner, out, 1)
    _grow_swaps(points, usual, doubted, partner, out, -1)
    return out


@njit(cache=True)
def _grow_swaps(
    points: FloatArray, usual: FloatArray, doubted: FloatArray, partner: IntArray, out: BoolArray, step: int
) -> None:
    """Carry exchanges on to neighbouring frames for as long as they fit better exchanged than not.

    Labels of two markers that lie almost alike to the others are told apart in some frames of an exchange only.
    """
    n, count, _ = points.shape
    trial = np.zeros((count, count))
    order = np.arange(count, dtype=np.int64)
    for k in range(1, n):
        i = k if step > 0 else n - 1 - k
        for a in range(count):
            b = partner[i - step, a]
            if b < 0 or partner[i, a] >= 0 or math.isnan(points[i, a, 0]) or math.isnan(points[i, b, 0]):
                continue
            _, plain = _strain(points[i], usual, doubted, order, trial)
            order[a], order[b] = b, a
            _, exchanged = _strain(points[i], usual, doubted, order, trial)
            order[a], order[b] = a, b
            if exchanged < plain:
                partner[i, a] = b
                out[i, a] = out[i, b] = True
