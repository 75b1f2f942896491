"""Looks whether a catalogue is sound: every row has its file, every file its row, and all bytes are as they were."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select

from legato.errors import BadInput
from legato.store.archive import pieces
from legato.store.catalogue import Catalogue, hold_files
from legato.store.erase import drop_files, referenced
from legato.store.rows import FileRow, ResultRow, TrialOfOneRow, now

_LOOSE_S = 3600.0
"""A file without a row is younger than this, s, while its upload is still going on. [ENG]"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: `faults` are losses; `loose` files belong to nothing and harm nothing; `repaired` says what
    was taken away.
    """

    files: int
    size_bytes: int
    results: int
    faults: tuple[str, ...]
    loose: tuple[str, ...]
    repaired: tuple[str, ...]


def check(catalogue: Catalogue, repair: bool = False) -> Checked:
    """Look at all rows and all files, every byte.

    Parameters
    ----------
    repair
        Take away files that no row names, whatever their age, and what was never kept for an hour.

    Raises
    ------
    BadInput
        All files would be taken away, as where the rows lie in another database.
    """
    with catalogue.session() as rows:
        listed = {row.sha256: row.size_bytes for row in rows.scalars(select(FileRow))}
        results = list(rows.execute(select(ResultRow.id, ResultRow.files)).all())
        journals = list(rows.scalars(select(TrialOfOneRow.journal)))
    faults = [*_of_database(catalogue)]
    for sha256, size in listed.items():
        faults += _of_file(catalogue, sha256, size)
    for result, files in results:
        faults += [f"result {result}: {name} has no row" for name, sha in files.items() if sha not in listed]
    for name in journals:
        faults += _of_trial(catalogue.trials / name)
    loose = [*_loose(catalogue, 0.0 if repair else _LOOSE_S)]
    if repair and loose and not listed:
        raise BadInput(
            f"the database names none of the {len(loose)} files; nothing was taken away: is it the right one?"
        )
    repaired = _repair(catalogue, loose) if repair else ()
    left = () if repair else tuple(f"file {sha256}" for sha256 in loose)
    parts = () if repair else tuple(f"part {path.name}" for path in _parts(catalogue))
    return Checked(len(listed), sum(listed.values()), len(results), tuple(faults), (*left, *parts), repaired)


def _of_database(catalogue: Catalogue) -> Iterator[str]:
    """What SQLite says of its own file; PostgreSQL guards its rows itself."""
    if catalogue.on_postgres:
        return
    with catalogue.engine.connect() as connection:
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if said != "ok":
                yield f"database: {said}"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"database: row {row[1]} of {row[0]} belongs to a row of {row[2]} that is not there"


def _of_file(catalogue: Catalogue, sha256: str, size: int) -> Iterator[str]:
    digest, length = hashlib.sha256(), 0
    try:
        with catalogue.files.path(sha256).open("rb") as file:
            for chunk in pieces(file):
                length += len(chunk)
                digest.update(chunk)
    except FileNotFoundError:
        with catalogue.session() as rows:
            if rows.get(FileRow, sha256) is not None:
                yield f"file {sha256}: is not there"
        return
    except OSError as error:
        yield f"file {sha256}: cannot be read ({error.strerror})"
        return
    if length != size:
        yield f"file {sha256}: has {length} bytes instead of {size}"
    elif digest.hexdigest() != sha256:
        yield f"file {sha256}: its bytes have changed"


def _of_trial(journal: Path) -> Iterator[str]:
    """A journal's own file, and the key file of one that is kept concealed."""
    from legato.evidence.trials.journal import faults_of

    if not journal.exists():
        yield f"trial {journal.name}: is not there"
        return
    key = journal.with_suffix(".key")
    if key.is_file():
        return
    try:
        registered = faults_of(journal)[0].lines[:1]
    except BadInput as error:
        yield f"trial {journal.name}: {str(error).removeprefix(f'{journal}: ')}"
        return
    if any(line.holds.get("seed", "") is None for line in registered):
        yield (
            f"trial {journal.name}: its key {key.name} is not there, so that no further arm can be told and its order"
            " not be proved; take it from a backup"
        )


def _loose(catalogue: Catalogue, older_s: float) -> Iterator[str]:
    """The checksums of files that no row names, and that have lain there for so long."""
    there = list(catalogue.files.all())
    with catalogue.session() as rows:
        known = set(rows.scalars(select(FileRow.sha256)))
    for sha256 in there:
        if sha256 not in known and _age_s(catalogue.files.path(sha256)) >= older_s:
            yield sha256


def _parts(catalogue: Catalogue) -> Iterator[Path]:
    """Pieces of files that nobody writes any more."""
    for path in sorted(catalogue.files.beside.iterdir()):
        if _age_s(path) >= _LOOSE_S:
            yield path


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return -1.0


def _repair(catalogue: Catalogue, loose: list[str]) -> tuple[str, ...]:
    """Take away what belongs to nothing; rows of files too, that nothing has named for an hour."""
    with catalogue.session() as rows:
        hold_files(rows)
        old = set(rows.scalars(select(FileRow.sha256).where(FileRow.at < now() - timedelta(seconds=_LOOSE_S))))
        unused = sorted(old - referenced(rows))
        for sha256 in unused:
            rows.execute(delete(FileRow).where(FileRow.sha256 == sha256))
    parts = list(_parts(catalogue))
    for path in parts:
        path.unlink(missing_ok=True)
    gone = drop_files(catalogue, {*loose, *unused})
    return (*(f"file {sha256}" for sha256 in gone), *(f"part {path.name}" for path in parts))
