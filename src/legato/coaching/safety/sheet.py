"""The screening on paper: an empty sheet to fill in, and its answers as read."""

import textwrap
import tomllib
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, cast

from legato.coaching.safety.questions import Question, questionnaire
from legato.coaching.safety.screening import ANSWERS, last_day
from legato.errors import BadInput
from legato.messages import nearest, toml_fault
from legato.toml_lines import Lines

_LARGEST_BYTES = 100_000
_SHEET = "give a sheet of `legato screen --sheet screening.toml`"


def blank_screening() -> str:
    """The text of a sheet to fill in, TOML."""
    asked = questionnaire()
    lines = [
        "# Screening: answered before anything is scored or proposed, and again when something changes.",
        '# Every question takes "no" or "yes"; where it says so, also "cleared": yes, and a doctor or physiotherapist',
        "# knows of it and has agreed to this training. A question left open counts as a yes that blocks.",
        "# Legato keeps whether the screening passed, as a whole and by group of drills, and none of the answers.",
        "# Delete this sheet once it was read.",
        "",
        'on = ""  # the day of the answers, as 2026-11-22',
        "",
        "[answers]",
    ]
    for section in asked.sections:
        lines += ["", "# ----", *_comment(section.title)]
        for question in (q for q in asked.questions if q.section == section.id):
            lines += ["", *_comment(f"{question.asks} {choices(question)}"), f'{question.id} = ""']
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def choices(question: Question) -> str:
    """What may be answered, in brackets."""
    return "[no, yes, cleared]" if question.clearable else "[no, yes]"


def read_sheet(path: str | PathLike[str], today: date) -> tuple[dict[str, str], date]:
    """The answers of a filled-in sheet, and their day. Questions left open have none.

    Raises
    ------
    BadInput
        It cannot be read, or something in it does not fit: file, line and what to do are named, never the answer.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            raise BadInput(f"{file}: is too long for a sheet; {_SHEET}")
        text = content.decode("utf-8-sig")
        record = tomllib.loads(text)
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}); {_SHEET}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{file}: not valid TOML: {toml_fault(error)}") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{file}: is no sheet; {_SHEET}") from None
    at = Lines(str(file), text)
    for name in record:
        if name not in ("on", "answers"):
            raise BadInput(f"{at((name,))}: {name!r:.40} is not known here; {nearest(name, ('on', 'answers'))}")
    return _answers(at, record.get("answers")), _day(at, record.get("on"), today)


def _day(at: Lines, told: object, today: date) -> date:
    try:
        day = told if type(told) is date else date.fromisoformat(str(told))
    except ValueError:
        raise BadInput(f"{at(('on',))}: on is no day; give the day of the answers, as {today}") from None
    if day > today:
        raise BadInput(f"{at(('on',))}: {day} is still to come; give the day of the answers")
    if last_day(day, questionnaire().valid_months) < today:
        raise BadInput(f"{at(('on',))}: answers of {day} are out of date; answer the screening again")
    return day


def _answers(at: Lines, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise BadInput(f"{at(('answers',))}: holds no answers; begin them with a line [answers]")
    known = {question.id: question for question in questionnaire().questions}
    found: dict[str, str] = {}
    for name, told in cast("dict[str, Any]", table).items():
        place = at(("answers", name))
        if name not in known:
            raise BadInput(f"{place}: the screening asks nothing called {name!r:.60}; {nearest(name, known)}")
        said = ("yes" if told else "no") if isinstance(told, bool) else told
        said = said.strip().lower() if isinstance(said, str) else None
        if said == "":
            continue
        if said not in ANSWERS or (said == "cleared" and not known[name].clearable):
            raise BadInput(f"{place}: {name} takes {choices(known[name])[1:-1]}, in quotes")
        found[name] = said
    return found
