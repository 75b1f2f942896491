"""Where a channel is active at all: its level at rest, and the stretches that stand out from it."""

import math
from dataclasses import dataclass

import numpy as np

from legato.muscles._blocks import ordered
from legato.muscles._power_kernels import deepest_valley, mark_activity, mean_there, window_means
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

SCALES_S = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Windows over which power is compared with rest, s: from a short burst to a weak long one. [ENG]"""

_SEED_Z = 5.5
"""How far in normal deviates a window must stand out to start a burst; by chance less than one in 10⁷ does. [ENG]"""

_EXTENT_Z = 2.33
"""How far a window must stand out to belong to a burst that is there already: one in a hundred by chance. [ENG]"""

_LEAST_RATIO = 1.4
"""Least power of a burst over that at rest. [ENG]"""

_JOIN_S = 0.06
"""A pause shorter than this is a part of the burst: 50 ms windows cannot tell it from chance. [ENG]"""

_SPIKE_S = 0.012
"""Half the stretch around the highest bin without which a burst must still stand out: a spike does not. [ENG]"""

_VALLEY_Z = 5.5
_VALLEY_RATIO = 0.1
"""Two humps are two bursts where the power between them falls to this share of the lower one's, a third of its
amplitude, beyond chance. [ENG]"""

_GOES_ON = 0.3
"""Least power above rest between two finds, over that of the weaker, where both are one weak activity. [ENG]"""

_FAINT = 0.0025
"""Least power above rest of a burst over that of the channel's strongest: at a twentieth of its amplitude a neighbour's
activity is not told from the muscle's own. [ENG]"""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of activity in bins, `start` to `stop` (exclusive), known to some 50 ms.

    `cut_before`, `cut_after`: another burst joins there without a rest between.
    """

    start: int
    stop: int
    cut_before: bool = False
    cut_after: bool = False


def moving_mean(power: FloatArray, there: FloatArray, bins: int) -> FloatArray:
    """Mean over `bins` centred bins, weighted by what was recorded; NaN where less than half of it was."""
    out = np.empty(len(power))
    window_means(power, there, bins, out)
    return out


def chance_ratio(z: float, dof: float) -> float:
    """Ratio that the mean of a gamma variable with `dof` degrees of freedom exceeds as rarely as a normal one `z`
    (Wilson & Hilferty 1931).
    """
    spread = 2.0 / (9.0 * dof)
    return max(0.0, 1.0 - spread + z * spread**0.5) ** 3


def rest_level(power: FloatArray, there: FloatArray, bin_s: float, dof: float) -> float:
    """Mean power at rest: of the 50 ms windows that chance can lift no higher, from the lowest tenth upwards.

    `dof` is the number of degrees of freedom of a bin's power at rest. NaN where nothing was recorded.
    """
    bins = max(1, round(SCALES_S[0] / bin_s))
    windows = moving_mean(power, there, bins)[bins // 2 :: max(1, bins // 4)]
    windows = windows[np.isfinite(windows)]
    if not windows.size:
        return float("nan")
    level = ordered(windows, 0.1) / max(chance_ratio(-1.28, dof * bins), 0.1)
    limit = chance_ratio(_EXTENT_Z, dof * bins)
    for _ in range(30):
        low = windows[windows <= limit * level]
        then = float(low.mean()) if low.size else level
        if abs(then - level) <= 1e-4 * level:
            break
        level = then
    return level


def find_segments(power: FloatArray, there: FloatArray, bin_s: float, dof: float) -> list[Segment]:
    """Stretches in which power stands out from rest.

    Parameters
    ----------
    power, there
        Power over that at rest and share recorded, one a bin, shape (n_bins,).
    bin_s
        Length of a bin, s.
    dof
        Degrees of freedom of one bin's power, summed over many.
    """
    found = np.zeros(len(power), bool)
    covered = np.zeros(len(power), bool)
    bins = np.array([max(1, round(scale / bin_s)) for scale in SCALES_S])
    # A wide window reaches beyond a burst.
    trims = np.where(bins > bins[0], bins // 4, 0)
    least, extents = (
        np.array([max(chance_ratio(z, dof * int(b)), _LEAST_RATIO) for b in bins]) for z in (_SEED_Z, _EXTENT_Z)
    )
    mark_activity(power, there, bins, trims, least, extents, found, covered)
    _bridge(power, there, found, covered)
    joined: list[tuple[int, int]] = []
    for start, stop in runs_of(found):
        if joined and start - joined[-1][1] < round(_JOIN_S / bin_s):
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    whole = [(a, b) for a, b in joined if not _is_spike(power, there, a, b, bin_s, dof)]
    found_all = [segment for a, b in whole for segment in _split(power, there, a, b, bin_s, dof)]
    above = [_mean(power, there, segment.start, segment.stop) - 1.0 for segment in found_all]
    return [s for s, a in zip(found_all, above, strict=True) if a >= _FAINT * max(above)]


def _bridge(power: FloatArray, there: FloatArray, found: BoolArray, covered: BoolArray) -> None:
    """Fill `found` where a wide window is `covered` by a hole between two finds or by what goes on from one."""
    above = {edge: _mean(power, there, a, b) - 1.0 for a, b in runs_of(found) for edge in (a, b)}
    for start, stop in runs_of(covered & ~found):
        beside = [above[edge] for edge in (start, stop) if edge in above]
        hole = len(beside) == 2 and float(there[start:stop].mean()) < 0.5
        if hole or (beside and _mean(power, there, start, stop) - 1.0 > _GOES_ON * min(beside)):
            found[start:stop] = True


def _mean(power: FloatArray, there: FloatArray, start: int, stop: int) -> float:
    return mean_there(power[start:stop], there[start:stop])[0]


def _is_spike(power: FloatArray, there: FloatArray, start: int, stop: int, bin_s: float, dof: float) -> bool:
    """Whether a stretch stands out only by the few bins around its highest."""
    margin = round(_SPIKE_S / bin_s)
    weight = there[start:stop].copy()
    top = int(np.argmax(power[start:stop] * weight))
    weight[max(0, top - margin) : top + margin + 1] = 0.0
    left, bins = mean_there(power[start:stop], weight)
    return bins < round(_JOIN_S / bin_s) / 3 or left < max(chance_ratio(_EXTENT_Z, dof * bins), _LEAST_RATIO)


def _split(power: FloatArray, there: FloatArray, start: int, stop: int, bin_s: float, dof: float) -> list[Segment]:
    """A stretch cut at its deepest valley, and its parts likewise, as long as one is beyond chance."""
    cut = _valley(power, there, start, stop, bin_s, dof)
    if cut is None:
        return [Segment(start, stop)]
    before = _split(power, there, start, cut, bin_s, dof)
    after = _split(power, there, cut, stop, bin_s, dof)
    last, first = before[-1], after[0]
    before[-1] = Segment(last.start, last.stop, last.cut_before, True)
    after[0] = Segment(first.start, first.stop, True, first.cut_after)
    return before + after


def _valley(power: FloatArray, there: FloatArray, start: int, stop: int, bin_s: float, dof: float) -> int | None:
    """The bin of the valley that is deepest beyond chance, None where there is none."""
    best, where = _VALLEY_Z, None
    for scale in SCALES_S[:-1]:
        bins = round(scale / bin_s)
        if stop - start < 3 * bins:
            break
        # Log powers of two windows differ by chance with this SD.
        spread = math.sqrt(4.0 / (dof * bins))
        depth, at = deepest_valley(power[start:stop], there[start:stop], bins, max(1, bins // 4), _VALLEY_RATIO)
        if depth / spread > best:
            best, where = depth / spread, start + at
    return where


def rest_mask(n: int, segments: list[Segment], margin: int) -> BoolArray:
    """Bins at least `margin` away from every segment, shape (n,)."""
    mask = np.ones(n, bool)
    for segment in segments:
        mask[max(0, segment.start - margin) : segment.stop + margin] = False
    return mask
