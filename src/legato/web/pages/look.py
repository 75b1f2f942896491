"""How the pages look to this reader: dark or light, kilograms or pounds; kept in cookies, as it is the browser's."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from legato.web.render import THEMES
from legato.web.units import units_named

routes = APIRouter(include_in_schema=False)

_YEAR_S = 365 * 86400


@routes.post("/look")
def look(
    request: Request, theme: Annotated[str, Form()] = "system", units: Annotated[str, Form()] = "kg"
) -> RedirectResponse:
    """Keep what was chosen, and go back to the page."""
    came_from = urlsplit(request.headers.get("referer", ""))
    back = came_from.path if came_from.path[:1] == "/" and came_from.path[1:2] not in ("/", "\\") else "/"
    answer = RedirectResponse(f"{back}?{came_from.query}" if came_from.query else back, 303)
    kept = {"theme": theme if theme in THEMES else "system", "units": units_named(units).mass}
    for name, value in kept.items():
        answer.set_cookie(name, value, max_age=_YEAR_S, samesite="strict", httponly=False)
    return answer
