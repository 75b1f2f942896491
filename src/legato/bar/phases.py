"""Where a bar goes up and down, and where each way starts and ends."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.bar.model import BarTrack
from legato.recording import FloatArray
from legato.signals.gaps import runs_of

LEAST_RANGE_M = 0.05
"""A shorter way is no repetition: a bar is adjusted by less. [ENG]"""

_LIKE = 0.5
"""A repetition goes at least this share of the usual way: racking and unracking go less. [ENG]"""

_DIP = 0.1
"""A lift that stalls may sink back by this share of its way and still be one lift. [ENG]"""

_EDGE = 0.25
"""Share of the peak velocity up to which the start of a way is fitted: beyond, it bends away from a power of time.
[ENG]"""

_BEFORE_S = 0.75
"""How long before its first sign a way may have started, s. [ENG]"""

_POWERS = np.linspace(1.0, 2.5, 7)
"""Powers of time with which a velocity may leave zero: 1 where the pull sets in at once, 2 where it does so evenly."""

_BEND = 0.05
"""Share of the time from the start to the fit's end that the power law is wrong by, as a standard error. [ENG]"""

_CREEP_M_S = 0.004
"""A bar that is held still moves this fast, m/s, and what is slower is told of no start. [ENG] well below the 0.03 m/s
below which a bar counts as pausing."""

_LONGEST_CORRELATION_S = 0.05
"""Errors that last longer shift start and end alike and say nothing of a single rise. [ENG]"""

_BLUR = 0.7
"""SD of a start or end in a low-passed velocity, beside the time its errors last (a quarter of the cut-off's period).
[ENG] lifts of four shapes seem to start earlier and end later by 0.07 to 0.15 of that period, both at once."""

_STARTS = 80


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
    if first == 0 or stop >= track.velocity.size or not np.isfinite(track.velocity[first - 1 : stop + 1]).all():
        return None
    speed, sd = track.velocity * (1.0 if up else -1.0), track.velocity_sd
    top = first + int(np.argmax(speed[first:stop]))
    most = round(_BEFORE_S * track.rate_hz)
    low, high = max(0, first - most), min(speed.size, stop + most)
    lasts = min(track.correlation_s, _LONGEST_CORRELATION_S) * track.rate_hz
    start, start_sd = _edge(speed[low : top + 1], sd[low : top + 1], lasts)
    end, end_sd = _edge(speed[top:high][::-1], sd[top:high][::-1], lasts)
    start, end = low + start, high - 1 - end
    # The sensor's velocity is summed up, not low-passed.
    blur = 0.0 if track.source == "imu" else _BLUR * track.correlation_s * track.rate_hz
    start_sd, end_sd = float(np.hypot(start_sd, blur)), float(np.hypot(end_sd, blur))
    if not start < top < end:
        return None
    rate = track.rate_hz
    # One frame of rest at each end, as far-apart samples lose the first and last of the way otherwise.
    a, b = max(0, int(np.floor(start))), min(speed.size, int(np.ceil(end)) + 1)
    return Way(start / rate, end / rate, start_sd / rate, end_sd / rate, a, b, up)


def _edge(speed: FloatArray, sd: FloatArray, lasts: float) -> tuple[float, float]:
    """When the last rise to the peak, which is the last sample, starts and its SD, in samples.

    Notes
    -----
    The velocity is taken as c·(t − t₀)^p after the start t₀ and zero before it, up to a quarter of the peak. Of all t₀
    and p, each with its best c, the mean and SD of t₀ by their likelihood are told: a start that creeps is known less
    well than one with a jerk.
    """
    peak = float(speed[-1])
    noise = max(float(np.median(sd[: max(3, len(sd) // 4)])), _CREEP_M_S)
    below = np.flatnonzero(speed < max(_EDGE * peak, min(3.0 * noise, 0.5 * peak)))
    if below.size == 0:
        return 0.0, 0.5
    last = min(int(below[-1]) + 2, speed.size)
    # Before the way there is rest, or the way back, whose end is no rest.
    back = np.flatnonzero(speed[:last] < -3.0 * noise)
    first = int(back[-1]) if back.size else 0
    gap = np.flatnonzero(~np.isfinite(speed[:last]))
    first = max(first, int(gap[-1]) + 1 if gap.size else 0)
    y = speed[first:last]
    t = np.arange(y.size, dtype=np.float64)
    starts = np.linspace(0.0 if back.size else -1.0, y.size - 1.5, _STARTS)
    since = np.maximum(t - starts[:, None], 0.0)
    model = since[None] ** _POWERS[:, None, None]
    fit = (model @ y) / np.maximum((model**2).sum(axis=2), 1e-12)
    rest = ((y - np.maximum(fit, 0.0)[:, :, None] * model) ** 2).sum(axis=2)
    cost = 0.5 * rest / (noise**2 * max(1.0, lasts))
    likely = np.exp(-(cost - cost.min())).sum(axis=0)
    likely /= likely.sum()
    start = float(likely @ starts)
    spread = float(likely @ (starts - start) ** 2)
    step = float(starts[1] - starts[0])
    bend = _BEND * (y.size - 1.0 - start)
    return first + start, float(np.sqrt(spread + bend**2 + 0.29**2 + step**2 / 12.0))


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
