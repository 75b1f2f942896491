"""The bar's upward velocity from an inertial sensor on it, brought back to zero wherever the bar is found at rest."""

from itertools import pairwise

import numpy as np

from legato.bar.closing import with_closed_ways
from legato.bar.edges import Seen
from legato.bar.imu_errors import velocity_errors
from legato.bar.imu_rest import Anchors, find_anchors
from legato.bar.imu_samples import LONGEST_GAP_S, ImuSamples, even_samples
from legato.bar.model import BarTrack
from legato.recording import STANDARD_GRAVITY, FloatArray, Span
from legato.signals.filters import derivative
from legato.signals.gaps import runs_of
from legato.signals.rotation import integrated

_SCALE_SHARE = 0.2
"""Share of a wrong size of gravity that is the sensor's scale and not its zero: makers state a scale within 1 to 3 %
and a zero within 0.04 to 0.08 g, so that the variance of the first is about a fifth of the sum. [ENG]"""


_ZERO_ERROR = 0.04 * STANDARD_GRAVITY
_PULL_ERROR = 0.04
"""SDs of an axis' zero, of which makers state 0.02 to 0.08 g, and of the pull over a way by all else, m/s². [ENG]"""

_EACH, _LEAST_M_S = 2.0, 0.002
"""SD of a sample of the velocity beside a straight line: so many times what each adds, and at least so much, m/s.
[ENG] of six samples that add up."""

_TURNED_RAD = 0.05
"""A smaller turn between two rests tells nothing of how their gravity differs. [ENG]"""


def track_from_imu(time_s: FloatArray, pull: FloatArray, turning: FloatArray, *, stream: str = "imu") -> BarTrack:
    """How the bar moved, from one inertial sensor on it.

    Parameters
    ----------
    time_s
        Times of the samples, s, shape (n,), uneven and with gaps.
    pull
        What the accelerometer read, m/s², shape (n, 3). NaN marks missing samples.
    turning
        Rates of turn, rad/s, shape (n, 3).
    stream
        Its name in the recording.

    Raises
    ------
    BadInput
        Too few samples, times that do not rise, or a wrong unit.
    NotResolvable
        The bar never rests, so nothing tells which way is up and when its velocity is zero.

    Notes
    -----
    The orientation is the turning integrated; which way is up comes from the pull at each rest and moves evenly from
    one to the next. What velocity is left at a rest is error and is taken out over the way to it (zero-velocity
    update; Skog et al. 2010, IEEE Trans Biomed Eng 57:2657), where it was most likely made: see `velocity_errors`.
    """
    samples = even_samples(time_s, pull, turning)
    anchors = find_anchors(samples)
    acceleration, size = upward_acceleration(samples, anchors)
    raw = _integrated(acceleration, samples.rate_hz)
    places, left = _misclosures(raw, anchors)
    frames = np.arange(raw.size, dtype=np.float64)
    wrong = velocity_errors(samples, anchors, acceleration, raw, places, left)
    velocity = raw - wrong.taken
    velocity[anchors.still] = 0.0
    tied = (frames >= places[0]) & (frames <= places[-1])
    lost = [*_lost(samples)]
    for outside, word in ((~tied & (frames < places[0]), "before"), (~tied & (frames > places[-1]), "after")):
        if outside.any():
            at = np.flatnonzero(outside)
            span = Span(samples.start_s + at[0] / samples.rate_hz, samples.start_s + at[-1] / samples.rate_hz)
            where = "first" if word == "before" else "last"
            lost.append((span, f"it lies {word} the {where} rest of the bar, so its velocity is tied at one end only"))
    step = derivative(velocity[:, None], samples.rate_hz)[:, 0]
    track = BarTrack(
        source="imu",
        stream=stream,
        rate_hz=samples.rate_hz,
        start_s=samples.start_s,
        velocity=velocity,
        acceleration=np.where(anchors.still, 0.0, step),
        height=_integrated(velocity, samples.rate_hz),
        velocity_sd=np.sqrt(wrong.variance),
        still=anchors.still,
        correlation_s=1.0,
        seen=Seen(velocity, np.hypot(_EACH * np.sqrt(wrong.added), _LEAST_M_S), of_height=False),
        scale_sd=2.0 * _SCALE_SHARE * abs(size / STANDARD_GRAVITY - 1.0),
        dof=wrong.dof,
        quiet_pull=anchors.quiet_pull,
        acceleration_sd=np.sqrt(wrong.added) * samples.rate_hz,
        lost=tuple(lost),
        notes=_notes(samples, anchors, size),
    )
    return with_closed_ways(track)


