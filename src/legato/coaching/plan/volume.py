"""How many sets each week: growth by a tenth at most from full week to full week, less in every fourth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.coaching.model import Region
from legato.coaching.plan.items import Item

RECOVERING: tuple[Region, ...] = ("legs", "chest", "back")
"""Regions of the one ledger (inventory S0.1)."""

DELOAD_EVERY = 4
_MOST_RISE, _LESS = (11, 10), (3, 5)
"""Shares of the sets of the full week before: of a full week, and of a week of less. [ENG]"""

_MOST_GROWTH = 1.3
"""Of the sets that were asked for in the first week. [ENG] From there on load grows, not sets."""


def is_deload(week: int) -> bool:
    """Whether a week, counted from 0, is one of less."""
    return week % DELOAD_EVERY == DELOAD_EVERY - 1


@dataclass(frozen=True, slots=True)
class Before:
    """The last full week before: its items, at the levels of then, and their sets by id."""

    items: Sequence[Item]
    sets: Mapping[str, int]

    def of_hard(self) -> dict[str, int]:
        """Sets by id of what counts as volume."""
        return {item.id: self.sets[item.id] for item in self.items if item.hard and item.id in self.sets}


def weekly_sets(
    items: Sequence[Item], weeks: range, before: Before | None = None, *, grow: bool = True
) -> Mapping[int, Mapping[str, int]]:
    """Sets a week of every hard item, by week and id.

    Parameters
    ----------
    items
        What is trained; of the hard ones `weekly` is asked for at the start.
    weeks
        Counted from 0.
    before
        The last full week before them; None where they are the first.
    grow
        Whether sets grow from week to week; else they stay as they begin.

    Returns
    -------
    The first full week as asked for, or within a tenth more than `before`. From one full week to the next a lift gains
    a set where neither its regions nor all together then grow by more than a tenth, up to three tenths more than asked
    for; a drill that was cut gains what it lacks. A week of less has as many sets as fit into three fifths of each
    region, and of all together: of what has few sets, some may be left out.
    """
    hard = [item for item in items if item.hard]
    earlier = {} if before is None else before.of_hard()
    full = {item.id: earlier.get(item.id, item.weekly) for item in hard}
    if before is not None:
        full = _cut(hard, full, volumes(before.items, before.sets), _MOST_RISE)
    last = full if set(full) == set(earlier) and full == {name: earlier[name] for name in full} else None
    found: dict[int, Mapping[str, int]] = {}
    for week in weeks:
        if is_deload(week):
            then = volumes(hard, full)
            if before is not None and week == weeks.start:
                then |= {name: n for name, n in volumes(before.items, before.sets).items() if n}
            found[week] = _less(hard, full, then)
            continue
        if last is not None and grow:
            full = _grown(hard, last)
        found[week] = last = full
    return found


def _less(hard: Sequence[Item], full: Mapping[str, int], then: Mapping[str, int]) -> dict[str, int]:
    """Sets of a week of less: three fifths each, rounded down, then a set more where that fits, lowest share first."""
    parts, of = _LESS
    now = _cut(hard, {name: sets * parts // of for name, sets in full.items()}, then, _LESS)
    for item in sorted((one for one in hard if full[one.id]), key=lambda one: (now[one.id] / full[one.id], one.id)):
        more = now | {item.id: now[item.id] + 1}
        if all(of * n <= parts * then[name] for name, n in volumes(hard, more).items()):
            now = more
    return now


def _cut(
    hard: Sequence[Item], wanted: Mapping[str, int], then: Mapping[str, int], share: tuple[int, int]
) -> dict[str, int]:
    """Sets that were asked for, cut until no region, nor all together, has more than a share of the week before, whose
    `volumes` are given.

    Where nothing was loaded in a region before, what is new there stands as asked. Lifts are cut first, those with most
    sets first, none below a set; then what is new is left out.
    """
    parts, of = share
    now = dict(wanted)
    lifts = {item.id for item in hard if item.lift}
    while over := [name for name, n in volumes(hard, now).items() if then[name] and of * n > parts * then[name]]:
        some = [item for item in hard if now[item.id] and (over[0] == "all" or over[0] in item.regions)]
        if not some:
            break
        most = max(some, key=lambda item: (item.id in lifts and now[item.id] > 1, now[item.id], item.id))
        now[most.id] -= 1
    return now


def volumes(items: Sequence[Item], sets: Mapping[str, int]) -> dict[str, int]:
    """Sets of hard items by region, and of all (`all`)."""
    found = {
        region: sum(sets.get(item.id, 0) for item in items if item.hard and region in item.regions)
        for region in RECOVERING
    }
    return found | {"all": sum(sets.get(item.id, 0) for item in items if item.hard)}


def _grown(hard: Sequence[Item], before: Mapping[str, int]) -> dict[str, int]:
    """A set more for each that may have one, those that have gained least first."""
    then, now = volumes(hard, before), dict(before)
    some = [one for one in hard if before[one.id] + 1 <= (_MOST_GROWTH if one.lift else 1.0) * one.weekly]
    for item in sorted(some, key=lambda one: before[one.id] / one.weekly):
        more = now | {item.id: now[item.id] + 1}
        if all(10 * n <= 11 * then[name] for name, n in volumes(hard, more).items()):
            now = more
    return now


def split(sets: int, days: int) -> tuple[int, ...]:
    """A week's sets over its days, as even as can be, the larger first."""
    return tuple(sets // days + (k < sets % days) for k in range(days))
