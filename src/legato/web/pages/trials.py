"""A trial of one: registered from a claim, its arms told one at a time, no number before the end."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from legato.compare.outcomes import outcomes
from legato.errors import BadInput, NotResolvable
from legato.evidence.claims import claims
from legato.evidence.trials.steps import clock
from legato.movements import load_movement
from legato.report.trial_page import trial_pieces
from legato.store import note
from legato.store.rows import AthleteRow, AuditRow, ResultRow, SessionRow, TrialOfOneRow, new_id
from legato.trials.asked import first_lines
from legato.trials.moves import (
    add_note,
    add_session,
    check_file,
    claim_said,
    judge,
    judged_record,
    miss_session,
    opened,
    stop_trial,
    tell_next,
    withdraw_last,
)
from legato.trials.request import request_for
from legato.trials.told import in_words, moment
from legato.trials.words import kept_lines, state_lines, taken_lines, told_line
from legato.web.deps import Kept, Rows, Sent, found
from legato.web.render import page
from legato.web.trial_desk import (
    at_the_desk,
    begin,
    journal_of,
    measured_of,
    pseudonym,
    request_text,
    without_path,
)
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)

_MOST_RESULTS = 40


@routes.get("/trials/new")
def new(request: Request, rows: Rows, claim: str = "", athlete: str = "") -> HTMLResponse:
    """The form of a registration."""
    if claim not in claims() or claims()[claim].user_test.protocol == "none":
        raise BadInput(_("no trial of one athlete can test that; choose a claim on the page Evidence"))
    one = claims()[claim]
    test = one.user_test
    metrics = {metric.name: metric.unit for metric in load_movement(test.movement).metrics}
    row = outcomes()[test.outcome]
    units = ["%"] if row.positive else []
    units += [row.unit or metrics.get(test.of, "")] if row.unit or test.of in metrics or not units else []
    return page(
        request, "trial_new.html", claim=one, test=test, in_units=units, chosen=athlete, text=request_for(claim),
        athletes=rows.scalars(select(AthleteRow).order_by(AthleteRow.name)).all(),
    )  # fmt: skip


@routes.post("/trials")
def register(rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Register a trial; then nothing of it changes."""
    athlete = found(rows.get(AthleteRow, sent.text("athlete", _("Athlete"))), "athlete; choose who is tested")
    claim = sent.text("claim", most=4)
    name = sent.text("name", _("Name"), 60)
    told = {
        "name": name, "athlete": pseudonym(athlete), "pairs": sent.whole("pairs", _("Pairs")),
        "measured_by": sent.text("measured_by", _("Measured by"), 600) or None,
        "assessor_knows_arm": sent.ticked("assessor_knows_arm"),
        "washout_h": sent.number("washout_h", _("Hours between sessions"), 0.0, 1000.0),
        "simulated": True if athlete.simulated else None,
    }  # fmt: skip
    outcome = {
        "effect_of_interest": sent.number("effect", _("Smallest change that matters")),
        "effect_unit": sent.text("unit", _("Unit"), 20) or None,
        "expected": sent.number("expected", _("Promised change")),
        "session_spread": sent.number("spread", _("Spread from session to session")),
    }
    row = TrialOfOneRow(id=new_id(), athlete_id=athlete.id, name=name)
    row.journal = f"{row.id}.jsonl"
    said = begin(kept, row, request_text(claim, told, outcome), moment(None))
    rows.add(row)
    shown = [line for line in said if not line.startswith(("order:", "key:"))]
    for other in rows.scalars(select(TrialOfOneRow).where(TrialOfOneRow.id != row.id)):
        shown = [line.replace(other.journal, other.name) for line in shown]
    shown = [line.replace(pseudonym(athlete), _("this athlete")) for line in shown]
    note(rows, "trial registered", row.id, claim=claim, said=shown, athlete=athlete.id)
    return RedirectResponse(f"/trials/{row.id}", 303)


