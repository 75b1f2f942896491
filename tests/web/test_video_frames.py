"""Frames of videos in fragments, and how much of a file is looked at for them."""

import struct
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from legato.web.replay import mp4, video
from legato.web.replay.video import frame_times, frames_record

from .videos import box, edit_list, mp4_index


@pytest.fixture
def container(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "video"
        path.write_bytes(content)
        return path

    return write


def beginning(scale: int, edit: bytes = b"", lasts: int = 0, number: int = 2) -> bytes:
    """The start of an mp4 in fragments: an index without frames, a video track of this number."""
    table = box(b"stbl", box(b"stts", struct.pack(">II", 0, 0)))
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, scale, 0, 0, 0)),
        box(b"hdlr", struct.pack(">II", 0, 0), b"vide", bytes(13)),
        box(b"minf", table),
    )
    track = box(b"trak", box(b"tkhd", struct.pack(">IIII", 0, 0, 0, number), bytes(68)), edit, media)
    more = box(b"mvex", box(b"trex", struct.pack(">IIIIII", 0, number, 1, lasts, 0, 0)))
    movie = box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 0), bytes(80)), track, more)
    return box(b"ftyp", b"iso5", bytes(4)) + movie


def fragment(
    frames: Sequence[tuple[int, int]],
    start: int | None = None,
    lasts: int | None = None,
    number: int = 2,
    each: bool = True,
    shown: bool = True,
) -> bytes:
    """A fragment of frames (how long one lasts, how much later than decoded it is shown); what is None or off is left
    to what stands before.
    """
    head = struct.pack(">II", 0x020000 | (0x8 if lasts is not None else 0), number)
    head += b"" if lasts is None else struct.pack(">I", lasts)
    flags = 0x1 | (0x100 if each else 0) | 0x200 | (0x800 if shown else 0)
    run = struct.pack(">IIi", 0x01000000 | flags, len(frames), 100)
    for length, later in frames:
        run += (struct.pack(">I", length) if each else b"") + struct.pack(">I", 77)
        run += struct.pack(">i", later) if shown else b""
    began = b"" if start is None else box(b"tfdt", struct.pack(">IQ", 1 << 24, start))
    sound = box(b"traf", box(b"tfhd", struct.pack(">II", 0x020000, 9)), box(b"trun", struct.pack(">II", 0, 5)))
    whole = box(b"moof", box(b"mfhd", bytes(8)), sound, box(b"traf", box(b"tfhd", head), began, box(b"trun", run)))
    return whole + box(b"mdat", bytes(50))


def test_frames_of_fragments_are_told_in_the_order_shown(container: Callable[[bytes], Path]):
    # I P B B in each, decoded 0 1 2 3, shown 1 4 2 3; the edit takes away what the delay adds.
    parts = [(100, 100), (100, 300), (100, 0), (100, 0)]
    content = beginning(3000, edit_list((0, 100))) + fragment(parts, 0) + fragment(parts, 400)
    assert frame_times(container(content)) == pytest.approx(np.arange(8) / 30)
    assert frames_record(container(content)) == {"first_s": 0.0, "rate_hz": pytest.approx(30.0), "n": 8}


@pytest.mark.parametrize("said_by", ["track", "fragment"])
def test_a_length_that_no_frame_tells_is_that_of_its_fragment_or_track(
    container: Callable[[bytes], Path], said_by: str
):
    lasts = 20 if said_by == "fragment" else None
    content = beginning(1000, lasts=20 if said_by == "track" else 5)
    for _ in range(3):
        content += fragment([(0, 0)] * 4, lasts=lasts, each=False, shown=False)
    # Without a time of its own a fragment goes on where the one before ended.
    assert frame_times(container(content)) == pytest.approx(np.arange(12) * 0.02)


def test_a_pause_between_fragments_stays(container: Callable[[bytes], Path]):
    content = beginning(1000) + fragment([(40, 0)] * 3, 0) + fragment([(40, 0)] * 2, 1000)
    assert frames_record(container(content)) == {"times": pytest.approx([0.0, 0.04, 0.08, 1.0, 1.04])}


def test_a_file_of_nothing_but_boxes_ends_soon(container: Callable[[bytes], Path]):
    path = container(box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I4s", 8, b"free") * 3_000_000)
    begin = time.process_time()
    assert frames_record(path) == {}
    assert time.process_time() - begin < 5.0


def test_a_file_is_read_once_for_its_frames(container: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch):
    path = container(mp4_index(30, [(9, 1)]))
    assert frames_record(path)["n"] == 9
    with monkeypatch.context() as patched:
        patched.setattr(video, "frame_times", None)
        assert frames_record(path)["n"] == 9
    path.write_bytes(mp4_index(30, [(7, 1)]) + b"more")
    assert frames_record(path)["n"] == 7


def test_fragments_with_too_many_frames_are_not_read(
    container: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mp4, "_MOST_FRAMES", 10)
    assert frames_record(container(beginning(1000) + fragment([(40, 0)] * 6, 0) * 2)) == {}
    assert frames_record(container(beginning(1000) + fragment([(40, 0)] * 11, 0))) == {}


def test_a_fragment_that_says_that_it_has_more_frames_makes_no_room_for_them(container: Callable[[bytes], Path]):
    # Two numbers make a run of 1.9 million frames of which each is told nothing.
    run = box(b"trun", struct.pack(">II", 0, 1_900_000))
    track = box(b"traf", box(b"tfhd", struct.pack(">II", 0x020000, 2)), run * 50)
    path = container(beginning(1000, lasts=20) + box(b"moof", track))
    tracemalloc.start()
    try:
        assert frames_record(path) == {}
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


def test_fragments_of_one_frame_each_are_read_in_the_time_that_their_number_takes(
    container: Callable[[bytes], Path],
):
    one = fragment([(16, 0)])

    def takes(n: int) -> float:
        path = container(beginning(1000) + one * n)
        begin = time.process_time()
        assert frame_times(path) is not None
        return time.process_time() - begin

    takes(100)
    # Four times as many: four times as long, and not sixteen.
    assert takes(12_000) < 9.0 * takes(3000)
