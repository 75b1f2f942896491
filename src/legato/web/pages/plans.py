"""Plans: made from a form, seen by week, moved by hand, logged, made anew."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from legato import __version__
from legato.coaching.audit.names import exercise_names
from legato.coaching.audit.sessions import sessions_of as sessions_in
from legato.coaching.catalogue import drills, warm_ups
from legato.coaching.judged import NOT_JUDGED
from legato.coaching.log import Session
from legato.coaching.plan.asked import PAIN_STOPS, made_anew, prepared, why_not
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.done import with_sessions
from legato.coaching.plan.export import (
    TEMPO,
    block_words,
    kept_to,
    load_words,
    own_words,
    primed_words,
    warm_up_words,
    week_title,
    week_words,
)
from legato.coaching.plan.model import Day, Plan, Week
from legato.coaching.plan.moved import Stays, move_session
from legato.coaching.plan.request import Request as Asked
from legato.coaching.plan.warn import pain_words
from legato.coaching.situation import Pain, Screening
from legato.errors import BadInput
from legato.faults.assessments import Outcome, ResultFile, gather
from legato.store.rows import AthleteRow, RatingRow, SessionRow
from legato.web.app_words import in_app
from legato.web.athlete_now import as_young, situation_now
from legato.web.deps import Fields, Kept, Rows, Sent, Shown, TheAthlete, found
from legato.web.of_athlete import (
    counting_findings,
    keep_plan,
    logged,
    measured_of,
    newest_screening,
    pain_told,
    plan_of,
    plan_row,
    result_files,
    screening_that_holds,
    to_read,
)
from legato.web.own_drills import own_drills_of, own_in
from legato.web.plan_forms import choices, day_of, done_of, known_of, pain_of, request_of, typed_of
from legato.web.plan_kept import keep_changed, keep_told
from legato.web.plan_shown import plan_today
from legato.web.rated import sheet_of
from legato.web.render import page
from legato.web.training import training_log
from legato.web.withheld import helps, withheld
from legato.web.words import plural
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)


@routes.get("/athletes/{athlete_id}/plan")
def plan_page(request: Request, athlete: TheAthlete, rows: Rows, all_weeks: bool = False) -> HTMLResponse:
    """The plan that holds."""
    return _shown(request, rows, athlete, all_weeks=all_weeks)


@routes.get("/athletes/{athlete_id}/plan/new")
def ask_plan(request: Request, athlete: TheAthlete, rows: Rows, units: Shown) -> HTMLResponse:
    """The form, which begins with what the last plan was asked for."""
    kept = plan_row(rows, athlete.id)
    known = known_of(athlete, None if kept is None else plan_of(kept), date.today())
    for name in [one for one in known if one.startswith("lift-") and one.endswith(("-load", "-best"))]:
        known[name] = "" if known[name] is None else units.field_of(known[name])
    return _form(request, rows, athlete, known)


@routes.post("/athletes/{athlete_id}/plan")
def make(request: Request, athlete: TheAthlete, rows: Rows, catalogue: Kept, sent: Sent) -> Response:
    """Make a plan; nothing is kept where there is none."""
    screening = screening_that_holds(newest_screening(rows, athlete.id), date.today())
    if not isinstance(screening, Screening):
        return _form(request, rows, athlete, typed_of(sent))
    pain = None
    try:
        pain = pain_of(sent)
        plan, said = _made(athlete, rows, catalogue, sent, screening, pain)
    except BadInput as error:
        keep_told(rows, athlete, pain, date.today())
        return _form(request, rows, athlete, typed_of(sent), str(error))
    keep_plan(rows, athlete, plan, "plan made", said)
    return RedirectResponse(f"/athletes/{athlete.id}/plan", 303)


@routes.post("/athletes/{athlete_id}/plan/move")
def move(request: Request, athlete: TheAthlete, rows: Rows, sent: Sent) -> HTMLResponse:
    """Put a session on another day of its week; the solver's rules hold, or nothing changes."""
    row = found(plan_row(rows, athlete.id), "plan")
    plan, today = plan_of(row), date.today()
    if withheld(rows, athlete.id, today):
        return _part(request, rows, athlete)
    session, to = day_of(sent.text("from"), _("Session")), day_of(sent.text("to"), _("New day"))
    screening = screening_that_holds(newest_screening(rows, athlete.id), today)
    held = screening if isinstance(screening, Screening) else None
    situation = situation_now(rows, athlete, plan, held, today)
    told = {"day": f"{session:%a} {session.day} {session:%b}", "to": f"{to:%a} {to.day} {to:%b}"}
    try:
        anew = move_session(plan, session, to, situation)
    except BadInput as error:
        anew = Stays((str(error),))
    if isinstance(anew, Stays):
        why = _("The session of %(day)s does not go to %(to)s, and stays where it is. What clashes:") % told
        return _part(request, rows, athlete, wrong=why, clashes=anew.reasons)
    if anew is not plan:
        keep_changed(rows, athlete, row, anew, "plan changed", [anew.changes[-1].what])
    done = _("The session of %(day)s is on %(to)s now; every rule still holds.") % told
    return _part(request, rows, athlete, done=done)


