"""Of several results what was judged last of each fault: one that cannot judge a fault neither finds nor closes it."""

from collections.abc import Sequence
from typing import TypeAlias

from legato.faults.assessments import ResultFile
from legato.faults.catalogue import fault_entries
from legato.movements import load_movement, movement_ids

NOT_JUDGED = "not-resolvable"

Told: TypeAlias = tuple[str, str, str]
"""Of a finding the fault, its side (empty where it has none) and the verdict."""


def last_judged(results: Sequence[tuple[str, Sequence[Told]]]) -> frozenset[tuple[int, int]]:
    """Which findings count: of each movement's fault, and side, the last that was judged; where none was, the last.

    Parameters
    ----------
    results
        Of each, the oldest first, the movement and its findings.

    Returns
    -------
    The index of each such finding's result, and its own within that.
    """
    counting: dict[tuple[str, str], dict[str, tuple[int, int, bool]]] = {}
    for k, (movement, findings) in enumerate(results):
        for j, (fault, told_side, verdict) in enumerate(findings):
            sides = counting.setdefault((movement, fault), {})
            side = "" if compares_sides(movement, fault) else told_side
            judged = verdict != NOT_JUDGED
            # What is said of the fault as a whole takes the place of its sides; of one side only what was not judged.
            same = [at for at, was in sides.items() if at == side or not side or not (at or was[2])]
            if not judged and any(sides[at][2] for at in same):
                continue
            for at in same:
                del sides[at]
            sides[side] = (k, j, judged)
    return frozenset((k, j) for sides in counting.values() for k, j, _ in sides.values())


def compares_sides(movement: str, fault: str) -> bool:
    """Whether a fault is a difference of right and left, whose side only says which of them has more."""
    entry = fault_entries().get(fault)
    if entry is None:
        return False
    return (entry.of(load_movement(movement)) if movement in movement_ids() else entry.fault).compares_sides


def counting_results(results: Sequence[ResultFile]) -> tuple[ResultFile, ...]:
    """Results, the oldest first, each with those of its findings alone that count (`last_judged`)."""
    counts = last_judged([
        (one.movement.id, [(found.fault, found.side or "", found.verdict) for found in one.findings])
        for one in results
    ])  # fmt: skip
    return tuple(
        one.model_copy(update={"findings": tuple(f for j, f in enumerate(one.findings) if (k, j) in counts)})
        for k, one in enumerate(results)
    )
