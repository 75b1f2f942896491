"""What tells a heart from what else comes back steadily: the shape of a QRS complex, and no tie to the muscle."""

import numpy as np

from legato.muscles._blocks import Blocks, ordered
from legato.recording import FloatArray

_BEAT_S = 0.12
"""Longest QRS complex, s. [DOC] 0.06–0.10 s in health"""
_AROUND_S = 0.3
_LEAST_SHORT = 0.8
"""Least share of the mean beat's power at 8–35 Hz that lies within one QRS complex. [SIM] 0.84–1 for hearts"""
_LEAST_QUICK = 1.0
"""Least power of the mean beat at 9–40 Hz over that below: a jolt of cable and skin swings more slowly. [SIM] 1.4–12
for hearts
"""
_HIGHEST_HZ = 22.0
"""Highest frequency of a mean beat's strongest part: most of a QRS lies at 8–25 Hz. [SIM] 8–17 for hearts"""
_MOST_SHARP = 0.4
"""Greatest power of the mean beat from 60 Hz on over that at 8–40 Hz: single motor units have more than 1. [SIM] 0–0.12
for hearts
"""
_LEAST_SLOW = 1.8
"""Density at 8–30 Hz over that at 60–150 Hz, in the tenth of the blocks where it is highest, from which a heart is
looked for. [SIM] bursts, holds and noise stay below; of the hearts that a search finds 1 in 25 is lower, all under a
hold
"""
_PHASES = 8
_STEP_S = 0.05
_CLEAR_OF_BEAT_S = 0.1
_MOST_TIED = 4.5
"""Greatest F of the muscle's power over the eighths between two beats. [SIM] hearts stay below in 98 of 100 channels,
bursts in step with the beats give 10 to 1000
"""


def may_hold_heart(blocks: Blocks) -> bool:
    """Whether any block is so strong where a QRS complex lies that a search for a heart is worth its time."""
    slow, fast = blocks.band(8.0, 30.0), blocks.band(60.0, 150.0) & ~blocks.mains
    if not (slow.any() and fast.any()):
        return True
    ratio = blocks.power[:, slow].mean(axis=1) / np.maximum(blocks.power[:, fast].mean(axis=1), 1e-300)
    return ordered(ratio, 0.9) > _LEAST_SLOW


def is_qrs(short: FloatArray, slow: FloatArray, beats_s: FloatArray, rate_hz: float) -> bool:
    """Whether the mean of what happens at `beats_s` has the length and the spectrum of a QRS complex.

    Parameters
    ----------
    short
        The channel before any filter, in means down to some 250 samples/s, shape (n,), any unit; NaN where missing.
    slow
        The same at 8–35 Hz, shape (n,).
    beats_s
        Times of the beats from the first sample, s.
    rate_hz
        Rate of both, Hz.
    """
    reach, half = round(_AROUND_S * rate_hz), round(0.1 * rate_hz)
    lag = np.arange(-reach, reach + 1)
    at = np.rint(beats_s * rate_hz).astype(np.int64)
    at = at[(at >= reach) & (at < slow.size - reach)]
    if at.size < 3:
        return False
    seen = np.isfinite(short[at[:, None] + lag]).all(axis=1)
    if seen.sum() < 3:
        return False
    windows = at[seen, None] + lag
    power = np.median(slow[windows], axis=0) ** 2
    if power[np.abs(lag) <= 0.5 * _BEAT_S * rate_hz].sum() < _LEAST_SHORT * power.sum():
        return False
    raw = short[windows]
    beat = np.median(raw - np.median(raw, axis=1, keepdims=True), axis=0)[reach - half : reach + half + 1]
    window = np.hanning(2 * half + 3)[1:-1]
    beat = window * (beat - float(beat @ window) / float(window.sum()))
    size = 8 * beat.size
    density = np.abs(np.fft.rfft(beat, size)) ** 2
    freq_hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    quick = float(density[(freq_hz >= 9.0) & (freq_hz < 40.0)].sum())
    usual = float(density[(freq_hz >= 8.0) & (freq_hz < 40.0)].sum())
    return (
        quick >= _LEAST_QUICK * float(density[freq_hz < 9.0].sum())
        and float(density[freq_hz >= 60.0].sum()) <= _MOST_SHARP * usual
        and float(freq_hz[np.argmax(density)]) <= _HIGHEST_HZ
    )


def is_tied_to_muscle(banded: FloatArray, beats_s: FloatArray, rate_hz: float) -> bool:
    """Whether the muscle fires in step with the beats, as it does with steps and repetitions and not with a heart.

    The power of `banded` (the band-passed channel, shape (n,)) in eighths of each interval, the QRS complexes left out,
    is held against how much it varies from beat to beat (F of an analysis of variance).
    """
    length = max(1, round(_STEP_S * rate_hz))
    steps = np.diff(banded)[: (banded.size - 1) // length * length].reshape(-1, length)
    seen = np.isfinite(steps)
    count = seen.sum(axis=1)
    power = np.where(seen, steps, 0.0)
    power = np.einsum("ij,ij->i", power, power)
    known = 2 * count >= length
    level = power[known] / count[known]
    time_s = (np.flatnonzero(known) + 0.5) * length / rate_hz
    after = np.searchsorted(beats_s, time_s) - 1
    inside = (after >= 0) & (after < beats_s.size - 1)
    after, time_s, level = after[inside], time_s[inside], level[inside]
    since, until = time_s - beats_s[after], beats_s[after + 1] - time_s
    clear = (since > _CLEAR_OF_BEAT_S) & (until > _CLEAR_OF_BEAT_S) & (level > 0.0)
    after, since, until, log = after[clear], since[clear], until[clear], np.log(level[clear])
    phase = np.minimum((_PHASES * since / (since + until)).astype(np.int64), _PHASES - 1)
    cell = after * _PHASES + phase
    n = np.bincount(cell, minlength=(beats_s.size - 1) * _PHASES).reshape(-1, _PHASES)
    profile = np.bincount(cell, log, minlength=n.size).reshape(-1, _PHASES) / np.maximum(n, 1)
    # The level of each interval says nothing of when in it the muscle fires.
    there = n > 0
    profile -= ((profile * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1))[:, None]
    profile[~there] = 0.0
    beats = there.sum(axis=0)
    used = beats >= 3
    if used.sum() < 3:
        return False
    mean = profile[:, used].sum(axis=0) / beats[used]
    error = np.where(there[:, used], profile[:, used] - mean, 0.0)
    left = float(np.square(error).sum()) / max(1, int(beats[used].sum()) - 2 * int(used.sum()))
    between = float((beats[used] * mean**2).sum()) / (int(used.sum()) - 1)
    return between > _MOST_TIED * left
