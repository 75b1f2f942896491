"""Whether a bar that goes up and down comes back to where it was, as a sensor's velocity, summed up, says."""

import math
from dataclasses import replace

from legato.bar.model import BarTrack
from legato.bar.phases import Way, find_ways, ways_of_rep
from legato.bar.reps import error_of_mean

_LEAST_REPS = 3
"""Fewer say nothing of a sensor. [ENG]"""

_RARE = 0.01
"""Chance of as large mismatches by the errors that are told, below which these are taken as too small. [ENG]"""

_SAME_SD_M = 0.01
"""SD of the difference between a lift's way up and its way down, m. [ENG] plates settle, and a lifter stands a little
taller or lower; a partial repetition goes as far down as up."""


def with_closed_ways(track: BarTrack) -> BarTrack:
    """The track of a sensor with errors that hold what its ways up and down differ by.

    Whole or partial, a repetition ends where it began, so the height after its way up and its way down should be that
    before them within the errors of both. How far the ranges of unlike repetitions differ says nothing, as a partial
    one is honest. Where all differences together are rarer than 1 in 100, the velocity's errors are widened by as much
    as makes them usual, and a note says so.
    """
    from scipy.special import fdtrc

    left: list[tuple[float, float]] = []
    for down, up, _, _ in ways_of_rep(find_ways(track)):
        if down is None or _is_lost(track, up) or _is_lost(track, down):
            continue
        first, last = min(up.first, down.first), max(up.stop, down.stop) - 1
        gap = float(track.height[last] - track.height[first])
        left.append((gap, math.hypot(_error_m(track, up), _error_m(track, down), _SAME_SD_M)))
    if len(left) < _LEAST_REPS:
        return track
    square = sum((gap / sd) ** 2 for gap, sd in left)
    if float(fdtrc(len(left), track.dof, square / len(left))) >= _RARE:
        return track
    wider = math.sqrt(square / len(left))
    typical = math.sqrt(sum(gap**2 for gap, _ in left) / len(left))
    note = (
        f"bar sensor: ways up and down of one repetition differ by {100.0 * typical:.2g} cm (root mean square), more"
        f" than its errors explain; its intervals are {wider:.2g} times as wide for that"
    )
    return replace(track, velocity_sd=wider * track.velocity_sd, notes=(*track.notes, note))


def _error_m(track: BarTrack, way: Way) -> float:
    """Standard error of how far a way went, m."""
    return error_of_mean(track.velocity_sd[way.first : way.stop], way.duration_s, track.correlation_s) * way.duration_s


def _is_lost(track: BarTrack, way: Way) -> bool:
    start, end = track.start_s + way.start_s, track.start_s + way.end_s
    return any(span.start_s < end and span.end_s > start for span, _ in track.lost)
