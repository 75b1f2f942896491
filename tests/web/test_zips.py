"""Archives that would take more than they say, and ones that are broken, end in one line and in no memory."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import legato.web.zips
from legato.errors import BadInput
from legato.web.zips import check, unpack

from .test_upload import zipped


def changed(content: bytes) -> bytes:
    """An archive whose packed bytes were changed on the way."""
    at = content.index(b"a.csv") + 5
    return content[:at] + b"\xff" * 8 + content[at + 8 :]


def moved(content: bytes) -> bytes:
    """An archive that says of its file that it begins before the archive itself."""
    packed = bytearray(content)
    at = packed.rindex(b"PK\x05\x06") + 16
    packed[at : at + 4] = struct.pack("<L", struct.unpack_from("<L", packed, at)[0] + 10_000)
    return bytes(packed)


def nameless() -> bytes:
    """An archive whose table of contents names no file."""
    packed = bytearray(zipped({"x": b"1"}))
    entry = packed.rindex(b"PK\x01\x02")
    packed[entry + 28 : entry + 30] = bytes(2)
    del packed[entry + 46]
    at = packed.rindex(b"PK\x05\x06") + 12
    packed[at : at + 4] = struct.pack("<L", struct.unpack_from("<L", packed, at)[0] - 1)
    return bytes(packed)


def test_an_archive_with_a_file_of_no_name_is_damaged(tmp_path: Path):
    (tmp_path / "held").write_bytes(nameless())
    with pytest.raises(BadInput, match=r"a.zip: a zip archive that is damaged or not whole"):
        check(tmp_path / "held", "a.zip")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: moved(zipped({"a.csv": b"1"})), "damaged or not whole"),
        (lambda: changed(zipped({"a.csv": bytes(range(256)) * 40})), "damaged or not whole"),
        (lambda: zipped({"a": b"a", "a/b.csv": b"b"}), "two files of one name"),
    ],
    ids=["moved", "changed", "file-and-folder"],
)
def test_an_archive_that_cannot_be_unpacked_is_told_in_one_line(
    tmp_path: Path, content: Callable[[], bytes], said: str
):
    archive = tmp_path / "held"
    archive.write_bytes(content())
    with pytest.raises(BadInput, match=f"trial.zip: a zip archive .*{said}"):
        unpack(archive, "trial.zip", tmp_path / "out")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_block_that_unpacks_to_any_size_at_once_is_not_unpacked(tmp_path: Path, method: int):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr("a.csv", bytes(50_000_000))
    packed = bytearray(held.getvalue())
    # The archive says that there are 1000 bytes, so that no ratio tells.
    at = packed.rindex(b"PK\x01\x02") + 24
    packed[at : at + 4] = struct.pack("<L", 1000)
    (tmp_path / "held").write_bytes(packed)
    tracemalloc.start()
    try:
        for step in (lambda: check(tmp_path / "held", "a.zip"), lambda: unpack(tmp_path / "held", "a.zip", tmp_path)):
            with pytest.raises(BadInput, match=r"a.zip: a zip archive packed in a way that is not read here"):
                step()
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_an_archive_that_is_all_table_of_contents_is_not_read(tmp_path: Path):
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    table = entry * 400_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400_000 & 0xFFFF, 400_000 & 0xFFFF, len(table), 0, 0)
    (tmp_path / "held").write_bytes(table + end)
    tracemalloc.start()
    with pytest.raises(BadInput, match=r"a.zip: a zip archive that is damaged or not whole"):
        check(tmp_path / "held", "a.zip")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


def test_a_disk_without_room_is_not_filled_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    archive = tmp_path / "held"
    archive.write_bytes(zipped({"a.csv": b"1"}))
    monkeypatch.setattr(legato.web.zips, "ROOM_BYTES", 1 << 60)
    # Not the archive's fault: a second try may find room, so its part must stay.
    with pytest.raises(OSError, match="No space left"):
        unpack(archive, "a.zip", tmp_path / "out")
    assert not (tmp_path / "out").exists()
