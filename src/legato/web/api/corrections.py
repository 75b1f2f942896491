"""Corrections by hand, by the API: the same as on the page of a session."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from legato.errors import BadInput
from legato.web.api.model import CorrectionShown, clean
from legato.web.corrected import add_correction, undo
from legato.web.deps import Kept, Rows, TheSession, found

_MOST = 200
"""Letters of a name beside the correction; the correction itself holds it whole."""

routes = APIRouter(prefix="/sessions/{session_id}/corrections", tags=["corrections"])


@routes.get("")
def list_corrections(row: TheSession) -> list[CorrectionShown]:
    """All corrections of a session in their order, those that were undone too."""
    return [CorrectionShown.model_validate(one) for one in row.corrections]


@routes.post("", status_code=201)
def correct(
    catalogue: Kept,
    rows: Rows,
    row: TheSession,
    entry: Annotated[dict[str, Any], Body(description="An entry as corrections.toml has it.")],
) -> CorrectionShown:
    """Add a correction; the session is analysed anew with it. `who` names who makes it."""
    try:
        given = clean(entry)
    except ValueError as error:
        raise BadInput(str(error)) from None
    who = given.get("who")
    made = add_correction(catalogue, rows, row, given, who[:_MOST] if isinstance(who, str) else "")
    return CorrectionShown.model_validate(made)


@routes.delete("/{number}")
def undo_correction(
    rows: Rows,
    row: TheSession,
    number: int,
    who: Annotated[str, Query(max_length=_MOST, description="Who undoes it, for the audit.")] = "",
) -> CorrectionShown:
    """Undo a correction; it stays in the list with the time of that, and the session is analysed anew."""
    made = found(next((one for one in row.corrections if one.number == number), None), "correction")
    undo(rows, row, made, who)
    rows.flush()
    return CorrectionShown.model_validate(made)
