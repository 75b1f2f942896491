"""Which shared fault a scenario plants, and how large it is in each repetition."""

from collections.abc import Sequence

from legato.errors import BadInput
from legato.simulate.exercise_data import SharedFault, shared_faults
from legato.simulate.scenario import Scenario


def planted_fault(scenario: Scenario, known: Sequence[str]) -> tuple[SharedFault | None, float]:
    """The fault that a scenario asks for among the `known` ones of its movement, and its size; None where it asks none.

    Raises
    ------
    BadInput
        The movement cannot be given that fault; the message names those that it can.
    """
    if scenario.fault is None:
        return None, 0.0
    if scenario.fault not in known:
        raise BadInput(
            f"simulate: {scenario.movement} has no fault {scenario.fault!r} to plant; it has: "
            f"{', '.join(sorted(known)) or 'none'}"
        )
    fault = shared_faults()[scenario.fault]
    return fault, fault.size if scenario.fault_size is None else scenario.fault_size


def fault_sizes(fault: SharedFault, size: float, reps: int) -> tuple[float, ...]:
    """The fault in each repetition, in its unit: the same, or growing from 0."""
    return tuple(size * (i if fault.per == "rep" else 1.0) for i in range(reps))
