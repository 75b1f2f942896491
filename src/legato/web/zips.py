"""Zip archives of a trial: looked at before they are taken, unpacked with a limit on everything."""

import errno
import io
import os
import shutil
import stat
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from legato.errors import BadInput
from legato.store.files import CHUNK

MOST_FILES = 20_000
"""Files in an archive. [ENG] Keypoints of two minutes at 120 Hz, a file each frame, are 14,400."""
MOST_BYTES = 2 << 30
"""Bytes that an archive unpacks to. [ENG]"""
MOST_RATIO = 200
"""How many times larger than the archive that is. [ENG] Text of motion packs 3 to 30 times."""
ROOM_BYTES = 256 << 20
"""What stays free on the disk, for the database and results. [ENG]"""
_MOST_DEPTH = 12
_DIRECTORY_BYTES = 8 << 20
"""Longest table of contents of an archive. [ENG] 20,000 names of 300 letters; one of 8 MB takes 75 MB to read."""
_ENCRYPTED = 0x1


def is_zip(head: bytes) -> bool:
    """Whether a file begins as an archive does."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def check(path: Path, name: str) -> None:
    """See that all of an archive may be unpacked.

    Raises
    ------
    BadInput
        It is damaged, encrypted, too large or packed in an unusual way, or holds a link or a path that leads out of it.
    """
    with _opened(path, name) as archive:
        _members(archive, path, name)


class _Bounded(io.BufferedReader):
    """A file of which no large piece is read at once: what an archive says of the size of its table is not believed."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY_BYTES:
            raise BadZipFile
        return super().read(size)


@contextmanager
def _opened(path: Path, name: str) -> Generator[ZipFile]:
    with _Bounded(io.FileIO(path)) as file:
        try:
            archive = ZipFile(file)
        except (BadZipFile, LargeZipFile, OSError, ValueError, NotImplementedError, EOFError):
            raise _damaged(name) from None
        with archive:
            yield archive


def _members(archive: ZipFile, path: Path, name: str) -> list[ZipInfo]:
    """The files in an archive, in the order of their names, if all of it may be unpacked."""
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise BadInput(f"{name}: a zip archive of {len(members)} files; at most {MOST_FILES} are unpacked")
    found: list[ZipInfo] = []
    for one in members:
        if not one.filename:
            raise _damaged(name)
        kind = stat.S_IFMT(one.external_attr >> 16)
        parts = PurePosixPath(one.filename.replace("\\", "/")).parts
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise BadInput(f"{name}: a zip archive that holds a link; pack the files themselves")
        if ".." in parts or one.filename.startswith(("/", "\\")) or ":" in (parts[0] if parts else ""):
            raise BadInput(f"{name}: a zip archive with a path that leads out of it; pack the files anew")
        if one.flag_bits & _ENCRYPTED:
            raise BadInput(f"{name}: a zip archive with a password; pack the files without one")
        if one.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            # Others are unpacked whole blocks at a time: some bytes can become any number of GB.
            raise BadInput(f"{name}: a zip archive packed in a way that is not read here; pack it as an ordinary zip")
        if len(parts) > _MOST_DEPTH:
            raise BadInput(f"{name}: a zip archive with folders more than {_MOST_DEPTH} deep; pack the files alone")
        if not one.filename.endswith("/") and not any(part.startswith((".", "__MACOSX")) for part in parts):
            found.append(one)
    size = sum(one.file_size for one in found)
    if size > MOST_BYTES:
        raise BadInput(f"{name}: a zip archive that unpacks to {size / 1e9:.1f} GB; at most {MOST_BYTES / 1e9:.1f} GB")
    if size > MOST_RATIO * max(path.stat().st_size, CHUNK):
        raise BadInput(
            f"{name}: a zip archive that unpacks to {size / path.stat().st_size:.0f} times its size; refused"
        )
    if any(one.filename == "[Content_Types].xml" for one in found):
        raise BadInput(f"{name}: a spreadsheet or document; save it as CSV")
    return sorted(found, key=lambda one: one.filename)


def unpack(path: Path, name: str, into: Path) -> None:
    """Unpack an archive below `into`, counting what really comes out.

    Raises
    ------
    BadInput
        It may not be unpacked, or is not what it says.
    OSError
        There is no room for it.
    """
    from legato.web.trial_files import file_name

    left = MOST_BYTES
    with _opened(path, name) as archive:
        members = _members(archive, path, name)
        if sum(one.file_size for one in members) + ROOM_BYTES > shutil.disk_usage(into.parent).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        for one in members:
            parts = [file_name(part) for part in PurePosixPath(one.filename.replace("\\", "/")).parts]
            target = into.joinpath(*parts)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    for chunk in _chunks(archive, one, left, name):
                        left -= len(chunk)
                        out.write(chunk)
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                raise BadInput(f"{name}: a zip archive with two files of one name; pack the files anew") from None
            except (BadZipFile, EOFError, ValueError, RuntimeError, zlib.error) as error:
                if isinstance(error, BadInput):
                    raise
                raise _damaged(name) from None
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                # A place in the file that none can be.
                raise _damaged(name) from None


def _damaged(name: str) -> BadInput:
    return BadInput(f"{name}: a zip archive that is damaged or not whole; make it again")


def _chunks(archive: ZipFile, one: ZipInfo, left: int, name: str) -> Iterator[bytes]:
    with archive.open(one) as packed:
        size = 0
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            if size > min(one.file_size, left):
                raise BadInput(f"{name}: a zip archive that holds more than it says; refused")
            yield chunk
