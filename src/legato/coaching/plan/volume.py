"""How many sets each week: growth by a tenth at most from full week to full week, less in every fourth."""

from collections.abc import Mapping, Sequence

from legato.coaching.model import Region
from legato.coaching.plan.items import Item

RECOVERING: tuple[Region, ...] = ("legs", "chest", "back")
"""Regions of the one ledger (inventory S0.1)."""

DELOAD_EVERY = 4
_MOST_GROWTH = 1.3
"""Of the sets that were asked for in the first week. [ENG] From there on load grows, not sets."""


def is_deload(week: int) -> bool:
    """Whether a week, counted from 0, is one of less."""
    return week % DELOAD_EVERY == DELOAD_EVERY - 1


def weekly_sets(items: Sequence[Item], weeks: int) -> tuple[Mapping[str, int], ...]:
    """Sets a week of every hard item, by its id.

    The first week is as asked. From one full week to the next a lift gains a set where neither its regions nor all
    together then grow by more than a tenth, up to three tenths more than in the first. A week of less has three fifths,
    rounded down: what has one set is left out.
    """
    hard = [item for item in items if item.hard]
    full = {item.id: item.weekly for item in hard}
    found: list[Mapping[str, int]] = []
    for week in range(weeks):
        if is_deload(week):
            found.append({name: sets * 3 // 5 for name, sets in full.items()})
            continue
        if week:
            full = _grown(hard, full)
        found.append(dict(full))
    return tuple(found)


def volumes(items: Sequence[Item], sets: Mapping[str, int]) -> dict[str, int]:
    """Sets of hard items by region, and of all (`all`)."""
    found = {
        region: sum(sets.get(item.id, 0) for item in items if item.hard and region in item.regions)
        for region in RECOVERING
    }
    return found | {"all": sum(sets.get(item.id, 0) for item in items if item.hard)}


def _grown(hard: Sequence[Item], before: Mapping[str, int]) -> dict[str, int]:
    """A set more for each lift that may have one, those that have gained least first."""
    then, now = volumes(hard, before), dict(before)
    lifts = [item for item in hard if item.lift and before[item.id] + 1 <= _MOST_GROWTH * item.weekly]
    for item in sorted(lifts, key=lambda one: before[one.id] / one.weekly):
        more = now | {item.id: now[item.id] + 1}
        if all(10 * n <= 11 * then[name] for name, n in volumes(hard, more).items()):
            now = more
    return now


def split(sets: int, days: int) -> tuple[int, ...]:
    """A week's sets over its days, as even as can be, the larger first."""
    return tuple(sets // days + (k < sets % days) for k in range(days))
