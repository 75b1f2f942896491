"""What an attached video is and when each of its frames is shown, from its container alone; nothing is decoded."""

import struct
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from legato.recording import FloatArray
from legato.web.replay.mp4 import MOST_PARTS, mp4_times

_EVEN = 0.02
"""How far frames may lie from an even grid that is told instead of them, as a share of their distance. [ENG]"""


HEAD_BYTES = 16
"""How many first bytes tell what a video is."""


def type_of(head: bytes) -> str | None:
    """`video/mp4` or `video/webm` where a file's first bytes say so, else None."""
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return "video/webm" if head[:4] == b"\x1a\x45\xdf\xa3" else None


def video_type(path: Path) -> str | None:
    """The same of the file at `path`."""
    with path.open("rb") as file:
        return type_of(file.read(HEAD_BYTES))


def frames_record(path: Path) -> dict[str, Any]:
    """When frames are shown, s of the video: `{first_s, rate_hz, n}` where they are even, `{times}` where they are not,
    nothing where the file does not tell. It is read once a file.
    """
    about = path.stat()
    return dict(_frames(path, about.st_size, about.st_mtime_ns))


@lru_cache(maxsize=8)
def _frames(path: Path, size: int, written_ns: int) -> dict[str, Any]:
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


def forget() -> None:
    """Let go of the times that were read."""
    _frames.cache_clear()


def frame_times(path: Path) -> FloatArray | None:
    """Time of each frame of the first video track, s, in the order in which they are shown; None where the file does
    not tell or is damaged.
    """
    kind = video_type(path)
    try:
        with path.open("rb") as file:
            times = mp4_times(file) if kind == "video/mp4" else _webm_times(file) if kind == "video/webm" else None
    except (struct.error, ValueError, IndexError, EOFError, OverflowError):
        return None
    return None if times is None or not times.size else np.sort(times)


_SEGMENT, _INFO, _CLUSTER, _GROUP, _TRACKS, _TRACK = 0x18538067, 0x1549A966, 0x1F43B675, 0xA0, 0x1654AE6B, 0xAE
_OPENED = frozenset({_SEGMENT, _INFO, _CLUSTER, _GROUP, _TRACKS, _TRACK})
_SCALE, _CLOCK, _SIMPLE, _BLOCK, _NUMBER, _TYPE = 0x2AD7B1, 0xE7, 0xA3, 0xA1, 0xD7, 0x83


def _webm_times(file: BinaryIO) -> FloatArray | None:
    """Masters are entered, everything else is stepped over, so that parts of unknown length need no end."""
    size = file.seek(0, 2)
    file.seek(0)
    scale, clock, number, wanted = 1_000_000, 0, 0, None
    found: list[int] = []
    for _ in range(MOST_PARTS):
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
