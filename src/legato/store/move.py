"""Moves the rows of a catalogue from one database to another; its files stay where they are."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from legato.errors import BadInput
from legato.store.catalogue import DATABASE, database, open_catalogue, why
from legato.store.check import Checked, check
from legato.store.migrate import upgrade
from legato.store.rows_as_text import checksum, count_rows, fill, lines, tables


@dataclass(frozen=True, slots=True)
class Moved:
    """The rows of each table and their checksum, which was the same in both databases; what a check of the files
    found; the old database's new name, where it was a file.
    """

    tables: dict[str, tuple[int, str]]
    checked: Checked
    old: Path | None


def move(folder: str | Path, source: str | None, target: str | None) -> Moved:
    """Copy all rows into an empty database and compare them.

    Parameters
    ----------
    folder
        The catalogue's.
    source, target
        URLs; None is the SQLite database in the folder. A source that is such a file is renamed at the end, one on a
        server stays as it is.

    Raises
    ------
    BadInput
        A database cannot be opened, the target is not empty, or the rows differ; the source is untouched then.
    """
    place = Path(folder).absolute()
    if source == target:
        raise BadInput("--from and --to are the same database; give the one that the rows shall go to")
    if not (place / "files").is_dir() or (source is None and not (place / DATABASE).is_file()):
        raise BadInput(f"{folder}: holds no catalogue; give the folder of one")
    one, other = database(place, source), database(place, target)
    try:
        upgrade(one)
        upgrade(other)
        found = _copy(one, other)
    except SQLAlchemyError as error:
        raise BadInput(f"a database cannot be used ({why(error)}); nothing was moved") from error
    finally:
        one.dispose()
        other.dispose()
    moved = open_catalogue(place, target)
    try:
        checked = check(moved)
    finally:
        moved.close()
    return Moved(found, checked, None if source is not None or checked.faults else _set_aside(place))


def _copy(one: Engine, other: Engine) -> dict[str, tuple[int, str]]:
    """Nobody writes into the first database meanwhile; the second gets all or nothing."""
    found: dict[str, tuple[int, str]] = {}
    with one.begin() as source, other.begin() as target:
        _keep_writers_out(source)
        if count_rows(target):
            raise BadInput("the database to move to is not empty; give a new one")
        into = {table.name: table for table in tables(target)}
        for table in tables(source):
            fill(target, into[table.name], lines(source, table))
            found[table.name] = checksum(lines(source, table))
            if checksum(lines(target, into[table.name])) != found[table.name]:
                raise BadInput(f"table {table.name}: its rows came out differently; nothing was moved")
    return found


def _keep_writers_out(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables(connection))
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_aside(folder: Path) -> Path:
    """Rename the old database, so that nothing opens it by mistake; its log went into it when it was closed."""
    old = folder / DATABASE
    for k in range(1, 1000):
        aside = folder / f"{DATABASE}.moved{'' if k == 1 else f'-{k}'}"
        if not aside.exists():
            for suffix in ("", "-wal", "-shm"):
                path = folder / f"{DATABASE}{suffix}"
                if path.exists():
                    path.rename(f"{aside}{suffix}")
            return aside
    return old
