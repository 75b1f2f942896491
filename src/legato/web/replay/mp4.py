"""When the frames of an mp4 are shown, from its index; of one in fragments, from theirs."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from legato.recording import FloatArray

MOST_PARTS = 500_000
"""Boxes or elements of a container that are looked at. [ENG] Fragments of a second are 7200 an hour."""
_MOST_INDEX_BYTES = 64_000_000
"""Index above which it is not read. [ENG] An hour at 240 Hz has 4 MB."""
_MOST_FRAMES = 2_000_000


@dataclass(frozen=True, slots=True)
class _Track:
    """The first video track: its number, units a second, seconds by which it is moved, how long a frame lasts where
    nothing else says so, and the frames of its own table (units).
    """

    number: int
    scale: int
    moved_s: float
    lasts: int
    shown: FloatArray


def mp4_times(file: BinaryIO) -> FloatArray | None:
    """Time of each frame of the first video track, s, in the file's order; None where the file does not tell.

    Raises
    ------
    ValueError, struct.error, IndexError
        The file is damaged, or has too many frames.
    """
    track: _Track | None = None
    shown: list[FloatArray] = []
    left, until, more = _MOST_INDEX_BYTES, 0, _MOST_FRAMES
    for name, content in _read_boxes(file):
        left -= len(content)
        if left < 0:
            return None
        if name == b"moov" and track is None:
            track = _track(content)
            if track is None:
                return None
            shown.append(track.shown)
            more -= track.shown.size
        elif name == b"moof" and track is not None:
            frames, until = _of_fragment(content, track, until, more)
            more -= sum(one.size for one in frames)
            shown += frames
    if track is None:
        return None
    times = np.concatenate(shown) / track.scale + track.moved_s
    return times[times > -0.5 / track.scale]


def _read_boxes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The index and the fragments' of a file; everything else is stepped over."""
    size, at = file.seek(0, 2), 0
    for _ in range(MOST_PARTS):
        if at + 8 > size:
            return
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            length, head = struct.unpack(">Q", file.read(8))[0], 16
        length = size - at if length == 0 else length
        if length < head:
            return
        if name in (b"moov", b"moof"):
            if length > _MOST_INDEX_BYTES:
                raise ValueError("an index too large")
            yield name, file.read(length - head)
        at += length


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(MOST_PARTS):
        if at + 8 > len(content):
            return
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


def _track(movie: bytes) -> _Track | None:
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
        shown = np.cumsum(decoded) - decoded
        moved = _box(table, b"ctts")
        if moved is not None and decoded.size:
            by = _runs(moved, signed=True)
            if by.size != shown.size:
                return None
            shown = shown + by
        start, first = _edit(_box(track, b"edts", b"elst"))
        about = _box(track, b"tkhd")
        number = 0 if about is None else struct.unpack_from(">I", about, 20 if about[0] == 1 else 12)[0]
        moved_s = start / max(1, _scale(whole)) - first / _scale(header)
        return _Track(number, _scale(header), moved_s, _lasts(movie, number), shown)
    return None


def _lasts(movie: bytes, number: int) -> int:
    """How long a frame of a track's fragments lasts where they do not say so, in its units."""
    extends = _box(movie, b"mvex") or b""
    for name, inside in _boxes(extends):
        if name == b"trex" and struct.unpack_from(">I", inside, 4)[0] == number:
            return int(struct.unpack_from(">I", inside, 12)[0])
    return 0


_BEFORE_LASTS = ((0x1, 8), (0x2, 4))
_LASTS, _MOVED = 0x100, 0x800
_OF_EACH = (_LASTS, 0x200, 0x400, _MOVED)
"""Flags of what a run tells of each frame, in their order: how long it lasts, its size, its flags, when it is shown."""


def _of_fragment(content: bytes, track: _Track, until: int, most: int) -> tuple[list[FloatArray], int]:
    """When the frames of a fragment are shown, `most` of them, in the track's units, and where the next one goes on."""
    found: list[FloatArray] = []
    for name, inside in _boxes(content):
        head = _box(inside, b"tfhd") if name == b"traf" else None
        if head is None or struct.unpack_from(">I", head, 4)[0] != track.number:
            continue
        flags, lasts = struct.unpack_from(">I", head)[0], track.lasts
        if flags & 0x8:
            lasts = struct.unpack_from(">I", head, 8 + sum(size for flag, size in _BEFORE_LASTS if flags & flag))[0]
        start = _box(inside, b"tfdt")
        if start is not None:
            until = struct.unpack_from(">Q" if start[0] == 1 else ">I", start, 4)[0]
        for box, run in _boxes(inside):
            if box == b"trun":
                shown, until = _of_run(run, lasts, until, most)
                most -= shown.size
                found.append(shown)
    return found, until


def _of_run(run: bytes, lasts: int, until: int, most: int) -> tuple[FloatArray, int]:
    flags, count = struct.unpack_from(">II", run)
    # What each frame is told may take no bytes at all: the number is looked at before there is room made for it.
    if count > most:
        raise ValueError("too many frames")
    columns = [flag for flag in _OF_EACH if flags & flag]
    at = 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    table = np.frombuffer(run, ">u4", count * len(columns), at).reshape(count, len(columns))
    each = table[:, columns.index(_LASTS)].astype(np.float64) if _LASTS in columns else np.full(count, float(lasts))
    ends: FloatArray = until + np.cumsum(each)
    shown = ends - each
    if _MOVED in columns:
        shown = shown + table[:, columns.index(_MOVED)].astype(np.uint32).view(np.int32).astype(np.float64)
    return shown, int(ends[-1]) if count else until


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
