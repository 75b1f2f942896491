"""From faults to at most two drills, one cue, a dose and a day to measure again, with every reason in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from legato.coaching.catalogue import drills_for
from legato.coaching.log import last_of
from legato.coaching.model import LEVELS, Cue, Drill, Grade, Step
from legato.coaching.progress import may_begin, progress
from legato.coaching.safety.permit import nothing_today, permitted
from legato.coaching.situation import Situation

Speaks: TypeAlias = Literal["for", "against", "open", ""]

MOST_DRILLS = 2
"""Of one prescription (issue: one cue, few drills). [ENG]"""

NO_FAULT = "no fault was found, so no drill is asked for"

RETEST_DAYS = 14
"""Until it is measured again: two weeks of two to four sessions. [ENG]"""

_ENOUGH_SESSIONS = 6
"""Sessions of a drill after which a fault that is still there asks for another drill. [ENG]"""


@dataclass(frozen=True, slots=True)
class CauseSeen:
    """A candidate cause of a fault, and what screens and questions say of it (see `causes_found`)."""

    cause: str
    speaks: Speaks = ""
    drills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault that a recording surely shows. `beyond`: how far its interval's near end lies outside the band, in
    half-widths of the interval; `says`: the sentence a coach reads; `movement`: of the recording; `nearer`: from
    what to what, where the number is surely nearer to the band than in an earlier result; `found_in`: the result, where
    newer ones of the movement could not judge it.
    """

    fault: str
    name: str
    kind: str
    says: str
    side: str = ""
    beyond: float = 0.0
    causes: tuple[CauseSeen, ...] = ()
    asks: tuple[str, ...] = ()
    movement: str = ""
    nearer: str = ""
    found_in: str = ""


@dataclass(frozen=True, slots=True)
class Prescribed:
    """One drill of a prescription, the step of it, why, and the fault of which movement it is for."""

    drill: Drill
    step: Step
    fault: str
    why: tuple[str, ...]
    provisos: tuple[str, ...] = ()
    movement: str = ""

    @property
    def grade(self) -> Grade:
        """Of the evidence that the drill changes what it is for."""
        return self.drill.grade


@dataclass(frozen=True, slots=True)
class Prescription:
    """What to do until it is measured again; nothing, with the `reasons`, where nothing may be done or is asked for.

    `asks`: what is still missing to tell causes apart. `passed_over`: drills that answer the fault and were not taken,
    by id, with the reasons.
    """

    drills: tuple[Prescribed, ...]
    cue: Cue | None
    retest_on: date | None
    reasons: tuple[str, ...]
    asks: tuple[str, ...] = ()
    passed_over: Mapping[str, tuple[str, ...]] | None = None


_FIRST: Mapping[str, int] = {
    "order": 0,
    "lead": 0,
    "contact": 1,
    "band": 2,
    "hold": 2,
    "share": 2,
    "drift": 3,
    "spread": 3,
}
"""What is mended first, by a fault's kind: what comes first, then posture, then what tires or varies. [ENG] The texts
put the order of links before load and posture (S1.45); no trial compares orders of mending."""


def ranked(faults: Iterable[FaultSeen]) -> tuple[FaultSeen, ...]:
    """Faults in the order in which they are taken up: by kind, then the one that is most surely there."""
    return tuple(sorted(faults, key=lambda seen: (_FIRST.get(seen.kind, 2), -seen.beyond, seen.fault)))


