"""A plan to take along: as a page to print, a calendar, a table."""

from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from legato.errors import BadInput
from legato.report.plan_page import plan_html
from legato.web.app_words import in_app
from legato.web.deps import Rows, TheAthlete, found
from legato.web.downloads import disposition
from legato.web.of_athlete import plan_of, plan_row
from legato.web.plan_shown import calendar_of, plan_today
from legato.web.withheld import withheld
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_PRINTED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"


@routes.get("/athletes/{athlete_id}/plan.{kind}")
def written(
    athlete: TheAthlete, rows: Rows, kind: str, at: Annotated[str, Query(max_length=8)] = "", week: int | None = None
) -> Response:
    """The plan as a page to print, a calendar or a table, as far as it may be shown today."""
    row, today = found(plan_row(rows, athlete.id), "plan"), date.today()
    if said := withheld(rows, athlete.id, today):
        raise BadInput(said)
    shown = plan_today(rows, athlete.id, plan_of(row), today)
    plan, stops = shown.plan, shown.stops
    if week is not None and not 1 <= week <= len(plan.weeks):
        raise BadInput(_("week %(week)s: the plan has %(n)s weeks") % {"week": week, "n": len(plan.weeks)})
    if kind == "html":
        return HTMLResponse(in_app(plan_html(plan, week, stops)), headers={"content-security-policy": _PRINTED})
    if kind == "ics":
        text = calendar_of(rows, athlete.id, shown, today, _time(at))
        return _download(text, "text/calendar; charset=utf-8", "plan.ics")
    if kind == "csv":
        return _download(shown.csv, "text/csv; charset=utf-8", "plan.csv")
    return found(None, "form of a plan")


def _time(text: str) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise BadInput(_("%s is no time of day; write 18:30") % text) from None


def _download(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers={"content-disposition": disposition(name)})
