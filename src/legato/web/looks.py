"""What needs a look: screenings, pain, failed analyses, plans and form checks that are due, new faults, trials."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from legato.coaching.plan.warn import pain_stops
from legato.coaching.safety.pain import pain_now, pain_rule, pain_words
from legato.coaching.situation import Situation
from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import (
    AthleteRow,
    AuditRow,
    JobRow,
    PlanRow,
    ResultRow,
    ScreeningRow,
    SessionRow,
    TrialOfOneRow,
)
from legato.web.app_words import in_app
from legato.web.consents import taken_back
from legato.web.of_athlete import PAIN_TOLD, logged, newest_rows, pain_told
from legato.web.own_drills import own_now
from legato.web.trial_desk import looked_into
from legato.web.words import translate as _

NEW_DAYS = 28
"""For how long a result counts as new. [ENG]"""
_EARLIER = 5
"""Earlier results of an athlete's movement that a new fault is looked for in. [ENG]"""
_MOST_NEW = 100
"""New results that are looked at. [ENG]"""
_MOST_TRIALS = 50
"""Of the newest trials, how many are looked into. [ENG]"""
_BEHIND_DAYS = 7
"""From how many days of planned sessions without a line in the log on a plan is overdue. [ENG]"""


@dataclass(frozen=True, slots=True)
class Look:
    """A line of what needs a look: what it is, in words, whom it is about, and where it leads."""

    kind: str
    says: str
    athlete: str
    path: str


def looks(catalogue: Catalogue, rows: Session, today: date) -> list[Look]:
    """All lines, the most pressing kind first."""
    found = (
        _screenings(rows, today),
        _pains(rows, today),
        (Look(_("Consent"), one.says, one.name, one.path) for one in taken_back(rows)),
        _failed(rows),
        _plans(rows, today),
        _faults(rows, today),
        _trials(catalogue, rows),
    )
    return [line for kind in found for line in kind]


def _failed(rows: Session) -> Iterator[Look]:
    """Sessions of which the last job failed."""
    last = select(JobRow.session_id, func.max(JobRow.created_at).label("at")).group_by(JobRow.session_id).subquery()
    asked = (
        select(SessionRow.id, SessionRow.name, AthleteRow.name, JobRow.error)
        .join(last, (last.c.session_id == JobRow.session_id) & (last.c.at == JobRow.created_at))
        .join(SessionRow, SessionRow.id == JobRow.session_id)
        .outerjoin(AthleteRow, AthleteRow.id == SessionRow.athlete_id)
        .where(JobRow.state == "failed")
        .order_by(JobRow.created_at.desc())
    )
    for session_id, name, athlete, error in rows.execute(asked):
        first = next(iter(error.splitlines()), "")
        says = _("%(session)s: the analysis failed: %(error)s") % {"session": name, "error": in_app(first)}
        yield Look(_("Failed analysis"), says, athlete or "", f"/sessions/{session_id}")


def _screenings(rows: Session, today: date) -> Iterator[Look]:
    """Athletes whose last screening blocks, or is out of date."""
    last = newest_rows(ScreeningRow.athlete_id, ScreeningRow.at)
    asked = (
        select(AthleteRow.id, AthleteRow.name, ScreeningRow.outcome, ScreeningRow.record)
        .join(last, (last.c.athlete_id == ScreeningRow.athlete_id) & (last.c.at == ScreeningRow.at))
        .join(AthleteRow, AthleteRow.id == ScreeningRow.athlete_id)
        .order_by(AthleteRow.name)
    )
    for athlete_id, name, outcome, record in rows.execute(asked):
        path = f"/athletes/{athlete_id}/screening"
        if outcome != "passed":
            yield Look(_("Screening"), _("the screening blocks; see somebody qualified first"), name, path)
        elif (until := str(record.get("until", ""))) and until < today.isoformat():
            yield Look(_("Screening"), _("the screening held until %s; answer it again") % until, name, path)


