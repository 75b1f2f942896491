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

_EDGE = 0.05
"""Share of the peak velocity at which a way's end is sought; it is then followed out to zero. [ENG]"""

_POWERS = np.linspace(1.0, 2.5, 13)
"""Powers of time with which a velocity may leave zero: 1 where the pull sets in at once, 2 where it does so evenly."""

_OUT_SD = 0.4
"""SD of the power that is read from the velocity. [ENG]"""


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
    speed = track.velocity[first - 1 : stop + 1] * (1.0 if up else -1.0)
    sd = track.velocity_sd[first - 1 : stop + 1]
    top = int(np.argmax(speed))
    start, start_sd, a = _edge(speed[: top + 1], sd[: top + 1], float(speed[top]), track.rate_hz)
    end, end_sd, b = _edge(speed[top:][::-1], sd[top:][::-1], float(speed[top]), track.rate_hz)
    end = (speed.size - 1) / track.rate_hz - end
    origin = (first - 1) / track.rate_hz
    return Way(origin + start, origin + end, start_sd, end_sd, first - 1 + a, first - 1 + speed.size - b, up)


def _edge(speed: FloatArray, sd: FloatArray, peak: float, rate_hz: float) -> tuple[float, float, int]:
    """When the last rise to the peak starts, s from the first sample, its SD, and its frame."""
    near = float(np.median(sd[: max(3, len(sd) // 4)]))
    level = min(max(_EDGE * peak, 2.0 * near), 0.5 * peak)
    below = np.flatnonzero(speed < level)
    if below.size == 0:
        return 0.0, 0.5 / rate_hz, 0
    at, slope = _crossing(speed, int(below[-1]), level, rate_hz)
    higher = np.flatnonzero(speed < 4.0 * level)
    later = _crossing(speed, int(higher[-1]), 4.0 * level, rate_hz)[0]
    # v = c·t^p gives the time since zero as p·v/v' and the time to four times v.
    told = np.abs(_POWERS * (level / slope) * (4.0 ** (1.0 / _POWERS) - 1.0) - (later - at))
    power = float(_POWERS[int(np.argmin(told))]) if 4.0 * level < 0.8 * peak else 1.5
    start = max(0.0, at - power * level / slope)
    sd_s = float(np.hypot(np.hypot(_OUT_SD * level, near) / slope, 0.29 / rate_hz))
    return start, sd_s, int(np.ceil(start * rate_hz))


def _crossing(speed: FloatArray, last_below: int, level: float, rate_hz: float) -> tuple[float, float]:
    """When the speed passes a level after a frame, s, and its slope there, m/s²."""
    i = min(last_below, speed.size - 2)
    rise = max(float(speed[i + 1] - speed[i]), 1e-9)
    wide = speed[max(0, i - 1) : i + 3]
    slope = float(wide[-1] - wide[0]) * rate_hz / (wide.size - 1)
    return (i + float(level - speed[i]) / rise) / rate_hz, max(slope, 1e-6)


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
