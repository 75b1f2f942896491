"""What is erased cannot be found again: no row, no file, no word in the database's own files."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from legato.store import Catalogue, keep_file, note, open_catalogue
from legato.store.erase import Erased, erase_all, erase_athlete, erase_session, retention
from legato.store.files import Files
from legato.store.results import keep_result
from legato.store.rows import (
    AthleteRow,
    AuditRow,
    ConsentRow,
    CorrectionRow,
    FileRow,
    JobRow,
    PlanRow,
    Row,
    SessionFileRow,
    SessionRow,
    SettingRow,
    TrainedRow,
    TrialOfOneRow,
    now,
)

SHARED = b"a recording of both"


@dataclass
class Person:
    athlete: str
    session: str
    files: set[str]


def fill(catalogue: Catalogue, name: str) -> Person:
    """An athlete with something in every table that knows athletes."""
    own = catalogue.files.save_bytes(f"the recording of {name}".encode())
    shared = catalogue.files.save_bytes(SHARED)
    log = catalogue.files.save_bytes(f"the log of {name}".encode())
    with catalogue.session() as rows:
        for saved in (own, shared, log):
            keep_file(rows, saved)
        athlete = AthleteRow(name=name)
        rows.add(athlete)
        rows.flush()
        session = SessionRow(name=f"squat of {name}", recorded_on=date(2026, 5, 4), athlete_id=athlete.id)
        rows.add(session)
        rows.flush()
        for k, saved in enumerate((own, shared)):
            rows.add(SessionFileRow(session_id=session.id, sha256=saved.sha256, name=f"{name}-{k}.c3d", position=k))
        rows.add(JobRow(session_id=session.id, kind="analyse", state="done", found={"files": [name]}))
        rows.add(CorrectionRow(session_id=session.id, number=1, entry={"do": "drop-rep", "rep": 1}))
        rows.add(ConsentRow(athlete_id=athlete.id, kind="keep", given=True))
        rows.add(PlanRow(athlete_id=athlete.id, record={"athlete": name}))
        rows.add(TrainedRow(athlete_id=athlete.id, on=date(2026, 5, 1), source=log.sha256, record={"reps": 5}))
        rows.add(TrialOfOneRow(athlete_id=athlete.id, name="trial", journal=f"{athlete.id}.json"))
        note(rows, "added", athlete.id, "coach", name=name)
        note(rows, "uploaded", f"session:{session.id}", files=[f"{name}-0.c3d"])
        note(rows, "opened the library", "library")
    for suffix in (".json", ".seal"):
        (catalogue.trials / f"{athlete.id}{suffix}").write_text(name)
    result = keep_result(
        catalogue, session.id, "k", {"headline": name}, {"result.json": f"of {name}".encode(), "shared": b"of both"}
    )
    return Person(athlete.id, session.id, {own.sha256, log.sha256, result.files["result.json"]})


def everything(folder: Path) -> bytes:
    """All bytes of all files of a catalogue's folder."""
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_of_an_erased_athlete_nothing_is_left(catalogue: Catalogue):
    gone, stays = fill(catalogue, "Wilhelmina Ozols"), fill(catalogue, "Bertram Quist")
    assert catalogue.on_postgres or b"Wilhelmina" in everything(catalogue.folder)
    found = erase_athlete(catalogue, gone.athlete, "coach")
    assert found.left == ()
    assert found.files == 3 and found.size_bytes > 30
    assert found.rows == {
        "athlete": 1, "session": 1, "session_file": 2, "result": 1, "job": 1, "correction": 1, "consent": 1,
        "plan": 1, "trained": 1, "trial_of_one": 1, "audit": 2, "file": 3,
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
