"""How wrong a velocity is that was integrated between two rests, and where the error was made."""

from dataclasses import dataclass

import numpy as np

from legato.bar.edges import lasting
from legato.bar.imu_rest import Anchors
from legato.bar.imu_samples import ImuSamples
from legato.recording import BoolArray, FloatArray
from legato.signals.gaps import runs_of

_LOCAL_S = 0.15
"""Reach to each side over which the acceleration's unpredictable part is averaged, s. [ENG]"""

_TRIALS = 200
"""Places at which a gap's bridge is tried on samples that are there."""

_WHITE_SHARE = 36.0 / 70.0
"""Variance of white noise over that of a sample minus the cubic through its four neighbours."""

_CREEP_M_S = 0.005
"""A bar at rest may move this fast, m/s: the first of a slow lift looks like rest. [ENG]"""

_LATE_S = np.concatenate((np.zeros(1), np.geomspace(1e-3, 0.1, 13)))
_WANDERS = np.geomspace(0.005, 0.3, 14)
"""How early or late single samples may be, s, and how far off the pull may be over a whole way, m/s²: the grid on which
the likeliest pair is sought. [ENG] no cheap sensor's pull is known better than to 0.005 m/s², half a mg."""


@dataclass(frozen=True, slots=True, eq=False)
class VelocityErrors:
    """`taken` (n,): the error that is taken out of the raw velocity, m/s. `variance` (n,): of what stays, (m/s)².
    `added` (n,): variance that each sample adds to it, (m/s)². `dof`: ways between rests that it was learned from.
    """

    taken: FloatArray
    variance: FloatArray
    added: FloatArray
    dof: float


def velocity_errors(
    samples: ImuSamples,
    anchors: Anchors,
    acceleration: FloatArray,
    raw: FloatArray,
    places: FloatArray,
    left: FloatArray,
) -> VelocityErrors:
    """The error of a raw velocity, from what is left of it at the rests.

    Parameters
    ----------
    samples, anchors
        The sensor's even samples and the bar's rests.
    acceleration, raw
        Upward acceleration, m/s², and its plain integral, m/s, shape (n,).
    places, left
        Frames at which the velocity is zero, and the raw velocity there, m/s.

    Notes
    -----
    Two kinds of error add up on the way from one rest to the next. Each sample adds its own: noise and a gap's bridge,
    whose variance is read from how far samples lie from the cubic through their neighbours nearby, and from bridges
    tried where nothing is missing; and a jerk times the error of the sample's time. And the pull may be off throughout,
    by tilt or a zero that moved. The likeliest errors of time and pull follow from all misclosures together. With Q(t)
    the variance that the samples have added, Q its whole, T the way's length and w² the variance of the pull, the
    likeliest error at t is the misclosure times (Q(t) + w²tT) / (Q + w²T²); of what stays, the samples' part is a
    Brownian bridge, Q(t)(Q − Q(t))/Q, and the pull that wanders on the way gives w²t²(T − t)²/T².
    """
    rate = samples.rate_hz
    own_steps = sample_variance(samples, anchors.still, acceleration)
    lasting_steps = own_steps + hidden_variance(samples, anchors.still, acceleration, own_steps)
    jerk_steps = (np.gradient(acceleration, 1.0 / rate) / rate) ** 2
    grown, jerked = (np.concatenate((np.zeros(1), np.cumsum(x)[:-1])) for x in (lasting_steps, jerk_steps))
    every = np.arange(grown.size)
    lengths, gained = np.diff(places) / rate, np.diff(left)
    apart = np.flatnonzero(lengths > 1.5 / rate)
    held = max(_held_variance(anchors, raw), _CREEP_M_S**2)
    own_of, jerk_of = (np.diff(np.interp(places, every, x))[apart] for x in (grown, jerked))
    late_s, wander = _likeliest(gained[apart], own_of, jerk_of, lengths[apart], 2.0 * held)
    grown = grown + late_s**2 * jerked
    at_places = np.interp(places, every, grown)
    frames = np.arange(raw.size, dtype=np.float64)
    taken = np.interp(frames, places, left)
    variance = np.zeros(raw.size)
    for k in apart:
        inside = slice(int(np.floor(places[k])) + 1, int(np.ceil(places[k + 1])))
        t, whole = (frames[inside] - places[k]) / rate, float(lengths[k])
        own = grown[inside] - at_places[k]
        all_own = float(at_places[k + 1] - at_places[k])
        total = all_own + (wander * whole) ** 2
        share = (own + wander**2 * t * whole) / total if total > 0.0 else t / whole
        taken[inside] = left[k] + gained[k] * share
        bridge = own * (all_own - own) / all_own if all_own > 0.0 else np.zeros(t.size)
        variance[inside] = bridge + (wander * t * (whole - t) / whole) ** 2 + held
    added = own_steps + late_s**2 * jerk_steps
    return VelocityErrors(taken, variance, added, float(max(1, apart.size)))


