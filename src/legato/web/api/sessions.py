"""Sessions, by the API: made of files that were sent before, listed, changed, erased."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from legato.errors import BadInput
from legato.messages import nearest
from legato.store import note
from legato.store.rows import AthleteRow, FileRow, ResultRow, SessionFileRow, SessionRow
from legato.web.api.model import (
    ErasedShown,
    FileShown,
    Listed,
    SessionChanged,
    SessionGiven,
    SessionShown,
    SessionWhole,
    Windowed,
    listed,
)
from legato.web.api.results import short
from legato.web.deps import Kept, Rows, TheSession, found
from legato.web.downloads import BYTES, download
from legato.web.erasing import erase_session
from legato.web.known import known_movements
from legato.web.options import options_of
from legato.web.overlay import alike, comparison, own_of, pair_of
from legato.web.trial_files import file_name

routes = APIRouter(prefix="/sessions", tags=["sessions"])


@routes.get("")
def list_sessions(
    rows: Rows,
    part: Windowed,
    athlete_id: Annotated[str | None, Query(max_length=16, description="Those of one athlete.")] = None,
    movement: Annotated[str | None, Query(max_length=100, description="Those of one movement.")] = None,
    since: Annotated[date | None, Query(description="Recorded on this day or later.")] = None,
    until: Annotated[date | None, Query(description="Recorded on this day or before.")] = None,
    analysed: Annotated[bool | None, Query(description="Only those with a result, or without one.")] = None,
) -> Listed[SessionShown]:
    """Sessions, the newest first."""
    wanted = select(SessionRow)
    if athlete_id is not None:
        wanted = wanted.where(SessionRow.athlete_id == athlete_id)
    if movement is not None:
        wanted = wanted.where(SessionRow.movement == movement)
    if since is not None:
        wanted = wanted.where(SessionRow.recorded_on >= since)
    if until is not None:
        wanted = wanted.where(SessionRow.recorded_on <= until)
    if analysed is not None:
        there = select(ResultRow.id).where(ResultRow.session_id == SessionRow.id).exists()
        wanted = wanted.where(there if analysed else ~there)
    order = (SessionRow.recorded_on.desc(), SessionRow.created_at.desc(), SessionRow.id)
    items, total = listed(rows, wanted, part, *order)
    return Listed(items=[SessionShown.model_validate(one) for one in items], total=total)


@routes.post("", status_code=201)
def add_session(rows: Rows, given: SessionGiven) -> SessionWhole:
    """Make a session of files that were sent to `/api/v1/files`. Its analysis is a job of its own."""
    values = _checked(rows, given.model_dump(exclude={"files"}))
    row = SessionRow(**values, files=[], results=[])
    for position, file in enumerate(given.files):
        if rows.get(FileRow, file.sha256) is None:
            raise BadInput(f"files.{position}.sha256: no such file is kept; send it to /api/v1/files first")
        one = SessionFileRow(sha256=file.sha256, name=file_name(file.name), role=file.role, position=position)
        row.files.append(one)
    rows.add(row)
    rows.flush()
    note(rows, "session added", row.id)
    return SessionWhole.model_validate(row)


@routes.get("/{session_id}")
def get_session(rows: Rows, session_id: str) -> SessionWhole:
    """One session with its files and results."""
    wanted = select(SessionRow).where(SessionRow.id == session_id)
    whole = wanted.options(selectinload(SessionRow.files), selectinload(SessionRow.results))
    row = found(rows.scalars(whole).first(), "session")
    results = [short(rows, one) for one in row.results]
    return SessionWhole.model_validate(row).model_copy(update={"results": results})


@routes.patch("/{session_id}")
def change_session(rows: Rows, row: TheSession, given: SessionChanged) -> SessionShown:
    """Change what was chosen for a session; a result that was made before stays until it is analysed anew."""
    changed = _checked(rows, given.model_dump(exclude_unset=True))
    for name, value in changed.items():
        setattr(row, name, value)
    rows.flush()
    note(rows, "session changed", row.id, fields=sorted(changed))
    return SessionShown.model_validate(row)


@routes.delete("/{session_id}")
def delete_session(catalogue: Kept, session_id: str) -> ErasedShown:
    """Erase a session with its results and its files; a file that another session has stays."""
    with catalogue.session() as rows:
        found(rows.get(SessionRow, session_id), "session")
    return ErasedShown.model_validate(erase_session(catalogue, session_id))


@routes.get("/{session_id}/compare")
def compare_session(
    rows: Rows,
    catalogue: Kept,
    row: TheSession,
    other: Annotated[str, Query(alias="with", max_length=16, description="A session of the same movement.")],
    same_placement: Annotated[bool, Query(description="Somebody says that markers stayed on between the two.")] = False,
    days: Annotated[list[str] | None, Query(description="Sessions that tell the change from day to day.")] = None,
) -> dict[str, Any]:
    """What `legato compare` says of the newest results of two sessions, the one recorded first as the first. The change
    from day to day is read from the athlete's first three days, or from those given; of two athletes there is none.
    """
    result = found(row.results[-1] if row.results else None, "result")
    chosen = found(alike(rows, row, result, other), "session of the same movement with a result")
    pair = pair_of(row, result, chosen, own_of(rows, row, result), days)
    record, _why = comparison(
        catalogue,
        pair.first[1],
        pair.second[1],
        [one for _session, one in pair.used],
        same_placement=same_placement and pair.one_athlete,
        one_athlete=pair.one_athlete,
    )
    return dict(record)


@routes.get("/{session_id}/files")
def list_session_files(row: TheSession) -> list[FileShown]:
    """The files of a session, in their order."""
    return [FileShown.model_validate(one) for one in row.files]


@routes.get("/{session_id}/files/{position}", response_class=Response, responses=BYTES)
def get_session_file(catalogue: Kept, row: TheSession, position: int) -> Response:
    """The bytes of a session's file."""
    file = found(next((one for one in row.files if one.position == position), None), "file")
    return download(catalogue, file.sha256, file.name)


def _checked(rows: Session, values: dict[str, Any]) -> dict[str, Any]:
    """What was sent, if the athlete and the movement are there and the options can be taken.

    Raises
    ------
    BadInput
        One is not.
    """
    if values.get("athlete_id") is not None and rows.get(AthleteRow, values["athlete_id"]) is None:
        raise BadInput("athlete_id: there is no such athlete; it may have been erased")
    if values.get("movement") is not None:
        known = known_movements(rows)
        if values["movement"] not in known:
            near = nearest(values["movement"], sorted(known), 3, len(known))
            raise BadInput(f"movement {values['movement']!r:.60}: no such movement; {near}")
    if "options" in values:
        values["options"] = options_of(values["options"]).model_dump(mode="json", exclude_defaults=True)
    return values
