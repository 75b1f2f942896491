"""Which fault a scenario plants, how large it is in each repetition, and what it makes of the planted lag."""

import math
from collections.abc import Mapping
from typing import TypeVar

from legato.errors import BadInput
from legato.simulate.exercise_data import (
    PlantedFault,
    SharedFault,
    exercise_ids,
    hand_made_plants,
    load_exercise,
    shared_faults,
)
from legato.simulate.scenario import Scenario

_Fault = TypeVar("_Fault", bound=PlantedFault)

_LARGEST: Mapping[str, float] = {"deg": 60.0, "s": 3.0, "m": 0.2, "mm": 50.0, "share": 1.0, "%": 100.0}
"""No body is asked for more than this, by unit. [ENG]"""

_LONGEST_LAG_S = 0.5


def parse_fault(text: str | None) -> tuple[str | None, float | None]:
    """Fault and size that `excess-lean=20` tells; without `=` the size is None.

    Raises
    ------
    BadInput
        What follows `=` is no number.
    """
    if text is None:
        return None, None
    name, sign, number = (part.strip() for part in text.partition("="))
    if not sign:
        return name, None
    try:
        size = float(number)
    except ValueError:
        size = math.nan
    if not math.isfinite(size):
        raise BadInput(f"simulate: {text!r} has no number for its size; write the fault as {name or 'excess-lean'}=10")
    return name, size


def hand_made(movement: str) -> dict[str, SharedFault]:
    """The faults of a movement that is not made from an exercise's file, by id."""
    shared = shared_faults(movement)
    return {name: shared[name] for name in hand_made_plants()[movement]}


def faults_of(movement: str) -> Mapping[str, PlantedFault]:
    """Every fault that a simulated athlete can be given in a movement, by id."""
    if movement in exercise_ids():
        return load_exercise(movement).faults
    return hand_made(movement)


def planted_fault(scenario: Scenario, known: Mapping[str, _Fault]) -> tuple[_Fault | None, float]:
    """The fault that a scenario asks for among the `known` ones of its movement, and its size; None where it asks none.

    Raises
    ------
    BadInput
        The movement cannot be given that fault, or not so much of it; the message says which and how much it can.
    """
    name = "asymmetry" if scenario.fault is None and scenario.asymmetry_deg else scenario.fault
    if name is None:
        return None, 0.0
    if name not in known:
        raise BadInput(
            f"simulate: {scenario.movement} has no fault {name!r} to plant; "
            f"it has: {', '.join(sorted(known)) or 'none'}"
        )
    fault = known[name]
    given = scenario.asymmetry_deg if scenario.fault is None else scenario.fault_size
    size = fault.size if given is None else given
    largest = _LARGEST[fault.unit]
    if not abs(size) <= largest:
        raise BadInput(
            f"simulate: {name} of {size:g} {fault.unit}; "
            f"give a size up to {largest:g} {fault.unit}, as {name}={fault.size:g}"
        )
    return fault, size


def planted_lag(scenario: Scenario, fault: PlantedFault | None, size: float) -> tuple[float, float | None]:
    """The lag in force, s, and its SD from repetition to repetition, s (None: the movement's own).

    Raises
    ------
    BadInput
        The fault asks for a longer lag than half a second.
    """
    lag, spread = scenario.planted_lag_s, scenario.lag_variation_s
    if fault is None:
        return lag, spread
    if fault.lag is not None:
        lag = fault.lag[0] * lag + fault.lag[1] * size
    if fault.spread:
        spread = abs(fault.spread * size)
    if abs(lag) > _LONGEST_LAG_S:
        raise BadInput(
            f"simulate: {scenario.fault} of {size:g} s puts {abs(lag):.2f} s between the links of {scenario.movement}; "
            f"give a size that leaves it within {_LONGEST_LAG_S:g} s, as {scenario.fault}={fault.size:g}"
        )
    return lag, spread


def fault_sizes(fault: PlantedFault, size: float, reps: int) -> tuple[float, ...]:
    """The fault in each repetition, in its unit: the same, or growing from 0."""
    return tuple(size * (i if fault.per == "rep" else 1.0) for i in range(reps))
