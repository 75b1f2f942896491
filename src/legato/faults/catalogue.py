"""The library of faults: TOML files with one or more faults each; coaches add files of their own."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias, cast

from pydantic import ValidationError

from legato.errors import BadInput, NotResolvable
from legato.faults.model import Fault, Measure
from legato.faults.quantities import mark_of, phase_of
from legato.faults.results import RESULTS
from legato.messages import fields_at, nearest, toml_fault, wrong_value
from legato.movements import load_movement, movement_ids
from legato.movements.model import Movement
from legato.movements.names import quantities, signals

_BUILT_IN = resources.files("legato.faults") / "library"

_WHAT = frozenset({"measure", "over", "lead", "result", "all_of"})
"""What is measured: a variant that gives one of these takes none of the others from the fault."""

_Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FaultEntry:
    """A fault and, by movement or family, what it is there."""

    fault: Fault
    variants: Mapping[str, Fault]

    def of(self, movement: Movement) -> Fault:
        """The fault as it is in a movement."""
        return self.variants.get(movement.id) or self.variants.get(movement.family) or self.fault


def fault_ids() -> tuple[str, ...]:
    """Ids of all faults of the library, in alphabetical order."""
    return tuple(sorted(_built_in()))


def faults_of(movement: Movement, own: str | PathLike[str] | Sequence[str | PathLike[str]] = ()) -> tuple[Fault, ...]:
    """The faults that are looked for in a movement: those that its file names, and those of a coach's own files that
    name the movement.

    Parameters
    ----------
    movement
        Of the library or a coach's own.
    own
        TOML files with further faults.

    Raises
    ------
    BadInput
        A file cannot be read or is not valid: file, line and what to do are named.
    """
    files = (own,) if isinstance(own, str | PathLike) else tuple(own)
    known, added = dict(_built_in()), dict[str, FaultEntry]()
    for file in files:
        path = Path(file)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise BadInput(f"{path}: cannot be read ({error.strerror}); give a TOML file with faults") from None
        added |= _parse(path.name, content, known | added)
    whole = known | added
    named = [name for name in movement.faults if name in whole]
    named += [name for name, entry in added.items() if movement.id in entry.fault.movements and name not in named]
    return tuple(_in_order([whole[name].of(movement) for name in named], whole, movement))


def _in_order(faults: Sequence[Fault], known: Mapping[str, FaultEntry], movement: Movement) -> Iterator[Fault]:
    """The faults, each after those that it names."""
    done = set[str]()

    def add(fault: Fault) -> Iterator[Fault]:
        if fault.id in done:
            return
        for part in fault.all_of:
            yield from add(known[part].of(movement))
        done.add(fault.id)
        yield fault

    for fault in faults:
        yield from add(fault)


@cache
def _built_in() -> Mapping[str, FaultEntry]:
    found: dict[str, FaultEntry] = {}
    for entry in sorted(_BUILT_IN.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            found |= _parse(entry.name, entry.read_bytes(), found)
    return found


def _parse(file: str, content: bytes, known: Mapping[str, FaultEntry]) -> dict[str, FaultEntry]:
    """The faults of one file, each checked against those known before and against each other."""
    try:
        text = content.decode("utf-8")
        record = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}: not valid TOML: {toml_fault(error)}") from None
    at = _Lines(file, text)
    rows = record.get("faults")
    extra = next((name for name in record if name != "faults"), None)
    if extra is not None:
        raise BadInput(f"{at((extra,))}: field {extra} is not known here; a file holds [[faults]] and nothing else")
    if not isinstance(rows, list) or not rows:
        raise BadInput(f"{file}: holds no fault; begin each with a line [[faults]]")
    found: dict[str, FaultEntry] = {}
    for k, row in enumerate(cast("list[dict[str, Any]]", rows)):
        entry = _entry(at, k, row)
        name = entry.fault.id
        if name in known or name in found:
            where = "the library" if name in known else "this file"
            raise BadInput(f"{at(('faults', k, 'id'))}: {where} already has a fault called '{name}'; give another id")
        found[name] = entry
    _check_parts(at, found, {**known, **found})
    return found


def _entry(at: "_Lines", k: int, row: Mapping[str, Any]) -> FaultEntry:
    shared = {name: value for name, value in row.items() if name != "for"}
    variants: dict[str, Fault] = {}
    overrides = row.get("for", {})
    if not isinstance(overrides, dict):
        raise BadInput(f"{at(('faults', k, 'for'))}: for is a table: [faults.for.<movement or family>]")
    for name, other in cast("dict[str, dict[str, Any]]", overrides).items():
        if name not in movement_ids() and name not in _families():
            hint = nearest(name, (*movement_ids(), *sorted(_families())))
            raise BadInput(f"{at(('faults', k, 'for', name))}: '{name}' is neither a movement nor a family; {hint}")
        kept = {n: v for n, v in shared.items() if not (_WHAT & set(other) and n in _WHAT)}
        variants[name] = _validated(at, k, {**kept, **other}, ("for", name), set(other))
    return FaultEntry(_validated(at, k, shared), variants)


def _validated(
    at: "_Lines", k: int, row: Mapping[str, Any], inside: _Place = (), own: "set[str] | None" = None
) -> Fault:
    """One fault, checked; errors in what a variant (`inside`) gives itself (`own`) are told at its lines."""

    def place(loc: _Place) -> _Place:
        return ("faults", k, *(inside if own is not None and loc and loc[0] in own else ()), *loc)

    try:
        fault = Fault.model_validate(row)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        worst = min(errors, key=lambda e: e["type"] != "extra_forbidden")
        raise BadInput(f"{at(place(worst['loc']))}: {_said(cast('Mapping[str, Any]', worst))}") from None
    for loc, name, known in _names(fault):
        if name not in known:
            raise BadInput(f"{at(place(loc))}: nothing is called '{name}' there; {nearest(name, sorted(known))}")
    if fault.result is not None and (unit := RESULTS[fault.result][0]) != fault.unit and fault.kind != "spread":
        raise BadInput(f"{at(place(('unit',)))}: unit is {fault.unit}, but {fault.result} is in {unit}; make it {unit}")
    for loc, measure in _measures(fault):
        for one in fault.movements:
            _check_places(at, place(loc), measure, one)
    return fault


def _check_places(at: "_Lines", place: _Place, measure: Measure, movement: str) -> None:
    """Refuse phases and marks that a movement which the fault names does not have."""
    spec = load_movement(movement)
    for field, check, value in (("within", phase_of, measure.within), ("at", mark_of, measure.at)):
        try:
            check(spec, value)
        except NotResolvable as why:
            have = (
                [p.name for p in spec.phases] if field == "within" else ["start", "end", *(m.name for m in spec.marks)]
            )
            raise BadInput(f"{at((*place, field))}: {why}; {nearest(value, have)}") from None


def _names(fault: Fault) -> Iterator[tuple[_Place, str, frozenset[str]]]:
    """The names in a fault that must be known, where they stand, and what is known there."""
    for loc, measure in _measures(fault):
        if measure.signal:
            yield (*loc, "signal"), measure.signal, signals()
        if measure.until is not None:
            yield (*loc, "until", "signal"), measure.until.signal, signals()
    if fault.lead is not None:
        yield ("lead", "from", "quantity"), fault.lead.from_link.quantity, quantities()
        yield ("lead", "to", "quantity"), fault.lead.to_link.quantity, quantities()
    if fault.result is not None:
        yield ("result",), fault.result, frozenset(RESULTS)
    for name in fault.movements:
        yield ("movements",), name, frozenset(movement_ids())


def _measures(fault: Fault) -> Iterator[tuple[_Place, Measure]]:
    for name, measure in (("measure", fault.measure), ("over", fault.over)):
        if measure is not None:
            yield (name,), measure
    for k, condition in enumerate(fault.also):
        yield ("also", k, "measure"), condition.measure


def _check_parts(at: "_Lines", found: Mapping[str, FaultEntry], known: Mapping[str, FaultEntry]) -> None:
    """Refuse names in `all_of` that are no fault's, and faults that come back to themselves."""
    for k, entry in enumerate(found.values()):
        for name in entry.fault.all_of:
            if name not in known:
                raise BadInput(f"{at(('faults', k, 'all_of'))}: no fault is called '{name}'; {nearest(name, known)}")
        round_trip = _circle(entry.fault.id, known)
        if round_trip:
            raise BadInput(
                f"{at(('faults', k, 'all_of'))}: {' needs '.join(round_trip)}: a circle; take one of them out"
            )


