"""The API for people: what can be asked for, read out of its own description."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from legato.web.render import page

routes = APIRouter(include_in_schema=False)


@routes.get("/api")
def api_list(request: Request) -> HTMLResponse:
    """All that programs can ask for."""
    described = request.app.openapi()
    asked: dict[str, list[dict[str, str]]] = {}
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            line = {"method": method.upper(), "path": path, "text": told.get("description", told["summary"])}
            asked.setdefault(told["tags"][0], []).append(line)
    return page(request, "api.html", asked=asked)
