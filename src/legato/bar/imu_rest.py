"""Where a bar with a sensor on it lies or hangs still, found from the record's own noise and movement."""

from dataclasses import dataclass

import numpy as np

from legato.bar.imu_samples import LONGEST_GAP_S, ImuSamples
from legato.errors import NotResolvable
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray
from legato.signals.gaps import runs_of
from legato.signals.rotation import integrated

_WINDOW_S = 0.25
"""Length over which rest is judged, s: shorter than a pause between repetitions, longer than a stop at a turning
point. [ENG]"""

_QUIETEST = 0.05
"""Share of the windows whose unrest is taken as the record's own noise. [ENG]"""

_SURE = 2.0
"""Windows within so many times that noise are as still as the record ever is. [ENG]"""

_HELD = 0.15
"""A bar held in the hands counts as a rest while its acceleration stays below this share of the repetitions'. [ENG]
whether its velocity can be zero there decides."""

_MOVING = 0.9
"""Quantile of the unrest outside sure rests that stands for the repetitions. [ENG]"""

_LEAST_CONTRAST = 4.0
"""How much more than at its quietest a bar must be pulled in movement. [ENG]"""

_PULL_ERRORS = (0.01, 0.02, 0.04, 0.08, 0.16)
"""SDs of the upward pull, m/s², that may be wrong over a whole repetition; the record chooses. [ENG] from a sensor that
follows every sample to one that loses every fifth in a jerk."""

_REST_ERROR = 0.02
"""SD of the velocity of a bar that is held still in the hands, m/s. [ENG]"""

_ANY_VELOCITY = 0.5
"""Where a bar does not rest, its velocity may be anything of this size, m/s. [ENG]"""

_SKIP = 3.0
_SKIP_PER_S = 2.0
"""How unlikely (minus log probability) a quiet stretch is no rest but a steady lift: at all, and for each second that
it lasts. [ENG]"""

_SURE_PULL, _HELD_PULL = 0.02, 0.06
"""SD of the size of gravity at a rest, m/s²: of a bar that lies still, and of one that is held. [ENG]"""

_ZERO_ERROR = 0.04 * STANDARD_GRAVITY
"""Zero error of an accelerometer's axis, m/s², which turning it adds to gravity or takes from it: makers state 0.02 to
0.08 g. [ENG]"""

