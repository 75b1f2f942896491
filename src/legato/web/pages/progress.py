"""How far a session's job is, as events that a page listens to, and as a record where it cannot."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State

from legato.store import Catalogue
from legato.web.demo import demo_done
from legato.web.deps import Kept, Rows, TheSession
from legato.web.jobs import OPEN, newest, told
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_LOOK_S = 0.3
"""How often the job's row is looked at."""
_LONGEST_S = 60.0
"""How long one answer lasts; a page asks again by itself. [ENG] Short, so that the app can end."""
_QUIET_S = 10.0
"""After how long a silence a comment is sent, so that nothing between takes the line for dead."""

STEPS = 4
"""Steps of a job, the last of which is its end."""
_AT = {"reading": 1, "looking for the movement": 2, "analysing": 2, "writing the report": 3}


def progress_of(record: dict[str, Any]) -> dict[str, Any]:
    """A job's record with what a page says of it."""
    ahead, said = record["ahead"], record["said"]
    if record["state"] == "queued":
        words = _("waiting for its turn") if ahead == 0 else _("waiting; %(n)s before it") % {"n": ahead}
    else:
        words = _(said) if said else _("begins")
    at = STEPS if record["state"] == "done" else 0 if record["state"] == "queued" else _AT.get(said, 1)
    if record["kind"] == "demo" and record["state"] == "running":
        at = round(STEPS * demo_done(said), 2)
    return {**record, "words": words, "at": at, "open": record["state"] in OPEN}


@routes.get("/sessions/{session_id}/progress")
async def progress(request: Request, session_id: str, catalogue: Kept) -> StreamingResponse:
    """Server-sent events: the job's record whenever it changes, until it ends or the app does."""
    first = await run_in_threadpool(_look, catalogue, session_id)
    if first is None:
        raise HTTPException(404, "nothing was asked of the worker for this session")
    events = _events(catalogue, session_id, first, request.app.state)
    return StreamingResponse(events, media_type="text/event-stream")


@routes.get("/sessions/{session_id}/progress.json")
def progress_now(session: TheSession, rows: Rows) -> dict[str, Any]:
    """The same once."""
    job = newest(rows, session.id)
    if job is None:
        raise HTTPException(404, "nothing was asked of the worker for this session")
    return progress_of(told(rows, job))


async def _events(catalogue: Catalogue, session_id: str, first: dict[str, Any], app: State) -> AsyncIterator[str]:
    """Between two looks neither a thread nor a connection is held."""
    yield "retry: 500\n\n"
    now: dict[str, Any] | None = first
    before: dict[str, Any] = {}
    began = spoke = time.monotonic()
    while now is not None and time.monotonic() - began < _LONGEST_S and not app.ending:
        if {**now, "elapsed_s": 0} != {**before, "elapsed_s": 0}:
            yield f"data: {json.dumps(now)}\n\n"
            before, spoke = now, time.monotonic()
        if not now["open"]:
            return
        if time.monotonic() - spoke > _QUIET_S:
            yield ": still at it\n\n"
            spoke = time.monotonic()
        await asyncio.sleep(_LOOK_S)
        now = await run_in_threadpool(_look, catalogue, session_id)


def _look(catalogue: Catalogue, session_id: str) -> dict[str, Any] | None:
    with catalogue.session() as rows:
        job = newest(rows, session_id)
        return None if job is None else progress_of(told(rows, job))
