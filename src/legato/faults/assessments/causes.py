"""Why a fault that a recording shows may be there: what sheets answer of what would tell its causes apart."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from legato.faults.assessments.beside import Answer, AthleteNumber, Outcome
from legato.faults.assessments.catalogue import assessment_ids, load_assessment
from legato.faults.assessments.measured import ResultFile

_SIDES = ("right", "left")
_AGAINST = ", right against left"
_ASKED = re.compile(r"(screen|question|assessment): ([^,]+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a cause asks of people: an assessment, and the number or question of it (empty: the whole). `sides`: right
    against left, so that it is their difference that speaks.
    """

    assessment: str
    row: str = ""
    sides: bool = False


@dataclass(frozen=True, slots=True)
class CauseFound:
    """One cause of a fault that a result shows. `asked` is None where no sheet can answer it (another set, EMG).

    `speaks`: `for` it where a reading surely falls short of its limit, `against` it where both sides surely reach
    theirs, `open` where what was read or said decides nothing; empty where nothing was.
    """

    fault: str
    side: str
    result: str
    cause: str
    tells: str
    asks: str
    asked: Asked | None
    numbers: tuple[AthleteNumber, ...]
    answers: tuple[Answer, ...]
    speaks: Literal["for", "against", "open", ""]


def asked_of(asks: str) -> Asked | None:
    """Where a sheet asks what a fault's cause does: `screen: hip flexion`, `screen: hip flexion, right against left`,
    `question: fear of bending, 0 to 10`.
    """
    found = _ASKED.match(asks)
    if found is None:
        return None
    kind, name = found[1], found[2].strip().replace(" ", "-")
    if kind == "assessment":
        return Asked(name) if name in assessment_ids() else None
    # A screen goes before a drill that reads the same number off.
    specs = sorted((load_assessment(one) for one in assessment_ids()), key=lambda spec: spec.kind != "screen")
    for spec in specs:
        rows = spec.questions if kind == "question" else spec.numbers
        if any(row.id == name for row in rows):
            return Asked(spec.id, name, asks.endswith(_AGAINST))
    return None


def causes_found(outcomes: Sequence[Outcome], results: Sequence[ResultFile]) -> tuple[CauseFound, ...]:
    """The causes of all faults that results surely show, each with what the sheets say of it."""
    return tuple(
        _cause(outcomes, one.fault, one.side or "", result.name, (cause.cause, cause.tells, cause.asks or ""))
        for result in results
        for one in result.findings
        if one.verdict == "fault"
        for cause in one.causes
    )


def _cause(outcomes: Sequence[Outcome], fault: str, side: str, result: str, told: tuple[str, str, str]) -> CauseFound:
    cause, tells, asks = told
    asked = asked_of(asks)
    row = "" if asked is None else asked.row
    numbers = tuple(_numbers(outcomes, row)) if row else ()
    answers = tuple(
        one for outcome in outcomes for one in outcome.answers if one.question.id == row and one.answer is not None
    )
    of_sides = asked is not None and asked.sides
    speaks = _speaks_of_sides(numbers, side) if of_sides else _speaks(numbers, answers)
    return CauseFound(fault, side, result, cause, tells, asks, asked, numbers, answers, speaks)


def _numbers(outcomes: Sequence[Outcome], row: str) -> Iterable[AthleteNumber]:
    """Readings of a number, and of another that stands for it."""
    for outcome in outcomes:
        ids = {one.id for one in outcome.assessment.numbers if row in (one.id, one.stands_for)}
        yield from (one for one in outcome.numbers if one.found.id in ids and one.found.value is not None)


def _speaks(numbers: Sequence[AthleteNumber], answers: Sequence[Answer]) -> Literal["for", "against", "open", ""]:
    verdicts = [one.found.verdict for one in numbers]
    if "fault" in verdicts:
        return "for"
    sides = {one.found.side for one in numbers}
    whole = sides == {""} or sides >= {"right", "left"}
    if whole and all(verdict == "ok" for verdict in verdicts):
        return "against"
    return "open" if verdicts or answers else ""


def _speaks_of_sides(numbers: Sequence[AthleteNumber], more: str) -> Literal["for", "against", "open", ""]:
    """For, where the side that does less surely has less of some number than the other and not surely enough of it;
    against, where both sides surely have enough of every number, or the side that does `more` surely has less.
    """
    if not numbers:
        return ""
    said = [_less(numbers, name) for name in dict.fromkeys(one.found.id for one in numbers)]
    less = {"right": "left", "left": "right"}.get(more, "")
    if less and less in said:
        return "for"
    if all(one == "enough" for one in said) or (less and more in said):
        return "against"
    return "open"


def _less(numbers: Sequence[AthleteNumber], name: str) -> str:
    """The side that surely has less of a number and not surely enough; `enough` where both have; else empty."""
    rows = {side: [n.found for n in numbers if n.found.id == name and n.found.side == side] for side in _SIDES}
    if any(len(of) != 1 for of in rows.values()):
        return ""
    (right,), (left,) = rows["right"], rows["left"]
    if right.verdict == left.verdict == "ok":
        return "enough"
    if right.value is None or left.value is None:
        return ""
    apart = right.value.value - left.value.value
    if abs(apart) <= math.hypot(right.value.half_width, left.value.half_width):
        return ""
    less = left if apart > 0.0 else right
    return "" if less.verdict == "ok" else less.side
