"""Files under their checksum: written beside, flushed, then moved, so that none is ever seen half-written."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from legato.errors import BadInput

CHUNK = 1 << 20
"""Bytes that are read or written at a time."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that lies whole on the disk at `path`. `known` is whether the same bytes were there before."""

    path: Path
    sha256: str
    size_bytes: int
    known: bool


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

    def save(self, chunks: Iterable[bytes], most_bytes: int | None = None) -> Saved:
        """Keep what the chunks hold; when this returns, it survives a crash.

        Raises
        ------
        BadInput
            There are more than `most_bytes`; nothing is kept then.
        """
        with self.writer(most_bytes) as part:
            for chunk in chunks:
                part.write(chunk)
            return part.keep()

    def save_bytes(self, content: bytes) -> Saved:
        """Keep `content`."""
        return self.save((content,))

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
        self._file = path.open("xb")

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

    def keep(self) -> Saved:
        """Put the file under its checksum. The same bytes are kept once, and written anew: what lay there may have
        been damaged, or not have reached the disk.

        Raises
        ------
        BadInput
            Everything was erased while the file came in.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sha256 = self._hash.hexdigest()
        target = self._files.path(sha256)
        known = target.exists() and target.stat().st_size == self._size
        target.parent.mkdir(exist_ok=True)
        try:
            os.replace(self._path, target)
        except FileNotFoundError:
            raise BadInput("everything was erased while the file came in; give it again") from None
        sync_folder(target.parent)
        sync_folder(target.parent.parent)
        return Saved(target, sha256, self._size, known)


def sync_folder(folder: Path) -> None:
    """A name in a folder survives a crash once the folder itself was flushed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
