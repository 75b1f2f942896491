"""What an athlete asks of a plan: when, with what, for what, and what is trained anyway."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from legato.coaching.model import Equipment, Id, Level
from legato.movements.window_spec import Data

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Goal: TypeAlias = Literal["", "bench-speed"]


class Lift(Data):
    """A lift or other exercise that is trained anyway: how many sets a week, on how many days, with how much."""

    id: Id
    sets: Annotated[int, Field(ge=1, le=30)]
    reps: Annotated[int, Field(ge=1, le=30)]
    days: Annotated[int, Field(ge=1, le=4)] = 2
    load_kg: Annotated[float, Field(ge=0, le=600)] | None = None

    @model_validator(mode="after")
    def _fits_its_days(self) -> "Lift":
        if self.sets < self.days:
            raise ValueError(f"{self.sets} sets cannot be spread over {self.days} days; give fewer days or more sets")
        return self


class Wanted(Data):
    """A drill at a level: on how many days a week at least; None for what its kind asks. `fault`: what it was given
    for, in which `movement`; both empty where the athlete asked for it.
    """

    id: Id
    level: Level
    days: Annotated[int, Field(ge=1, le=6)] | None = None
    why: str = ""
    fault: str = ""
    movement: str = ""


class Standing(Data):
    """Where the athlete stands when the plan is made. What is not told counts as not known, and load waits for it.

    `code`: what tells the athlete's calendar from those of others. `told_on`: the day on which the age was told, that
    of a plan where it does not say. `mobility`: by the ids of the mobility screen's numbers, whether each is enough.
    `maxima_kg`: by lift.
    """

    code: Annotated[str, Field(max_length=40)] = ""
    age_years: Annotated[float, Field(ge=6, le=110)] | None = None
    guardian: bool = False
    supervised: bool = False
    base_weeks: Annotated[float, Field(ge=0, le=5200)] | None = None
    equipment: tuple[Equipment, ...] = ()
    mobility: dict[str, bool] = Field(default_factory=dict[str, bool])
    maxima_kg: dict[str, Annotated[float, Field(gt=0, le=700)]] = Field(default_factory=dict[str, float])
    hinge_gate: bool = False
    order_kept: Annotated[float, Field(ge=0, le=1)] | None = None
    told_on: date | None = None

    def told(self, day: date) -> "Standing":
        """As told on a day, where it does not say when."""
        return self.model_copy(update={"told_on": self.told_on or day})

    def aged(self, day: date) -> "Standing":
        """On a later day: a year older with each whole year since the age was told, and no sooner, as the birthday is
        not known.
        """
        then = self.told_on
        if self.age_years is None or then is None or day <= then:
            return self
        years = day.year - then.year - ((day.month, day.day) < (then.month, then.day))
        return self.model_copy(update={"age_years": self.age_years + years, "told_on": day})


class Request(Data):
    """What is asked of a plan.

    `days`: those that are free. `minutes`: of one session, warm-up not counted. `not_on`: single days that are not
    free. `rest_days`: at least so many a week. `mobility`: times a week. `blocks`: whether weeks differ by block (from
    four weeks on). `priming`: a protocol that every session begins with, `none`, or empty for one that fits in the
    block prime.
    """

    start: date
    weeks: Annotated[int, Field(ge=1, le=26)] = 12
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    minutes: Annotated[int, Field(ge=10, le=240)] = 60
    not_on: tuple[date, ...] = ()
    rest_days: Annotated[int, Field(ge=1, le=6)] = 2
    mobility: Annotated[int, Field(ge=2, le=3)] = 2
    blocks: bool = True
    priming: str = ""
    goal: Goal = ""
    athlete: Standing = Standing()
    lifts: tuple[Lift, ...] = ()
    drills: tuple[Wanted, ...] = ()

    @model_validator(mode="after")
    def _names_each_once(self) -> "Request":
        for what, ids in (
            ("days", self.days),
            ("lifts", [x.id for x in self.lifts]),
            ("drills", [x.id for x in self.drills]),
        ):
            twice = {one for one in ids if list(ids).count(one) > 1}
            if twice:
                raise ValueError(f"{what} name {', '.join(sorted(twice))} twice")
        return self
