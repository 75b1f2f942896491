"""Heartbeats in a channel over the chest or trunk: found by shape and rhythm, and subtracted beat by beat."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.muscles._heart_signs import is_qrs, is_tied_to_muscle
from legato.muscles._heartbeat_kernels import best_chain, highest_apart
from legato.muscles._hum_kernels import block_powers
from legato.recording import FloatArray
from legato.signals.bands import band_filter, bandpass_sections
from legato.signals.filters import lowpass

HIGH_PASS_HZ = 30.0
"""Lower band limit that takes most of a heart without a template (Drake & Callaghan 2006)."""
SHORTEST_S = 4.0
"""A shorter record holds too few beats to tell a heart from chance. [ENG]"""
_RATE_HZ = 250.0
_QRS_HZ = (8.0, 35.0)
"""Where a QRS complex is strongest against EMG. [ENG]"""
_PERIODS_S = (0.40, 0.55, 0.75, 1.0, 1.3)
"""Beat periods to start from; a chain bends by a third each way, so they cover 40–180 beats a minute."""
_STIFFNESS = 20.0
_COST = 2.5
"""What a beat must exceed, in SDs of what lies between, to speak for itself: noise alone seldom does in a window."""
_SEED = 3.5
"""Height of the events that a first template is made of; noise alone exceeds it once a minute. [ENG]"""
_CLEAR = 4.0
"""Least height of the typical beat, in SDs of what lies between. [ENG]"""
_ALONE = 1.8
"""Least height of the typical beat over the highest that lies midway between two: an EMG has many peaks. [ENG]"""
_UNSTEADY = 0.12
"""Greatest typical change from one interval to the next, as a share. [ENG]"""
_ALIKE = 0.82
"""Least share of the beats' power beyond the noise that one shape explains: every burst has its own. [ENG]"""
_WOBBLE = 0.22
"""Greatest scatter of a heart's own size: breathing moves it by some 10 %. [ENG]"""
_LASTING = 0.6
"""Least share of the record that the chain lasts. [ENG]"""
_BEAT_S = 0.12
_NEIGHBOURS = 15
_TEMPLATE_HZ = 120.0
_WANDER = 0.1
"""SD of one beat's size about its neighbours' mean: breathing. [ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class HeartFree:
    """The samples without heartbeats, and what was taken.

    `beats_s` are the times of the beats from the first sample on, s, empty where no heart was found. `share` is the
    power of what was subtracted over that of the samples before, `left` an upper bound (95 %) of the power of the heart
    that is still there over what was subtracted, infinite where nothing was within a QRS complex; both are 0 without a
    heart. `searched` is false where the record is too short.
    """

    values: FloatArray
    beats_s: FloatArray
    share: float
    left: float
    searched: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Beats:
    """A chain of beats: when, how high each stands, and how high the typical top midway between two. `alike` is the
    share of their power beyond the noise that one shape explains, `wobble` the scatter of their size beyond it.
    """

    time_s: FloatArray
    size: FloatArray
    between: float
    alike: float
    wobble: float


def find_heartbeats(x: FloatArray, banded: FloatArray, rate_hz: float) -> FloatArray:
    """Times of the heartbeats in one channel, s from the first sample; empty where there is no heart.

    Parameters
    ----------
    x
        Raw samples, lost ones bridged or NaN, shape (n,), any unit.
    banded
        The same channel band-passed (20–450 Hz), shape (n,).
    rate_hz
        Sampling rate, Hz.

    Notes
    -----
    A heart is strong at 8–35 Hz, where EMG is weak. The channel there is put in units of what its own fast part (EMG
    and noise) explains, so that bursts, rhythmic ones too, are as quiet as rest and a QRS complex stands out wherever
    it does at all. A template of the clearest events is matched to all of it, and the best chain of beats whose
    interval changes slowly is sought (40–180 a minute). It is a heart when the typical beat stands 4 SDs out and 1.8
    times as high as what lies midway between beats, the interval changes by less than 12 % from one to the next, one
    shape explains 0.82 of the beats' power, their size scatters by no more than 22 %, and the chain lasts at least 0.6
    of the record. Fewer than five beats are never one. The mean beat must have the length and the spectrum of a QRS
    complex (`is_qrs`), and the muscle must not fire in step with the beats, as it does with steps and repetitions
    (`is_tied_to_muscle`): what happens at the same instant of each cycle is movement.
    """
    if x.size < SHORTEST_S * rate_hz or np.isfinite(banded).mean() < 0.5:
        return np.empty(0)
    every = 2 * int(rate_hz // (2.0 * _RATE_HZ)) if rate_hz >= 2.0 * _RATE_HZ else 1
    rate = rate_hz / every
    short = _means(x, every)
    slow = band_filter(short, rate, bandpass_sections(rate, *_QRS_HZ))
    scale = _scale(slow, banded, every)
    d = np.where(np.isnan(slow), 0.0, slow / scale)
    found: _Beats | None = None
    for sign in (1.0, -1.0):
        beats = _follow(sign * d, scale, rate)
        if beats is not None and (found is None or beats.size.sum() > found.size.sum()):
            found = beats
    if found is None or not _is_heart(found, x.size / rate_hz):
        return np.empty(0)
    if not is_qrs(short, slow, found.time_s, rate) or is_tied_to_muscle(banded, found.time_s, rate_hz):
        return np.empty(0)
    return found.time_s


def _means(x: FloatArray, every: int) -> FloatArray:
    """Means of each `every` samples."""
    whole = x.size // every * every
    total = np.zeros(whole // every)
    for k in range(every):
        total += x[k:whole:every]
    return total / every


def _scale(slow: FloatArray, banded: FloatArray, every: int) -> FloatArray:
    """What EMG and noise alone would make of `slow`, sample by sample, from the fast part of the channel.

    Third differences at 500 samples/s hold some thousandth of a heart's power against EMG's. How large `slow` is at
    each level of theirs is learned from the channel by medians, which the few samples of a QRS do not move.
    """
    half = max(1, every // 2)
    short = _means(banded, half)
    steps = np.diff(short, 3, prepend=short[:2], append=short[-1:])
    lost = ~np.isfinite(steps)
    power, seen = np.empty(slow.size), np.empty(slow.size)
    block_powers(np.where(lost, 0.0, steps), lost, max(1, every // half), power, seen)
    window = np.hanning(33)[1:-1]
    total = np.convolve(seen, window, mode="same") if lost.any() else np.full(slow.size, window.sum() * seen[0])
    fast = np.convolve(power, window, mode="same") / np.maximum(total, 1.0)
    known = np.isfinite(slow) & (total > 0.0)
    level = np.sqrt(fast)
    order = np.argsort(level[known])
    groups = np.array_split(order, 12)
    at = np.array([float(np.median(level[known][g])) for g in groups])
    size = np.array([float(np.median(np.abs(slow[known][g]))) for g in groups]) / 0.6745
    # With more EMG there is never less of it here.
    size = np.maximum.accumulate(size)
    tiny = float(size[size > 0.0].min()) if (size > 0.0).any() else 1.0
    return np.interp(level, at, np.maximum(size, tiny))


def _follow(d: FloatArray, scale: FloatArray, rate: float) -> _Beats | None:
    """The best chain of upward beats in `d`, a channel in units of its own noise `scale`."""
    half = round(0.1 * rate)
    d, scale = np.pad(d, half), np.pad(scale, half, mode="edge")
    # A heart of 40 a minute that shows in half of its beats over 0.6 of the record leaves 0.2 a second.
    fewest = max(5, int(0.1 * d.size / rate))
    seeds = _peaks(d, _SEED, round(0.25 * rate))
    if seeds.size < fewest:
        return None
    lags, fade = np.arange(-half, half + 1), np.hanning(2 * half + 3)[1:-1]
    beats: _Beats | None = None
    for _ in range(2):
        shape = np.median(d[seeds[:, None] + lags], axis=0)
        template = fade * shape
        if not template.any():
            return None
        matched = np.convolve(d, template[::-1], mode="same")
        spread = float(np.median(np.abs(matched))) / 0.6745
        if spread == 0.0:
            return None
        matched /= spread
        matched[:half] = matched[-half:] = 0.0
        tops = _peaks(matched, 0.5, round(0.1 * rate))
        if (matched[tops] >= _SEED).sum() < fewest:
            return None
        score = np.minimum(matched[tops], 8.0) - _COST
        chain = _chain(tops / rate, score)
        seeds = tops[chain]
        if seeds.size < 5:
            return None
        shift = _vertex(matched, seeds)
        middle = (seeds[1:] + seeds[:-1]) // 2
        quarter = max(1, round(0.15 * float(np.median(np.diff(seeds)))))
        between = matched[middle[:, None] + np.arange(-quarter, quarter + 1)].max(axis=1)
        windows, beside = d[seeds[:, None] + lags], d[middle[:, None] + lags]
        explained = np.square((windows * template).sum(axis=1)) / float((template * shape).sum())
        own = np.median((fade * windows**2).sum(axis=1)) - np.median((fade * beside**2).sum(axis=1))
        beats = _Beats(
            (seeds - half + shift) / rate,
            matched[seeds],
            float(np.median(between)),
            float(np.median(explained) / own) if own > 0.0 else 0.0,
            _wobble(matched[seeds], scale[seeds]),
        )
    return beats


def _wobble(height: FloatArray, scale: FloatArray) -> float:
    """Scatter of the beats' own size as a share of it, what noise adds taken out, over the half with the least EMG."""
    quiet = scale <= np.median(scale)
    size = (height * scale)[quiet]
    usual = float(np.median(size))
    if usual <= 0.0:
        return np.inf
    spread = float(np.median(np.abs(size - usual))) / 0.6745 / usual
    return float(np.sqrt(max(0.0, spread**2 - float(np.median(scale[quiet] / usual)) ** 2)))


