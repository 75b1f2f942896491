"""What a killed process left on its way is taken away; what somebody writes, or another database names, is not."""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from legato.errors import BadInput
from legato.store import Catalogue, keep_file, open_catalogue
from legato.store.catalogue import DATABASE
from legato.store.check import check
from legato.store.erase import erase_all, erase_athlete, erase_session
from legato.store.left import take_left
from legato.store.results import keep_result
from legato.store.rows import FileRow, JobRow, SessionRow, SettingRow, TrialOfOneRow, now

from .filled import fill


def dies(catalogue: Catalogue, does: Callable[[], object]) -> None:
    """Do something in a process that is killed as soon as it is done, or where it kills itself."""
    catalogue.engine.dispose()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            does()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def session_of(catalogue: Catalogue) -> str:
    with catalogue.session() as rows:
        session = SessionRow(name="squat", recorded_on=date(2026, 5, 4))
        rows.add(session)
        rows.flush()
        return session.id


def killed_before_its_rows(catalogue: Catalogue, session: str) -> None:
    """An analysis that is killed between its files and their rows."""

    def does() -> None:
        Catalogue.session = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,return-value]
        for name in ("result.json", "report.html"):
            catalogue.files.save_bytes(f"{name} of {session}".encode(), session)
        keep_result(catalogue, session, "k", {}, {})

    dies(catalogue, does)
    assert len(list(catalogue.files.all())) == 2


def test_files_without_a_row_are_taken_away_once_their_writer_is_gone(catalogue: Catalogue):
    killed_before_its_rows(catalogue, session_of(catalogue))
    assert len(take_left(catalogue)) == 2
    assert list(catalogue.files.all()) == [] and list(catalogue.files.beside.iterdir()) == []


def test_a_part_is_taken_away_once_its_writer_is_gone(catalogue: Catalogue):
    dies(catalogue, lambda: catalogue.files.writer().write(b"half a recording"))
    with catalogue.files.writer() as mine:
        mine.write(b"half of mine")
        assert len(take_left(catalogue)) == 1
        saved = mine.keep()
    with catalogue.session() as rows:
        keep_file(rows, saved)
    assert list(catalogue.files.all()) == [saved.sha256] and list(catalogue.files.beside.iterdir()) == []


def test_what_is_between_its_file_and_its_row_is_left_alone(catalogue: Catalogue):
    saved = catalogue.files.save_bytes(b"a recording")
    assert take_left(catalogue) == ()
    with catalogue.session() as rows:
        keep_file(rows, saved)
        assert take_left(catalogue) == () if catalogue.on_postgres else True
    assert take_left(catalogue) == () and catalogue.files.read(saved.sha256) == b"a recording"


def test_a_mark_whose_file_has_a_row_takes_nothing_with_it(catalogue: Catalogue):
    def does() -> None:
        saved = catalogue.files.save_bytes(b"a recording")
        with catalogue.session() as rows:
            rows.add(FileRow(sha256=saved.sha256, size_bytes=saved.size_bytes))

    dies(catalogue, does)
    assert len(list(catalogue.files.beside.iterdir())) == 1
    assert take_left(catalogue) == () and list(catalogue.files.beside.iterdir()) == []
    assert len(list(catalogue.files.all())) == 1 and check(catalogue).faults == ()


def test_files_that_another_database_names_are_never_taken(catalogue: Catalogue, new_postgres: Callable[[], str]):
    fill(catalogue, "Ada")
    there = sorted(catalogue.files.all())
    wrong = open_catalogue(catalogue.folder, new_postgres())
    assert take_left(wrong) == () and sorted(catalogue.files.all()) == there
    wrong.close()


def test_a_folder_whose_database_is_elsewhere_is_not_opened_without_its_name(
    tmp_path: Path, new_postgres: Callable[[], str]
):
    elsewhere = open_catalogue(tmp_path, new_postgres())
    fill(elsewhere, "Ada")
    elsewhere.close()
    with pytest.raises(BadInput, match=r"holds files, but not the database .* --database or LEGATO_DATABASE"):
        open_catalogue(tmp_path)
    assert not (tmp_path / DATABASE).exists()


def test_a_draft_of_a_journal_is_taken_away_after_an_hour(catalogue: Catalogue):
    drafts = [catalogue.trials / f".trial.jsonl.{k}" for k in (1, 2)]
    for draft in drafts:
        draft.write_text("the order's seed")
    os.utime(drafts[0], (time.time() - 7200, time.time() - 7200))
    (catalogue.trials / "trial.jsonl").write_text("a journal")
    assert take_left(catalogue) == (drafts[0].name,)
    assert {path.name for path in catalogue.trials.iterdir()} == {drafts[1].name, "trial.jsonl"}


