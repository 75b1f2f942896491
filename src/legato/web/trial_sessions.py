"""Which sessions of an athlete can be the one whose arm was told, and when such a session was."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased, selectinload

from legato.errors import BadInput, NotResolvable
from legato.evidence.trials.sessions import Trial
from legato.formats.own_time import own_time
from legato.store import Catalogue
from legato.store.rows import ResultRow, SessionFileRow, SessionRow, TrialOfOneRow
from legato.trials.days import check_own_time
from legato.web.jobs import OPEN
from legato.web.trial_desk import looked_into
from legato.web.words import translate as _

_MOST = 40
"""Sessions that are offered. [ENG]"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session that may be the one that is due, with its newest result."""

    session: SessionRow
    result: ResultRow


def candidates(rows: Transaction, catalogue: Catalogue, row: TrialOfOneRow, trial: Trial) -> list[Candidate]:
    """The sessions of a trial's athlete that may be the one whose arm was told, the newest first."""
    asked = (
        select(SessionRow)
        .where(SessionRow.athlete_id == row.athlete_id, SessionRow.recorded_on >= trial.not_before.date())
        .order_by(SessionRow.recorded_on.desc(), SessionRow.created_at.desc())
        .options(selectinload(SessionRow.results), selectinload(SessionRow.jobs), selectinload(SessionRow.files))
    )
    counted = _counted(rows, catalogue, row)
    found = [one for one in rows.scalars(asked) if not _against(rows, one, trial, counted)]
    return [Candidate(one, one.results[-1]) for one in found[:_MOST]]


def candidate(
    rows: Transaction, catalogue: Catalogue, row: TrialOfOneRow, trial: Trial, session: SessionRow | None
) -> Candidate:
    """The session that was chosen, with its newest result.

    Raises
    ------
    BadInput
        It cannot be the one whose arm was told, is in a trial already or has no result; which, is told.
    """
    if session is None or session.athlete_id != row.athlete_id:
        raise BadInput(_("choose the session that was done, one of this athlete that has been analysed"))
    if why := _against(rows, session, trial, _counted(rows, catalogue, row)):
        raise BadInput(f"{session.name}: {why}")
    return Candidate(session, session.results[-1])


def running_with(rows: Transaction, catalogue: Catalogue, session: SessionRow) -> list[TrialOfOneRow]:
    """The trials that have not ended and hold a session, or wait for one and may be given this."""
    found: list[TrialOfOneRow] = []
    if session.athlete_id is None:
        return found
    for row in rows.scalars(select(TrialOfOneRow).where(TrialOfOneRow.athlete_id == session.athlete_id)):
        try:
            trial, _journal = looked_into(catalogue, row)
        except (BadInput, NotResolvable):
            continue
        told = trial.not_before
        waits = trial.due == "add" and session.recorded_on >= told.date() and _arrived(session) >= told
        if trial.closed is None and (waits or session.id in _sessions_of(trial)):
            found.append(row)
    return found


def moment_of(session: SessionRow, at: str) -> datetime:
    """When a session was: its own day, at the time of day that is told.

    Raises
    ------
    BadInput
        No time of day was told, or one after the session's files had reached the app.
    """
    try:
        hour = time.fromisoformat(at).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise BadInput(_("When: tell the time of day of the session, as 17:30")) from None
    told = datetime.combine(session.recorded_on, hour)
    arrived = _arrived(session)
    if told > arrived:
        raise BadInput(
            _("%(name)s: its files reached the app on %(day)s at %(hour)s, so it was not at %(told)s")
            % {"name": session.name, "day": f"{arrived:%Y-%m-%d}", "hour": f"{arrived:%H:%M}", "told": f"{told:%H:%M}"}
        )
    return told


def check_recordings(catalogue: Catalogue, trial: Trial, session: SessionRow, on: datetime) -> None:
    """Hold the times that recordings carry themselves against the day.

    Raises
    ------
    BadInput
        A recording says another day.
    """
    mend = _("if that clock was wrong, say why below")
    for file in _recordings(session):
        path = catalogue.files.path(file.sha256)
        if path.is_file():
            check_own_time(trial, on, own_time(path), PurePath(file.name).name, mend)


def _against(rows: Transaction, session: SessionRow, trial: Trial, counted: Collection[str]) -> str:
    """Why a session cannot be the one whose arm was told; empty where it can."""
    told = trial.not_before
    words = {"on": f"{session.recorded_on}", "told": f"{told:%Y-%m-%d %H:%M}"}
    if session.id in counted:
        return _("is in a trial already; a session counts once")
    if any(job.state in OPEN and job.kind == "analyse" for job in session.jobs):
        return _("is being analysed; add it once that is done")
    if not session.results:
        return _("has not been analysed; analyse it first")
    if session.recorded_on < told.date():
        return _("was recorded on %(on)s, before its arm was told (%(told)s)") % words
    if _arrived(session) < told:
        words["on"] = f"{_arrived(session):%Y-%m-%d %H:%M}"
        return _("was in the app on %(on)s, before its arm was told (%(told)s)") % words
    if earlier := _held_before(rows, session, told):
        return _("its recording was in the app before its arm was told (%(told)s), as the session %(name)s") % {
            **words, "name": earlier.name,
        }  # fmt: skip
    return ""


def _arrived(session: SessionRow) -> datetime:
    """When a session's files reached the app, to the minute of the local clock."""
    return session.created_at.astimezone().replace(tzinfo=None, second=0, microsecond=0)


def _recordings(session: SessionRow) -> list[SessionFileRow]:
    return [file for file in session.files if file.role == "trial"]


def _held_before(rows: Transaction, session: SessionRow, told: datetime) -> SessionRow | None:
    """An older session with one of the recordings of this one; None where there is none."""
    held = [file.sha256 for file in _recordings(session)]
    of = aliased(SessionFileRow)
    asked = select(SessionRow).join(of, of.session_id == SessionRow.id)
    asked = asked.where(of.sha256.in_(held), SessionRow.id != session.id, SessionRow.created_at < told.astimezone())
    return rows.scalars(asked.limit(1)).first()


def _counted(rows: Transaction, catalogue: Catalogue, row: TrialOfOneRow) -> set[str]:
    """The sessions that trials of the athlete hold, those that did not count too."""
    found: set[str] = set()
    for one in rows.scalars(select(TrialOfOneRow).where(TrialOfOneRow.athlete_id == row.athlete_id)):
        try:
            trial, _journal = looked_into(catalogue, one)
        except (BadInput, NotResolvable):
            continue
        found |= _sessions_of(trial)
    return found


def _sessions_of(trial: Trial) -> set[str]:
    """The sessions that a trial holds: their results are named by them."""
    return {PurePath(session.result).stem for session in trial.sessions}
