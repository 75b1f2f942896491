"""Makes a catalogue of an archive, in an empty place, whole or not at all."""

import hashlib
import io
import lzma
import os
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from legato.errors import BadInput
from legato.store.archive import MANIFEST, pieces, read_manifest
from legato.store.catalogue import database, why
from legato.store.files import Files, sync_folder
from legato.store.migrate import forms, upgrade
from legato.store.rows_as_text import checksum, count_rows, fill, lines, tables

_MOST_MANIFEST = 100_000_000
_MOST_LINE = 100_000_000
"""Bytes of a manifest and of a row. [ENG] A hundred times what was seen."""
_MOST_RATIO, _FREE_BYTES = 200, 10_000_000
"""A zip that holds more than this many times its own size, and this many bytes more, is a bomb. [ENG] Recordings
shrink to a half or a tenth.
"""

_Checksum = Field(pattern="^[0-9a-f]{64}$")
_Size = Field(ge=0)


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True)
    count: int = _Size
    size_bytes: int = _Size
    sha256: str = _Checksum


class _Manifest(BaseModel):
    model_config = ConfigDict(strict=True)
    tables: str
    rows: dict[str, _Entry]
    files: dict[str, int]
    trials: dict[str, _Entry]

    def entries(self) -> dict[str, tuple[int, str]]:
        """Size and checksum of every entry that the archive must have."""
        found = {f"rows/{name}.jsonl": (entry.size_bytes, entry.sha256) for name, entry in self.rows.items()}
        found |= {f"files/{sha256}": (size, sha256) for sha256, size in self.files.items()}
        return found | {f"trials/{name}": (entry.size_bytes, entry.sha256) for name, entry in self.trials.items()}


