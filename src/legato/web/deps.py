"""What a route asks for: the catalogue, a transaction on its rows, a row by its id."""

from collections.abc import Generator
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Request
from sqlalchemy.orm import Session

from legato.store import Catalogue
from legato.store.rows import AthleteRow, Row, SessionRow

_Row = TypeVar("_Row", bound=Row)


def _catalogue(request: Request) -> Catalogue:
    return request.app.state.catalogue


Kept = Annotated[Catalogue, Depends(_catalogue)]
"""The open catalogue."""


def _rows(catalogue: Kept) -> Generator[Session]:
    with catalogue.session() as session:
        yield session


Rows = Annotated[Session, Depends(_rows, scope="function")]
"""A transaction that is kept before the answer is sent, and undone where anything is raised."""


def found(row: _Row | None, what: str) -> _Row:
    """The row, or the page that says it is not there."""
    if row is None:
        raise HTTPException(404, f"there is no such {what}; it may have been erased")
    return row


def _athlete(athlete_id: str, rows: Rows) -> AthleteRow:
    return found(rows.get(AthleteRow, athlete_id), "athlete")


def _session(session_id: str, rows: Rows) -> SessionRow:
    return found(rows.get(SessionRow, session_id), "session")


TheAthlete = Annotated[AthleteRow, Depends(_athlete)]
"""The athlete whom the path names by `athlete_id`."""
TheSession = Annotated[SessionRow, Depends(_session)]
"""The session that the path names by `session_id`."""
