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
from legato.coaching.plan.volume import RECOVERING, ByWeek, per_week
from legato.movements.window_spec import ClaimId, Data

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
    claim: ClaimId = ""


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

    `items`: of each week, of these
    and of others of the plan. `sets`: of the hard items by week. `before`: what stands on the days right before, as far
    as it is settled, and `earlier` the items of those days, at the levels of then.
    """

    def __init__(
        self,
        model: Any,
        request: Request,
        items: Sequence[Item] | ByWeek,
        weeks: range,
        sets: Mapping[int, Mapping[str, int]],
        before: Sequence[frozenset[str]] = (),
        earlier: Mapping[str, Item] | None = None,
    ) -> None:
        self.model = model
        self.request, self.items, self.weeks, self.before = request, per_week(items, weeks), weeks, before
        self.sets = sets
        self.earlier = {item.id: item for item in self.items[weeks.start]} if earlier is None else earlier
        self.days = range(7 * weeks.start, 7 * weeks.stop)
        self.on: dict[tuple[int, str], Truth] = {
            (d, item.id): self.model.new_bool_var(f"{item.id} on {d}") for d in self.days for item in self.there(d)
        }
        self.training = {d: self.any_of(self.there(d), d) for d in self.days}
        self.asked: list[Asked] = []

    def there(self, day: int) -> Sequence[Item]:
        """What may stand on a day: the items of its week."""
        return self.items[day // 7]

    def any_of(self, some: Sequence[Item], day: int) -> Truth:
        """Whether any of some items stands on a day."""
        found = self.model.new_bool_var(f"any on {day}")
        self.model.add_max_equality(found, [0, *(self.on[day, item.id] for item in some)])
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
            (item.set_s * self.session_sets(week, item) + item.change_s) * self.on[day, item.id]
            for item in self.items[week]
        )

    def days_of(self, week: int, item: Item) -> tuple[int, int]:
        """Fewest and most days in a week: a hard item has as many as asked, or as sets are left."""
        if not item.hard:
            return item.days
        days = min(item.days[0], self.sets[week][item.id])
        return days, days

    def which(self, week: int, **wanted: object) -> list[Item]:
        """Items of a week with such attributes."""
        return [item for item in self.items[week] if all(getattr(item, k) == v for k, v in wanted.items())]

    def times(self, week: int, item: Item) -> Truth:
        """Days of a week on which an item stands."""
        return sum(self.on[d, item.id] for d in self.week(week))


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
    for name in dict.fromkeys(item.id for w in grid.weeks for item in grid.items[w]):
        _ask_for(grid, name)


def _ask_for(grid: Grid, name: str) -> None:
    """An item on as many days as it is asked for; one that only fills in, on so many at most."""
    versions = [item for some in grid.items.values() for item in some if item.id == name]
    least, most = max(item.days[0] for item in versions), max(item.days[1] for item in versions)
    asked = None
    if least:
        often = "a day a week" if least == 1 else f"{least} days a week"
        kind = "lift" if versions[0].lift else "drill"
        asked = grid.rule(kind, f"{versions[0].name} on {often}{'' if least == most else ' or more'}")
    for w in grid.weeks:
        for item in grid.which(w, id=name):
            fewest, most = grid.days_of(w, item)
            grid.model.add(grid.times(w, item) <= most)
            if asked is not None:
                grid.ask(grid.times(w, item) >= fewest, asked)


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
    n, there = len(grid.before), dict[int, Truth]()
    for k, day in enumerate(grid.before):
        there[grid.days.start - n + k] = int(any(is_one(grid.earlier[name]) for name in day if name in grid.earlier))
    return there | {d: grid.any_of([item for item in grid.there(d) if is_one(item)], d) for d in grid.days}


def _apart(grid: Grid, is_one: Callable[[Item], bool], rule: Truth, around: bool) -> dict[int, Truth]:
    """No two days running with any of some items."""
    there = _there(grid, is_one)
    for d in grid.days:
        last = _at(grid, there, d - 1, around)
        if last is not None:
            grid.ask(there[d] + last <= 1, rule)
    return there


def _mobility(grid: Grid, around: bool) -> None:
    if not any(grid.which(w, emphasis="mobility") for w in grid.weeks):
        return
    often = grid.rule("mobility")
    there = _apart(grid, lambda item: item.emphasis == "mobility", grid.rule("mobility-apart"), around)
    three = grid.rule("mobility-three") if grid.request.mobility > _FEWEST else None
    for w in grid.weeks:
        if not grid.which(w, emphasis="mobility"):
            continue
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
    both = {w: (grid.which(w, emphasis="hip-dominant"), grid.which(w, emphasis="core")) for w in grid.weeks}
    if any(hips and trunk for hips, trunk in both.values()):
        balance = grid.rule("balance")
        for w, some in both.items():
            if all(some):
                hips, trunk = (sum(_sixtieths(grid, w, item) * grid.times(w, item) for item in one) for one in some)
                grid.ask(hips >= trunk, balance)
                grid.ask(hips <= 2 * trunk, balance)
    if any(grid.which(w, limb=True) for w in grid.weeks):
        pairing = grid.rule("pairing")
        for d in grid.days:
            still = sum(grid.on[d, item.id] for item in grid.which(d // 7, spinal=True))
            for item in grid.which(d // 7, limb=True):
                grid.ask(still >= grid.on[d, item.id], pairing)
    against = {w: grid.which(w, pattern="anti-rotate") for w in grid.weeks}
    if any(against.values()):
        weekly = grid.rule("anti-rotation")
        for w, some in against.items():
            if some:
                grid.ask(sum(grid.times(w, item) for item in some) >= 1, weekly)


def _sixtieths(grid: Grid, week: int, item: Item) -> int:
    """Sets of a session, in sixtieths: a week's sets may not divide by its days, of which there are six at most."""
    if not item.hard:
        return 60 * item.sets
    return 60 * grid.sets[week][item.id] // max(1, grid.days_of(week, item)[0])


def changes(grid: Grid, pattern: Sequence[frozenset[str]]) -> list[Truth]:
    """Where days differ from a week's pattern."""
    return [1 - there if name in pattern[d % 7] else there for (d, name), there in grid.on.items()]


def filled(grid: Grid) -> list[Truth]:
    """What nobody asked for."""
    return [grid.on[d, item.id] for d in grid.days for item in grid.there(d) if not item.days[0]]


def bare(grid: Grid) -> list[Truth]:
    """Whether each day has nothing but what fills in."""
    found: list[Truth] = []
    for d in grid.days:
        asked = grid.any_of([item for item in grid.there(d) if item.days[0]], d)
        alone = grid.model.new_bool_var(f"bare {d}")
        grid.model.add(alone >= grid.training[d] - asked)
        found.append(alone)
    return found


def longest(grid: Grid) -> Truth:
    """Minutes of the longest session."""
    found = grid.model.new_int_var(0, 24 * 60, "longest")
    for w in grid.weeks:
        for d in grid.week(w):
            grid.model.add(60 * found >= grid.seconds(w, d))
    return found
