"""The queue on either database: no job is taken twice, and none misses a change."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import select

from legato.store import Catalogue, open_catalogue
from legato.store.rows import JobRow, SessionRow
from legato.web import jobs
from legato.web.job_child import one_line


def test_no_job_is_taken_twice(catalogue: Catalogue):
    asked: list[str] = []
    for k in range(16):
        with catalogue.session() as rows:
            session = SessionRow(name=f"session {k}", recorded_on=date(2026, 11, 22))
            rows.add(session)
            rows.flush()
            asked.append(jobs.enqueue(rows, session, "analyse").id)
    taken: list[str] = []
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait()
        missed = 0
        while missed < 3:
            with catalogue.session() as rows:
                job = jobs.claim(rows, name)
            if job is None:
                missed += 1
            else:
                taken.append(job.id)
                with catalogue.session() as rows:
                    assert jobs.tell(rows, job.id, name, "analysing") is False
                    assert jobs.end(rows, job.id, name, "done")

    workers = [threading.Thread(target=work, args=(f"w:{k}:x",)) for k in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(taken) == sorted(asked) and taken[0] == asked[0]


def asked_in(catalogue: Catalogue, *kinds: jobs.Kind) -> list[str]:
    """Jobs of a session each, asked for in this order; their ids."""
    made: list[str] = []
    for kind in kinds:
        with catalogue.session() as rows:
            session = SessionRow(name=kind, recorded_on=date(2026, 11, 22))
            rows.add(session)
            rows.flush()
            made.append(jobs.enqueue(rows, session, kind).id)
    return made


def test_what_a_person_waits_for_comes_before_analyses_and_the_number_before_it_says_so(catalogue: Catalogue):
    asked = asked_in(catalogue, "analyse", "analyse", "demo", "recognise", "analyse", "recognise")
    expected = [asked[k] for k in (3, 5, 2, 0, 1, 4)]
    while expected:
        with catalogue.session() as rows:
            ahead = {one: jobs.ahead_of(rows, rows.get_one(JobRow, one)) for one in expected}
        assert ahead == {one: place for place, one in enumerate(expected)}
        with catalogue.session() as rows:
            job = jobs.claim(rows, "w:1:x")
            assert job is not None and job.id == expected[0]
            # The one that is under way still counts.
            assert jobs.ahead_of(rows, rows.get_one(JobRow, expected[-1])) == len(expected) - 1
        with catalogue.session() as rows:
            assert jobs.end(rows, job.id, "w:1:x", "done")
        expected.pop(0)


def test_whatever_a_file_calls_itself_a_job_can_tell_of_it(catalogue: Catalogue):
    (asked,) = asked_in(catalogue, "analyse")
    said = one_line("squat\x00.c3d:\n channel “EMG\x07\udc80 ä” \u2028is none")
    with catalogue.session() as rows:
        assert jobs.claim(rows, "w:1:x") is not None
        assert jobs.end(rows, asked, "w:1:x", "failed", said)
    with catalogue.session() as rows:
        assert rows.get_one(JobRow, asked).error == "squat .c3d: channel “EMG ä” is none"


def test_a_job_that_a_request_found_again_is_taken_only_once_its_change_is_kept(
    tmp_path: Path, new_postgres: Callable[[], str]
):
    # SQLite has one writer at a time.
    catalogue = open_catalogue(tmp_path, new_postgres())
    (asked,) = asked_in(catalogue, "analyse")
    with catalogue.session() as rows:
        session = rows.scalars(select(SessionRow)).one()
        session.name = "changed"
        assert jobs.enqueue(rows, session, "analyse").id == asked
        with catalogue.session() as other:
            assert jobs.claim(other, "w:1:x") is None
    with catalogue.session() as rows:
        taken = jobs.claim(rows, "w:1:x")
        assert taken is not None and taken.id == asked and taken.session.name == "changed"
    catalogue.close()


def test_a_change_to_a_job_that_is_just_being_taken_asks_for_another(tmp_path: Path, new_postgres: Callable[[], str]):
    catalogue = open_catalogue(tmp_path, new_postgres())
    (asked,) = asked_in(catalogue, "analyse")
    with catalogue.session() as worker:
        taken = jobs.claim(worker, "w:1:x")
        assert taken is not None and taken.id == asked
        with catalogue.session() as rows:
            again = jobs.enqueue(rows, rows.scalars(select(SessionRow)).one(), "analyse")
            assert again.id != asked
    with catalogue.session() as rows:
        assert rows.get_one(JobRow, asked).state == "running"
        assert rows.get_one(JobRow, again.id).state == "queued"
    catalogue.close()
