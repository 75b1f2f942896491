"""Keeping a plan that was made from the one before: nobody's change is lost where two are made at once."""

from collections.abc import Sequence
from datetime import date

from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.coaching.plan.model import Plan
from legato.coaching.situation import Pain
from legato.store.catalogue import hold
from legato.store.rows import AthleteRow, PlanRow
from legato.web.of_athlete import keep_plan, note_pain, plan_of, plan_row
from legato.web.words import translate as _


def keep_changed(
    rows: Session, athlete: AthleteRow, before: PlanRow, plan: Plan, what: str, why: Sequence[str] = ()
) -> PlanRow:
    """Keep a plan that was made from `before`, with what changed in it and why.

    Raises
    ------
    HTTPException
        Another was kept meanwhile: it has what this one lacks, so this one is not kept (409).
    """
    hold(rows, athlete)
    of = select(PlanRow.id).where(PlanRow.athlete_id == athlete.id)
    if rows.scalars(of.order_by(PlanRow.made_at.desc(), PlanRow.id).limit(1)).first() != before.id:
        raise HTTPException(409, changed_meanwhile())
    return keep_plan(rows, athlete, plan, what, why)


def keep_told(rows: Session, athlete: AthleteRow, pain: Pain | None, day: date) -> None:
    """Keep pain as told on a day for a plan that could not be made: it counts until it is told anew all the same."""
    if pain is None:
        return
    row, told = plan_row(rows, athlete.id), pain.told(day)
    if row is None:
        note_pain(rows, athlete.id, told)
    elif (plan := plan_of(row)).pain_told != told:
        keep_changed(rows, athlete, row, plan.model_copy(update={"pain_told": told}), "plan changed")


def changed_meanwhile() -> str:
    """What is said where two changed the same at once."""
    return _("somebody else changed this meanwhile, and yours was not kept; look at it again, then change it")
