"""Marker clusters that turn on their bones: one slow random turn for each segment, which all its joints see alike."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from legato.kinetics._power_kernels import course_rates
from legato.kinetics.power_errors import CLUSTER_TURN_SD, DRAWS
from legato.recording import FloatArray

_SPLINE_MEAN_SQUARE = 151.0 / 315.0
"""Of a cubic B-spline over a spacing of its knots; that of its slope is 2/3."""

_BLOCK = 16
"""Knots that are drawn together."""

_STILL_S = 10.0
"""Spacing of a segment that is still or turns more slowly than this, s. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class ClusterTurn:
    """What a cluster that turns on its bone adds to the power of one joint.

    `segment` names the draws, which every joint of the segment shares; `by_rate` (n, 3, 3) is what a rate of 1 rad/s
    about each of the segment's axes adds to the power handed on by force and given by the moment to the segments ahead
    and behind, W; `spacing_s` lies between two knots of the turn, whose SD about each axis is `sd`, rad; frames begin
    at `start_s`. A cluster that shifts is told alike, in m and m/s.
    """

    segment: str
    by_rate: FloatArray
    spacing_s: float
    start_s: float
    rate_hz: float
    sd: float = CLUSTER_TURN_SD


def spacing_of(rotation: FloatArray, turning: FloatArray) -> float:
    """Time between the knots of a turn that is as quick as the segment's own, s.

    Parameters
    ----------
    rotation
        The segment's axes in the lab, shape (n, 3, 3), NaN where unknown.
    turning
        Its angular velocity, rad/s, shape (n, 3).

    Notes
    -----
    What skin does to markers has the frequencies of the bone's own movement (Leardini et al. 2005, Gait Posture
    21:212): the root mean square of its rate over that of the turn is taken to be the same.
    """
    known = np.isfinite(turning).all(axis=1) & np.isfinite(rotation).all(axis=(1, 2))
    if not known.any():
        return _STILL_S
    rate = float(np.sqrt((turning[known] ** 2).sum(axis=1).mean()))
    mean = rotation[known].mean(axis=0)
    # |R - mean R|² is twice the squared turn about it.
    turn = float(np.sqrt(((rotation[known] - mean) ** 2).sum(axis=(1, 2)).mean() / 2.0))
    if rate * _STILL_S <= turn:
        return _STILL_S
    return spacing_for(rate / turn)


def spacing_for(rate_per_size: float) -> float:
    """Time between the knots of a course whose rate has this root mean square in units of its own, 1/s; s."""
    return min(_STILL_S, float(np.sqrt(2.0 / 3.0 / _SPLINE_MEAN_SQUARE)) / max(rate_per_size, 1e-9))


def drawn_rates(
    turns: Sequence[ClusterTurn], first: float, last: float, steps: int, rows: int = DRAWS + 1
) -> FloatArray:
    """Rates of the turns about the segments' axes at so many even moments from frame `first` to frame `last`, rad/s,
    in the first `rows` of `DRAWS` + 1 draws, shape (turns, rows, steps, 3); the first row is 0.
    """
    found = np.empty((len(turns), rows, steps, 3))
    for k, turn in enumerate(turns):
        first_s, last_s = turn.start_s + first / turn.rate_hz, turn.start_s + last / turn.rate_hz
        at: FloatArray = np.linspace(first_s, last_s, steps) / turn.spacing_s
        knot = np.floor(at).astype(np.int64) - 1
        slope = _slope(at[:, None] - (knot[:, None] + np.arange(4)))
        slope *= turn.sd / (turn.spacing_s * np.sqrt(_SPLINE_MEAN_SQUARE))
        block = int(knot[0]) // _BLOCK
        blocks = range(block, (int(knot[-1]) + 3) // _BLOCK + 1)
        drawn = [_drawn_knots(turn.segment, b)[:rows] for b in blocks]
        course_rates(np.concatenate(drawn, axis=1), knot - block * _BLOCK, slope, found[k])
    return found


def _slope(x: FloatArray) -> FloatArray:
    """Derivative of the cubic B-spline about 0."""
    size = np.abs(x)
    slope = np.where(size < 1.0, size * (1.5 * size - 2.0), np.where(size < 2.0, -0.5 * (2.0 - size) ** 2, 0.0))
    return np.sign(x) * slope


@lru_cache(maxsize=256)
def _drawn_knots(segment: str, block: int) -> FloatArray:
    """Standard normal numbers of a block of knots about three axes, shape (DRAWS + 1, _BLOCK, 3), the first row 0."""
    drawn = np.random.default_rng([zlib.crc32(segment.encode()), block % 2**32]).standard_normal((DRAWS, _BLOCK, 3))
    return np.concatenate((np.zeros((1, _BLOCK, 3)), drawn))
