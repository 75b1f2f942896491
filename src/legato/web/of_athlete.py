"""What the catalogue holds of one athlete: results, the screening that holds, the plan with what of it is due."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from legato.coaching.judged import last_judged
from legato.coaching.log import Session as Done
from legato.coaching.plan.model import Plan
from legato.coaching.safety import in_force, screening_of
from legato.coaching.situation import Pain, Screening, Situation
from legato.compare import Result, read_result
from legato.errors import BadInput
from legato.faults.assessments import ResultFile, result_file
from legato.store import Catalogue, note
from legato.store.rows import AthleteRow, AuditRow, PlanRow, ResultRow, ScreeningRow, SessionRow, now
from legato.web.app_words import in_app

CONSENTS = ("measurement", "storage", "video", "research")
"""What an athlete may agree to, and take back."""

PAIN_TOLD = "pain told"
"""What the log calls pain that was told where no plan holds it: the first one could not be made."""

_EARLIER = "earlier"
"""Of what lists need of a plan: the sessions of the athlete's plans before it."""

_LOG: TypeAdapter[tuple[Done, ...]] = TypeAdapter(tuple[Done, ...])

_PAIN: TypeAdapter[Pain] = TypeAdapter(Pain)

_HELD = 16
"""Results that are held read. [ENG] Each is some ten thousand objects: with hundreds of them, every round of Python's
collection of garbage stops all answers for most of a second.
"""


_MOST_RESULTS = 40
"""Of the newest results, how many a plan reads. [ENG] More than a year of fortnightly retests."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A session and its newest result."""

    session: SessionRow
    result: ResultRow

    @property
    def on(self) -> date:
        """The day of the recording."""
        return self.session.recorded_on


def measured_of(rows: Session, athlete_id: str) -> list[Measured]:
    """The sessions of an athlete that have a result, each with its newest, the oldest session first."""
    asked = (
        select(ResultRow)
        .join(ResultRow.session)
        .where(SessionRow.athlete_id == athlete_id)
        .order_by(SessionRow.recorded_on, SessionRow.created_at, ResultRow.made_at)
        .options(contains_eager(ResultRow.session))
    )
    newest = {result.session_id: result for result in rows.scalars(asked)}
    return [Measured(result.session, result) for result in newest.values()]


def sessions_of(rows: Session, athlete_id: str) -> Sequence[SessionRow]:
    """All sessions of an athlete, the newest first."""
    asked = select(SessionRow).where(SessionRow.athlete_id == athlete_id)
    return rows.scalars(asked.order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc())).all()


def record_of(catalogue: Catalogue, result: ResultRow) -> dict[str, Any]:
    """The `result.json` of a result.

    Raises
    ------
    BadInput
        Its file is gone.
    """
    try:
        return json.loads(catalogue.files.read(result.files["result.json"]))
    except (KeyError, FileNotFoundError):
        raise BadInput("a result's file is gone; see `legato library check`, or analyse the session again") from None


@lru_cache(maxsize=_HELD)
def result_in(catalogue: Catalogue, sha256: str) -> Result:
    """A `result.json` as comparisons take it, by its checksum.

    Raises
    ------
    BadInput
        Its file is gone.
    """
    try:
        return read_result(json.loads(catalogue.files.read(sha256)))
    except (FileNotFoundError, ValueError):
        raise BadInput("a result's file is gone; see `legato library check`, or analyse the session again") from None


def named_result(catalogue: Catalogue, sha256: str, name: str) -> Result:
    """The same under the name that people know it by, for what is said of it."""
    return result_in(catalogue, sha256).model_copy(update={"name": name})


def forget() -> None:
    """Let go of the results that were read."""
    result_in.cache_clear()


def result_files(catalogue: Catalogue, found: Sequence[Measured]) -> list[ResultFile]:
    """Results as assessments and plans take them."""
    return [result_file(record_of(catalogue, one.result), one.session.name) for one in found]


def to_read(measured: Sequence[Measured]) -> list[Measured]:
    """Of an athlete's sessions, the oldest first, those whose results a plan reads: the newest, and of older ones those
    that judged a fault last of which a newer one could not tell.
    """
    kept = {k for k, _ in counting_findings(measured)}
    first = len(measured) - _MOST_RESULTS
    return [one for k, one in enumerate(measured) if k >= first or k in kept]


def counting_findings(measured: Sequence[Measured]) -> list[tuple[int, Mapping[str, Any]]]:
    """Of each fault what was judged last, with the place of its session, the oldest first, among the sessions."""
    found = [one.result.summary.get("findings", ()) for one in measured]
    told = [
        (str(one.result.summary["movement"]), [(f["fault"], f.get("side") or "", f["verdict"]) for f in findings])
        for one, findings in zip(measured, found, strict=True)
    ]
    return [(k, found[k][j]) for k, j in sorted(last_judged(told))]