def _part(request: Request, rows: Transaction, athlete: AthleteRow, **told: Any) -> HTMLResponse:
    """The part of the plan that changes, or the whole page where no script asks for a part."""
    return _shown(request, rows, athlete, whole="hx-request" not in request.headers, **told)


@routes.post("/athletes/{athlete_id}/plan/update")
def update(request: Request, athlete: TheAthlete, rows: Rows, catalogue: Kept, sent: Sent) -> Response:
    """Make the weeks to come anew from the newest result and the log, and say why, line by line."""
    row = found(plan_row(rows, athlete.id), "plan")
    plan, today = plan_of(row), date.today()
    held = screening_that_holds(newest_screening(rows, athlete.id), today)
    read = result_files(catalogue, to_read(measured_of(rows, athlete.id)))
    outcomes = _outcomes(rows, athlete.id, read)
    try:
        screening = held if isinstance(held, Screening) else None
        asked = plan.request.model_copy(update={"athlete": plan.athlete})
        of_now = plan.model_copy(update={"request": _as_young(asked, athlete)})
        own, log = plan.versions(own_drills_of(rows)), logged(rows, athlete.id)
        anew = made_anew(of_now, screening, today, read, outcomes, pain_of(sent), log, own)
    except BadInput as error:
        return _shown(request, rows, athlete, wrong=str(error))
    lines: list[str] = []
    kept = None if anew.plan is None else _as_told(anew.plan, plan.request)
    if kept is not None and kept != plan:
        lines = _change_lines(kept, len(plan.changes))
        keep_changed(rows, athlete, row, kept, "plan changed", lines)
    wrong = PAIN_STOPS if anew.stopped else "" if anew.why is None else why_not(anew.why)
    if not isinstance(held, Screening):
        wrong = held
    done = "" if wrong else _("The plan is made anew:") if lines else _("Nothing changes.")
    return _shown(request, rows, athlete, wrong=wrong, done=done, lines=lines)


