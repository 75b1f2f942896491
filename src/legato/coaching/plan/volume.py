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


def weekly_sets(
    items: Sequence[Item], weeks: range, before: Mapping[str, int] | None = None
) -> Mapping[int, Mapping[str, int]]:
    """Sets a week of every hard item, by week and id.

    Parameters
    ----------
    items
        What is trained; of the hard ones `weekly` is asked for at the start.
    weeks
        Counted from 0.
    before
        Sets of the last full week before them, by id; None where they are the first.

    Returns
    -------
    The first full week as asked for, or within a tenth more than `before`. From one full week to the next a lift gains
    a set where neither its regions nor all together then grow by more than a tenth, up to three tenths more than asked
    for. A week of less has three fifths, rounded down: what has one set is left out.
    """
    hard = [item for item in items if item.hard]
    earlier = before or {}
    full = {item.id: earlier.get(item.id, item.weekly) for item in hard}
    last = {item.id: earlier[item.id] for item in hard if item.id in earlier} if before is not None else None
    if last is not None:
        full = within_a_tenth(hard, full, last)
    found: dict[int, Mapping[str, int]] = {}
    for week in weeks:
        if is_deload(week):
            found[week] = {name: sets * 3 // 5 for name, sets in full.items()}
            continue
        if last is not None and set(last) == set(full):
            full = _grown(hard, last)
        found[week] = last = full
    return found


def within_a_tenth(hard: Sequence[Item], wanted: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """Sets that were asked for, cut until no region, nor all together, has more than a tenth above the week before.

    Where nothing was loaded in a region before, what is new there stands as asked. Lifts are cut first, those with most
    sets first, none below a set; then what is new is left out.
    """
    then, now = _volumes_by_id(hard, before), dict(wanted)
    lifts = {item.id for item in hard if item.lift}
    while over := [name for name, n in volumes(hard, now).items() if then[name] and 10 * n > 11 * then[name]]:
        some = [item for item in hard if now[item.id] and (over[0] == "all" or over[0] in item.regions)]
        if not some:
            break
        most = max(some, key=lambda item: (item.id in lifts and now[item.id] > 1, now[item.id], item.id))
        now[most.id] -= 1
    return now


def _volumes_by_id(hard: Sequence[Item], before: Mapping[str, int]) -> dict[str, int]:
    return volumes(hard, {item.id: before.get(item.id, 0) for item in hard})


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
