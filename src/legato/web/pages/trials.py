"""A trial of one: its arms told one at a time, its sessions added, no number of it before the end."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select

from legato.errors import BadInput, NotResolvable
from legato.evidence.trials.sessions import Trial
from legato.evidence.trials.steps import clock
from legato.report.trial_page import trial_pieces
from legato.store import note
from legato.store.rows import AthleteRow, AuditRow, SessionRow, TrialOfOneRow
from legato.trials.asked import first_lines
from legato.trials.gate import asks_gate
from legato.trials.moves import (
    add_note,
    add_session,
    check_file,
    claim_said,
    judge,
    judged_record,
    miss_session,
    stop_trial,
    tell_next,
    withdraw_last,
)
from legato.trials.told import in_words, moment
from legato.trials.words import kept_lines, state_lines, taken_lines, told_line
from legato.web.deps import Fields, Kept, Rows, Sent, found
from legato.web.primed import Asked, asked_of, minutes_before
from legato.web.render import page
from legato.web.trial_desk import (
    analysed_again,
    at_the_desk,
    journal_of,
    key_of,
    looked_into,
    measured_of,
    pseudonym,
    without_path,
)
from legato.web.trial_sessions import Candidate, candidate, candidates, check_recordings, moment_of
from legato.web.withheld import withheld
from legato.web.words import translate as _

routes = APIRouter(include_in_schema=False)


@routes.get("/trials/{trial_id}")
def status(request: Request, trial_id: str, rows: Rows, kept: Kept, checked: bool = False) -> HTMLResponse:
    """How far the trial is and what is due; what it found once it has ended."""
    return _shown(request, rows, kept, _row(rows, trial_id), checked=checked)


def _shown(
    request: Request, rows: Rows, kept: Kept, row: TrialOfOneRow, *, checked: bool = False,
    sent: Mapping[str, str] | None = None, wrong: str = "", code: int = 200,
) -> HTMLResponse:  # fmt: skip
    """The page; `sent`: what was typed of a session, `wrong`: why it was not added."""
    file, key = journal_of(kept, row), key_of(kept, row)
    athlete = found(rows.get(AthleteRow, row.athlete_id), "athlete")
    trial, journal = looked_into(kept, row)
    with without_path(file):
        record = judged_record(journal, key)
    pieces = trial_pieces(record, *claim_said(record))
    if claim := trial.request.claim:
        pieces["claim"] = pieces["claim"].replace(f"legato claims {claim}", f'<a href="/evidence/{claim}">{claim}</a>')
    if trial.closed is not None:
        pieces["headline"] = pieces["headline"].replace(pseudonym(athlete), str(escape(athlete.name)))
        pieces["verdict"] = pieces["verdict"].replace(pseudonym(athlete), str(escape(_("this athlete"))))
    focusable = '<div class="scroll wide" tabindex="0" role="group" aria-label="{}">'.format(_("Sessions"))
    pieces["sessions"] = pieces["sessions"].replace('<div class="scroll wide">', focusable)
    gate = asks_gate(trial.request)
    barred = _barred(rows, row, trial)
    if barred and trial.request.priming:
        # The sheet holds the doses of the protocol.
        pieces["sheet"] = ""
    told = None
    if trial.due == "add":
        last = next(line for line in reversed(journal.lines) if line.do == "revealed")
        told = told_line(trial, last.holds)
    due = candidates(rows, kept, row, trial) if told else []
    early = trial.earliest if trial.due == "next" and trial.sessions and trial.earliest > datetime.now() else None
    return page(
        request, "trial.html", code, sent=sent or {"at": _usual_time(due)}, wrong=wrong,
        row=row, athlete=athlete, trial=trial, state=state_lines(trial), told=told,
        keep=[*kept_lines(trial), *first_lines(trial)] if told else [], early=None if early is None else clock(early),
        pieces=pieces, ended=trial.closed is not None, receipt=journal.receipt, file=file, key=key,
        said=_last(rows, row, "trial registered").get("said", ()), minutes=_minutes(rows, athlete, row, trial),
        due=due, priming=gate, barred=barred, looks=trial.at_look,
        checked=_checked(kept, row) if checked else None, taken=_last_said(rows, row),
    )  # fmt: skip


@routes.post("/trials/{trial_id}/next")
def tell(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Tell which arm comes now; the one after it only when its session was added."""
    row = _row(rows, trial_id)
    with at_the_desk(rows, kept, row) as (trial, journal):
        if trial.due != "add":  # A second click finds the arm told already.
            key = key_of(kept, row)
            if key is None and trial.registered.seed is None:
                raise BadInput(_("the file that the order follows from is gone; restore the library from a backup"))
            if barred := _barred(rows, row, trial):
                raise NotResolvable(_("not today, so no arm is told: %(why)s") % {"why": barred})
            gate: dict[str, Any] = {}
            if asks_gate(trial.request):
                asked = asked_of(sent)
                if asked.test_at < datetime.now():
                    raise BadInput(_("When the test begins: that time of today is over; give one that is to come"))
                athlete = found(rows.get(AthleteRow, row.athlete_id), "athlete")
                minutes_before(rows, athlete, trial.request, asked)
                gate = {"test_at": asked.test_at.isoformat(), "pain": asked.pain}
            tell_next(trial, journal, key, moment(None))
            note(rows, "trial arm told", row.id, **gate)
    return _back(row)