def _circle(name: str, known: Mapping[str, FaultEntry]) -> list[str]:
    """The way from a fault back to itself through `all_of`; empty where there is none."""

    def walk(one: str, seen: tuple[str, ...]) -> list[str]:
        for part in known[one].fault.all_of if one in known else ():
            if part == name:
                return [*seen, part]
            if part not in seen and (found := walk(part, (*seen, part))):
                return found
        return []

    return walk(name, (name,))


@cache
def _families() -> frozenset[str]:
    return frozenset(load_movement(name).family for name in movement_ids())


def _said(error: Mapping[str, Any]) -> str:
    """What is wrong and what to do, in one line."""
    loc = [str(part) for part in error["loc"] if not isinstance(part, int) and "[" not in str(part)]
    field = f"field {'.'.join(loc)}" if loc else "the fault as a whole"
    if error["type"] == "missing":
        return f"{field} is missing; add it"
    if error["type"] == "extra_forbidden":
        return f"{field} is not known here; {nearest(loc[-1], fields_at(Fault, error['loc']))}"
    return f"{field}: {wrong_value(error)}"


class _Lines:
    """Where in a TOML file a field stands: `file, line n`."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines: dict[_Place, int] = {}
        table: _Place = ()
        counts: dict[_Place, int] = {}
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.strip()
            if line.startswith("["):
                name = line.strip("[]").split("]")[0]
                table = self._full(tuple(part.strip().strip('"') for part in name.split(".")), counts)
                if line.startswith("[["):
                    bare = table
                    counts[bare] = counts.get(bare, -1) + 1
                    table = (*bare, counts[bare])
                self.lines.setdefault(table, number)
            elif "=" in line and not line.startswith("#"):
                key = line.split("=", 1)[0].strip().strip('"')
                self.lines.setdefault((*table, *key.split(".")), number)

    @staticmethod
    def _full(path: tuple[str, ...], counts: Mapping[_Place, int]) -> _Place:
        """A header's path with the number of each array table that it lies in."""
        full: _Place = ()
        for k, part in enumerate(path):
            full = (*full, part)
            if k + 1 < len(path) and full in counts:
                full = (*full, counts[full])
        return full

    def __call__(self, place: _Place) -> str:
        """The file and the line of a field, or of the nearest table around it."""
        names = place
        while names and names not in self.lines:
            names = names[:-1]
        return f"{self.file}, line {self.lines[names]}" if names else self.file
