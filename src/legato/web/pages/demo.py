"""Fills an empty library with the demo's athlete, so that there is something to look at."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from legato.web.demo import ask_for_demo, asked_demo
from legato.web.deps import Rows
from legato.web.jobs import cancel

routes = APIRouter(include_in_schema=False)


@routes.post("/demo")
def fill(request: Request, rows: Rows) -> Response:
    """Ask the worker for what is missing of the demo, and open the first page, which follows it."""
    ask_for_demo(rows, date.today())
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"hx-redirect": "/"})
    return RedirectResponse("/", 303)


@routes.post("/demo/cancel")
def stop(rows: Rows) -> RedirectResponse:
    """Leave the demo as far as it is; filling it again adds the rest."""
    if (job := asked_demo(rows)) is not None:
        cancel(rows, job)
    return RedirectResponse("/", 303)
