"""The queue, and the worker: nothing is done twice, nothing is lost, and no analysis ends more than itself."""

import os
import signal
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import legato.web.work
from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import JobRow, ResultRow, SessionRow, SettingRow, now
from legato.web import jobs, worker
from legato.web.retention import RETENTION
from legato.web.worker import Loop

from .recorded import add_session, squat_c3d


def queued(catalogue: Catalogue, kind: jobs.Kind = "analyse", content: bytes | None = None) -> str:
    """A job for a session of its own; its id."""
    session = add_session(catalogue, {"squat.c3d": (squat_c3d() if content is None else content, "trial")})
    with catalogue.session() as rows:
        return jobs.enqueue(rows, rows.get_one(SessionRow, session), kind).id


def row(catalogue: Catalogue, job: str) -> JobRow:
    with catalogue.session() as rows:
        return rows.get_one(JobRow, job)


def wait_for(catalogue: Catalogue, job: str, *states: str, within_s: float = 60.0) -> JobRow:
    limit = time.monotonic() + within_s
    while (found := row(catalogue, job)).state not in states:
        assert time.monotonic() < limit, f"still {found.state}: {found.said}"
        time.sleep(0.02)
    return found


@pytest.fixture
def loop(catalogue: Catalogue) -> Loop:
    return Loop(catalogue, str(catalogue.folder), None)


