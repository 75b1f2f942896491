"""What a plan is made from beside its request, alike for commands and pages: results, sheets, pain, screening."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from legato.coaching.found import faults_gone, faults_seen
from legato.coaching.judged import NOT_JUDGED, counting_results
from legato.coaching.log import Session
from legato.coaching.model import Drill
from legato.coaching.plan.build import Refused
from legato.coaching.plan.export import clash_words
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.plan.running import without_what_is_barred
from legato.coaching.plan.situation import situation_of, with_measured
from legato.coaching.plan.solve import Clash
from legato.coaching.plan.update import DRIFTS, Seen, is_over, update_plan, with_prescription
from legato.coaching.prescribe import FaultSeen
from legato.coaching.safety.pain import pain_rule
from legato.coaching.situation import Pain, Screening, Situation
from legato.errors import BadInput
from legato.faults.assessments import Outcome, ResultFile, causes_found

LATE_DAYS = 7
"""How long ago the first day of a new plan may be. [ENG] A week that has begun."""

PAIN_STOPS = "Pain: stop. Nothing is planned; see somebody qualified before going on."

CHANGED = (
    "changed after this plan was made; the plan keeps it as it was, and drops it where the newer version is barred; a"
    " new plan takes the newer version"
)
"""Said of a coach's own drill of a plan that is otherwise now."""

KEPT = "not among your own any more; the plan keeps it as it was"
"""Said of one that is gone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with what was measured and prescribed, the athlete on the day, and in words what was prescribed.

    `stopped`: pain of the day stops everything, and nothing may be planned.
    """

    request: Request
    situation: Situation
    said: tuple[str, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Anew:
    """A plan made anew. `plan`: what is to be kept, None where nothing changes; `why`: why the weeks to come were not
    made anew, where they were not; `stopped`: as pain of the day stops everything.
    """

    plan: Plan | None
    why: Clash | Refused | None = None
    stopped: bool = False


def told_pain(during: float | None, worse_next_morning: bool, below_the_knee: bool) -> Pain | None:
    """Pain as told of a day; None where none is."""
    if during is None and not (worse_next_morning or below_the_knee):
        return None
    return Pain(during or 0.0, worse_next_morning, below_the_knee)


def stops(pain: Pain | None) -> bool:
    """Whether pain of the day stops everything."""
    return pain is not None and pain_rule(pain) == "stop"


def why_not(found: Clash | Refused) -> str:
    """Why there is no plan, in words."""
    return f"no plan: {'; '.join(found.reasons)}" if isinstance(found, Refused) else clash_words(found)


def seen_in(read: Sequence[ResultFile], outcomes: Sequence[Outcome]) -> Seen | None:
    """What results, the oldest first, say of each fault of a movement as they judged it last; None without results."""
    if not read:
        return None
    counting = counting_results(read)
    causes = causes_found(outcomes, counting)
    newest = {one.movement.id: k for k, one in enumerate(read)}
    faults: list[FaultSeen] = []
    for k, one in enumerate(counting):
        found_in = "" if newest[one.movement.id] == k else one.name
        faults += (replace(seen, found_in=found_in) for seen in faults_seen([one], causes, read[:k]))
    verdicts = [found.verdict for one in counting for found in one.findings]
    unjudged = verdicts.count(NOT_JUDGED)
    before = counting_results([one for one, kept in zip(read, counting, strict=True) if not _tells_drift(kept)])
    drifted = any(one.fault in DRIFTS and one.verdict == "fault" for result in before for one in result.findings)
    return Seen(tuple(faults), faults_gone(counting), drifted, len(verdicts) - unjudged, unjudged)


def _tells_drift(result: ResultFile) -> bool:
    return any(one.fault in DRIFTS and one.verdict != NOT_JUDGED for one in result.findings)


def prepared(
    asked: Request,
    screening: Screening,
    day: date,
    read: Sequence[ResultFile] = (),
    outcomes: Sequence[Outcome] = (),
    pain: Pain | None = None,
    name: str = "the request",
    sessions: Sequence[Session] = (),
    own: Sequence[Drill] = (),
) -> Prepared:
    """What `make_plan` takes, for a new plan.

    Parameters
    ----------
    asked
        As the athlete or coach fills it in.
    screening
        One that was passed and holds on the day.
    day
        On which the plan is made.
    read, outcomes
        Results in their order, and what sheets and results say together.
    pain
        As told on the day.
    name
        What messages call the request.
    sessions
        What was logged of earlier plans: its pain counts.
    own
        A coach's own drills, which the request may name.

    Raises
    ------
    BadInput
        The first day is too long ago.
    """
    if asked.start < day - timedelta(days=LATE_DAYS):
        raise BadInput(
            f"{name}: start = {asked.start} is more than {LATE_DAYS} days before {day}; give a later one, or make"
            " the plan as on a day of then with --on"
        )
    asked = asked.model_copy(update={"athlete": with_measured(asked.athlete, read, outcomes)})
    versions = {one.id: (one,) for one in own}
    situation = situation_of(asked.athlete, screening, day, pain=pain, sessions=sessions, own=versions)
    seen = seen_in(read, outcomes)
    if stops(pain) or seen is None:
        return Prepared(asked, situation, stopped=stops(pain))
    asked, said = with_prescription(asked, seen.faults, situation, seen.why_none)
    return Prepared(asked, situation, said)


def made_anew(
    plan: Plan,
    screening: Screening | None,
    day: date,
    read: Sequence[ResultFile] = (),
    outcomes: Sequence[Outcome] = (),
    pain: Pain | None = None,
    sessions: Sequence[Session] | None = None,
    own: Mapping[str, tuple[Drill, ...]] | None = None,
) -> Anew:
    """The weeks to come from the newest result and the log.

    Parameters
    ----------
    plan
        As it stands.
    screening
        That holds on the day; None where it was not passed.
    day, read, outcomes
        As for `prepared`.
    pain
        As told on the day; what was told last where nothing is.
    sessions
        What was logged, of earlier plans too; the plan's own log where it is not told.
    own
        A coach's own drills in their versions; those of the plan alone where they are not told.
    """
    standing = with_measured(plan.athlete, read, outcomes)
    told = plan.pain_told if pain is None else pain.told(day)
    asked = {"request": plan.request.model_copy(update={"athlete": standing}), "pain_told": told}
    found = plan.model_copy(update=asked)
    log = found.log if sessions is None else sessions
    versions = plan.versions() if own is None else own
    start = found.request.start
    situation = situation_of(standing, screening, day, pain=told, sessions=log, start=start, own=versions)
    left = without_what_is_barred(found, situation)
    if screening is None or stops(told):
        return Anew(left, stopped=stops(told))
    anew = (
        Refused((is_over(found),))
        if found.weeks[-1].start <= day
        else update_plan(found, situation, seen_in(read, outcomes))
    )
    if isinstance(anew, Plan):
        return Anew(anew)
    return Anew(left if left.changes != found.changes or told != plan.pain_told else None, anew)
