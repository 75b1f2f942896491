"""What a screening's answers come to, and its record: passed or blocked, as a whole and by group, never an answer."""

import calendar
import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

from legato.coaching.model import Group
from legato.coaching.safety.questions import HELPS, Help, HelpText, Question, questionnaire
from legato.coaching.situation import Screening
from legato.errors import BadInput
from legato.messages import nearest

Answer: TypeAlias = Literal["no", "yes", "cleared"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
"""`cleared`: yes, and somebody qualified knows of it and has agreed to training."""

SCHEMA = "legato.screening/1"
_LARGEST_BYTES = 10_000
_PASSED, _BLOCKED, _EXHALE = "passed", "blocked", "exhale only"
_GROUPS: tuple[Group, ...] = get_args(Group)
_KEYS = {"schema", "questions", "on", "until", "result", "groups", "electrodes", "minor", "check"}


def screen(answers: Mapping[str, str], on: date) -> Screening:
    """What answers come to.

    Parameters
    ----------
    answers
        `no`, `yes` or `cleared` by the question's id. A question without an answer blocks, as a yes to it would; so
        does `cleared` where it cannot be given.
    on
        The day of the answers.

    Raises
    ------
    BadInput
        There is no such question.
    """
    asked = questionnaire()
    known = {question.id for question in asked.questions}
    for name in answers:
        if name not in known:
            raise BadInput(f"the screening asks nothing called {name!r:.60}; {nearest(name, known)}")
    until = last_day(on, asked.valid_months)
    if blocking(answers):
        return Screening(on, until, passed=False)
    told = [question for question in asked.questions if answers[question.id] != "no"]
    barred: frozenset[Group] = frozenset(group for question in told for group in question.bars)
    return Screening(
        on,
        until,
        passed=True,
        barred=barred,
        minor=any(question.minor for question in told),
        exhale_only="brace" in barred or any(question.exhale_only for question in told),
        no_emg=any(question.no_emg for question in told),
    )


def blocking(answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions whose answer, or want of one, blocks."""
    return tuple(q for q in questionnaire().questions if not _answered(q, answers) or _blocks(q, answers[q.id]))


def unanswered(answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions that have no answer they take."""
    return tuple(q for q in questionnaire().questions if not _answered(q, answers))


def help_for(answers: Mapping[str, str]) -> tuple[HelpText, ...]:
    """What is told to somebody who does not pass, the most urgent first; nothing to one who passes."""
    kinds: set[Help] = {q.blocks for q in blocking(answers) if _answered(q, answers) and q.blocks is not None}
    if unanswered(answers) and "emergency" not in kinds:
        kinds.add("unanswered")
    return tuple(questionnaire().help[kind] for kind in HELPS if kind in kinds)


def _answered(question: Question, answers: Mapping[str, str]) -> bool:
    return answers.get(question.id, "") in ANSWERS


def _blocks(question: Question, answer: str) -> bool:
    return question.blocks is not None and (answer == "yes" or (answer == "cleared" and not question.clearable))


def last_day(on: date, months: int) -> date:
    """The last day of a time of so many months that begins on a day."""
    years, month = divmod(on.month - 1 + months, 12)
    year = on.year + years
    day = min(on.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def screening_record(screening: Screening) -> dict[str, Any]:
    """What is kept of a screening, for JSON: passed or blocked, and no answer."""
    groups = {group: _BLOCKED if group in screening.barred or not screening.passed else _PASSED for group in _GROUPS}
    if screening.exhale_only and groups["brace"] == _PASSED:
        groups["brace"] = _EXHALE
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "questions": questionnaire().version,
        "on": screening.on.isoformat(),
        "until": screening.until.isoformat(),
        "result": _PASSED if screening.passed else _BLOCKED,
        "groups": groups,
        "electrodes": _BLOCKED if screening.no_emg or not screening.passed else _PASSED,
        "minor": screening.minor,
    }
    return record | {"check": _check(record)}


def _check(record: Mapping[str, Any]) -> str:
    """A hash of what a record says, so that a slip of the hand is seen; no answer goes into it."""
    kept = {name: value for name, value in record.items() if name != "check"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]


def read_screening(path: str | PathLike[str]) -> Screening:
    """A screening from its record.

    Raises
    ------
    BadInput
        The file cannot be read, is no record, was changed by hand, or is of other questions than are asked now.
    """
    file = Path(path)
    give = "give a record of `legato screen`"
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST_BYTES + 1)
        record: object = json.loads(content.decode("utf-8")) if len(content) <= _LARGEST_BYTES else None
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}); {give}") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{file}: is no record of a screening; {give}") from None
    return screening_of(record, str(file))


def screening_of(kept: object, file: str) -> Screening:
    """A screening from its record as it was kept; `file`: what it is called.

    Raises
    ------
    BadInput
        It is no record, was changed by hand, or is of other questions than are asked now.
    """
    if not isinstance(kept, dict) or cast("dict[str, Any]", kept).get("schema") != SCHEMA:
        give = "give a record of `legato screen`"
        raise BadInput(f"{file}: is no record of a screening, or of another version; {give}")
    record = cast("dict[str, Any]", kept)
    again = "answer the screening again: `legato screen`"
    if set(record) != _KEYS or record["check"] != _check(record):
        raise BadInput(f"{file}: was changed since it was written; {again}")
    if record["questions"] != questionnaire().version:
        raise BadInput(f"{file}: is of other questions than are asked now; {again}")
    try:
        on, until = date.fromisoformat(record["on"]), date.fromisoformat(record["until"])
        groups = {group: record["groups"][group] for group in _GROUPS}
        minor, result, electrodes = record["minor"], record["result"], record["electrodes"]
    except (TypeError, KeyError, ValueError):
        raise BadInput(f"{file}: does not say what a record says; {again}") from None
    passed = result == _PASSED
    fits = (
        until == last_day(on, questionnaire().valid_months)
        and result in (_PASSED, _BLOCKED)
        and electrodes in (_PASSED, _BLOCKED)
        and isinstance(minor, bool)
        and all(said in (_PASSED, _BLOCKED) or (g == "brace" and said == _EXHALE) for g, said in groups.items())
    )
    if not fits:
        raise BadInput(f"{file}: does not say what a record says; {again}")
    if not passed:
        return Screening(on, until, passed=False)
    barred: frozenset[Group] = frozenset(group for group in _GROUPS if groups[group] == _BLOCKED)
    return Screening(
        on,
        until,
        passed=True,
        barred=barred,
        minor=minor,
        exhale_only=groups["brace"] != _PASSED,
        no_emg=electrodes == _BLOCKED,
    )