def upward_acceleration(samples: ImuSamples, anchors: Anchors) -> tuple[FloatArray, float]:
    """Acceleration straight up without gravity, m/s², shape (n,), and the size of gravity that the sensor reads.

    Notes
    -----
    Which way is up moves evenly from one rest to the next. The size of gravity differs between rests because turning
    the sensor adds the zero errors of its axes or takes them away, so it follows the turning.
    """
    rotation = integrated(samples.turning - anchors.bias, samples.rate_hz)
    world = np.einsum("nij,nj->ni", rotation, samples.pull)
    rests = list(zip(anchors.first, anchors.stop, strict=True))
    centres = np.array([0.5 * (a + b - 1) for a, b in rests])
    pulls = np.array([world[a:b].mean(axis=0) for a, b in rests])
    sizes = np.linalg.norm(pulls, axis=1)
    frames = np.arange(len(world), dtype=np.float64)
    gravity = np.stack([np.interp(frames, centres, pulls[:, k]) for k in range(3)], axis=1)
    up = gravity / np.linalg.norm(gravity, axis=1, keepdims=True)
    length: FloatArray = np.asarray(np.interp(frames, centres, sizes), np.float64)
    own_up = np.einsum("nij,ni->nj", rotation, up)
    for k in range(len(rests) - 1):
        way = slice(round(centres[k]), round(centres[k + 1]) + 1)
        first, last = own_up[way.start], own_up[way.stop - 1]
        turned = float(((last - first) ** 2).sum())
        if turned > _TURNED_RAD**2:
            share = ((own_up[way] - first) @ (last - first) / turned).clip(0.0, 1.0)
            length[way] = sizes[k] + (sizes[k + 1] - sizes[k]) * share
    size = float(np.average(sizes, weights=[b - a for a, b in rests]))
    scale = 1.0 - _SCALE_SHARE * (size / STANDARD_GRAVITY - 1.0)
    plain = (world * up).sum(axis=1) - length
    return (plain - _of_zero_errors(plain, own_up, centres, samples.rate_hz)) * scale, size


def _of_zero_errors(acceleration: FloatArray, own_up: FloatArray, centres: FloatArray, rate_hz: float) -> FloatArray:
    """What the zero errors of the axes add to the upward acceleration while the sensor is turned away from how it lies
    at its rests, m/s², shape (n,).

    A zero error b adds b · (up − up at rest), up in the sensor's axes, and so b · ∫(up − up at rest) dt to the velocity
    at the next rest, which should be zero: the b that all ways together make likeliest, with makers' limits as what is
    known of it before. It is known best along the turning that the movement makes, which is where it matters.
    """
    frames = np.arange(len(own_up), dtype=np.float64)
    at_rest = np.stack([np.interp(frames, centres, own_up[np.round(centres).astype(np.int64), k]) for k in range(3)], 1)
    away = own_up - at_rest
    edges = np.round(centres).astype(np.int64)
    ways = [slice(int(a), int(b) + 1) for a, b in pairwise(edges)]
    gained = np.array([float(acceleration[w].sum()) / rate_hz for w in ways])
    turned = np.array([away[w].sum(axis=0) / rate_hz for w in ways]).reshape(-1, 3)
    lasted = np.diff(centres) / rate_hz
    weight = 1.0 / (_PULL_ERROR * np.maximum(lasted, 0.5)) ** 2
    normal = (turned * weight[:, None]).T @ turned + np.eye(3) / _ZERO_ERROR**2
    zero: FloatArray = np.asarray(np.linalg.solve(normal, (turned * weight[:, None]).T @ gained), dtype=np.float64)
    return away @ zero


def _integrated(x: FloatArray, rate_hz: float) -> FloatArray:
    """Running integral by trapezia, from zero."""
    return np.concatenate((np.zeros(1), np.cumsum(0.5 * (x[1:] + x[:-1])))) / rate_hz


def _misclosures(raw: FloatArray, anchors: Anchors) -> tuple[FloatArray, FloatArray]:
    """Frames at which the velocity is known to be zero, and what the raw velocity is there."""
    places: list[float] = []
    left: list[float] = []
    for a, b, sure in zip(anchors.first, anchors.stop, anchors.sure, strict=True):
        if sure:
            places.extend(range(a, b))
            left.extend(raw[a:b])
        else:
            width = min(b - a, anchors.width)
            for start in dict.fromkeys((a, b - width)):
                places.append(start + 0.5 * (width - 1))
                left.append(float(raw[start : start + width].mean()))
    return np.array(places, dtype=np.float64), np.array(left, dtype=np.float64)


def _lost(samples: ImuSamples) -> list[tuple[Span, str]]:
    """Stretches that no bridge makes good."""
    rate, start = samples.rate_hz, samples.start_s
    found = [
        (Span(start + a / rate, start + b / rate), f"the sensor lost {1e3 * length:.0f} ms")
        for a, b, length in samples.gaps
        if length > LONGEST_GAP_S
    ]
    found += [
        (Span(start + a / rate, start + b / rate), "the sensor stood at its range's limit; use a wider range")
        for a, b in runs_of(samples.saturated)
    ]
    return found


def _notes(samples: ImuSamples, anchors: Anchors, size: float) -> tuple[str, ...]:
    sure, all_of = sum(anchors.sure), len(anchors.sure)
    notes = [
        f"bar sensor: {all_of} rests found, {sure} as still as the record ever is; the velocity is set to zero there"
    ]
    if samples.gaps:
        longest = max(length for _, _, length in samples.gaps)
        notes.append(
            f"bar sensor: {len(samples.gaps)} gaps, the longest {1e3 * longest:.0f} ms; those up to"
            f" {1e3 * LONGEST_GAP_S:.0f} ms are bridged"
        )
    off = size / STANDARD_GRAVITY - 1.0
    if abs(off) > 0.01:
        notes.append(
            f"bar sensor: it reads {size:.2f} m/s² at rest; whether its scale or its zero is wrong cannot be told,"
            f" which is in the intervals"
        )
    return tuple(notes)
