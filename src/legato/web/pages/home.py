"""Home: the athletes, the latest sessions, what needs a look."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from legato.store.rows import AthleteRow, SessionRow
from legato.web.deps import Rows
from legato.web.render import page

routes = APIRouter(include_in_schema=False)

_LATEST = 20


@routes.get("/")
def home(request: Request, rows: Rows) -> HTMLResponse:
    """The page that opens first."""
    athletes = rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all()
    latest = select(SessionRow).order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()).limit(_LATEST)
    sessions = rows.scalars(latest.options(selectinload(SessionRow.athlete), selectinload(SessionRow.results))).all()
    return page(request, "home.html", athletes=athletes, sessions=sessions)
