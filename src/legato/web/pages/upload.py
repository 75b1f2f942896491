"""Upload: files dropped together become a session; what was recognised is shown and can be changed, then analysed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from legato.errors import BadInput
from legato.store import Catalogue, note
from legato.store.erase import drop_files, referenced
from legato.store.rows import AthleteRow, FileRow, JobRow, RatingRow, ResultRow, SessionFileRow, SessionRow
from legato.sync import device_registry
from legato.web.anew import look_again
from legato.web.app_words import in_app
from legato.web.deps import Kept, Rows, Sent, Shown, TheSession, found
from legato.web.erasing import erase_session, forgotten
from legato.web.jobs import OPEN, cancel, enqueue, newest, told
from legato.web.options import options_of
from legato.web.pages.progress import STEPS, progress_of
from legato.web.render import page
from legato.web.trial_files import NOT_READ, file_name
from legato.web.upload_form import loads_shown, movement_names, save_form
from legato.web.upload_words import kind_name, part_names
from legato.web.uploads import announced, most_bytes, most_of, receive, sessions_with, told_of, with_parts
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_MOST_FILES = 60
_LONGEST_NAME = 200


class Sender(BaseModel):
    """A file that was sent before."""

    model_config = ConfigDict(extra="forbid")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=2000)


class Together(BaseModel):
    """Files of one trial; `modified_ms` is when the first was last written, `session` one that they are added to."""

    model_config = ConfigDict(extra="forbid")
    files: list[Sender] = Field(min_length=1, max_length=_MOST_FILES)
    modified_ms: float | None = None
    athlete: str | None = Field(default=None, max_length=16)
    session: str | None = Field(default=None, max_length=16)


@routes.get("/upload")
def upload(request: Request, rows: Rows, athlete: Annotated[str, Query(max_length=16)] = "") -> HTMLResponse:
    """Where files are dropped."""
    who = rows.get(AthleteRow, athlete) if athlete else None
    return page(request, "upload.html", athlete=who, session=None, most_gb=most_bytes(rows) / 1e9)


@routes.put("/upload/files")
async def take_file(
    request: Request, catalogue: Kept, name: Annotated[str, Query(min_length=1, max_length=2000)]
) -> Response:
    """Keep a file; says under which name, and where it is already."""
    shown = file_name(name)
    try:
        most = await run_in_threadpool(most_of, catalogue)
        saved = await receive(request.stream(), catalogue, shown, most, announced(request))
    except BadInput as error:
        return JSONResponse({"error": str(error)}, 400)
    known = await run_in_threadpool(_known, catalogue, saved.sha256)
    return JSONResponse({"sha256": saved.sha256, "name": shown, "size_bytes": saved.size_bytes, "known": known})


def _known(catalogue: Catalogue, sha256: str) -> list[dict[str, Any]]:
    with catalogue.session() as rows:
        return [told_of(one) for one in sessions_with(rows, sha256)]


@routes.post("/upload")
def make_session(rows: Rows, catalogue: Kept, given: Together) -> dict[str, str]:
    """Make a session of files that were sent, or add them to one, and ask the worker what they hold."""
    for file in given.files:
        if rows.get(FileRow, file.sha256) is None or not catalogue.files.path(file.sha256).is_file():
            raise BadInput(f"{file_name(file.name)}: did not arrive; give it again")
    pairs = [(file_name(file.name), file.sha256) for file in given.files]
    if given.session is not None:
        session = found(rows.get(SessionRow, given.session), "session")
    else:
        athlete = None if given.athlete is None else found(rows.get(AthleteRow, given.athlete), "athlete")
        session = SessionRow(name="", recorded_on=_written_on(given.modified_ms), athlete=athlete, files=[])
        rows.add(session)
    parts = with_parts(catalogue, pairs, any(file.role == "trial" for file in session.files))
    there = {file.sha256 for file in session.files}
    at = max((file.position for file in session.files), default=-1) + 1
    for one in parts:
        if one.sha256 in there:
            continue
        there.add(one.sha256)
        session.files.append(SessionFileRow(sha256=one.sha256, name=one.name, role=one.role, position=at))
        at += 1
    if not session.name:
        first = next((file.name for file in session.files if file.role == "trial"), session.files[0].name)
        session.name = PurePath(first).stem[:_LONGEST_NAME]
        rows.flush()
        note(rows, "session added", session.id)
    rows.flush()
    look_again(rows, session)
    return {"to": f"/upload/{session.id}"}


def _written_on(modified_ms: float | None) -> date:
    """The day on which a file was last written, if it can be one of a recording; else today."""
    today = date.today()
    if modified_ms is None or not 0.0 < modified_ms < 1e14:
        return today
    day = datetime.fromtimestamp(modified_ms / 1000.0, UTC).astimezone().date()
    return day if date(1990, 1, 1) <= day <= today else today


@routes.get("/upload/{session_id}")
def check(request: Request, rows: Rows, session: TheSession, shown: Shown) -> HTMLResponse:
    """What was recognised, with everything that can be changed; or how far the worker is."""
    job = newest(rows, session.id)
    under_way = job is not None and job.state in OPEN
    seen = newest(rows, session.id, "recognise")
    holds = (seen.found or {}) if seen is not None and not under_way else {}
    options = options_of(session.options).model_dump()
    return page(
        request,
        "upload_check.html",
        session=session,
        job=None if job is None else progress_of(told(rows, job)),
        under_way=under_way,
        steps=STEPS,
        failed=_failed(job),
        holds=holds,
        athlete=session.athlete,
        files=[_file(rows, session, file, holds) for file in session.files],
        clocks=[_clock(one) for one in holds.get("sync", ())],
        problem=in_app(holds.get("problem") or ""),
        notes=[in_app(one) for one in holds.get("notes", ())],
        movement=_movement(session, holds.get("movement"), dict(movement_names(rows))),
        movements=movement_names(rows),
        parts=part_names(),
        athletes=rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all(),
        earlier=_earlier(rows, session),
        devices=[(name, one.name) for name, one in device_registry().items() if name != "unknown"],
        kinds={stream["kind"] for file in holds.get("files", {}).values() for stream in file["streams"]},
        load=loads_shown(options, shown),
        options=options,
        asks_rate=any("--rate" in (one["error"] or "") for one in holds.get("files", {}).values()),
        told_more=any(value for name, value in options.items() if name not in ("load_kg", "loads_kg")),
        today=date.today(),
        most_gb=most_bytes(rows) / 1e9,
    )


def _failed(job: JobRow | None) -> str:
    """Why the last job came to nothing."""
    if job is None or job.state not in ("failed", "cancelled"):
        return ""
    return _("It was cancelled.") if job.state == "cancelled" else in_app(job.error)


def _file(rows: Session, session: SessionRow, file: SessionFileRow, holds: Mapping[str, Any]) -> dict[str, Any]:
    """A file with what it holds and where else it is."""
    told_here: Mapping[str, Any] = holds.get("files", {}).get(file.id, {})
    streams = [one | {"kind_name": kind_name(one["kind"])} for one in told_here.get("streams", ())]
    return {
        "row": file,
        "size": rows.get_one(FileRow, file.sha256).size_bytes,
        "streams": streams,
        "rep_tables": told_here.get("rep_tables", ()),
        "error": in_app(told_here.get("error") or ""),
        "stops": file.role not in NOT_READ,
        "also": sessions_with(rows, file.sha256, but=session.id),
    }


def _clock(one: Mapping[str, Any]) -> dict[str, Any]:
    offset = one["offset_s"]
    half_ms = 500.0 * (offset["high"] - offset["low"])
    return {"stream": one["stream"], "ms": 1000.0 * offset["value"], "half_ms": half_ms, "how": one["method"]}


def _movement(session: SessionRow, seen: Mapping[str, Any] | None, names: Mapping[str, str]) -> dict[str, Any]:
    """What the files look like, and what is chosen."""
    looked = seen is not None
    seen = seen or {"ranked": [], "likeliest": "", "clear": False, "why": "", "none": 1.0}
    ranked = [(names.get(name, name), name, int(100.0 * p)) for name, p in seen["ranked"]]
    return {
        "looked": looked,
        "chosen": session.movement or "",
        # Not `clear`: that is what a template takes a dictionary's own method by.
        "sure": seen["clear"],
        "likeliest": names.get(seen["likeliest"], seen["likeliest"]),
        "ranked": ranked[:3],
        "why": in_app(seen["why"]),
    }


def _earlier(rows: Session, session: SessionRow) -> list[SessionRow]:
    """Sessions of the same athlete, and movement where one is chosen, that have a result; the newest first."""
    if session.athlete_id is None:
        return []
    there = select(ResultRow.id).where(ResultRow.session_id == SessionRow.id).exists()
    of = select(SessionRow).where(SessionRow.athlete_id == session.athlete_id, SessionRow.id != session.id, there)
    if session.movement is not None:
        of = of.where(SessionRow.movement == session.movement)
    return list(rows.scalars(of.order_by(SessionRow.recorded_on.desc()).limit(50)))


@routes.post("/upload/{session_id}")
def choose(rows: Rows, session: TheSession, sent: Sent) -> RedirectResponse:
    """Keep what was chosen, then analyse, or look at the files once more."""
    save_form(rows, session, sent)
    if sent.text("then") == "look":
        look_again(rows, session)
    else:
        enqueue(rows, session, "analyse")
    return RedirectResponse(f"/upload/{session.id}", 303)


@routes.post("/upload/{session_id}/cancel")
def stop(rows: Rows, session: TheSession) -> RedirectResponse:
    """Cancel what is queued or under way."""
    for job in session.jobs:
        if job.state in OPEN:
            cancel(rows, job)
    return RedirectResponse(f"/upload/{session.id}", 303)


@routes.post("/upload/{session_id}/again")
def again(rows: Rows, session: TheSession) -> RedirectResponse:
    """Ask for the job that came to nothing once more."""
    last = newest(rows, session.id)
    enqueue(rows, session, "recognise" if last is None or last.kind == "recognise" else "analyse")
    return RedirectResponse(f"/upload/{session.id}", 303)


@routes.post("/upload/{session_id}/files/{file_id}/remove")
def remove(catalogue: Kept, session_id: str, file_id: str) -> RedirectResponse:
    """Take a file out of the session, and off the disk where nothing else has it; the worker looks at what is left."""
    with catalogue.session() as rows:
        session = found(rows.get(SessionRow, session_id), "session")
        file = found(next((one for one in session.files if one.id == file_id), None), "file")
        if len(session.files) == 1:
            raise BadInput(_("it is the only file of this session; discard the session instead"))
        session.files.remove(file)
        rows.flush()
        if file.sha256 not in referenced(rows):
            rows.delete(rows.get_one(FileRow, file.sha256))
        note(rows, "file removed", session.id)
        look_again(rows, session)
    drop_files(catalogue, [file.sha256])
    return RedirectResponse(f"/upload/{session_id}", 303)


@routes.post("/upload/{session_id}/discard")
def discard(catalogue: Kept, session_id: str, sent: Sent) -> RedirectResponse:
    """Erase an upload that is not wanted after all, and go on where that was asked for."""
    with catalogue.session() as rows:
        session = found(rows.get(SessionRow, session_id), "session")
        if session.results:
            raise BadInput(_("it has a result by now; delete the session on its own page"))
        if rows.scalar(select(RatingRow.id).where(RatingRow.session_id == session.id).limit(1)) is not None:
            raise BadInput(_("somebody has rated it by now; delete the session on its own page"))
        of = session.athlete_id if sent.text("then") == "athlete" else None
    erase_session(catalogue, session_id)
    return forgotten(RedirectResponse("/upload" if of is None else f"/athletes/{of}", 303))
