"""Plans and trials of one, by the API: to read."""

from datetime import date

from fastapi import APIRouter
from sqlalchemy import select

from legato.store.rows import PlanRow, TrialOfOneRow
from legato.web.api.model import Listed, Part, PlanShown, TrialShown, listed
from legato.web.deps import Rows, TheAthlete, found
from legato.web.withheld import refuse, withheld

routes = APIRouter(tags=["plans and trials"])


@routes.get("/athletes/{athlete_id}/plans")
def list_plans(rows: Rows, row: TheAthlete, part: Part) -> Listed[PlanShown]:
    """An athlete's plans, the newest first; that one holds. While the newest screening does not hold: 403."""
    refuse(withheld(rows, row.id, date.today()))
    wanted = select(PlanRow).where(PlanRow.athlete_id == row.id)
    items, total = listed(rows, wanted, part, PlanRow.made_at.desc(), PlanRow.id)
    return Listed(items=[PlanShown.model_validate(one) for one in items], total=total)


@routes.get("/plans/{plan_id}")
def get_plan(rows: Rows, plan_id: str) -> PlanShown:
    """One plan; it is not given (403) while the athlete's newest screening does not hold."""
    row = found(rows.get(PlanRow, plan_id), "plan")
    refuse(withheld(rows, row.athlete_id, date.today()))
    return PlanShown.model_validate(row)


@routes.get("/athletes/{athlete_id}/trials")
def list_trials(rows: Rows, row: TheAthlete, part: Part) -> Listed[TrialShown]:
    """An athlete's trials of one, the newest first."""
    wanted = select(TrialOfOneRow).where(TrialOfOneRow.athlete_id == row.id)
    items, total = listed(rows, wanted, part, TrialOfOneRow.created_at.desc(), TrialOfOneRow.id)
    return Listed(items=[TrialShown.model_validate(one) for one in items], total=total)


@routes.get("/trials/{trial_id}")
def get_trial(rows: Rows, trial_id: str) -> TrialShown:
    """One trial of one. Its order stays concealed."""
    return TrialShown.model_validate(found(rows.get(TrialOfOneRow, trial_id), "trial"))
