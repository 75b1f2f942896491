"""Trials of priming: the gate that is passed before any arm is told, and the minutes before the test of each arm."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from legato.errors import BadInput, NotResolvable

if TYPE_CHECKING:
    from legato.coaching.situation import Situation
    from legato.evidence.trials.registration import Request


def asks_gate(request: "Request") -> bool:
    """Whether no arm of a trial is told before the athlete has passed the gate; a simulated one tells of nobody."""
    return bool(request.priming) and not request.simulated


def minutes_by_arm(
    request: "Request", test_at: datetime, situation: "Situation", own: Sequence[Path] = ()
) -> dict[str, list[str]]:
    """The minutes before the test of a session of each arm, in words, before any arm is told.

    Parameters
    ----------
    request
        Of a trial of priming.
    test_at
        When the test begins.
    situation
        The athlete on the day, with the screening that holds and today's pain.
    own
        TOML files with a coach's own protocols.

    Raises
    ------
    BadInput
        The trial is not one of priming, or its protocol is no longer the one that was registered.
    NotResolvable
        The athlete may not do the protocol that day, and then does not do its control either.
    """
    from legato.coaching.priming.catalogue import load_protocol
    from legato.coaching.priming.schedule import NotOffered, schedule
    from legato.report.priming_words import schedule_lines
    from legato.trials.protocols import REGIONS, arms_of

    region = REGIONS.get(request.region)
    if not request.priming or region is None or request.arms is None:
        raise BadInput("--test-at is for trials of priming; this one says in words what its arms are")
    protocol = load_protocol(request.priming, own)
    if not protocol.parts_before(region) or arms_of(protocol, region) != (request.arms.A, request.arms.B):
        raise BadInput(f"{request.priming} is no longer as it was registered; do what the arm says in words")
    found: dict[str, list[str]] = {}
    for arm in ("A", "B"):
        day = schedule(protocol, test_at, region, situation, primed=arm == "A")
        if isinstance(day, NotOffered):
            raise NotResolvable(f"{protocol.id}: not today, so no arm is told: {'; '.join(day.reasons)}")
        found[arm] = schedule_lines(protocol, [day])
    return found
