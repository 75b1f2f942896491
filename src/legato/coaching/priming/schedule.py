"""When a priming protocol begins so that its rest ends at the test; and the control, rest for as long."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from legato.coaching.model import Drill, Step
from legato.coaching.plan.items import of_drill
from legato.coaching.priming.catalogue import choices
from legato.coaching.priming.model import Part, Protocol, Region
from legato.coaching.safety.groups import GROUPS
from legato.coaching.safety.limits import limits
from legato.coaching.safety.permit import in_force, nothing_today, only_easier, permitted
from legato.coaching.situation import Situation
from legato.errors import BadInput

_PLATE_KG = 0.5
"""What a load is rounded up to, kg: heavy stays heavy, and no more than that. [ENG] The smallest pair of plates."""

CONTROL = "rest: sit or stand at ease, no work and no stretching"

BOTH = "Before either comes the same warm-up as on every day of the trial, up to the load or jump of the test."
"""What is kept the same, said with every schedule."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a schedule: from when, for how long (min), what, and with which drill or lift."""

    at: datetime
    minutes: float
    what: str
    drill: str = ""
    load_kg: float | None = None
    provisos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is done when, up to the test. `primed`: with the protocol, else its control, rest for as long. `earliest`
    and `latest`: between which the test may begin, for the rest to be one of the protocol's.
    """

    protocol: str
    region: Region
    primed: bool
    lines: tuple[Line, ...]
    test_at: datetime
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Why a protocol is not offered to an athlete, in words."""

    reasons: tuple[str, ...]


def schedule(
    protocol: Protocol, test_at: datetime, region: Region, situation: Situation, *, primed: bool = True
) -> Schedule | NotOffered:
    """The minutes before a test.

    Parameters
    ----------
    protocol
        Of the library or an own one.
    test_at
        When the test begins.
    region
        Which limbs the test asks for.
    situation
        The athlete on the day; every part passes the gate that all drills pass.
    primed
        Whether the protocol is done, or rest for as long: the control.

    Returns
    -------
    The lines in order; their rest is the middle of what the protocol asks, in whole minutes. Where something of it may
    not be done, why not: half a protocol is not the one that is tested, so the control too then waits.

    Raises
    ------
    BadInput
        The protocol has nothing for those limbs.
    """
    chosen = chosen_parts(protocol, region, situation)
    if isinstance(chosen, NotOffered):
        return chosen
    rest = protocol.rest_before(region)
    rest_min = math.ceil(0.5 * (rest.least + rest.most))
    end = test_at - timedelta(minutes=rest_min)
    whole = sum(one.minutes for one in chosen)
    begins = end - timedelta(minutes=whole)
    if primed:
        lines, at = list[Line](), begins
        for one in chosen:
            lines.append(Line(at, one.minutes, one.what, one.drill, one.load_kg, one.provisos))
            at += timedelta(minutes=one.minutes)
        if rest_min:
            lines.append(Line(end, rest_min, CONTROL))
    else:
        lines = [Line(begins, whole + rest_min, CONTROL)]
    earliest, latest = (end + timedelta(minutes=minutes) for minutes in (rest.least, rest.most))
    return Schedule(protocol.id, region, primed, tuple(lines), test_at, earliest, latest)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part as it is done: what in words, how long (min), with which drill or lift and load."""

    what: str
    minutes: float
    drill: str = ""
    load_kg: float | None = None
    provisos: tuple[str, ...] = ()


def chosen_parts(protocol: Protocol, region: Region, situation: Situation) -> tuple[Chosen, ...] | NotOffered:
    """Each part with the first drill or lift of it that may be done; or why the protocol is not offered.

    Raises
    ------
    BadInput
        The protocol has nothing for those limbs.
    """
    if protocol.refused:
        return NotOffered((protocol.refused,))
    if stop := nothing_today(situation):
        return NotOffered((stop,))
    weeks, base = situation.base_weeks, limits().base_weeks.value
    if protocol.trained and not (weeks is not None and weeks >= base):
        told = "not told" if weeks is None else f"{weeks:g} so far"
        return NotOffered((f"only after {base:g} weeks of regular training ({told})",))
    parts = protocol.parts_before(region)
    if not parts:
        raise BadInput(f"{protocol.id}: has nothing before a test of the {_LIMBS[region]}")
    found, reasons = list[Chosen](), list[str]()
    for part in parts:
        if part.what and part.minutes is not None:
            found.append(Chosen(part.what, part.minutes))
            reasons += _against_words(part, situation)
            continue
        against: list[str] = []
        for one in _ways(part, situation):
            if isinstance(one, Chosen):
                found.append(one)
                break
            against.append(one)
        else:
            reasons += against
    return NotOffered(tuple(dict.fromkeys(reasons))) if reasons else tuple(found)


def _against_words(part: Part, situation: Situation) -> list[str]:
    """Why a part that stands in words may not be done: the screening bars what it belongs to, or there is pain."""
    screening, groups = in_force(situation), frozenset(part.barred or ())
    if isinstance(screening, str):
        return [screening]
    barred = [words for group, words in GROUPS.items() if group in groups & screening.barred]
    if barred:
        return [f"{part.what}: the screening bars {', '.join(barred)}"]
    return [f"{part.what}: not with pain"] if groups and only_easier(situation) else []


_LIMBS = {"upper": "arms", "lower": "legs"}


def _ways(part: Part, situation: Situation) -> Iterator[Chosen | str]:
    """Each drill or lift of a part at its level: as it is done, or why it may not be."""
    for drill in choices(part):
        load_kg = None
        if part.share_of_maximum is not None:
            maximum = situation.maxima_kg.get(drill.id)
            if maximum is None:
                yield f"{drill.name}: tell its one-repetition maximum, in kg"
                continue
            load_kg = _PLATE_KG * math.ceil(part.share_of_maximum * maximum / _PLATE_KG - 1e-9)
        for step in drill.steps:
            if step.level == part.level:
                yield _as_done(drill, step, part, load_kg, situation)


def _as_done(drill: Drill, step: Step, part: Part, load_kg: float | None, situation: Situation) -> Chosen | str:
    assert part.dose is not None
    dosed = step.model_copy(update={"dose": part.dose})
    permit = permitted(drill, dosed, situation, load_kg=load_kg, reps=part.dose.reps)
    if not permit.allowed:
        return f"{drill.name}: {'; '.join(permit.reasons)}"
    seconds = part.dose.sets * _set_s(drill, dosed, part) - part.dose.rest_s
    load = "" if load_kg is None else f", {load_kg:g} kg"
    what = f"{drill.name}, {part.dose.words}{load}"
    return Chosen(what, math.ceil(seconds / 30.0) / 2.0, drill.id, load_kg, permit.provisos)


def _set_s(drill: Drill, step: Step, part: Part) -> float:
    """One set with its rest, s."""
    if part.seconds_a_rep is None or step.dose.reps is None:
        return of_drill(drill, step, None, "").set_s
    sides = 2 if step.dose.per_side else 1
    return sides * part.seconds_a_rep * step.dose.reps + step.dose.rest_s
