"""A bar's samples at uneven times put on an even clock, with what no sample tells left missing."""

import numpy as np

from legato.bar.imu_samples import LONGEST_GAP_S
from legato.errors import BadInput
from legato.recording import BoolArray, FloatArray, Stream
from legato.signals.resampling import resample_even

_USUAL_QUARTILE = 0.25
"""The grid's step is the quarter of steps that are shortest: a device that writes fewer rows at rest still writes them
that often while the bar moves. [ENG]"""

_WIDE = 1.8
"""A step of so many usual ones is bridged by a curve: a lost sample makes 2. [ENG]"""

_MOST_APART = 0.5
"""Where more of the record than this lies between samples too far apart, times were not what it was written by. [ENG]
"""

_LEAST_SAMPLES = 20
"""Fewer hold no repetition from one standstill to the next. [ENG]"""


def on_even_clock(stream: Stream, values: FloatArray) -> tuple[FloatArray, float, float, BoolArray]:
    """A stream's samples at even times.

    Parameters
    ----------
    stream
        Tells the times.
    values
        Its samples, shape (n, channels); NaN where missing.

    Returns
    -------
    The samples, shape (frames, channels), their rate in Hz, the time of the first in s, and which of them, shape
    (frames,), lie between samples further apart than usual. Where no sample lies for more than 0.15 s, they are NaN.

    Raises
    ------
    BadInput
        Times that do not rise, or more than half of the record between samples further apart than 0.15 s.
    """
    if stream.time_s is None:
        return values, stream.rate_hz, stream.start_s, np.zeros(len(values), dtype=np.bool_)
    times = stream.times()
    steps = np.diff(times)
    if not (steps > 0.0).all():
        at = int(np.flatnonzero(~(steps > 0.0))[0])
        raise BadInput(
            f"{stream.name}: its times do not rise, {times[at]:.3f} s is followed by {times[at + 1]:.3f} s; sort the"
            " rows or mend the times"
        )
    apart = float(steps[steps > LONGEST_GAP_S].sum()) / float(steps.sum())
    if apart > _MOST_APART:
        raise BadInput(
            f"{stream.name}: its rows come every {steps.min():.3g} to {steps.max():.3g} s, and {100 * apart:.0f} % of"
            f" the record has none for more than {LONGEST_GAP_S:g} s, as when a row is written a distance; export it"
            " at an even rate"
        )
    usual = float(np.quantile(steps, _USUAL_QUARTILE))
    seen = np.isfinite(values).all(axis=1)
    if int(seen.sum()) < _LEAST_SAMPLES:
        return values, 1.0 / usual, float(times[0]), np.zeros(len(values), dtype=np.bool_)
    found, step = resample_even(times[seen], values[seen], 1.0 / usual)
    found[step > LONGEST_GAP_S] = np.nan
    return found, 1.0 / usual, float(times[seen][0]), step > _WIDE * usual
