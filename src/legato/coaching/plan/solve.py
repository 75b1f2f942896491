"""Weeks that keep to every rule and wish, by a solver with one worker and a fixed seed; else what clashes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from legato.coaching.plan.items import Item
from legato.coaching.plan.request import Request
from legato.coaching.plan.rules import Asked, Grid, add_rules, add_wishes, changes, filled, longest
from legato.coaching.plan.volume import is_deload, split, weekly_sets
from legato.errors import BadInput

Pattern: TypeAlias = tuple[frozenset[str], ...]
"""Ids of what stands on each day."""

_SEED, _LIMIT, _OTHER_DAY, _LONG = 1, 0.5, 10, 240
"""The solver's seed; how long it may look for better than it has, in deterministic seconds of its own; how much a
change of days costs beside a drill that only fills in, and a drill or a training day beside a minute of the longest
session.
"""


@dataclass(frozen=True, slots=True)
class Solved:
    """Sets of each item on each day from the start; days without training are empty."""

    days: tuple[Mapping[str, int], ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Wishes and rules of which all together cannot be kept, and of which none can be left out for that; `weeks`: in
    which they clash, counted from 0.
    """

    wishes: tuple[Asked, ...]
    rules: tuple[Asked, ...]
    weeks: range


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be solved: which weeks, with how many sets, after what."""

    cp: Any
    request: Request
    items: Sequence[Item]
    weeks: range
    sets: Mapping[int, Mapping[str, int]]
    before: Pattern

    def grid(self, weeks: range, before: Pattern, *, around: bool = False) -> Grid:
        """A fresh model of some of the weeks."""
        grid = Grid(self.cp.CpModel(), self.request, self.items, weeks, self.sets, before)
        add_wishes(grid)
        add_rules(grid, around=around)
        return grid


def solve_weeks(
    request: Request, items: Sequence[Item], weeks: range | None = None, settled: Sequence[Mapping[str, int]] = ()
) -> Solved | Clash:
    """Put items on days.

    Parameters
    ----------
    request
        What is asked for.
    items
        Drills and lifts, all of them permitted.
    weeks
        Which weeks, from 0; all where none are named.
    settled
        The sets of every day of the weeks before them.

    Returns
    -------
    The sets of every day of the weeks, the same for the same request on every machine; where there are none, an
    irreducible set of wishes and rules that clash.

    Raises
    ------
    BadInput
        The solver is not installed.
    """
    weeks = weeks or range(request.weeks)
    sets = weekly_sets(items, weeks, last_full_week(settled))
    task = _Task(_solver(), request, items, weeks, sets, tuple(frozenset(day) for day in settled[-7:]))
    days = _week_by_week(task) or _all_at_once(task)
    return _clash(task) if days is None else Solved(_with_sets(task, days))


def last_full_week(settled: Sequence[Mapping[str, int]]) -> Mapping[str, int] | None:
    """Sets by id of the last week before that was none of less; None where there is none."""
    for w in range(len(settled) // 7 - 1, -1, -1):
        if not is_deload(w):
            week = settled[7 * w : 7 * w + 7]
            return {name: sum(day.get(name, 0) for day in week) for name in {name for day in week for name in day}}
    return None


def _week_by_week(task: _Task) -> Pattern | None:
    """The first week so that it can be repeated, every other one as near to it as can be; None where one has none."""
    first = range(task.weeks.start, task.weeks.start + 1)
    usual = task.before if len(task.before) == 7 else None
    usual = usual or _week(task, first, (), None, around=True) or _week(task, first, (), None)
    days: Pattern = ()
    for w in task.weeks:
        found = _week(task, range(w, w + 1), (*task.before, *days)[-7:], usual)
        if found is None:
            return None
        days = (*days, *found)
    return days


def _week(task: _Task, week: range, before: Pattern, usual: Pattern | None, *, around: bool = False) -> Pattern | None:
    grid = task.grid(week, before, around=around)
    _keep(grid)
    if usual is None:
        # Minutes of the longest session last: what is done is spread over the days.
        grid.model.minimize(_LONG * sum([*filled(grid), *grid.training.values()]) + longest(grid))
    else:
        for (d, i), there in grid.on.items():
            grid.model.add_hint(there, task.items[i].id in usual[d % 7])
        grid.model.minimize(_OTHER_DAY * sum(changes(grid, usual)) + sum(filled(grid)))
    return _found(task.cp, grid, _LIMIT)


def _all_at_once(task: _Task) -> Pattern | None:
    """All weeks in one model, where taking one after the other came to a dead end."""
    grid = task.grid(task.weeks, task.before)
    _keep(grid)
    return _found(task.cp, grid, None)


def _keep(grid: Grid, names: set[tuple[str, str]] | None = None) -> None:
    """Keep to these rules and wishes, or to all."""
    for asked in grid.asked:
        grid.model.add(asked.literal == int(names is None or asked.name in names))


def _found(cp: Any, grid: Grid, limit: float | None) -> Pattern | None:
    solver = _new(cp, limit)
    if solver.solve(grid.model) not in (cp.OPTIMAL, cp.FEASIBLE):
        return None
    return tuple(
        frozenset(item.id for i, item in enumerate(grid.items) if solver.value(grid.on[d, i])) for d in grid.days
    )


def _with_sets(task: _Task, days: Pattern) -> tuple[Mapping[str, int], ...]:
    """Each day's items with their sets."""
    found = [dict[str, int]() for _ in days]
    for k, w in enumerate(task.weeks):
        for item in task.items:
            on = [d for d in range(7 * k, 7 * k + 7) if item.id in days[d]]
            each = split(task.sets[w][item.id], len(on)) if item.hard and on else (item.sets,) * len(on)
            for d, sets in zip(on, each, strict=True):
                found[d][item.id] = sets
    return tuple(found)


def _clash(task: _Task) -> Clash:
    """What cannot be kept together, of one week where one is enough: each is left out in turn, and stays out where the
    rest clash without it.
    """
    alone = [range(w, w + 1) for w in task.weeks]
    weeks = next((one for one in alone if not _possible(task, one, None)), task.weeks)
    asked = {one.name: one for one in task.grid(weeks, _before(task, weeks)).asked}
    left = list(asked)
    # Rules that are never given up are left out first, so that as few of them as can be are named.
    for name in sorted(asked, key=lambda one: not asked[one].rule.hard):
        fewer = [one for one in left if one != name]
        if not _possible(task, weeks, set(fewer)):
            left = fewer
    of = [asked[name] for name in left]
    return Clash(tuple(one for one in of if not one.rule.hard), tuple(one for one in of if one.rule.hard), weeks)


def _possible(task: _Task, weeks: range, names: set[tuple[str, str]] | None) -> bool:
    """Whether some weeks can keep to these rules, or to all."""
    grid = task.grid(weeks, _before(task, weeks))
    _keep(grid, names)
    return _found(task.cp, grid, None) is not None


def _before(task: _Task, weeks: range) -> Pattern:
    """What is settled right before some weeks."""
    return task.before if weeks.start == task.weeks.start else ()


def _new(cp: Any, limit: float | None) -> Any:
    solver = cp.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    if limit is not None:
        solver.parameters.max_deterministic_time = limit
    return solver


def _solver() -> Any:
    try:
        from ortools.sat.python import cp_model
    except ModuleNotFoundError:
        raise BadInput("plans need the package ortools: pip install 'legato[plan]'") from None
    return cp_model
