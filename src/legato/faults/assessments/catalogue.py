"""The library of assessments, a TOML file each, and a coach's own."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from legato.errors import BadInput
from legato.faults.assessments.model import Assessment
from legato.faults.catalogue import fault_ids
from legato.messages import fields_at, nearest, told_error, toml_fault, toml_slip, wrong_value
from legato.movements import load_movement, movement_ids
from legato.toml_lines import Lines, Place

_BUILT_IN = resources.files("legato.faults") / "assessments" / "library"


@cache
def assessment_ids() -> tuple[str, ...]:
    """Ids of all assessments of the library, in alphabetical order."""
    names = (entry.name for entry in _BUILT_IN.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_assessment(name: str, own: Sequence[Assessment] = ()) -> Assessment:
    """An assessment by its id, a coach's own before that of the library.

    Raises
    ------
    BadInput
        There is none of that id.
    """
    mine = {spec.id: spec for spec in own}
    if name in mine:
        return mine[name]
    if name not in assessment_ids():
        raise BadInput(f"no assessment is called '{name}'; {nearest(name, (*mine, *assessment_ids()))}")
    return _built_in(name)


@cache
def _built_in(name: str) -> Assessment:
    return parse_assessment(f"{name}.toml", (_BUILT_IN / f"{name}.toml").read_text(encoding="utf-8"))


def read_assessment(path: str | PathLike[str]) -> Assessment:
    """A coach's own assessment from its file.

    Raises
    ------
    BadInput
        It cannot be read, or something in it does not fit: file, line, field and what to do are named.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: cannot be read ({error.strerror}); give a TOML file with an assessment") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not valid TOML: {toml_fault(error)}") from None
    return parse_assessment(str(file), text)


def parse_assessment(file: str, text: str) -> Assessment:
    """An assessment from the text of its file, which errors name.

    Raises
    ------
    BadInput
        The text is no assessment, or names a fault or movement that there is not.
    """
    try:
        record = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(toml_slip(file, text, error)) from None
    at = Lines(file, text)
    try:
        spec = Assessment.model_validate(record)
    except ValidationError as error:
        worst = told_error(cast("list[Mapping[str, Any]]", error.errors(include_url=False)))
        raise BadInput(f"{at(worst['loc'])}: {_said(worst)}") from None
    for place, name, known in _names(spec):
        if name not in known:
            raise BadInput(f"{at(place)}: nothing is called '{name}' there; {nearest(name, sorted(known))}")
    return spec


def _said(error: Mapping[str, Any]) -> str:
    """What is wrong and what to do, in one line."""
    field = ".".join(str(part) for part in error["loc"]) or "the file as a whole"
    if error["type"] == "missing":
        return f"field {field} is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"field {field} is not known here; {nearest(str(error['loc'][-1]), fields_at(Assessment, error['loc']))}"
    return f"field {field}: {wrong_value(error)}"


def _names(spec: Assessment) -> Iterator[tuple[Place, str, frozenset[str]]]:
    """Faults and movements that an assessment names, where they stand, and what there is."""
    movements, faults = frozenset(movement_ids()), _faults()
    for name in spec.movements:
        yield ("movements",), name, movements
    for k, item in enumerate(spec.items):
        yield ("items", k, "fault"), item.fault, faults
        if item.also:
            yield ("items", k, "also"), item.also, faults
    for k, number in enumerate(spec.numbers):
        for name in number.movements:
            yield ("numbers", k, "movements"), name, movements
    for k, question in enumerate(spec.questions):
        for name in question.faults:
            yield ("questions", k, "faults"), name, faults
    for k, task in enumerate(spec.tasks):
        for name in task.movements:
            yield ("tasks", k, "movements"), name, movements
        for name in task.faults:
            yield ("tasks", k, "faults"), name, faults


@cache
def _faults() -> frozenset[str]:
    """Faults with a detector, and those that movements name and people may rate until there is one."""
    return frozenset(fault_ids()) | {fault for name in movement_ids() for fault in load_movement(name).faults}