def _chain(time_s: FloatArray, score: FloatArray) -> NDArray[np.int64]:
    """Indices of the candidates that make the best chain over all starting periods, then at its own period."""
    best, worth = np.empty(0, dtype=np.int64), 0.0
    for period in _PERIODS_S:
        chain = _trace(time_s, score, period)
        if score[chain].sum() > worth:
            best, worth = chain, float(score[chain].sum())
    if best.size < 5:
        return best
    return _trace(time_s, score, float(np.clip(np.median(np.diff(time_s[best])), 0.32, 1.55)))


def _trace(time_s: FloatArray, score: FloatArray, period_s: float) -> NDArray[np.int64]:
    previous = np.empty(time_s.size, dtype=np.int64)
    last = best_chain(time_s, score, period_s, _STIFFNESS, previous)
    chain: list[int] = []
    while last >= 0:
        chain.append(last)
        last = int(previous[last])
    return np.array(chain[::-1], dtype=np.int64)


def _is_heart(beats: _Beats, seconds: float) -> bool:
    """Whether a chain is clear, alone in its interval, steady, and as long as the record."""
    intervals = np.diff(beats.time_s)
    typical = float(np.median(beats.size))
    unsteady = float(np.median(np.abs(np.diff(np.log(intervals)))))
    return (
        typical >= _CLEAR
        and typical >= _ALONE * beats.between
        and unsteady <= _UNSTEADY
        and beats.alike >= _ALIKE
        and beats.wobble <= _WOBBLE
        and float(intervals.sum()) >= _LASTING * seconds
    )


