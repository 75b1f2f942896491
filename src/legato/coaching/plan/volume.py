"""How many sets each week: volume grows by a tenth at most from full week to full week, less in every fourth.

Volume is sets, each weighted by its load against that of the last full week: where a load rises, its sets wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from legato.coaching.model import Region
from legato.coaching.plan.items import Item
from legato.coaching.safety.limits import limits

RECOVERING: tuple[Region, ...] = ("legs", "chest", "back")
"""Regions of the one ledger (inventory S0.1)."""

ByWeek: TypeAlias = Mapping[int, Sequence[Item]]
"""The items of each week, counted from 0, at the levels and loads of then."""

DELOAD_EVERY = 4
_LESS = 0.6
"""Share of the volume of the last full week that a week of less has. [ENG]"""

_MOST_GROWTH = 1.3
"""Of the sets that were asked for in the first week. [ENG] From there on load grows, not sets."""

_KEPT = 0.8
"""Share of its sets that a lift keeps before a drill that could begin with load waits in its easier version. [ENG]"""

_ROUNDING = 1e-9


def is_deload(week: int) -> bool:
    """Whether a week, counted from 0, is one of less."""
    return week % DELOAD_EVERY == DELOAD_EVERY - 1


@dataclass(frozen=True, slots=True)
class Before:
    """The last full week before: its items, at the levels and loads of then, and their sets by id."""

    items: Sequence[Item]
    sets: Mapping[str, int]

    def of_hard(self) -> dict[str, int]:
        """Sets by id of what counts as volume."""
        return {item.id: self.sets[item.id] for item in self.items if item.hard and item.id in self.sets}


def per_week(items: Sequence[Item] | ByWeek, weeks: range) -> ByWeek:
    """The items of each week, where the same ones stand in all too."""
    return items if isinstance(items, Mapping) else dict.fromkeys(weeks, items)


def weekly_sets(
    items: Sequence[Item] | ByWeek, weeks: range, before: Before | None = None, *, grow: bool = True
) -> Mapping[int, Mapping[str, int]]:
    """Sets a week of every hard item, by week and id; see `fitted`."""
    return fitted(per_week(items, weeks), weeks, before, grow=grow)[1]


def fitted(
    items: ByWeek, weeks: range, before: Before | None = None, *, grow: bool = True
) -> tuple[dict[int, Sequence[Item]], dict[int, Mapping[str, int]]]:
    """The items that volume has room for, by week, and the sets a week of every hard one, by week and id.

    Parameters
    ----------
    items
        What is to be trained each week; of the hard ones `weekly` is asked for at the start.
    weeks
        Counted from 0.
    before
        The last full week before them; None where they are the first.
    grow
        Whether sets grow from week to week; else they stay as they begin.

    Returns
    -------
    The first full week as asked for, or within a tenth more than `before`. From one full week to the next a lift gains
    a set where its load does not rise, its block asks for no fewer sets, and neither its regions nor all together then
    grow by more than a tenth, up to three tenths more than asked for; a drill that was cut gains what it lacks. What
    becomes hard begins with a set a day; where there is no room for that, and in a week of less, its easier version
    stands there. Such a week has as many sets as fit into three fifths of each region, and of all together: of what has
    few sets, some may be left out.
    """
    there, sets = dict[int, Sequence[Item]](), dict[int, Mapping[str, int]]()
    last = before
    for week in weeks:
        there[week], sets[week] = _week(items[week], last, grow=grow, less=is_deload(week))
        if not is_deload(week):
            last = Before(there[week], sets[week])
    return there, sets


def _week(
    items: Sequence[Item], last: Before | None, *, grow: bool, less: bool
) -> tuple[Sequence[Item], Mapping[str, int]]:
    """One week, with easier versions of what there is no room for."""
    earlier = {} if last is None else last.of_hard()
    while True:
        hard = [item for item in items if item.hard]
        now = _sets_of(hard, last, grow=grow, less=less)
        new = {item.id for item in hard if last is not None and not earlier.get(item.id)}
        # What begins has a set on each of its days, and none begins in a week of less.
        few = {item.id for item in hard if now[item.id] < (item.days[0] if item.id in new else 1)}
        waits = [item for item in hard if item.easier and item.id in (few | new if less else few)]
        if not waits:
            return items, now
        # One at a time, what asks for most first: the others may have room then.
        out = max(waits, key=lambda item: (item.days[0], item.id))
        items = [out.easier if item.id == out.id and out.easier else item for item in items]


def _sets_of(hard: Sequence[Item], last: Before | None, *, grow: bool, less: bool) -> dict[str, int]:
    """Sets of the hard items of a week."""
    earlier = {} if last is None else last.of_hard()
    weights = _weights(hard, last)
    full = {item.id: _begins(item, last, less=less) for item in hard}
    if last is not None:
        then = volumes(last.items, last.sets)
        full = _cut(hard, full, then, 1.0 + limits().weekly_rise.value, weights, frozenset(full) - frozenset(earlier))
        if grow and not less and full == earlier:
            full = _grown(hard, full, then, weights)
    if not less:
        return full
    then = volumes(hard, full)
    if last is not None:
        then |= {name: n for name, n in volumes(last.items, last.sets).items() if n}
    return _less(hard, full, then, weights)


def _begins(item: Item, last: Before | None, *, less: bool) -> int:
    """Sets of a week before anything is cut: as in the last full week, as asked for where it was not there, fewer where
    a block of fewer begins.
    """
    earlier = {} if last is None else last.of_hard()
    if item.id not in earlier:
        return _share_of(item, item.weekly, item.sets_share)
    sets = earlier[item.id]
    if not item.lift:
        return min(sets, item.weekly)
    then = next((one.sets_share for one in (last.items if last else ()) if one.id == item.id), 1.0)
    return sets if less else _share_of(item, sets, item.sets_share / then)


def _share_of(item: Item, sets: int, share: float) -> int:
    """Some share of sets, but one a day where there was one."""
    return sets if share >= 1.0 else max(min(sets, item.days[0]), round(share * sets))


def _weights(hard: Sequence[Item], last: Before | None) -> dict[str, float]:
    """What a set counts: its load against that of the last full week; 1 for what is new and where loads fall."""
    then = {} if last is None else {one.id: one for one in last.items if last.sets.get(one.id)}
    return {item.id: _rise(item, then.get(item.id)) for item in hard}


def _rise(item: Item, then: Item | None) -> float:
    if then is None or then.step.level != item.step.level:
        return 1.0
    if item.load_kg and then.load_kg:
        return max(1.0, item.load_kg / then.load_kg)
    return max(1.0, item.load_share / then.load_share)


def _less(
    hard: Sequence[Item], full: Mapping[str, int], then: Mapping[str, float], weights: Mapping[str, float]
) -> dict[str, int]:
    """Sets of a week of less: three fifths each, rounded down, then a set more where that fits, lowest share first."""
    begin = {name: int(_LESS * sets + _ROUNDING) for name, sets in full.items()}
    now = _cut(hard, begin, then, _LESS, weights)
    for item in sorted((one for one in hard if full[one.id]), key=lambda one: (now[one.id] / full[one.id], one.id)):
        more = now | {item.id: now[item.id] + 1}
        if not _over(hard, more, then, _LESS, weights):
            now = more
    return now


def _over(
    hard: Sequence[Item],
    sets: Mapping[str, int],
    then: Mapping[str, float],
    share: float,
    weights: Mapping[str, float],
) -> list[str]:
    """Regions, and `all`, that have more than a share of the volume of then, where there was any."""
    now = _weighted(hard, sets, weights)
    return [name for name, n in now.items() if then[name] and n > share * then[name] + _ROUNDING]


def _cut(
    hard: Sequence[Item],
    wanted: Mapping[str, int],
    then: Mapping[str, float],
    share: float,
    weights: Mapping[str, float],
    new: frozenset[str] = frozenset(),
) -> dict[str, int]:
    """Sets that were asked for, cut until no region, nor all together, has more than a share of the week before, whose
    `volumes` are given.

    Where nothing was loaded in a region before, what is new there stands as asked. Of drills that are `new` all but a
    set a day are cut first; then lifts to four fifths of what was asked for; then new drills with an easier version;
    then lifts, those with most sets first, none below a set; then what is new is left out.
    """
    now = dict(wanted)

    def first(item: Item) -> tuple[int, int, str]:
        sets, begins = now[item.id], item.id in new and not item.lift
        ranks = (
            begins and sets > max(1, item.days[0]),
            bool(new) and item.lift and sets > max(1, round(_KEPT * item.sets_share * item.weekly)),
            begins and item.easier is not None,
            item.lift and sets > 1,
            True,
        )
        return -ranks.index(True), sets, item.id

    while over := _over(hard, now, then, share, weights):
        some = [item for item in hard if now[item.id] and (over[0] == "all" or over[0] in item.regions)]
        if not some:
            break
        now[max(some, key=first).id] -= 1
    return now


def volumes(items: Sequence[Item], sets: Mapping[str, int]) -> dict[str, int]:
    """Sets of hard items by region, and of all (`all`)."""
    return {name: sum(sets.get(item.id, 0) for item in some) for name, some in _by_region(items).items()}


def _weighted(items: Sequence[Item], sets: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    """The same, each set as much as its weight."""
    return {
        name: sum(weights[item.id] * sets.get(item.id, 0) for item in some) for name, some in _by_region(items).items()
    }


def _by_region(items: Sequence[Item]) -> dict[str, list[Item]]:
    hard = [item for item in items if item.hard]
    return {region: [item for item in hard if region in item.regions] for region in RECOVERING} | {"all": hard}


def _grown(
    hard: Sequence[Item], before: Mapping[str, int], then: Mapping[str, float], weights: Mapping[str, float]
) -> dict[str, int]:
    """A set more for each that may have one, those that have gained least first."""
    now, most = dict(before), 1.0 + limits().weekly_rise.value
    some = [one for one in hard if before[one.id] + 1 <= (_MOST_GROWTH if one.lift else 1.0) * one.weekly]
    some = [one for one in some if weights[one.id] <= 1.0 + _ROUNDING and one.sets_share >= 1.0]
    for item in sorted(some, key=lambda one: before[one.id] / one.weekly):
        more = now | {item.id: now[item.id] + 1}
        if not _over(hard, more, then, most, weights):
            now = more
    return now


def split(sets: int, days: int) -> tuple[int, ...]:
    """A week's sets over its days, as even as can be, the larger first."""
    return tuple(sets // days + (k < sets % days) for k in range(days))