def is_name(text: str) -> bool:
    """Whether a name shows anything: spaces and signs that no font draws do not."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def newest_screening(rows: Session, athlete_id: str) -> ScreeningRow | None:
    """The screening that was answered last; None where none was."""
    asked = select(ScreeningRow).where(ScreeningRow.athlete_id == athlete_id)
    return rows.scalars(asked.order_by(ScreeningRow.at.desc()).limit(1)).first()


def screening_that_holds(row: ScreeningRow | None, day: date) -> Screening | str:
    """The screening that holds on a day, or in words why none does."""
    if row is None:
        return in_force_words(Situation(day))
    try:
        found = screening_of(row.record, "the screening")
    except BadInput as error:
        return str(error)
    held = in_force(Situation(day, found))
    return in_app(held) if isinstance(held, str) else held


def in_force_words(situation: Situation) -> str:
    """Why no screening holds."""
    held = in_force(situation)
    return in_app(held) if isinstance(held, str) else ""


def plan_row(rows: Session, athlete_id: str) -> PlanRow | None:
    """The row of the plan that holds; None where there is none."""
    asked = select(PlanRow).where(PlanRow.athlete_id == athlete_id)
    return rows.scalars(asked.order_by(PlanRow.made_at.desc(), PlanRow.id).limit(1)).first()


def logged(rows: Session, athlete_id: str) -> tuple[Done, ...]:
    """What was logged in the plan that holds and in those before: a new plan begins with an empty log, and pain goes
    on.
    """
    asked = select(PlanRow.due[_EARLIER], PlanRow.record["log"]).where(PlanRow.athlete_id == athlete_id)
    row = rows.execute(asked.order_by(PlanRow.made_at.desc(), PlanRow.id).limit(1)).first()
    there = () if row is None else _LOG.validate_json(json.dumps([*(row[0] or ()), *row[1]]))
    return tuple(sorted(there, key=lambda one: one.on))


def plan_of(row: PlanRow) -> Plan:
    """The plan of a row."""
    return Plan.model_validate_json(json.dumps(row.record))


def keep_plan(rows: Session, athlete: AthleteRow, plan: Plan, what: str, why: Sequence[str] = ()) -> PlanRow:
    """Keep a plan as the one that holds, with what changed in it and why, and beside it what plans before it logged."""
    from legato.coaching.plan.kept import plan_record

    there = {(one.on, one.done) for one in plan.log}
    earlier = tuple(one for one in logged(rows, athlete.id) if (one.on, one.done) not in there)
    due = due_of(plan) | {_EARLIER: _LOG.dump_python(earlier, mode="json")}
    row = PlanRow(athlete_id=athlete.id, record=plan_record(plan), due=due, why=list(why), made_at=now())
    rows.add(row)
    note(rows, what, athlete.id)
    rows.flush()
    return row


def pain_told(rows: Session, athlete_id: str) -> Pain | None:
    """Pain as last told for a plan, with its day, also for a first one that could not be made; None where none was."""
    asked = select(PlanRow.record["pain_told"]).where(PlanRow.athlete_id == athlete_id)
    plan = rows.execute(asked.order_by(PlanRow.made_at.desc(), PlanRow.id).limit(1)).first()
    if plan is None:
        of = select(AuditRow.details).where(AuditRow.subject == athlete_id, AuditRow.what == PAIN_TOLD)
        plan = rows.execute(of.order_by(AuditRow.at.desc(), AuditRow.id).limit(1)).first()
    told = None if plan is None else plan[0]
    return None if told is None else _PAIN.validate_json(json.dumps(told))


def note_pain(rows: Session, athlete_id: str, pain: Pain) -> None:
    """Keep pain that was told where no plan can hold it."""
    note(rows, PAIN_TOLD, athlete_id, **_PAIN.dump_python(pain, mode="json"))


def due_of(plan: Plan) -> dict[str, Any]:
    """What lists need of a plan, so that they need not read all of it."""
    days = [day for week in plan.weeks for day in week.days]
    return {
        "days": [day.on.isoformat() for day in days],
        "checks": [day.on.isoformat() for day in days if day.form_check],
        "logged": [session.on.isoformat() for session in plan.log if session.done],
        "until": max((day.on for day in days), default=plan.weeks[-1].start).isoformat(),
        "screened_until": plan.screened_until.isoformat(),
    }


def newest_rows(column: Any, at: Any) -> Any:
    """Of each athlete the moment of the newest row, for a join."""
    return select(column.label("athlete_id"), func.max(at).label("at")).group_by(column).subquery()
