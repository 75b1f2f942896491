"""A plan as it may be shown on a day: of the days to come without what the newest screening bars, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from legato.coaching.plan.build import permitted_warm_up
from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.model import Plan
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.situation import situation_of
from legato.coaching.plan.warn import warnings_of
from legato.coaching.situation import Screening
from legato.store.rows import PlanRow
from legato.web.app_words import in_app
from legato.web.of_athlete import newest_screening, plan_of, screening_that_holds
from legato.web.words import translate as _


@dataclass(frozen=True, slots=True)
class PlanToday:
    """A plan without what is barred, why something of it is not to be done, and the names of what is not shown."""

    plan: Plan
    stops: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()

    def told(self, lines: Sequence[Any]) -> list[str]:
        """Of lines on what was planned those that name nothing barred: they may hold its dose."""
        return [str(line) for line in lines if not any(name.casefold() in str(line).casefold() for name in self.barred)]


def plan_today(rows: Session, athlete_id: str, plan: Plan, today: date) -> PlanToday:
    """What may be shown of a plan. Days that are over stay as they were planned, so that they can be logged."""
    held = screening_that_holds(newest_screening(rows, athlete_id), today)
    screening = held if isinstance(held, Screening) else None
    asked = plan.request
    situation = situation_of(asked.athlete, screening, today, sessions=plan.log, start=asked.start)
    # Pain in the log has its own line, which asks for another plan; here it takes nothing away.
    left = without_what_is_barred(plan, replace(situation, sessions=()))
    why: dict[str, dict[str, None]] = {}
    for change in left.changes[len(plan.changes) :]:
        why.setdefault(change.because, {})[change.what.partition(": no ")[2]] = None
    ids = {entry.id for week in plan.weeks for day in week.days if day.on >= today for entry in day.entries}
    ids -= {entry.id for week in left.weeks for day in week.days if day.on >= today for entry in day.entries}
    request = asked.model_copy(
        update={
            "lifts": tuple(one for one in asked.lifts if one.id not in ids),
            "drills": tuple(one for one in asked.drills if one.id not in ids),
        }
    )
    found = PlanToday(plan, barred=tuple(dict.fromkeys(name for names in why.values() for name in names)))
    changes = tuple(one for one in plan.changes if found.told([f"{one.what} {one.because}"]))
    until = plan.screened_until if screening is None else screening.until
    warm_up = permitted_warm_up(situation) if plan.warm_up else ""
    told = {"request": request, "screened_until": until, "changes": changes, "warm_up": warm_up}
    shown = left.model_copy(update=told)
    said = [
        _("not shown, as the newest screening stands against it: %(what)s (%(because)s). Make the plan anew")
        % {"what": ", ".join(names), "because": because}
        for because, names in why.items()
    ]
    return replace(found, plan=shown, stops=tuple(in_app(one) for one in (*said, *warnings_of(shown, today))))


def shown_record(rows: Session, row: PlanRow, today: date) -> dict[str, Any]:
    """A plan's record and its lines, as far as they may be shown, with why something of it is not to be done."""
    found = plan_today(rows, row.athlete_id, plan_of(row), today)
    return {"record": plan_record(found.plan), "why": found.told(row.why), "stops": list(found.stops)}
