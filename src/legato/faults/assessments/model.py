"""What an assessment's file holds: what is rated, read off and asked, and what recordings may measure of it."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from legato.movements.window_spec import Data, Grade

Id: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Unit: TypeAlias = Literal["deg", "cm", "m", "s", "N", "N.m", "N.m/kg", "m2", "1", "%"]
_SHOWN = {"deg": "°", "1": "", "N.m": " N·m", "N.m/kg": " N·m/kg", "m2": " m²"}

View: TypeAlias = Literal["side", "front", "45 degrees", "above"]
Reader: TypeAlias = Literal[
    "", "jump-height", "energy-passed-on", "held", "force-kept", "velocity-kept", "peak-pull",
    "sway", "knee-over-hip", "thorax-turn", "three-contacts",
]  # fmt: skip
"""Numbers of a `result.json`; see `measured`."""


def amount(value: float, unit: str) -> str:
    """A number with its unit, for people."""
    return f"{value:g}{_SHOWN.get(unit, f' {unit}')}"


class Item(Data):
    """One line of a checklist: one sign, seen or not, and the fault whose detector measures the same, or another that
    does by other sensors (`also`).

    `point` tells items of one detector apart (the three contacts of a dowel). `anchors`: what a rater sees where the
    rating is 0, 1 and 2; 2 is always without the sign.
    """

    id: Id
    fault: str
    also: str = ""
    point: str = ""
    asks: str
    anchors: tuple[str, str, str]
    view: View


class Film(Data):
    """How a drill is filmed, so that it can be watched again in slow motion."""

    views: Annotated[tuple[View, ...], Field(min_length=1)]
    least_s: float = 15.0
    most_s: float = 20.0
    least_rate_hz: float = 60.0
    least_reps: int = 3


class Quantity(Data):
    """A number that a person reads off or that a recording measures.

    `sides`: right and left apart. `error`: half-width of a reading's own 90 % interval, in the unit, with its source.
    `low`, `high`: what a reading can be at all. `short_below`, `enough_from`: surely too little, surely enough; the
    same number where the limit is one. `returns`: readings are signed errors of coming back to a posture, of which
    `least_readings` are asked. `reference`: a mean and SD of others may be given on the sheet. `reads`: the number of
    a `result.json` that is the same, of one of `movements`. `stands_for`: another number that this will do instead of.
    """

    id: Id
    name: str
    unit: Unit
    how: str
    sides: bool = False
    error: Annotated[float, Field(ge=0)]
    error_source: str
    error_is_share: bool = False
    low: float
    high: float
    short_below: float | None = None
    enough_from: float | None = None
    source: str
    grade: Grade | Literal["ENG"] | None = None
    returns: bool = False
    least_readings: Annotated[int, Field(ge=1)] = 1
    reference: bool = False
    reads: Reader = ""
    movements: tuple[str, ...] = ()
    part: str = ""
    stands_for: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "Quantity":
        if (self.short_below is None) != (self.enough_from is None):
            raise ValueError("give short_below and enough_from, or neither")
        if self.short_below is not None and self.enough_from is not None:
            if self.short_below > self.enough_from:
                raise ValueError("short_below lies above enough_from")
            if self.grade is None:
                raise ValueError("a limit needs its grade")
        if bool(self.reads) != bool(self.movements):
            raise ValueError("reads goes with movements")
        return self


class Derived(Data):
    """A number made of two others of the same sheet: `top` over `bottom`, or times it.

    `at_most`, `at_least`: for a ratio that tells two ways of moving apart, and what each is called.
    """

    id: Id
    name: str
    kind: Literal["ratio", "product"]
    top: Id
    bottom: Id
    unit: Unit
    at_most: float | None = None
    at_most_is: str = ""
    at_least: float | None = None
    at_least_is: str = ""
    source: str
    grade: Grade | Literal["ENG"] | None = None


class Question(Data):
    """A question answered by a number from `low` to `high`; `least_means`, `most_means`: what the ends mean."""

    id: Id
    asks: str
    low: int = 0
    high: int = 10
    least_means: str
    most_means: str
    faults: tuple[str, ...] = ()
    source: str
    grade: Grade | Literal["ENG"] | None = None


class Task(Data):
    """A task of a profile: the movements that show it, any of which will do, and the faults that are looked for."""

    id: Id
    name: str
    why: str
    movements: Annotated[tuple[str, ...], Field(min_length=1)]
    faults: tuple[str, ...] = ()
    reads: tuple[Reader, ...] = ()


class Assessment(Data):
    """An assessment: a drill with its checklist, a screen, a battery of numbers or a profile of tasks.

    `movements`: whose recordings measure the checklist's items. `instructions`: what the one who rates does, in order.
    """

    id: Id
    name: str
    kind: Literal["drill", "screen", "battery", "profile"]
    summary: str
    source: str
    grade: Grade | Literal["ENG"] | None = None
    movements: tuple[str, ...] = ()
    instructions: Annotated[tuple[str, ...], Field(min_length=1)]
    film: Film | None = None
    items: tuple[Item, ...] = ()
    numbers: tuple[Quantity, ...] = ()
    derived: tuple[Derived, ...] = ()
    questions: tuple[Question, ...] = ()
    tasks: tuple[Task, ...] = ()
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> "Assessment":
        for rows in (self.items, self.numbers, self.derived, self.questions, self.tasks):
            ids = [row.id for row in rows]
            if len(set(ids)) != len(ids):
                raise ValueError(f"an id stands twice among {', '.join(ids)}")
        detectors = [(item.fault, item.point) for item in self.items]
        if len(set(detectors)) != len(detectors):
            raise ValueError("two items have one detector; give each a point of its own")
        if self.items and not self.movements:
            raise ValueError("items need the movements whose recordings measure them")
        known = {number.id for number in self.numbers}
        for number in self.numbers:
            if number.stands_for and number.stands_for not in known:
                raise ValueError(f"{number.id} stands for {number.stands_for}, which is no number of this assessment")
        for row in self.derived:
            for name in (row.top, row.bottom):
                if name not in known:
                    raise ValueError(f"{row.id} is made of {name}, which is no number of this assessment")
        return self