@routes.get("/trials/{trial_id}")
def status(request: Request, trial_id: str, rows: Rows, kept: Kept, checked: bool = False) -> HTMLResponse:
    """How far the trial is and what is due; what it found once it has ended."""
    row = _row(rows, trial_id)
    file = journal_of(kept, row)
    athlete = found(rows.get(AthleteRow, row.athlete_id), "athlete")
    with without_path(file):
        trial, journal = opened(file)
        record = judged_record(journal)
    pieces = trial_pieces(record, *claim_said(record))
    if trial.closed is not None:
        pieces["headline"] = pieces["headline"].replace(pseudonym(athlete), str(_escaped(athlete.name)))
    focusable = '<div class="scroll wide" tabindex="0" role="group" aria-label="{}">'.format(_("Sessions"))
    pieces["sessions"] = pieces["sessions"].replace('<div class="scroll wide">', focusable)
    running = trial.running
    told = None
    if trial.due == "add" and running is not None:
        last = next(line for line in reversed(journal.lines) if line.do == "revealed")
        told = told_line(trial, last.holds)
    said = rows.scalars(select(AuditRow).where(AuditRow.subject == row.id, AuditRow.what == "trial registered")).first()
    newest = select(SessionRow, ResultRow).join(ResultRow, ResultRow.session_id == SessionRow.id)
    newest = newest.where(SessionRow.athlete_id == row.athlete_id).order_by(ResultRow.made_at.desc())
    results: dict[str, tuple[SessionRow, ResultRow]] = {}
    for session, result in rows.execute(newest.limit(4 * _MOST_RESULTS)):
        results.setdefault(session.id, (session, result))
    told_first = [] if said is None else said.details["said"]
    early = trial.earliest if trial.due == "next" and trial.sessions and trial.earliest > datetime.now() else None
    return page(
        request, "trial.html", row=row, athlete=athlete, trial=trial, state=state_lines(trial), told=told,
        keep=[*kept_lines(trial), *first_lines(trial)] if told else [], early=None if early is None else clock(early),
        pieces=pieces, ended=trial.closed is not None, receipt=journal.receipt, said=told_first,
        results=list(results.values())[:_MOST_RESULTS], now=f"{datetime.now():%Y-%m-%dT%H:%M}", file=file,
        priming=bool(trial.request.priming) and not trial.request.simulated,
        looks=trial.due == "next" and running is None and len(trial.complete) in trial.request.looks,
        checked=_checked(rows, kept, row) if checked else None,
        taken=_last_said(rows, row),
    )  # fmt: skip


