"""One even time base: streams with times of their own put on a grid, and marker streams that belong together joined."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray, Stream

_LONGEST_STEP = 1.5
"""Neighbouring samples further apart than this many intervals have a gap between them. [ENG] half an interval off is
where the next sample would be nearer."""

_SAME_INSTANT = 1e-3
"""Share of an interval within which a sample stands on the grid. [ENG] moves a sample by less than its noise does."""

_LARGEST_GRID = 20
"""Frames on the grid for each sample, beyond which the clock is taken to be wrong. [ENG]"""

_SMALL_GRID = 100_000
"""Frames that are always allowed."""


def on_even_grid(stream: Stream) -> Stream:
    """The stream at even times; as it is where its samples are even.

    Between neighbouring samples at most 1.5 intervals apart values lie on a straight line; across longer steps they
    are NaN.

    Raises
    ------
    BadInput
        The times do not rise, or skip so far that nearly all of the recording would be missing.
    """
    times = stream.time_s
    if times is None:
        return stream
    if times.size < 2:
        return replace(stream, time_s=None, start_s=float(times[0]) if times.size else stream.start_s)
    if not np.all(np.diff(times) > 0.0):
        raise BadInput(f"stream {stream.name}: its times do not rise throughout; mend them, or give the rate: --rate")
    places = (times - times[0]) * stream.rate_hz
    frames = int(np.floor(places[-1] + _SAME_INSTANT)) + 1
    if frames > max(_LARGEST_GRID * times.size, _SMALL_GRID):
        raise BadInput(
            f"stream {stream.name}: {times.size} samples are spread over {places[-1] / stream.rate_hz:.0f} s at"
            f" {stream.rate_hz:g} Hz; mend the times, or give the rate: --rate"
        )
    return replace(stream, values=_interpolated(stream.values, places, frames), start_s=float(times[0]), time_s=None)


def _interpolated(values: FloatArray, places: FloatArray, frames: int) -> FloatArray:
    grid = np.arange(frames, dtype=np.float64)
    before = np.clip(np.searchsorted(places, grid + _SAME_INSTANT, side="right") - 1, 0, places.size - 2)
    step = places[before + 1] - places[before]
    ahead = grid - places[before]
    share = (ahead / step).reshape(-1, *[1] * (values.ndim - 1))
    out = values[before] * (1.0 - share) + values[before + 1] * share
    out[step > _LONGEST_STEP] = np.nan
    for index, on in ((before, ahead <= _SAME_INSTANT), (before + 1, step - ahead <= _SAME_INSTANT)):
        out[on] = values[index[on]]
    return out


def join_markers(streams: Sequence[Stream]) -> tuple[Stream, tuple[str, ...]]:
    """One stream of all markers, and notes on the streams that could not be joined.

    Streams of the same rate, start and length as the one with most markers are joined to it; of markers that occur
    twice its own count.
    """
    main = max(streams, key=lambda s: len(s.channels))
    parts: list[Stream] = [main]
    notes: list[str] = []
    for other in streams:
        if other is main:
            continue
        late = abs(other.start_s - main.start_s) * main.rate_hz
        if other.n_samples == main.n_samples and np.isclose(other.rate_hz, main.rate_hz) and late <= _SAME_INSTANT:
            parts.append(other)
        else:
            notes.append(
                f"markers of {other.name} ({len(other.channels)}) are left out: rate, start or length differ from"
                f" {main.name} ({len(main.channels)} markers)"
            )
    if len(parts) == 1:
        return main, tuple(notes)
    return replace(
        main,
        values=np.concatenate([p.values for p in parts], axis=1),
        channels=tuple(c for p in parts for c in p.channels),
        units=tuple(u for p in parts for u in p.units),
    ), tuple(notes)
