"""The order of a session: mobility, what the plan is for, technique, power, strength, and holds last."""

from collections.abc import Sequence

from legato.coaching.plan.items import Item
from legato.coaching.plan.request import Goal

BENCH = "bench-press"


def in_order(items: Sequence[Item], goal: Goal) -> tuple[Item, ...]:
    """One day's items in the order in which they are done.

    The bench press comes before all other lifts where its speed is the goal, as bench presses after squats are slower
    (Pereira 2024). Power comes before strength and never right after a hold (Dobbs 2019). A drill on one leg and the
    one that keeps the spine still follow each other.
    """
    first = sorted(items, key=lambda item: (_place(item, goal), not item.lift, item.id))
    spinal = [item for item in first if item.spinal]
    limbs = [item for item in first if item.limb]
    if not spinal or not limbs:
        return tuple(first)
    found: list[Item] = []
    for item in first:
        if item in spinal[:1]:
            continue
        found.append(item)
        if item is limbs[0]:
            found.append(spinal[0])
    return tuple(found)


def _place(item: Item, goal: Goal) -> int:
    if item.emphasis == "mobility":
        return 0
    if goal == "bench-speed" and item.id == BENCH:
        return 1
    asked = not item.lift and item.days[0] > 0
    if asked and item.step.level == "dynamic" and not (item.limb or item.spinal):
        return 2
    if item.step.level == "explosive":
        return 3
    if item.lift:
        return 4
    return 6 if item.step.level == "hold" else 5