@pytest.fixture(autouse=True)
def no_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop runs in the test itself here, which nobody asks to end."""
    monkeypatch.setattr(worker, "_asked_to_end", lambda wait_s=0.0: False)


def test_two_workers_never_take_the_same_job(catalogue: Catalogue):
    asked = [queued(catalogue, content=b"x") for _ in range(12)]
    taken: list[str] = []
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait()
        while True:
            with catalogue.session() as rows:
                job = jobs.claim(rows, name)
            if job is None:
                return
            taken.append(job.id)

    workers = [threading.Thread(target=work, args=(f"w{k}",)) for k in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(taken) == sorted(asked)


def test_jobs_are_taken_in_the_order_in_which_they_were_asked(catalogue: Catalogue):
    asked = [queued(catalogue, content=b"x") for _ in range(5)]
    with catalogue.session() as rows:
        assert [jobs.ahead_of(rows, rows.get_one(JobRow, one)) for one in asked] == [0, 1, 2, 3, 4]
    taken: list[str] = []
    for _ in asked:
        with catalogue.session() as rows:
            job = jobs.claim(rows, "w:1:x")
            assert job is not None
            taken.append(job.id)
    assert taken == asked


def test_the_same_is_not_queued_twice(catalogue: Catalogue):
    session = add_session(catalogue, {"squat.c3d": (b"x", "trial")})
    with catalogue.session() as rows:
        of = rows.get_one(SessionRow, session)
        assert jobs.enqueue(rows, of, "analyse").id == jobs.enqueue(rows, of, "analyse").id
        assert jobs.enqueue(rows, of, "recognise").kind == "recognise"


def test_an_analysis_is_done_in_a_child(catalogue: Catalogue, loop: Loop):
    job = queued(catalogue)
    assert loop.once()
    done = row(catalogue, job)
    assert (done.state, done.error, done.attempts) == ("done", "", 1)
    assert done.said == "writing the report" and done.found is not None
    with catalogue.session() as rows:
        assert rows.get_one(ResultRow, done.found["result"]).session_id == done.session_id
    assert list(catalogue.work.iterdir()) == []
    assert not loop.once()


def crash(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def no_memory(*_: object, **__: object) -> None:
    raise MemoryError


def a_fault(*_: object, **__: object) -> None:
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (crash, "ended without a word (signal SIGKILL)"),
        (no_memory, "needs more memory"),
        (a_fault, "a fault in Legato ended it (ZeroDivisionError in test_jobs.py"),
    ],
)
def test_whatever_ends_an_analysis_is_told_in_one_line_and_the_next_goes_on(
    catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch, does: object, told: str
):
    job, next_one = queued(catalogue), queued(catalogue, content=b"%PDF")
    with monkeypatch.context() as patched:
        patched.setattr(legato.web.work, "analysed", does)
        assert loop.once()
    failed = row(catalogue, job)
    assert failed.state == "failed" and told in failed.error and "\n" not in failed.error
    assert loop.once()
    assert row(catalogue, next_one).error.startswith("squat.c3d: a PDF, which Legato does not read here")


def test_what_cannot_be_resolved_is_told_in_one_line(catalogue: Catalogue, loop: Loop):
    job = queued(catalogue)
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, rows.get_one(JobRow, job).session_id)
        session.movement = "throw"
    assert loop.once()
    failed = row(catalogue, job)
    assert failed.state == "failed" and failed.error.startswith("squat.c3d: ") and "\n" not in failed.error


def sleep_long(*_: object, **__: object) -> None:
    time.sleep(60.0)


def test_a_running_analysis_is_cancelled_within_a_second(
    catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(legato.web.work, "analysed", sleep_long)
    job = queued(catalogue)
    working = threading.Thread(target=loop.once)
    working.start()
    wait_for(catalogue, job, "running")
    time.sleep(0.5)
    with catalogue.session() as rows:
        jobs.cancel(rows, rows.get_one(JobRow, job))
    began = time.monotonic()
    wait_for(catalogue, job, "cancelled")
    assert time.monotonic() - began < 1.0
    working.join()


def test_a_queued_job_that_is_cancelled_is_never_begun(catalogue: Catalogue, loop: Loop):
    job = queued(catalogue)
    with catalogue.session() as rows:
        jobs.cancel(rows, rows.get_one(JobRow, job))
    assert not loop.once() and row(catalogue, job).state == "cancelled"


def test_what_takes_too_long_is_stopped(catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(legato.web.work, "analysed", sleep_long)
    loop.longest_s = 0.3
    job = queued(catalogue)
    assert loop.once()
    assert row(catalogue, job).error.startswith("took longer than 0.005 minutes and was stopped")


def test_what_stands_still_is_begun_again_and_fails_the_second_time(
    catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    # As a lock that nobody gives back; it says on the terminal where.
    monkeypatch.setattr(legato.web.work, "analysed", sleep_long)
    monkeypatch.setattr(worker, "_BEAT_S", 0.3)
    loop.still_s = 0.8
    job = queued(catalogue)
    for state, attempts in (("queued", 1), ("failed", 2)):
        assert loop.once()
        found = row(catalogue, job)
        assert (found.state, found.attempts) == (state, attempts)
        assert "in sleep_long" in capfd.readouterr().err
    assert row(catalogue, job).error == jobs.STOOD_STILL


def test_what_works_does_not_stand_still(catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch):
    def works(*_: object, **__: object) -> None:
        until = time.monotonic() + 2.0
        while time.monotonic() < until:
            pass
        raise BadInput("worked to the end")

    monkeypatch.setattr(legato.web.work, "analysed", works)
    monkeypatch.setattr(worker, "_BEAT_S", 0.3)
    loop.still_s = 0.8
    job = queued(catalogue)
    assert loop.once()
    assert row(catalogue, job).error == "worked to the end"


def test_what_a_cancelled_job_had_on_its_way_is_gone(catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch):
    job = queued(catalogue)
    with catalogue.session() as rows:
        session = rows.get_one(JobRow, job).session_id
    before = list(catalogue.files.all())

    def writes(*_: object, **__: object) -> None:
        on_its_way.append(catalogue.files.save_bytes(b"a report without its row", session))
        with catalogue.session() as rows:
            jobs.cancel(rows, rows.get_one(JobRow, job))
        time.sleep(60.0)

    on_its_way: list[object] = []
    monkeypatch.setattr(legato.web.work, "analysed", writes)
    assert loop.once()
    assert row(catalogue, job).state == "cancelled"
    assert list(catalogue.files.all()) == before and list(catalogue.files.beside.iterdir()) == []


def test_the_folder_that_an_erasing_waits_for_goes_last(
    catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch
):
    # Else both would look for what was left at once, and one take what the other looks at for being written.
    job, whole, there = queued(catalogue, content=b"%PDF"), worker.take_left, list[bool]()

    def looks(of: Catalogue) -> tuple[str, ...]:
        there.append((of.work / job).exists())
        return whole(of)

    monkeypatch.setattr(worker, "take_left", looks)
    assert loop.once()
    assert there == [True] and list(catalogue.work.iterdir()) == []

    def broken(of: Catalogue) -> tuple[str, ...]:
        raise OSError("no such folder")

    monkeypatch.setattr(worker, "take_left", broken)
    queued(catalogue, content=b"%PDF")
    with pytest.raises(OSError, match="no such folder"):
        loop.once()
    assert list(catalogue.work.iterdir()) == []


def test_what_a_job_laid_out_goes_once_its_worker_is_gone(catalogue: Catalogue, loop: Loop):
    job = queued(catalogue)
    with catalogue.session() as rows:
        assert jobs.claim(rows, "elsewhere:1:x") is not None
        rows.get_one(JobRow, job).attempts = jobs.ATTEMPTS
        rows.get_one(JobRow, job).seen_at = now() - timedelta(seconds=jobs.SILENT_S + 1.0)
    place = catalogue.work / job
    place.mkdir(parents=True)
    (place / "unzipped.c3d").write_bytes(b"a recording")
    assert not loop.once()
    assert row(catalogue, job).state == "failed" and not place.exists()


def test_a_database_that_is_busy_for_a_moment_ends_no_job(
    catalogue: Catalogue, loop: Loop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(legato.web.work, "analysed", a_fault)
    job, asked, whole = queued(catalogue), [0], jobs.end

    def busy(*given: Any, **named: Any) -> bool:
        asked[0] += 1
        if asked[0] < 3:
            raise OperationalError("UPDATE job", {}, Exception("database is locked"))
        return whole(*given, **named)

    monkeypatch.setattr(jobs, "end", busy)
    assert loop.once()
    assert asked == [3] and row(catalogue, job).state == "failed"


def test_once_a_day_what_is_no_longer_kept_goes(catalogue: Catalogue):
    old = add_session(catalogue, {"squat.c3d": (b"x", "trial")})
    with catalogue.session() as rows:
        rows.add(SettingRow(key=RETENTION, value={"days": 30.0}))
        rows.get_one(SessionRow, old).created_at = now() - timedelta(days=31)
    at = worker.tidy(catalogue, 1000.0, 80_000.0)
    with catalogue.session() as rows:
        assert at == 1000.0 and rows.get(SessionRow, old) is not None
    assert worker.tidy(catalogue, at, 90_000.0) == 90_000.0
    with catalogue.session() as rows:
        assert rows.get(SessionRow, old) is None
    assert list(catalogue.files.all()) == []


def test_a_job_of_a_silent_worker_is_begun_again_and_not_a_third_time(catalogue: Catalogue):
    job = queued(catalogue)
    for state in ("queued", "failed"):
        with catalogue.session() as rows:
            taken = jobs.claim(rows, "elsewhere:1:x")
            assert taken is not None
            taken.seen_at = now() - timedelta(seconds=jobs.SILENT_S + 1.0)
        with catalogue.session() as rows:
            assert jobs.take_back(rows) == [job]
        assert row(catalogue, job).state == state
    assert row(catalogue, job).error == jobs.STOPPED_TWICE


def test_a_job_of_a_live_worker_is_left_alone(catalogue: Catalogue):
    queued(catalogue)
    with catalogue.session() as rows:
        assert jobs.claim(rows, jobs.me()) is not None
        assert jobs.take_back(rows) == []


def test_a_worker_that_lost_its_job_cannot_say_how_it_ended(catalogue: Catalogue):
    job = queued(catalogue)
    with catalogue.session() as rows:
        jobs.claim(rows, "first:1:x")
        rows.get_one(JobRow, job).worker = "second:2:y"
    with catalogue.session() as rows:
        assert not jobs.end(rows, job, "first:1:x", "done")
        assert jobs.tell(rows, job, "first:1:x", "analysing") is None
    assert row(catalogue, job).state == "running"
