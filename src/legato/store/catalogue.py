"""A catalogue: one database for what is known, one folder for the files. Everything that is kept goes through it."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from legato.errors import BadInput
from legato.store.files import Files, Saved
from legato.store.rows import AuditRow, FileRow

DATABASE = "catalogue.sqlite"
"""The database's file in the folder, where no URL names another."""

_BUSY_MS = 10_000
"""How long one writer waits for another, ms. [ENG] A write takes some ms."""


class Catalogue:
    """An open catalogue. `files` holds the bytes, `session()` a transaction on the rows."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        self.files = Files(folder / "files")
        self.trials = folder / "trials"
        self.trials.mkdir(exist_ok=True)
        self._session = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Generator[Session]:
        """A transaction: kept whole at the end, undone whole where anything is raised."""
        with self._session.begin() as session:
            yield session

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
        The folder cannot be used, or the database not be opened.
    """
    from legato.store.migrate import upgrade

    place = Path(folder).absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
        engine = _engine(place, url)
        upgrade(engine)
        return Catalogue(place, engine)
    except OSError as error:
        raise BadInput(f"{folder}: cannot be used for the catalogue ({error.strerror}); name another folder") from error
    except SQLAlchemyError as error:
        raise BadInput(
            f"{_shown(place, url)}: the database cannot be opened ({_why(error)}); see that it is there"
        ) from error


def keep_file(session: Session, saved: Saved) -> FileRow:
    """The row of a file that was saved; the same bytes have one row."""
    row = session.get(FileRow, saved.sha256)
    if row is None:
        row = FileRow(sha256=saved.sha256, size_bytes=saved.size_bytes)
        session.add(row)
        session.flush()
    return row


def note(session: Session, what: str, subject: str, who: str = "", **details: object) -> None:
    """Add a line to the audit log."""
    session.add(AuditRow(what=what, subject=subject, who=who, details=details))


def _engine(folder: Path, url: str | None) -> Engine:
    if url is not None:
        return create_engine(make_url(url), pool_pre_ping=True)
    engine = create_engine(f"sqlite:///{folder / DATABASE}")
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: object, _: object) -> None:
    """WAL lets readers and one writer work at once; `full` keeps what was committed through a power cut."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _shown(folder: Path, url: str | None) -> str:
    return str(folder / DATABASE) if url is None else make_url(url).render_as_string(hide_password=True)


def _why(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