def _pains(rows: Session, today: date) -> Iterator[Look]:
    """Pain that counts today, as it was told for a plan or logged, and what of it stands."""
    told = select(AuditRow.subject).where(AuditRow.what == PAIN_TOLD)
    asked = select(AthleteRow).where(AthleteRow.id.in_(select(PlanRow.athlete_id)) | AthleteRow.id.in_(told))
    own = own_now(rows)
    for athlete in rows.scalars(asked.order_by(AthleteRow.name)):
        pain, log = pain_told(rows, athlete.id), logged(rows, athlete.id)
        situation = Situation(today, pain=pain, sessions=log, own=own)
        found, pain = [in_app(one) for one in pain_stops(situation)], pain_now(situation)
        if not found and pain is not None and pain_rule(pain) == "modify":
            easier = _("%s: an easier version without load of what loads the same, until less is told for the plan")
            found.append(easier % pain_words(pain, situation))
        for says in found:
            yield Look(_("Pain"), says, athlete.name, f"/athletes/{athlete.id}/plan")


def _plans(rows: Session, today: date) -> Iterator[Look]:
    """Plans that are over or behind, and form checks without a recording; none where the newest screening blocks, as
    nothing is scored or prescribed then.
    """
    screened = newest_rows(ScreeningRow.athlete_id, ScreeningRow.at)
    blocked = (
        select(ScreeningRow.athlete_id)
        .join(screened, (screened.c.athlete_id == ScreeningRow.athlete_id) & (screened.c.at == ScreeningRow.at))
        .where(ScreeningRow.outcome != "passed")
    )
    last = newest_rows(PlanRow.athlete_id, PlanRow.made_at)
    recorded = (
        select(SessionRow.athlete_id, func.max(SessionRow.recorded_on).label("on"))
        .group_by(SessionRow.athlete_id)
        .subquery()
    )
    asked = (
        select(AthleteRow.id, AthleteRow.name, PlanRow.due, recorded.c.on)
        .join(last, (last.c.athlete_id == PlanRow.athlete_id) & (last.c.at == PlanRow.made_at))
        .join(AthleteRow, AthleteRow.id == PlanRow.athlete_id)
        .outerjoin(recorded, recorded.c.athlete_id == AthleteRow.id)
        .where(AthleteRow.id.not_in(blocked))
        .order_by(AthleteRow.name)
    )
    for athlete_id, name, due, on in rows.execute(asked):
        path = f"/athletes/{athlete_id}/plan"
        checks = [day for day in due.get("checks", ()) if day <= today.isoformat()]
        if checks and (on is None or on.isoformat() < checks[-1]):
            says = _("a form check was due on %s: record a set and analyse it") % checks[-1]
            yield Look(_("Form check"), says, name, path)
        if said := _overdue(due, today):
            yield Look(_("Plan"), said, name, path)


def _overdue(due: Mapping[str, Any], today: date) -> str:
    if (until := due.get("until", "")) and until < today.isoformat():
        return _("the plan ended on %s; make a new one") % until
    logged = max(due.get("logged", ()), default="")
    behind = (today - timedelta(days=_BEHIND_DAYS)).isoformat()
    missed = [day for day in due.get("days", ()) if logged < day < today.isoformat()]
    if missed and missed[0] <= behind:
        since = missed[0]
        return _("nothing was logged since the session of %s; log it, or make the plan anew") % since
    return ""


