"""The pain rule: go on, take an easier version, or stop and have it looked at (evidence 5.2)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias

from legato.coaching.log import SetsDone
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
    """The pain that counts on the day: the worst of what was told and of the sessions logged in the last two days;
    where nothing was told, of the last session too, however long ago. None where none of them says anything.
    """
    logged = [(s.on, pain) for s in situation.sessions if s.on <= situation.on and (pain := _of(s.done)) is not None]
    since = situation.on - timedelta(days=limits().pain_log_days.value)
    pains = [] if situation.pain is None else [situation.pain]
    if not pains and logged:
        pains.append(max(logged, key=lambda one: one[0])[1])
    pains += [pain for on, pain in logged if on >= since]
    return max(pains, key=lambda pain: _RANK[pain_rule(pain)], default=None)


def standing_pain(situation: Situation) -> tuple[tuple[date, SetsDone], ...]:
    """What was done with pain that stops, on any day of the log, and that nobody qualified has looked at since."""
    before = [session for session in situation.sessions if session.on <= situation.on]
    looked = max((session.on for session in before if session.looked_at), default=date.min)
    return tuple(
        (session.on, done)
        for session in before
        for done in session.done
        if session.on > looked and (pain := _of([done])) is not None and pain_rule(pain) == "stop"
    )


def _of(rows: Sequence[SetsDone]) -> Pain | None:
    """The most pain of some sets; what is no number from 0 to 10 counts as more than any."""
    pains = [done.pain for done in rows if done.pain is not None]
    morning = any(done.worse_next_morning for done in rows)
    below = any(done.below_the_knee for done in rows)
    if not pains and not morning and not below:
        return None
    during = next((pain for pain in pains if not 0.0 <= pain <= 10.0), max(pains, default=0.0))
    return Pain(during, morning, below)