@routes.get("/athletes/{athlete_id}/plan/done")
def ask_done(
    request: Request, athlete: TheAthlete, rows: Rows, on: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """What was planned on a day, today where none is told, to say what was done of it."""
    plan, today = plan_of(found(plan_row(rows, athlete.id), "plan")), date.today()
    if withheld(rows, athlete.id, today):
        return _shown(request, rows, athlete)
    shown = plan_today(rows, athlete.id, plan, today).plan
    if not on:
        day = _day_of(shown, today)
        return (
            RedirectResponse(f"/athletes/{athlete.id}/plan", 303) if day is None else _done_form(request, athlete, day)
        )
    return _done_form(request, athlete, found(_day_of(shown, day_of(on, _("Day"))), "session"))


@routes.post("/athletes/{athlete_id}/plan/done")
def add_done(request: Request, athlete: TheAthlete, rows: Rows, sent: Sent) -> Response:
    """Add what was done to the log."""
    row = found(plan_row(rows, athlete.id), "plan")
    plan = plan_of(row)
    day = found(_day_of(plan, day_of(sent.text("planned"), _("Day"))), "session")
    try:
        session = done_of(sent, day)
        anew = with_sessions(plan, (session,), date.today(), _("the log"))
    except BadInput as error:
        seen = _day_of(plan_today(rows, athlete.id, plan, date.today()).plan, day.on)
        if withheld(rows, athlete.id, date.today()) or seen is None:
            raise
        return _done_form(request, athlete, seen, str(error), sent)
    keep_changed(rows, athlete, row, anew, "plan logged")
    return _shown(request, rows, athlete, done=_("The log has it."), lines=pain_words(anew, (session,)))


@routes.post("/athletes/{athlete_id}/plan/looked-at")
def looked_at(request: Request, athlete: TheAthlete, rows: Rows, sent: Sent) -> Response:
    """Somebody qualified has looked at pain of before."""
    row = found(plan_row(rows, athlete.id), "plan")
    plan = plan_of(row)
    on = day_of(sent.text("on"), _("Day"))
    anew = with_sessions(plan, (Session(on, (), looked_at=True),), date.today(), _("the log"))
    keep_changed(rows, athlete, row, anew, "plan logged")
    return _shown(request, rows, athlete, done=_("Kept. Make the plan anew to take it in."))


@routes.post("/athletes/{athlete_id}/plan/from-log")
def from_log(request: Request, athlete: TheAthlete, rows: Rows) -> Response:
    """Take from the training log what belongs to the plan."""
    row = found(plan_row(rows, athlete.id), "plan")
    plan = plan_of(row)
    log = training_log(rows, athlete.id)
    if log is None:
        raise BadInput(_("the training log is empty; import one first"))
    try:
        sessions, said = sessions_in(log, exercise_names(), plan)
        anew = with_sessions(plan, sessions, date.today(), _("the training log"))
    except BadInput as error:
        return _shown(request, rows, athlete, wrong=str(error))
    keep_changed(rows, athlete, row, anew, "plan logged")
    done = _("From the training log: %s.") % plural("{n} session", "{n} sessions", len(sessions))
    lines = [*(_("not taken: %s") % one for one in said), *pain_words(anew, sessions)]
    return _shown(request, rows, athlete, done=done, lines=lines)


def _made(
    athlete: AthleteRow, rows: Transaction, catalogue: Kept, sent: Fields, screening: Screening, pain: Pain | None
) -> tuple[Plan, Sequence[str]]:
    read = result_files(catalogue, to_read(measured_of(rows, athlete.id)))
    outcomes = _outcomes(rows, athlete.id, read)
    own = own_drills_of(rows)
    told, log = request_of(sent, own), logged(rows, athlete.id)
    asked = _as_young(told, athlete)
    pain = pain or pain_told(rows, athlete.id)
    ready = prepared(asked, screening, date.today(), read, outcomes, pain, _("First day"), log, own)
    if ready.stopped:
        raise BadInput(PAIN_STOPS)
    if not ready.request.lifts and not ready.request.drills:
        raise BadInput(_("Nothing is asked for: choose a lift or a drill, or analyse a session that shows a fault"))
    plan = make_plan(ready.request, ready.situation, __version__)
    if not isinstance(plan, Plan):
        raise BadInput(why_not(plan))
    return _as_told(plan, told), ready.said


def _as_told(plan: Plan, told: Asked) -> Plan:
    """A plan with the age that was told: that of the profile is read anew every day."""
    age = {"age_years": told.athlete.age_years, "told_on": told.athlete.told_on}
    athlete = plan.request.athlete.model_copy(update=age)
    return plan.model_copy(update={"request": plan.request.model_copy(update={"athlete": athlete})})


def _as_young(asked: Asked, athlete: AthleteRow) -> Asked:
    """A request with the age that was told or that the profile gives, whichever is less."""
    return asked.model_copy(update={"athlete": as_young(asked.athlete, athlete, date.today())})


def _outcomes(rows: Transaction, athlete_id: str, read: Sequence[ResultFile]) -> tuple[Outcome, ...]:
    """What results say together with the newest sheet that each rater filled in of each assessment."""
    asked = select(RatingRow).join(SessionRow, SessionRow.id == RatingRow.session_id)
    kept = rows.scalars(asked.where(SessionRow.athlete_id == athlete_id).order_by(SessionRow.recorded_on, RatingRow.at))
    newest = {(row.checklist, row.rater): row for row in kept}
    return gather([sheet_of(row) for row in newest.values()], read)


def _form(
    request: Request, rows: Transaction, athlete: AthleteRow, known: dict[str, Any], error: str = ""
) -> HTMLResponse:
    held = screening_that_holds(newest_screening(rows, athlete.id), date.today())
    shown = {"athlete": athlete, "known": known, "error": in_app(error), "found": _found(rows, athlete)}
    shown |= _helps(rows, athlete, held)
    return page(request, "plan_new.html", 400 if error else 200, **shown, **choices(own_drills_of(rows)))


def _found(rows: Transaction, athlete: AthleteRow) -> dict[str, Any]:
    """What results say of faults: the newest of each movement, the faults that are open, each with the session that
    found it, and of how many of those looked for it could be told.
    """
    measured = measured_of(rows, athlete.id)
    counting = counting_findings(measured)
    newest = {one.result.summary["movement"]: one for one in measured}
    faults = dict.fromkeys(
        (str(one.get("name") or one["fault"]), measured[k]) for k, one in counting if one["verdict"] == "fault"
    )
    judged = sum(one["verdict"] != NOT_JUDGED for _k, one in counting)
    return {"newest": list(newest.values()), "faults": list(faults), "judged": judged, "looked_for": len(counting)}


def _helps(rows: Transaction, athlete: AthleteRow, held: Screening | str) -> dict[str, Any]:
    """Why nothing may be planned, and the help text where the screening blocks."""
    if isinstance(held, Screening):
        return {"held": "", "helps": ()}
    return {"held": held, "helps": helps(rows, athlete.id)}


def _shown(
    request: Request,
    rows: Transaction,
    athlete: AthleteRow,
    *,
    whole: bool = True,
    all_weeks: bool = False,
    wrong: str = "",
    clashes: Sequence[str] = (),
    done: str = "",
    lines: Sequence[str] = (),
) -> HTMLResponse:
    """The plan, as a whole page or its part that changes."""
    row = plan_row(rows, athlete.id)
    today = date.today()
    held = screening_that_holds(newest_screening(rows, athlete.id), today)
    seen = None if row is None else plan_today(rows, athlete.id, plan_of(row), today)
    plan = None if seen is None else seen.plan
    shown: dict[str, Any] = {"plan": plan, "athlete": athlete, "today": today, "coded": coded, "own_words": own_words}
    shown |= _helps(rows, athlete, held) | {"withheld": withheld(rows, athlete.id, today)}
    if plan is not None and row is not None and seen is not None:
        current = next((w.number for w in plan.weeks if (today - w.start).days < 7), plan.weeks[-1].number)
        logged = _logged(plan)
        entries = [entry for week in plan.weeks for day in week.days for entry in day.entries]
        shown |= {
            "weeks": [_week(plan, week, today) for week in plan.weeks],
            "current": current,
            "all_weeks": all_weeks,
            "stops": seen.stops,
            "hurt": seen.hurt,
            "eased": seen.eased,
            "changes": _change_lines(plan, 0)[::-1],
            "why": seen.told(row.why) if not plan.changes else (),
            "kept_to": kept_to(entries),
            "warm_up": warm_up_words(plan),
            "warm_up_parts": _warm_up(plan),
            "tempo": TEMPO if any(entry.tempo for entry in entries) else "",
            "to_log": [day for week in plan.weeks for day in week.days if day.on <= today and day.on not in logged],
            "own_drills": own_in(rows, plan_of(row), entries),
        }
    template = "plan.html" if whole else "plan_weeks.html"
    return page(request, template, wrong=wrong, clashes=clashes, done=done, lines=lines, **shown)


def coded(text: str) -> Markup:
    """Words of commands in those of the pages; what is left between backticks is set as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(in_app(text)))))


def _warm_up(plan: Plan) -> list[tuple[str, str, str]]:
    """The drills of a plan's warm-up, each with its id, its name and its dose; none where the plan has none."""
    known, warm = drills(), warm_ups().get(plan.warm_up)
    return [] if warm is None else [(one.drill, known[one.drill].name, one.dose.words) for one in warm.parts]


def _logged(plan: Plan) -> set[date]:
    return {session.on for session in plan.log if session.done}


def _week(plan: Plan, week: Week, today: date) -> dict[str, Any]:
    """A week as the calendar shows it: its seven days, each with its session or none."""
    by_day = {day.on: day for day in week.days}
    logged = _logged(plan)
    before = plan.weeks[week.number - 2].block if week.number > 1 else None
    days: list[dict[str, Any]] = []
    for on in (week.start + timedelta(days=k) for k in range(7)):
        day = by_day.get(on)
        days.append({"on": on, "day": day, "logged": on in logged, "open": on >= today and on not in logged})
    return {
        "number": week.number,
        "title": week_title(week),
        "start": week.start,
        "end": week.start + timedelta(days=6),
        "words": week_words(week),
        "block": block_words(plan, week.block) if week.block and week.block != before else "",
        "primed": "" if week.primed is None else primed_words(week.primed),
        "days": days,
        "minutes": sum(day.minutes for day in week.days),
        "load": load_words,
    }


def _change_lines(plan: Plan, first: int) -> list[str]:
    return [
        _("week %(week)s: %(what)s, because %(because)s") % {"week": c.week, "what": c.what, "because": c.because}
        for c in plan.changes[first:]
    ]


def _day_of(plan: Plan, on: date) -> Day | None:
    return next((day for week in plan.weeks for day in week.days if day.on == on), None)


def _done_form(
    request: Request, athlete: AthleteRow, day: Day, error: str = "", sent: Fields | None = None
) -> HTMLResponse:
    typed: dict[str, Any] = {} if sent is None else {name: str(value) for name, value in sent.form.items()}
    status = 400 if error else 200
    return page(
        request, "plan_done.html", status, athlete=athlete, day=day, error=error, typed=typed, today=date.today()
    )
