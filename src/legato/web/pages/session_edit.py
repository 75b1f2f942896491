"""A session's details: its name, day, athlete, notes and load, its video, and erasing it."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from legato.errors import BadInput
from legato.store import Catalogue, note
from legato.store.erase import drop_files
from legato.store.files import Saved
from legato.store.rows import AthleteRow, FileRow, SessionFileRow, SessionRow
from legato.web.deps import Fields, Kept, Rows, Sent, Shown, TheSession, found, units_of
from legato.web.erasing import erase_session, forgotten
from legato.web.jobs import enqueue
from legato.web.options import options_of
from legato.web.pages.replay import attached_video
from legato.web.pages.session import open_job, shown_result
from legato.web.render import page
from legato.web.replay.video import HEAD_BYTES, frames_record, type_of
from legato.web.streamed_form import streamed_form
from legato.web.trial_files import file_name
from legato.web.upload_form import loads_shown, with_loads
from legato.web.uploads import announced, most_bytes, receive
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_MOST_OFFSET_S = 86_400.0
_EARLIEST = date(1950, 1, 1)


@routes.get("/sessions/{session_id}/edit")
def edit_page(request: Request, session: TheSession, rows: Rows, kept: Kept, units: Shown) -> HTMLResponse:
    """The details as a form."""
    video = attached_video(session)
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
        video=video,
        steps_exactly=video is None or _steps_exactly(kept, video),
        today=date.today().isoformat(),
    )


def _steps_exactly(kept: Catalogue, video: SessionFileRow) -> bool:
    """Whether a video tells when its frames are shown; of one that is gone something else is said."""
    path = kept.files.path(video.sha256)
    return not path.is_file() or bool(frames_record(path))


@routes.post("/sessions/{session_id}/edit")
def edit(session: TheSession, rows: Rows, sent: Sent) -> RedirectResponse:
    """Keep the details; where they shape numbers, the session is analysed anew."""
    name = sent.text("name", _("Name"))
    if not name:
        raise BadInput(_("%(field)s: is missing; fill it in") % {"field": _("Name")})
    athlete = sent.text("athlete", _("Athlete"), 16) or None
    if athlete is not None:
        found(rows.get(AthleteRow, athlete), "athlete")
    options = with_loads(session.options, sent)
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
async def attach(request: Request, session_id: str, kept: Kept) -> Response:
    """Attach a video, in place of one that was there; or give another offset."""
    most = await run_in_threadpool(_most, kept, session_id)

    async def keep(chunks: AsyncIterator[bytes], given: str) -> tuple[Saved, str]:
        name = file_name(given)
        return await receive(_of_a_video(chunks, name), kept, name, most, announced(request)), name

    form, video = await streamed_form(request, "video", keep)
    await run_in_threadpool(_attach, kept, session_id, Fields(form, units_of(request)), video)
    return RedirectResponse(f"/sessions/{session_id}/edit#video", 303)


def _most(kept: Catalogue, session_id: str) -> int:
    """The largest video that is taken, bytes."""
    with kept.session() as rows:
        found(rows.get(SessionRow, session_id), "session")
        return most_bytes(rows)


async def _of_a_video(chunks: AsyncIterator[bytes], name: str) -> AsyncIterator[bytes]:
    """The bytes of a file, if it begins as a video that a browser plays.

    Raises
    ------
    BadInput
        It does not.
    """
    head = b""
    async for chunk in chunks:
        if len(head) < HEAD_BYTES:
            head = (head + chunk)[:HEAD_BYTES]
            if len(head) == HEAD_BYTES and type_of(head) is None:
                break
        yield chunk
    if type_of(head) is None:
        raise BadInput(f"{name}: is neither an mp4 nor a webm; attach the video in one of these")


def _attach(kept: Catalogue, session_id: str, sent: Fields, video: tuple[Saved, str] | None) -> None:
    offset = sent.number("offset_s", _("Offset"), -_MOST_OFFSET_S, _MOST_OFFSET_S, "s")
    gone: str | None = None
    with kept.session() as rows:
        session = found(rows.get(SessionRow, session_id), "session")
        before = attached_video(session)
        if video is not None and (before is None or before.sha256 != video[0].sha256):
            saved, name = video
            if rows.get(FileRow, saved.sha256) is None:
                raise BadInput(_("%(name)s: was erased while it came in; give it again") % {"name": name})
            gone = _without_video(rows, session)
            position = 1 + max((file.position for file in session.files), default=-1)
            session.files.append(SessionFileRow(sha256=saved.sha256, name=name, role="video", position=position))
            note(rows, "video attached", session.id, name=name)
        session.video_offset_s = session.video_offset_s if offset is None else offset
    _let_go(kept, gone)


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


def _day(typed: str) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise BadInput(_("Date: give a day as 2026-03-01")) from None
    if not _EARLIEST <= day <= date.today():
        raise BadInput(_("Date: give the day of the recording, not one to come"))
    return day
