"""The words in which a file's fault is told: what may have been meant, what a field takes."""

import difflib
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
