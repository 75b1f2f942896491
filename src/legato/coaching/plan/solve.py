"""Weeks that keep to every rule and wish, by a solver with one worker and a fixed seed; else what clashes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from legato.coaching.plan.items import Item
from legato.coaching.plan.request import Request
from legato.coaching.plan.rules import Asked, Grid, add_rules, add_wishes, bare, changes, filled, longest
from legato.coaching.plan.volume import Before, ByWeek, fitted, is_deload, per_week, split
from legato.errors import BadInput

Pattern: TypeAlias = tuple[frozenset[str], ...]
"""Ids of what stands on each day."""

_SEED, _OTHER_DAY, _BARE, _LONG = 1, 100, 240, 240
"""The solver's seed; how much a change of days costs beside a drill that only fills in, and a day with nothing but such
drills, more than to move one and never as much as some changes, so that days made anew stay; and a drill or a training
day beside a minute of the longest session.
"""

_BETTER, _AT_ALL, _EXPLAINING = 0.5, 2.0, 2.0
"""How long it may look for better days than it has, for any days at all, and for what clashes, in deterministic seconds
of its own, which are the same on every machine. [ENG]
"""


@dataclass(frozen=True, slots=True)
class Solved:
    """Sets of each item on each day from the start; days without training are empty. `items`: of each week, as there
    was room for them.
    """

    days: tuple[Mapping[str, int], ...]
    items: ByWeek


@dataclass(frozen=True, slots=True)
class Clash:
    """Wishes and rules of which all together cannot be kept, and of which none can be left out for that; `weeks`: in
    which they clash, counted from 0.

    `enough`: those of the wishes of which one alone, given up, leaves all else that was asked for. `settled`: whether
    they only clash after the days before those weeks, which are settled. `sure`: whether time sufficed to try
    everything; else some may be named that could be left out.
    """

    wishes: tuple[Asked, ...]
    rules: tuple[Asked, ...]
    weeks: range
    enough: tuple[Asked, ...] = ()
    settled: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be solved: which weeks, with how many sets, after what days, as near as can be to which."""

    cp: Any
    request: Request
    items: ByWeek
    weeks: range
    sets: Mapping[int, Mapping[str, int]]
    before: Pattern
    earlier: Mapping[str, Item]
    usual: Pattern

    def grid(self, weeks: range, before: Pattern, *, around: bool = False) -> Grid:
        """A fresh model of some of the weeks, after the days right before them."""
        last = self.items.get(weeks.start - 1)
        earlier = self.earlier if last is None else {item.id: item for item in last}
        grid = Grid(self.cp.CpModel(), self.request, self.items, weeks, self.sets, before, earlier)
        add_wishes(grid)
        add_rules(grid, around=around)
        return grid


