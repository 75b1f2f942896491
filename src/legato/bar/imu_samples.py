"""What an inertial sensor on a bar gave, judged sample by sample and put on an even clock."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from legato.errors import BadInput
from legato.recording import STANDARD_GRAVITY, BoolArray, FloatArray
from legato.signals.gaps import runs_of
from legato.signals.resampling import resample_even

LONGEST_GAP_S = 0.15
"""A longer gap cannot be bridged: a fast pull reaches its peak in less. [ENG]"""

_STEP = 1.8
"""Samples further apart than this many usual steps have a gap between them: a lost sample makes 2. [ENG]"""

_LEAST_SAMPLES = 20
"""Fewer hold no repetition from one standstill to the next. [ENG]"""

_FLAT_RUN = 3
"""So many equal samples at a channel's outermost value are the sensor's limit. [ENG]"""

_FAR_PULL = 0.5 * STANDARD_GRAVITY
_FAR_RATE = 2.0
"""The limit lies further than this from the channel's middle, m/s² and rad/s: a sensor at rest repeats values too.
[ENG]"""


@dataclass(frozen=True, slots=True, eq=False)
class ImuSamples:
    """Even samples in the sensor's own axes: `pull` (n, 3) m/s², `turning` (n, 3) rad/s; `gaps`: first frame, one past
    the last and length in s of each stretch that was bridged; `jitter_s`: SD of the clock's steps.
    """

    rate_hz: float
    start_s: float
    pull: FloatArray
    turning: FloatArray
    gaps: tuple[tuple[int, int, float], ...]
    saturated: BoolArray
    jitter_s: float


def even_samples(time_s: FloatArray, pull: FloatArray, turning: FloatArray) -> ImuSamples:
    """Judge the samples and put them on an even clock.

    Parameters
    ----------
    time_s
        Times of the samples, s, shape (n,).
    pull
        What the accelerometer read, m/s², shape (n, 3): gravity's size at rest. NaN marks missing samples.
    turning
        Rates of turn, rad/s, shape (n, 3).

    Raises
    ------
    BadInput
        Fewer than 20 samples, times that do not rise, shapes that do not fit, or accelerations that are not in m/s².
    """
    time_s, pull, turning = (np.asarray(x, dtype=np.float64) for x in (time_s, pull, turning))
    if pull.shape != (time_s.size, 3) or turning.shape != pull.shape:
        raise BadInput(
            f"the bar's sensor has {time_s.size} times, accelerations {pull.shape} and rates {turning.shape}; give"
            " three axes of each for every time"
        )
    good = np.isfinite(pull).all(axis=1) & np.isfinite(turning).all(axis=1) & np.isfinite(time_s)
    if int(good.sum()) < _LEAST_SAMPLES:
        raise BadInput(
            f"the bar's sensor has {int(good.sum())} whole samples of {time_s.size}; a repetition needs at least"
            f" {_LEAST_SAMPLES}: check the file"
        )
    time_s, pull, turning = time_s[good], pull[good], turning[good]
    steps = np.diff(time_s)
    if not (steps > 0.0).all():
        at = int(np.flatnonzero(steps <= 0.0)[0])
        raise BadInput(
            f"the clock of the bar's sensor does not rise: {time_s[at]:.3f} s is followed by {time_s[at + 1]:.3f} s;"
            " sort the rows or mend the times"
        )
    _check_unit(pull)
    usual = float(np.median(steps))
    clipped = _at_limit(pull, _FAR_PULL) | _at_limit(turning, _FAR_RATE)
    rate = 1.0 / usual
    together, step = resample_even(time_s, np.concatenate((pull, turning), axis=1), rate)
    gaps = tuple((a, b, float(step[a])) for a, b in _stretches(step, usual))
    even_s: FloatArray = time_s[0] + np.arange(len(step), dtype=np.float64) / rate
    near = np.clip(np.searchsorted(time_s, even_s), 1, time_s.size - 1)
    usual_steps = steps[steps <= _STEP * usual]
    return ImuSamples(
        rate,
        float(time_s[0]),
        together[:, :3],
        together[:, 3:],
        gaps,
        clipped[near] | clipped[near - 1],
        float(usual_steps.std()) if usual_steps.size > 1 else 0.0,
    )


def _stretches(step: FloatArray, usual: float) -> list[tuple[int, int]]:
    """Stretches of frames inside gaps, two gaps side by side kept apart."""
    found: list[tuple[int, int]] = []
    for a, b in runs_of(step > _STEP * usual):
        cuts = [a, *(a + 1 + np.flatnonzero(np.diff(step[a:b]) != 0.0)).tolist(), b]
        found.extend((int(i), int(j)) for i, j in pairwise(cuts))
    return found


def _check_unit(pull: FloatArray) -> None:
    size = float(np.median(np.linalg.norm(pull, axis=1)))
    if 0.6 * STANDARD_GRAVITY <= size <= 1.6 * STANDARD_GRAVITY:
        return
    said = "looks like g" if 0.6 <= size <= 1.6 else "looks like mg" if 600.0 <= size <= 1600.0 else "fits no unit"
    if size < 0.3:
        said = "looks as if gravity were already taken out, or the sensor off"
    raise BadInput(
        f"the acceleration of the bar's sensor has a median size of {size:.3g} m/s² where gravity alone makes"
        f" {STANDARD_GRAVITY:.2f}: it {said}; state the unit beside the column's name, as in ax (g)"
    )


def _at_limit(values: FloatArray, far: float) -> BoolArray:
    """Samples at which a channel stands flat at its highest or lowest value."""
    clipped = np.zeros(len(values), dtype=np.bool_)
    for channel in values.T:
        middle = float(np.median(channel))
        for limit in (float(channel.max()), float(channel.min())):
            if abs(limit - middle) < far:
                continue
            for a, b in runs_of(channel == limit):
                if b - a >= _FLAT_RUN:
                    clipped[a:b] = True
    return clipped