def _faults(rows: Session, today: date) -> Iterator[Look]:
    """Faults of new results that no earlier result of the athlete's movement had, or that were in order since."""
    since = today - timedelta(days=NEW_DAYS)
    new = (
        select(SessionRow.athlete_id)
        .join(ResultRow, ResultRow.session_id == SessionRow.id)
        .where(SessionRow.recorded_on >= since, SessionRow.athlete_id.is_not(None))
        .order_by(SessionRow.recorded_on.desc())
        .limit(_MOST_NEW)
    )
    newest = func.max(ResultRow.made_at).over(partition_by=ResultRow.session_id)
    place = func.dense_rank().over(
        partition_by=(SessionRow.athlete_id, ResultRow.summary["movement"].as_string()),
        order_by=(SessionRow.recorded_on.desc(), SessionRow.created_at.desc()),
    )
    ranked = (
        select(ResultRow.id, (ResultRow.made_at == newest).label("newest"), place.label("place"))
        .join(SessionRow, SessionRow.id == ResultRow.session_id)
        .where(SessionRow.athlete_id.in_(new))
        .subquery()
    )
    asked = (
        select(
            AthleteRow.name,
            SessionRow.id,
            SessionRow.name,
            SessionRow.athlete_id,
            SessionRow.recorded_on,
            # Of a summary no more than this: to read hundreds of whole ones takes longer than all else on the page.
            ResultRow.summary["movement"],
            ResultRow.summary["findings"],
        )
        .join(ResultRow, ResultRow.session_id == SessionRow.id)
        .join(ranked, ranked.c.id == ResultRow.id)
        .join(AthleteRow, AthleteRow.id == SessionRow.athlete_id)
        .where(ranked.c.newest, ranked.c.place <= 1 + _EARLIER)
        .order_by(SessionRow.recorded_on, SessionRow.created_at)
    )
    before: dict[tuple[str | None, str], set[str]] = {}
    lines: list[tuple[date, Look]] = []
    for athlete, session_id, session, athlete_id, on, movement, findings in rows.execute(asked):
        key = (athlete_id, str(movement))
        there = _faults_in(findings or ())
        fresh = [said for fault, said in there.items() if fault not in before.get(key, set())]
        if fresh and on >= since:
            says = _("%(session)s: %(faults)s") % {"session": session, "faults": "; ".join(fresh)}
            lines.append((on, Look(_("New fault"), says, athlete, f"/sessions/{session_id}")))
        # What could not be judged in between is not new when it is seen again.
        before[key] = before.get(key, set()) - _in_order(findings or ()) | set(there)
    yield from (line for _on, line in sorted(lines, key=lambda pair: pair[0], reverse=True))


def _faults_in(found: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(one["fault"]): str(one.get("name") or one["fault"]) for one in found if one.get("verdict") == "fault"}


def _in_order(found: Sequence[Mapping[str, Any]]) -> set[str]:
    """The faults that were judged and not there, on any side."""
    verdicts: dict[str, set[str]] = {}
    for one in found:
        verdicts.setdefault(str(one["fault"]), set()).add(str(one.get("verdict")))
    return {fault for fault, given in verdicts.items() if given == {"ok"}}


def _trials(catalogue: Catalogue, rows: Session) -> Iterator[Look]:
    """Trials of one in which something is to be done now."""
    asked = (
        select(TrialOfOneRow, AthleteRow.name)
        .join(AthleteRow, AthleteRow.id == TrialOfOneRow.athlete_id)
        .order_by(TrialOfOneRow.created_at.desc())
        .limit(_MOST_TRIALS)
    )
    for row, athlete in rows.execute(asked):
        if said := _waits(catalogue, row):
            yield Look(_("Trial of one"), f"{row.name}: {said}", athlete, f"/trials/{row.id}")


def _waits(catalogue: Catalogue, row: TrialOfOneRow) -> str:
    """What a trial waits for; empty where it waits for nothing, or for a day still to come."""
    try:
        trial, _journal = looked_into(catalogue, row)
    except BadInput as error:
        return str(error)
    if trial.closed is not None or (trial.due == "next" and trial.earliest > datetime.now()):
        return ""
    waits = {
        "add": _("the session of the arm that was told is to be recorded and added"),
        "next": _("the next session may be told"),
        "result": _("every session is there; its result may be told"),
    }
    return waits.get(trial.due, "")
