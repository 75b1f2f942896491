"""`corrections.toml`: read with clear refusals, and written so that the same corrections give the same bytes."""

import json
import tomllib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import ValidationError

from legato.corrections.model import SCHEMA, Correction, Corrections
from legato.errors import BadInput
from legato.messages import nearest, toml_fault, wrong_value

_LARGEST_BYTES = 4_000_000
"""A larger file is no file of corrections. [ENG]"""

_OF_THE_RESULT = ("state", "reason")
"""What `result.json` adds to a correction."""


def read_corrections(source: str | PathLike[str] | Mapping[str, Any]) -> Corrections:
    """The corrections of a TOML file, or of the same content as a mapping.

    Raises
    ------
    BadInput
        The file cannot be read, or a correction is not one: which, which field, and why.
    """
    if isinstance(source, Mapping):
        return _checked(dict(source), "corrections")
    path = Path(source)
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise BadInput(f"{path}: {path.stat().st_size} bytes is too long for a file of corrections")
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); give a file of corrections (TOML)") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path}: not valid TOML: {toml_fault(error)}") from None
    return _checked(record, str(path))


def corrections_of_result(result: object, name: str) -> Corrections:
    """The corrections that a `result.json` carries, those that no longer fitted too.

    A result without corrections gives an empty list that holds the checksum of its first file.

    Raises
    ------
    BadInput
        `name` is no result of Legato.
    """
    record = cast("Mapping[str, Any]", result if isinstance(result, Mapping) else {})
    if record.get("schema") != "legato.analysis/1":
        raise BadInput(f"{name}: is no result of Legato; give a result.json")
    try:
        files = [str(file["sha256"]) for file in record["inputs"]]
        given = [{k: v for k, v in one.items() if k not in _OF_THE_RESULT} for one in record["corrections"]]
    except (KeyError, TypeError, AttributeError):
        raise BadInput(f"{name}: its inputs or corrections are not as Legato writes them; analyse again") from None
    own = files[0] if files else None
    for one in given:
        one["sha256"] = one.get("sha256") or own
    made_for = {one["sha256"] for one in given} or {own}
    shared = made_for.pop() if len(made_for) == 1 else None
    if shared is not None:
        given = [{k: v for k, v in one.items() if k != "sha256"} for one in given]
    return _checked({"schema": SCHEMA, "sha256": shared, "correction": given}, name)


def to_toml(corrections: Corrections) -> str:
    """The text of `corrections.toml`."""
    lines = [f"schema = {_text(corrections.format)}"]
    if corrections.sha256 is not None:
        lines.append(f"sha256 = {_text(corrections.sha256)}")
    last = ("who", "when", "why", "sha256")
    for correction in corrections.correction:
        record = correction.model_dump(exclude_none=True, exclude_defaults=True)
        names = ["do", *(n for n in _ORDER if n in record), *(n for n in last if n in record)]
        lines += ["", "[[correction]]", *(f"{name} = {_value(record[name])}" for name in names)]
    return "\n".join(lines) + "\n"


_ORDER = (
    "stream", "channel", "other", "link", "event", "context", "at_s", "mark", "phase", "to", "start_s", "turn_s",
    "end_s", "time_s", "error_s", "complete", "side", "label",
)  # fmt: skip


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else _text(str(value))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(record: dict[str, Any], name: str) -> Corrections:
    try:
        return Corrections.model_validate(record)
    except ValidationError as error:
        # A misspelt field is both unknown and missing; the former tells more.
        first = cast(
            "Mapping[str, Any]", min(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
        )
        where = [str(part) for part in first["loc"]]
        if len(where) >= 2 and where[0] == "correction" and where[1].isdigit():
            kind = f" ({where[2]})" if len(where) > 2 else ""
            field = f", {'.'.join(where[3:])}" if len(where) > 3 else ""
            place = f"correction {int(where[1]) + 1}{kind}{field}"
        else:
            place = ".".join(where) or "the file as a whole"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise BadInput(f"{name}: {place}: {_said(first, where)}{more}") from None


def _said(error: Mapping[str, Any], where: list[str]) -> str:
    """What is wrong with a field, and what to do."""
    kind, told = str(error["type"]), cast("Mapping[str, Any]", error.get("ctx") or {})
    if kind == "union_tag_invalid":
        return f"there is no correction '{told['tag']}'; {nearest(str(told['tag']), list(_fields()))}"
    if kind == "union_tag_not_found":
        return f"do is missing; it says what to do: {', '.join(_fields())}"
    if kind == "missing":
        return "is missing; add it"
    if kind == "extra_forbidden":
        known = list(_fields()[where[2]] if len(where) > 3 else ("schema", "sha256", "correction"))
        return f"no such field; {nearest(where[-1], known)}"
    return wrong_value(error, _WANTED)


_WANTED = {
    "finite_number": "a number",
    "greater_than_equal": "a number from -100000 to 100000",
    "less_than_equal": "a number from -100000 to 100000",
    "string_too_short": "a name",
    "string_pattern_mismatch": "the first 8 to 64 digits (0-9, a-f) of a file's checksum",
    "tuple_type": "[[correction]] tables",
    "model_attributes_type": "a [[correction]] table",
}


def _fields() -> dict[str, tuple[str, ...]]:
    """Fields of each correction, by what it does."""
    models = get_args(get_args(Correction)[0])
    return {do: tuple(m.model_fields) for m in models for do in get_args(m.model_fields["do"].annotation)}
