"""Settings: how pages look, how long sessions are kept, everything taken out or erased, the log, where the data lie."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from legato.compare.baseline import usual_days
from legato.errors import BadInput
from legato.store import note
from legato.store.archive import export_all
from legato.store.catalogue import shown
from legato.store.check import check
from legato.store.rows import AthleteRow, AuditRow, FileRow, SessionRow, SettingRow, now
from legato.web.deps import Kept, Rows, Sent, found
from legato.web.downloads import made
from legato.web.erasing import erase_all, erase_athlete, forgotten, retention
from legato.web.of_athlete import Measured, measured_of
from legato.web.render import page
from legato.web.retention import RETENTION, kept_days
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

CONFIRMED = "ERASE"
"""What is typed to erase everything."""

_LINES = 50
"""Lines of the log on a page."""
_MOST_DAYS = 36500.0


@routes.get("/settings")
def settings(request: Request, rows: Rows, kept: Kept) -> HTMLResponse:
    """What can be set, and what is known of the catalogue."""
    counts = [(name, rows.scalar(select(func.count()).select_from(row)) or 0) for name, row in _tables().items()]
    # A sum is a decimal number to PostgreSQL.
    size = int(rows.scalar(select(func.sum(FileRow.size_bytes))) or 0)
    return page(
        request, "settings.html", counts=counts, size=size, folder=kept.folder, days=kept_days(rows),
        database=shown(kept.engine.url), confirmed=CONFIRMED,
        athletes=rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all(),
    )  # fmt: skip


@routes.post("/settings/retention")
def ask_retention(request: Request, rows: Rows, sent: Sent) -> HTMLResponse:
    """List what would be erased; nothing is, yet."""
    days = _days(sent)
    old: list[SessionRow] = []
    if days is not None:
        before = now() - timedelta(days=days)
        old = [*rows.scalars(select(SessionRow).where(SessionRow.created_at < before).order_by(SessionRow.created_at))]
    told = {one.id: one.athlete for one in old}
    return page(request, "settings_retention.html", days=days, old=old, told=told, usual=_usual_that_goes(rows, old))


def _usual_that_goes(rows: Session, old: Sequence[SessionRow]) -> list[str]:
    """Athletes and movements of which usual days would go, by which sessions that stay are held against each other."""
    gone = {one.id for one in old}
    told: list[str] = []
    for athlete_id in dict.fromkeys(one.athlete_id for one in old if one.athlete_id is not None):
        every: dict[str, list[Measured]] = {}
        for one in measured_of(rows, athlete_id):
            every.setdefault(str(one.result.summary["movement_name"]), []).append(one)
        for movement, of_it in every.items():
            goes = any(one.session.id in gone for one in usual_days((one.on, one) for one in of_it))
            if goes and any(one.session.id not in gone for one in of_it):
                told.append(f"{rows.get_one(AthleteRow, athlete_id).name}, {movement}")
    return told


@routes.post("/settings/retention/keep")
def keep_retention(kept: Kept, sent: Sent) -> RedirectResponse:
    """Keep the rule, and erase what is older."""
    days = _days(sent)
    with kept.session() as rows:
        row = rows.get(SettingRow, RETENTION)
        if row is None:
            rows.add(SettingRow(key=RETENTION, value={"days": days}))
        else:
            row.value = {"days": days}
        note(rows, "retention set", "settings", days=days)
    if days is not None:
        retention(kept, days)
    return forgotten(RedirectResponse("/settings", 303))


@routes.post("/settings/export")
def export(kept: Kept) -> Response:
    """Everything, in one zip that `legato library restore` takes."""

    def write(path: Path) -> None:
        export_all(kept, path)
        with kept.session() as rows:
            note(rows, "all exported", "settings")

    return made(write, f"legato-{datetime.now(UTC):%Y-%m-%d}.zip")


@routes.post("/settings/erase")
def erase(request: Request, kept: Kept, sent: Sent) -> HTMLResponse:
    """Erase everything, once it was typed that it shall be; what was erased, and that nothing is left."""
    if sent.text("typed", most=20) != CONFIRMED:
        raise BadInput(_("nothing was erased: type %(word)s in capitals to erase everything") % {"word": CONFIRMED})
    return forgotten(page(request, "settings_erased.html", erased=erase_all(kept), whole=True))


@routes.post("/settings/erase-athlete")
def erase_one(request: Request, kept: Kept, sent: Sent) -> HTMLResponse:
    """Erase one athlete with all that is kept of them; what was erased, and whether anything is left."""
    with kept.session() as rows:
        athlete = found(rows.get(AthleteRow, sent.text("athlete", most=16)), "athlete")
    if sent.text("typed", most=20) != CONFIRMED:
        raise BadInput(_("nothing was erased: type %(word)s in capitals to erase the athlete") % {"word": CONFIRMED})
    return forgotten(page(request, "settings_erased.html", erased=erase_athlete(kept, athlete.id), whole=False))


@routes.post("/settings/check")
def look(request: Request, kept: Kept) -> HTMLResponse:
    """Read every row and every byte, and say whether all is sound."""
    return page(request, "settings_check.html", found=check(kept))


@routes.get("/settings/audit")
def audit(request: Request, rows: Rows, page_number: int = 1) -> HTMLResponse:
    """Who did what to what, the newest first."""
    count = rows.scalar(select(func.count()).select_from(AuditRow)) or 0
    pages = max(1, -(-count // _LINES))
    at = min(max(page_number, 1), pages)
    newest = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id).offset((at - 1) * _LINES).limit(_LINES)
    lines = [(line, _in_words(line.details)[:300]) for line in rows.scalars(newest)]
    subjects = {line.subject for line, _details in lines}
    leads = {one: f"/sessions/{one}" for one in rows.scalars(select(SessionRow.id).where(SessionRow.id.in_(subjects)))}
    leads |= {one: f"/athletes/{one}" for one in rows.scalars(select(AthleteRow.id).where(AthleteRow.id.in_(subjects)))}
    return page(request, "settings_audit.html", lines=lines, at=at, pages=pages, count=count, leads=leads)


def _in_words(details: Mapping[str, Any] | None) -> str:
    """What an entry tells beside what happened: `simulated; fields: name, notes`."""
    said: list[str] = []
    for key, value in (details or {}).items():
        name = key.replace("_", " ")
        if isinstance(value, bool):
            said.append(name if value else f"{name}: no")
        elif isinstance(value, list | tuple):
            said.append(f"{name}: {', '.join(str(one) for one in value)}")
        else:
            said.append(f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}")
    return "; ".join(said)


def _days(sent: Sent) -> float | None:
    return sent.number("days", _("Days"), 1.0, _MOST_DAYS, _("days"))


def _tables() -> dict[str, type[AthleteRow] | type[SessionRow] | type[FileRow]]:
    return {_("athletes"): AthleteRow, _("sessions"): SessionRow, _("files"): FileRow}
