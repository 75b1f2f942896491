"""Puts the app together: the catalogue, the guard, the pages and the API."""

import asyncio
import sys
from collections.abc import Sequence
from importlib.resources import as_file

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from starlette.exceptions import HTTPException as AnyHttpError

from legato import __version__
from legato.errors import BadInput, NotResolvable
from legato.store import TURNS, Catalogue
from legato.web.api import PREFIX, api
from legato.web.app_words import in_app
from legato.web.guard import PAGE_HEADERS, Guard
from legato.web.pages import (
    api_list,
    assessment,
    athletes,
    consents,
    demo,
    evidence,
    home,
    library,
    logs,
    look,
    own,
    plan_export,
    plans,
    progress,
    replay,
    session,
    session_baseline,
    session_chain,
    session_compare,
    session_corrections,
    session_edit,
    session_export,
    settings,
    trial_new,
    trials,
    upload,
)
from legato.web.plan_kept import changed_meanwhile
from legato.web.render import STATIC, page
from legato.web.static_files import OwnFiles
from legato.web.words import translate as _

PAGES = (
    api_list.routes,
    assessment.routes,
    athletes.routes,
    consents.routes,
    demo.routes,
    evidence.routes,
    home.routes,
    library.routes,
    logs.routes,
    look.routes,
    own.routes,
    plan_export.routes,
    plans.routes,
    replay.routes,
    session.routes,
    session_baseline.routes,
    session_chain.routes,
    session_compare.routes,
    session_corrections.routes,
    session_edit.routes,
    session_export.routes,
    settings.routes,
    trial_new.routes,
    trials.routes,
    progress.routes,
    upload.routes,
)


def create_app(catalogue: Catalogue, hosts: Sequence[str]) -> FastAPI:
    """The app over one catalogue.

    Parameters
    ----------
    catalogue
        Where all is kept.
    hosts
        What a request's `Host` may be, with the port, as `127.0.0.1:8000`; anything else is refused.
    """
    app = FastAPI(
        title="Legato",
        version=__version__,
        description="The catalogue for programs on this machine; the records are those of the commands' `--json`.",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.catalogue, app.state.ending = catalogue, False
    app.state.turns = asyncio.Semaphore(TURNS)
    for routes in PAGES:
        app.include_router(routes)
    app.include_router(api)
    with as_file(STATIC) as folder:
        app.mount("/static", OwnFiles(directory=folder), name="static")
    app.add_exception_handler(BadInput, _refused)
    app.add_exception_handler(NotResolvable, _refused)
    app.add_exception_handler(IntegrityError, _changed_meanwhile)
    for busy in (OperationalError, InterfaceError, NoneFree):
        app.add_exception_handler(busy, _busy)
    app.add_exception_handler(AnyHttpError, _not_there)
    app.add_exception_handler(RequestValidationError, _asked_wrongly)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Guard, hosts=frozenset(hosts))
    return app


def _told(request: Request, status: int, said: str) -> Response:
    """One clear line: a record to a program, a page to a person, the line alone to a page that is open."""
    said = said.encode("utf-8", "replace").decode()
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": said}, status)
    if "hx-request" in request.headers:
        return PlainTextResponse(in_app(said), status)
    return page(request, "told.html", status, said=said)


def _refused(request: Request, error: Exception) -> Response:
    return _told(request, 400 if isinstance(error, BadInput) else 422, str(error))


def _changed_meanwhile(request: Request, error: Exception) -> Response:
    """Two changed the same at once, and the tables take one."""
    del error
    return _told(request, 409, changed_meanwhile())


def _busy(request: Request, error: Exception) -> Response:
    """The database did not answer in time, its server is away, or all connections to it are in use; the terminal says
    which.
    """
    print(f"legato: {error}", file=sys.stderr)
    return _told(request, 503, _("the catalogue is busy, and nothing was changed; try again in a moment"))


def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException | AnyHttpError)
    answer = _told(request, error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _asked_wrongly(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    what = first["msg"].removeprefix("Value error, ")
    return _told(request, 422, f"{where:.200}: {what}" if where else what)


def _broken(request: Request, error: Exception) -> Response:
    """A fault of the app's own; this answer does not pass the guard, which has given up on it."""
    said = f"a fault in Legato ({type(error).__name__}); the terminal says more: please report it"
    answer = _told(request, 500, said) if hasattr(request.state, "token") else PlainTextResponse(said, 500)
    for name, value in PAGE_HEADERS.items():
        answer.headers[name] = value
    return answer
