"""Trials of priming: the minutes before a test, and how tired a plan's log says one is."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.evidence.trials.registration import Request

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


def minutes_by_arm(
    request: "Request",
    test_at: str | None,
    screening: Path | None,
    standing: Path | None,
    own: Sequence[Path] | None,
    json_out: str | None,
    *,
    pain: float | None,
) -> dict[str, list[str]]:
    """The minutes before the test of a session of each arm, in words, before any arm is told.

    Raises
    ------
    BadInput
        The trial is not one of priming, or its protocol is no longer the one that was registered.
    NotResolvable
        The athlete may not do the protocol today, and then does not do its control either.
    """
    from legato.commands.priming import situation_on, time_of
    from legato.commands.screen import screening_that_passes
    from legato.trials import gate

    if not request.priming:
        raise BadInput("--test-at is for trials of priming; this one says in words what its arms are")
    if test_at is None:
        raise BadInput(
            "a trial of priming tells its arm with --test-at, --screening and --pain: what primes passes the gate first"
        )
    if screening is None:
        raise BadInput("--test-at goes with --screening, without which nothing is scheduled")
    if pain is None:
        raise BadInput("--test-at goes with --pain, today's pain from 0 to 10: --pain 0 where there is none")
    at = time_of(test_at)
    passed = screening_that_passes(screening, json_out)
    if passed is None:
        raise typer.Exit(3)
    return gate.minutes_by_arm(request, at, situation_on(passed, standing, at, pain=pain), own or ())
