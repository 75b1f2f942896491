"""The numbers that the gates keep to, as data, each with its source and grade."""

import tomllib
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import Field

from legato.coaching.model import Grade, Id, Pattern
from legato.movements.window_spec import Data


class Limit(Data):
    """One number: `says` in words what it limits."""

    value: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    unit: str
    says: str
    source: str
    grade: Grade


class MobilityNeed(Data):
    """What load in some patterns asks of the mobility screen, by the ids of its numbers."""

    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    gates: Annotated[tuple[Id, ...], Field(min_length=1)]
    source: str
    grade: Grade


class Limits(Data):
    """All of them."""

    pain_go: Limit
    pain_modify: Limit
    pain_log_days: Limit
    adult_years: Limit
    base_weeks: Limit
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

    def mobility_of(self, pattern: Pattern) -> tuple[str, ...]:
        """The gates that load in a pattern needs, in the order of the screen."""
        return tuple(dict.fromkeys(gate for need in self.mobility if pattern in need.patterns for gate in need.gates))


@cache
def limits() -> Limits:
    """The limits that hold."""
    file = resources.files("legato.coaching.safety") / "limits.toml"
    return Limits.model_validate(tomllib.loads(file.read_text("utf-8")))
