"""XDF, the format of LabRecorder: streams of several devices on one clock, and markers as events."""

import io
import logging
import re
import struct
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, cast

import numpy as np

from legato.errors import BadInput
from legato.formats._channels import channel_kind, unique_names
from legato.formats._clock import column_clock
from legato.formats._units import to_si
from legato.recording import Event, FloatArray, Recording, Stream, StreamKind

_BYTES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "double64": 8, "string": 2}
"""Least bytes that one value takes; a string takes two bytes of length at least."""
_MOST_CHANNELS = 10_000
_LARGEST_XML = 4_000_000
_LONGEST_EVENT = 80
_KINDS: Mapping[str, StreamKind] = {
    "emg": "emg", "force": "force", "imu": "imu", "accelerometer": "imu", "gyroscope": "imu", "acc": "imu",
}  # fmt: skip


def read_xdf(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read an XDF file. The clocks of its devices are joined, resets included; streams of words, and streams of
    irregular
    rate that are called markers, become events.

    Parameters
    ----------
    path
        The file.
    rate_hz
        Rate to use instead of the one that the time stamps tell, Hz.

    Raises
    ------
    BadInput
        The extra `xdf` is not installed, the file is damaged, contradicts itself, or holds neither samples nor
        events.
    """
    path = Path(path)
    data = path.read_bytes()
    check_chunks(path.name, data)
    streams = _load(path.name, data)
    filled = [s for s in streams if len(s["time_stamps"])]
    notes = [f"stream {_name(s)} is empty and was left out" for s in streams if not len(s["time_stamps"])]
    if not filled:
        raise BadInput(f"{path.name}: {len(streams)} streams and no sample in any of them; record it again")
    stamps = [np.asarray(s["time_stamps"], float) for s in filled]
    if not all(np.isfinite(t).all() for t in stamps):
        raise BadInput(f"{path.name}: some time stamps are no numbers; the file is damaged")
    zero = min(float(t.min()) for t in stamps)
    names = unique_names([_name(s) for s in filled], "stream")
    found: list[Stream] = []
    events: list[Event] = []
    for name, stream, times in zip(names, filled, stamps, strict=True):
        if _is_markers(stream):
            events.extend(_events(name, stream, times - zero))
        elif times.size < 2:
            notes.append(f"stream {name} has one sample and was left out")
        else:
            found.append(_samples(path.name, name, stream, times - zero, rate_hz, notes))
    return Recording(tuple(found), tuple(sorted(events, key=lambda e: e.time_s)), notes=tuple(notes))


def check_chunks(name: str, data: bytes) -> None:
    """Walk the chunks and see that no length they state is larger than what is there.

    Raises
    ------
    BadInput
        A chunk claims more than the file holds, or a header cannot be understood.
    """
    if not data.startswith(b"XDF:"):
        raise BadInput(f"{name}: no XDF file; check what was recorded")
    formats: dict[int, tuple[int, str]] = {}
    at = 4
    while at < len(data):
        length, start = _varlen(name, data, at)
        end = start + length
        if length < 2 or end > len(data):
            raise BadInput(
                f"{name}: the chunk at byte {at} claims {length} bytes, the file has {len(data) - start} left;"
                " it is cut short or damaged, copy it again"
            )
        (tag,) = struct.unpack_from("<H", data, start)
        if tag in (2, 3, 4, 6):
            if length < 6 or (tag == 4 and length < 22):
                raise BadInput(f"{name}: the chunk at byte {at} is too short for its kind; the file is damaged")
            (stream,) = struct.unpack_from("<I", data, start + 2)
            if tag == 2:
                if stream in formats:
                    raise BadInput(f"{name}: two headers of stream {stream}; the file is damaged")
                formats[stream] = _stream_format(name, data[start + 6 : end])
            elif stream not in formats:
                raise BadInput(f"{name}: the chunk at byte {at} belongs to no stream of the file; it is damaged")
            elif tag == 3:
                _check_samples(name, data, start + 6, end, *formats[stream])
        if tag in (1, 6):
            _check_xml(name, data[start + (2 if tag == 1 else 6) : end])
        at = end


def _varlen(name: str, data: bytes, at: int) -> tuple[int, int]:
    """A length stored at `at`, and where what it counts begins."""
    width = data[at]
    if width not in (1, 4, 8) or at + 1 + width > len(data):
        raise BadInput(f"{name}: no length of a chunk at byte {at}; the file is cut short or damaged, copy it again")
    return int.from_bytes(data[at + 1 : at + 1 + width], "little"), at + 1 + width


def _check_xml(name: str, text: bytes) -> None:
    # A document type could declare entities that unfold to gigabytes.
    if len(text) > _LARGEST_XML or b"<!" in text or text.count(b"<") > 100_000:
        raise BadInput(f"{name}: a header that no recorder writes; the file is damaged")


def _stream_format(name: str, text: bytes) -> tuple[int, str]:
    _check_xml(name, text)
    found = [re.search(rb"<%s>\s*([^<]*?)\s*</" % key, text) for key in (b"channel_count", b"channel_format")]
    count, form = (m[1].decode("ascii", "replace") if m else "" for m in found)
    if not count.isdigit() or len(count) > 5 or not 0 < int(count) <= _MOST_CHANNELS or form not in _BYTES:
        raise BadInput(f"{name}: a stream of {count[:12] or 'unknown'} channels of {form[:12] or 'unknown'} values;"
                       " the file is damaged")  # fmt: skip
    return int(count), form


def _check_samples(name: str, data: bytes, start: int, end: int, channels: int, form: str) -> None:
    if start >= end:
        raise BadInput(f"{name}: an empty chunk of samples at byte {start}; the file is damaged")
    count, at = _varlen(name, data, start)
    if count * (1 + channels * _BYTES[form]) > end - at:
        raise BadInput(
            f"{name}: a chunk claims {count} samples of {channels} channels in {end - at} bytes; the file is damaged"
        )


def _load(name: str, data: bytes) -> list[dict[str, Any]]:
    try:
        import pyxdf
    except ImportError:
        raise BadInput(
            f'{name}: an XDF file; to read it, run in Legato\'s folder: .venv/bin/pip install -e ".[xdf]"'
        ) from None
    logger = logging.getLogger("pyxdf.pyxdf")
    level, logger.disabled = logger.level, True
    try:
        with np.errstate(all="ignore"):
            streams, _ = pyxdf.load_xdf(io.BytesIO(data))
    # A damaged file raises errors of many kinds in there: of XML, of struct, of numpy.
    except Exception as error:
        raise BadInput(f"{name}: damaged ({type(error).__name__} while its chunks were read); copy it again") from None
    finally:
        logger.disabled = False
        logger.setLevel(level)
    return streams


def _told(info: Mapping[str, Any], key: str) -> str:
    value = info.get(key)
    while isinstance(value, list):
        value = value[0] if value else None
    return value.strip() if isinstance(value, str) else ""


def _name(stream: Mapping[str, Any]) -> str:
    return _told(stream["info"], "name") or _told(stream["info"], "type") or "stream"


def _is_markers(stream: Mapping[str, Any]) -> bool:
    info = stream["info"]
    irregular = float(_told(info, "nominal_srate") or 0.0) == 0.0
    return _told(info, "channel_format") == "string" or (irregular and "marker" in _told(info, "type").lower())


def _events(name: str, stream: Mapping[str, Any], times_s: FloatArray) -> list[Event]:
    """One event for each sample, named by its words; `context` is the stream's name."""
    found: list[Event] = []
    for row, time in zip(stream["time_series"], times_s.tolist(), strict=True):
        words = " ".join(str(cell) for cell in np.atleast_1d(np.asarray(row, object)).tolist())
        title = re.sub(r"\s+", " ", "".join(c if c.isprintable() or c.isspace() else " " for c in words)).strip()
        short = title if len(title) <= _LONGEST_EVENT else title[: _LONGEST_EVENT - 1] + "…"
        found.append(Event(short or "marker", time, name))
    return found


def _samples(
    file: str, name: str, stream: Mapping[str, Any], times_s: FloatArray, rate_hz: float | None, notes: list[str]
) -> Stream:
    values = np.asarray(stream["time_series"], float)
    if values.ndim != 2 or len(values) != times_s.size:
        raise BadInput(f"{file}: stream {name} has {len(values)} samples and {times_s.size} times; it is damaged")
    info = stream["info"]
    labels, units = _channels(info, values.shape[1])
    kind = _KINDS.get(_told(info, "type").lower())
    clock = column_clock(f"{file}, stream {name}", times_s, given_hz=rate_hz)
    if clock.note:
        notes.append(clock.note)
    scales = [to_si(unit) or (1.0, unit) for unit in units]
    if kind is None:
        kinds = {channel_kind(n, s[1], "", clock.rate_hz) for n, s in zip(labels, scales, strict=True)}
        kind = cast(StreamKind, kinds.pop() if len(kinds) == 1 else "analog")
    # A value that is no number is a missing sample.
    samples = np.where(np.isfinite(values), values, np.nan) * [s[0] for s in scales]
    return Stream(
        name, kind, samples, clock.rate_hz, labels, tuple(s[1] for s in scales), start_s=clock.start_s,
        time_s=None if clock.time_s is None else clock.time_s + clock.start_s, time_jumps=clock.jumps,
    )  # fmt: skip


def _channels(info: Mapping[str, Any], count: int) -> tuple[tuple[str, ...], Sequence[str]]:
    """Names and units of the channels; numbered where the file does not name all of them."""
    described: Any = info
    for key in ("desc", "channels"):
        described = described.get(key) if isinstance(described, Mapping) else None
        described = described[0] if isinstance(described, list) and described else None
    listed = described.get("channel", []) if isinstance(described, Mapping) else []
    cells = [c if isinstance(c, Mapping) else {} for c in listed] if len(listed) == count else [{}] * count
    return unique_names([_told(c, "label") for c in cells], "channel"), [_told(c, "unit") for c in cells]
