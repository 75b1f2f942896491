"""Containers of videos, made by hand around frames that are any bytes."""

import struct
from collections.abc import Sequence


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of an mp4."""
    inside = b"".join(parts)
    return struct.pack(">I", 8 + len(inside)) + name + inside


def runs(name: bytes, pairs: Sequence[tuple[int, int]], version: int = 0) -> bytes:
    """A table of runs, as `stts` and `ctts`."""
    form = ">Ii" if version else ">II"
    return box(name, struct.pack(">II", version << 24, len(pairs)), *(struct.pack(form, *pair) for pair in pairs))


def mp4_index(
    scale: int, stts: Sequence[tuple[int, int]], ctts: Sequence[tuple[int, int]] = (), edit: bytes = b""
) -> bytes:
    """An mp4 whose one video track has these frames, without any picture."""
    table = box(b"stbl", runs(b"stts", stts), runs(b"ctts", ctts, 1) if ctts else b"")
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, scale, 0, 0, 0)),
        box(b"hdlr", struct.pack(">II", 0, 0), b"vide", bytes(13)),
        box(b"minf", table),
    )
    sound = box(b"trak", box(b"mdia", box(b"hdlr", struct.pack(">II", 0, 0), b"soun", bytes(13))))
    movie = box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 0), bytes(80)), sound)
    movie = box(b"moov", movie[8:], box(b"trak", edit, media))
    return box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(40)) + movie


def edit_list(*entries: tuple[int, int]) -> bytes:
    """Edits of a track: length in units of the movie (1/1000 s), first moment in units of the track (−1: empty)."""
    rows = b"".join(struct.pack(">Iii", length, first, 1 << 16) for length, first in entries)
    return box(b"edts", box(b"elst", struct.pack(">II", 0, len(entries)), rows))


_UPRIGHT = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def mp4(
    frames: Sequence[bytes], size: tuple[int, int], scale: int, steps: Sequence[int], delay: int, keys: Sequence[int]
) -> bytes:
    """An mp4 of VP9 frames, each shown for so many of `steps` at `scale` a second. The table shows all of them `delay`
    late, and the edit list takes that away.
    """
    whole, n = sum(steps), len(frames)
    picture = struct.pack(">6xH16xHHIIIH32xHh", 1, *size, 72 << 16, 72 << 16, 0, 1, 24, -1)
    config = box(b"vpcC", struct.pack(">IBBBBBBH", 1 << 24, 0, 10, 0x82, 2, 2, 2, 0))

    def movie(first: int) -> bytes:
        table = box(
            b"stbl",
            box(b"stsd", struct.pack(">II", 0, 1), box(b"vp09", picture, config)),
            runs(b"stts", [(1, step) for step in steps]),
            runs(b"ctts", [(n, delay)]),
            box(b"stss", struct.pack(f">II{len(keys)}I", 0, len(keys), *(key + 1 for key in keys))),
            box(b"stsc", struct.pack(">IIIII", 0, 1, 1, n, 1)),
            box(b"stsz", struct.pack(f">III{n}I", 0, 0, n, *(len(one) for one in frames))),
            box(b"stco", struct.pack(">III", 0, 1, first)),
        )
        source = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", struct.pack(">I", 1))))
        media = box(
            b"mdia",
            box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, scale, whole, 0x55C4, 0)),
            box(b"hdlr", struct.pack(">II", 0, 0), b"vide", bytes(13)),
            box(b"minf", box(b"vmhd", struct.pack(">I8x", 1)), source, table),
        )
        length = round(1000 * whole / scale)
        header = struct.pack(">IIIIII8xHHHH", 3, 0, 0, 1, 0, length, 0, 0, 0, 0) + _UPRIGHT
        track = box(b"tkhd", header, struct.pack(">II", size[0] << 16, size[1] << 16))
        head = struct.pack(">IIIIIIH10x", 0, 0, 0, 1000, length, 1 << 16, 1 << 8) + _UPRIGHT + bytes(24)
        return box(
            b"moov", box(b"mvhd", head, struct.pack(">I", 2)), box(b"trak", track, edit_list((length, delay)), media)
        )

    start = box(b"ftyp", b"isom", bytes(4), b"isomvp09")
    at = len(start) + len(movie(0)) + 8
    return start + movie(at) + box(b"mdat", *frames)


def _length(size: int) -> bytes:
    return (size | 1 << 56).to_bytes(8, "big")


def _part(name: int, inside: bytes) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + _length(len(inside)) + inside


UNKNOWN = b"\x01" + b"\xff" * 7


def webm(
    frames: Sequence[tuple[int, bytes]], size: tuple[int, int], codec: str, live: bool = False,
    keys: Sequence[int] = (0,),
) -> bytes:  # fmt: skip
    """A webm whose frames are given by time, ms, and bytes; `keys` are those that stand for themselves, and every 20th
    starts a cluster. `live`: lengths of segment and clusters are unknown, as of what a browser records.
    """
    header = b"".join(
        _part(name, value)
        for name, value in ((0x4286, b"\1"), (0x42F7, b"\1"), (0x42F2, b"\4"), (0x42F3, b"\x08"), (0x4282, b"webm"))
    )
    whole = header + _part(0x4287, b"\4") + _part(0x4285, b"\2")
    picture = _part(0xB0, size[0].to_bytes(2, "big")) + _part(0xBA, size[1].to_bytes(2, "big"))
    track = _part(0xD7, b"\1") + _part(0x73C5, b"\1") + _part(0x83, b"\1")
    track += _part(0x86, codec.encode()) + _part(0xE0, picture)
    length = struct.pack(">d", 2.0 * frames[-1][0] - frames[-2][0])
    inside = _part(0x1549A966, _part(0x2AD7B1, (10**6).to_bytes(4, "big")) + _part(0x4489, length))
    inside += _part(0x1654AE6B, _part(0xAE, track))
    for first in range(0, len(frames), 20):
        start = frames[first][0]
        cluster = _part(0xE7, start.to_bytes(4, "big"))
        for k, (time, content) in enumerate(frames[first : first + 20]):
            key = b"\x80" if first + k in keys else b"\0"
            cluster += _part(0xA3, b"\x81" + struct.pack(">h", time - start) + key + content)
        inside += b"\x1f\x43\xb6\x75" + UNKNOWN + cluster if live else _part(0x1F43B675, cluster)
    segment = b"\x18\x53\x80\x67" + UNKNOWN + inside if live else _part(0x18538067, inside)
    return _part(0x1A45DFA3, whole) + segment
