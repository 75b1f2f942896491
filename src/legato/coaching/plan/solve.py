"""Weeks that keep to every rule and wish, by a solver with one worker and a fixed seed; else what clashes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from legato.coaching.plan.items import Item
from legato.coaching.plan.request import Request
from legato.coaching.plan.rules import Asked, Grid, add_rules, add_wishes, changes, filled
from legato.coaching.plan.volume import split
from legato.errors import BadInput

Pattern: TypeAlias = tuple[frozenset[str], ...]
"""Ids of what stands on each day."""

_SEED, _LIMIT, _OTHER_DAY = 1, 0.5, 10
"""The solver's seed; how long it may look for better than it has, in deterministic seconds of its own; how much a
change of days costs beside a drill that only fills in.
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


def solve_weeks(request: Request, items: Sequence[Item]) -> Solved | Clash:
    """Put items on days.

    Parameters
    ----------
    request
        What is asked for.
    items
        Drills and lifts, all of them permitted.

    Returns
    -------
    The sets of every day, the same for the same request on every machine; where there is none, an irreducible set of
    wishes and rules that clash.

    Raises
    ------
    BadInput
        The solver is not installed.
    """
    cp = _solver()
    settled = _week_by_week(cp, request, items) or _all_at_once(cp, request, items)
    if settled is None:
        return _clash(cp, request, items)
    return Solved(_with_sets(request, items, settled))


def _week_by_week(cp: Any, request: Request, items: Sequence[Item]) -> list[frozenset[str]] | None:
    """The first week so that it can be repeated, every other one as near to it as can be; None where one has none."""
    usual = _week(cp, request, items, 0, (), None, around=True) or _week(cp, request, items, 0, (), None)
    settled: list[frozenset[str]] = []
    for w in range(request.weeks):
        found = _week(cp, request, items, w, settled[-7:], usual)
        if found is None:
            return None
        settled += found
    return settled


def _week(
    cp: Any,
    request: Request,
    items: Sequence[Item],
    week: int,
    before: Sequence[frozenset[str]],
    usual: Pattern | None,
    *,
    around: bool = False,
) -> Pattern | None:
    model = cp.CpModel()
    grid = _grid(model, request, items, range(week, week + 1), before, around)
    _keep_all(grid)
    if usual is None:
        model.minimize(sum([*filled(grid), *grid.training.values()]))
    else:
        for (d, i), there in grid.on.items():
            model.add_hint(there, items[i].id in usual[d % 7])
        model.minimize(_OTHER_DAY * sum(changes(grid, usual)) + sum(filled(grid)))
    return _found(cp, grid, _LIMIT)


def _all_at_once(cp: Any, request: Request, items: Sequence[Item]) -> list[frozenset[str]] | None:
    """All weeks in one model, where taking one after the other came to a dead end."""
    grid = _grid(cp.CpModel(), request, items, range(request.weeks), (), False)
    _keep_all(grid)
    found = _found(cp, grid, None)
    return None if found is None else list(found)


def _grid(
    model: Any, request: Request, items: Sequence[Item], weeks: range, before: Sequence[frozenset[str]], around: bool
) -> Grid:
    grid = Grid(model, request, items, weeks, before)
    add_wishes(grid)
    add_rules(grid, around=around)
    return grid


def _keep_all(grid: Grid) -> None:
    for asked in grid.asked:
        grid.model.add(asked.literal == 1)


def _found(cp: Any, grid: Grid, limit: float | None) -> Pattern | None:
    solver = _new(cp, limit)
    if solver.solve(grid.model) not in (cp.OPTIMAL, cp.FEASIBLE):
        return None
    return tuple(
        frozenset(item.id for i, item in enumerate(grid.items) if solver.value(grid.on[d, i])) for d in grid.days
    )


def _with_sets(
    request: Request, items: Sequence[Item], days: Sequence[frozenset[str]]
) -> tuple[Mapping[str, int], ...]:
    """Each day's items with their sets."""
    from legato.coaching.plan.volume import weekly_sets

    weekly, found = weekly_sets(items, request.weeks), [dict[str, int]() for _ in days]
    for w in range(request.weeks):
        for item in items:
            on = [d for d in range(7 * w, 7 * w + 7) if item.id in days[d]]
            each = split(weekly[w][item.id], len(on)) if item.hard and on else (item.sets,) * len(on)
            for d, sets in zip(on, each, strict=True):
                found[d][item.id] = sets
    return tuple(found)


def _clash(cp: Any, request: Request, items: Sequence[Item]) -> Clash:
    """What cannot be kept together, of one week where one is enough: each is left out in turn, and stays out where the
    rest clash without it.
    """
    alone = [range(w, w + 1) for w in range(request.weeks)]
    weeks = next((one for one in alone if not _possible(cp, request, items, one, None)), range(request.weeks))
    names = [(asked.rule.id, asked.about) for asked in _grid(cp.CpModel(), request, items, weeks, (), False).asked]
    asked = {(one.rule.id, one.about): one for one in _grid(cp.CpModel(), request, items, weeks, (), False).asked}
    left = list(names)
    # Rules that are never given up are left out first, so that as few of them as can be are named.
    for name in sorted(names, key=lambda one: not asked[one].rule.hard):
        fewer = [one for one in left if one != name]
        if not _possible(cp, request, items, weeks, set(fewer)):
            left = fewer
    of = [asked[name] for name in left]
    return Clash(tuple(one for one in of if not one.rule.hard), tuple(one for one in of if one.rule.hard), weeks)


def _possible(
    cp: Any, request: Request, items: Sequence[Item], weeks: range, kept: set[tuple[str, str]] | None
) -> bool:
    """Whether some weeks can keep to these rules, or to all."""
    grid = _grid(cp.CpModel(), request, items, weeks, (), False)
    for one in grid.asked:
        grid.model.add(one.literal == int(kept is None or (one.rule.id, one.about) in kept))
    return _found(cp, grid, None) is not None


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
