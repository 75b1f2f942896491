"""What a plan keeps to, each rule with its words, source and grade, as constraints on the days of weeks."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any, TypeAlias

from legato.coaching.model import Grade, Region
from legato.coaching.plan.items import Item
from legato.coaching.plan.request import WEEKDAYS, Request
from legato.coaching.plan.volume import RECOVERING
from legato.movements.window_spec import Data

Truth: TypeAlias = Any
"""A variable that is true or false (ortools gives its classes no common public name)."""

IN_A_ROW = 3
_FEWEST, _MOST = 2, 3
"""Days a week with mobility (inventory S1.47)."""


class Rule(Data):
    """A rule in words; `hard`: never given up."""

    id: str
    says: str
    hard: bool
    source: str
    grade: Grade


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by id."""
    text = (resources.files("legato.coaching.plan") / "rules.toml").read_text(encoding="utf-8")
    return {rule.id: rule for rule in (Rule.model_validate(record) for record in tomllib.loads(text)["rules"])}


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule as it stands in one plan: with what it names, and the variable that turns it on."""

    rule: Rule
    about: str
    literal: Truth

    @property
    def name(self) -> tuple[str, str]:
        """By which it is known from one model to the next."""
        return self.rule.id, self.about

    @property
    def words(self) -> str:
        """What it asks."""
        return self.about or self.rule.says


class Grid:
    """Some weeks of a plan as variables: whether an item stands on a day.

    `sets`: of the hard items by week. `before`: what stands on the days right before, as far as it is settled, and
    `earlier` the items of those days, at the levels of then.
    """

    def __init__(
        self,
        model: Any,
        request: Request,
        items: Sequence[Item],
        weeks: range,
        sets: Mapping[int, Mapping[str, int]],
        before: Sequence[frozenset[str]] = (),
        earlier: Mapping[str, Item] | None = None,
    ) -> None:
        self.model = model
        self.request, self.items, self.weeks, self.before = request, items, weeks, before
        self.sets = sets
        self.earlier = {item.id: item for item in items} if earlier is None else earlier
        self.days = range(7 * weeks.start, 7 * weeks.stop)
        self.on: dict[tuple[int, int], Truth] = {
            (d, i): self.model.new_bool_var(f"{item.id} on {d}") for d in self.days for i, item in enumerate(items)
        }
        self.training = {d: self.any_of(range(len(items)), d) for d in self.days}
        self.asked: list[Asked] = []

    def any_of(self, some: Sequence[int], day: int) -> Truth:
        """Whether any of some items stands on a day."""
        found = self.model.new_bool_var(f"any on {day}")
        self.model.add_max_equality(found, [0, *(self.on[day, i] for i in some)])
        return found

    def ask(self, holds: Any, rule: Truth) -> None:
        """What holds where a rule is kept."""
        self.model.add(holds).only_enforce_if(rule)

    def rule(self, name: str, about: str = "") -> Truth:
        """A new rule; what it asks is added with `only_enforce_if` of what this gives."""
        literal = self.model.new_bool_var(f"rule {name} {about}")
        self.asked.append(Asked(rules()[name], about, literal))
        return literal

    def week(self, week: int) -> range:
        """Its days."""
        return range(7 * week, 7 * week + 7)

    def session_sets(self, week: int, item: Item) -> int:
        """Sets of one session, the larger where a week's sets do not divide."""
        return -(-self.sets[week][item.id] // item.days[0]) if item.hard else item.sets

    def seconds(self, week: int, day: int) -> Truth:
        """How long a day's session takes."""
        return sum(
            (item.set_s * self.session_sets(week, item) + item.change_s) * self.on[day, i]
            for i, item in enumerate(self.items)
        )

    def days_of(self, week: int, item: Item) -> tuple[int, int]:
        """Fewest and most days in a week: a hard item has as many as asked, or as sets are left."""
        if not item.hard:
            return item.days
        days = min(item.days[0], self.sets[week][item.id])
        return days, days

    def which(self, **wanted: object) -> list[int]:
        """Items with such attributes."""
        return [i for i, item in enumerate(self.items) if all(getattr(item, k) == v for k, v in wanted.items())]


def add_wishes(grid: Grid) -> None:
    """What the athlete asks for: days, minutes, rest, lifts, drills."""
    request = grid.request
    off = {(day - request.start).days for day in request.not_on}
    not_on = f", but not {', '.join(day.isoformat() for day in request.not_on)}" if off else ""
    free = grid.rule("free-days", f"free days: {', '.join(request.days)}{not_on}")
    short = grid.rule("minutes", f"no session longer than {request.minutes} minutes")
    rest = grid.rule("rest-days", f"at least {request.rest_days} rest days a week")
    for w in grid.weeks:
        for d in grid.week(w):
            if WEEKDAYS[(request.start.weekday() + d) % 7] not in request.days or d in off:
                grid.ask(grid.training[d] == 0, free)
            grid.ask(grid.seconds(w, d) <= 60 * request.minutes, short)
        grid.ask(sum(grid.training[d] for d in grid.week(w)) <= 7 - request.rest_days, rest)
    for i, item in enumerate(grid.items):
        _ask_for(grid, i, item)


def _ask_for(grid: Grid, i: int, item: Item) -> None:
    """An item on as many days as it is asked for; one that only fills in, on so many at most."""
    often = "a day a week" if item.days[0] == 1 else f"{item.days[0]} days a week"
    asked = None
    if item.days[0]:
        more = "" if item.days[0] == item.days[1] else " or more"
        asked = grid.rule("lift" if item.lift else "drill", f"{item.name} on {often}{more}")
    for w in grid.weeks:
        least, most = grid.days_of(w, item)
        days = sum(grid.on[d, i] for d in grid.week(w))
        grid.model.add(days <= most)
        if asked is not None:
            grid.ask(days >= least, asked)


def add_rules(grid: Grid, *, around: bool = False) -> None:
    """What is never given up. `around`: the first day follows the last, so that the week can be repeated."""
    _mobility(grid, around)
    _recovery(grid, around)
    _company(grid)
    row, some = grid.rule("in-a-row"), grid.rule("every-week")
    n = len(grid.before)
    earlier = {grid.days.start - n + k: int(bool(ids)) for k, ids in enumerate(grid.before)}
    trained = {**earlier, **grid.training}
    for d in grid.days:
        run = [one for k in range(IN_A_ROW + 1) if (one := _at(grid, trained, d - k, around)) is not None]
        if len(run) > IN_A_ROW:
            grid.ask(sum(run) <= IN_A_ROW, row)
    for w in grid.weeks:
        grid.ask(sum(grid.training[d] for d in grid.week(w)) >= 1, some)


def _at(grid: Grid, of_day: Mapping[int, Truth], day: int, around: bool) -> Truth | None:
    """What holds on a day, of the week before too; None before everything."""
    if around and day < grid.days.start:
        day += len(grid.days)
    return of_day.get(day)


def _there(grid: Grid, is_one: Callable[[Item], bool]) -> dict[int, Truth]:
    """Whether any of some items stands on each day, those that are settled too."""
    some = [i for i, item in enumerate(grid.items) if is_one(item)]
    n, there = len(grid.before), dict[int, Truth]()
    for k, day in enumerate(grid.before):
        there[grid.days.start - n + k] = int(any(is_one(grid.earlier[name]) for name in day if name in grid.earlier))
    return there | {d: grid.any_of(some, d) for d in grid.days}


def _apart(grid: Grid, is_one: Callable[[Item], bool], rule: Truth, around: bool) -> dict[int, Truth]:
    """No two days running with any of some items."""
    there = _there(grid, is_one)
    for d in grid.days:
        last = _at(grid, there, d - 1, around)
        if last is not None:
            grid.ask(there[d] + last <= 1, rule)
    return there


def _mobility(grid: Grid, around: bool) -> None:
    if not grid.which(emphasis="mobility"):
        return
    often = grid.rule("mobility")
    there = _apart(grid, lambda item: item.emphasis == "mobility", grid.rule("mobility-apart"), around)
    three = grid.rule("mobility-three") if grid.request.mobility > _FEWEST else None
    for w in grid.weeks:
        times = sum(there[d] for d in grid.week(w))
        grid.ask(times >= _FEWEST, often)
        grid.ask(times <= _MOST, often)
        if three is not None:
            grid.ask(times >= grid.request.mobility, three)


def _recovery(grid: Grid, around: bool) -> None:
    rested = grid.rule("recovery")
    for region in RECOVERING:
        _apart(grid, partial(_loads, region), rested, around)


def _loads(region: Region, item: Item) -> bool:
    return item.hard and region in item.regions


def _company(grid: Grid) -> None:
    """What goes with what: hips with trunk, one leg with a still spine, something against rotation."""
    hips, trunk = grid.which(emphasis="hip-dominant"), grid.which(emphasis="core")
    if hips and trunk:
        balance = grid.rule("balance")
        for w in grid.weeks:
            of_hips, of_trunk = (
                sum(_sixtieths(grid, w, grid.items[i]) * grid.on[d, i] for d in grid.week(w) for i in some)
                for some in (hips, trunk)
            )
            grid.ask(of_hips >= of_trunk, balance)
            grid.ask(of_hips <= 2 * of_trunk, balance)
    limbs, spinal = grid.which(limb=True), grid.which(spinal=True)
    if limbs:
        pairing = grid.rule("pairing")
        for d in grid.days:
            for i in limbs:
                grid.ask(sum(grid.on[d, k] for k in spinal) >= grid.on[d, i], pairing)
    against = grid.which(pattern="anti-rotate")
    if against:
        weekly = grid.rule("anti-rotation")
        for w in grid.weeks:
            there = sum(grid.on[d, i] for d in grid.week(w) for i in against)
            grid.ask(there >= 1, weekly)


def _sixtieths(grid: Grid, week: int, item: Item) -> int:
    """Sets of a session, in sixtieths: a week's sets may not divide by its days, of which there are six at most."""
    if not item.hard:
        return 60 * item.sets
    return 60 * grid.sets[week][item.id] // max(1, grid.days_of(week, item)[0])


def changes(grid: Grid, pattern: Sequence[frozenset[str]]) -> list[Truth]:
    """Where days differ from a week's pattern."""
    found: list[Truth] = []
    for d in grid.days:
        for i, item in enumerate(grid.items):
            there = grid.on[d, i]
            found.append(1 - there if item.id in pattern[d % 7] else there)
    return found


def filled(grid: Grid) -> list[Truth]:
    """What nobody asked for."""
    return [grid.on[d, i] for d in grid.days for i, item in enumerate(grid.items) if not item.days[0]]


def longest(grid: Grid) -> Truth:
    """Minutes of the longest session."""
    found = grid.model.new_int_var(0, 24 * 60, "longest")
    for w in grid.weeks:
        for d in grid.week(w):
            grid.model.add(60 * found >= grid.seconds(w, d))
    return found
