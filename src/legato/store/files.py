"""Files under their checksum: written beside, flushed, then moved, so that none is ever seen half-written."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from legato.errors import BadInput

CHUNK = 1 << 20
"""Bytes that are read or written at a time."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_ABOUT = 100
"""Bytes of a mark that are read."""


class Mark:
    """Says of a file that no row names it yet, for as long as its writer lives; a killed one's mark tells what it left.

    It lies beside the parts under the file's checksum and is locked; `about` is the session that the file is for.
    """

    def __init__(self, path: Path, about: str) -> None:
        self._path, self._file = path, _opened(path)
        self._file.write(about.encode())
        self._file.flush()

    def take_away(self) -> None:
        """The file has its row."""
        self._path.unlink(missing_ok=True)
        self._file.close()


@dataclass(frozen=True, slots=True)
class Left:
    """What lies beside the files: a part, or with `sha256` the mark of a file for the session `about`. `held` is
    whether its writer lives.
    """

    path: Path
    sha256: str
    about: str
    held: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that lies whole on the disk at `path`. `known` is whether the same bytes were there before."""

    path: Path
    sha256: str
    size_bytes: int
    known: bool
    mark: Mark | None = field(default=None, compare=False, repr=False)

    def settle(self) -> None:
        """It has its row, or was taken away again."""
        if self.mark is not None:
            self.mark.take_away()


class Files:
    """A folder of files, each named by the SHA-256 of its bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.beside = folder / "part"
        self.beside.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file with this checksum lies, or would."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("a checksum has 64 hex digits")
        return self.folder / sha256[:2] / sha256

    def save(self, chunks: Iterable[bytes], most_bytes: int | None = None, about: str = "") -> Saved:
        """Keep what the chunks hold; when this returns, it survives a crash. `about` is the session that it is for.

        Raises
        ------
        BadInput
            There are more than `most_bytes`; nothing is kept then.
        """
        with self.writer(most_bytes) as part:
            for chunk in chunks:
                part.write(chunk)
            return part.keep(about)

    def save_bytes(self, content: bytes, about: str = "") -> Saved:
        """Keep `content`."""
        return self.save((content,), about=about)

    def writer(self, most_bytes: int | None = None) -> "Part":
        """A file that comes in pieces; it is gone unless it is kept."""
        return Part(self, self.beside / secrets.token_hex(8), most_bytes)

    def read(self, sha256: str) -> bytes:
        """The bytes of a file.

        Raises
        ------
        FileNotFoundError
            It is not there.
        """
        return self.path(sha256).read_bytes()

    def drop(self, sha256: str) -> None:
        """Take a file away; one that is not there is none to take."""
        self.path(sha256).unlink(missing_ok=True)

    def all(self) -> Iterator[str]:
        """The checksums by which the files are named."""
        for folder in sorted(self.folder.iterdir()):
            if len(folder.name) == 2 and folder.is_dir():
                yield from sorted(path.name for path in folder.iterdir() if _SHA256.fullmatch(path.name))

    def left(self) -> Iterator[Left]:
        """What lies beside. What no writer holds is locked until the next is asked for: nobody else takes it."""
        for path in sorted(self.beside.iterdir()):
            sha256 = path.name.partition(".")[0]
            with suppress(FileNotFoundError), path.open("rb") as file:
                held = not _locked(file)
                about = file.read(_MOST_ABOUT).decode(errors="replace") if _SHA256.fullmatch(sha256) else ""
                yield Left(path, sha256 if _SHA256.fullmatch(sha256) else "", about, held)

    def clear_parts(self) -> int:
        """Take away what was never kept, as after a crash; how many there were."""
        parts = list(self.beside.iterdir())
        for part in parts:
            part.unlink(missing_ok=True)
        return len(parts)


class Part:
    """A file on its way in: `write`, then `keep`. Left without `keep`, it is taken away."""

    def __init__(self, files: Files, path: Path, most_bytes: int | None) -> None:
        self._files, self._path, self._most = files, path, most_bytes
        self._hash, self._size = hashlib.sha256(), 0
        self._file = _opened(path)

    def __enter__(self) -> "Part":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        with suppress(FileNotFoundError):
            self._path.unlink()

    def write(self, chunk: bytes) -> None:
        """Add `chunk`.

        Raises
        ------
        BadInput
            The file has grown past what is taken.
        """
        self._size += len(chunk)
        if self._most is not None and self._size > self._most:
            raise BadInput(f"has more than {self._most / 1e6:g} MB; give a smaller file")
        self._hash.update(chunk)
        self._file.write(chunk)

    def keep(self, about: str = "") -> Saved:
        """Put the file under its checksum. The same bytes are kept once, and written anew: what lay there may have
        been damaged, or not have reached the disk. A mark says until `keep_file` is done that it has no row yet.

        Raises
        ------
        BadInput
            Everything was erased while the file came in.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        sha256 = self._hash.hexdigest()
        target = self._files.path(sha256)
        known = target.exists() and target.stat().st_size == self._size
        target.parent.mkdir(exist_ok=True)
        mark = Mark(self._path.with_name(f"{sha256}.{self._path.name}"), about)
        try:
            os.replace(self._path, target)
        except FileNotFoundError:
            mark.take_away()
            raise BadInput("everything was erased while the file came in; give it again") from None
        self._file.close()
        sync_folder(target.parent)
        sync_folder(target.parent.parent)
        return Saved(target, sha256, self._size, known, mark)


def _opened(path: Path) -> BinaryIO:
    """A new file, locked by its writer until it is closed or the process ends."""
    while True:
        file = path.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        # Who looks for what was left may have come between the two.
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _locked(file: BinaryIO) -> bool:
    """Lock a file, unless its writer holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """A name in a folder survives a crash once the folder itself was flushed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