def _likeliest(
    gained: FloatArray, own: FloatArray, jerked: FloatArray, lasted: FloatArray, held: float
) -> tuple[float, float]:
    """How wrong the samples' times, s, and how far off the pull, m/s², make the misclosures likeliest."""
    if gained.size == 0:
        return 0.0, 0.0
    variance = own + _LATE_S[:, None, None] ** 2 * jerked + (_WANDERS[:, None] * lasted) ** 2 + held + 1e-9
    cost = (gained**2 / variance + np.log(variance)).sum(axis=2)
    i, j = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return float(_LATE_S[i]), float(_WANDERS[j])


def _held_variance(anchors: Anchors, raw: FloatArray) -> float:
    """Variance of the velocity in rests that are held, (m/s)²: of what a straight line leaves of it."""
    squares: list[float] = []
    for a, b, sure in zip(anchors.first, anchors.stop, anchors.sure, strict=True):
        if not sure and b - a > 2:
            t = np.linspace(-1.0, 1.0, b - a)
            centred = raw[a:b] - raw[a:b].mean()
            squares.append(float(((centred - t * (t @ centred) / (t @ t)) ** 2).mean()))
    return float(np.mean(squares)) if squares else 0.0


def sample_variance(samples: ImuSamples, still: BoolArray, acceleration: FloatArray) -> FloatArray:
    """Variance that each frame's error adds to the velocity, (m/s)², shape (n,)."""
    rate = samples.rate_hz
    n = acceleration.size
    whole = np.ones(n, dtype=np.bool_)
    for a, b, _ in samples.gaps:
        whole[a:b] = False
    odd = np.full(n, np.nan)
    a = acceleration
    odd[2:-2] = a[2:-2] - (4.0 * (a[1:-3] + a[3:-1]) - a[:-4] - a[4:]) / 6.0
    usable = whole.copy()
    for k in (1, 2):
        usable[k:] &= whole[:-k]
        usable[:-k] &= whole[k:]
    usable[:2] = usable[-2:] = False
    square = np.where(usable, np.nan_to_num(odd) ** 2, 0.0)
    everywhere = float(square.sum() / max(1, int(usable.sum())))
    reach = max(1, round(_LOCAL_S * rate))
    kernel = np.ones(2 * reach + 1)
    weight = np.convolve(usable.astype(np.float64), kernel, mode="same")
    local = (np.convolve(square, kernel, mode="same") + everywhere) / (weight + 1.0)
    variance = _WHITE_SHARE * local / rate**2
    bridged: dict[int, float] = {}
    for first, stop, gap_s in samples.gaps:
        length = max(1, round(gap_s * rate) - 1)
        if length not in bridged:
            bridged[length] = _bridge_variance(acceleration, usable & ~still, length, rate)
        nearby = float(local[first:stop].mean()) / max(everywhere, 1e-12)
        variance[first:stop] += min(nearby, 1.0) * bridged[length] / (stop - first)
    return variance


def hidden_variance(samples: ImuSamples, still: BoolArray, acceleration: FloatArray, steps: FloatArray) -> float:
    """What noise that lasts adds to the velocity at each frame beyond the variance `steps` (n,), (m/s)².

    It hides from neighbours, which are wrong alike; rests show it, as their acceleration is zero.
    """
    quiet = still.copy()
    for a, b, _ in samples.gaps:
        quiet[a:b] = False
    if not quiet.any():
        return 0.0
    calm = float(np.median(steps[quiet]))
    sd = float(np.sqrt(calm)) * samples.rate_hz
    return (lasting(acceleration, sd, quiet, samples.rate_hz) ** 2 - 1.0) * calm


def _bridge_variance(acceleration: FloatArray, usable: BoolArray, length: int, rate_hz: float) -> float:
    """Variance of the velocity that a bridge over so many lost samples makes, (m/s)², as tried on movement that has no
    gap.
    """
    starts = np.array([k for a, b in runs_of(usable) for k in range(a + 1, b - length - 1)], dtype=np.int64)
    if starts.size == 0:
        return float(acceleration[usable].var() if usable.any() else acceleration.var()) * (length / rate_hz) ** 2
    starts = starts[np.unique(np.linspace(0, starts.size - 1, min(_TRIALS, starts.size)).astype(np.int64))]
    before, after = starts - 1, starts + length
    width = float(length + 1)
    slope_before = width * (acceleration[before] - acceleration[before - 1])[:, None]
    slope_after = width * (acceleration[np.minimum(after + 1, acceleration.size - 1)] - acceleration[after])[:, None]
    s = (np.arange(1, length + 1) / width)[None, :]
    bridge = (
        (1.0 + 2.0 * s) * (1.0 - s) ** 2 * acceleration[before][:, None]
        + s * (1.0 - s) ** 2 * slope_before
        + s**2 * (3.0 - 2.0 * s) * acceleration[after][:, None]
        + s**2 * (s - 1.0) * slope_after
    )
    missed = (bridge - acceleration[starts[:, None] + np.arange(length)]).sum(axis=1) / rate_hz
    return float((missed**2).mean())
