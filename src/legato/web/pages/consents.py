"""Consents of an athlete: given, taken back, and why what is there is kept all the same."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from legato.errors import BadInput
from legato.store import note
from legato.store.rows import ConsentRow
from legato.web.consents import KEPT
from legato.web.deps import Fields, Rows, Sent, TheAthlete
from legato.web.of_athlete import CONSENTS
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)


@routes.post("/athletes/{athlete_id}/consents")
def change_consent(athlete: TheAthlete, rows: Rows, sent: Sent) -> Response:
    """Give a consent or take it back."""
    kind, given = _kind(sent), sent.ticked("given")
    rows.add(ConsentRow(athlete_id=athlete.id, kind=kind, given=given))
    note(rows, "consent given" if given else "consent taken back", athlete.id, kind=kind)
    return RedirectResponse(f"/athletes/{athlete.id}#consents", 303)


@routes.post("/athletes/{athlete_id}/consents/keep")
def keep_all_the_same(athlete: TheAthlete, rows: Rows, sent: Sent) -> Response:
    """Say why what is there is kept although the consent was taken back; the log has the reason."""
    kind, why = _kind(sent), sent.text("why", _("Why it is kept"), 300)
    if not why:
        raise BadInput(_("Why it is kept: is empty; say it in a few words, as the log keeps it"))
    rows.add(ConsentRow(athlete_id=athlete.id, kind=f"{kind}{KEPT}", given=False))
    note(rows, "kept after its consent was taken back", athlete.id, kind=kind, why=why)
    return RedirectResponse(f"/athletes/{athlete.id}#consents", 303)


def _kind(sent: Fields) -> str:
    kind = sent.chosen("kind", CONSENTS, _("Consent"))
    if kind is None:
        raise BadInput(_("Consent: choose one of the list"))
    return kind
