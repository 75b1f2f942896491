"""A catalogue opens, keeps what a transaction holds, and forgets what one did not finish."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from legato.errors import BadInput
from legato.store import Catalogue, keep_file, open_catalogue
from legato.store.rows import AthleteRow, FileRow, Row


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
