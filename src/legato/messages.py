"""The words in which a file's fault is told: what may have been meant, what a field takes."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast, get_args

BY_HAND = (
    "mark them by hand: `legato corrections export result.json --out corrections.toml`, add to it for each"
    ' [[correction]] with do = "add-rep", start_s and end_s, and analyse again with --corrections corrections.toml'
)
"""How repetitions are marked that nothing in the recording shows."""


def toml_fault(error: Exception) -> str:
    """Why TOML cannot be read and what to do: the place that the parser names, unless it is no text at all."""
    return "it is no text; give a TOML file" if isinstance(error, UnicodeDecodeError) else f"{error}; mend that line"


def toml_slip(file: str, text: str, error: Exception) -> str:
    """File, line and what to write where a text is no TOML: the slips that people make told in their own words."""
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return f"{file}: is a web page and no TOML; give the .toml file"
    found = re.search(r"line (\d+)", str(error))
    if found is None:
        return f"{file}: not valid TOML: {error}; mend it"
    number = int(found[1])
    line = text.split("\n")[number - 1].strip()
    why = str(error).partition(" (at line")[0]
    return f"{file}, line {number}: {_slip(line, why) or f'not valid TOML: {why}; mend that line'}"


_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")


def _slip(line: str, why: str) -> str:
    """What to write in place of a line that is no TOML; empty where that is not clear."""
    if (table := re.match(r"\[\[?\s*([^\]]+?)\s*\]", line)) is not None:
        if why.startswith("Cannot"):
            return f"{table[1]:.60} is there already; begin each of several with [[{table[1]:.60}]], else keep one"
        return ""
    pair = re.match(r"""([A-Za-z0-9_."'-]+)\s*([=:])\s*(.*)""", line)
    if pair is None:
        return ""
    key, sign, value = pair[1], pair[2], pair[3]
    if why.startswith("Cannot"):
        return f"{key:.60} is given a second time; keep one"
    if value[:1] not in ('"', "'", "[", "{"):
        value = value.partition("#")[0].strip()
    if sign == ":":
        return f"{key:.60} has a colon; write it with an equals sign: {key:.60} = …"
    if not value:
        return f"{key:.60} has no value; give one"
    if value[0] in "\"'":
        if "Unescaped" in why:
            return f"{key:.60} holds a single backslash; write it twice, or take single quotes: {key:.60} = '…'"
        closed = value.count(value[0]) > 1
        return "" if closed else f"{key:.60}: the quotes are not closed; end the text with {value[0]}"
    if value[0] in "[{":
        return ""
    if (day := _day(value)) is not None:
        return f"{value} is no day; write {key:.60} = {day}"
    if re.fullmatch(r"[-+]?\d+,\d+", value):
        return f"{value:.40} is no number; write {key:.60} = {value.replace(',', '.'):.40}"
    if value in ("True", "False", "TRUE", "FALSE", "yes", "no", "Yes", "No"):
        return (
            f"{value} is no value; write {key:.60} = {'true' if value[0] in 'TtYy' else 'false'}, or quotes around it"
        )
    if re.search(r"[^\W\d_]", value):
        return f'a text stands in straight quotes; write {key:.60} = "{value.strip("“”„‘’"):.60}"'
    return ""


def _day(value: str) -> str | None:
    """The day that a text means, year first; where day and month may be either, how days are written."""
    if (found := _DAY_FIRST.fullmatch(value)) is not None:
        first, second, year = int(found[1]), int(found[3]), found[4]
        if found[2] != "." and max(first, second) <= 12 and first != second:
            return f"{year}-MM-DD, month before day"
        day, month = (second, first) if second > 12 else (first, second)
    elif (found := _YEAR_FIRST.fullmatch(value)) is not None:
        year, first, second = found[1], int(found[2]), int(found[3])
        month, day = (second, first) if first > 12 else (first, second)
    else:
        return None
    return f"{year}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else "YYYY-MM-DD, a day that there is"


def told_error(errors: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Of pydantic's errors about a table the one to tell: a field that is not known first, as another may be missing
    for it; with all that may stand there where that is of several kinds.
    """
    worst = min(errors, key=lambda error: error["type"] != "extra_forbidden")
    if worst["type"] != "literal_error" or "[" not in str(worst["loc"][-1]):
        return worst
    kinds = [e for e in errors if e["type"] == "literal_error" and e["loc"][:-1] == worst["loc"][:-1]]
    fits = [text for e in kinds for text in re.findall(r"'[^']*'", str(e["ctx"]["expected"]))]
    return {**worst, "loc": worst["loc"][:-1], "ctx": {"expected": f"{', '.join(fits[:-1])} or {fits[-1]}"}}


def nearest(word: str, known: Iterable[str], n: int = 1, most: int = 20) -> str:
    """What may have been meant: the `n` names nearest to a word, else the names there are, or the first `most`."""
    names = list(known)
    near = difflib.get_close_matches(word, names, n)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known are {', '.join(names[:most])}{' …' if len(names) > most else ''}"


def fields_at(model: Any, place: Sequence[str | int]) -> list[str]:
    """The fields that a pydantic model takes where `place`, the path of one of its errors, ends."""
    for part in place[:-1]:
        inner = getattr(model, "model_fields", {}).get(part)
        found = None if inner is None else _model_in(inner.annotation)
        model = model if found is None else found
    return [field.alias or name for name, field in getattr(model, "model_fields", {}).items()]


def _model_in(annotation: Any) -> Any:
    """The first pydantic model that a type is made of; None where there is none."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


_WANTED: Mapping[str, str] = {
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a shorter text",
    "tuple_type": "a list, or tables in double brackets: [[…]]",
    "list_type": "a list, or tables in double brackets: [[…]]",
    "model_type": "a table: [name] and lines below it",
    "model_attributes_type": "a table: [name] and lines below it",
    "dict_type": "a table: [name] and lines below it",
    "too_short": "at least one",
    "date_type": 'a day in quotes, as "2026-11-22"',
    "date_parsing": 'a day in quotes, as "2026-11-22"',
    "date_from_datetime_parsing": 'a day in quotes, as "2026-11-22"',
}
"""What a field takes, by the type of a pydantic error."""

_BOUNDS = {"gt": "a number above", "ge": "a number from", "lt": "a number below", "le": "a number up to"}


def wrong_value(error: Mapping[str, Any], wanted: Mapping[str, str] | None = None) -> str:
    """One pydantic error about a value in plain words: what does not fit, and what does.

    `wanted` says for this file what goes before the usual words, by the type of the error.
    """
    kind, told = str(error["type"]), cast("Mapping[str, Any]", error.get("ctx") or {})
    if kind in ("value_error", "assertion_error"):
        said = str(error["msg"])
        return f"{said.removeprefix('Value error, ').removeprefix('Assertion failed, ')}; mend it"
    given = error.get("input")
    shown = f"{given!r:.60}" if isinstance(given, str | int | float) else "what stands there"
    bound = next((f"{words} {told[key]:g}" for key, words in _BOUNDS.items() if key in told), None)
    fits = (wanted or {}).get(kind) or _WANTED.get(kind) or told.get("expected") or bound
    if fits is None and "pattern" in told:
        fits = f"a text of the form {told['pattern']}"
    return f"{shown} does not fit; give {fits or 'what the page on this file shows'}"
