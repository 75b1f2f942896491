"""An athlete on a day, for what is planned: as young as anything says, with all that any plan of theirs has logged."""

from datetime import date

from sqlalchemy.orm import Session as Transaction

from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Standing
from legato.coaching.plan.situation import situation_of
from legato.coaching.safety.limits import limits
from legato.coaching.situation import Screening, Situation
from legato.store.rows import AthleteRow
from legato.web.of_athlete import logged, pain_told, plan_of, plan_row
from legato.web.own_drills import own_drills_of

_YOUNGEST = 6
"""Years: the least that a plan's request takes."""


def age_of(athlete: AthleteRow, day: date) -> int | None:
    """The age by the year of birth, years. Who may not have had this year's birthday counts as a year younger where
    that makes a minor of them. None where the year is not known.
    """
    if athlete.born_year is None:
        return None
    age = day.year - athlete.born_year
    return max(_YOUNGEST, age - 1 if age == limits().adult_years.value else age)


def as_young(standing: Standing, athlete: AthleteRow, day: date) -> Standing:
    """Where an athlete stands on a day, at the age that was told, with the whole years since, or that the profile
    gives, whichever is less. An age that was told holds where the year of birth gave the same on the day on which it
    was told: that year's birthday was then.
    """
    told, then = standing.age_years, standing.told_on or day
    standing = standing.aged(day).model_copy(update={"told_on": day})
    if told is not None and athlete.born_year == then.year - int(told):
        return standing
    ages = [age for age in (standing.age_years, age_of(athlete, day)) if age is not None]
    return standing.model_copy(update={"age_years": float(min(ages)) if ages else None})


def situation_now(
    rows: Transaction, athlete: AthleteRow, plan: Plan, screening: Screening | None, day: date
) -> Situation:
    """The athlete of a plan on a day, with what was last told of pain."""
    standing = as_young(plan.athlete, athlete, day)
    pain, log = pain_told(rows, athlete.id), logged(rows, athlete.id)
    own = plan.versions(own_drills_of(rows))
    return situation_of(standing, screening, day, pain=pain, sessions=log, start=plan.request.start, own=own)


def is_minor(rows: Transaction, athlete: AthleteRow, day: date) -> bool:
    """Whether an athlete is under 18 on a day, by what a plan was told or by the profile, as `as_young` has it."""
    row = plan_row(rows, athlete.id)
    age = as_young(Standing() if row is None else plan_of(row).athlete, athlete, day).age_years
    return age is not None and age < limits().adult_years.value
