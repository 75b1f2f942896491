"""The training log: imported from other programs with what of it was left out and why, audited, given back whole."""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from legato.coaching.audit.audit import Audit, audit_log
from legato.coaching.audit.imported import Imported, joined
from legato.coaching.audit.limits import limit
from legato.coaching.audit.names import exercise_names
from legato.coaching.audit.read import read_log
from legato.errors import BadInput
from legato.report.audit_page import audit_pieces
from legato.report.fhir import bundle, observations
from legato.store import Catalogue, keep_file, note
from legato.store.catalogue import hold
from legato.store.erase import drop_files, referenced
from legato.store.rows import AthleteRow, FileRow, TrainedRow
from legato.web.app_words import in_app
from legato.web.deps import Kept, Rows, Sent, TheAthlete, TheSession, found
from legato.web.downloads import attachment
from legato.web.of_athlete import Measured, measured_of, plan_of, plan_row, record_of
from legato.web.plan_shown import plan_today
from legato.web.render import page
from legato.web.training import log_csv, logs_of, rows_of_log, training_log
from legato.web.trial_files import file_name
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_LARGEST = 20_000_000
"""Bytes of a log. [ENG] Ten years of training have one or two million."""
_MOST_SAID = 200
"""Rows left out that a preview lists. [ENG]"""
_MOST_SHOWN = 25

Content = Annotated[UploadFile, File()]
LogUnits = Annotated[Literal["", "kg", "lb"], Form()]
DayFirst = Annotated[Literal["", "day", "month"], Form()]


@routes.get("/athletes/{athlete_id}/logs")
def logs_page(
    request: Request, athlete: TheAthlete, rows: Rows, weeks: Annotated[int | None, Query(ge=0, le=5000)] = None
) -> HTMLResponse:
    """What was imported, and its audit."""
    return _shown(request, rows, athlete, weeks)


def _shown(
    request: Request, rows: Session, athlete: AthleteRow, weeks: int | None = None, **preview: Any
) -> HTMLResponse:
    """The whole page; `preview`: what a file holds that is not kept yet."""
    logs = logs_of(rows, athlete.id)
    audit, why = _audit(rows, athlete, list(logs.values()), weeks)
    kept = plan_row(rows, athlete.id)
    stops = () if kept is None else plan_today(rows, athlete.id, plan_of(kept), date.today()).stops
    shown: dict[str, Any] = {"logs": logs, "audit": audit, "why": why, "stops": stops, "weeks": weeks}
    if audit is not None:
        shown["pieces"] = audit_pieces(audit)
    span = int(limit("span-weeks"))
    return page(request, "logs.html", athlete=athlete, span=span, **shown, **preview, preview=bool(preview))


@routes.post("/athletes/{athlete_id}/logs")
def import_log(
    request: Request,
    athlete: TheAthlete,
    rows: Rows,
    catalogue: Kept,
    log: Content,
    units: LogUnits = "",
    order: DayFirst = "",
    keep: Annotated[str, Form()] = "",
) -> Response:
    """Show what a file holds, or keep it."""
    try:
        content = log.file.read(_LARGEST + 1)
        imported = _read(content, log.filename or "log.csv", units, order)
    except BadInput as error:
        return _preview(request, rows, athlete, error=str(error))
    sha256 = hashlib.sha256(content).hexdigest()
    if keep:
        # The same file sent twice at once must not count twice.
        hold(rows, athlete)
    already = select(func.count()).where(TrainedRow.athlete_id == athlete.id, TrainedRow.source == sha256)
    same = bool(rows.scalar(already))
    if keep and not same:
        keep_file(rows, catalogue.files.save_bytes(content))
        rows.add_all(rows_of_log(imported, athlete.id, sha256))
        note(rows, "training log imported", athlete.id, sets=len(imported.sets))
        where = f"/athletes/{athlete.id}/logs"
        # A page that HTMX asked for goes there by itself.
        return (
            Response(status_code=204, headers={"hx-redirect": where})
            if "hx-request" in request.headers
            else (RedirectResponse(where, 303))
        )
    there = list(logs_of(rows, athlete.id).values())
    again = joined([*there, imported]).repeated - joined(there).repeated - imported.repeated if there else 0
    return _preview(
        request,
        rows,
        athlete,
        error="",
        log=imported,
        same=same,
        again=again,
        with_rpe=sum(one.rpe is not None for one in imported.sets),
        said=imported.said[:_MOST_SAID],
        more=max(0, len(imported.said) - _MOST_SAID),
        lost=Counter(one.lost for one in imported.said),
        shown=imported.sets[-_MOST_SHOWN:],
    )