def prescribe(faults: Sequence[FaultSeen], situation: Situation, why_none: str = NO_FAULT) -> Prescription:
    """At most two drills for what was found.

    Parameters
    ----------
    faults
        That a recording surely shows; what is not resolvable is no reason for a drill.
    situation
        The athlete on the day: screening, pain, equipment, what was trained so far.
    why_none
        What is said where no fault is there.

    Notes
    -----
    The first drill is for the first fault (`ranked`), the second for its other cause or for the next fault. A drill
    that a cause names comes first where a screen speaks for that cause, and last where it speaks against. One that was
    done for six sessions with the fault still there makes room for another, unless the fault surely gets smaller or
    nothing judged it since.
    """
    if stop := nothing_today(situation):
        return Prescription((), None, None, (stop,))
    if not faults:
        return Prescription((), None, None, (why_none,))
    over: dict[str, tuple[str, ...]] = {}
    chosen: list[Prescribed] = []
    order = ranked(faults)
    for seen in (*order[:MOST_DRILLS], *order[:1]):
        if len(chosen) == MOST_DRILLS or (chosen and len(order) == 1 and not _second_asked(seen)):
            break
        found = _drill_for(seen, situation, {one.drill.id for one in chosen}, over)
        if found is not None:
            chosen.append(found)
    asks = tuple(dict.fromkeys(ask for seen in order[:MOST_DRILLS] for ask in seen.asks))
    if not chosen:
        return Prescription((), None, None, ("nothing that answers it may be done now",), asks, over)
    days = situation.on + timedelta(days=RETEST_DAYS)
    said = [f"{seen.says}{_since(seen)}" for seen in order]
    reasons = [f"{one} It is taken up {'first' if k == 0 else 'next'}." for k, one in enumerate(said[:MOST_DRILLS])]
    reasons += [f"{one} It waits: two drills at a time." for one in said[MOST_DRILLS:]]
    reasons.append(f"Measure the same again on {days.isoformat()} or soon after.")
    return Prescription(tuple(chosen), _cue(chosen[0].drill), days, tuple(reasons), asks, over)


def _since(seen: FaultSeen) -> str:
    """Where a fault is from that the newest result of its movement could not judge."""
    return f" It was found in {seen.found_in}; nothing newer could judge it." if seen.found_in else ""


def _second_asked(seen: FaultSeen) -> bool:
    """Whether one fault asks for a second drill: screens speak for more than one cause, or none tells them apart."""
    return len([cause for cause in seen.causes if cause.speaks != "against"]) > 1


def _drill_for(
    seen: FaultSeen, situation: Situation, taken: set[str], over: dict[str, tuple[str, ...]]
) -> Prescribed | None:
    """The first drill that answers a fault and may be done."""
    worn: Prescribed | None = None
    for drill, why in _candidates(seen):
        if drill.id in taken:
            continue
        if drill.experimental:
            over[drill.id] = ("is an experiment only",)
            continue
        step, reasons = _step_of(drill, situation)
        if step is None:
            over[drill.id] = reasons
            continue
        provisos = permitted(drill, step, situation).provisos
        found = Prescribed(drill, step, seen.fault, (*why, *reasons), provisos, seen.movement)
        if seen.found_in or len(last_of(situation.sessions, drill.id, _ENOUGH_SESSIONS)) < _ENOUGH_SESSIONS:
            return found
        if seen.nearer:
            return replace(found, why=(*found.why, f"stays: surely smaller than before ({seen.nearer})"))
        over[drill.id] = (f"was done for {_ENOUGH_SESSIONS} sessions, and the fault is still there",)
        worn = worn or found
    return worn


def _candidates(seen: FaultSeen) -> list[tuple[Drill, tuple[str, ...]]]:
    """Drills that answer a fault, those first whose cause a screen speaks for."""
    place = {"for": 0, "open": 1, "": 1, "against": 2}
    found: list[tuple[int, int, Drill, tuple[str, ...]]] = []
    for k, drill in enumerate(drills_for(seen.fault, movement=seen.movement)):
        causes = [cause for cause in seen.causes if drill.id in cause.drills]
        rank = min((place[cause.speaks] for cause in causes), default=1)
        said = tuple(f"a screen speaks for {cause.cause}" for cause in causes if cause.speaks == "for")
        found.append((rank, k, drill, (f"answers: {seen.name.lower()}", *said)))
    return [(drill, why) for _, _, drill, why in sorted(found, key=lambda one: one[:2])]


def _step_of(drill: Drill, situation: Situation) -> tuple[Step | None, tuple[str, ...]]:
    """The step to do now: as the log says, or the easiest that is permitted."""
    last = last_of(situation.sessions, drill.id)
    level = last[-1][1].level if last else None
    done = next(
        (step for step in drill.steps if step.level == level and permitted(drill, step, situation).allowed), None
    )
    if done is not None:
        found = progress(drill, done, situation)
        return found.step, found.why
    reasons: tuple[str, ...] = ()
    for step in sorted(drill.steps, key=lambda one: LEVELS.index(one.level)):
        permit = may_begin(drill, step, situation)
        if permit.allowed:
            return step, (f"begins at level {step.level}",)
        reasons = reasons or permit.reasons
    return None, reasons


def _cue(drill: Drill) -> Cue:
    """One cue: the external one. Neither focus is promised to work better (McKay 2024); one is enough."""
    return next(cue for cue in drill.cues if cue.focus == "external")
