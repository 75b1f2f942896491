"""A session's details: its name, day, athlete, notes and load, its video, and erasing it."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from legato.errors import BadInput
from legato.store import Catalogue, keep_file, note
from legato.store.erase import drop_files
from legato.store.files import CHUNK
from legato.store.rows import AthleteRow, FileRow, SessionFileRow, SessionRow
from legato.web.deps import Fields, Kept, Rows, Sent, Shown, TheSession, found
from legato.web.erasing import erase_session, forgotten
from legato.web.guard import UPLOAD_BYTES
from legato.web.jobs import enqueue
from legato.web.options import options_of
from legato.web.pages.replay import attached_video
from legato.web.pages.session import open_job, shown_result
from legato.web.render import page
from legato.web.replay.video import video_type
from legato.web.trial_files import file_name
from legato.web.upload_form import loads_shown
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_MOST_LOADS = 1000
_HEAVIEST_KG = 2000.0
_MOST_OFFSET_S = 86_400.0
_EARLIEST = date(1950, 1, 1)


@routes.get("/sessions/{session_id}/edit")
def edit_page(request: Request, session: TheSession, rows: Rows, units: Shown) -> HTMLResponse:
    """The details as a form."""
    athletes = rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all()
    return page(
        request,
        "session_edit.html",
        session=session,
        result=shown_result(session, None),
        job=open_job(session),
        tab="details",
        athletes=athletes,
        load=loads_shown(session.options, units),
        video=attached_video(session),
        today=date.today().isoformat(),
    )


@routes.post("/sessions/{session_id}/edit")
def edit(session: TheSession, rows: Rows, sent: Sent) -> RedirectResponse:
    """Keep the details; where they shape numbers, the session is analysed anew."""
    name = sent.text("name", _("Name"))
    if not name:
        raise BadInput(_("%(field)s: is missing; fill it in") % {"field": _("Name")})
    athlete = sent.text("athlete", _("Athlete"), 16) or None
    if athlete is not None:
        found(rows.get(AthleteRow, athlete), "athlete")
    options = session.options
    if sent.text("load", _("Load"), 4000) != loads_shown(options, sent.units):
        options = {k: v for k, v in options.items() if k not in ("load_kg", "loads_kg")} | _load(sent)
    options_of(options)
    values: dict[str, Any] = {
        "name": name,
        "recorded_on": _day(sent.text("recorded_on", _("Date"), 10)),
        "athlete_id": athlete,
        "notes": sent.text("notes", _("Notes"), 20_000),
        "options": options,
    }
    changed = [field for field, value in values.items() if getattr(session, field) != value]
    for field in changed:
        setattr(session, field, values[field])
    if changed:
        note(rows, "session changed", session.id, fields=changed)
    if {"athlete_id", "options"} & set(changed) and session.files:
        enqueue(rows, session, "analyse")
    return RedirectResponse(f"/sessions/{session.id}", 303)


@routes.post("/sessions/{session_id}/video")
def attach(session_id: str, kept: Kept, sent: Sent) -> Response:
    """Attach a video, in place of one that was there; or give another offset."""
    offset = sent.number("offset_s", _("Offset"), -_MOST_OFFSET_S, _MOST_OFFSET_S, "s")
    given = sent.form.get("video")
    gone: str | None = None
    with kept.session() as rows:
        found(rows.get(SessionRow, session_id), "session")
    saved = _saved(kept, given) if isinstance(given, UploadFile) and given.filename else None
    with kept.session() as rows:
        session = found(rows.get(SessionRow, session_id), "session")
        if saved is not None and isinstance(given, UploadFile):
            gone = _without_video(rows, session)
            keep_file(rows, saved)
            position = 1 + max((file.position for file in session.files), default=-1)
            row = SessionFileRow(
                sha256=saved.sha256, name=file_name(given.filename or "video"), role="video", position=position
            )
            session.files.append(row)
            note(rows, "video attached", session.id, name=row.name)
        session.video_offset_s = session.video_offset_s if offset is None else offset
    _let_go(kept, gone)
    return RedirectResponse(f"/sessions/{session_id}/edit#video", 303)


@routes.post("/sessions/{session_id}/video/detach")
def detach(session_id: str, kept: Kept) -> Response:
    """Take the video away."""
    with kept.session() as rows:
        session = found(rows.get(SessionRow, session_id), "session")
        gone = _without_video(rows, session)
        session.video_offset_s = 0.0
        if gone is not None:
            note(rows, "video detached", session.id)
    _let_go(kept, gone)
    return RedirectResponse(f"/sessions/{session_id}/edit#video", 303)


@routes.get("/sessions/{session_id}/delete")
def delete_page(request: Request, session: TheSession) -> HTMLResponse:
    """What would be erased."""
    result = shown_result(session, None)
    return page(request, "session_delete.html", session=session, result=result, tab="details")


@routes.post("/sessions/{session_id}/delete")
def delete(session_id: str, kept: Kept) -> Response:
    """Erase the session with its results and files."""
    with kept.session() as rows:
        athlete = found(rows.get(SessionRow, session_id), "session").athlete_id
    erased = erase_session(kept, session_id)
    if erased.left:
        raise BadInput(_("not all could be erased: %(left)s") % {"left": "; ".join(erased.left)})
    return forgotten(RedirectResponse("/" if athlete is None else f"/athletes/{athlete}", 303))


def _saved(kept: Catalogue, given: UploadFile) -> Any:
    """The video's file under its checksum.

    Raises
    ------
    BadInput
        It is no video that a browser plays.
    """
    with kept.files.writer(UPLOAD_BYTES) as part:
        while chunk := given.file.read(CHUNK):
            part.write(chunk)
        saved = part.keep()
    if video_type(kept.files.path(saved.sha256)) is None:
        drop_files(kept, {saved.sha256})
        called = file_name(given.filename or "")
        raise BadInput(f"{called}: is neither an mp4 nor a webm; attach the video in one of these")
    return saved


def _without_video(rows: Session, session: SessionRow) -> str | None:
    """Take the video out of the session; the checksum of a file that nothing else names."""
    video = attached_video(session)
    if video is None:
        return None
    session.files.remove(video)
    rows.flush()
    used = rows.scalars(select(SessionFileRow.id).where(SessionFileRow.sha256 == video.sha256).limit(1)).first()
    if used is not None:
        return None
    rows.delete(rows.get_one(FileRow, video.sha256))
    rows.flush()
    return video.sha256


def _let_go(kept: Catalogue, sha256: str | None) -> None:
    if sha256 is not None:
        drop_files(kept, {sha256})


def _load(sent: Fields) -> dict[str, Any]:
    """One load for all repetitions, or one for each."""
    typed = sent.text("load", _("Load"), 4000).replace(";", " ").split()
    if len(typed) > _MOST_LOADS:
        raise BadInput(_("%(field)s: has too many numbers") % {"field": _("Load")})
    try:
        loads = [sent.units.kg(float(one.replace(",", "."))) for one in typed]
    except ValueError:
        raise BadInput(_("Load: give one number, or one for each repetition with spaces between")) from None
    if not all(0.0 <= load < _HEAVIEST_KG for load in loads):
        raise BadInput(_("Load: give loads from 0 to 2000 kg"))
    if not loads:
        return {}
    return {"load_kg": loads[0]} if len(loads) == 1 else {"loads_kg": loads}


def _day(typed: str) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise BadInput(_("Date: give a day as 2026-03-01")) from None
    if not _EARLIEST <= day <= date.today():
        raise BadInput(_("Date: give the day of the recording, not one to come"))
    return day