def solve_weeks(
    request: Request,
    items: Sequence[Item] | ByWeek,
    weeks: range | None = None,
    settled: Sequence[Mapping[str, int]] = (),
    earlier: Sequence[Sequence[Item]] = (),
    usual: Sequence[Mapping[str, int]] = (),
) -> Solved | Clash:
    """Put items on days.

    Parameters
    ----------
    request
        What is asked for.
    items
        Drills and lifts, all of them permitted, of each week or the same in all.
    weeks
        Which weeks, from 0; all where none are named.
    settled
        The sets of every day of the weeks before them.
    earlier
        The items of each of those weeks, at the levels and loads of then; those of the first week where none are named.
    usual
        The days of the weeks as they were planned until now, which the new ones stay near to.

    Returns
    -------
    The sets of every day of the weeks, the same for the same request on every machine; where there are none, an
    irreducible set of wishes and rules that clash. Sets grow where the days have room for it, else they stay.

    Raises
    ------
    BadInput
        The solver is not installed, or could tell neither in its time.
    """
    weeks, cp = weeks or range(request.weeks), _solver()
    wanted = per_week(items, weeks)
    then = earlier or (wanted[weeks.start],) * (len(settled) // 7)
    last = last_full_week(settled, then)
    before = None if last is None else Before(then[last], totals(settled[7 * last : 7 * last + 7]))
    by_id = {item.id: item for item in (then[-1] if then else ())}
    near, now = (tuple(frozenset(day) for day in days) for days in (settled[-7:], usual))
    undecided = False
    for grow in (True, False):
        there, sets = fitted(wanted, weeks, before, grow=grow)
        task = _Task(cp, request, there, weeks, sets, near, by_id, now)
        try:
            days = _week_by_week(task) or _all_at_once(task)
        except _Undecided:
            undecided = True
            continue
        if days is not None:
            return Solved(_with_sets(task, days), there)
    if undecided:
        raise BadInput("no days were found for all of this, and none ruled out, in the time for it; ask for less")
    return _clash(task)


def last_full_week(settled: Sequence[Mapping[str, int]], items: Sequence[Sequence[Item]]) -> int | None:
    """The last of some weeks, from 0, that was none of less, and in which something hard was left where there is one;
    None where there is none. `items`: of each week.
    """
    full = [w for w in range(len(settled) // 7) if not is_deload(w)]
    trained = [w for w in full if Before(items[w], totals(settled[7 * w : 7 * w + 7])).of_hard()]
    return max(trained or full, default=None)


def totals(days: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Sets by id of some days."""
    found: dict[str, int] = {}
    for day in days:
        for name, sets in day.items():
            found[name] = found.get(name, 0) + sets
    return found


def broken_rules(
    request: Request,
    items: ByWeek,
    weeks: range,
    days: Sequence[Mapping[str, int]],
    settled: Sequence[Mapping[str, int]] = (),
    earlier: Sequence[Item] = (),
) -> tuple[Asked, ...]:
    """The wishes and rules that days as they stand do not keep to.

    Parameters
    ----------
    request
        What is asked for.
    items
        What stands in each week, each on as many days as it does.
    weeks
        Which weeks, from 0.
    days
        The sets of each of their days.
    settled, earlier
        The sets of the days of the week before, and its items; none where there is none.

    Raises
    ------
    BadInput
        The solver is not installed.
    """
    cp = _solver()
    sets = {week: totals(days[7 * k : 7 * k + 7]) for k, week in enumerate(weeks)}
    before = tuple(frozenset(day) for day in settled)
    grid = Grid(cp.CpModel(), request, items, weeks, sets, before, {item.id: item for item in earlier})
    add_wishes(grid)
    add_rules(grid)
    for (d, name), there in grid.on.items():
        grid.model.add(there == int(name in days[d - grid.days.start]))
    # With every day settled, each rule holds or not by itself: as many as can be are all that hold.
    grid.model.maximize(sum(one.literal for one in grid.asked))
    solver = _new(cp, _AT_ALL)
    if solver.solve(grid.model) != cp.OPTIMAL:
        raise ValueError("the days hold something that their items do not allow")
    return tuple(one for one in grid.asked if not solver.value(one.literal))


def _week_by_week(task: _Task) -> Pattern | None:
    """The first week so that it can be repeated, every other one as near to it as can be; None where one has none."""
    first = range(task.weeks.start, task.weeks.start + 1)
    usual = None if len(task.before) < 7 else task.before
    if usual is None and not task.usual:
        usual = _week(task, first, (), None, around=True) or _week(task, first, (), None)
    days: Pattern = ()
    for k, w in enumerate(task.weeks):
        near = task.usual[7 * k : 7 * k + 7] or usual
        found = _week(task, range(w, w + 1), (*task.before, *days)[-7:], near)
        if found is None:
            return None
        days = (*days, *found)
    return days


def _week(task: _Task, week: range, before: Pattern, usual: Pattern | None, *, around: bool = False) -> Pattern | None:
    grid = task.grid(week, before, around=around)
    _keep(grid)
    try:
        return _best(task, grid, usual)
    except _Undecided:
        grid.model.clear_objective()
        return _found(task.cp, grid, _AT_ALL)


def _best(task: _Task, grid: Grid, usual: Pattern | None) -> Pattern | None:
    if usual is None:
        # Minutes of the longest session last: what is done is spread over the days.
        grid.model.minimize(_LONG * sum([*filled(grid), *bare(grid), *grid.training.values()]) + longest(grid))
    else:
        for (d, name), there in grid.on.items():
            grid.model.add_hint(there, name in usual[d % 7])
        grid.model.minimize(_OTHER_DAY * sum(changes(grid, usual)) + _BARE * sum(bare(grid)) + sum(filled(grid)))
    return _found(task.cp, grid, _BETTER)


def _all_at_once(task: _Task) -> Pattern | None:
    """All weeks in one model, where taking one after the other came to a dead end."""
    grid = task.grid(task.weeks, task.before)
    _keep(grid)
    return _found(task.cp, grid, _AT_ALL)


def _keep(grid: Grid, names: set[tuple[str, str]] | None = None) -> None:
    """Keep to these rules and wishes, or to all."""
    for asked in grid.asked:
        grid.model.add(asked.literal == int(names is None or asked.name in names))


class _Undecided(Exception):
    """The solver's time was over before it knew whether there are such days."""


def _found(cp: Any, grid: Grid, limit: float) -> Pattern | None:
    """Days that keep to a model; None where there are none. Raises `_Undecided`."""
    solver = _new(cp, limit)
    status = solver.solve(grid.model)
    if status not in (cp.OPTIMAL, cp.FEASIBLE):
        if status != cp.INFEASIBLE:
            raise _Undecided
        return None
    return tuple(frozenset(item.id for item in grid.there(d) if solver.value(grid.on[d, item.id])) for d in grid.days)


def _with_sets(task: _Task, days: Pattern) -> tuple[Mapping[str, int], ...]:
    """Each day's items with their sets."""
    found = [dict[str, int]() for _ in days]
    for k, w in enumerate(task.weeks):
        for item in task.items[w]:
            on = [d for d in range(7 * k, 7 * k + 7) if item.id in days[d]]
            each = split(task.sets[w][item.id], len(on)) if item.hard and on else (item.sets,) * len(on)
            for d, sets in zip(on, each, strict=True):
                found[d][item.id] = sets
    return tuple(found)


class _Tries:
    """Whether some weeks can keep to some rules, as long as the time for it lasts."""

    def __init__(self, task: _Task) -> None:
        self.task, self.left, self.sure = task, _EXPLAINING, True

    def clash(self, weeks: range, names: set[tuple[str, str]] | None = None, *, alone: bool = False) -> bool:
        """Whether they surely cannot, by name or all of them; `alone`: without the days before. What there is no time
        for does not count as a clash.
        """
        before = self.task.before if weeks.start == self.task.weeks.start and not alone else ()
        grid = self.task.grid(weeks, before)
        _keep(grid, names)
        cp = self.task.cp
        solver = _new(cp, max(0.0, self.left))
        status = solver.solve(grid.model)
        self.left -= solver.response_proto.deterministic_time
        self.sure = self.sure and status in (cp.OPTIMAL, cp.FEASIBLE, cp.INFEASIBLE)
        return bool(status == cp.INFEASIBLE)


def _clash(task: _Task) -> Clash:
    """What cannot be kept together, of as few weeks as can be: each is left out in turn, and stays out where the rest
    clash without it.
    """
    tries = _Tries(task)
    weeks = _fewest_weeks(tries)
    asked = {one.name: one for one in task.grid(weeks, ()).asked}
    left = list(asked)
    # Rules that are never given up are left out first, so that as few of them as can be are named.
    for name in sorted(asked, key=lambda one: not asked[one].rule.hard):
        fewer = [one for one in left if one != name]
        if tries.clash(weeks, set(fewer)):
            left = fewer
    sure = tries.sure
    wishes = tuple(asked[name] for name in left if not asked[name].rule.hard)
    enough = tuple(one for one in wishes if _is_enough(tries, one))
    return Clash(
        wishes,
        tuple(asked[name] for name in left if asked[name].rule.hard),
        weeks,
        enough,
        settled=bool(task.before) and weeks.start == task.weeks.start and not tries.clash(weeks, set(left), alone=True),
        sure=sure,
    )


def _fewest_weeks(tries: _Tries) -> range:
    """A single week that clashes by itself, else the fewest that do so together up to the first that cannot be."""
    start, stop = tries.task.weeks.start, tries.task.weeks.stop
    single = next((w for w in tries.task.weeks if tries.clash(range(w, w + 1))), None)
    if single is not None:
        return range(single, single + 1)
    end = next((w for w in range(start + 2, stop) if tries.clash(range(start, w))), stop)
    first = next((w for w in range(end - 2, start, -1) if tries.clash(range(w, end))), start)
    return range(first, end)


def _is_enough(tries: _Tries, wish: Asked) -> bool:
    """Whether all else can surely be kept in every week where one wish is given up."""
    task = tries.task
    names = {one.name for one in task.grid(task.weeks, ()).asked} - {wish.name}
    sure, tries.sure = tries.sure, True
    found = not tries.clash(task.weeks, names) and tries.sure
    tries.sure = sure
    return found


def _new(cp: Any, limit: float) -> Any:
    solver = cp.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = limit
    return solver


def _solver() -> Any:
    try:
        from ortools.sat.python import cp_model
    except ModuleNotFoundError:
        raise BadInput("plans need the package ortools: pip install 'legato[plan]'") from None
    return cp_model
