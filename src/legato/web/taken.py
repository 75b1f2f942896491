"""Everything of an athlete as one archive: tables that other programs read, records as they are kept, the files."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.coaching.plan.export import plan_csv, plan_ics
from legato.coaching.plan.warn import warnings_of
from legato.store import Catalogue, note
from legato.store.rows import (
    AthleteRow,
    ConsentRow,
    CorrectionRow,
    PlanRow,
    RatingRow,
    Row,
    ScreeningRow,
    SessionRow,
    TrialOfOneRow,
)
from legato.web.of_athlete import plan_of, plan_row
from legato.web.withheld import withheld, withheld_of, without_drills

_ABOUT = """What Legato holds of one athlete.

athlete.json        the profile, SI units
sessions.csv        a line a session, with its newest result's sentence
metrics.csv         every number of every session: value, ends of its 90 % interval, unit
consents.csv        what was agreed to and taken back
screenings.json     whether each screening passed; no answer is kept
plans.json          every plan and what changed it; plan.csv and plan.ics of the one that holds,
                    while the newest screening does
training-log.csv    what was done, with effort (RPE); `legato audit` reads it
sessions/           the files of each session as they came, and result.json
trials/             journals of trials of one
"""


def taken_away(rows: Session, catalogue: Catalogue, athlete: AthleteRow) -> bytes:
    """The archive, as a zip."""
    from legato.web.training import log_csv, training_log

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _ABOUT)
        archive.writestr("athlete.json", _json(_plain(athlete)))
        sessions = rows.scalars(
            select(SessionRow).where(SessionRow.athlete_id == athlete.id).order_by(SessionRow.recorded_on)
        ).all()
        archive.writestr("sessions.csv", _sessions(sessions))
        archive.writestr("metrics.csv", _metrics(sessions))
        for name, row in (("consents", ConsentRow), ("screenings", ScreeningRow), ("plans", PlanRow)):
            found = [_plain(one) for one in rows.scalars(select(row).where(row.athlete_id == athlete.id))]
            archive.writestr(f"{name}.json", _json(found))
        kept = plan_row(rows, athlete.id)
        if kept is not None and not withheld(rows, athlete.id, date.today()):
            plan = plan_of(kept)
            stops = warnings_of(plan, date.today())
            archive.writestr("plan.csv", plan_csv(plan, stops))
            archive.writestr("plan.ics", plan_ics(plan, None, stops))
        archive.writestr("training-log.csv", log_csv(training_log(rows, athlete.id)))
        for session in sessions:
            _session(archive, rows, catalogue, session)
        for trial in rows.scalars(select(TrialOfOneRow).where(TrialOfOneRow.athlete_id == athlete.id)):
            path = catalogue.trials / trial.journal
            if path.is_file():
                archive.write(path, f"trials/{path.name}")
    note(rows, "athlete exported", athlete.id)
    return content.getvalue()


def _session(archive: zipfile.ZipFile, rows: Session, catalogue: Catalogue, session: SessionRow) -> None:
    folder = f"sessions/{session.recorded_on}-{session.id}"
    archive.writestr(f"{folder}/session.json", _json(_plain(session)))
    for kind, row in (("corrections", CorrectionRow), ("ratings", RatingRow)):
        found = [_plain(one) for one in rows.scalars(select(row).where(row.session_id == session.id))]
        if found:
            archive.writestr(f"{folder}/{kind}.json", _json(found))
    for file in session.files:
        path = catalogue.files.path(file.sha256)
        if path.is_file():
            archive.write(path, f"{folder}/files/{file.position}-{_safe(file.name)}")
    if session.results and "result.json" in session.results[-1].files:
        path = catalogue.files.path(session.results[-1].files["result.json"])
        if path.is_file() and withheld_of(rows, session.results[-1], date.today()):
            archive.writestr(f"{folder}/result.json", _json(without_drills(json.loads(path.read_bytes()))))
        elif path.is_file():
            archive.write(path, f"{folder}/result.json")


def _sessions(sessions: Sequence[SessionRow]) -> str:
    rows: list[Sequence[object]] = [("session", "name", "recorded_on", "movement", "repetitions", "whole", "finding")]
    for one in sessions:
        said: Mapping[str, Any] = one.results[-1].summary if one.results else {}
        told = (said.get("movement", one.movement), said.get("reps"), said.get("complete"), said.get("headline"))
        rows.append((one.id, one.name, one.recorded_on, *told))
    return table(rows)


def _metrics(sessions: Sequence[SessionRow]) -> str:
    rows: list[Sequence[object]] = [("session", "recorded_on", "number", "value", "low", "high", "unit")]
    for one in sessions:
        said: Mapping[str, Any] = one.results[-1].summary if one.results else {}
        told = {f"gap {g['from']} to {g['to']}, {g['event']}": g["set"] for g in said.get("gaps", ())}
        for name, value in (told | dict(said.get("metrics", {}))).items():
            if value is not None:
                ends = (value["value"], value["low"], value["high"], value.get("unit", ""))
                rows.append((one.id, one.recorded_on, name, *ends))
    return table(rows)


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV with a comma between cells; what is not known is empty, and no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow(["" if cell is None else _cell(cell) for cell in row])
    return text.getvalue()


def _cell(cell: object) -> object:
    risky = isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{cell}" if risky else cell


def _plain(row: Row) -> dict[str, Any]:
    """A row's own columns."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, default=str)


def _safe(name: str) -> str:
    """A file's name that leads nowhere else when it is unpacked."""
    kept = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in name)
    return kept.lstrip(".")[-100:] or "file"
