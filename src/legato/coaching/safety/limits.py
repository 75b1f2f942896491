"""The numbers that the gates keep to, as data, each with its source and grade."""

import tomllib
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import Field, model_validator

from legato.coaching.model import Drill, Grade, Id, Pattern
from legato.movements.window_spec import Data


class Limit(Data):
    """One number: `says` in words what it limits."""

    value: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    unit: str
    says: str
    source: str
    grade: Grade


class MobilityNeed(Data):
    """What load in some patterns, or in some drills and lifts, asks of the mobility screen, by the ids of its numbers;
    none where none of its ranges matters.
    """

    patterns: tuple[Pattern, ...] = ()
    drills: tuple[Id, ...] = ()
    gates: tuple[Id, ...]
    source: str
    grade: Grade

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> "MobilityNeed":
        if bool(self.patterns) == bool(self.drills):
            raise ValueError("give patterns or drills")
        return self


class Limits(Data):
    """All of them."""

    pain_go: Limit
    pain_modify: Limit
    pain_back: Limit
    pain_log_days: Limit
    adult_years: Limit
    base_weeks: Limit
    base_days: Limit
    order_kept: Limit
    spotter_share: Limit
    reps_to_one: Limit
    untold_kg: Limit
    exhale_share: Limit
    first_sets: Limit
    weekly_rise: Limit
    dowel_contact: Limit
    dowel_sets: Limit
    dowel_reps: Limit
    ambers: Limit
    mobility: tuple[MobilityNeed, ...]

    def mobility_of(self, drill: Drill) -> tuple[str, ...]:
        """The gates that load in a drill or lift needs: its own, else those of its pattern."""
        own = [need for need in self.mobility if drill.id in need.drills]
        found = own or [need for need in self.mobility if drill.pattern in need.patterns]
        return tuple(dict.fromkeys(gate for need in found for gate in need.gates))


@cache
def limits() -> Limits:
    """The limits that hold."""
    file = resources.files("legato.coaching.safety") / "limits.toml"
    return Limits.model_validate(tomllib.loads(file.read_text("utf-8")))