def restore(source: str | Path, folder: str | Path, url: str | None = None) -> dict[str, int]:
    """Make a catalogue of an archive that `export_all` wrote.

    Parameters
    ----------
    source
        The archive.
    folder
        Where the catalogue goes: a folder that is empty or not there.
    url
        An empty database, if not one in the folder.

    Returns
    -------
    Rows by table.

    Raises
    ------
    BadInput
        The archive is none, is damaged or tries something; the place or the database is not empty. Nothing is changed.
    """
    place = Path(folder).absolute()
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise BadInput(f"{folder}: is not empty; restore into an empty folder")
        with zipfile.ZipFile(source) as archive:
            manifest = _checked(archive, source)
            room = shutil.disk_usage(_existing(place)).free
            needed = sum(size for size, _ in manifest.entries().values())
            if needed > room:
                raise BadInput(f"{source}: needs {needed / 1e6:.0f} MB and there are {room / 1e6:.0f}; make room")
            beside.mkdir(0o700, parents=True)
            _unpack(archive, manifest, beside)
            with _filled(archive, manifest, beside, url):
                os.replace(beside, place)
            sync_folder(place.parent)
            return {name: entry.count for name, entry in manifest.rows.items()}
    except FileNotFoundError as error:
        raise BadInput(f"{error.filename}: is not there; give an archive of `legato library backup`") from None
    except OSError as error:
        raise BadInput(f"{error.filename or source}: {error.strerror or 'cannot be read'}; choose another") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, EOFError, zlib.error, lzma.LZMAError):
        raise BadInput(f"{source}: is no whole zip file; give an archive of `legato library backup`") from None
    except SQLAlchemyError as error:
        raise BadInput(
            f"the database cannot take the archive ({why(error)}); see that it is there and empty"
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _checked(archive: zipfile.ZipFile, source: str | Path) -> _Manifest:
    """The archive's list, once it names all that is there and nothing else."""
    try:
        manifest = _Manifest.model_validate(read_manifest(archive, _MOST_MANIFEST))
    except (KeyError, TypeError, ValueError, RecursionError, ValidationError):
        raise BadInput(f"{source}: is no archive of a catalogue; give one of `legato library backup`") from None
    named = [*manifest.trials, *manifest.rows]
    if not all(_PLAIN.fullmatch(name) and ".." not in name.split("/") for name in named) or not all(
        _SHA256.fullmatch(sha256) and size >= 0 for sha256, size in manifest.files.items()
    ):
        raise BadInput(f"{source}: names a file outside the catalogue; nothing was restored")
    there = [info.filename for info in archive.infolist()]
    expected = manifest.entries()
    if sorted(there) != sorted([*expected, MANIFEST]):
        raise BadInput(f"{source}: does not hold what its own list says; it is damaged")
    whole, size = sum(info.file_size for info in archive.infolist()), _size(archive)
    if whole > _MOST_RATIO * size + _FREE_BYTES:
        raise BadInput(f"{source}: holds {whole / size:.0f} times its own size, which no catalogue does; not unpacked")
    for info in archive.infolist():
        if info.filename != MANIFEST and info.file_size != expected[info.filename][0]:
            raise BadInput(f"{source}: {info.filename} has not the size that the list says; it is damaged")
    if manifest.tables not in forms():
        raise BadInput(f"{source}: was written by a newer Legato; install that version")
    return manifest


_PLAIN = re.compile(r"[\w.-]+(/[\w.-]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _size(archive: zipfile.ZipFile) -> int:
    """Bytes of the archive itself."""
    assert archive.fp is not None
    return max(archive.fp.seek(0, os.SEEK_END), 1)


def _existing(place: Path) -> Path:
    return place if place.exists() else _existing(place.parent)


def _unpack(archive: zipfile.ZipFile, manifest: _Manifest, folder: Path) -> None:
    """Write the files, each checked."""
    files = Files(folder / "files")
    for sha256, size in manifest.files.items():
        with archive.open(f"files/{sha256}") as entry, files.writer(size) as part:
            for chunk in pieces(entry):
                part.write(chunk)
            saved = part.keep()
            saved.settle()
            if saved.sha256 != sha256:
                raise BadInput(f"file {sha256}: is not what its checksum says; the archive is damaged")
    (folder / "trials").mkdir()
    for name, listed in manifest.trials.items():
        content = archive.read(f"trials/{name}")
        if hashlib.sha256(content).hexdigest() != listed.sha256:
            raise BadInput(f"trial {name}: is not what its checksum says; the archive is damaged")
        path = folder / "trials" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@contextmanager
def _filled(archive: zipfile.ZipFile, manifest: _Manifest, folder: Path, url: str | None) -> Iterator[None]:
    """The database with its rows: what is done inside comes before they are kept where a server keeps them, and after
    where they lie in the folder itself.
    """
    engine = database(folder, url)
    try:
        upgrade(engine, manifest.tables)
        with engine.begin() as connection:
            if count_rows(connection):
                raise BadInput("the database is not empty; give a new one")
            there = {table.name: table for table in tables(connection)}
            if set(there) != set(manifest.rows):
                raise BadInput("the archive has not the tables of its form; it is damaged")
            for name, table in there.items():
                with archive.open(f"rows/{name}.jsonl") as entry:
                    fill(connection, table, _lines(entry, name))
                if checksum(lines(connection, table))[1] != manifest.rows[name].sha256:
                    raise BadInput(f"table {name}: is not what its checksum says; the archive is damaged")
            if url is not None:
                yield
        upgrade(engine)
    finally:
        engine.dispose()
    if url is None:
        yield


def _lines(entry: IO[bytes], name: str) -> Iterator[str]:
    """The lines of a table, none longer than a row can be."""
    with io.TextIOWrapper(entry, encoding="utf-8", newline="\n") as text:
        try:
            while line := text.readline(_MOST_LINE):
                if not line.endswith("\n"):
                    raise BadInput(f"table {name}: a row is too long; the archive is damaged")
                yield line
        except UnicodeDecodeError:
            raise BadInput(f"table {name}: is no text; the archive is damaged") from None
