"""A catalogue: one database for what is known, one folder for the files. Everything that is kept goes through it."""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Dialect, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from legato.errors import BadInput
from legato.store.files import Files, Saved
from legato.store.rows import AthleteRow, AuditRow, FileRow, SessionRow, now

DATABASE = "catalogue.sqlite"
"""The database's file in the folder, where no URL names another."""

TURNS = 10
"""Requests that are answered from the database at once; others wait. [ENG] More only take memory: Python runs one at a
time.
"""

_BUSY_MS = 10_000
"""How long one writer waits for another, ms. [ENG] A write takes some ms."""


class Catalogue:
    """An open catalogue. `files` holds the bytes, `session()` a transaction on the rows; `work` is where a running job
    lays out what it reads, in a folder of its id.
    """

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        self.files = Files(folder / "files")
        self.trials = folder / "trials"
        self.trials.mkdir(exist_ok=True)
        self.work = folder / "work"
        self.on_postgres = engine.dialect.name == "postgresql"
        self._session = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Generator[Session]:
        """A transaction: kept whole at the end, undone whole where anything is raised.

        What was read or made lives until it is closed. Rows that name each other are left to Python's collection of
        garbage; up to 3.11 one may run while SQLAlchemy writes to the state of a row, and where it takes that very row,
        the state is written twice, memory that was freed included, and the app ends by a fault.
        """
        rows: list[object] = []
        with self._session.begin() as session:
            try:
                yield session
            finally:
                rows += [*session.identity_map.values(), *session.new]

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_catalogue(folder: str | Path, url: str | None = None) -> Catalogue:
    """Open the catalogue in `folder`, making it or bringing its tables up to date where needed.

    Parameters
    ----------
    folder
        Where the files lie, and the SQLite database unless `url` names another.
    url
        A database as SQLAlchemy names it, as `postgresql+pg8000://user@host/name`.

    Raises
    ------
    BadInput
        The folder cannot be used, or the database not be opened; or none is named and the folder has files without one.
    """
    from legato.store.erase import finish_erasing
    from legato.store.migrate import upgrade

    place = Path(folder).absolute()
    try:
        place.mkdir(0o700, parents=True, exist_ok=True)
        if url is None and not (place / DATABASE).exists() and any((place / "files").glob("[0-9a-f][0-9a-f]/*")):
            raise BadInput(
                f"{folder}: holds files, but not the database that names them; give its URL with --database or"
                " LEGATO_DATABASE"
            )
        engine = database(place, url)
        upgrade(engine)
        catalogue = Catalogue(place, engine)
        finish_erasing(catalogue)
        return catalogue
    except OSError as error:
        raise BadInput(f"{folder}: cannot be used for the catalogue ({error.strerror}); name another folder") from error
    except SQLAlchemyError as error:
        raise BadInput(
            f"{_shown(place, url)}: the database cannot be opened ({why(error)}); see that it is there"
        ) from error