_AXES_DIFFER = 0.02 * STANDARD_GRAVITY
"""What gravity's size may differ between two ways of lying, m/s²: the scales of two axes differ by 1 to 2 %. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """Rests in order: first frame and one past the last of each, whether the bar lay as still as the record ever is
    (`sure`), or was held. `still` (n,): frames of sure rests. `bias` (3,): what the rates show at rest, rad/s.
    `width`: frames of a window of rest. `quiet_pull`: what is pulled less than this may pass for rest, m/s².
    """

    first: list[int]
    stop: list[int]
    sure: list[bool]
    still: BoolArray
    bias: FloatArray
    width: int
    quiet_pull: float


def world_pull(samples: ImuSamples, bias: FloatArray) -> FloatArray:
    """The pull turned into the axes that the sensor had at its first sample, m/s², shape (n, 3)."""
    rotation = integrated(samples.turning - bias, samples.rate_hz)
    return np.einsum("nij,nj->ni", rotation, samples.pull)


def find_anchors(samples: ImuSamples) -> Anchors:
    """The rests of the bar.

    Candidates are the stretches that are as quiet as the quietest part of the record, and those that are quiet against
    its movement: a bar that is held. A steady lift is quiet too. So of all ways to choose rests among the candidates
    the likeliest is taken (Viterbi): from each rest to the next the velocity gained should be zero within the error of
    the pull, gravity should keep its size within what turning the sensor does to it (a lift whose acceleration is
    steady fails that), and a candidate that is left out costs the more the longer it is.

    Raises
    ------
    NotResolvable
        The record has no rest: it is nowhere much quieter than in its movement.
    """
    width = max(4, round(_WINDOW_S * samples.rate_hz))
    if len(samples.pull) < 3 * width:
        raise NotResolvable(
            f"the bar's sensor recorded {len(samples.pull) / samples.rate_hz:.1f} s, too little for a rest and a"
            " repetition; record from before the first to after the last"
        )
    bias = np.median(samples.turning, axis=0)
    unrest = _unrest(world_pull(samples, bias), width)
    sure_starts = unrest.strict <= _SURE * unrest.strict_floor
    loud = unrest.plain[unrest.plain > _SURE * unrest.plain_floor]
    moving = float(np.quantile(loud, _MOVING)) if loud.size >= width else 0.0
    if moving < _LEAST_CONTRAST * unrest.plain_floor:
        raise NotResolvable(
            "the bar's sensor never rests: nowhere is its pull much steadier than in movement, so nothing tells when"
            " its velocity is zero; hold the bar still for a second before and after the set"
        )
    sure = _covered(sure_starts, width, len(samples.pull))
    limit = max(_SURE * unrest.plain_floor, _HELD * moving)
    held = _covered(unrest.plain <= limit, width, len(samples.pull))
    for a, b, length in samples.gaps:
        if length > LONGEST_GAP_S:
            sure[a:b] = held[a:b] = False
    quiet = [(a, b) for a, b in runs_of(sure) if b - a >= width]
    bias = np.average([samples.turning[a:b].mean(axis=0) for a, b in quiet], axis=0, weights=[b - a for a, b in quiet])
    candidates = [(a, b, True) for a, b in quiet]
    for a, b in runs_of(held & ~_spread(sure, 1)):
        if b - a >= width:
            candidates += [
                (*part, False) for part in _quiet_parts(unrest.plain, a, b, width, _SURE * unrest.plain_floor)
            ]
    world = world_pull(samples, np.asarray(bias, dtype=np.float64))
    chosen = [_inside(a, b, certain, width) for a, b, certain in _likeliest(sorted(candidates), world, samples)]
    still = np.zeros(len(samples.pull), dtype=np.bool_)
    for a, b, certain in chosen:
        if certain:
            still[a:b] = True
    first, stop, certain = ([c[k] for c in chosen] for k in range(3))
    return Anchors(
        [int(a) for a in first],
        [int(b) for b in stop],
        [bool(c) for c in certain],
        still,
        np.asarray(bias),
        width,
        limit + _AXES_DIFFER,
    )


def _inside(first: int, stop: int, certain: bool, width: int) -> tuple[int, int, bool]:
    """A rest without its edges: a window that holds the first of a slow movement may still pass as a whole."""
    edge = int(np.clip((stop - first - width) // 2, width // 4, width))
    return first + edge, stop - edge, certain


@dataclass(frozen=True, slots=True, eq=False)
class _Unrest:
    """How much the pull moves in the window that starts at each frame, m/s², shape (n − width + 1,), and how much it
    does where the record is quietest. `strict` counts the change to the windows beside it, too.
    """

    plain: FloatArray
    strict: FloatArray
    plain_floor: float
    strict_floor: float


def _unrest(world: FloatArray, width: int) -> _Unrest:
    """How much the pull moves, or differs from gravity's size.

    A slow lift shows best in how the mean pull changes from one window to the next, which noise does by √(2/width) of
    its SD; a rest has one neighbour at least that is like it. The turning is not asked: a bar rolls in the hands while
    it stands still, and its sleeves roll freely.
    """
    mean, square = _running_mean(world, width), _running_mean(world**2, width)
    scatter = np.maximum(square - mean**2, 0.0).sum(axis=1)
    size = np.linalg.norm(mean, axis=1)
    change = np.full(len(mean), 1e6)
    step = ((mean[width:] - mean[:-width]) ** 2).sum(axis=1)
    change[width:], change[:-width] = step, np.minimum(step, change[:-width])
    quietest = scatter <= np.quantile(scatter, _QUIETEST)
    gravity = float(np.median(size[quietest]))
    away = np.maximum(np.abs(size - gravity) - _AXES_DIFFER, 0.0)
    plain, strict = (np.sqrt(scatter + share * width * change + away**2) for share in (0.0, 0.5))
    floors = (max(float(np.quantile(x, _QUIETEST)), 1e-4 * STANDARD_GRAVITY) for x in (plain, strict))
    return _Unrest(plain, strict, *floors)


def _running_mean(x: FloatArray, width: int) -> FloatArray:
    total = np.concatenate((np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)))
    return (total[width:] - total[:-width]) / width


def _covered(starts: BoolArray, width: int, n: int) -> BoolArray:
    """Frames inside the windows that start where `starts` says."""
    edges = np.zeros(n + 1)
    at = np.flatnonzero(starts)
    np.add.at(edges, at, 1.0)
    np.add.at(edges, at + width, -1.0)
    return np.cumsum(edges)[:n] > 0.5


def _spread(mask: BoolArray, frames: int) -> BoolArray:
    wide = mask.copy()
    for k in range(1, frames + 1):
        wide[k:] |= mask[:-k]
        wide[:-k] |= mask[k:]
    return wide


def _quiet_parts(unrest: FloatArray, first: int, stop: int, width: int, floor: float) -> list[tuple[int, int]]:
    """Parts of a stretch that are each about as quiet as their own quietest window, first frame and one past the last:
    a hold and the steady part of the way that follows it are two.
    """
    found: list[tuple[int, int]] = []
    waiting = [(first, stop)]
    while waiting:
        a, b = waiting.pop()
        windows = unrest[a : b - width + 1]
        least = int(np.argmin(windows))
        loud = np.flatnonzero(windows > max(2.0 * float(windows[least]), floor))
        before, after = loud[loud < least], loud[loud > least]
        part = (a + int(before[-1]) + 1 if before.size else a, a + int(after[0]) - 1 + width if after.size else b)
        found.append(part)
        waiting += [(x, y) for x, y in ((a, part[0]), (part[1], b)) if y - x >= width]
    return found


def _likeliest(
    candidates: list[tuple[int, int, bool]], world: FloatArray, samples: ImuSamples
) -> list[tuple[int, int, bool]]:
    """The candidates that are rests, in order."""
    running = np.concatenate((np.zeros((1, 3)), np.cumsum(world, axis=0)))
    pulls = [(running[b] - running[a]) / (b - a) for a, b, _ in candidates]
    size = [float(np.linalg.norm(p)) for p in pulls]
    own = [samples.pull[a:b].mean(axis=0) / s for (a, b, _), s in zip(candidates, size, strict=True)]
    rate_hz = samples.rate_hz
    away = _away(candidates, np.array(size), np.array(own))
    gained, lasted, unlike = np.zeros((3, len(candidates), len(candidates)))
    for j, (start, _, sure) in enumerate(candidates):
        for i in range(j):
            stop = candidates[i][1]
            gravity = 0.5 * (pulls[i] + pulls[j])
            up = gravity / np.linalg.norm(gravity)
            gained[i, j] = (running[start] - running[stop] - gravity * (start - stop)) @ up / rate_hz
            lasted[i, j] = (start - stop) / rate_hz
            turned = float(np.linalg.norm(own[i] - own[j]))
            known = _SURE_PULL if sure and candidates[i][2] else _HELD_PULL
            unlike[i, j] = (size[i] - size[j]) / float(np.hypot(known, _ZERO_ERROR * turned))
    skip = np.array([_SKIP * sure + _SKIP_PER_S * (b - a) / rate_hz for a, b, sure in candidates])
    _, chosen = min(_path(gained, lasted, unlike, away, skip, error) for error in _PULL_ERRORS)
    return [candidates[k] for k in chosen]


def _away(candidates: list[tuple[int, int, bool]], size: FloatArray, own: FloatArray) -> FloatArray:
    """Minus log likelihood of each candidate's size of gravity beside the usual, (n,): without it rests could follow
    a slow lift's acceleration in small steps.
    """
    lasted = np.array([(b - a) * sure for a, b, sure in candidates], dtype=np.float64)
    order = np.argsort(size)
    middle = int(np.searchsorted(np.cumsum(lasted[order]), 0.5 * float(lasted.sum())))
    usual = float(size[order[min(middle, size.size - 1)]])
    direction = (own * lasted[:, None]).sum(axis=0) / lasted.sum()
    turned = np.linalg.norm(own - direction, axis=1)
    known = np.array([_SURE_PULL if sure else _HELD_PULL for _, _, sure in candidates])
    return 0.5 * (size - usual) ** 2 / (known**2 + (_ZERO_ERROR * turned) ** 2)


def _path(
    gained: FloatArray, lasted: FloatArray, unlike: FloatArray, away: FloatArray, skip: FloatArray, pull_error: float
) -> tuple[float, list[int]]:
    """The likeliest choice of rests with this error of the pull, and minus the log of its likelihood."""
    skipped = np.concatenate((np.zeros(1), np.cumsum(skip)))
    sd = np.hypot(np.sqrt(2.0) * _REST_ERROR, pull_error * lasted)
    cost = 2.0 * np.log1p((gained / sd) ** 2 / 3.0) + np.log(sd / _ANY_VELOCITY) + 0.5 * unlike**2 + away
    best = skipped[:-1] + away
    came_from = np.full(len(skip), -1)
    for j in range(1, len(skip)):
        through = best[:j] + cost[:j, j] + skipped[j] - skipped[1 : j + 1]
        i = int(np.argmin(through))
        if through[i] < best[j]:
            best[j], came_from[j] = through[i], i
    ended = best + skipped[-1] - skipped[1:]
    at = int(np.argmin(ended))
    total, chosen = float(ended[at]), list[int]()
    while at >= 0:
        chosen.append(at)
        at = int(came_from[at])
    return total, chosen[::-1]
