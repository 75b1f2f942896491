"""What is read of the database's file never costs a process its locks on it: SQLite would lose what is written next.

POSIX takes all locks on a file from a process that closes any handle of it; SQLite in another process then takes itself
for the last one, and deletes the log that the first still writes to.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from legato.store import Catalogue, open_catalogue
from legato.store.erase import erase_all, erase_session
from legato.store.rows import AthleteRow

from .filled import fill

_OTHER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(*[name for (name,) in connection.execute("SELECT name FROM athlete ORDER BY name")])
connection.close()
"""


def seen_by_another(catalogue: Catalogue) -> list[str]:
    """The athletes that a process sees which opens the database and closes it again, as each job's child does."""
    database = str(catalogue.engine.url.database)
    told = subprocess.run([sys.executable, "-c", _OTHER, database], capture_output=True, text=True, check=True)
    return told.stdout.split()


def test_what_is_written_after_erasing_is_seen_by_other_processes_and_kept(tmp_path: Path):
    catalogue = open_catalogue(tmp_path)
    for erase in (lambda gone: erase_session(catalogue, gone.session), lambda _: erase_all(catalogue)):
        assert erase(fill(catalogue, "Ada")).left == ()
        log = tmp_path / "catalogue.sqlite-wal"
        before = log.stat().st_ino
        seen_by_another(catalogue)
        assert log.exists() and log.stat().st_ino == before, "another process took the log for its own"
        with catalogue.session() as rows:
            rows.add(AthleteRow(name="Ben"))
        assert "Ben" in seen_by_another(catalogue)
    catalogue.close()
    again = open_catalogue(tmp_path)
    with again.session() as rows:
        assert rows.scalars(select(AthleteRow.name)).all() == ["Ben"]
    again.close()


def test_a_file_that_cannot_be_looked_through_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    catalogue = open_catalogue(tmp_path)
    gone = fill(catalogue, "Ada")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    (left,) = erase_session(catalogue, gone.session).left
    assert left.startswith("the database's file was not looked through")
    catalogue.close()
