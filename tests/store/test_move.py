"""Moving to a server and back keeps every row and every file."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.store import open_catalogue
from legato.store.catalogue import DATABASE
from legato.store.erase import erase_session
from legato.store.move import move
from legato.store.rows import AthleteRow, JobRow, SessionRow, SettingRow, TrainedRow

from .filled import fill
from .test_archive import checksums, stored


def _odd(folder: Path) -> None:
    """Values that databases keep differently: null and zero, small fractions, all of Unicode, times."""
    catalogue = open_catalogue(folder)
    with catalogue.session() as rows:
        athlete = AthleteRow(
            name="Ωλα 🏋️ 'Robert'); DROP TABLE athlete;--", mass_kg=0.1 + 0.2, height_m=1e-300, born_year=0
        )
        rows.add_all([athlete, AthleteRow(name="", simulated=True, lumbar_flexion_max_deg=-0.0)])
        rows.flush()
        session = SessionRow(name='%s %(a)s \\ "', recorded_on=date(1900, 1, 1), athlete_id=athlete.id)
        session.options = {"z": [None, True, 1.5, {"ä": "\u2028"}], "a": {}, "whole": 10**15, "e": ""}
        rows.add(session)
        rows.flush()
        rows.add_all(
            [JobRow(session_id=session.id, kind="a", found=None), JobRow(session_id=session.id, kind="b", found={})]
        )
        for key in ("Z", "a", "B", "_", "-", "é", "z:1", "z.1"):
            rows.add(SettingRow(key=key, value={"key": key}))
        for k in range(1200):
            rows.add(TrainedRow(athlete_id=athlete.id, on=date(2026, 1, 1 + k % 28), source="log", record={"reps": k}))
    catalogue.close()


def test_there_and_back_every_row_and_file_is_the_same(tmp_path: Path, new_postgres: Callable[[], str]):
    one = open_catalogue(tmp_path)
    fill(one, "Ada")
    fill(one, "Ben")
    _odd(tmp_path)
    rows, files = checksums(one), stored(one)
    one.close()
    url = new_postgres()
    began = time.perf_counter()
    there = move(tmp_path, None, url)
    assert time.perf_counter() - began < 30
    assert there.tables == rows and there.checked.faults == () and there.checked.files == 8
    assert not (tmp_path / DATABASE).exists() and there.old == tmp_path / f"{DATABASE}.moved"
    two = open_catalogue(tmp_path, url)
    assert checksums(two) == rows and stored(two) == files
    with two.session() as found:
        assert [job.found for job in found.query(JobRow).where(JobRow.kind.in_(["a", "b"])).order_by(JobRow.kind)] == [
            None,
            {},
        ]
        assert found.query(JobRow).where(JobRow.found.is_(None)).count() == 1
    two.close()
    back = move(tmp_path, url, None)
    assert back.tables == rows and back.old is None
    three = open_catalogue(tmp_path)
    assert checksums(three) == rows and stored(three) == files
    with three.session() as found:
        assert found.query(JobRow).where(JobRow.found.is_(None)).count() == 1
        session = found.query(SessionRow).first()
        assert session is not None
    (left,) = erase_session(three, session.id).left
    assert left == "an old copy of the database, catalogue.sqlite.moved; delete it"


def test_nothing_is_moved_where_the_other_side_has_something(tmp_path: Path, new_postgres: Callable[[], str]):
    one = open_catalogue(tmp_path / "one")
    fill(one, "Ada")
    url = new_postgres()
    fill(open_catalogue(tmp_path / "two", url), "Ben")
    with pytest.raises(BadInput, match="to move to is not empty"):
        move(tmp_path / "one", None, url)
    assert (tmp_path / "one" / DATABASE).exists()
    with pytest.raises(BadInput, match="are the same database"):
        move(tmp_path / "one", None, None)
    with pytest.raises(BadInput, match="holds no catalogue"):
        move(tmp_path / "none", None, url)
    with pytest.raises(BadInput, match="a database cannot be used"):
        move(tmp_path / "one", None, f"postgresql+pg8000://a@/b?unix_sock={tmp_path}/none")


def test_a_text_that_the_server_refuses_stops_the_move_whole(tmp_path: Path, new_postgres: Callable[[], str]):
    one = open_catalogue(tmp_path)
    with one.session() as rows:
        rows.add_all([AthleteRow(name="Ada"), AthleteRow(name="x" * 201)])
    one.close()
    url = new_postgres()
    with pytest.raises(BadInput, match=r"table athlete: the database refuses a row \(value too long"):
        move(tmp_path, None, url)
    with open_catalogue(tmp_path / "other", url).session() as rows:
        assert rows.query(AthleteRow).count() == 0
    with open_catalogue(tmp_path).session() as rows:
        assert rows.query(AthleteRow).count() == 2
