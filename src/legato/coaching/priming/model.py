"""What a priming protocol's file holds: its parts, the rest after it, and what is known of it."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from legato.coaching.model import Dose, Grade, Group, Id, Level
from legato.movements.window_spec import Data

Region: TypeAlias = Literal["upper", "lower"]
"""Which limbs the test asks for."""

Tested: TypeAlias = Literal["bar-speed", "jump", "force-rise", "activation"]
"""What a protocol is said to help: bar velocity, jump height, rate of force development, EMG."""

NEVER_HOLDS = "a hold right before power lowers it (Dobbs 2019); put it elsewhere or leave it out"


class Rest(Data):
    """Minutes from the end of a protocol to the test, fewest and most."""

    least: Annotated[float, Field(ge=0, le=60)]
    most: Annotated[float, Field(ge=0, le=60)]
    source: str
    grade: Grade

    @model_validator(mode="after")
    def _in_order(self) -> "Rest":
        if self.least > self.most:
            raise ValueError("least is more than most")
        return self


class Part(Data):
    """One part of a protocol: a drill or a lift (the first of several that may be done) with its dose, or words with
    minutes and `barred`, the groups that it belongs to, none of which the screening may bar. `region`: only before a
    test of those limbs. `share_of_maximum`: how heavy, of the one-repetition maximum. `seconds_a_rep`: where it is not
    that of the drill.
    """

    drill: tuple[Id, ...] = ()
    lift: tuple[Id, ...] = ()
    what: str = ""
    minutes: Annotated[float, Field(gt=0, le=30)] | None = None
    barred: tuple[Group, ...] | None = None
    level: Level | None = None
    dose: Dose | None = None
    region: Region | None = None
    share_of_maximum: Annotated[float, Field(gt=0, lt=1)] | None = None
    seconds_a_rep: Annotated[float, Field(gt=0, le=60)] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Part":
        named = bool(self.drill or self.lift)
        if named == bool(self.what):
            raise ValueError("give drill or lift, or what in words; one of both")
        if named and (self.level is None or self.dose is None):
            raise ValueError("a drill or lift goes with its level and dose")
        if self.what and (self.minutes is None or self.barred is None):
            raise ValueError("what in words goes with its minutes and with barred, the groups that it belongs to or []")
        return self


class Protocol(Data):
    """What is done before a test so that it goes better, and what is known of it. `refused`: why it is not offered."""

    id: Id
    name: str
    purpose: str
    tests: Annotated[tuple[Tested, ...], Field(min_length=1)]
    parts: tuple[Part, ...] = ()
    rest_min: Rest | None = None
    rest_upper_min: Rest | None = None
    trained: bool = False
    refused: str = ""
    evidence: str
    source: str
    grade: Grade
    claim: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "Protocol":
        if bool(self.parts) == bool(self.refused):
            raise ValueError("a protocol has parts, or says in `refused` why it is not offered")
        if self.parts and self.rest_min is None:
            raise ValueError("give rest_min, the minutes from its end to the test")
        return self

    def parts_before(self, region: Region) -> tuple[Part, ...]:
        """Its parts before a test of the arms or the legs."""
        return tuple(part for part in self.parts if part.region in (None, region))

    def rest_before(self, region: Region) -> Rest:
        """How long to rest before such a test. Raises `ValueError` where it is not offered."""
        rest = self.rest_upper_min if region == "upper" and self.rest_upper_min is not None else self.rest_min
        if rest is None:
            raise ValueError(f"{self.id} is not offered")
        return rest
