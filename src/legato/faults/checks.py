"""What a fault may name: signals with their units and sides, rates of links, movements with their phases and marks."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from os import PathLike

from legato.errors import BadInput, NotResolvable
from legato.faults.model import Fault, Lead, Measure
from legato.faults.quantities import mark_of, phase_of
from legato.faults.results import RESULTS
from legato.messages import nearest
from legato.movements import load_movement, movement_ids
from legato.movements.model import GIVEN_MARKS, Movement
from legato.movements.names import quantities, signals
from legato.toml_lines import Place

_AT_A_MARK = ("above", "below", "off", "change", "value_at")
"""Readings that a mark goes with."""

_UNITS: Mapping[str, tuple[str, ...]] = {
    "m": ("_height", "_forward", "_apart", "_depth"),
    "m/s": ("_speed",),
    "deg/s": ("_axial_rate",),
    "N": ("_force",),
}
"""Units of signals by how their names end; all others are angles."""

_OF_POINTS = ("_height", "_ground_speed", "_speed", "_forward", "_turning")
_RATES = ("_velocity", "_swing_velocity", "_axial_velocity")


class Known:
    """The movements that a fault file may name, each read once."""

    def __init__(self, library: str | PathLike[str] | None = None) -> None:
        self._library = library
        self._read: dict[str, Movement] = {}
        self.ids = frozenset(movement_ids(library))

    def movement(self, name: str) -> Movement:
        """The movement of an id that is known."""
        if name not in self._read:
            self._read[name] = load_movement(name, self._library)
        return self._read[name]

    @cached_property
    def families(self) -> frozenset[str]:
        """Families of all movements; one whose file is not valid has none."""
        return frozenset(movement.family for movement in self.all())

    def all(self) -> Iterator[Movement]:
        """Every movement whose file is valid."""
        for name in sorted(self.ids):
            try:
                yield self.movement(name)
            except BadInput:
                continue


def unit_of(signal: str) -> str:
    """The unit that a signal is read in."""
    return next((unit for unit, tails in _UNITS.items() if signal.endswith(tails)), "deg")


def has_sides(name: str, known: frozenset[str]) -> bool:
    """Whether a signal or a rate, named without a side, has a right and a left."""
    tails = _RATES if name.endswith("_velocity") else ("", *_OF_POINTS)
    return any(f"{name.removesuffix(tail)}_right{tail}" in known for tail in tails if name.endswith(tail))


def measures(fault: Fault) -> Iterator[tuple[Place, Measure]]:
    """Every measure of a fault, with where it stands."""
    for name, measure in (("measure", fault.measure), ("over", fault.over)):
        if measure is not None:
            yield (name,), measure
    for k, condition in enumerate(fault.also):
        yield ("also", k, "measure"), condition.measure


def wrong_in(fault: Fault, known: Known) -> tuple[Place, str] | None:
    """The first thing in a fault that no body, result or library can give: where it stands, and what to do."""
    for find in (_wrong_name, _wrong_reading, _wrong_whole):
        if (wrong := next(find(fault), None)) is not None:
            return wrong
    unknown = next((k for k, name in enumerate(fault.movements) if name not in known.ids), None)
    if unknown is not None:
        return ("movements", unknown), no_such(fault.movements[unknown], sorted(known.ids))
    return None


def no_such(name: str, known: Sequence[str]) -> str:
    """That a name is not known, and what may have been meant."""
    return f"nothing is called {name!r:.60} there; {nearest(name, known)}"


def _wrong_name(fault: Fault) -> Iterator[tuple[Place, str]]:
    readable = sorted(name for name in signals() if unit_of(name) != "N")
    for loc, measure in measures(fault):
        for signal in measure.read:
            if signal not in readable:
                yield (*loc, "signals" if measure.signals else "signal"), no_such(signal, readable)
        if measure.until is not None and measure.until.signal not in readable:
            yield (*loc, "until", "signal"), no_such(measure.until.signal, readable)
    if fault.lead is not None:
        for end, link in (("from", fault.lead.from_link), ("to", fault.lead.to_link)):
            if link.quantity not in quantities():
                yield ("lead", end, "quantity"), no_such(link.quantity, sorted(quantities()))
    if fault.result is not None and fault.result not in RESULTS:
        yield ("result",), no_such(fault.result, sorted(RESULTS))


def _wrong_reading(fault: Fault) -> Iterator[tuple[Place, str]]:
    for loc, measure in measures(fault):
        if not measure.read:
            continue
        for signal in measure.read:
            if (unit := unit_of(signal)) != measure.unit:
                yield (*loc, "unit"), f'unit is {measure.unit}, but {signal} is in {unit}; make it unit = "{unit}"'
            if said := _wrong_side(signal, measure.side, signals()):
                yield (*loc, "side"), said
        if "at" in measure.model_fields_set and measure.reading not in _AT_A_MARK:
            yield (*loc, "at"), f"at goes with {', '.join(_AT_A_MARK[:-1])} and {_AT_A_MARK[-1]}; leave it out"
        if measure.until is not None and (said := _wrong_side(measure.until.signal, measure.until.side, signals())):
            yield (*loc, "until", "side"), said
        if measure.side == "each" and loc != ("measure",) and (fault.measure is None or fault.measure.side != "each"):
            yield (*loc, "side"), 'side = "each" here needs side = "each" in measure too'
    if fault.lead is not None:
        yield from _wrong_links(fault.lead)


def _wrong_links(lead: Lead) -> Iterator[tuple[Place, str]]:
    for end, link in (("from", lead.from_link), ("to", lead.to_link)):
        if said := _wrong_side(link.quantity, link.side, quantities()):
            yield ("lead", end, "side"), said
    if lead.from_link.name == lead.to_link.name:
        yield ("lead", "to", "name"), f"from and to are both called {lead.to_link.name!r:.60}; give each a name"


def _wrong_side(name: str, side: str, known: frozenset[str]) -> str:
    sided = has_sides(name, known)
    point = name.endswith(_OF_POINTS)
    if side == "none" and sided and not point:
        return f'{name} has a right and a left; give side = "mean", "right" or "left"'.replace(
            '"mean"', '"both"' if name.endswith("_velocity") else '"mean"'
        )
    if side != "none" and not sided:
        return f"{name} has no sides; leave side out"
    return ""


def _wrong_whole(fault: Fault) -> Iterator[tuple[Place, str]]:
    if fault.measure is not None and fault.over is not None and fault.measure.unit != fault.over.unit:
        yield ("over", "unit"), f"a share of {fault.over.unit} in {fault.measure.unit} says nothing; take one unit"
    if fault.result is not None and (unit := RESULTS[fault.result][0]) != fault.unit and fault.kind != "spread":
        yield ("unit",), f"unit is {fault.unit}, but {fault.result} is in {unit}; make it {unit}"
    if fault.all_of and fault.also:
        yield ("also",), "also goes with what is measured, not with all_of; give it to one of those faults"
    if fault.against == "load" and fault.kind != "drift":
        yield ("against",), 'against = "load" goes with kind = "drift"'
    of_spread = fault.kind == "spread" and fault.unit == "1"
    if (fault.kind == "drift" or of_spread) and fault.band is not None and fault.band.default is None:
        yield ("band",), f"a {fault.kind} needs a stated band; give low or high with source and grade"


def wrong_place(fault: Fault, movement: Movement) -> tuple[Place, str] | None:
    """The first phase or mark that a fault names and the movement does not have: where it stands, and what to do."""
    marks = ["start", "end", *GIVEN_MARKS.get(movement.cycle.anchor, ()), *(mark.name for mark in movement.marks)]
    phases = [phase.name for phase in movement.phases]
    asked = [((*loc, "within"), phase_of, measure.within, phases) for loc, measure in measures(fault)]
    asked += [((*loc, "at"), mark_of, measure.at, marks) for loc, measure in measures(fault)]
    if fault.lead is not None:
        asked.append((("lead", "within"), phase_of, fault.lead.within, phases))
    for place, check, value, have in asked:
        try:
            check(movement, value)
        except NotResolvable as why:
            return place, f"{' '.join(str(why).split()):.160}; {nearest(value, have)}"
    return None
