"""The page of a session: what was found, the timeline, the replay, the repetitions, and what stands behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from legato import __version__
from legato.compare import read_result
from legato.compare.sides import changed
from legato.report.comparison import setting_name, setting_text
from legato.report.fixes import MINOR
from legato.store import Catalogue
from legato.store.rows import JobRow, ResultRow, SessionRow
from legato.web.anew import of_now
from legato.web.athlete_now import is_minor
from legato.web.beneath import Beneath, timeline_of
from legato.web.deps import Kept, Rows, TheSession, found
from legato.web.downloads import as_known, ask_again
from legato.web.jobs import enqueue
from legato.web.pages.replay import replay_shown
from legato.web.pieces import of_result
from legato.web.render import page
from legato.web.trial_sessions import running_with
from legato.web.withheld import helps, withheld_of
from legato.web.words import language
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

Version = Annotated[str | None, Query(alias="result", max_length=16)]
"""The id of the result that is shown; the newest where none is named."""

LATER = ("power", "muscles", "forces", "moments", "trunk", "bar", "joints", "angles", "methods")
"""Sections that are loaded when the reader comes to them, in their order; all hang on what the recording holds."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section below: its name in the address, what it is called, its HTML."""

    name: str
    title: str
    html: str


def shown_result(session: SessionRow, version: str | None) -> ResultRow | None:
    """The result that a page is about; None where there is none yet."""
    if version is None:
        return session.results[-1] if session.results else None
    return found(next((row for row in session.results if row.id == version), None), "result")


def open_job(session: SessionRow) -> JobRow | None:
    """The last analysis that was asked for, unless it is done or a result came after it."""
    job = next((job for job in reversed(session.jobs) if job.kind == "analyse"), None)
    if job is None or job.state == "done":
        return None
    if job.state in ("failed", "cancelled") and any(row.made_at > job.created_at for row in session.results):
        return None
    return job


@routes.get("/sessions/{session_id}")
def session_page(
    request: Request,
    session: TheSession,
    rows: Rows,
    kept: Kept,
    version: Version = None,
    whole: bool = False,
    beneath: Beneath = None,
) -> HTMLResponse:
    """The page of a session. `whole` puts every section into the page at once, as for print; `beneath` an earlier
    session under the timeline.
    """
    result = shown_result(session, version)
    shown: dict[str, Any] = {"session": session, "result": result, "job": open_job(session), "tab": "session"}
    if result is None:
        return page(request, "session_empty.html", **shown, replay=replay_shown(session, None))
    pieces, record = (of_result(kept, result, name) for name in ("pieces.json", "session.json"))
    sections = sections_of(pieces)
    # Where no chain was measured, what the report shows first leads here too.
    lead = None if pieces["chain"] else next((one for one in sections if one.name == pieces["first"]), None)
    return page(
        request,
        "session.html",
        **shown,
        **timeline_of(rows, kept, session, result, beneath),
        piece=pieces,
        record=record,
        lead=lead,
        sections=[one for one in sections if one is not lead],
        whole=whole,
        newest=session.results[-1],
        of_now=of_now(rows, result),
        replay=replay_shown(session, result),
        withheld=withheld_of(rows, result, date.today()),
        helps=helps(rows, session.athlete_id),
        drills_note=_drills_note(rows, session, record["drills_note"]),
        trials=running_with(rows, kept, session),
    )


def _drills_note(rows: Rows, session: SessionRow, made: str) -> str:
    """What stands below drills, of a minor too who was not known to be one when the result was made."""
    told = session.athlete is not None and MINOR not in made and is_minor(rows, session.athlete, date.today())
    return f"{made} {MINOR}" if told else made


@routes.get("/sessions/{session_id}/part/{name}")
def session_part(request: Request, session: TheSession, kept: Kept, name: str, version: Version = None) -> Response:
    """One of the sections that are loaded when the reader comes to them."""
    result = found(shown_result(session, version), "result")
    etag = f"{__version__}-{result.files.get('pieces.json', '')}-{language()}-{quote(name)}"
    if version is not None and (known := as_known(request, etag)):
        return known
    answer = page(request, "session_part.html", section=found_section(kept, result, name))
    if version is not None:
        answer.headers.update(ask_again(etag))
    return answer


