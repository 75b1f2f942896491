"""Sheets that people filled in in the app: kept as records, read by the same reader as files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from legato.errors import BadInput
from legato.faults.assessments import Assessment, ResultFile, Sheet, parse_sheet, result_file
from legato.store import Catalogue
from legato.store.rows import AuditRow, RatingRow, SessionRow
from legato.web.deps import Rows
from legato.web.toml_text import toml_of
from legato.web.words import translate as _

TAKEN_BACK = "rating taken back"
"""What the audit log calls it."""


def code_of(session: SessionRow) -> str:
    """What a sheet calls the athlete of a session: no name."""
    return f"S-{session.id[:8]}" if session.athlete_id is None else f"A-{session.athlete_id[:8]}"


def sheet_of(row: RatingRow) -> Sheet:
    """A kept sheet."""
    return parse_sheet(row.rater, toml_of(row.record))


def checked(record: Mapping[str, Any]) -> Sheet:
    """A sheet that was just filled in.

    Raises
    ------
    BadInput
        Something of it does not fit; which field is told.
    """
    try:
        return parse_sheet("sheet", toml_of(record))
    except BadInput as error:
        said = str(error).partition(": ")[2] or str(error)
        raise BadInput(said) from None


def ratings_of(rows: Rows, spec: Assessment, session: SessionRow | None = None) -> Sequence[RatingRow]:
    """The sheets of an assessment, of one session or of all."""
    whole = select(RatingRow).where(RatingRow.checklist == spec.id).order_by(RatingRow.at)
    return rows.scalars(whole if session is None else whole.where(RatingRow.session_id == session.id)).all()


def blind_sheets(rows: Rows, spec: Assessment) -> tuple[list[Sheet], int]:
    """The sheets of an assessment by which raters are held against each other, each of its own recording; and how many
    are left out, as their rater had sent one before, had seen the others' then, and had taken it back.
    """
    ratings = ratings_of(rows, spec)
    asked = select(AuditRow).where(AuditRow.what == TAKEN_BACK)
    seen = {(one.subject, one.who.casefold()) for one in rows.scalars(asked) if one.details.get("checklist") == spec.id}
    blind = [one for one in ratings if (one.session_id, one.rater.casefold()) not in seen]
    # Two sessions of one athlete and day are two performances: what sheets share is the session.
    sheets = [replace(sheet_of(one), date=f"{one.record['date']} {one.session_id}") for one in blind]
    return sheets, len(ratings) - len(blind)


def measured_beside(catalogue: Catalogue, session: SessionRow) -> list[ResultFile]:
    """The newest result of a session, as assessments read it; none where it has not been analysed."""
    if not session.results:
        return []
    sha256 = session.results[-1].files.get("result.json")
    if sha256 is None:
        return []
    return [result_file(json.loads(catalogue.files.read(sha256)), session.name or _("the session"))]
