"""Sheets and earlier results of one assessment, set beside each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from legato.errors import BadInput
from legato.estimate import LEVEL
from legato.faults.assessments.measured import Found, Measured, ResultFile, findings_of, numbers_of, reads_of
from legato.faults.assessments.model import Assessment, Item, Question, Task
from legato.faults.assessments.numbers import NumberFound, in_si, limit_verdict, numbers_of_sheet, ratio_reason
from legato.faults.assessments.sheet import Sheet
from legato.faults.catalogue import fault_ids


@dataclass(frozen=True, slots=True)
class ItemFound:
    """An item with each rater's rating (None: not seen) and each recording's verdict on its fault; `missing` says why
    none measured it.
    """

    item: Item
    ratings: tuple[tuple[Sheet, int | None], ...]
    measured: tuple[Found, ...]
    missing: str


@dataclass(frozen=True, slots=True)
class AthleteNumber:
    """A number and whose it is; `unit` is that of the sheet, `measured` where a recording gave it."""

    athlete: str
    date: str
    found: NumberFound
    part: str
    unit: str
    measured: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What one athlete answered; None where it was not asked."""

    sheet: Sheet
    question: Question
    answer: int | None


@dataclass(frozen=True, slots=True)
class TaskFound:
    """A task of a profile with what recordings say of it; `missing` where none shows it."""

    task: Task
    faults: tuple[Found, ...]
    numbers: tuple[tuple[str, str, Measured], ...]
    missing: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that sheets and results say in one assessment."""

    assessment: Assessment
    sheets: tuple[Sheet, ...]
    items: tuple[ItemFound, ...]
    numbers: tuple[AthleteNumber, ...]
    answers: tuple[Answer, ...]
    tasks: tuple[TaskFound, ...]
    missing: tuple[str, ...]


def gather(
    sheets: Sequence[Sheet], results: Sequence[ResultFile] = (), also: Sequence[Assessment] = (), level: float = LEVEL
) -> tuple[Outcome, ...]:
    """What sheets and results say, an outcome an assessment, in the order in which they are given.

    Parameters
    ----------
    sheets
        Of any assessments, raters and athletes.
    results
        Of one athlete: with sheets of several it is not known whose they are.
    also
        Assessments that are told from results alone.
    level
        Of the intervals of readings.

    Raises
    ------
    BadInput
        One rater gave one athlete two sheets of a day, or results stand beside sheets of several athletes.
    """
    seen: dict[tuple[str, str, tuple[str, str]], str] = {}
    for sheet in sheets:
        key = (sheet.assessment.id, sheet.rater, sheet.subject)
        if key in seen:
            raise BadInput(
                f"{sheet.name}: rater {sheet.rater} rated athlete {sheet.athlete} of {sheet.date} in {seen[key]} as"
                " well; give one of both, or another code to the other rater"
            )
        seen[key] = sheet.name
    athletes = sorted({sheet.athlete for sheet in sheets})
    if results and len(athletes) > 1:
        raise BadInput(
            f"--result: the sheets are of {len(athletes)} athletes ({', '.join(athletes[:5])}), so it is not known"
            " whose the result is; read the sheets of one athlete with it"
        )
    specs = {spec.id: spec for spec in (*(sheet.assessment for sheet in sheets), *also)}
    return tuple(
        _outcome(spec, [sheet for sheet in sheets if sheet.assessment.id == spec.id], results, level)
        for spec in specs.values()
    )


def not_taken(outcomes: Sequence[Outcome], results: Sequence[ResultFile]) -> tuple[str, ...]:
    """A sentence for each result of a movement that none of the assessments looks at."""
    takes = dict.fromkeys(name for outcome in outcomes for name in _takes(outcome.assessment))
    which = ", ".join(list(takes)[:6]) + (" …" if len(takes) > 6 else "")
    why = f"assessments here take {which}" if takes else "no assessment here takes a recording"
    return tuple(
        f"{result.name} is of {result.movement.id} and was not held against anything rated or read off: {why}"
        for result in results
        if result.movement.id not in takes
    )


def _takes(spec: Assessment) -> Iterator[str]:
    """The movements whose results an assessment looks at."""
    yield from spec.movements if spec.items else ()
    for part in (*spec.numbers, *spec.tasks):
        yield from part.movements


def _outcome(spec: Assessment, sheets: Sequence[Sheet], results: Sequence[ResultFile], level: float) -> Outcome:
    numbers = _numbers(spec, sheets, results, level)
    told = {number.found.id for number in numbers if number.found.value is not None}
    for number in spec.numbers:
        if number.stands_for and told & {number.id, number.stands_for}:
            told |= {number.id, number.stands_for}
    for derived in spec.derived:
        if f"measured-{derived.id}" in told:
            told |= {derived.top, derived.bottom}
    missing = [
        f"{number.name}: {_how_to_get(number.how, number.movements)}"
        for number in spec.numbers
        if number.id not in told
    ]
    return Outcome(
        spec,
        tuple(sheets),
        tuple(_item(spec, item, sheets, results) for item in spec.items),
        numbers,
        tuple(Answer(sheet, q, sheet.answers.get(q.id)) for sheet in sheets for q in spec.questions),
        tuple(_task(task, results) for task in spec.tasks),
        tuple(missing),
    )


def _how_to_get(how: str, movements: Sequence[str]) -> str:
    if not movements:
        return how
    given = ", ".join(movements[:3]) + (" …" if len(movements) > 3 else "")
    return f"{how}; --result of {given}"


def _item(spec: Assessment, item: Item, sheets: Sequence[Sheet], results: Sequence[ResultFile]) -> ItemFound:
    right = [result for result in results if result.movement.id in spec.movements]
    found, others = (
        tuple(
            one
            for result in right
            for one in findings_of(result, name)
            if not item.point or one.side in ("", item.point)
        )
        for name in (item.fault, item.also)
    )
    if any(one.value is not None for one in others):
        found = tuple(one for one in (*found, *others) if one.value is not None)
    missing = ""
    if item.fault not in fault_ids():
        found, missing = (), "no detector measures this yet: people rate it"
    elif not found and not right:
        missing = f"not measured: no --result of {' or '.join(spec.movements)}"
    elif not found:
        missing = f"the recording of {right[0].movement.id} was not searched for it"
    return ItemFound(item, tuple((sheet, sheet.ratings.get(item.id)) for sheet in sheets), found, missing)


def _numbers(
    spec: Assessment, sheets: Sequence[Sheet], results: Sequence[ResultFile], level: float
) -> tuple[AthleteNumber, ...]:
    known = {number.id: (number.part, number.unit) for number in spec.numbers}
    rows = [
        AthleteNumber(sheet.athlete, sheet.date, found, *known.get(found.id, ("", "")), False)
        for sheet in sheets
        for found in numbers_of_sheet(sheet, level)
    ]
    athlete = next((sheet.athlete for sheet in sheets), "")
    for number in spec.numbers:
        for result in results:
            for one in reads_of(result, number):
                value = None if one.value is None else in_si(one.value)
                verdict, reason = (None, one.reason) if one.value is None else limit_verdict(one.value, number)
                for derived in spec.derived:
                    if one.value is not None and number.id == f"measured-{derived.id}":
                        reason = ratio_reason(one.value, derived)
                said = "; ".join(part for part in (one.about, reason) if part)
                found = NumberFound(number.id, number.name, one.side, value, 1, result.name, verdict, said)
                rows.append(AthleteNumber(athlete, "", found, number.part, number.unit, True))
    return tuple(rows)


def _task(task: Task, results: Sequence[ResultFile]) -> TaskFound:
    right = [result for result in results if result.movement.id in task.movements]
    faults = tuple(one for result in right for name in task.faults for one in findings_of(result, name))
    numbers = tuple(
        (reads, result.name, one) for result in right for reads in task.reads for one in numbers_of(result, reads)
    )
    missing = "" if right else f"not recorded yet: a recording of {' or '.join(task.movements)}, as --result"
    return TaskFound(task, faults, numbers, missing)
