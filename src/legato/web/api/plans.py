"""Plans and trials of one, by the API: to read."""

from datetime import date

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from legato.store.rows import PlanRow, TrialOfOneRow
from legato.web.api.model import Listed, PlanShown, TrialShown, Windowed, listed
from legato.web.deps import Rows, TheAthlete, found
from legato.web.plan_shown import shown_record
from legato.web.withheld import refuse, withheld

routes = APIRouter(tags=["plans and trials"])


@routes.get("/athletes/{athlete_id}/plans")
def list_plans(rows: Rows, row: TheAthlete, part: Windowed) -> Listed[PlanShown]:
    """An athlete's plans, the newest first; that one holds. While the newest screening does not hold: 403. What it bars
    is in none of them, and `stops` names it.
    """
    refuse(withheld(rows, row.id, date.today()))
    wanted = select(PlanRow).where(PlanRow.athlete_id == row.id)
    items, total = listed(rows, wanted, part, PlanRow.made_at.desc(), PlanRow.id)
    return Listed(items=[_shown(rows, one) for one in items], total=total)


@routes.get("/plans/{plan_id}")
def get_plan(rows: Rows, plan_id: str) -> PlanShown:
    """One plan, without what the athlete's newest screening bars; while that does not hold, no plan is given (403)."""
    row = found(rows.get(PlanRow, plan_id), "plan")
    refuse(withheld(rows, row.athlete_id, date.today()))
    return _shown(rows, row)


def _shown(rows: Session, row: PlanRow) -> PlanShown:
    given = {name: getattr(row, name) for name in ("id", "athlete_id", "made_at")}
    return PlanShown.model_validate(given | shown_record(rows, row, date.today()))


@routes.get("/athletes/{athlete_id}/trials")
def list_trials(rows: Rows, row: TheAthlete, part: Windowed) -> Listed[TrialShown]:
    """An athlete's trials of one, the newest first."""
    wanted = select(TrialOfOneRow).where(TrialOfOneRow.athlete_id == row.id)
    items, total = listed(rows, wanted, part, TrialOfOneRow.created_at.desc(), TrialOfOneRow.id)
    return Listed(items=[TrialShown.model_validate(one) for one in items], total=total)


@routes.get("/trials/{trial_id}")
def get_trial(rows: Rows, trial_id: str) -> TrialShown:
    """One trial of one. Its order stays concealed."""
    return TrialShown.model_validate(found(rows.get(TrialOfOneRow, trial_id), "trial"))
