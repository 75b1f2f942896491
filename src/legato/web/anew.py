"""Whether a result still is of what stands now, and asking for another where it is not."""

from sqlalchemy.orm import Session

from legato.errors import BadInput
from legato.store.rows import ResultRow, SessionRow
from legato.web.jobs import OPEN, enqueue
from legato.web.work import asked_of


def of_now(rows: Session, result: ResultRow) -> bool:
    """Whether a result was made with the files, settings, own entries, corrections and code of now."""
    try:
        return asked_of(rows, result.session_id).key == result.key
    except BadInput:
        # Something that was chosen is no longer there.
        return False


def same_recording(rows: Session, result: ResultRow) -> bool:
    """Whether a result was made of the recording as it would be read and corrected now, whoever is in it."""
    try:
        return asked_of(rows, result.session_id).recording_key == result.summary.get("recording")
    except BadInput:
        return False


def analyse_anew(rows: Session, session: SessionRow) -> None:
    """Ask for another analysis of a session whose newest result, or the one under way, is of something else."""
    rows.flush()
    under_way = any(job.kind == "analyse" and job.state in OPEN for job in session.jobs)
    if under_way or (session.results and not of_now(rows, session.results[-1])):
        enqueue(rows, session, "analyse")


def look_again(rows: Session, session: SessionRow) -> None:
    """Ask what a session's files hold now, after the analysis where one is out of date by it."""
    analyse_anew(rows, session)
    enqueue(rows, session, "recognise")
