"""Athletes, by the API."""

from fastapi import APIRouter
from sqlalchemy import select

from legato.store import note
from legato.store.rows import AthleteRow
from legato.web.api.model import AthleteChanged, AthleteGiven, AthleteShown, ErasedShown, Listed, Windowed, listed
from legato.web.deps import Kept, Rows, TheAthlete, found
from legato.web.erasing import erase_athlete

routes = APIRouter(prefix="/athletes", tags=["athletes"])


@routes.get("")
def list_athletes(rows: Rows, part: Windowed) -> Listed[AthleteShown]:
    """All athletes, by name."""
    items, total = listed(rows, select(AthleteRow), part, AthleteRow.name, AthleteRow.id)
    return Listed(items=[AthleteShown.model_validate(one) for one in items], total=total)


@routes.post("", status_code=201)
def add_athlete(rows: Rows, given: AthleteGiven) -> AthleteShown:
    """Add an athlete."""
    row = AthleteRow(**given.model_dump())
    rows.add(row)
    rows.flush()
    note(rows, "athlete added", row.id)
    return AthleteShown.model_validate(row)


@routes.get("/{athlete_id}")
def get_athlete(row: TheAthlete) -> AthleteShown:
    """One athlete."""
    return AthleteShown.model_validate(row)


@routes.patch("/{athlete_id}")
def change_athlete(rows: Rows, row: TheAthlete, given: AthleteChanged) -> AthleteShown:
    """Change what is known of an athlete. Results that were made before stay as they are."""
    changed = given.model_dump(exclude_unset=True)
    for name, value in changed.items():
        setattr(row, name, value)
    rows.flush()
    note(rows, "athlete changed", row.id, fields=sorted(changed))
    return AthleteShown.model_validate(row)


@routes.delete("/{athlete_id}")
def delete_athlete(catalogue: Kept, athlete_id: str) -> ErasedShown:
    """Erase an athlete with all sessions, files, results, plans and trials."""
    with catalogue.session() as rows:
        found(rows.get(AthleteRow, athlete_id), "athlete")
    return ErasedShown.model_validate(erase_athlete(catalogue, athlete_id))
