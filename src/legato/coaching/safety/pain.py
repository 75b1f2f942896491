"""The pain rule: go on, take an easier version, or stop and have it looked at (evidence 5.2)."""

from datetime import date, timedelta
from typing import Literal, TypeAlias

from legato.coaching.known import alike, exercise_of
from legato.coaching.log import SetsDone
from legato.coaching.model import Drill, Group, Step
from legato.coaching.safety.groups import groups_of
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


def pains_now(situation: Situation) -> tuple[Pain, ...]:
    """The pains that count on the day: what was told, and that of each exercise logged in the last two days. Where
    nothing was told, that of the last session too, and what asked for an easier version when an exercise was last told
    of, however long ago; where it was told on an earlier day, that of the days from then on.
    """
    since = situation.on - timedelta(days=limits().pain_log_days.value)
    told = [] if situation.pain is None else [situation.pain]
    said = date.min if situation.pain is None else situation.pain.on or situation.on
    by_day: dict[tuple[date, str], list[Pain]] = {}
    for session in situation.sessions:
        for done in session.done if session.on <= situation.on else ():
            if (pain := _of(session.on, done)) is not None:
                by_day.setdefault((session.on, done.exercise), []).append(pain)
    last = max((on for on, _ in by_day), default=date.min)
    newest = {exercise: on for on, exercise in sorted(by_day, key=lambda day: day[0])}
    for (on, exercise), pains in by_day.items():
        if on >= since or (on >= said and on == last):
            told += pains
        elif on >= said and newest[exercise] == on:
            told += [pain for pain in pains if pain_rule(pain) == "modify"]
    return tuple(told)


def pain_now(situation: Situation) -> Pain | None:
    """The worst of the pains that count on the day; None where none is known."""
    return max(pains_now(situation), key=lambda pain: (_RANK[pain_rule(pain)], pain.during), default=None)


def pain_for(situation: Situation, drill: Drill, step: Step) -> Pain | None:
    """The worst pain that asks for an easier version and whose exercise loads what a step loads; None without one."""
    sore = [pain for pain in pains_now(situation) if pain_rule(pain) == "modify"]
    able = [pain for pain in sore if shares_load(pain, drill, step, situation)]
    return max(able, key=lambda pain: pain.during, default=None)


def shares_load(pain: Pain, drill: Drill, step: Step, situation: Situation) -> bool:
    """Whether a step loads what hurt: its regions; the spine, where that carried a weight; the arms, after a press or
    pull. Pain whose place is not known is everywhere. [ENG]
    """
    hurt = exercise_of(pain.exercise, situation)
    known = () if hurt is None else tuple(alike(hurt, situation))
    if not known and not pain.regions:
        return True
    groups = set[Group]().union(*(groups_of(one, version) for one in known for version in one.steps))
    loaded = {region for one in known for region in one.regions}
    spine = not known or "axial" in groups or bool({"back", "trunk"} & loaded)
    arms = not known or "press" in groups
    regions = {*pain.regions, *loaded, *(("back", "trunk") if spine else ())}
    own = groups_of(drill, step)
    return (
        drill.id == pain.exercise
        or bool(regions & set(drill.regions))
        or (spine and "axial" in own)
        or (arms and "arms" in own)
    )


def pain_words(pain: Pain, situation: Situation) -> str:
    """How much, and where a log tells it in what and when: `pain 4 of 10 in Back squat on 12 Nov`."""
    more = [
        " worse the next morning" if pain.worse_next_morning else "",
        " below the knee" if pain.below_the_knee else "",
    ]
    much = f"pain {pain.during:g} of 10{' and'.join(filter(None, more))}"
    if pain.on is None:
        return much
    when = f"on {pain.on.day} {pain.on:%b}"
    if not pain.exercise:
        return f"{much}, told {when}"
    known = exercise_of(pain.exercise, situation)
    return f"{much} in {known.name if known else pain.exercise} {when}"


def until_words(pain: Pain, on: date) -> str:
    """What ends it: an update that tells little pain, after the days in which a log counts beside it."""
    told = f"until an update is told {limits().pain_go.value:g} or less (`--pain 0`)"
    last = None if pain.on is None or not pain.exercise else pain.on + timedelta(days=limits().pain_log_days.value)
    return told if last is None or last < on else f"up to {last.day} {last:%b}, and after that {told}"


def standing_pain(situation: Situation) -> tuple[tuple[date, SetsDone], ...]:
    """What was done with pain that stops, on any day of the log, and that nobody qualified has looked at since."""
    before = [session for session in situation.sessions if session.on <= situation.on]
    looked = max((session.on for session in before if session.looked_at), default=date.min)
    return tuple(
        (session.on, done)
        for session in before
        for done in session.done
        if session.on > looked and (pain := _of(session.on, done)) is not None and pain_rule(pain) == "stop"
    )


def _of(on: date, done: SetsDone) -> Pain | None:
    """The pain of some sets; None where nothing was told of it."""
    if done.pain is None and not done.worse_next_morning and not done.below_the_knee:
        return None
    during = 0.0 if done.pain is None else done.pain
    return Pain(during, done.worse_next_morning, done.below_the_knee, done.exercise, on, done.regions)
