"""The library of drills, curricula and warm-ups: TOML files; coaches add files with drills of their own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import TypeAlias, TypeVar

from legato.coaching.model import Curriculum, Drill, WarmUp
from legato.errors import BadInput
from legato.faults.catalogue import fault_entries
from legato.messages import nearest
from legato.movements import load_movement, movement_ids
from legato.toml_files import content_of, record_of, rows_of, table_of
from legato.toml_lines import Lines, Place

_ROOM = resources.files("legato.coaching")

Own: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]]
_Entry = TypeVar("_Entry", Drill, Curriculum, WarmUp)


def drills(own: Own = (), faults: Own = (), library: str | PathLike[str] | None = None) -> Mapping[str, Drill]:
    """Every drill of the library and of a coach's own files, by id.

    Parameters
    ----------
    own
        TOML files with further drills.
    faults
        TOML files with a coach's own faults, which own drills may answer.
    library
        A folder with a coach's own movements, which own faults may name.

    Raises
    ------
    BadInput
        A file cannot be read or is not valid: file, line and what to do are named.
    """
    whole = dict(_built_in())
    files = (own,) if isinstance(own, str | PathLike) else tuple(own)
    for file in files:
        path = Path(file)
        record, at = record_of(path.name, content_of(path, "drills"))
        found = _tables(Drill, "drills", "drill", record, at, whole)
        _check_names(at, found, {**whole, **found}, nameable_faults(faults, library))
        whole |= {name: as_copy(one, one.copy_of) for name, one in found.items()}
    return whole


def as_copy(drill: Drill, base: str) -> Drill:
    """A coach's own drill as a copy of one of the library: it loads what that loads, and is for nobody whom that is not
    for. As it is where the library has no such drill.
    """
    there = _built_in().get(base)
    if there is None:
        return drill
    regions, barred = dict.fromkeys((*drill.regions, *there.regions)), dict.fromkeys((*drill.barred, *there.barred))
    return drill.model_copy(update={"copy_of": base, "regions": tuple(regions), "barred": tuple(barred)})


def own_drills(own: Own, faults: Own = (), library: str | PathLike[str] | None = None) -> tuple[Drill, ...]:
    """The drills of a coach's own files alone; as `drills`."""
    whole = _built_in()
    return tuple(one for name, one in drills(own, faults, library).items() if name not in whole) if own else ()


def drills_for(fault: str, own: Own = (), faults: Own = (), *, movement: str = "") -> tuple[Drill, ...]:
    """The drills that answer a fault: those that the fault names, in its order, then others that name the fault. Where
    the `movement` is told in which it was found, those alone that the fault names for it.

    Raises
    ------
    BadInput
        There is no fault of that id; the nearest ones are named.
    """
    entries = fault_entries(faults)
    if fault not in entries:
        raise BadInput(f"{fault!r:.60}: no such fault; {nearest(fault, sorted(entries), 3, len(entries))}")
    known = drills(own, faults)
    entry = entries[fault]
    if movement in movement_ids():
        return tuple(known[name] for name in entry.of(load_movement(movement)).drills if name in known)
    named = [name for one in (entry.fault, *entry.variants.values()) for name in one.drills if name in known]
    named += [name for name, drill in known.items() if fault in drill.faults]
    return tuple(known[name] for name in dict.fromkeys(named))


@cache
def curricula() -> Mapping[str, Curriculum]:
    """Every curriculum, by id."""
    return _of_room("curricula.toml", Curriculum, "curricula", "curriculum")


@cache
def warm_ups() -> Mapping[str, WarmUp]:
    """Every warm-up, by id."""
    return _of_room("warm_ups.toml", WarmUp, "warm_ups", "warm-up")


@cache
def _built_in() -> Mapping[str, Drill]:
    found: dict[str, Drill] = {}
    for entry in sorted((_ROOM / "library").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            record, at = record_of(entry.name, entry.read_bytes())
            found |= _tables(Drill, "drills", "drill", record, at, found)
    return dict(sorted(found.items()))


def _of_room(file: str, model: type[_Entry], name: str, one: str) -> Mapping[str, _Entry]:
    record, at = record_of(file, (_ROOM / file).read_bytes())
    return _tables(model, name, one, record, at, {})


def _tables(
    model: type[_Entry], name: str, one: str, record: Mapping[str, object], at: Lines, before: Mapping[str, _Entry]
) -> dict[str, _Entry]:
    """The rows of one file, none with an id that is there already."""
    found: dict[str, _Entry] = {}
    for k, row in rows_of(record, at, name, one):
        entry = table_of(model, row, partial(_inside, at, name, k), one)
        if entry.id in found or entry.id in before:
            where = "this file" if entry.id in found else "the library or a file before it"
            raise BadInput(f"{at((name, k, 'id'))}: {where} already has a {one} called '{entry.id}'; give another id")
        found[entry.id] = entry
    return found


def _inside(at: Callable[[Place], str], name: str, k: int, place: Place) -> str:
    return at((name, k, *place))


def _check_names(at: Lines, found: Mapping[str, Drill], known: Mapping[str, Drill], faults: frozenset[str]) -> None:
    """Refuse what a drill names and is not there."""
    for k, drill in enumerate(found.values()):
        for place, name, there in named_in(drill, known, faults):
            if name not in there:
                raise BadInput(
                    f"{at(('drills', k, *place))}: nothing is called {name!r:.60} there; {nearest(name, sorted(there))}"
                )


def nameable_faults(own: Own = (), library: str | PathLike[str] | None = None) -> frozenset[str]:
    """Faults with a detector, and those that movements name and people may rate until there is one."""
    to_come = frozenset(fault for name in movement_ids() for fault in load_movement(name).faults)
    return frozenset(fault_entries(own, library)) | to_come


def named_in(
    drill: Drill, known: Mapping[str, Drill], faults: frozenset[str]
) -> Iterator[tuple[Place, str, frozenset[str]]]:
    """What a drill names, where it stands, and what there is: faults, movements with their metrics, other drills."""
    movements = frozenset(movement_ids())
    for k, name in enumerate(drill.faults):
        yield ("faults", k), name, faults
    drawn = "" if drill.figure is None else drill.figure.movement
    for place, name in ((("movement",), drill.movement), (("figure", "movement"), drawn)):
        if name:
            yield place, name, movements
    metrics = frozenset(m.name for m in load_movement(drill.movement).metrics) if drill.movement in movements else None
    for k, measured in enumerate(drill.measured):
        if measured.fault:
            yield ("measured", k, "fault"), measured.fault, faults
        if measured.metric:
            yield ("measured", k, "metric"), measured.metric, metrics or frozenset()
    if drill.copy_of:
        yield ("copy_of",), drill.copy_of, frozenset(_built_in())
    for field, said in (("progress", drill.progress), ("regress", drill.regress)):
        if " " not in said:
            yield (field,), said, frozenset(known)
