"""Home: what needs a look, the latest sessions with what each found, the athletes."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from legato.store.rows import AthleteRow, SessionRow
from legato.web.demo import asked_demo
from legato.web.deps import Kept, Rows
from legato.web.jobs import told
from legato.web.looks import looks
from legato.web.overlay import with_an_earlier
from legato.web.pages.progress import STEPS, progress_of
from legato.web.render import page

routes = APIRouter(include_in_schema=False)

_LATEST = 12
_MOST_ATHLETES = 300
"""Athletes that are listed at once. [ENG]"""
_FIRST_LOOKS = 8
"""Lines that are shown before the others are asked for. [ENG]"""


@routes.get("/")
def home(request: Request, catalogue: Kept, rows: Rows, name: str = "") -> HTMLResponse:
    """The page that opens first; `name`: only athletes with this in their name."""
    latest = select(SessionRow).order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()).limit(_LATEST)
    sessions = rows.scalars(
        latest.options(
            selectinload(SessionRow.athlete), selectinload(SessionRow.results), selectinload(SessionRow.jobs)
        )
    ).all()
    asked = (
        select(AthleteRow, func.count(SessionRow.id), func.max(SessionRow.recorded_on))
        .outerjoin(SessionRow, SessionRow.athlete_id == AthleteRow.id)
        .group_by(AthleteRow.id)
        .order_by(func.lower(AthleteRow.name), AthleteRow.id)
    )
    if wanted := name.strip()[:100]:
        asked = asked.where(AthleteRow.name.icontains(wanted, autoescape=True))
    athletes = rows.execute(asked.limit(_MOST_ATHLETES)).all()
    found = looks(catalogue, rows, date.today())
    demo = asked_demo(rows)
    filling = None if demo is None or demo.state == "done" else progress_of(told(rows, demo))
    return page(
        request,
        "home.html",
        looks=found[:_FIRST_LOOKS],
        more_looks=found[_FIRST_LOOKS:],
        # Uploads that were never analysed are to be finished: they stand after what was found.
        sessions=sorted(sessions, key=lambda one: not one.results),
        earlier=with_an_earlier(sessions),
        athletes=athletes,
        name=wanted,
        most=_MOST_ATHLETES,
        filling=filling,
        steps=STEPS,
    )