@routes.get("/sessions/{session_id}/state")
def session_state(
    request: Request, session: TheSession, on: Annotated[str, Query(max_length=16)] = "session"
) -> HTMLResponse:
    """How far the analysis is, on which page (`tab`); once it is done, the new result is offered. Only a page without
    any result is loaded anew: on the others something may be typed, or a moment of the replay be held.
    """
    job = open_job(session)
    known = {"session": session, "tab": on, "result": shown_result(session, None)}
    if job is not None or on != "empty":
        return page(request, "session_state.html", **known, job=job, done=job is None)
    answer = page(request, "session_state.html", **known, job=None)
    answer.headers["hx-refresh"] = "true"
    return answer


@routes.post("/sessions/{session_id}/analyse")
def analyse_again(session: TheSession, rows: Rows) -> RedirectResponse:
    """Ask the worker for another analysis."""
    enqueue(rows, session, "analyse")
    return RedirectResponse(f"/sessions/{session.id}", 303)


@routes.get("/sessions/{session_id}/versions")
def session_versions(request: Request, session: TheSession, kept: Kept, version: Version = None) -> HTMLResponse:
    """Every result of the session, newest first, with what differs from the one before: a part of the page to its
    script, else a page.
    """
    shown = shown_result(session, version)
    rows = [
        (row, _changes(kept, before, row) if before is not None else [])
        for before, row in zip([None, *session.results], session.results, strict=False)
    ]
    part = "session_versions.html" if "hx-request" in request.headers else "session_versions_page.html"
    return page(request, part, session=session, result=shown, versions=rows[::-1], tab="session")


def sections_of(pieces: Mapping[str, str]) -> list[Section]:
    """The sections below that hold something."""
    named = [(name, _title(name), _html(pieces, name)) for name in LATER]
    return [Section(name, title, html) for name, title, html in named if html]


def found_section(kept: Catalogue, result: ResultRow, name: str) -> Section:
    """A section of a result by its name.

    Raises
    ------
    HTTPException
        There is no such section, or nothing in it.
    """
    known = sections_of(of_result(kept, result, "pieces.json"))
    section = next((one for one in known if one.name == name), None)
    if section is None:
        raise HTTPException(404, "there is no such section")
    return section


def _html(pieces: Mapping[str, str], name: str) -> str:
    """A section's HTML, in a section of its own where the report puts it into another one."""
    if name == "joints":
        inside = pieces["transfer"] + pieces["coordination"]
        return f'<section id="joints">{inside}</section>' if inside else ""
    if name == "methods":
        return f'<section id="methods"><h2>Methods and sources</h2>{pieces["methods"]}</section>'
    return pieces[name]


def _title(name: str) -> str:
    return {
        "power": _("Power flow"),
        "muscles": _("Muscles"),
        "forces": _("Forces"),
        "moments": _("Moments"),
        "trunk": _("Trunk"),
        "bar": _("Bar"),
        "joints": _("Links and joints together"),
        "angles": _("Angles"),
        "methods": _("Methods and sources"),
    }[name]


def _changes(kept: Catalogue, before: ResultRow, after: ResultRow) -> list[str]:
    """What a result differs in from the one before: version, settings, corrections, files."""
    one, two = (read_result(of_result(kept, row, "result.json")) for row in (before, after))
    said = [
        f"{setting_name(change['what'])}: {setting_text(change['first'])} → {setting_text(change['second'])}"
        for change in changed(one, two)
    ]
    if one.files != two.files:
        said.append(_("other files"))
    if one.movement.id != two.movement.id:
        said.append(f"{_('movement')}: {one.movement.name} → {two.movement.name}")
    return said or [_("analysed again, nothing else changed")]