def remove_heartbeats(x: FloatArray, banded: FloatArray, rate_hz: float) -> HeartFree:
    """Find heartbeats and subtract them from the band-passed channel; a channel without a heart is returned as it is.

    Parameters
    ----------
    x
        Raw samples, lost ones bridged or NaN, shape (n,), any unit.
    banded
        The same channel band-passed (20–450 Hz), shape (n,).
    rate_hz
        Sampling rate, Hz.

    Notes
    -----
    The template of a beat is the mean of the band-passed samples around it and fifteen neighbours on either side, each
    weighted by the inverse of its EMG's power, low-passed at 120 Hz and faded out towards 0.12 s on both sides. Its
    size follows the beat itself as far as the EMG there lets it, within the 10 % that breathing moves it. Where no
    part of the mean beat rises above the EMG left in it, there is nothing to take.
    """
    if x.size < SHORTEST_S * rate_hz:
        return HeartFree(banded, np.empty(0), 0.0, 0.0, searched=False)
    beats_s = find_heartbeats(x, banded, rate_hz)
    if beats_s.size == 0:
        return HeartFree(banded, beats_s, 0.0, 0.0, searched=True)
    half = round(_BEAT_S * rate_hz)
    at = np.round(beats_s * rate_hz).astype(np.int64)
    padded = np.pad(banded, half + 1, constant_values=np.nan)
    windows = at[:, None] + np.arange(1, 2 * half + 2)
    beats = padded[windows]
    seen = np.isfinite(beats)
    beats[~seen] = 0.0
    noise = _noise_powers(padded, at, half)
    weight = seen / noise[:, None]
    mean = _running(weight * beats) / np.maximum(_running(weight), 1e-12 * float(weight.max()))
    fade = np.minimum(1.0, np.hanning(2 * half + 3)[1:-1] * 2.0)
    template = lowpass(np.ascontiguousarray(mean.T), rate_hz, _TEMPLATE_HZ, 2).T * fade
    # Where the mean is no larger than the EMG left in it, taking it out would only add EMG.
    near = 2 * round(0.01 * rate_hz) + 1
    local = _running(template.T**2, near // 2).T / near
    unsure = 0.5 / np.maximum(_running(weight), 1e-12 * float(weight.max()))
    template *= np.maximum(0.0, 1.0 - unsure / np.maximum(local, 1e-300))
    power = (template**2 * seen).sum(axis=1)
    if not power.any():
        return HeartFree(banded, np.empty(0), 0.0, 0.0, searched=True)
    own = (template * beats).sum(axis=1) / np.maximum(power, 1e-300)
    # About half of an EMG's power lies below the template's limit, in as many independent values as twice that band.
    own_noise = noise * rate_hz / (4.0 * _TEMPLATE_HZ) / np.maximum(power, 1e-300)
    size = np.clip(1.0 + (own - 1.0) * _WANDER**2 / (_WANDER**2 + own_noise), 0.5, 1.5)
    heart = np.zeros(padded.size)
    np.add.at(heart, windows, size[:, None] * template)
    heart = heart[half + 1 : half + 1 + banded.size]
    whole = np.isfinite(banded)
    total = float(np.square(banded[whole]).mean())
    taken = size[:, None] * template
    # The tallest point of the mean beat is what a reader calls its time.
    tallest = int(np.argmax(np.abs(template.mean(axis=0)))) - half
    return HeartFree(
        banded - heart,
        beats_s + tallest / rate_hz,
        float(np.square(heart[whole]).mean()) / total if total > 0.0 else 0.0,
        _left(beats - seen * taken, taken, noise),
        searched=True,
    )


def _left(rest: FloatArray, taken: FloatArray, noise: FloatArray) -> float:
    """Upper bound (95 %) of the power left at the beats beyond that beside them, over that of what was taken."""
    half = taken.shape[1] // 2
    core = slice(half - half // 2, half + half // 2 + 1)
    weight = 1.0 / noise**2
    weight /= weight.sum()
    excess = np.square(rest[:, core]).mean(axis=1) - noise
    mean = float((weight * excess).sum())
    error = float(np.sqrt((weight**2 * (excess - mean) ** 2).sum()))
    subtracted = float((weight * np.square(taken[:, core]).mean(axis=1)).sum())
    return (max(0.0, mean) + 1.645 * error) / subtracted if subtracted > 0.0 else math.inf


def _running(rows: FloatArray, reach: int = _NEIGHBOURS) -> FloatArray:
    """Sum of each row and its `reach` neighbours on either side, as far as they go."""
    n = rows.shape[0]
    total = np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))
    k = np.arange(n, dtype=np.int64)
    return total[np.minimum(k + reach + 1, n)] - total[np.maximum(k - reach, 0)]


