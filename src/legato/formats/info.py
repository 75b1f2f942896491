"""What a recording holds, as the record that `legato info` prints."""

from typing import Any

import numpy as np

from legato.formats._axes import turn_of, turned_stream
from legato.recording import BoolArray, FloatArray, Recording, Stream

_HOLE_STEPS = 2.5
"""A step of the clock as long as two samples and a half or more leaves some out; a shorter one is uneven. [ENG]"""


def info_record(recording: Recording) -> dict[str, Any]:
    """Streams, rates, gaps, dead channels and events of a recording, file by file.

    `mean_abs` is the mean of the absolute value of each channel, in the axes of the file (of markers and keypoints: the
    mean distance from the origin, in the stream's unit); None for a channel without samples. `gaps` counts the runs of
    missing samples inside channels that are not dead, and the holes in the stream's own times, which `time_holes_s`
    lists with the time at which each begins and its length.
    """
    inputs: list[dict[str, Any]] = []
    for source in recording.inputs:
        streams = [_stream_record(recording.stream(name)) for name in source.streams]
        inputs.append({"path": source.path, "sha256": source.sha256, "format": source.format, "streams": streams})
    return {
        "inputs": inputs,
        "events": [{"name": e.name, "time_s": e.time_s, "context": e.context} for e in recording.events],
        "plates": [{"index": p.index, "type": p.plate_type, "channels": list(p.channels)} for p in recording.plates],
        "offsets": [
            {"stream": o.stream, "offset_s": o.offset_s, "sd_s": o.sd_s, "method": o.method} for o in recording.offsets
        ],
        "rep_tables": [
            {
                "name": t.name,
                "columns": list(t.columns),
                "units": list(t.units),
                "rows": [[None if v != v else v for v in row] for row in t.values.tolist()],
            }
            for t in recording.rep_tables
        ],
        "notes": list(recording.notes),
    }


def _stream_record(stream: Stream) -> dict[str, Any]:
    dead = dead_channels(stream)
    missing = _missing(stream)
    mean = _mean_abs(stream)
    holes = _holes(stream)
    return {
        "name": stream.name,
        "kind": stream.kind,
        "rate_hz": stream.rate_hz,
        "start_s": stream.start_s,
        "duration_s": stream.duration_s,
        "n_samples": stream.n_samples,
        "unit": stream.unit,
        "units": list(stream.units),
        "channels": list(stream.channels),
        "mean_abs": [None if v != v else v for v in mean.tolist()],
        "gaps": _count_gaps(missing[:, [c not in dead for c in stream.channels]]) + len(holes),
        "time_holes_s": holes,
        "missing_share": [float(v) for v in missing.mean(0)] if stream.n_samples else [],
        "dead": list(dead),
        "time_jumps": stream.time_jumps,
    }


def _missing(stream: Stream) -> BoolArray:
    """Whether each sample of each channel is missing, shape (n, channels)."""
    gone = ~np.isfinite(stream.values)
    return np.asarray(gone.reshape(stream.n_samples, len(stream.channels), -1).any(axis=-1))


def _count_gaps(missing: BoolArray) -> int:
    if not missing.size:
        return 0
    starts = missing.copy()
    starts[1:] &= ~missing[:-1]
    return int(np.count_nonzero(starts))


def _holes(stream: Stream) -> list[dict[str, float]]:
    """Where the stream's own times leave out samples: the last time before, and how long it lasts."""
    if stream.time_s is None or stream.n_samples < 2:
        return []
    steps = np.diff(stream.time_s)
    wide = np.flatnonzero(steps > _HOLE_STEPS / stream.rate_hz)
    return [{"start_s": float(stream.time_s[k]), "length_s": float(steps[k])} for k in wide]


def _mean_abs(stream: Stream) -> FloatArray:
    if stream.kind == "markers":
        sizes = np.linalg.norm(stream.values, axis=-1)
    elif stream.kind == "keypoints":
        # The confidence is no length.
        sizes = np.linalg.norm(stream.values[..., :2], axis=-1)
    elif stream.kind == "rotations":
        sizes = np.abs(stream.values).reshape(stream.n_samples, len(stream.channels), 9).mean(-1)
    else:
        # The table was turned to z up; who opens the file sees its own axes.
        sizes = np.abs(turned_stream(stream, turn_of(stream).T).values)
    seen = np.isfinite(sizes)
    counts = seen.sum(0)
    return np.where(counts > 0, np.where(seen, sizes, 0.0).sum(0) / np.maximum(counts, 1), np.nan)


def dead_channels(stream: Stream) -> tuple[str, ...]:
    """Channels that carry no signal.

    A marker is dead when no frame has it. Any other channel is dead when it has no sample, or never changes: a sensor
    that is
    connected always shows at least the noise of its amplifier.
    """
    if not stream.n_samples:
        return stream.channels
    missing = _missing(stream)
    if stream.kind in ("markers", "rotations", "keypoints"):
        return tuple(c for i, c in enumerate(stream.channels) if missing[:, i].all())
    flat: list[str] = []
    for i, name in enumerate(stream.channels):
        seen = stream.values[:, i][~missing[:, i]]
        if seen.size == 0 or (seen.size > 1 and float(np.ptp(seen)) == 0.0):
            flat.append(name)
    return tuple(flat)