@routes.post("/trials/{trial_id}/next")
def tell(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Tell which arm comes now; the one after it only when its session was added."""
    row = _row(rows, trial_id)
    with at_the_desk(journal_of(kept, row)) as (trial, journal):
        if trial.request.priming and not trial.request.simulated:
            raise NotResolvable(
                _("a trial of priming passes a gate before its arm is told: use the command “legato trial next”")
            )
        if trial.due != "add":  # A second click finds the arm told already.
            tell_next(trial, journal, None, moment(None))
            note(rows, "trial arm told", row.id)
    return _back(row)


@routes.post("/trials/{trial_id}/add")
def add(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Add the session whose arm was told; nobody sees its number."""
    row = _row(rows, trial_id)
    result = rows.get(ResultRow, sent.text("result", _("Session"), 16))
    session = None if result is None else rows.get(SessionRow, result.session_id)
    if result is None or session is None or session.athlete_id != row.athlete_id:
        raise BadInput(_("choose the session that was done, one of this athlete that has been analysed"))
    on = moment(sent.text("on", _("When"), 20) or None)
    feedback = sent.chosen("feedback", ("off", "on"), _("Feedback"))
    told = {
        "feedback_off": None if feedback is None else feedback == "off",
        "rest_min": sent.number("rest_min", _("Rest"), 0.0, 1000.0, "min"),
        "readiness": sent.number("readiness", _("Readiness"), 0.0, 10.0),
        "soreness": sent.number("soreness", _("Soreness"), 0.0, 10.0),
        "sleep_h": sent.number("sleep_h", _("Sleep"), 0.0, 24.0, "h"),
        "hard_session_h": sent.number("hard_session_h", _("Since the last hard session"), 0.0, 10000.0, "h"),
    }
    differs = sent.text("differs", _("What was not as registered"), 600)
    with at_the_desk(journal_of(kept, row)) as (trial, journal):
        one, source = measured_of(
            kept, trial, result, on, told, pain=sent.number("pain", _("Pain"), 0.0, 10.0),
            worse_next_morning=sent.ticked("worse"), rpe=sent.number("rpe", _("How hard"), 0.0, 10.0),
            differs=in_words(differs, _("What was not as registered")) if differs else "",
        )  # fmt: skip
        arm = sent.text("arm", _("Arm"), 12)
        trial, journal, steps = add_session(trial, journal, arm, one, source)
        note(rows, "trial session added", row.id, of=result.session_id, said=taken_lines(trial, steps))
    return _back(row)


@routes.post("/trials/{trial_id}/missed")
def missed(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Tell that the session did not take place as told."""
    row = _row(rows, trial_id)
    with at_the_desk(journal_of(kept, row)) as (trial, journal):
        trial, journal, steps = miss_session(trial, journal, sent.text("why", _("Why"), 600))
        note(rows, "trial session missed", row.id, said=taken_lines(trial, steps))
    return _back(row)


@routes.post("/trials/{trial_id}/withdraw")
def withdraw(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Refuse the pair of the session that was added by mistake."""
    row = _row(rows, trial_id)
    with at_the_desk(journal_of(kept, row)) as (trial, journal):
        withdraw_last(trial, journal, sent.text("why", _("Why"), 600))
        note(rows, "trial session withdrawn", row.id)
    return _back(row)


@routes.post("/trials/{trial_id}/stop")
def stop(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """End the trial early; it then answers nothing."""
    row = _row(rows, trial_id)
    with at_the_desk(journal_of(kept, row)) as (trial, journal):
        stop_trial(trial, journal, sent.text("why", _("Why"), 600))
        note(rows, "trial stopped", row.id)
    return _back(row)


@routes.post("/trials/{trial_id}/note")
def write_note(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Write a note into the trial."""
    row = _row(rows, trial_id)
    with at_the_desk(journal_of(kept, row)) as (_trial, journal):
        add_note(journal, in_words(sent.text("text", _("Note"), 600), _("Note")))
    return _back(row)


@routes.post("/trials/{trial_id}/result")
def result_of(trial_id: str, rows: Rows, kept: Kept) -> RedirectResponse:
    """Give the verdict that is due."""
    row = _row(rows, trial_id)
    with at_the_desk(journal_of(kept, row)) as (trial, journal):
        judge(trial, journal)
        note(rows, "trial judged", row.id)
    return _back(row)


def _checked(rows: Rows, kept: Kept, row: TrialOfOneRow) -> list[str]:
    """What a check of the file says, in lines."""
    file = journal_of(kept, row)
    try:
        with without_path(file):
            return check_file(file)[2][:2]
    except (BadInput, NotResolvable) as error:
        return [str(error)]


def _last_said(rows: Rows, row: TrialOfOneRow) -> list[str]:
    """What was written of the session that was told last, if within the hour."""
    newest = select(AuditRow).where(AuditRow.subject == row.id).order_by(AuditRow.at.desc())
    last = rows.scalars(newest.limit(1)).first()
    if last is None or last.what not in ("trial session added", "trial session missed"):
        return []
    fresh = datetime.now(last.at.tzinfo) - last.at < timedelta(hours=1)
    return list(last.details.get("said", [])) if fresh else []


def _escaped(name: str) -> str:
    from html import escape

    return escape(name)


def _row(rows: Rows, trial_id: str) -> TrialOfOneRow:
    return found(rows.get(TrialOfOneRow, trial_id), "trial")


def _back(row: TrialOfOneRow) -> RedirectResponse:
    return RedirectResponse(f"/trials/{row.id}", 303)
