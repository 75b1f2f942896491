"""A catalogue opens, keeps what a transaction holds, and forgets what one did not finish."""

import gc
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.orm import Session
from sqlalchemy.orm.state import InstanceState

from legato.errors import BadInput
from legato.store import Catalogue, keep_file, open_catalogue
from legato.store.rows import AthleteRow, FileRow, Row, SessionRow


def test_the_migrations_make_the_tables_that_the_rows_describe(catalogue: Catalogue):
    with catalogue.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []


def test_what_a_transaction_holds_is_kept_whole_or_not_at_all(catalogue: Catalogue, url: str | None):
    with catalogue.session() as rows:
        rows.add(AthleteRow(name="Ada"))

    def fails() -> None:
        with catalogue.session() as rows:
            rows.add(AthleteRow(name="Ben"))
            rows.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    catalogue.close()
    with open_catalogue(catalogue.folder, url).session() as rows:
        assert [a.name for a in rows.query(AthleteRow)] == ["Ada"]
        assert rows.query(AthleteRow).one().created_at.tzinfo is not None


@pytest.mark.parametrize("fails", [False, True])
def test_no_row_is_taken_away_while_its_transaction_is_closed(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, fails: bool
):
    """Python 3.11 ended by a fault where the collection of garbage took a row just then (see `Catalogue.session`)."""
    with catalogue.session() as rows:
        rows.add(
            AthleteRow(
                name="Ada", sessions=[SessionRow(name=name, recorded_on=date(2026, 1, 1)) for name in ("One", "Two")]
            )
        )
    met: list[bool] = []
    detached = InstanceState._detach_states.__func__  # type: ignore[attr-defined]

    def watched(cls: type, states: Iterable[InstanceState[Any]], *rest: Any, **named: Any) -> None:
        gc.collect()
        there = list(states)
        met.extend(state.obj() is not None for state in there)
        detached(cls, there, *rest, **named)

    def read(rows: Session) -> list[str]:
        return [one.name for session in rows.query(SessionRow) if session.athlete for one in session.athlete.sessions]

    monkeypatch.setattr(InstanceState, "_detach_states", classmethod(watched))
    try:
        with catalogue.session() as rows:
            assert read(rows) == 2 * ["One", "Two"]
            if fails:
                raise LookupError
    except LookupError:
        assert fails
    assert len(met) == 3 and all(met)


def test_the_same_bytes_are_kept_once(catalogue: Catalogue):
    for known in (False, True):
        saved = catalogue.files.save((b"some", b" bytes"))
        assert saved.known is known
        with catalogue.session() as rows:
            keep_file(rows, saved)
    with catalogue.session() as rows:
        assert rows.query(FileRow).one().size_bytes == 10
    assert list(catalogue.files.all()) == [saved.sha256]
    assert catalogue.files.read(saved.sha256) == b"some bytes"


def test_a_file_that_grows_too_large_leaves_nothing(tmp_path: Path):
    catalogue = open_catalogue(tmp_path)
    with pytest.raises(BadInput, match="more than 1 MB"):
        catalogue.files.save((b"x" * 600_000 for _ in range(2)), most_bytes=1_000_000)
    assert list(catalogue.files.all()) == [] and catalogue.files.clear_parts() == 0


def test_a_folder_that_cannot_be_used_is_one_clear_line(tmp_path: Path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(BadInput, match="taken: cannot be used"):
        open_catalogue(tmp_path / "taken")
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(BadInput, match=r"catalogue\.sqlite: the database cannot be opened"):
        open_catalogue(tmp_path)
