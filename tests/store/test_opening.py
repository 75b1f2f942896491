"""Several processes open, change and write one catalogue at once; newer ones are left alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import legato.store
from legato.errors import BadInput
from legato.store import Catalogue, open_catalogue
from legato.store.migrate import forms, newest
from legato.store.rows import AuditRow, FileRow, SessionRow

from . import at_once
from .at_once import EACH


def _together(what: str, folder: Path, url: str | None, processes: int) -> list[str]:
    """What each of several processes complained of that began at the same moment."""
    given = [sys.executable, str(Path(at_once.__file__)), what, str(folder), *([] if url is None else [url])]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(given, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(processes)]
    for one in running:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    return [one.communicate(timeout=60)[1] for one in running]


def test_several_make_the_tables_at_once(tmp_path: Path, url: str | None):
    assert _together("open", tmp_path, url, 4) == [""] * 4
    assert inspect(open_catalogue(tmp_path, url).engine).has_table("athlete")


@pytest.mark.slow
def test_several_write_at_once(catalogue: Catalogue, url: str | None):
    assert _together("write", catalogue.folder, url, 3) == [""] * 3
    with catalogue.session() as rows:
        assert rows.query(SessionRow).count() == rows.query(AuditRow).count() == 3 * EACH
        assert rows.query(FileRow).count() == 1 + (EACH + 1) // 2


def test_a_newer_catalogue_is_left_alone(catalogue: Catalogue, url: str | None):
    with catalogue.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadInput, match=r"was changed by a newer Legato .*form 9999.*install that version"):
        open_catalogue(catalogue.folder, url)


def test_the_forms_are_those_that_alembic_knows():
    script = ScriptDirectory(str(Path(legato.store.__file__).parent / "migrations"))
    assert forms() == tuple(known.revision for known in script.walk_revisions()) and newest() == forms()[0]


def test_a_catalogue_that_is_up_to_date_is_opened_without_alembic(catalogue: Catalogue, url: str | None):
    does = (
        f"import sys; from legato.store import open_catalogue; open_catalogue({str(catalogue.folder)!r}, {url!r});"
        " assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", does], check=True, timeout=60)


def test_tables_half_made_are_none(tmp_path: Path, url: str | None, monkeypatch: pytest.MonkeyPatch):
    from alembic.operations import Operations

    with monkeypatch.context() as cut:
        cut.setattr(Operations, "create_index", lambda *_, **__: 1 / 0, raising=False)
        cut.setattr("alembic.operations.base.BatchOperations.create_index", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_catalogue(tmp_path, url)
    catalogue = open_catalogue(tmp_path, url)
    assert inspect(catalogue.engine).has_table("athlete")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://a@b/c", "mysql: is not known"),
        ("no url", "is no URL"),
        ("postgresql+pg8000://a@/b?unix_sock=/no/such/socket", "cannot be opened"),
        ("postgresql://a@/b?unix_sock=/no/such/socket", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_had_is_one_line(tmp_path: Path, url: str, said: str):
    with pytest.raises(BadInput, match=said) as told:
        open_catalogue(tmp_path, url)
    assert "\n" not in str(told.value)
