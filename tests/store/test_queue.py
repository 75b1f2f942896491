"""The queue on either database: no job is taken twice, and the order is that of asking."""

import threading
from datetime import date

from legato.store import Catalogue
from legato.store.rows import SessionRow
from legato.web import jobs


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
