"""The queue of work: what is asked of the worker, what became of it."""

from typing import Literal, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.store.rows import JobRow, SessionRow

Kind: TypeAlias = Literal["recognise", "analyse"]

OPEN = ("queued", "running")
"""States of a job that is still to come or under way."""


def enqueue(rows: Session, session: SessionRow, kind: Kind) -> JobRow:
    """Ask the worker for something; what is queued already is not asked for twice."""
    waiting = select(JobRow).where(JobRow.session_id == session.id, JobRow.kind == kind, JobRow.state == "queued")
    job = rows.scalars(waiting).first()
    if job is None:
        job = JobRow(session_id=session.id, kind=kind)
        rows.add(job)
        rows.flush()
    return job
