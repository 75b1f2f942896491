"""Corrections by hand: forms beside the replay, their history, undo and redo, and as a file."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from legato.store import Catalogue
from legato.store.rows import CorrectionRow, SessionRow
from legato.web.corrected import add_correction, as_toml, history, last_to_redo, last_to_undo, redo, undo
from legato.web.correction_forms import GROUPS, entry_of
from legato.web.deps import Kept, Rows, Sent, TheSession, found
from legato.web.downloads import attachment
from legato.web.pages.replay import replay_shown
from legato.web.pages.session import open_job, shown_result
from legato.web.pieces import of_result
from legato.web.render import page

routes = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, le=10**6)]
"""A correction's number in its session."""


Chosen = Annotated[str, Query(max_length=200)]
Moment = Annotated[float | None, Query(ge=-1e5, le=1e5, allow_inf_nan=False)]


@routes.get("/sessions/{session_id}/corrections")
def corrections_page(
    request: Request, session: TheSession, kept: Kept, link: Chosen = "", event: Chosen = "", at: Moment = None
) -> HTMLResponse:
    """The forms and the history. `link`, its `event` and a moment `at`, s, fill in the form that sets that mark."""
    result = shown_result(session, None)
    names = None if result is None else of_result(kept, result, "session.json")["names"]
    return page(
        request,
        "session_corrections.html",
        **_told(kept, session),
        names=names,
        mark=None if names is None or at is None else _mark(names, link, event, at),
        groups=[] if names is None else [group for group in GROUPS if _offered(group.needs, names)],
        replay=None if result is None else replay_shown(session, result),
    )


@routes.get("/sessions/{session_id}/corrections/state")
def corrections_state(request: Request, session: TheSession, kept: Kept) -> HTMLResponse:
    """How far the analysis is; once it is done, the history with what became of each correction. The forms are left
    as they are, with all that was typed into them.
    """
    if (job := open_job(session)) is not None:
        known = {"session": session, "result": shown_result(session, None), "job": job, "tab": "correct"}
        return page(request, "session_state.html", **known)
    answer = page(request, "session_history.html", **_told(kept, session), done=True)
    answer.headers.update({"hx-retarget": "#history", "hx-reswap": "outerHTML"})
    return answer


@routes.post("/sessions/{session_id}/corrections")
def add(request: Request, session: TheSession, rows: Rows, kept: Kept, sent: Sent) -> Response:
    """Add the correction of a form."""
    add_correction(kept, rows, session, entry_of(sent), sent.text("who", most=200))
    return _done(request, rows, session, kept)


@routes.post("/sessions/{session_id}/corrections/undo")
def undo_last(request: Request, session: TheSession, rows: Rows, kept: Kept, sent: Sent) -> Response:
    """Undo the last one."""
    undo(rows, session, found(last_to_undo(session), "correction"), sent.text("who", most=200))
    return _done(request, rows, session, kept)


@routes.post("/sessions/{session_id}/corrections/redo")
def redo_last(request: Request, session: TheSession, rows: Rows, kept: Kept, sent: Sent) -> Response:
    """Redo the one that was undone last."""
    redo(rows, session, found(last_to_redo(session), "correction"), sent.text("who", most=200))
    return _done(request, rows, session, kept)


@routes.post("/sessions/{session_id}/corrections/{number}/undo")
def undo_one(request: Request, session: TheSession, rows: Rows, kept: Kept, sent: Sent, number: Number) -> Response:
    """Undo one of the list."""
    undo(rows, session, _numbered(session, number), sent.text("who", most=200))
    return _done(request, rows, session, kept)


@routes.post("/sessions/{session_id}/corrections/{number}/redo")
def redo_one(request: Request, session: TheSession, rows: Rows, kept: Kept, sent: Sent, number: Number) -> Response:
    """Redo one of the list."""
    redo(rows, session, _numbered(session, number), sent.text("who", most=200))
    return _done(request, rows, session, kept)


@routes.get("/sessions/{session_id}/corrections.toml")
def corrections_file(session: TheSession) -> Response:
    """The corrections that hold, for `legato analyze --corrections`."""
    return attachment(as_toml(session), "corrections.toml", "application/toml")


def _offered(needs: str, names: dict[str, Any]) -> bool:
    """Whether there is anything that a group of forms could correct."""
    if needs in ("marks", "phases"):
        return any(rep[needs] for rep in names["reps"])
    # A result of an earlier version names no links.
    return not needs or bool(names.get(needs))


def _mark(names: Mapping[str, Any], link: str, event: str, at: float) -> dict[str, Any] | None:
    """What fills in the form that sets a mark, with the repetition that lies nearest; None where there is no such
    mark.
    """
    reps = names["reps"]
    if not reps or not any((one["link"], one["event"]) == (link, event) for one in names.get("links", ())):
        return None
    rep = min(reps, key=lambda one: max(one["start_s"] - at, at - one["end_s"], 0.0))
    return {"link": link, "event": event, "at": at, "rep_at_s": rep["at_s"]}


def _numbered(session: SessionRow, number: int) -> CorrectionRow:
    return found(next((row for row in session.corrections if row.number == number), None), "correction")


def _told(kept: Catalogue, session: SessionRow) -> dict[str, Any]:
    result = shown_result(session, None)
    record = None if result is None else of_result(kept, result, "result.json")
    return {
        "session": session,
        "result": result,
        "tab": "correct",
        "job": open_job(session),
        "history": history(session, record),
        "can_undo": last_to_undo(session) is not None,
        "can_redo": last_to_redo(session) is not None,
    }


def _done(request: Request, rows: Session, session: SessionRow, kept: Catalogue) -> Response:
    """The history anew: a part of the page to its script, else the page."""
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/sessions/{session.id}/corrections#history", 303)
    rows.flush()
    rows.refresh(session, ["jobs"])
    return page(request, "session_history.html", **_told(kept, session))
