"""Corrections by hand, by the API."""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, select

from legato.corrections import Correction
from legato.errors import BadInput
from legato.messages import wrong_value
from legato.store import note
from legato.store.rows import CorrectionRow, now
from legato.web.api.model import CorrectionShown, clean
from legato.web.deps import Rows, TheSession, found

routes = APIRouter(prefix="/sessions/{session_id}/corrections", tags=["corrections"])

_MOST = 10_000
_ENTRY: TypeAdapter[Any] = TypeAdapter(Correction)


@routes.get("")
def list_corrections(row: TheSession) -> list[CorrectionShown]:
    """All corrections of a session in their order, those that were undone too."""
    return [CorrectionShown.model_validate(one) for one in row.corrections]


@routes.post("", status_code=201)
def add_correction(
    rows: Rows,
    row: TheSession,
    entry: Annotated[dict[str, Any], Body(description="An entry as corrections.toml has it.")],
) -> CorrectionShown:
    """Add a correction; the session's next analysis keeps to it."""
    try:
        checked = _ENTRY.validate_python(clean(entry))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadInput(f"{'.'.join(str(part) for part in first['loc'])}: {wrong_value(first)}") from None
    except ValueError as error:
        raise BadInput(str(error)) from None
    if len(row.corrections) >= _MOST:
        raise BadInput(f"the session has {_MOST} corrections already; undo some")
    last = select(func.max(CorrectionRow.number)).where(CorrectionRow.session_id == row.id)
    kept = checked.model_dump(mode="json", exclude_none=True)
    made = CorrectionRow(session_id=row.id, number=(rows.scalar(last) or 0) + 1, entry=kept)
    rows.add(made)
    rows.flush()
    note(rows, "correction added", row.id, number=made.number, do=kept["do"])
    return CorrectionShown.model_validate(made)


@routes.delete("/{number}")
def undo_correction(rows: Rows, row: TheSession, number: int) -> CorrectionShown:
    """Undo a correction; it stays in the list with the time of that."""
    made = found(next((one for one in row.corrections if one.number == number), None), "correction")
    if made.undone_at is None:
        made.undone_at = now()
        rows.flush()
        note(rows, "correction undone", row.id, number=number)
    return CorrectionShown.model_validate(made)
