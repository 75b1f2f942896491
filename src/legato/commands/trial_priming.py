"""What the commands `trial` ask of coaching: how tired a plan's log says that an athlete is."""

from datetime import datetime
from pathlib import Path

_HARD_RPE = 8.0
"""Effort from which a session was a hard one, 0 to 10. [ENG] Two repetitions in reserve, or fewer."""


def tired_by_log(file: Path, on: datetime) -> dict[str, float | None]:
    """What a plan's log tells of a day: readiness, soreness, sleep (h), and hours since the last hard session before
    it, of which a log holds the day alone: 24 h a day. None where it tells nothing.

    Raises
    ------
    BadInput
        The file is no plan.
    """
    from legato.coaching.plan.kept import read_plan

    log = read_plan(file).log
    today = next((session for session in log if session.on == on.date()), None)
    hard = [one.on for one in log if one.on < on.date() and any((sets.rpe or 0.0) >= _HARD_RPE for sets in one.done)]
    return {
        "readiness": None if today is None else today.readiness,
        "soreness": None if today is None else today.soreness,
        "sleep_h": None if today is None else today.sleep_h,
        "hard_session_h": 24.0 * (on.date() - max(hard)).days if hard else None,
    }
