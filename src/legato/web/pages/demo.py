"""Fills an empty library with the demo's athlete, so that there is something to look at."""

from datetime import date
from threading import Lock

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from legato.web.demo import fill_with_demo
from legato.web.deps import Kept

routes = APIRouter(include_in_schema=False)

_one_at_a_time = Lock()


@routes.post("/demo")
def fill(request: Request, catalogue: Kept) -> Response:
    """Simulate and analyse what is missing of the demo, which takes some seconds, and open the first page."""
    with _one_at_a_time:
        fill_with_demo(catalogue, date.today())
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"hx-redirect": "/"})
    return RedirectResponse("/", 303)
