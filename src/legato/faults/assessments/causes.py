"""Why a fault that a recording shows may be there: what sheets answer of what would tell its causes apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from legato.faults.assessments.beside import Answer, AthleteNumber, Outcome
from legato.faults.assessments.catalogue import assessment_ids, load_assessment
from legato.faults.assessments.measured import ResultFile

_ASKED = re.compile(r"(screen|question|assessment): ([^,]+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a cause asks of people: an assessment, and the number or question of it (empty: the whole)."""

    assessment: str
    row: str = ""


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
    """Where a sheet asks what a fault's cause does: `screen: hip flexion`, `question: fear of bending, 0 to 10`."""
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
            return Asked(spec.id, name)
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
    return CauseFound(fault, side, result, cause, tells, asks, asked, numbers, answers, _speaks(numbers, answers))


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
