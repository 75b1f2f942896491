"""The repetition finder's core: excursions of one signal away from home and back, free of any fixed size."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from legato.recording import FloatArray
from legato.signals.gaps import runs_of

_CLEAR_SHARE = 0.1
"""Share of the usual excursion that must be seen on both sides of a far point at the edge of the data. [ENG] A
turning point with less beside it cannot be told from a pause in the middle of the way."""

_RISE_SHARE = 0.5
"""Share of the usual excursion that must be seen of a rise that the edge of the data cuts. [ENG] With less, the
instant in the middle of the rise lies outside the data."""

_STILL_SHARE = 0.1
"""Share of the peak speed below which a far point at the very edge of the data counts as reached. [ENG]"""

_USUAL_SHARE = 0.6
"""Excursions of at least this share of the largest one say what is usual in this set. [ENG] Keeps half repetitions and
un-racking dips from lowering the measure they are judged by."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """An excursion: samples of the low before it, the far point and the low after it, how far it rose and fell, and
    the first and last (exclusive) sample of the gap-free stretch that holds it.
    """

    before: int
    far: int
    after: int
    rise: float
    fall: float
    first: int
    stop: int

    @property
    def size(self) -> float:
        """The larger of rise and fall."""
        return max(self.rise, self.fall)


def find_cycles(
    signal: FloatArray,
    rate_hz: float,
    least: float,
    *,
    keep: float = 0.4,
    anchor: Literal["far", "rise"] = "far",
    apart_s: float = 0.0,
) -> tuple[tuple[Cycle, ...], float]:
    """Excursions of a signal that counts as high when far from home.

    Turning points are found with hysteresis: one counts only when the signal moves back from it by more than a
    threshold, so neither pauses nor tremor nor drift make one. The threshold is first `least`, then `keep` times the
    usual excursion found so.

    Parameters
    ----------
    signal
        Low-passed samples, any unit, shape (n,); NaN where nothing is known. Every stretch between gaps stands alone.
    rate_hz
        Sampling rate, Hz.
    least
        Smallest excursion that counts at all, unit of `signal`.
    keep
        Share of the usual excursion below which one is ignored.
    anchor
        `far`: an excursion cut by the edge of the data counts when its far point is inside and clear. `rise`: when
        its rise is.
    apart_s
        Of two far points closer than this, s, only the larger counts.

    Returns
    -------
    The excursions in order of time, and the usual size (0 where there are none).
    """
    stretches = [(a, b) for a, b in runs_of(~np.isnan(signal)) if b - a >= 3]
    found = [c for a, b in stretches for c in _excursions(signal, a, b, least)]
    if not found:
        return (), 0.0
    usual = usual_size([c.size for c in found])
    threshold = max(least, keep * usual)
    whole = [c for a, b in stretches for c in _excursions(signal, a, b, threshold)]
    clear = [c for c in whole if _is_clear(c, signal, usual, anchor)]
    if apart_s > 0.0:
        clear = _thinned(clear, apart_s * rate_hz)
    return tuple(clear), usual


def usual_size(sizes: list[float]) -> float:
    """Median of the sizes that reach 60 % of the largest."""
    largest = max(sizes)
    return float(np.median([s for s in sizes if s >= _USUAL_SHARE * largest]))


def turning_points(signal: FloatArray, threshold: float) -> list[tuple[int, bool]]:
    """Alternating extremes of a signal without gaps, each more than `threshold` from the next; True marks a high one.

    The first and the last are provisional: the farthest point on the edge's side of their neighbour, however near.
    """
    slope = np.sign(np.diff(signal))
    moving = np.flatnonzero(slope)
    if moving.size == 0:
        return []
    turns = moving[1:][slope[moving[1:]] != slope[moving[:-1]]]
    points = np.concatenate(([0], turns, [signal.size - 1]))
    high = low = int(points[0])
    rising: bool | None = None
    confirmed: list[tuple[int, bool]] = []
    for i in (int(p) for p in points):
        if signal[i] > signal[high]:
            high = i
        if signal[i] < signal[low]:
            low = i
        if rising is not False and signal[high] - signal[i] >= threshold:
            confirmed.append((high, True))
            rising, low = False, i
        elif rising is not True and signal[i] - signal[low] >= threshold:
            confirmed.append((low, False))
            rising, high = True, i
    if not confirmed:
        return []
    i, is_high = confirmed[0]
    if i > 0:
        head = signal[: i + 1]
        confirmed.insert(0, (int(head.argmin() if is_high else head.argmax()), not is_high))
    for _ in range(2):
        i, is_high = confirmed[-1]
        tail = signal[i:]
        j = i + int(tail.argmin() if is_high else tail.argmax())
        if j > i:
            confirmed.append((j, not is_high))
    return confirmed


def _excursions(signal: FloatArray, first: int, stop: int, threshold: float) -> list[Cycle]:
    points = turning_points(signal[first:stop], threshold)
    found: list[Cycle] = []
    for k, (i, is_high) in enumerate(points):
        if not is_high:
            continue
        before = points[k - 1][0] if k > 0 else i
        after = points[k + 1][0] if k + 1 < len(points) else i
        x = signal[first:stop]
        rise, fall = float(x[i] - x[before]), float(x[i] - x[after])
        if max(rise, fall) >= threshold:
            found.append(Cycle(before + first, i + first, after + first, rise, fall, first, stop))
    return found


def _is_clear(cycle: Cycle, signal: FloatArray, usual: float, anchor: Literal["far", "rise"]) -> bool:
    if anchor == "far":
        return min(cycle.rise, cycle.fall) >= _CLEAR_SHARE * usual
    if cycle.rise < _RISE_SHARE * min(usual, cycle.size):
        return False
    if cycle.far < cycle.stop - 1:
        return True
    steps = np.diff(signal[cycle.before : cycle.far + 1])
    return bool(steps.size) and float(steps[-1]) <= _STILL_SHARE * float(steps.max())


def _thinned(cycles: list[Cycle], apart: float) -> list[Cycle]:
    kept = list(cycles)
    while True:
        near = [(a, b) for a, b in pairwise(kept) if b.far - a.far < apart]
        if not near:
            return kept
        a, b = near[0]
        kept.remove(a if a.size < b.size else b)
