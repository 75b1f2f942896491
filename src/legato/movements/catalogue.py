"""The movement library: TOML files, one a movement, with what its family shares; users add folders of their own."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from legato.errors import BadInput
from legato.messages import fields_at, nearest, toml_fault, wrong_value
from legato.movements.model import Movement
from legato.movements.names import unknown_name

_BUILT_IN = resources.files("legato.movements") / "library"


def movement_ids(library: str | PathLike[str] | None = None) -> tuple[str, ...]:
    """Ids of all movements, in alphabetical order.

    Parameters
    ----------
    library
        A folder with further movement files (`<id>.toml`); one of the same id takes the place of the built-in one.

    Raises
    ------
    BadInput
        The folder is not there.
    """
    names = {entry.name.removesuffix(".toml") for entry in _BUILT_IN.iterdir() if entry.name.endswith(".toml")}
    return tuple(sorted(names | {path.stem for path in _own_files(library)}))


def load_movement(movement_id: str, library: str | PathLike[str] | None = None) -> Movement:
    """The movement called `movement_id`.

    Parameters
    ----------
    movement_id
        For instance `back-squat`, or the name that is printed for it: `Back squat`.
    library
        A folder with further movement files. A file takes from its `family` (`library/families/<family>.toml`, the
        user's folder first) every table that it does not give itself; `[[more_metrics]]` and the like add rows to the
        family's.

    Raises
    ------
    BadInput
        No movement has that id (the nearest ids are named), or its file is not valid (file, field and reason are
        named).
    """
    for path in _own_files(library):
        if path.stem == movement_id:
            return _parse(path.name, path.read_bytes(), movement_id, Path(path).parent)
    if movement_id not in movement_ids(library):
        if (meant := _by_name(movement_id, library)) is not None:
            return meant
        raise BadInput(f"--movement {movement_id}: no such movement; {_meant(movement_id, movement_ids(library))}")
    return _built_in(movement_id)


def _by_name(name: str, library: str | PathLike[str] | None) -> Movement | None:
    """The movement of that printed name, or whose id it spells with blanks; None where there is none."""
    said = _plain(name)
    ids = movement_ids(library)
    spelled = said.replace(" ", "-")
    if spelled in ids:
        return load_movement(spelled, library)
    own = {path.stem for path in _own_files(library)}
    return next((m for i in ids if i not in own and _plain((m := _built_in(i)).name) == said), None)


def _meant(name: str, ids: Sequence[str]) -> str:
    """What may have been meant by a name that is no movement's: as people call one, then those of that word, then those
    spelled alike.
    """
    said = _plain(name)
    own = [one for one in _other_names().get(said, ()) if one in ids]
    spelled = said.replace(" ", "-")
    of_word = [one for one in ids if f"-{spelled}-" in f"-{one}-"]
    return nearest(spelled, ids, 3, len(ids)) if not own + of_word else f"did you mean {' or '.join(own or of_word)}?"


@cache
def _other_names() -> Mapping[str, tuple[str, ...]]:
    """Ids by the words that people use for them."""
    text = (resources.files("legato.movements") / "other_names.toml").read_text(encoding="utf-8")
    return _OtherNames.model_validate(tomllib.loads(text)).names


class _OtherNames(BaseModel):
    """`other_names.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    names: dict[str, tuple[str, ...]]


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())


@cache
def _built_in(movement_id: str) -> Movement:
    name = f"{movement_id}.toml"
    return _parse(name, (_BUILT_IN / name).read_bytes(), movement_id, None)


def _own_files(library: str | PathLike[str] | None) -> tuple[Path, ...]:
    if library is None:
        return ()
    folder = Path(library)
    if not folder.is_dir():
        raise BadInput(f"--library {folder}: there is no such folder; give one that holds movement files (<id>.toml)")
    return tuple(sorted(folder.glob("*.toml")))


def _parse(file: str, content: bytes, movement_id: str, folder: Path | None) -> Movement:
    record = _toml(file, content)
    family = record.get("family")
    shared: dict[str, Any] = {}
    if isinstance(family, str):
        own = None if folder is None else folder / "families" / f"{family}.toml"
        built_in = _BUILT_IN / "families" / f"{family}.toml"
        if own is not None and own.is_file():
            shared = _toml(own.name, own.read_bytes())
        elif built_in.is_file():
            shared = _toml(built_in.name, built_in.read_bytes())
    try:
        movement = Movement.model_validate(_with_windows(_joined(shared, record)))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        near = [] if shared else difflib.get_close_matches(str(family), _families(folder), n=1, cutoff=0.7)
        if near and any(e["type"] == "missing" and len(e["loc"]) == 1 for e in errors):
            raise BadInput(f"{file}: field family: no family is called '{family}'; did you mean {near[0]}?") from None
        # A misspelt field is both unknown and missing; the former tells more.
        worst = cast("Mapping[str, Any]", min(errors, key=lambda e: e["type"] != "extra_forbidden"))
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise BadInput(f"{file}: {_said(worst)}{more}") from None
    if movement.id != movement_id:
        raise BadInput(
            f"{file}: field id is '{movement.id}'; make it '{movement_id}' or rename the file {movement.id}.toml"
        )
    if (unknown := unknown_name(movement)) is not None:
        raise BadInput(f"{file}: {unknown}")
    return movement


def _families(folder: Path | None) -> list[str]:
    own = [] if folder is None else [path.stem for path in (folder / "families").glob("*.toml")]
    return sorted({*own, *(entry.name.removesuffix(".toml") for entry in (_BUILT_IN / "families").iterdir())})


def _said(error: Mapping[str, Any]) -> str:
    """What is wrong, where in the file and what to do, in one line."""
    where: list[str] = []
    for part in error["loc"]:
        if isinstance(part, int):
            where[-1:] = [f"[[{where[-1].removeprefix('field ')}]] number {part + 1}"]
        elif "[" not in part:
            # A part with a bracket is the name of a type, which nobody wrote.
            where.append(f"field {part}")
    place = ", ".join(where) or "the file as a whole"
    if error["type"] == "missing":
        return f"{place} is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"{place} is not known here; {nearest(str(error['loc'][-1]), fields_at(Movement, error['loc']))}"
    if error["loc"][:1] == ("windows",) and isinstance(error["input"], str):
        return f"{place} names '{error['input']}', which is no window; known are {', '.join(_windows())}"
    return f"{place}: {wrong_value(error)}"


def _joined(shared: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """The family's tables under the file's own; `more_<table>` adds rows to the family's instead of replacing them."""
    whole = {**shared, **record}
    for name in [name for name in whole if name.startswith("more_")]:
        table, rows = name.removeprefix("more_"), whole[name]
        above = whole.get(table, [])
        if isinstance(rows, list) and isinstance(above, list):
            whole[table] = [*cast("list[object]", above), *cast("list[object]", rows)]
            del whole[name]
    return whole


def _with_windows(record: dict[str, Any]) -> dict[str, Any]:
    """The record with the windows that it names by id put in full; an unknown id stays and fails validation there."""
    named = record.get("windows")
    if not isinstance(named, list):
        return record
    return {
        **record,
        "windows": [_windows().get(w, w) if isinstance(w, str) else w for w in cast("list[object]", named)],
    }


@cache
def _windows() -> dict[str, Any]:
    path = _BUILT_IN / "shared" / "windows.toml"
    return {window["id"]: window for window in _toml(path.name, path.read_bytes())["windows"]}


def _toml(file: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}: not valid TOML: {toml_fault(error)}") from None
