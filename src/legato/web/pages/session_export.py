"""Everything of a session as files: the report as it was made, numbers, tables, the recording, the corrections."""

import json
from datetime import date

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from legato.errors import BadInput
from legato.recording import Event
from legato.store.rows import ResultRow, SessionRow
from legato.web.anew import of_now, same_recording
from legato.web.deps import Kept, Rows, TheSession, found
from legato.web.downloads import attachment, download, made
from legato.web.exports import MOST_EVENTS, corrected_recording, fitting, tables_zip, write_with_events
from legato.web.pages.session import Version, open_job, shown_result
from legato.web.pieces import of_result
from legato.web.render import page
from legato.web.withheld import refuse, withheld_of, without_drills
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)


@routes.get("/sessions/{session_id}/export")
def export_page(request: Request, session: TheSession, rows: Rows, kept: Kept, version: Version = None) -> HTMLResponse:
    """What there is to save."""
    result = shown_result(session, version)
    tables = [] if result is None else sorted(n[7:] for n in result.files if n.startswith("tables/"))
    shown = {"session": session, "result": result, "job": open_job(session), "tab": "export", "tables": tables}
    if result is not None:
        own = of_result(kept, result, "session.json")["names"]["events"]
        events = [Event(one["name"], one["time_s"], one["context"]) for one in own]
        _kept_events, left_out = fitting(events, of_result(kept, result, "result.json"))
        shown |= {
            "of_now": of_now(rows, result),
            "newest": session.results[-1],
            "out_of_date": "" if same_recording(rows, result) else _out_of_date(),
            "left_out": left_out,
            "most": MOST_EVENTS,
        }
    return page(request, "session_export.html", **shown)


@routes.get("/sessions/{session_id}/export/report.html")
def export_report(session: TheSession, rows: Rows, kept: Kept, version: Version = None) -> Response:
    """The report as it was made, in one file; not while the newest screening withholds its drills."""
    refuse(withheld_of(rows, found(shown_result(session, version), "result"), date.today()))
    return _kept(session, kept, version, "report.html")


@routes.get("/sessions/{session_id}/export/result.json")
def export_result(session: TheSession, rows: Rows, kept: Kept, version: Version = None) -> Response:
    """All numbers; without drills while the newest screening withholds them."""
    result = found(shown_result(session, version), "result")
    if withheld_of(rows, result, date.today()):
        record = without_drills(dict(of_result(kept, result, "result.json")))
        return attachment(json.dumps(record, ensure_ascii=False), _name(session, "result.json"))
    return _kept(session, kept, version, "result.json")


@routes.get("/sessions/{session_id}/export/{name}.csv")
def export_table(session: TheSession, kept: Kept, name: str, version: Version = None) -> Response:
    """One table."""
    return _kept(session, kept, version, f"tables/{name}.csv")


@routes.get("/sessions/{session_id}/export/tables.zip")
def export_tables(session: TheSession, kept: Kept, version: Version = None) -> Response:
    """Every table, as CSV and as Parquet."""
    result = found(shown_result(session, version), "result")
    return made(lambda path: tables_zip(kept, result, path), _name(session, "tables.zip"))


@routes.get("/sessions/{session_id}/export/recording.c3d")
def export_recording(session: TheSession, rows: Rows, kept: Kept, version: Version = None) -> Response:
    """The recording, as it was corrected, with the events that were found; of a result that is out of date the
    recording of then is no longer there.
    """
    result = found(shown_result(session, version), "result")
    if not same_recording(rows, result):
        raise BadInput(_out_of_date())
    record = of_result(kept, result, "result.json")
    recording = corrected_recording(kept, session, record)
    return made(lambda path: write_with_events(recording, record, path), _name(session, "recording.c3d"))


@routes.get("/sessions/{session_id}/export/files/{position}")
def export_file(session: TheSession, kept: Kept, position: int) -> Response:
    """A file as it was given."""
    file = found(next((one for one in session.files if one.position == position), None), "file")
    return download(kept, file.sha256, file.name)


def _out_of_date() -> str:
    return _(
        "This result was made with other files, settings or corrections than stand now, so its events may not fit the "
        "recording; show the newest result, or analyse the session again."
    )


def _kept(session: SessionRow, kept: Kept, version: str | None, name: str) -> Response:
    result: ResultRow = found(shown_result(session, version), "result")
    if name not in result.files:
        raise HTTPException(404, "this result has no such file")
    return download(kept, str(result.files[name]), _name(session, name.removeprefix("tables/")))


def _name(session: SessionRow, what: str) -> str:
    """A name to save under, which tells the day and the session."""
    return f"{session.recorded_on.isoformat()} {session.name[:60]} {what}"
