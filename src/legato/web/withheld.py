"""What an athlete's newest screening withholds: a plan, a drill, a dose or a cue is shown only while it holds."""

from datetime import date
from typing import Any

from fastapi import HTTPException
from sqlalchemy.orm import Session

from legato.coaching.safety import HelpText, questionnaire
from legato.coaching.situation import Screening
from legato.store.rows import ResultRow
from legato.web.of_athlete import newest_screening, screening_that_holds
from legato.web.words import translate as _

PRESCRIBING = ("report.html", "pieces.json", "session.json")
"""Files of a result in which drills stand between other things, so that they are withheld whole."""


def withheld(rows: Session, athlete_id: str | None, day: date) -> str:
    """Why nothing that is prescribed to an athlete may be shown on a day; empty where it may.

    Where no screening was answered nothing is withheld: drills then say that a screening comes first.
    """
    row = None if athlete_id is None else newest_screening(rows, athlete_id)
    if row is None:
        return ""
    held = screening_that_holds(row, day)
    return "" if isinstance(held, Screening) else held


def withheld_of(rows: Session, result: ResultRow, day: date) -> str:
    """The same of what a result proposes, which may also be older than the newest screening."""
    athlete_id = result.session.athlete_id
    if said := withheld(rows, athlete_id, day):
        return said
    row = None if athlete_id is None else newest_screening(rows, athlete_id)
    if row is not None and result.made_at < row.at:
        return _("made before the newest screening, which may bar its drills; analyse the session again")
    return ""


def helps(rows: Session, athlete_id: str | None) -> tuple[HelpText, ...]:
    """The help text where the newest screening blocks."""
    row = None if athlete_id is None else newest_screening(rows, athlete_id)
    return () if row is None or row.outcome == "passed" else (questionnaire().help["blocked"],)


def refuse(said: str) -> None:
    """Answer with why something is withheld.

    Raises
    ------
    HTTPException
        It is (403).
    """
    if said:
        raise HTTPException(403, said)


def summary_shown(rows: Session, result: ResultRow, day: date) -> dict[str, Any]:
    """A result's summary, without drill and cue where they are withheld."""
    if not withheld_of(rows, result, day):
        return result.summary
    told = [one | {"drill": None, "cue": None} for one in result.summary.get("findings", ())]
    return result.summary | {"findings": told}


def without_drills(record: dict[str, Any]) -> dict[str, Any]:
    """A `result.json` without the drills of its findings."""
    return record | {"findings": [one | {"fixes": []} for one in record.get("findings", ())]}