def _preview(request: Request, rows: Session, athlete: AthleteRow, **shown: Any) -> HTMLResponse:
    """What a file holds: the part of the page that asked for it, or a whole page where no script runs."""
    if "hx-request" in request.headers:
        return page(request, "logs_preview.html", athlete=athlete, **shown)
    return _shown(request, rows, athlete, **shown)


@routes.post("/athletes/{athlete_id}/logs/drop")
def drop_log(athlete: TheAthlete, catalogue: Kept, sent: Sent) -> Response:
    """Take an imported file away again."""
    source = sent.text("source", _("File"), 64)
    with catalogue.session() as rows:
        where = (TrainedRow.athlete_id == athlete.id, TrainedRow.source == source)
        if not rows.scalar(select(func.count()).where(*where)):
            found(None, "log")
        rows.execute(delete(TrainedRow).where(*where))
        note(rows, "training log taken away", athlete.id)
        rows.flush()
        free = source not in referenced(rows)
        if free:
            rows.execute(delete(FileRow).where(FileRow.sha256 == source))
    if free:
        drop_files(catalogue, (source,))
    return RedirectResponse(f"/athletes/{athlete.id}/logs", 303)


@routes.get("/athletes/{athlete_id}/training-log.csv")
def log_table(athlete: TheAthlete, rows: Rows) -> Response:
    """The whole log as a table, with efforts."""
    return attachment(log_csv(training_log(rows, athlete.id)), "training-log.csv")


@routes.get("/athletes/{athlete_id}/fhir.json")
def fhir_of_athlete(athlete: TheAthlete, rows: Rows, catalogue: Kept) -> Response:
    """The newest result of every session as FHIR Observations."""
    return _fhir(athlete.id, measured_of(rows, athlete.id), catalogue)


@routes.get("/sessions/{session_id}/fhir.json")
def fhir_of_session(session: TheSession, catalogue: Kept) -> Response:
    """The newest result of a session as FHIR Observations."""
    result = found(session.results[-1] if session.results else None, "result")
    return _fhir(session.athlete_id or session.id, [Measured(session, result)], catalogue)


def _fhir(athlete: str, measured: Sequence[Measured], catalogue: Catalogue) -> Response:
    told = [
        one
        for of in measured
        for one in observations(
            record_of(catalogue, of.result), of.result.summary.get("metrics", {}), of.on, athlete, of.result.id
        )
    ]
    content = json.dumps(bundle(told), ensure_ascii=False, allow_nan=False)
    return attachment(content, "observations.fhir.json", "application/fhir+json")


def _read(content: bytes, name: str, units: Literal["", "kg", "lb"], order: str) -> Imported:
    if len(content) > _LARGEST:
        raise BadInput(_("%(name)s: has more than %(mb)g MB; split it") % {"name": name, "mb": _LARGEST / 1e6})
    with tempfile.TemporaryDirectory(prefix="legato-") as folder:
        path = Path(folder) / file_name(name)
        path.write_bytes(content)
        try:
            return read_log(path, date.today(), units, None if not order else order == "day")
        except BadInput as error:
            raise BadInput(in_app(str(error).replace(f"{folder}/", ""))) from None


def _audit(rows: Session, athlete: AthleteRow, logs: Sequence[Imported], weeks: int | None) -> tuple[Audit | None, str]:
    if not logs:
        return None, ""
    kept = plan_row(rows, athlete.id)
    last = int(limit("span-weeks")) if weeks is None else weeks
    try:
        return audit_log(joined(logs), exercise_names(), last, None if kept is None else plan_of(kept)), ""
    except BadInput as error:
        return None, str(error)
