"""What is erased cannot be found again: no row, no file, no word in the database's own files."""

import shutil
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from legato.errors import BadInput
from legato.store import Catalogue, erase, keep_file, note, open_catalogue
from legato.store.check import check
from legato.store.erase import Erased, erase_all, erase_athlete, erase_session, retention
from legato.store.files import Files
from legato.store.rows import AthleteRow, AuditRow, FileRow, PlanRow, Row, SessionFileRow, SessionRow, SettingRow, now

from .filled import SHARED, everything, fill


def test_of_an_erased_athlete_nothing_is_left(catalogue: Catalogue):
    gone, stays = fill(catalogue, "Wilhelmina Ozols"), fill(catalogue, "Bertram Quist")
    assert catalogue.on_postgres or b"Wilhelmina" in everything(catalogue.folder)
    found = erase_athlete(catalogue, gone.athlete, "coach")
    assert found.left == ()
    assert found.files == 3 and found.size_bytes > 30
    assert found.rows == {
        "athlete": 1, "session": 1, "session_file": 2, "result": 1, "job": 1, "correction": 1, "consent": 1,
        "plan": 1, "rating": 1, "screening": 1, "trained": 1, "trial_of_one": 1, "audit": 2, "file": 3,
    }  # fmt: skip
    with catalogue.session() as rows:
        assert [a.name for a in rows.query(AthleteRow)] == ["Bertram Quist"]
        log = {line.what: line for line in rows.query(AuditRow)}
        assert log["erased"].details["rows"]["session"] == 1 and log["erased"].who == "coach"
        assert "opened the library" in log
        assert rows.query(FileRow).count() == 5
        assert rows.query(SettingRow).count() == 0
    assert not gone.files & set(catalogue.files.all())
    assert stays.files <= set(catalogue.files.all())
    assert sorted(path.stem for path in catalogue.trials.iterdir()) == [stays.athlete] * 2
    kept = everything(catalogue.folder)
    assert b"Wilhelmina" not in kept and gone.athlete.encode() not in kept and gone.session.encode() not in kept
    assert SHARED in kept


def test_the_name_is_gone_while_another_connection_is_open(catalogue: Catalogue, url: str | None):
    gone = fill(catalogue, "Wilhelmina Ozols")
    beside = open_catalogue(catalogue.folder, url)
    with beside.session() as rows:
        assert rows.query(AthleteRow).one().name == "Wilhelmina Ozols"
    assert erase_athlete(catalogue, gone.athlete).left == ()
    assert b"Wilhelmina" not in everything(catalogue.folder)
    with beside.session() as rows:
        assert rows.query(AthleteRow).all() == []


def test_a_session_is_erased_and_its_athlete_stays(catalogue: Catalogue):
    person = fill(catalogue, "Ada")
    other = fill(catalogue, "Ben")
    found = erase_session(catalogue, person.session)
    assert found.left == () and found.rows["session"] == 1 and "athlete" not in found.rows
    with catalogue.session() as rows:
        assert {a.name for a in rows.query(AthleteRow)} == {"Ada", "Ben"}
        assert rows.query(PlanRow).count() == 2
        assert rows.query(SessionRow).one().id == other.session
    assert catalogue.files.save_bytes(SHARED).known
    erase_session(catalogue, other.session)
    assert not catalogue.files.save_bytes(SHARED).known


def test_what_is_not_there_is_nothing_to_erase(catalogue: Catalogue):
    fill(catalogue, "Ada")
    assert erase_athlete(catalogue, "0" * 16) == Erased()
    assert erase_session(catalogue, "0" * 16) == Erased()


def test_all_is_erased(catalogue: Catalogue):
    fill(catalogue, "Ada")
    (catalogue.folder / "files" / "part" / "half").write_bytes(b"half a file")
    found = erase_all(catalogue)
    assert found.left == () and found.rows["athlete"] == 1 and found.files == 5
    with catalogue.session() as rows:
        assert [t.name for t in Row.metadata.sorted_tables if rows.query(t).count()] == []
    assert list(catalogue.files.all()) == [] and list(catalogue.trials.iterdir()) == []
    assert b"half a file" not in everything(catalogue.folder)
    fill(catalogue, "Ben")


def test_what_was_added_while_everything_was_erased_stays_whole(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch):
    fill(catalogue, "Wilhelmina Ozols")
    added: list[str] = []
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(erase, "_wait_for_the_end_of", lambda *_: added.append(fill(catalogue, "Ben").session))
        assert erase_all(catalogue).left == ()
    with catalogue.session() as rows:
        assert [one.id for one in rows.query(SessionRow)] == added
        job = rows.query(SessionRow).one().jobs[0].id
    assert check(catalogue).faults == () and (catalogue.work / job / "trial.c3d").read_text() == "Ben"
    assert len(list(catalogue.trials.iterdir())) == 2
    assert b"Wilhelmina" not in everything(catalogue.folder)


def test_a_file_on_its_way_in_goes_with_all(catalogue: Catalogue):
    with catalogue.files.writer() as part:
        part.write(b"half of it")
        erase_all(catalogue)
        with pytest.raises(BadInput, match="everything was erased while the file came in"):
            part.keep()
    assert list(catalogue.files.all()) == []


