"""What the ground does to each foot, on the frames of the motion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.forces.feet import Stand
from legato.forces.model import Plate
from legato.recording import BoolArray, FloatArray
from legato.signals.filters import lowpass
from legato.signals.gaps import runs_of

_DOWN_M = 0.03
"""A heel or toe within this of its lowest level may be on the ground, m. [ENG]"""

_STILL_M_S = 0.3
"""And is so where it moves more slowly than this, m/s. [ENG] The foot of a swinging leg passes as low at some 4 m/s."""

_TOUCHING_S = 0.1
"""For as long as this a foot may touch the ground with less than a plate's threshold, s. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class FootLoad:
    """Force of the ground on a foot, N, and its moment about the lab's origin, N·m, each (n, 3); NaN where it stands
    beside a plate, shares one, or the plate's channels stood at their limit. `on_plate` (n,) is where a plate carries
    it.
    """

    force: FloatArray
    moment: FloatArray
    on_plate: BoolArray


def foot_load(
    plates: Sequence[Plate],
    stands: Sequence[Stand],
    side: str,
    times_s: FloatArray,
    ends_m: Sequence[FloatArray],
    cutoff_hz: float,
) -> FootLoad:
    """The ground's load on one foot at `times_s` (n,).

    Parameters
    ----------
    plates, stands
        As `analyse_forces` gives them.
    side
        `left` or `right`.
    times_s
        Frames of the motion, evenly spaced, s.
    ends_m
        The foot's points in those frames, each (n, 3), m: they tell when it stands where no plate is.
    cutoff_hz
        Forces are low-passed as the motion is, else their shares of a landing would not belong together (Kristianslund,
        Krosshaug & van den Bogert 2012, J Biomech 45:666).
    """
    n = times_s.size
    total = np.zeros((n, 6))
    on_plate, unknown = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    for plate in plates:
        if not plate.stood_on:
            continue
        mine, others = np.zeros(plate.n_samples), np.zeros(plate.n_samples)
        for stand in (s for s in stands if s.plate == plate.index):
            a, b = (round((t - plate.start_s) * plate.rate_hz) for t in (stand.start_s, stand.end_s))
            if stand.foot == side:
                mine[a:b] = 1.0
            elif stand.foot not in ("left", "right"):
                others[a:b] = 1.0
        for span in plate.clipped:
            a, b = (round((t - plate.start_s) * plate.rate_hz) for t in (span.start_s, span.end_s))
            others[a : b + 1] = np.maximum(others[a : b + 1], mine[a : b + 1])
        at = plate.times()
        unknown |= np.interp(times_s, at, others, 0.0, 0.0) > 0.0
        if not mine.any():
            continue
        if plate.moment is None or why_without_moment(plate):
            unknown |= np.interp(times_s, at, mine, 0.0, 0.0) > 0.0
            continue
        wrench = np.hstack((plate.force, plate.moment + np.cross(plate.origin_m, plate.force)))
        wrench = np.where(mine[:, None] > 0.0, wrench, 0.0)
        if cutoff_hz < 0.5 * plate.rate_hz:
            wrench = lowpass(wrench, plate.rate_hz, cutoff_hz)
        for k in range(6):
            total[:, k] += np.asarray(np.interp(times_s, at, wrench[:, k], np.nan, np.nan), np.float64)
        on_plate |= np.interp(times_s, at, mine, 0.0, 0.0) > 0.5
    for first, stop in runs_of(~on_plate & stands_somewhere(ends_m, times_s)):
        unknown[first:stop] |= times_s[stop - 1] - times_s[first] > _TOUCHING_S
    total[unknown] = np.nan
    return FootLoad(total[:, :3], total[:, 3:], on_plate)


def why_without_moment(plate: Plate) -> str:
    """Why a plate's force has no moment about a joint; empty where it has."""
    if plate.moment is None:
        return "measured only the vertical force"
    return "" if plate.frame == "lab" else "has no place in the lab"


def stands_somewhere(ends_m: Sequence[FloatArray], times_s: FloatArray) -> BoolArray:
    """When any end of a foot is low and still, shape (n,): it then stands, on a plate or beside it."""
    found = np.zeros(times_s.size, dtype=np.bool_)
    step = float(times_s[1] - times_s[0])
    for points in ends_m:
        height = points[:, 2]
        known = np.isfinite(height)
        if not known.any():
            continue
        low = height - float(np.quantile(height[known], 0.02)) < _DOWN_M
        speed = np.linalg.norm(np.gradient(points, step, axis=0), axis=1)
        found |= low & (speed < _STILL_M_S)
    return found
