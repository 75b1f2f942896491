"""What an athlete's newest screening withholds: a plan, a drill, a dose or a cue is shown only while it holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import HTTPException
from sqlalchemy.orm import Session

from legato.coaching.catalogue import drills
from legato.coaching.log import Session as Done
from legato.coaching.plan.warn import pain_stops
from legato.coaching.safety import HelpText, questionnaire
from legato.coaching.safety.pain import pain_now, pain_rule, standing_pain
from legato.coaching.safety.permit import against_standing_pain
from legato.coaching.situation import Screening, Situation
from legato.faults.catalogue import fault_entries
from legato.report.fixes import Fix, fixes_of
from legato.store.rows import ResultRow, ScreeningRow
from legato.web.app_words import in_app
from legato.web.of_athlete import logged, newest_screening, pain_told, screening_that_holds
from legato.web.own_drills import own_now
from legato.web.words import translate as _

PRESCRIBING = ("report.html", "pieces.json", "session.json")
"""Files of a result in which drills stand between other things, so that they are withheld whole."""

SCREENED_BY = "screening"
"""Of a result's summary: what the screening barred by which its drills were chosen; None where there was none."""


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
    """The same of what a result proposes: it may also know nothing of the newest screening, or pain, told or in the
    log of the athlete's plans, stops everything, or one of its drills.
    """
    athlete_id = result.session.athlete_id
    if athlete_id is None:
        return ""
    if said := withheld(rows, athlete_id, day):
        return said
    row = newest_screening(rows, athlete_id)
    # One that was under way when the screening was answered, or was of another athlete then, is made later and knows
    # nothing of it.
    if row is not None and (result.made_at < row.at or _of_another(result, row)):
        return _("made before the newest screening, which may bar its drills; analyse the session again")
    pain, log = pain_told(rows, athlete_id), logged(rows, athlete_id)
    situation = Situation(day, pain=pain, sessions=log, own=own_now(rows))
    said, pain = pain_stops(situation), pain_now(situation)
    if not said or (pain is not None and pain_rule(pain) == "stop"):
        return "".join(in_app(one) for one in said[:1])
    held = None if row is None else screening_that_holds(row, day)
    proposed = tuple(_proposed(result, held if isinstance(held, Screening) else None))
    for on, done in standing_pain(situation):
        alone = replace(situation, sessions=(Done(on, (done,)),))
        if any(fix is None or any(against_standing_pain(fix.drill, fix.step, alone)) for fix in proposed):
            return in_app(pain_stops(alone)[-1])
    return ""


def _proposed(result: ResultRow, screening: Screening | None) -> Iterator[Fix | None]:
    """The drills of the faults that a result found; None for one of a coach's own, whose loads are not known here."""
    known = fault_entries()
    for one in result.summary.get("findings", ()):
        if one["verdict"] != "fault" or one.get("drill") is None:
            continue
        if one["fault"] not in known or one["drill"] not in drills():
            yield None
            continue
        entry = known[one["fault"]]
        for fault in (entry.fault, *entry.variants.values()):
            yield from fixes_of(fault, screening)


def _of_another(result: ResultRow, screening: ScreeningRow) -> bool:
    """Whether a result's drills were chosen by a screening that barred something else, or by none."""
    bars = screening.record.get("groups")
    return bool(result.summary.get(SCREENED_BY, bars) != bars)


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
