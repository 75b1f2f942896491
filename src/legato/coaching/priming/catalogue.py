"""The priming protocols of the library and of a coach's own files."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.model import Drill
from legato.coaching.priming.model import NEVER_HOLDS, Part, Protocol
from legato.errors import BadInput
from legato.messages import nearest
from legato.toml_files import content_of, record_of, rows_of, table_of
from legato.toml_lines import Lines

Own: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]]

_FILE = resources.files("legato.coaching.priming") / "protocols.toml"


def protocols(own: Own = ()) -> Mapping[str, Protocol]:
    """Every priming protocol of the library and of a coach's own TOML files, by id.

    Raises
    ------
    BadInput
        A file cannot be read or is not valid, names what there is not, or holds right before power.
    """
    found = dict(_built_in())
    for file in (own,) if isinstance(own, str | PathLike) else own:
        path = Path(file)
        record, at = record_of(path.name, content_of(path, "priming protocols"))
        found |= _read(record, at, found)
    return found


def load_protocol(name: str, own: Own = ()) -> Protocol:
    """A priming protocol by its id.

    Raises
    ------
    BadInput
        There is none of that id; the nearest ones are named.
    """
    known = protocols(own)
    if name not in known:
        raise BadInput(f"{name!r:.60}: no such priming protocol; {nearest(name, list(known), 3, len(known))}")
    return known[name]


def choices(part: Part) -> tuple[Drill, ...]:
    """The drills or lifts of a part, the one wanted most first; empty where it stands in words."""
    return (*(lifts()[name] for name in part.lift), *(drills()[name] for name in part.drill))


@cache
def _built_in() -> Mapping[str, Protocol]:
    record, at = record_of("protocols.toml", _FILE.read_bytes())
    return _read(record, at, {})


def _read(record: Mapping[str, object], at: Lines, before: Mapping[str, Protocol]) -> dict[str, Protocol]:
    found: dict[str, Protocol] = {}
    for k, row in rows_of(record, at, "protocols", "protocol"):
        entry = table_of(Protocol, row, lambda place, k=k: at(("protocols", k, *place)), "protocol")
        if entry.id in found or entry.id in before:
            raise BadInput(f"{at(('protocols', k, 'id'))}: there is a protocol called '{entry.id}'; give another id")
        for n, part in enumerate(entry.parts):
            _check(part, at, ("protocols", k, "parts", n))
        found[entry.id] = entry
    return found


def _check(part: Part, at: Lines, place: tuple[str | int, ...]) -> None:
    for field, names, known in (("drill", part.drill, drills()), ("lift", part.lift, lifts())):
        for name in names:
            if name not in known:
                raise BadInput(f"{at((*place, field))}: nothing is called {name!r:.60}; {nearest(name, sorted(known))}")
            drill = known[name]
            if part.level not in {step.level for step in drill.steps}:
                levels = ", ".join(dict.fromkeys(step.level for step in drill.steps))
                raise BadInput(f"{at((*place, 'level'))}: {name} has no level {part.level}; it has {levels}")
            if part.level == "hold" and drill.pattern not in ("breath", "mobility"):
                raise BadInput(f"{at((*place, 'level'))}: {name}: {NEVER_HOLDS}")
