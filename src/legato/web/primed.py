"""Trials of priming in the app: the gate before an arm is told, asked of what the catalogue holds of the athlete."""

from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy.orm import Session as Transaction

from legato.coaching.plan.request import Standing
from legato.coaching.plan.situation import situation_of
from legato.coaching.situation import Pain, Screening, Situation
from legato.errors import BadInput, NotResolvable
from legato.evidence.trials.registration import Request
from legato.store.rows import AthleteRow
from legato.trials.gate import minutes_by_arm
from legato.web.athlete_now import as_young, situation_now
from legato.web.deps import Fields
from legato.web.of_athlete import newest_screening, plan_of, plan_row, screening_that_holds
from legato.web.words import translate as _


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked before an arm of priming is told: when the test begins, and today's pain, 0 to 10."""

    test_at: datetime
    pain: float


def asked_of(sent: Fields) -> Asked:
    """What a form tells of a test of today.

    Raises
    ------
    BadInput
        The time of the test or today's pain was not told.
    """
    pain = sent.number("pain", _("Pain today"), 0.0, 10.0)
    if pain is None:
        raise BadInput(_("Pain today: tell it from 0 to 10; 0 where there is none"))
    try:
        at = time.fromisoformat(sent.text("test_at", _("When the test begins"), 8)).replace(tzinfo=None)
    except ValueError:
        raise BadInput(_("When the test begins: give a time of today, as 18:30")) from None
    return Asked(datetime.combine(datetime.now().date(), at), pain)


def minutes_before(rows: Transaction, athlete: AthleteRow, request: Request, asked: Asked) -> dict[str, list[str]]:
    """The minutes before the test of each arm, as `legato trial next` tells them.

    Raises
    ------
    NotResolvable
        The athlete may not do the protocol that day: no arm is told.
    """
    screening = screening_that_holds(newest_screening(rows, athlete.id), asked.test_at.date())
    if not isinstance(screening, Screening):
        raise NotResolvable(_("not today, so no arm is told: %(why)s") % {"why": screening})
    return minutes_by_arm(request, asked.test_at, _situation(rows, athlete, screening, asked))


def _situation(rows: Transaction, athlete: AthleteRow, screening: Screening, asked: Asked) -> Situation:
    """The athlete on the day: as the plan and its log tell, else with no more than the age."""
    day, pain = asked.test_at.date(), Pain(asked.pain)
    kept = plan_row(rows, athlete.id)
    if kept is None:
        return situation_of(as_young(Standing(), athlete, day), screening, day, pain=pain)
    return replace(situation_now(rows, athlete, plan_of(kept), screening, day), pain=pain)
