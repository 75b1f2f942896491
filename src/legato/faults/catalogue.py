"""The library of faults: TOML files with one or more faults each; coaches add files of their own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias, cast

from legato.errors import BadInput
from legato.faults.checks import Known, wrong_in, wrong_place
from legato.faults.model import Fault
from legato.messages import nearest
from legato.movements.model import Movement
from legato.toml_files import content_of, flat, record_of, rows_of, table_of
from legato.toml_lines import Lines, Place

_BUILT_IN = resources.files("legato.faults") / "library"

_WHAT = frozenset({"measure", "over", "lead", "result", "all_of"})
"""What is measured: a variant that gives one of these takes none of the others from the fault."""

Own: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]]


@dataclass(frozen=True, slots=True)
class FaultEntry:
    """A fault and, by movement or family, what it is there; `file` is where it is from, empty for the library."""

    fault: Fault
    variants: Mapping[str, Fault]
    file: str = ""

    def of(self, movement: Movement) -> Fault:
        """The fault as it is in a movement."""
        return self.variants.get(movement.id) or self.variants.get(movement.family) or self.fault

    @property
    def parts(self) -> tuple[str, ...]:
        """The faults that it names, in whatever movement."""
        return tuple(dict.fromkeys(name for f in (self.fault, *self.variants.values()) for name in f.all_of))


def fault_ids() -> tuple[str, ...]:
    """Ids of all faults of the library, in alphabetical order."""
    return tuple(sorted(_built_in()))


def fault_entries(own: Own = (), library: str | PathLike[str] | None = None) -> Mapping[str, FaultEntry]:
    """Every fault of the library and of a coach's own files, by id.

    Parameters
    ----------
    own
        TOML files with further faults.
    library
        A folder with further movement files, which faults may name.

    Raises
    ------
    BadInput
        A file cannot be read or is not valid: file, line and what to do are named.
    """
    whole = dict(_built_in())
    files = (own,) if isinstance(own, str | PathLike) else tuple(own)
    if not files:
        return whole
    known = Known(library)
    for file in files:
        path = Path(file)
        whole |= _parse(path.name, content_of(path, "faults"), whole, known)
    return whole


def faults_of(movement: Movement, own: Own = (), library: str | PathLike[str] | None = None) -> tuple[Fault, ...]:
    """The faults that are looked for in a movement: those that its file names, and those of a coach's own files that
    name the movement.

    Parameters
    ----------
    movement
        Of the library or a coach's own.
    own
        TOML files with further faults.
    library
        The folder with a coach's own movements.

    Raises
    ------
    BadInput
        A file cannot be read or is not valid: file, line and what to do are named.
    """
    whole = fault_entries(own, library)
    if library is not None and (Path(library) / f"{movement.id}.toml").is_file():
        _check_named(movement, whole)
    return tuple(_in_order(looked_for(movement, whole), whole, movement))


def movements_by_fault(
    entries: Mapping[str, FaultEntry], library: str | PathLike[str] | None = None
) -> Mapping[str, tuple[str, ...]]:
    """Ids of the movements in which each fault is looked for, by itself or as a part of another."""
    found: dict[str, list[str]] = {name: [] for name in entries}
    for movement in Known(library).all():
        for fault in _in_order(looked_for(movement, entries), entries, movement):
            found[fault.id].append(movement.id)
    return {name: tuple(movements) for name, movements in found.items()}


def _check_named(movement: Movement, entries: Mapping[str, FaultEntry]) -> None:
    """Refuse what a coach's own movement names and is no fault; those of the library may name what is to come."""
    unknown = [name for name in movement.faults if name not in entries]
    to_come = {name for one in Known().all() for name in one.faults} if unknown else set[str]()
    for name in unknown:
        if name not in to_come:
            raise BadInput(
                f"{movement.id}.toml: field faults: no fault is called {name!r:.60}; {nearest(name, entries)} "
                "(those of your own go with --faults)"
            )


def looked_for(movement: Movement, entries: Mapping[str, FaultEntry]) -> tuple[str, ...]:
    """Ids of the faults that are looked for in a movement, apart from those that only others name."""
    named = [name for name in movement.faults if name in entries]
    named += [name for name, entry in entries.items() if movement.id in entry.fault.movements]
    return tuple(dict.fromkeys(named))


def _in_order(names: Sequence[str], known: Mapping[str, FaultEntry], movement: Movement) -> Iterator[Fault]:
    """The faults, each after those that it names."""
    done = set[str]()
    waiting = list(reversed(names))
    while waiting:
        fault = known[waiting[-1]].of(movement)
        parts = [part for part in reversed(fault.all_of) if part not in done]
        if parts and fault.id not in done:
            waiting += parts
            continue
        waiting.pop()
        if fault.id not in done:
            done.add(fault.id)
            yield fault