def test_a_draft_that_gets_its_name_meanwhile_is_left_alone(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch):
    draft = catalogue.trials / ".trial.jsonl.7"
    draft.write_text("a journal")
    os.utime(draft, (time.time() - 7200, time.time() - 7200))
    whole = Path.stat

    def named_first(path: Path, **how: bool) -> os.stat_result:
        if path == draft:
            path.rename(path.with_name("trial.jsonl"))
        return whole(path, **how)

    monkeypatch.setattr(Path, "stat", named_first)
    assert take_left(catalogue) == ()
    monkeypatch.undo()
    assert [path.name for path in catalogue.trials.iterdir()] == ["trial.jsonl"]


def test_a_file_that_comes_in_once_more_is_not_taken_with_what_a_killed_process_left(catalogue: Catalogue):
    dies(catalogue, lambda: catalogue.files.save_bytes(b"a recording"))
    again = catalogue.files.save_bytes(b"a recording")
    assert take_left(catalogue) == () and catalogue.files.read(again.sha256) == b"a recording"
    with catalogue.session() as rows:
        keep_file(rows, again)
    assert take_left(catalogue) == () and check(catalogue).faults == ()
    assert list(catalogue.files.beside.iterdir()) == []


def test_erasing_takes_a_draft_too(catalogue: Catalogue):
    gone = fill(catalogue, "Ada")
    with catalogue.session() as rows:
        journal = rows.query(TrialOfOneRow).one().journal
    (catalogue.trials / f".{journal}.77").write_text("the order's seed")
    assert erase_athlete(catalogue, gone.athlete).left == () and list(catalogue.trials.iterdir()) == []


def test_erasing_takes_what_a_killed_analysis_left(catalogue: Catalogue):
    session = session_of(catalogue)
    killed_before_its_rows(catalogue, session)
    assert erase_session(catalogue, session).left == ()
    assert list(catalogue.files.all()) == [] and list(catalogue.files.beside.iterdir()) == []


def test_erasing_tells_of_a_file_that_is_still_being_written(catalogue: Catalogue):
    session = session_of(catalogue)
    saved = catalogue.files.save_bytes(b"a report", session)
    assert erase_session(catalogue, session).left == (f"file {saved.sha256}, being written",)
    saved.settle()


@pytest.mark.parametrize("whole", [False, True])
def test_erasing_waits_until_the_worker_has_ended_what_it_does(catalogue: Catalogue, whole: bool):
    session = session_of(catalogue)
    with catalogue.session() as rows:
        job = JobRow(session_id=session, kind="analyse", state="running", worker="w:1:x", seen_at=now())
        rows.add(job)
        rows.flush()
        place = catalogue.work / job.id
    place.mkdir(parents=True)

    def ends() -> None:
        time.sleep(0.4)
        catalogue.files.save_bytes(b"written at the last moment", session)
        place.rmdir()

    worker = threading.Thread(target=ends)
    worker.start()
    erased = erase_all(catalogue) if whole else erase_session(catalogue, session)
    worker.join()
    assert erased.left == () and list(catalogue.files.all()) == []


def test_a_worker_that_went_away_is_not_waited_for(catalogue: Catalogue):
    gone = fill(catalogue, "Ada")
    with catalogue.session() as rows:
        rows.execute(update(JobRow).values(state="running", seen_at=now().replace(year=2020)))
    began = time.monotonic()
    assert erase_session(catalogue, gone.session).left == ()
    assert time.monotonic() - began < 4.0


def test_tables_that_a_server_did_not_rewrite_are_told(tmp_path: Path, new_postgres: Callable[[], str]):
    catalogue = open_catalogue(tmp_path, new_postgres())
    gone = fill(catalogue, "Ada")
    engine: Engine = catalogue.engine
    with engine.connect() as reads:
        reads.exec_driver_sql("LOCK TABLE athlete IN ACCESS SHARE MODE")
        (left,) = erase_athlete(catalogue, gone.athlete).left
    assert left.startswith("deleted rows in the server's tables") and "lock timeout" in left
    with catalogue.session() as rows:
        assert rows.query(SettingRow).count() == 1
    # What was not rewritten is when the catalogue is opened.
    open_catalogue(tmp_path, str(engine.url)).close()
    with catalogue.session() as rows:
        assert rows.query(SettingRow).count() == 0
    catalogue.close()
