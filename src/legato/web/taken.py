"""Everything of an athlete as one archive: tables that other programs read, records as they are kept, the files."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.coaching.audit.text import FORMULA
from legato.errors import BadInput
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
from legato.web.plan_shown import calendar_of, plan_today, shown_record
from legato.web.trial_desk import handed_out
from legato.web.withheld import withheld, withheld_of, without_drills

Part: TypeAlias = tuple[str, str | Path | Callable[[], str]]
"""A file of the archive: its name, and its text, where it lies, or what makes it."""

_PACKED = (".mp4", ".m4v", ".mov", ".webm", ".zip", ".gz")
"""Endings of what does not become smaller."""

_ABOUT = """What Legato holds of one athlete.

athlete.json        the profile, SI units
sessions.csv        a line a session, with its newest result's sentence
metrics.csv         every number of every session: value, ends of its 90 % interval, unit
consents.json       what was agreed to and taken back
screenings.json     whether each screening passed; no answer is kept
plans.json          every plan and what changed it, but for what the newest screening bars; none while
                    it does not hold. plan.csv and plan.ics: the one that holds
training-log.csv    what was done, with effort (RPE); `legato audit` reads it
sessions/           the files of each session as they came, and result.json
trials/             journals of trials of one; what the order of a running one follows from
                    is left out until it ends, and then proves it (legato trial check --key).
                    Numbers of sessions stand in them and in sessions/: who looks before the end
                    of a trial knows how it goes
"""


def parts_of(rows: Session, catalogue: Catalogue, athlete: AthleteRow) -> list[Part]:
    """All that the archive holds; what is large is only named here, and read when the archive is written."""
    from legato.web.training import log_csv, training_log

    sessions = rows.scalars(
        select(SessionRow).where(SessionRow.athlete_id == athlete.id).order_by(SessionRow.recorded_on)
    ).all()
    parts: list[Part] = [
        ("README.txt", _ABOUT),
        ("athlete.json", _json(_plain(athlete))),
        ("sessions.csv", _sessions(sessions)),
        ("metrics.csv", _metrics(sessions)),
    ]
    for name, row in (("consents", ConsentRow), ("screenings", ScreeningRow)):
        found = [_plain(one) for one in rows.scalars(select(row).where(row.athlete_id == athlete.id))]
        parts.append((f"{name}.json", _json(found)))
    parts += _plans(rows, athlete)
    parts.append(("training-log.csv", log_csv(training_log(rows, athlete.id))))
    for session in sessions:
        parts += _session(rows, catalogue, session)
    for trial in rows.scalars(select(TrialOfOneRow).where(TrialOfOneRow.athlete_id == athlete.id)):
        parts += [(f"trials/{name}", content) for name, content in handed_out(catalogue, trial).items()]
    note(rows, "athlete exported", athlete.id)
    return parts


def write_archive(parts: Sequence[Part], target: Path) -> None:
    """Write the archive as a zip, a piece at a time.

    Raises
    ------
    HTTPException
        A file of it was erased meanwhile (404).
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts:
            try:
                if isinstance(content, Path):
                    archive.write(content, name, zipfile.ZIP_STORED if name.lower().endswith(_PACKED) else None)
                else:
                    archive.writestr(name, content if isinstance(content, str) else content())
            except FileNotFoundError:
                raise HTTPException(404, "a file was erased while the archive was made; ask for it again") from None


def _plans(rows: Session, athlete: AthleteRow) -> list[Part]:
    """Every plan as far as it may be shown today, and the one that holds for other programs."""
    today = date.today()
    kept, said = plan_row(rows, athlete.id), withheld(rows, athlete.id, today)
    told: list[dict[str, Any]] = []
    for row in rows.scalars(select(PlanRow).where(PlanRow.athlete_id == athlete.id)):
        about = {"id": row.id, "athlete_id": row.athlete_id, "made_at": row.made_at}
        told.append(about | ({"withheld": said} if said else shown_record(rows, row, today)))
    parts: list[Part] = [("plans.json", _json(told))]
    if kept is not None and not said:
        shown = plan_today(rows, athlete.id, plan_of(kept), today)
        parts.append(("plan.csv", shown.csv))
        with suppress(BadInput):  # calendars need a package that may not be there
            parts.append(("plan.ics", calendar_of(rows, athlete.id, shown, today)))
    return parts


def _session(rows: Session, catalogue: Catalogue, session: SessionRow) -> list[Part]:
    folder = f"sessions/{session.recorded_on}-{session.id}"
    parts: list[Part] = [(f"{folder}/session.json", _json(_plain(session)))]
    for kind, row in (("corrections", CorrectionRow), ("ratings", RatingRow)):
        found = [_plain(one) for one in rows.scalars(select(row).where(row.session_id == session.id))]
        if found:
            parts.append((f"{folder}/{kind}.json", _json(found)))
    for file in session.files:
        path = catalogue.files.path(file.sha256)
        if path.is_file():
            parts.append((f"{folder}/files/{file.position}-{_safe(file.name)}", path))
    if session.results and "result.json" in session.results[-1].files:
        path = catalogue.files.path(session.results[-1].files["result.json"])
        if path.is_file():
            bare = withheld_of(rows, session.results[-1], date.today())
            parts.append((f"{folder}/result.json", partial(_bare, path) if bare else path))
    return parts


def _bare(path: Path) -> str:
    return _json(without_drills(json.loads(path.read_bytes())))


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
    risky = isinstance(cell, str) and cell[:1] in FORMULA
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