def test_sessions_past_their_time_are_erased(catalogue: Catalogue):
    old, new = fill(catalogue, "Ada"), fill(catalogue, "Ben")
    with catalogue.session() as rows:
        rows.get_one(SessionRow, old.session).created_at = now() - timedelta(days=31)
    assert retention(catalogue, 32) == ()
    assert retention(catalogue, 30) == (old.session,)
    with catalogue.session() as rows:
        assert rows.query(SessionRow).one().id == new.session


def test_erasing_that_was_cut_short_ends_when_the_catalogue_is_opened(
    catalogue: Catalogue, url: str | None, monkeypatch: pytest.MonkeyPatch
):
    gone = fill(catalogue, "Wilhelmina Ozols")
    with monkeypatch.context() as cut:
        cut.setattr(Files, "drop", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase_athlete(catalogue, gone.athlete)
    assert gone.files <= set(catalogue.files.all())
    open_catalogue(catalogue.folder, url).close()
    assert list(catalogue.files.all()) == [] and list(catalogue.trials.iterdir()) == []
    with catalogue.session() as rows:
        assert rows.query(SettingRow).count() == 0
    assert b"Wilhelmina" not in everything(catalogue.folder)


def test_erasing_everything_that_was_cut_short_ends_when_the_catalogue_is_opened(
    catalogue: Catalogue, url: str | None, monkeypatch: pytest.MonkeyPatch
):
    fill(catalogue, "Wilhelmina Ozols")
    loose = catalogue.files.save_bytes(b"sent by Wilhelmina a moment ago")
    with monkeypatch.context() as cut:
        cut.setattr(Files, "drop", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase_all(catalogue)
    assert len(list(catalogue.files.all())) == 6 and catalogue.files.path(loose.sha256).exists()
    open_catalogue(catalogue.folder, url).close()
    assert list(catalogue.files.all()) == [] and list(catalogue.trials.iterdir()) == []
    with catalogue.session() as rows:
        assert rows.query(SettingRow).count() == 0
    shutil.rmtree(catalogue.work)  # the worker's, which clears it at its start
    assert b"Wilhelmina" not in everything(catalogue.folder)


def test_a_database_that_could_not_be_rewritten_is_when_the_catalogue_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # PostgreSQL: see `test_left`.
    monkeypatch.setattr("legato.store.catalogue._BUSY_MS", 50)
    catalogue = open_catalogue(tmp_path)
    gone = fill(catalogue, "Wilhelmina Ozols")
    with catalogue.engine.connect() as reads:
        reads.exec_driver_sql("BEGIN")
        reads.exec_driver_sql("SELECT count(*) FROM athlete")
        assert any("which somebody is reading" in left for left in erase_athlete(catalogue, gone.athlete).left)
    assert b"Wilhelmina" in everything(tmp_path)
    again = open_catalogue(tmp_path)
    assert b"Wilhelmina" not in everything(tmp_path)
    with again.session() as rows:
        assert rows.query(SettingRow).count() == 0
    again.close()
    catalogue.close()


def test_a_long_log_and_many_names_are_looked_through_at_once(tmp_path: Path):
    catalogue = open_catalogue(tmp_path)
    with catalogue.session() as rows:
        for k in range(700):
            athlete = AthleteRow(name=f"Athlete ({k})")
            rows.add(athlete)
            rows.flush()
            rows.add(SessionRow(name=f"squat {k}", recorded_on=date(2026, 5, 4), athlete_id=athlete.id))
            note(rows, "session changed", f"{k:016x}", fields=["name", "notes"])
        note(rows, "said", "x", about="Athlete (12), who squats")
        note(rows, "said", "x", about="Athlete (12)3")
        old = now() + timedelta(days=1)
    began = time.monotonic()
    # A second on a machine that does nothing else. As one pattern a name and line it is a minute, and nobody can write.
    assert len(retention(catalogue, 0.0, old)) == 700 and time.monotonic() - began < 15.0
    with catalogue.session() as rows:
        assert [line.details.get("about") for line in rows.query(AuditRow).where(AuditRow.what == "said")] == [
            "Athlete (12), who squats", "Athlete (12)3",
        ]  # fmt: skip
        ids = [row.id for row in rows.query(AthleteRow)]
    for one in ids[10:14]:
        assert erase_athlete(catalogue, one).left == ()
    with catalogue.session() as rows:
        (left,) = rows.query(AuditRow).where(AuditRow.what == "said")
        assert left.details == {"about": "Athlete (12)3"}
    catalogue.close()


@pytest.mark.slow
def test_a_file_that_is_given_again_while_it_is_erased_is_kept_or_refused(catalogue: Catalogue):
    refused: list[str] = []
    broken: list[BaseException] = []

    def upload() -> str | None:
        try:
            saved = catalogue.files.save_bytes(b"the same recording")
            with catalogue.session() as rows:
                keep_file(rows, saved)
                session = SessionRow(name="squat", recorded_on=date(2026, 5, 4))
                rows.add(session)
                rows.flush()
                rows.add(SessionFileRow(session_id=session.id, sha256=saved.sha256, name="a.c3d", position=0))
                return session.id
        except BadInput as error:
            refused.append(str(error))
            return None

    def work() -> None:
        try:
            for _ in range(12):
                if (session := upload()) is not None:
                    erase_session(catalogue, session)
        except BaseException as error:
            broken.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert set(refused) <= {"the same file was being erased at that moment; give it again"}
    assert check(catalogue).faults == ()
    assert list(catalogue.files.all()) == []
