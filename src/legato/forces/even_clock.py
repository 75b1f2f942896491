"""Forces whose table keeps uneven times, put on an even clock before anything is read from them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from legato.recording import FloatArray, Recording, Stream
from legato.signals.resampling import resample_even

_KINDS = ("force", "analog", "table")

_STEP = 1.8
"""Samples further apart than this many usual steps have a gap between them: a lost sample makes 2. [ENG]"""

_ONE_LOST = 2.2
_BRIDGED_S = 0.005
"""A gap of one lost sample (so many usual steps at most) and not longer than this, s, is bridged by the curve through
its neighbours: force hardly bends in it. [ENG]"""

_ON_A_SAMPLE = 0.05
"""A time this near to a sample, in usual steps, is measured even beside a gap. [ENG]"""

_LEAST_SAMPLES = 3
_MOST_GAP = 0.5
"""Share of the time in gaps from which the samples are no course of a force. [ENG]"""


def on_even_clock(recording: Recording) -> tuple[Recording, tuple[str, ...]]:
    """The recording with its forces on an even clock, and a sentence on each stream that had none.

    Every time counts: a lost sample moves nothing that follows it. What lies in a longer gap is NaN. Streams whose
    times do not rise, or that lie mostly in gaps, are left out with the reason. An even recording comes back as it is.
    """
    streams: list[Stream] = []
    notes: list[str] = []
    for stream in recording.streams:
        if stream.time_s is None or stream.kind not in _KINDS:
            streams.append(stream)
            continue
        # The rate that a table's reader tells is a mean, in which lost samples count.
        rate_hz = round(1.0 / _usual_step(stream.time_s), 6) if stream.n_samples > 1 else stream.rate_hz
        refused = _refusal(stream.time_s, rate_hz)
        if refused:
            notes.append(f"{stream.name}: {refused}")
            continue
        values, missing_s = _even(stream.time_s, stream.values, rate_hz)
        start_s = float(stream.time_s[0])
        streams.append(replace(stream, values=values, rate_hz=rate_hz, start_s=start_s, time_s=None))
        lost = f"; {missing_s:.3g} s of gaps are missing samples" if missing_s > 0.0 else ""
        notes.append(f"{stream.name}: its uneven samples were put on an even clock of {rate_hz:g} Hz{lost}")
    return (replace(recording, streams=tuple(streams)) if notes else recording), tuple(notes)


def _usual_step(time_s: FloatArray) -> float:
    return max(float(np.median(np.diff(time_s))), 1e-9)


def _refusal(time_s: FloatArray, rate_hz: float) -> str:
    steps = np.diff(time_s)
    if time_s.size < _LEAST_SAMPLES:
        return f"{time_s.size} uneven samples tell no force; left out"
    if not (steps > 0.0).all():
        at = int(np.flatnonzero(~(steps > 0.0))[0])
        return f"its clock does not rise after {time_s[at]:.3f} s; sort the rows or mend the times; left out"
    inside = float(steps[steps > _STEP / rate_hz].sum() / steps.sum())
    if inside > _MOST_GAP:
        return (
            f"its samples leave gaps of {steps.max():.3g} s and {100.0 * inside:.0f} % of its time is in gaps; export"
            " every sample, evenly spaced; left out"
        )
    return ""


def _even(time_s: FloatArray, values: FloatArray, rate_hz: float) -> tuple[FloatArray, float]:
    """The samples on the even clock, shape (frames, channels), NaN where not measured; and the time in gaps, s."""
    flat = values.reshape(len(values), -1)
    seen = np.isfinite(flat)
    filled = np.zeros_like(flat)
    for k in range(flat.shape[1]):
        known = np.flatnonzero(seen[:, k])
        if known.size:
            filled[:, k] = np.interp(time_s, time_s[known], flat[known, k])
    found, step = resample_even(time_s, filled, rate_hz)
    grid = time_s[0] + np.arange(len(found)) / rate_hz
    passed: NDArray[np.intp] = np.asarray(np.searchsorted(time_s, grid, side="right"), dtype=np.intp)
    before = np.minimum(np.maximum(passed - 1, 0), time_s.size - 2)
    # A device at its limit repeats a value and goes no further; so does the curve between.
    found = np.clip(found, filled.min(axis=0), filled.max(axis=0))
    found = np.where(filled[before] == filled[before + 1], filled[before], found)
    on_first = grid - time_s[before] <= _ON_A_SAMPLE / rate_hz
    on_second = time_s[before + 1] - grid <= _ON_A_SAMPLE / rate_hz
    bridged = (step <= _STEP / rate_hz) | (step <= min(_ONE_LOST / rate_hz, _BRIDGED_S))
    missing = ~(bridged | on_first | on_second)
    known = (seen[before] | on_second[:, None]) & (seen[before + 1] | on_first[:, None])
    found[missing[:, None] | ~known] = np.nan
    return found.reshape(len(found), *values.shape[1:]), float(missing.sum()) / rate_hz
