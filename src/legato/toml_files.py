"""Reads TOML that a coach wrote into pydantic tables; what is wrong is told with file, line and what to do."""

import json
import math
import tomllib
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from legato.errors import BadInput
from legato.messages import fields_at, nearest, told_error, toml_fault, toml_slip, wrong_value
from legato.toml_lines import Lines, Place

_Table = TypeVar("_Table", bound=BaseModel)

_LARGEST_FILE = 1_000_000
"""Bytes of a file. [ENG] The library's own have 10 kB; TOML is read at a megabyte a second or two."""

_LONGEST_LINE = 4_000
"""Characters of one line. [ENG] Longer ones are no lines that a person wrote, and keys of so many parts read slowly."""


def content_of(path: Path, holds: str) -> bytes:
    """The bytes of a file; `holds` says what it should hold, as `faults`.

    Raises
    ------
    BadInput
        It cannot be read, or is far too long.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); give a TOML file with {holds}") from None
    if len(content) > _LARGEST_FILE:
        raise BadInput(f"{path.name}: has more than {_LARGEST_FILE / 1e6:g} MB; give a TOML file with {holds}")
    return content


def record_of(file: str, content: bytes) -> tuple[dict[str, Any], Lines]:
    """What a TOML file holds, and where.

    Raises
    ------
    BadInput
        It is no TOML, or none that a person wrote.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not valid TOML: {toml_fault(error)}") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > _LONGEST_LINE:
            raise BadInput(f"{file}, line {number}: has {len(line)} characters; break it into shorter lines")
    try:
        record = tomllib.loads(text)
        json.dumps(record, default=_no_field)
    except RecursionError:
        raise BadInput(f"{file}: lists or tables lie too deep in each other; write them out flat") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(toml_slip(file, text, error)) from None
    except ValueError:
        raise BadInput(f"{file}: holds a number of thousands of digits; give a shorter one") from None
    return record, Lines(file, text)


def rows_of(
    record: Mapping[str, Any], at: Lines, name: str, one: str, fields: Container[str] = ()
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tables of a file that holds `[[name]]` alone, with their numbers; `one` says what each is, `fields` what each
    may hold, so that one which stands by itself is told where it goes.

    Raises
    ------
    BadInput
        It holds something else, or none.
    """
    extra = next((key for key in record if key != name), None)
    if extra is not None:
        inside = f"{name}.{flat(extra)}"
        table = {list: f"[[{inside}]]", dict: f"[{inside}]"}.get(type(record[extra]), f"it below a line [[{name}]]")
        hint = f"; of a {one}, write {table}" if extra in fields else ""
        raise BadInput(f"{at((extra,))}: field {flat(extra)} is not known here; a file holds [[{name}]] alone{hint}")
    rows = record.get(name)
    if isinstance(rows, dict):
        raise BadInput(f"{at((name,))}: each {one} begins with double brackets; write [[{name}]] for [{name}]")
    if not isinstance(rows, list) or not rows:
        raise BadInput(f"{at.file}: holds no {one}; begin each with a line [[{name}]]")
    for k, row in enumerate(cast("list[object]", rows)):
        if not isinstance(row, dict):
            raise BadInput(f"{at((name, k))}: a {one} is a table; begin each with a line [[{name}]]")
        yield k, cast("dict[str, Any]", row)


def table_of(model: type[_Table], row: Mapping[str, Any], at: Callable[[Place], str], one: str) -> _Table:
    """One table as what it is. `at` says file and line of a place within it.

    Raises
    ------
    BadInput
        A field is missing, unknown or does not fit, a text cannot be printed, or a number has no end.
    """
    try:
        # By way of JSON, in which pydantic takes lists for tuples but neither true for 1 nor "45" for 45.
        table = model.model_validate_json(json.dumps(row, default=_no_field), strict=True)
    except ValidationError as error:
        worst = told_error(cast("list[Mapping[str, Any]]", error.errors(include_url=False)))
        raise BadInput(f"{at(worst['loc'])}: {_said(worst, model, one)}") from None
    for loc, value in _leaves(row):
        if isinstance(value, str):
            if any((ord(sign) < 32 and sign not in "\n\t") or sign == "\x7f" for sign in value):
                raise BadInput(f"{at(loc)}: holds a sign that cannot be printed; take it out")
        elif not abs(value) < math.inf:
            raise BadInput(f"{at(loc)}: {value} is no number that anything can be held against; give another")
    return table


def flat(name: str) -> str:
    """A name in one short line, whatever it holds."""
    return repr(name)[1:-1][:60]


def _no_field(value: object) -> dict[str, str]:
    """A date or time of TOML: no field takes one, and none takes this."""
    return {"date": str(value)}


def _leaves(value: object, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every text and number in a table."""
    if isinstance(value, Mapping):
        for name, one in cast("Mapping[str, object]", value).items():
            yield from _leaves(one, (*place, name))
    elif isinstance(value, list):
        for k, one in enumerate(cast("list[object]", value)):
            yield from _leaves(one, (*place, k))
    else:
        yield place, value


def _said(error: Mapping[str, Any], model: type[BaseModel], one: str) -> str:
    """What is wrong and what to do, in one line."""
    loc = [flat(str(part)) for part in error["loc"] if not isinstance(part, int) and "[" not in str(part)]
    field = f"field {'.'.join(loc)}" if loc else f"the {one} as a whole"
    if error["type"] == "missing":
        return f"{field} is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"{field} is not known here; {nearest(loc[-1], fields_at(model, error['loc']))}"
    return f"{field}: {wrong_value(error)}"
