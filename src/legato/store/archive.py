"""A catalogue in one file: all rows as JSON, all files, and a list of their checksums. Backup and export are this."""

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from legato import __version__
from legato.errors import BadInput
from legato.store.catalogue import Catalogue
from legato.store.files import CHUNK, sync_folder
from legato.store.migrate import newest
from legato.store.results import canonical
from legato.store.rows import FileRow, TrialOfOneRow, now
from legato.store.rows_as_text import lines, snapshot, tables

FORMAT = "legato-catalogue/1"
MANIFEST = "manifest.json"

_ATTEMPTS = 3
"""How often a backup starts again where something was erased under its hands."""


class _Vanished(Exception):
    """A file was erased after the rows had been read."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an archive holds."""

    rows: Mapping[str, int]
    files: int
    size_bytes: int


def export_all(catalogue: Catalogue, target: str | Path) -> Exported:
    """Write everything into one zip, as it is at one moment; the app may run. `restore` takes it.

    Parameters
    ----------
    target
        The archive. It appears whole or not at all, and takes the place of one that was there.

    Raises
    ------
    BadInput
        A file is missing or damaged, or the archive cannot be written there.
    """
    path = Path(target).absolute()
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        for _ in range(_ATTEMPTS):
            with suppress(_Vanished):
                done = _write(catalogue, part)
                os.replace(part, path)
                sync_folder(path.parent)
                return done
    except OSError as error:
        raise BadInput(f"{target}: cannot be written ({error.strerror}); give another place") from error
    finally:
        part.unlink(missing_ok=True)
    raise BadInput("files were erased again and again while they were copied; try again later")


def _write(catalogue: Catalogue, part: Path) -> Exported:
    rows: dict[str, dict[str, Any]] = {}
    with part.open("wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with snapshot(catalogue.engine) as connection:
                for table in tables(connection):
                    text = (line.encode() for line in lines(connection, table))
                    rows[table.name] = _add(archive, f"rows/{table.name}.jsonl", text)
                files = {row.sha256: int(row.size_bytes) for row in connection.execute(select(_FILE)).all()}
                journals = list(connection.scalars(select(TrialOfOneRow.journal)))
            for sha256 in sorted(files):
                added = _add(archive, f"files/{sha256}", _stored(catalogue, sha256))
                if added["sha256"] != sha256 or added["size_bytes"] != files[sha256]:
                    raise BadInput(f"file {sha256}: is damaged; see `legato library check`")
            trials = _trials(catalogue, archive, journals)
            manifest = {
                "format": FORMAT,
                "legato_version": __version__,
                "made_at": now().isoformat(),
                "tables": newest(),
                "rows": rows,
                "files": files,
                "trials": trials,
            }
            archive.writestr(MANIFEST, canonical(manifest))
        raw.flush()
        os.fsync(raw.fileno())
    counted = {name: int(table["count"]) for name, table in rows.items()}
    return Exported(counted, len(files), sum(files.values()))


_FILE = FileRow.__table__


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterator[bytes]) -> dict[str, Any]:
    """Write an entry; how many pieces it came in, its size and checksum."""
    count, size, digest = 0, 0, hashlib.sha256()
    with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
        for chunk in chunks:
            count, size = count + 1, size + len(chunk)
            digest.update(chunk)
            entry.write(chunk)
    return {"count": count, "size_bytes": size, "sha256": digest.hexdigest()}


def _stored(catalogue: Catalogue, sha256: str) -> Iterator[bytes]:
    """The bytes of a file."""
    try:
        with catalogue.files.path(sha256).open("rb") as file:
            yield from pieces(file)
    except FileNotFoundError:
        with catalogue.session() as rows:
            if rows.get(FileRow, sha256) is None:
                raise _Vanished from None
        raise BadInput(f"file {sha256}: is not there; see `legato library check`") from None


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """What a file holds, some at a time."""
    while chunk := file.read(CHUNK):
        yield chunk


def _trials(catalogue: Catalogue, archive: zipfile.ZipFile, journals: list[str]) -> dict[str, dict[str, Any]]:
    """The journals of trials and what lies beside them."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(catalogue.trials.rglob("*")):
        name = path.relative_to(catalogue.trials).as_posix()
        if path.is_file() and not path.is_symlink():
            found[name] = _add(archive, f"trials/{name}", iter([path.read_bytes()]))
    for name in journals:
        if name not in found and not (catalogue.trials / name).is_dir():
            with catalogue.session() as rows:
                if rows.scalar(select(TrialOfOneRow.id).where(TrialOfOneRow.journal == name)) is None:
                    raise _Vanished
            raise BadInput(f"trial {name}: is not there; see `legato library check`")
    return found


def read_manifest(archive: zipfile.ZipFile, most_bytes: int) -> dict[str, Any]:
    """The list of what an archive holds.

    Raises
    ------
    ValueError
        There is none, or it is none of these.
    """
    info = archive.getinfo(MANIFEST)
    if info.file_size > most_bytes:
        raise ValueError
    manifest = json.loads(archive.read(info))
    if manifest["format"] != FORMAT:
        raise ValueError
    return manifest