@routes.post("/trials/{trial_id}/add")
def add(request: Request, trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> Response:
    """Add the session whose arm was told; this page shows nobody its number."""
    row = _row(rows, trial_id)
    try:
        _add(rows, kept, row, sent)
    except (BadInput, NotResolvable) as error:
        told = {name: value for name, value in sent.form.items() if isinstance(value, str)}
        code = 400 if isinstance(error, BadInput) else 422
        return _shown(request, rows, kept, row, sent=told, wrong=str(error), code=code)
    return _back(row)


def _add(rows: Rows, kept: Kept, row: TrialOfOneRow, sent: Fields) -> None:
    session = rows.get(SessionRow, sent.text("session", _("Session"), 16))
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
    wrong = sent.text("clock_wrong", _("Why its device's clock was wrong"), 600)
    reason = in_words(wrong, _("Why its device's clock was wrong")) if wrong else ""
    with at_the_desk(rows, kept, row) as (trial, journal):
        one = candidate(rows, kept, row, trial, session)
        on = moment_of(one.session, sent.text("at", _("When"), 8))
        if not wrong:
            check_recordings(kept, trial, one.session, on)
        session_told, source = measured_of(
            kept, trial, one.result, on, told, pain=sent.number("pain", _("Pain"), 0.0, 10.0),
            worse_next_morning=sent.ticked("worse"), rpe=sent.number("rpe", _("How hard"), 0.0, 10.0),
            differs=in_words(differs, _("What was not as registered")) if differs else "",
        )  # fmt: skip
        arm = sent.text("arm", _("Arm"), 12)
        # Before the journal is written: what fails after that would be told as a session that was not added.
        again = analysed_again(kept, trial, one.session, session_told.number)
        trial, journal, steps = add_session(trial, journal, arm, session_told, source)
        late = f"the days of {session_told.result}'s files were not looked at: {reason}" if wrong else ""
        for said in filter(None, (late, again)):
            trial, journal = add_note(journal, said)
        note(rows, "trial session added", row.id, of=one.session.id, said=taken_lines(trial, steps))


@routes.post("/trials/{trial_id}/missed")
def missed(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Tell that the session did not take place as told."""
    row = _row(rows, trial_id)
    with at_the_desk(rows, kept, row) as (trial, journal):
        trial, journal, steps = miss_session(trial, journal, sent.text("why", _("Why"), 600))
        note(rows, "trial session missed", row.id, said=taken_lines(trial, steps))
    return _back(row)


@routes.post("/trials/{trial_id}/withdraw")
def withdraw(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Refuse the pair of the session that was added by mistake."""
    row = _row(rows, trial_id)
    with at_the_desk(rows, kept, row) as (trial, journal):
        withdraw_last(trial, journal, sent.text("why", _("Why"), 600))
        note(rows, "trial session withdrawn", row.id)
    return _back(row)


@routes.post("/trials/{trial_id}/stop")
def stop(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """End the trial early; it then answers nothing."""
    row = _row(rows, trial_id)
    with at_the_desk(rows, kept, row) as (trial, journal):
        stop_trial(trial, journal, sent.text("why", _("Why"), 600))
        note(rows, "trial stopped", row.id)
    return _back(row)


@routes.post("/trials/{trial_id}/note")
def write_note(trial_id: str, rows: Rows, kept: Kept, sent: Sent) -> RedirectResponse:
    """Write a note into the trial."""
    row = _row(rows, trial_id)
    with at_the_desk(rows, kept, row) as (_trial, journal):
        add_note(journal, in_words(sent.text("text", _("Note"), 600), _("Note")))
    return _back(row)


@routes.post("/trials/{trial_id}/result")
def result_of(trial_id: str, rows: Rows, kept: Kept) -> RedirectResponse:
    """Give the verdict that is due."""
    row = _row(rows, trial_id)
    with at_the_desk(rows, kept, row) as (trial, journal):
        judge(trial, journal)
        note(rows, "trial judged", row.id)
    return _back(row)


def _barred(rows: Rows, row: TrialOfOneRow, trial: Trial) -> str:
    """Why nothing may be proposed to a trial's athlete today; empty where it may, and of a simulated trial."""
    return "" if trial.request.simulated else withheld(rows, row.athlete_id, date.today())


def _checked(kept: Kept, row: TrialOfOneRow) -> list[str]:
    """What a check of the file says, in lines."""
    file = journal_of(kept, row)
    try:
        with without_path(file):
            return check_file(file, key_of(kept, row))[2][:2]
    except (BadInput, NotResolvable) as error:
        return [str(error)]


def _last(rows: Rows, row: TrialOfOneRow, what: str) -> Mapping[str, Any]:
    """What was noted when this was done last."""
    asked = select(AuditRow).where(AuditRow.subject == row.id, AuditRow.what == what).order_by(AuditRow.at.desc())
    last = rows.scalars(asked.limit(1)).first()
    return {} if last is None else last.details


def _minutes(rows: Rows, athlete: AthleteRow, row: TrialOfOneRow, trial: Trial) -> list[str]:
    """The minutes before the test of the arm that was told, of what was asked then and the screening of now."""
    gate = _last(rows, row, "trial arm told") if trial.due == "add" else {}
    if "test_at" not in gate or trial.due_arm is None:
        return []
    asked = Asked(datetime.fromisoformat(gate["test_at"]), gate["pain"])
    if asked.test_at.date() < date.today():
        said = _("Its minutes were of %(day)s alone. If it was not done then, tell below that it did not take place.")
        return [said % {"day": f"{asked.test_at:%Y-%m-%d}"}]
    try:
        return minutes_before(rows, athlete, trial.request, asked)[trial.due_arm]
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


def _usual_time(due: Sequence[Candidate]) -> str:
    """The time of day that the form begins with: when the newest session's files reached the app, if on its day."""
    if not due:
        return ""
    session = due[0].session
    arrived = session.created_at.astimezone()
    return f"{arrived:%H:%M}" if arrived.date() == session.recorded_on else ""


def _row(rows: Rows, trial_id: str) -> TrialOfOneRow:
    return found(rows.get(TrialOfOneRow, trial_id), "trial")


def _back(row: TrialOfOneRow) -> RedirectResponse:
    return RedirectResponse(f"/trials/{row.id}", 303)
