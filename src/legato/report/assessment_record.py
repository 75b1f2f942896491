"""Assessments as a record: `legato.assessment/1`."""

from collections.abc import Sequence
from typing import Any

from legato import __version__
from legato.estimate import Estimate
from legato.faults.assessments.beside import AthleteNumber, ItemFound, Outcome, TaskFound, not_taken
from legato.faults.assessments.causes import CauseFound, causes_found
from legato.faults.assessments.measured import Found, ResultFile
from legato.faults.assessments.raters import TARGET, ItemAgreement, agreement
from legato.faults.assessments.sheet import EYES, Sheet

SCHEMA = "legato.assessment/1"


def assessment_record(outcomes: Sequence[Outcome], results: Sequence[ResultFile] = ()) -> dict[str, Any]:
    """The record; `results` are what was read beside the sheets."""
    sheets = [sheet for outcome in outcomes for sheet in outcome.sheets]
    return {
        "schema": SCHEMA,
        "legato_version": __version__,
        "athletes": sorted({sheet.athlete for sheet in sheets}),
        "raters": [{"rater": rater, "is": role} for rater, role in sorted({(s.rater, s.rater_is) for s in sheets})],
        "results": [result.name for result in results],
        "not_taken": list(not_taken(outcomes, results)),
        "assessments": [_outcome(outcome) for outcome in outcomes],
        "causes": [_cause(cause) for cause in causes_found(outcomes, results)],
    }


def _cause(found: CauseFound) -> dict[str, Any]:
    asked = found.asked
    return {
        "fault": found.fault, "side": found.side or None, "result": found.result, "cause": found.cause,
        "tells": found.tells, "asks": found.asks or None, "sheet": None if asked is None else asked.assessment,
        "answered": bool(found.speaks), "speaks": found.speaks or None,
        "by_numbers": [
            {"number": one.found.id, "side": one.found.side or None, "verdict": one.found.verdict}
            for one in found.numbers
        ],
        "by_answers": [{"question": one.question.id, "answer": one.answer} for one in found.answers],
    }  # fmt: skip


def agreements(outcome: Outcome) -> tuple[ItemAgreement, ...]:
    """How far the raters of an assessment agree."""
    ratings = {
        (sheet.rater, sheet.subject, item): rating
        for sheet in outcome.sheets
        for item, rating in sheet.ratings.items()
        if rating is not None
    }
    return agreement(ratings, [item.id for item in outcome.assessment.items])


def _outcome(outcome: Outcome) -> dict[str, Any]:
    spec = outcome.assessment
    return {
        "id": spec.id,
        "name": spec.name,
        "kind": spec.kind,
        "source": spec.source,
        "grade": spec.grade,
        "sheets": [_sheet(sheet) for sheet in outcome.sheets],
        "items": [_item(item) for item in outcome.items],
        "ratings_are": EYES if spec.items else None,
        "agreement": [_agreement(one) for one in agreements(outcome)],
        "kappa_target": TARGET if spec.items else None,
        "numbers": [_number(number) for number in outcome.numbers],
        "answers": [
            {
                "question": one.question.id, "asks": one.question.asks, "athlete": one.sheet.athlete,
                "date": one.sheet.date, "asked_by": one.sheet.rater, "answer": one.answer,
                "from": one.question.low, "to": one.question.high, "beside": list(one.question.faults),
            }
            for one in outcome.answers
        ],
        "tasks": [_task(task) for task in outcome.tasks],
        "missing": list(outcome.missing),
    }  # fmt: skip


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "file": sheet.name, "rater": sheet.rater, "rater_is": sheet.rater_is, "seen": sheet.seen or None,
        "athlete": sheet.athlete, "date": sheet.date,
    }  # fmt: skip


def _item(found: ItemFound) -> dict[str, Any]:
    item = found.item
    return {
        "item": item.id,
        "fault": item.fault,
        "point": item.point or None,
        "asks": item.asks,
        "anchors": list(item.anchors),
        "ratings": [
            {
                "rater": sheet.rater, "athlete": sheet.athlete, "date": sheet.date, "rating": rating,
                "seen": rating is not None,
            }
            for sheet, rating in found.ratings
        ],
        "measured": [_found(one) for one in found.measured],
        "not_measured_because": found.missing or None,
    }  # fmt: skip


def _found(one: Found) -> dict[str, Any]:
    return {
        "fault": one.fault, "side": one.side or None, "verdict": one.verdict, "measured": _estimate(one.value),
        "unit": one.unit, "why": one.why, "resolve": one.resolve or None, "movement": one.movement,
        "result": one.result,
    }  # fmt: skip


def _agreement(one: ItemAgreement) -> dict[str, Any]:
    return {
        "item": one.item or None, "raters": list(one.raters), "athletes": one.athletes, "ratings": one.ratings,
        "same_share": one.same, "kappa": _estimate(one.kappa), "weighted_kappa": _estimate(one.weighted),
        "reason": one.reason or None,
    }  # fmt: skip


def _number(number: AthleteNumber) -> dict[str, Any]:
    found = number.found
    return {
        "number": found.id, "name": found.name, "part": number.part or None, "side": found.side or None,
        "athlete": number.athlete or None, "date": number.date or None, "value": _estimate(found.value), "n": found.n,
        "by": found.by, "measured": number.measured, "verdict": found.verdict, "reason": found.reason or None,
        "z": _estimate(found.z),
        "reference": None
        if found.reference is None
        else {
            "mean": found.reference.mean, "sd": found.reference.sd, "n": found.reference.n,
            "source": found.reference.source,
        },
    }  # fmt: skip


def _task(found: TaskFound) -> dict[str, Any]:
    return {
        "task": found.task.id,
        "name": found.task.name,
        "why": found.task.why,
        "movements": list(found.task.movements),
        "faults": [_found(one) for one in found.faults],
        "numbers": [
            {
                "number": reads, "side": one.side or None, "value": _estimate(one.value), "about": one.about or None,
                "reason": one.reason or None, "result": result,
            }
            for reads, result, one in found.numbers
        ],
        "not_recorded_because": found.missing or None,
    }  # fmt: skip


def _estimate(value: Estimate | None) -> dict[str, Any] | None:
    return None if value is None else dict(value.to_dict())
