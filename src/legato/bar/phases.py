"""Where a bar goes up and down, and where each way starts and ends."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from legato.bar.edges import CREEP_M_S, CREEP_M_S2, RISEN, Rise, start_of_rise
from legato.bar.model import BarTrack
from legato.recording import FloatArray
from legato.signals.gaps import runs_of

LEAST_RANGE_M = 0.05
"""A shorter way is no repetition: a bar is adjusted by less. [ENG]"""

_LIKE = 0.5
"""A repetition goes at least this share of the usual way: racking and unracking go less. [ENG]"""

_DIP = 0.1
"""A lift that stalls may sink back by this share of its way and still be one lift. [ENG]"""

_REFERENCE = 0.3
"""The first peak of a way's velocity lies within this share of it: a lift that sticks is fastest before and after.
[ENG]"""

_PUSH = 0.2
"""A push that comes first counts from this share of the first peak on: less may be a jolt or noise. [ENG]"""

BEFORE_S = 0.75
"""How long before its first sign a way may have started, s. [ENG]"""

_LEAST_REST_S = 0.25
"""Rest that a start is read against, s, where there is so much. [ENG]"""

QUIET = 0.02
"""Share of the first peak that may pass for rest. [ENG]"""

_TOUCH_S = 0.15
"""A bar that rests for less between two ways may as well turn at once, s. [ENG]"""

OWN_CLOCK = 0.29
"""SD, in samples, of an instant between two of them, where each sample stands for the time around it."""

_PASSED_FOR_REST = 0.07
"""SD of a start beside the time in which the pull is so little that it may pass for rest. [ENG] a rest lasts, so that
few reach into a way."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of the bar, up or down: when it starts and ends, s from the first sample, with the SDs of both, and the
    frames inside.
    """

    start_s: float
    end_s: float
    start_sd_s: float
    end_sd_s: float
    first: int
    stop: int
    up: bool

    @property
    def duration_s(self) -> float:
        """Length, s."""
        return self.end_s - self.start_s


def find_ways(track: BarTrack) -> tuple[Way, ...]:
    """All ways up and down that are as long as repetitions, in order.

    Ways that a missing stretch cuts are not found.
    """
    runs = _merged(_runs(track))
    if not runs:
        return ()
    rising = [r for r in runs if r[2] > 0.0]
    if not rising:
        return ()
    longest = max(r[2] for r in rising)
    usual = float(np.median([r[2] for r in rising if r[2] >= _LIKE * longest]))
    least = max(_LIKE * usual, LEAST_RANGE_M)
    ways = [_edges(track, a, b, went > 0.0) for a, b, went in runs if abs(went) >= least]
    return tuple(w for w in ways if w is not None)


def _runs(track: BarTrack) -> list[tuple[int, int, float]]:
    """Stretches of one direction: first frame, one past the last, way in m."""
    found: list[tuple[int, int, float]] = []
    for sign in (1.0, -1.0):
        moving = np.nan_to_num(sign * track.velocity) > 0.0
        for a, b in runs_of(moving):
            found.append((a, b, float(track.velocity[a:b].sum()) / track.rate_hz))
    return sorted(found)


def _merged(runs: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """The same with short ways back taken into the way that they interrupt, shortest first."""
    runs = list(runs)
    while True:
        dips = [
            k
            for k in range(1, len(runs) - 1)
            if runs[k - 1][1] == runs[k][0]
            and runs[k][1] == runs[k + 1][0]
            and abs(runs[k][2]) < _DIP * min(abs(runs[k - 1][2]), abs(runs[k + 1][2]))
        ]
        if not dips:
            return runs
        k = min(dips, key=lambda i: abs(runs[i][2]))
        before, here, after = runs[k - 1 : k + 2]
        runs[k - 1 : k + 2] = [(before[0], after[1], before[2] + here[2] + after[2])]


def _edges(track: BarTrack, first: int, stop: int, up: bool) -> Way | None:
    """The way inside a stretch of one direction, from and to a standstill."""
    size = track.velocity.size
    if first == 0 or stop >= size or not np.isfinite(track.velocity[first - 1 : stop + 1]).all():
        return None
    sign = 1.0 if up else -1.0
    # Backwards in time the end is a start: the velocity is the same, the height is turned over.
    back = -sign if track.seen.of_height else sign
    speed, seen = sign * track.velocity, track.seen
    start, start_sd = _edge(track, speed, sign * seen.values, track.velocity_sd, seen.sd, first, stop)
    end, end_sd = _edge(
        track, speed[::-1], back * seen.values[::-1], track.velocity_sd[::-1], seen.sd[::-1], size - stop, size - first
    )
    end = size - 1 - end
    if not start < end:
        return None
    rate = track.rate_hz
    # One frame of rest at each end, as far-apart samples lose the first and last of the way otherwise.
    a, b = max(0, int(np.floor(start))), min(size, int(np.ceil(end)) + 1)
    return Way(start / rate, end / rate, start_sd / rate, end_sd / rate, a, b, up)


def _edge(
    track: BarTrack, speed: FloatArray, seen: FloatArray, sd: FloatArray, seen_sd: FloatArray, first: int, stop: int
) -> tuple[float, float]:
    """When the way in a stretch starts, and its SD, in samples."""
    rate = track.rate_hz
    top = first_top(speed, sd, first, stop)
    peak = float(speed[top])
    noise = max(float(np.median(sd[first : top + 1])), CREEP_M_S)
    quiet = min(max(3.0 * noise, QUIET * peak), 0.5 * RISEN * peak)
    # The sample before the stretch does not go its way, so both are found.
    ahead = speed[first - 1 : top + 1]
    last = first + int(np.flatnonzero(ahead < RISEN * peak)[-1])
    leaves = first - 1 + int(np.flatnonzero(ahead[: last - first + 1] < quiet)[-1])
    rest = max(0, leaves - round(BEFORE_S * rate))
    begin, earliest, turn_sd = ground(speed, quiet, rest, leaves, last, rate)
    known = seen[begin : last + 1]
    rise = Rise(
        known, float(np.sqrt((seen_sd[begin : last + 1] ** 2).mean())), rate, track.seen.of_height, earliest, turn_sd
    )
    if track.source != "imu":
        start, start_sd = start_of_rise(rise)
        return begin + start, start_sd
    # What the velocity is wrong by grows from the rest on.
    grown = float(np.sqrt(max(0.0, sd[last] ** 2 - sd[leaves] ** 2))) * rate / (last - begin)
    start, start_sd = start_of_rise(
        replace(rise, offset_sd=max(CREEP_M_S, float(sd[leaves])), slope_sd=max(CREEP_M_S2, grown))
    )
    rises_for = max(1.0, last - begin - start)
    hidden = 0.5 * track.quiet_pull / rate * rises_for**2 / float(speed[last])
    return begin + start, float(np.sqrt(start_sd**2 + OWN_CLOCK**2 + (_PASSED_FOR_REST * hidden) ** 2))


def first_top(speed: FloatArray, sd: FloatArray, first: int, stop: int) -> int:
    """The frame of the first peak of the velocity of a way in these frames."""
    gone = np.cumsum(speed[first:stop])
    return _first_peak(speed, sd, first, first + int(np.argmax(gone >= _REFERENCE * gone[-1])) + 1)


def _first_peak(speed: FloatArray, sd: FloatArray, first: int, stop: int) -> int:
    """The frame of the first peak of the velocity in the first of a way, which a start is read before.

    A push that slows down surely before the next one, as a drive out of a dip does before the press, has its own.
    """
    ahead = speed[first:stop]
    highest = np.maximum.accumulate(ahead)
    noise = max(float(np.median(sd[first:stop])), CREEP_M_S)
    pushed = highest > max(_PUSH * float(highest[-1]), 6.0 * noise)
    slowed = np.flatnonzero(pushed & (ahead < RISEN * highest))
    return first + int(np.argmax(ahead[: slowed[0]] if slowed.size else ahead))


def ground(
    speed: FloatArray, quiet: float, rest: int, leaves: int, last: int, rate_hz: float
) -> tuple[int, float, float | None]:
    """The first sample that a start is read from, the earliest start in samples after it, and how surely the bar turns
    there, in samples; None where it rests before.
    """
    before = speed[rest : leaves + 1]
    back, gap = np.flatnonzero(before < -quiet), np.flatnonzero(~np.isfinite(before))
    if gap.size and (not back.size or gap[-1] > back[-1]):
        return rest + int(gap[-1]) + 1, 0.0, None
    if not back.size:
        return max(rest, leaves - max(round(_LEAST_REST_S * rate_hz), 2 * (last - leaves))), 0.0, None
    away = rest + int(back[-1])
    half = 0.5 * (leaves - away) + 1.0
    if (leaves - away) / rate_hz >= _TOUCH_S:
        begin = (away + leaves + 1) // 2
        return begin, -min(half, begin - away + 1.0), None
    k = away + int(np.flatnonzero(speed[away : leaves + 1] < 0.0)[-1])
    begin = round(k - float(speed[k]) / float(speed[k + 1] - speed[k]))
    return begin, -min(half, begin - away + 1.0), max(0.5, 0.3 * half)


def ways_of_rep(ways: tuple[Way, ...]) -> list[tuple[Way | None, Way, Way | None, Way | None]]:
    """For each way up its own way down, the other way before it and the other way after it.

    The way down comes first (squat, bench press) where one precedes the first way up, else after (deadlift).
    """
    ups = [k for k, w in enumerate(ways) if w.up]
    if not ups:
        return []
    before_first = ups[0] > 0 and not ways[ups[0] - 1].up
    found: list[tuple[Way | None, Way, Way | None, Way | None]] = []
    for k in ups:
        before = ways[k - 1] if k > 0 and not ways[k - 1].up else None
        after = ways[k + 1] if k + 1 < len(ways) and not ways[k + 1].up else None
        found.append((before if before_first else after, ways[k], before, after))
    return found


def next_up(ways: tuple[Way, ...], down: Way) -> Way | None:
    """The way up that follows a way down."""
    return next((b for a, b in pairwise(ways) if a is down and b.up), None)
