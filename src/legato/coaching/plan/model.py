"""A plan as it is kept: what was asked, the days of every week, what was left out and why, what was changed and why."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from legato.coaching.blocks import Block
from legato.coaching.log import Session
from legato.coaching.model import Drill, Grade, Id, Level
from legato.coaching.plan.request import Request, Standing
from legato.coaching.situation import Pain
from legato.movements.window_spec import Data

SCHEMA = "legato.plan/1"


class Entry(Data):
    """One exercise of a session: `dose` and `how` in words, one `cue`, and `why` it stands there. `level` and `step`:
    which version of the drill. `load_share`: what the block has of the load that was asked for, or is used now.
    `provisos`: what must be kept to. `own`: of a coach's own drill, the grade that its file gives it.
    """

    id: Id
    name: str
    lift: bool
    level: Level
    step: Annotated[int, Field(ge=0)]
    sets: Annotated[int, Field(ge=1)]
    reps: int | None = None
    dose: str
    tempo: str = ""
    load_kg: float | None = None
    load_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    cue: str
    why: str
    provisos: tuple[str, ...] = ()
    own: Grade | None = None


class Day(Data):
    """A session: what is done in which order, how long it takes, and whether a form check belongs to it."""

    on: date
    entries: tuple[Entry, ...]
    minutes: int
    form_check: bool = False


class Primed(Data):
    """What every session of a week begins with: a priming protocol, its parts and the rest after it in words, and how
    long it takes without that rest. It is not counted in the minutes of a session, as the warm-up is not.
    """

    id: Id
    name: str
    parts: Annotated[tuple[str, ...], Field(min_length=1)]
    minutes: Annotated[float, Field(gt=0)]
    rest: str
    provisos: tuple[str, ...] = ()


class Week(Data):
    """A week from its first day, its block (None where the plan has none), and whether it is one of less."""

    number: Annotated[int, Field(ge=1)]
    start: date
    block: Block | None = None
    deload: bool
    primed: Primed | None = None
    days: tuple[Day, ...]


class LeftOut(Data):
    """What was asked for and is not planned, with every reason."""

    id: Id
    name: str
    reasons: tuple[str, ...]


class Change(Data):
    """One change of a plan: when, of which week, what changed, and because of what."""

    on: date
    week: int
    what: str
    because: str


class Plan(Data):
    """A plan. `screened_until`: how long the screening holds that it was made on. `log`: what was done. `gone`: days
    that had a session once and have none now, so that calendars can take it out. `pain_told`: of the day, as told last;
    it counts until more is told. `notes`: what holds for all of it.
    `own`: a coach's own drills that were asked for, whole: the plan keeps to them as it was made of them.
    """

    schema_: Literal["legato.plan/1"] = Field(default=SCHEMA, alias="schema")
    legato_version: str
    made_on: date
    screened_until: date
    request: Request
    weeks: tuple[Week, ...]
    left_out: tuple[LeftOut, ...] = ()
    warm_up: str = ""
    changes: tuple[Change, ...] = ()
    log: tuple[Session, ...] = ()
    pain_told: Pain | None = None
    gone: tuple[date, ...] = ()
    notes: tuple[str, ...] = ()
    own: tuple[Drill, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> "Plan":
        if len(self.weeks) != self.request.weeks:
            raise ValueError(f"{len(self.weeks)} weeks of {self.request.weeks}")
        for k, week in enumerate(self.weeks):
            if week.number != k + 1 or week.start != self.request.start + timedelta(days=7 * k):
                raise ValueError(f"week {k + 1} is numbered or begins otherwise")
            dates = [day.on for day in week.days]
            if any(not 0 <= (on - week.start).days < 7 for on in dates) or dates != sorted(set(dates)):
                raise ValueError(f"the days of week {k + 1} are out of order")
        return self

    @property
    def athlete(self) -> Standing:
        """Where the athlete stood when it was made."""
        return self.request.athlete.told(self.made_on)

    def days_gone(self, weeks: Sequence[Week]) -> tuple[date, ...]:
        """Days that have a session, or had one once, and have none in these weeks."""
        there = {day.on for week in weeks for day in week.days}
        return tuple(sorted({*self.gone, *(day.on for week in self.weeks for day in week.days)} - there))

    def versions(self, now: Sequence[Drill] = ()) -> dict[str, tuple[Drill, ...]]:
        """The coach's own drills as a `Situation` takes them: those of the plan first, each before what it is `now`."""
        found: dict[str, tuple[Drill, ...]] = {one.id: (one,) for one in self.own}
        for one in now:
            found[one.id] = tuple(dict.fromkeys((*found.get(one.id, ()), one)))
        return found

    def changed(self, own: Mapping[str, Sequence[Drill]]) -> tuple[Drill, ...]:
        """The coach's own drills of the plan that are otherwise now, as the plan has them; `own`: as of `versions`."""
        return tuple(one for one in self.own if any(other != one for other in own.get(one.id, ())))

    def week_of(self, day: date) -> Week | None:
        """The week that a day lies in."""
        return next((week for week in self.weeks if 0 <= (day - week.start).days < 7), None)
