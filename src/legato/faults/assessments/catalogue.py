"""The library of assessments: a TOML file each."""

import tomllib
from functools import cache
from importlib import resources

from pydantic import ValidationError

from legato.errors import BadInput
from legato.faults.assessments.model import Assessment
from legato.messages import nearest, wrong_value

_BUILT_IN = resources.files("legato.faults") / "assessments" / "library"


@cache
def assessment_ids() -> tuple[str, ...]:
    """Ids of all assessments, in alphabetical order."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _BUILT_IN.iterdir() if entry.name != ".keep"))


@cache
def load_assessment(name: str) -> Assessment:
    """An assessment by its id.

    Raises
    ------
    BadInput
        There is none of that id.
    """
    if name not in assessment_ids():
        raise BadInput(f"no assessment is called '{name}'; {nearest(name, assessment_ids())}")
    return parse_assessment(name, (_BUILT_IN / f"{name}.toml").read_text(encoding="utf-8"))


def parse_assessment(name: str, text: str) -> Assessment:
    """An assessment from the text of its file, `name` being the file's without its ending.

    Raises
    ------
    BadInput
        The text is no assessment; the field is named.
    """
    try:
        found = Assessment.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}.toml: not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise BadInput(f"{name}.toml: {field}: {wrong_value({**first})}") from None
    if found.id != name:
        raise BadInput(f"{name}.toml: id is {found.id}; give the file the name of its id")
    return found
