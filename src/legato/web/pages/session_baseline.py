"""Taking an earlier session of the athlete as the one that the athlete's own bands come from."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from legato.errors import BadInput
from legato.store import note
from legato.web.deps import Rows, Sent, TheSession, found
from legato.web.jobs import enqueue
from legato.web.overlay import earlier_first, own_of
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)


@routes.post("/sessions/{session_id}/baseline")
def take_as_baseline(session: TheSession, rows: Rows, sent: Sent) -> RedirectResponse:
    """Judge a session by an earlier one: it is analysed anew."""
    result = found(session.results[-1] if session.results else None, "result")
    wanted = sent.text("baseline", _("Earlier session"), 16)
    other = next((one for one in own_of(rows, session, result) if one.id == wanted), None)
    if other is None or not earlier_first(other, session):
        raise BadInput(_("Earlier session: is no earlier one of this athlete and movement; choose another"))
    session.options = {**session.options, "baseline_session": other.id}
    note(rows, "session changed", session.id, fields=["options"])
    enqueue(rows, session, "analyse")
    return RedirectResponse(f"/sessions/{session.id}", 303)