def _noise_powers(padded: FloatArray, at: NDArray[np.int64], half: int) -> FloatArray:
    """Power of the channel on both sides of each beat, outside its QRS complex."""
    lag = np.arange(-half, half + 1)
    around = at[:, None] + half + 1 + lag[np.abs(lag) > half // 2]
    power = np.nanmean(np.square(padded[around]), axis=1)
    usual = float(np.nanmedian(power))
    return np.maximum(np.nan_to_num(power, nan=usual), 0.01 * usual + 1e-300)


def _peaks(x: FloatArray, least: float, apart: int) -> NDArray[np.int64]:
    """Local maxima above `least`, the higher first where two lie nearer than `apart` samples."""
    tops = np.flatnonzero((x[1:-1] > least) & (x[1:-1] >= x[:-2]) & (x[1:-1] > x[2:])) + 1
    return tops[highest_apart(tops, np.argsort(-x[tops], kind="stable"), x.size, apart)]


def _vertex(x: FloatArray, at: NDArray[np.int64]) -> FloatArray:
    """Offset of the vertex of the parabola through each maximum and its neighbours, samples."""
    left, right = x[at - 1], x[np.minimum(at + 1, x.size - 1)]
    bend = 2.0 * x[at] - left - right
    return np.clip(0.5 * (right - left) / np.where(bend > 0.0, bend, np.inf), -0.5, 0.5)
