"""The REST API: what the pages do, for programs; the same records as the commands write with `--json`."""

from fastapi import APIRouter

from legato.web.api import athletes, corrections, files, jobs, library, plans, results, sessions
from legato.web.api.model import Told

PREFIX = "/api/v1"
"""Before every path of the API."""

api = APIRouter(
    prefix=PREFIX,
    responses={"4XX": {"model": Told, "description": "Not possible: one line says what, where and what to do."}},
)
for _part in (athletes, sessions, files, jobs, results, corrections, plans, library):
    api.include_router(_part.routes)

__all__ = ["PREFIX", "api"]
