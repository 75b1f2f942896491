"""An athlete: profile, screening, consents, trends, sessions; everything of theirs to take away, or to erase."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from legato.coaching.safety import GROUPS, help_for, questionnaire, screen, screening_record
from legato.coaching.situation import Screening
from legato.errors import BadInput
from legato.store import note
from legato.store.rows import AthleteRow, ConsentRow, ScreeningRow, SessionRow, TrialOfOneRow
from legato.web.anew import analyse_anew
from legato.web.consents import taken_back
from legato.web.deps import Fields, Kept, Rows, Sent, Shown, TheAthlete, found
from legato.web.downloads import made
from legato.web.erasing import erase_athlete, forgotten
from legato.web.jobs import enqueue
from legato.web.lengths import height_fields, height_sent, height_text
from legato.web.of_athlete import (
    CONSENTS,
    Measured,
    is_name,
    measured_of,
    newest_screening,
    plan_of,
    plan_row,
    screening_that_holds,
    sessions_of,
)
from legato.web.overlay import with_an_earlier
from legato.web.plan_shown import plan_today
from legato.web.render import page
from legato.web.taken import parts_of, write_archive
from legato.web.trends import USUAL, kept_trends
from legato.web.units import Units
from legato.web.uploads import is_unfinished
from legato.web.withheld import withheld
from legato.web.words import translate as _
from legato.web.work import ABOUT

routes = APIRouter(include_in_schema=False)

_SEXES, _SIDES = ("female", "male"), ("right", "left")
_FIRST_YEAR = 1900
_SOON = 3
"""Sessions of the plan that are shown on the overview. [ENG]"""


@routes.get("/athletes")
def all_athletes() -> Response:
    """The list stands on the first page."""
    return RedirectResponse("/#athletes", 303)


@routes.get("/athletes/new")
def new_athlete(request: Request, units: Shown) -> HTMLResponse:
    """An empty profile."""
    return _profile(request, units, None)


@routes.post("/athletes")
def add_athlete(request: Request, rows: Rows, sent: Sent) -> Response:
    """Add an athlete."""
    try:
        athlete = AthleteRow(**_told(sent))
    except BadInput as error:
        return _profile(request, sent.units, None, str(error), sent)
    rows.add(athlete)
    rows.flush()
    note(rows, "athlete added", athlete.id)
    return RedirectResponse(f"/athletes/{athlete.id}", 303)


@routes.get("/athletes/{athlete_id}")
def athlete_page(
    request: Request,
    athlete: TheAthlete,
    rows: Rows,
    catalogue: Kept,
    units: Shown,
    movement: Annotated[str, Query(max_length=100)] = "",
    usual: Annotated[int, Query(ge=USUAL, le=100)] = USUAL,
) -> HTMLResponse:
    """The overview."""
    measured = measured_of(rows, athlete.id)
    movements = {str(one.result.summary["movement"]): _movement_name(one) for one in measured}
    chosen = movement if movement in movements else next(reversed(movements), "")
    of_chosen = [one for one in measured if one.result.summary["movement"] == chosen]
    trends, why = None, ""
    try:
        trends = kept_trends(catalogue, of_chosen, usual) if of_chosen else None
    except BadInput as error:
        why = str(error)
    kept = plan_row(rows, athlete.id)
    seen = None if kept is None else plan_today(rows, athlete.id, plan_of(kept), date.today())
    plan = None if seen is None else seen.plan
    days = [] if plan is None else [day for week in plan.weeks for day in week.days if day.on >= date.today()]
    screening = newest_screening(rows, athlete.id)
    left = set(rows.scalars(select(SessionRow.id).where(SessionRow.athlete_id == athlete.id, is_unfinished())))
    every = _sessions(rows, athlete.id)
    sessions = [one for one in every if one.id not in left]
    return page(
        request,
        "athlete.html",
        athlete=athlete,
        height=None if athlete.height_m is None else height_text(athlete.height_m, units),
        screening=screening,
        holds=screening_that_holds(screening, date.today()),
        consents=_consents(rows, athlete.id),
        asked_back=taken_back(rows, athlete.id),
        movements=movements,
        chosen=chosen,
        trends=trends,
        why=why,
        usual=usual,
        usual_days=range(USUAL, max(USUAL, len({one.on for one in of_chosen})) + 1),
        sessions=sessions,
        unfinished=[one for one in every if one.id in left],
        earlier=with_an_earlier(sessions),
        plan=plan,
        stops=() if seen is None else seen.stops,
        soon=days[:_SOON],
        withheld=withheld(rows, athlete.id, date.today()),
        trials=rows.scalars(
            select(TrialOfOneRow).where(TrialOfOneRow.athlete_id == athlete.id).order_by(TrialOfOneRow.created_at)
        ).all(),
        groups=GROUPS,
        is_passed=lambda held: isinstance(held, Screening),
    )


@routes.get("/athletes/{athlete_id}/profile")
def profile(request: Request, athlete: TheAthlete, units: Shown) -> HTMLResponse:
    """The profile to change, everything to take away, and to erase."""
    return _profile(request, units, athlete)


@routes.post("/athletes/{athlete_id}/profile")
def change_profile(request: Request, athlete: TheAthlete, rows: Rows, sent: Sent) -> Response:
    """Change the profile."""
    try:
        told = _told(sent, athlete)
    except BadInput as error:
        return _profile(request, sent.units, athlete, str(error), sent)
    shapes = any(getattr(athlete, field) != told[field] for field in ABOUT)
    for field, value in told.items():
        setattr(athlete, field, value)
    note(rows, "athlete changed", athlete.id)
    if shapes:
        for session in _sessions(rows, athlete.id):
            analyse_anew(rows, session)
    return RedirectResponse(f"/athletes/{athlete.id}", 303)


@routes.get("/athletes/{athlete_id}/screening")
def ask_screening(request: Request, athlete: TheAthlete) -> HTMLResponse:
    """The questions; nothing of earlier answers is there, as none is kept."""
    return page(request, "athlete_screening.html", athlete=athlete, asked=questionnaire())


@routes.post("/athletes/{athlete_id}/screening")
def answer_screening(request: Request, athlete: TheAthlete, rows: Rows, sent: Sent) -> Response:
    """Keep whether the screening was passed; the answers are gone once this has returned."""
    asked = {question.id: sent.text(f"q-{question.id}", _("an answer"), 10) for question in questionnaire().questions}
    answers = {name: said for name, said in asked.items() if said in ("no", "yes", "cleared")}
    found_so = screen(answers, date.today())
    outcome = "passed" if found_so.passed else "blocked"
    rows.add(ScreeningRow(athlete_id=athlete.id, outcome=outcome, record=screening_record(found_so)))
    note(rows, "screening answered", athlete.id, outcome=outcome)
    if found_so.passed:
        # What was made before may hold drills that this screening bars.
        for session in sessions_of(rows, athlete.id):
            if session.results or any(job.kind == "analyse" for job in session.jobs):
                enqueue(rows, session, "analyse")
        return RedirectResponse(f"/athletes/{athlete.id}", 303)
    return page(request, "athlete_blocked.html", athlete=athlete, helps=help_for(answers))


@routes.get("/athletes/{athlete_id}/export.zip")
def export(athlete_id: str, catalogue: Kept) -> Response:
    """Everything of the athlete in one file; the rows are free again while it is written and sent."""
    with catalogue.session() as rows:
        athlete = found(rows.get(AthleteRow, athlete_id), "athlete")
        parts = parts_of(rows, catalogue, athlete)
    return made(partial(write_archive, parts), f"legato-athlete-{athlete_id}.zip")


@routes.get("/athletes/{athlete_id}/erase")
def ask_erase(request: Request, athlete: TheAthlete, rows: Rows) -> HTMLResponse:
    """What would go, before it does."""
    return page(request, "athlete_erase.html", athlete=athlete, sessions=_sessions(rows, athlete.id), error="")


@routes.post("/athletes/{athlete_id}/erase")
def erase(request: Request, athlete_id: str, catalogue: Kept, sent: Sent) -> Response:
    """Erase an athlete, once their name was typed."""
    with catalogue.session() as rows:
        athlete = found(rows.get(AthleteRow, athlete_id), "athlete")
        if sent.text("name", _("Name")) != athlete.name:
            error = _("The name does not fit; type it as it stands above.")
            shown = _sessions(rows, athlete.id)
            return page(request, "athlete_erase.html", 400, athlete=athlete, sessions=shown, error=error)
    gone = erase_athlete(catalogue, athlete_id)
    return forgotten(page(request, "athlete_erased.html", gone=gone))


def _profile(
    request: Request, units: Units, athlete: AthleteRow | None, error: str = "", sent: Fields | None = None
) -> HTMLResponse:
    """The form, with what was typed where something of it was wrong."""
    known: dict[str, object] = {}
    if athlete is not None:
        known = {name: getattr(athlete, name) for name in ("name", "sex", "side", "born_year", "notes")} | {
            "mass": "" if athlete.mass_kg is None else units.field_of(athlete.mass_kg),
            "lumbar": athlete.lumbar_flexion_max_deg,
            **height_fields(athlete.height_m, units),
        }
    if sent is not None:
        known |= {name: str(value) for name, value in sent.form.items()}
    status = 400 if error else 200
    choices = {"sexes": _SEXES, "sides": _SIDES}
    return page(request, "athlete_profile.html", status, athlete=athlete, known=known, error=error, **choices)


def _told(sent: Fields, before: AthleteRow | None = None) -> dict[str, Any]:
    """The profile that a form holds, SI."""
    name = sent.text("name", _("Name"), 200)
    if not is_name(name):
        raise BadInput(_("Name: is empty; type a name, or a code by which you know them"))
    return {
        "name": name,
        "sex": sent.chosen("sex", _SEXES, _("Sex")),
        "side": sent.chosen("side", _SIDES, _("Side")),
        "born_year": sent.whole("born_year", _("Year of birth"), _FIRST_YEAR, date.today().year),
        "mass_kg": sent.mass_kg("mass", _("Body mass"), 10.0, 400.0, before and before.mass_kg),
        "height_m": height_sent(sent, sent.units, before and before.height_m),
        "lumbar_flexion_max_deg": sent.number("lumbar", _("Largest lumbar flexion"), 1.0, 120.0, "°"),
        "notes": sent.text("notes", _("Notes"), 5000),
    }


def _sessions(rows: Session, athlete_id: str) -> Sequence[SessionRow]:
    asked = select(SessionRow).where(SessionRow.athlete_id == athlete_id)
    return rows.scalars(
        asked.order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()).options(
            selectinload(SessionRow.results), selectinload(SessionRow.jobs)
        )
    ).all()


def _consents(rows: Session, athlete_id: str) -> dict[str, list[ConsentRow]]:
    """All that was given and taken back, the newest first, by kind."""
    asked = select(ConsentRow).where(ConsentRow.athlete_id == athlete_id).order_by(ConsentRow.at.desc())
    told = rows.scalars(asked).all()
    return {kind: [one for one in told if one.kind == kind] for kind in CONSENTS}


def _movement_name(one: Measured) -> str:
    return str(one.result.summary.get("movement_name") or one.result.summary["movement"])
