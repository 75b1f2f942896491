"""What the log and the screening of a plan say against going on with it, in words."""

from collections.abc import Sequence
from datetime import date

from legato.coaching.known import exercise_of
from legato.coaching.log import Session
from legato.coaching.plan.model import Plan
from legato.coaching.safety.pain import pain_now, pain_rule, standing_pain
from legato.coaching.safety.pain import pain_words as told_pain
from legato.coaching.safety.permit import STOP, stop_words
from legato.coaching.situation import Situation


def warnings_of(plan: Plan, today: date) -> tuple[str, ...]:
    """Why a plan's sessions are not to be done as they stand; none where nothing speaks against them."""
    found: list[str] = []
    if today > plan.screened_until:
        found.append(
            f"the screening held until {plan.screened_until}; answer it again (`legato screen`) before going on"
        )
    return (*found, *pain_stops(Situation(today, pain=plan.pain_told, sessions=plan.log, own=plan.versions())))


def pain_words(plan: Plan, sessions: Sequence[Session]) -> tuple[str, ...]:
    """What the pain of sessions that were logged asks for."""
    own = plan.versions()
    last = max((session.on for session in sessions), default=date.min)
    said = pain_stops(Situation(last, sessions=plan.log, own=own))
    if said:
        return said
    situation = Situation(date.max, sessions=tuple(sessions), own=own)
    pain = pain_now(situation)
    if pain is None or pain_rule(pain) != "modify":
        return ()
    easier = "an easier version without load of what loads the same, smaller and slower"
    return (f"{told_pain(pain, situation)}: {easier}; `legato plan update` takes it in",)


def pain_stops(situation: Situation) -> tuple[str, ...]:
    """What pain stops on a day, told or in the log, in one sentence each; none where nothing is stopped."""
    pain = pain_now(situation)
    found: list[str] = []
    if pain is not None and pain_rule(pain) == "stop":
        found.append(STOP if pain.exercise else stop_words(pain, situation))
    stands = {done.exercise: on for on, done in standing_pain(situation)}
    for exercise, on in stands.items():
        known = exercise_of(exercise, situation)
        name = exercise if known is None else known.name
        out = f"{name} hurt on {on}: leave it out, and load on the same regions, until somebody qualified has looked"
        found.append(f"{out}; then `legato plan log PLAN --looked-at DAY`, and update the plan")
    return tuple(found)
