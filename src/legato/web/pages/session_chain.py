"""The chain's timeline by itself, with an earlier session laid beneath."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from legato.web.beneath import Beneath, timeline_of
from legato.web.deps import Kept, Rows, TheSession, found
from legato.web.pages.session import Version, shown_result
from legato.web.render import page

routes = APIRouter(include_in_schema=False)


@routes.get("/sessions/{session_id}/chain", response_class=HTMLResponse)
def session_chain(
    request: Request, session: TheSession, rows: Rows, kept: Kept, version: Version = None, beneath: Beneath = None
) -> Response:
    """The timeline with what may be laid beneath, and what was chosen: a part of the page to its script, else the
    page.
    """
    chosen = beneath or "choose"
    result = found(shown_result(session, version), "result")
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/sessions/{session.id}?beneath={quote(chosen)}&result={result.id}#beneath-box", 303)
    told = timeline_of(rows, kept, session, result, chosen)
    return page(request, "session_chain.html", session=session, result=result, whole=False, **told)
