"""The worker's jobs, by the API."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import select

from legato.store.rows import JobRow
from legato.web.api.model import JobGiven, JobShown, Listed, Windowed, listed
from legato.web.deps import Rows, TheSession, found
from legato.web.jobs import cancel, enqueue, kind_of

routes = APIRouter(tags=["jobs"])

State = Literal["queued", "running", "done", "failed", "cancelled"]


@routes.get("/jobs")
def list_jobs(
    rows: Rows,
    part: Windowed,
    state: Annotated[State | None, Query(description="Those in one state.")] = None,
    session_id: Annotated[str | None, Query(max_length=16, description="Those of one session.")] = None,
) -> Listed[JobShown]:
    """Jobs, the newest first."""
    wanted = select(JobRow)
    if state is not None:
        wanted = wanted.where(JobRow.state == state)
    if session_id is not None:
        wanted = wanted.where(JobRow.session_id == session_id)
    items, total = listed(rows, wanted, part, JobRow.created_at.desc(), JobRow.id)
    return Listed(items=[JobShown.model_validate(one) for one in items], total=total)


@routes.post("/sessions/{session_id}/jobs", status_code=202)
def ask_for_job(rows: Rows, row: TheSession, given: JobGiven) -> JobShown:
    """Ask the worker to recognise a session's files or to analyse it; what is queued already is given back."""
    return JobShown.model_validate(enqueue(rows, row, given.kind))


@routes.get("/jobs/{job_id}")
def get_job(rows: Rows, job_id: str) -> JobShown:
    """One job: its state, what it says, and its error if it failed."""
    return JobShown.model_validate(found(rows.get(JobRow, job_id), "job"))


@routes.post("/jobs/{job_id}/cancel")
def cancel_job(rows: Rows, job_id: str) -> JobShown:
    """Take a queued job out of the queue, or ask the worker of a running one to stop it."""
    job = found(rows.get(JobRow, job_id), "job")
    cancel(rows, job)
    return JobShown.model_validate(job)


@routes.post("/jobs/{job_id}/retry", status_code=202)
def retry_job(rows: Rows, job_id: str) -> JobShown:
    """Ask for the same once more; the job that was is left as it ended, and the new one is given back."""
    job = found(rows.get(JobRow, job_id), "job")
    return JobShown.model_validate(enqueue(rows, job.session, kind_of(job)))
