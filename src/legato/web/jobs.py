"""The queue of work: what is asked of the worker, who has taken it, what became of it. Every step is one statement, so
that two workers never take the same.
"""

import os
import secrets
import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import and_, case, or_, select, tuple_, update
from sqlalchemy.orm import Session

from legato.store.rows import JobRow, SessionRow, now

Kind: TypeAlias = Literal["recognise", "demo", "analyse"]

OPEN = ("queued", "running")
"""States of a job that is still to come or under way."""
ATTEMPTS = 2
"""How often a job is begun whose worker goes away. [ENG] What ends two workers would end a third."""
SILENT_S = 20.0
"""A worker that was not heard of for so long is gone. [ENG] One that lives is heard of every 2 s."""

_TURN = case((JobRow.kind == "recognise", 0), (JobRow.kind == "demo", 1), else_=2)
"""What comes first: a person waits for what files hold, and for the demo; analyses may be many."""
STOOD_STILL = "it stood still for a minute, twice, and was stopped; the terminal says where: please report it"
STOPPED_TWICE = "the worker stopped twice while it was at this, perhaps for lack of memory; try a shorter recording"


def enqueue(rows: Session, session: SessionRow, kind: Kind) -> JobRow:
    """Ask the worker for something; what is queued already is not asked for twice.

    A job that is found stays in the queue until the transaction ends, so that it sees what the transaction changes; one
    that a worker is just taking may not have seen it, and counts as begun.
    """
    waiting = select(JobRow).where(JobRow.session_id == session.id, JobRow.kind == kind, JobRow.state == "queued")
    job = rows.scalars(waiting.with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()
    if job is None:
        job = JobRow(session_id=session.id, kind=kind)
        rows.add(job)
        rows.flush()
    return job


def kind_of(job: JobRow) -> Kind:
    """What a job does."""
    return "recognise" if job.kind == "recognise" else "demo" if job.kind == "demo" else "analyse"


def newest(rows: Session, session_id: str, kind: Kind | None = None) -> JobRow | None:
    """The job of a session that was asked for last."""
    of = select(JobRow).where(JobRow.session_id == session_id)
    of = of if kind is None else of.where(JobRow.kind == kind)
    return rows.scalars(of.order_by(JobRow.created_at.desc(), JobRow.id).limit(1)).first()


def ahead_of(rows: Session, job: JobRow) -> int:
    """How many jobs are done before this one is begun."""
    if job.state != "queued":
        return 0
    turn = rows.scalar(select(_TURN).where(JobRow.id == job.id))
    earlier = tuple_(_TURN, JobRow.created_at, JobRow.id) < tuple_(turn, job.created_at, job.id)
    before = select(JobRow.id).where(or_(JobRow.state == "running", and_(JobRow.state == "queued", earlier)))
    return len(rows.scalars(before).all())


def told(rows: Session, job: JobRow) -> dict[str, Any]:
    """A job as pages and programs see it."""
    end = job.ended_at or now()
    return {
        "id": job.id,
        "session": job.session_id,
        "kind": job.kind,
        "state": job.state,
        "said": job.said,
        "error": job.error or None,
        "ahead": ahead_of(rows, job),
        "elapsed_s": None if job.started_at is None else round((end - job.started_at).total_seconds(), 1),
    }


def cancel(rows: Session, job: JobRow) -> None:
    """Take a queued job out of the queue; ask the worker of a running one to end it."""
    of = update(JobRow).where(JobRow.id == job.id)
    rows.execute(of.where(JobRow.state == "queued").values(state="cancelled", ended_at=now()))
    rows.execute(of.where(JobRow.state == "running").values(cancel_asked=True))
    rows.refresh(job)


def me() -> str:
    """The name by which this process is known as a worker."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def claim(rows: Session, worker: str) -> JobRow | None:
    """Take the job whose turn it is; None where none waits, or another worker took it meanwhile."""
    waiting = select(JobRow.id).where(JobRow.state == "queued")
    if rows.scalar(waiting.limit(1)) is None:
        return None
    # One that a request has just found again is taken once that request is kept.
    first = waiting.order_by(_TURN, JobRow.created_at, JobRow.id).limit(1).with_for_update(skip_locked=True)
    taken = (
        update(JobRow)
        .where(JobRow.id == first.scalar_subquery(), JobRow.state == "queued")
        .values(state="running", worker=worker, attempts=JobRow.attempts + 1, cancel_asked=False)
        .values(said="", error="", started_at=now(), seen_at=now(), ended_at=None)
        .returning(JobRow.id)
        .execution_options(synchronize_session=False)
    )
    taken_id = rows.scalar(taken)
    return None if taken_id is None else rows.get_one(JobRow, taken_id)


def tell(rows: Session, job_id: str, worker: str, said: str | None = None) -> bool | None:
    """Say that the worker lives, and what it does; whether it is asked to stop, None where the job is no longer its."""
    values: dict[str, Any] = {"seen_at": now()} | ({} if said is None else {"said": said[:300]})
    of = update(JobRow).where(JobRow.id == job_id, JobRow.state == "running", JobRow.worker == worker)
    return rows.scalar(of.values(**values).returning(JobRow.cancel_asked))


def end(
    rows: Session,
    job_id: str,
    worker: str,
    state: Literal["done", "failed", "cancelled", "queued"],
    error: str = "",
    found: dict[str, Any] | None = None,
) -> bool:
    """Say what became of a job; whether it still was this worker's."""
    of = update(JobRow).where(JobRow.id == job_id, JobRow.state == "running", JobRow.worker == worker)
    values: dict[str, Any] = {"state": state, "error": error, "ended_at": now(), "cancel_asked": False}
    if found is not None:
        values["found"] = found
    if state == "queued":
        # Given back: that its worker was told to stop is not the job's fault.
        values |= {"ended_at": None, "worker": None, "attempts": JobRow.attempts - 1, "said": ""}
    return rows.scalar(of.values(**values).returning(JobRow.id)) is not None


def stood_still(rows: Session, job_id: str, worker: str) -> bool:
    """Put a job whose child stood still back into the queue, or fail it the second time; whether it was one's own."""
    job = rows.get(JobRow, job_id)
    if job is None or job.attempts >= ATTEMPTS:
        return end(rows, job_id, worker, "failed", STOOD_STILL)
    of = update(JobRow).where(JobRow.id == job_id, JobRow.state == "running", JobRow.worker == worker)
    again = of.values(state="queued", worker=None, said="", started_at=None)
    return rows.scalar(again.returning(JobRow.id)) is not None


def take_back(rows: Session, live: Sequence[str] = ()) -> list[str]:
    """Put jobs back into the queue whose worker is gone, and fail those that were begun too often; their ids.

    `live` are workers that are not to be asked about.
    """
    gone: list[str] = []
    for job in rows.scalars(select(JobRow).where(JobRow.state == "running")):
        if job.worker in live or not _gone(job):
            continue
        of = update(JobRow).where(JobRow.id == job.id, JobRow.state == "running", JobRow.worker == job.worker)
        if job.cancel_asked:
            values: dict[str, Any] = {"state": "cancelled", "ended_at": now()}
        elif job.attempts >= ATTEMPTS:
            values = {"state": "failed", "error": STOPPED_TWICE, "ended_at": now()}
        else:
            values = {"state": "queued", "worker": None, "said": ""}
        rows.execute(of.values(**values))
        gone.append(job.id)
    return gone


def _gone(job: JobRow) -> bool:
    """Whether the worker of a running job is no more: its process on this machine, or its word from another."""
    if job.seen_at is not None and now() - job.seen_at > timedelta(seconds=SILENT_S):
        return True
    host, process, _ = [*(job.worker or "").rsplit(":", 2), "", ""][:3]
    if host != socket.gethostname()[:40] or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