def keep_file(session: Session, saved: Saved) -> FileRow:
    """The row of a file that was saved; the same bytes have one row. Until the transaction ends nobody can erase it;
    once it is kept the file's mark goes.

    Raises
    ------
    BadInput
        The same file was being erased at that moment.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(FileRow).values(sha256=saved.sha256, size_bytes=saved.size_bytes)
    session.execute(
        row.on_conflict_do_update(index_elements=["sha256"], set_={"size_bytes": saved.size_bytes, "at": now()})
    )
    if not saved.path.exists():
        raise BadInput("the same file was being erased at that moment; give it again")
    event.listen(session, "after_commit", lambda _: saved.settle(), once=True)
    return session.get_one(FileRow, saved.sha256)


def hold_files(session: Session) -> None:
    """Keep others from adding files until the transaction ends; the first thing that a transaction does."""
    on_postgres = session.get_bind().dialect.name == "postgresql"
    session.connection().exec_driver_sql("LOCK TABLE file IN EXCLUSIVE MODE" if on_postgres else "BEGIN IMMEDIATE")


def hold(session: Session, row: AthleteRow | SessionRow) -> None:
    """Keep others from changing what hangs on a row until the transaction ends; what is read then is what they left."""
    session.execute(text(f'UPDATE "{row.__tablename__}" SET id = id WHERE id = :id'), {"id": row.id})


def note(session: Session, what: str, subject: str, who: str = "", **details: object) -> None:
    """Add a line to the audit log."""
    session.add(AuditRow(what=what, subject=subject, who=who, details=details))


def database(folder: Path, url: str | None = None) -> Engine:
    """The database of a catalogue, not opened yet.

    Raises
    ------
    BadInput
        The URL names no database that Legato can use.
    """
    try:
        named = make_url(f"sqlite:///{folder / DATABASE}" if url is None else url)
    except (ArgumentError, ValueError):
        raise BadInput(
            "--database: is no URL; give postgresql+pg8000://user@host/name, with %40, %2F and %3A for @, / and : in"
            " a password"
        ) from None
    if named.drivername == "postgresql":
        named = named.set(drivername="postgresql+pg8000")
    if named.drivername not in ("sqlite", "postgresql+pg8000"):
        raise BadInput(f"--database {named.drivername}: is not known; give postgresql+pg8000://user@host/name")
    try:
        engine = create_engine(named, pool_pre_ping=True, json_serializer=_json, pool_size=TURNS, max_overflow=TURNS)
    except ModuleNotFoundError as error:
        raise BadInput(f"a PostgreSQL database needs {error.name}: pip install 'legato[app,postgres]'") from None
    if named.drivername == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
    else:
        event.listen(engine, "do_connect", _connected)
        event.listen(engine, "handle_error", _named_as_elsewhere)
    return engine


def shown(url: URL) -> str:
    """A database's URL without its password, wherever that stands."""
    return url.difference_update_query(["password"]).render_as_string(hide_password=True)


_json = partial(json.dumps, allow_nan=False, ensure_ascii=False)
"""PostgreSQL takes no NaN in JSON, so SQLite shall not either."""


def _set_up_sqlite(connection: object, _: object) -> None:
    """WAL lets readers and one writer work at once; `full` keeps what was committed through a power cut; what is
    deleted is overwritten.
    """
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={_BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _connected(dialect: Dialect, _: object, given: Sequence[Any], named: Mapping[str, Any]) -> object:
    """A connection; what a URL asks for that the driver does not know is told."""
    try:
        return dialect.connect(*given, **named)
    except (TypeError, ValueError):
        known = {"user", "password", "host", "port", "database"}
        told = ", ".join(sorted(set(named) - known))
        raise BadInput(f"--database: the driver pg8000 does not take what stands behind the ? ({told})") from None


_PASSES = ("40", "53", "55P03")
"""What a server says of what may go well the next time: a deadlock, no connection left, a lock that was not given
(PostgreSQL's table of error codes).
"""


def _named_as_elsewhere(context: ExceptionContext) -> Exception | None:
    """pg8000 tells only of doubled keys that they break a rule of the tables; a missing parent does too. What stands in
    the way for a moment is no fault of the command.
    """
    original, told = context.original_exception, context.sqlalchemy_exception
    about = original.args[0] if original.args else None
    if not isinstance(told, DatabaseError) or not isinstance(about, dict):
        return None
    code = str(about.get("C", ""))
    if code.startswith("23"):
        return IntegrityError(context.statement, context.parameters, original)
    return OperationalError(context.statement, context.parameters, original) if code.startswith(_PASSES) else None


def _shown(folder: Path, url: str | None) -> str:
    return str(folder / DATABASE) if url is None else shown(make_url(url))


def why(error: SQLAlchemyError) -> str:
    """What the database said, in one line."""
    original = getattr(error, "orig", None)
    told = original.args[0] if original is not None and original.args else None
    said = str(told.get("M", told) if isinstance(told, dict) else original or error)
    return said.splitlines()[0][:200] if said else type(error).__name__