@cache
def _built_in() -> Mapping[str, FaultEntry]:
    found: dict[str, FaultEntry] = {}
    known = Known()
    for entry in sorted(_BUILT_IN.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            found |= _parse(entry.name, entry.read_bytes(), found, known, ours=True)
    return found


def _parse(
    file: str, content: bytes, before: Mapping[str, FaultEntry], known: Known, *, ours: bool = False
) -> dict[str, FaultEntry]:
    """The faults of one file, each checked against those `before` and against each other."""
    record, at = record_of(file, content)
    found: dict[str, FaultEntry] = {}
    for k, row in rows_of(record, at, "faults", "fault", Fault.model_fields):
        entry = _entry(at, k, row, known, "" if ours else file)
        name = entry.fault.id
        if (other := found.get(name) or before.get(name)) is not None:
            where = "this file" if name in found else other.file or "the library"
            raise BadInput(f"{at(('faults', k, 'id'))}: {where} already has a fault called '{name}'; give another id")
        found[name] = entry
    _check_parts(at, found, {**before, **found})
    if not ours:
        _check_used(at, found, known)
    return found


def _entry(at: Lines, k: int, row: Mapping[str, Any], known: Known, file: str) -> FaultEntry:
    shared = {name: value for name, value in row.items() if name != "for"}
    fault = _validated(at, k, shared, known)
    variants: dict[str, Fault] = {}
    overrides = row.get("for", {})
    if not isinstance(overrides, dict):
        raise BadInput(f"{at(('faults', k, 'for'))}: for is a table: [faults.for.<movement or family>]")
    for name, other in cast("dict[str, object]", overrides).items():
        place: Place = ("faults", k, "for", name)
        if name not in known.ids and name not in known.families:
            hint = nearest(name, sorted(known.ids | known.families))
            raise BadInput(f"{at(place)}: '{flat(name)}' is neither a movement nor a family; {hint}")
        if not isinstance(other, dict):
            raise BadInput(f"{at(place)}: {name} is a table: [faults.for.{name}]")
        given = cast("dict[str, Any]", other)
        fixed = next((field for field in ("id", "movements") if field in given), None)
        if fixed is not None:
            raise BadInput(f"{at((*place, fixed))}: {fixed} is the same in all movements; take it out here")
        kept = {n: v for n, v in shared.items() if not (_WHAT & set(given) and n in _WHAT)}
        variants[name] = _validated(at, k, {**kept, **given}, known, ("for", name), set(given))
    entry = FaultEntry(fault, variants, file)
    for name in fault.movements:
        movement = known.movement(name)
        one = entry.of(movement)
        inside = next((n for n in (movement.id, movement.family) if n in variants), None)
        wrong = wrong_place(one, movement)
        if wrong is not None:
            own = () if inside is None or wrong[0][0] not in overrides[inside] else ("for", inside)
            raise BadInput(f"{at(('faults', k, *own, *wrong[0]))}: {wrong[1]}")
    return entry


def _validated(
    at: Lines, k: int, row: Mapping[str, Any], known: Known, inside: Place = (), own: "set[str] | None" = None
) -> Fault:
    """One fault, checked; errors in what a variant (`inside`) gives itself (`own`) are told at its lines."""

    def place(loc: Place) -> Place:
        return ("faults", k, *(inside if own is not None and (not loc or loc[0] in own) else ()), *loc)

    fault = table_of(Fault, row, lambda loc: at(place(loc)), "fault")
    if (wrong := wrong_in(fault, known)) is not None:
        raise BadInput(f"{at(place(wrong[0]))}: {wrong[1]}")
    return fault


def _check_parts(at: Lines, found: Mapping[str, FaultEntry], known: Mapping[str, FaultEntry]) -> None:
    """Refuse names in `all_of` that are no fault's, and faults that come back to themselves."""
    numbers = {name: k for k, name in enumerate(found)}
    for name, entry in found.items():
        variants = [("for", n) for n in entry.variants]
        for inside, fault in zip([(), *variants], [entry.fault, *entry.variants.values()], strict=True):
            for part in fault.all_of:
                if part not in known:
                    place = ("faults", numbers[name], *inside, "all_of")
                    raise BadInput(f"{at(place)}: no fault is called {part!r:.60}; {nearest(part, known)}")
    try:
        TopologicalSorter({name: entry.parts for name, entry in found.items()}).prepare()
    except CycleError as error:
        ring = list(reversed(cast("list[str]", error.args[1])))[1:]
        first = min(range(len(ring)), key=lambda k: numbers[ring[k]])
        ring = [*ring[first:], *ring[: first + 1]]
        shown = " needs ".join(ring if len(ring) < 8 else [*ring[:4], "…", *ring[-2:]])
        place = ("faults", numbers[ring[0]], "all_of")
        raise BadInput(f"{at(place)}: {shown}: a circle; take one of them out") from None


def _check_used(at: Lines, found: Mapping[str, FaultEntry], known: Known) -> None:
    """Refuse a fault that no movement looks for."""
    parts = {part for entry in found.values() for part in entry.parts}
    for k, (name, entry) in enumerate(found.items()):
        if entry.fault.movements or name in parts or any(name in movement.faults for movement in known.all()):
            continue
        raise BadInput(
            f"{at(('faults', k))}: no movement looks for '{name}'; add movements = [\"back-squat\"] or others"
        )
