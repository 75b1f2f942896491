"""The pain rule: go on, take an easier version, or stop and have it looked at (evidence 5.2)."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal, TypeAlias

from legato.coaching.log import Session
from legato.coaching.safety.limits import limits
from legato.coaching.situation import Pain, Situation

PainSays: TypeAlias = Literal["go", "modify", "stop"]

_RANK: dict[PainSays, int] = {"go": 0, "modify": 1, "stop": 2}


def pain_rule(pain: Pain) -> PainSays:
    """What a telling of pain asks for; anything but a number from 0 to 10 is taken for the worst."""
    held = limits()
    if pain.worse_next_morning or pain.below_the_knee or not 0.0 <= pain.during <= held.pain_modify.value:
        return "stop"
    return "go" if pain.during <= held.pain_go.value else "modify"


def pain_now(situation: Situation) -> Pain | None:
    """The pain that counts on the day: what was told, or where nothing was, what the last session's log says.

    A log of the last two days counts beside what was told, so that no telling makes light of it. None where neither
    says anything.
    """
    logged = [s for s in situation.sessions if s.on <= situation.on and _worst(s) is not None]
    told = situation.pain
    if told is not None:
        lately = timedelta(days=limits().pain_log_days.value)
        logged = [s for s in logged if s.on >= situation.on - lately]
    last = max(logged, key=lambda session: session.on, default=None)
    worst = None if last is None else _worst(last)
    if told is None:
        return None if worst is None else Pain(worst)
    if worst is None or _RANK[pain_rule(Pain(worst))] <= _RANK[pain_rule(told)]:
        return told
    return replace(told, during=worst)


def _worst(session: Session) -> float | None:
    """The most pain of a session; what is no number from 0 to 10 counts as more than any."""
    pains = [done.pain for done in session.done if done.pain is not None]
    return next((pain for pain in pains if not 0.0 <= pain <= 10.0), max(pains, default=None))
