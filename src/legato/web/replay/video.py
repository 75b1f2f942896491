"""What an attached video is and when each of its frames is shown, from its container alone; nothing is decoded."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from legato.recording import FloatArray

_MOST_INDEX_BYTES = 64_000_000
"""Index of an mp4 above which it is not read. [ENG] An hour at 240 Hz has 4 MB."""

_MOST_FRAMES = 2_000_000

_MOST_PARTS = 500_000

_EVEN = 0.02
"""How far frames may lie from an even grid that is told instead of them, as a share of their distance. [ENG]"""


def video_type(path: Path) -> str | None:
    """`video/mp4` or `video/webm` where the file's first bytes say so, else None."""
    with path.open("rb") as file:
        first = file.read(16)
    if first[4:8] == b"ftyp":
        return "video/mp4"
    return "video/webm" if first[:4] == b"\x1a\x45\xdf\xa3" else None


def frames_record(path: Path) -> dict[str, Any]:
    """When frames are shown, s of the video: `{first_s, rate_hz, n}` where they are even, `{times}` where they are not,
    nothing where the file does not tell.
    """
    times = frame_times(path)
    if times is None or times.size < 2:
        return {}
    step = float(times[-1] - times[0]) / (times.size - 1)
    if step <= 0.0:
        return {}
    even = times[0] + step * np.arange(times.size)
    if np.abs(times - even).max() <= _EVEN * step:
        return {"first_s": float(times[0]), "rate_hz": 1.0 / step, "n": int(times.size)}
    return {"times": [round(float(t), 6) for t in times]}


def frame_times(path: Path) -> FloatArray | None:
    """Time of each frame of the first video track, s, in the order in which they are shown; None where the file does
    not tell or is damaged.
    """
    kind = video_type(path)
    try:
        with path.open("rb") as file:
            times = _mp4_times(file) if kind == "video/mp4" else _webm_times(file) if kind == "video/webm" else None
    except (struct.error, ValueError, IndexError, EOFError, OverflowError):
        return None
    return None if times is None or not times.size else np.sort(times)


def _mp4_times(file: BinaryIO) -> FloatArray | None:
    size = file.seek(0, 2)
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            length, head = struct.unpack(">Q", file.read(8))[0], 16
        length = size - at if length == 0 else length
        if length < head:
            return None
        if name == b"moov":
            return None if length > _MOST_INDEX_BYTES else _of_movie(file.read(length - head))
        at += length
    return None


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        head = 8
        if length == 1:
            length, head = struct.unpack_from(">Q", content, at + 8)[0], 16
        length = len(content) - at if length == 0 else length
        if length < head:
            return
        yield name, content[at + head : at + length]
        at += length


def _box(content: bytes, *path: bytes) -> bytes | None:
    for name in path:
        found = next((inside for box, inside in _boxes(content) if box == name), None)
        if found is None:
            return None
        content = found
    return content


def _scale(box: bytes) -> int:
    """Units in a second of `mvhd` or `mdhd`."""
    return struct.unpack_from(">I", box, 20 if box[0] == 1 else 12)[0]


def _of_movie(movie: bytes) -> FloatArray | None:
    for name, track in _boxes(movie):
        handler = _box(track, b"mdia", b"hdlr") if name == b"trak" else None
        if handler is None or handler[8:12] != b"vide":
            continue
        header, table = _box(track, b"mdia", b"mdhd"), _box(track, b"mdia", b"minf", b"stbl")
        whole = _box(movie, b"mvhd")
        counted = None if table is None else _box(table, b"stts")
        if header is None or table is None or counted is None or whole is None or not _scale(header):
            return None
        decoded = _runs(counted, signed=False)
        if not decoded.size:
            return None
        shown = np.concatenate([[0], np.cumsum(decoded)[:-1]])
        moved = _box(table, b"ctts")
        if moved is not None:
            by = _runs(moved, signed=True)
            if by.size != shown.size:
                return None
            shown = shown + by
        start, first = _edit(_box(track, b"edts", b"elst"))
        times = (shown - first) / _scale(header) + start / max(1, _scale(whole))
        return times[times > -0.5 / _scale(header)]
    return None


def _runs(box: bytes, *, signed: bool) -> FloatArray:
    """The values of a table of runs, one a frame: `stts` or `ctts`."""
    count = struct.unpack_from(">I", box, 4)[0]
    table = np.frombuffer(box, ">u4", 2 * count, 8).reshape(-1, 2)
    if int(table[:, 0].sum(dtype=np.uint64)) > _MOST_FRAMES:
        raise ValueError("too many frames")
    values = table[:, 1].astype(np.uint32).view(np.int32) if signed else table[:, 1]
    return np.repeat(values.astype(np.float64), table[:, 0].astype(np.int64))


def _edit(box: bytes | None) -> tuple[int, int]:
    """Empty time before the track, in units of the movie, and the track's time at which it starts to be shown."""
    if box is None:
        return 0, 0
    empty, form = 0, ">Qqi" if box[0] == 1 else ">Iii"
    for k in range(struct.unpack_from(">I", box, 4)[0]):
        length, first, _ = struct.unpack_from(form, box, 8 + k * struct.calcsize(form))
        if first >= 0:
            return empty, first
        empty += length
    return empty, 0


_SEGMENT, _INFO, _CLUSTER, _GROUP, _TRACKS, _TRACK = 0x18538067, 0x1549A966, 0x1F43B675, 0xA0, 0x1654AE6B, 0xAE
_OPENED = frozenset({_SEGMENT, _INFO, _CLUSTER, _GROUP, _TRACKS, _TRACK})
_SCALE, _CLOCK, _SIMPLE, _BLOCK, _NUMBER, _TYPE = 0x2AD7B1, 0xE7, 0xA3, 0xA1, 0xD7, 0x83


def _webm_times(file: BinaryIO) -> FloatArray | None:
    """Masters are entered, everything else is stepped over, so that parts of unknown length need no end."""
    size = file.seek(0, 2)
    file.seek(0)
    scale, clock, number, wanted = 1_000_000, 0, 0, None
    found: list[int] = []
    for _ in range(_MOST_PARTS):
        if file.tell() >= size:
            break
        part, length = _number(file, keep=True), _number(file, keep=False)
        if part in _OPENED:
            continue
        at = file.tell()
        if part in (_SCALE, _CLOCK, _NUMBER, _TYPE):
            value = int.from_bytes(file.read(min(length, 8)), "big")
            if part == _SCALE:
                scale = value
            elif part == _CLOCK:
                clock = value
            elif part == _NUMBER:
                number = value
            elif value == 1 and wanted is None:
                wanted = number
        elif part in (_SIMPLE, _BLOCK):
            track = _number(file, keep=False)
            after = struct.unpack(">h", file.read(2))[0]
            if track == wanted:
                found.append(clock + after)
        file.seek(at + length)
    return np.array(found, dtype=np.float64) * scale * 1e-9


def _number(file: BinaryIO, *, keep: bool) -> int:
    """A number of variable length; `keep` its marker, as in names."""
    first = file.read(1)
    if not first or not first[0]:
        raise EOFError
    more = 8 - first[0].bit_length()
    value = first[0] if keep else first[0] & ((1 << (7 - more)) - 1)
    return int.from_bytes(bytes([value]) + file.read(more), "big")
