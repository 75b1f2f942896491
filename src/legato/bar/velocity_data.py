"""Published velocities at loads: read from `velocities.toml`."""

import tomllib
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    grade: str


class Equation(_Entry):
    """Share of the one-repetition maximum, %, as a parabola of velocity, m/s: `a·v² + b·v + c`."""

    id: str
    movements: tuple[str, ...]
    velocity: str
    coefficients: tuple[float, float, float]
    range_m_s: tuple[float, float]


class VelocityTable(_Entry):
    """Velocity, m/s, at shares of the one-repetition maximum, %."""

    id: str
    share_pct: tuple[float, ...]
    velocity_m_s: tuple[float, ...]


class V1rm(_Entry):
    """Velocity of the heaviest lift that succeeds, m/s, and its SD between lifters."""

    movements: tuple[str, ...]
    velocity_m_s: float = Field(gt=0.0)
    sd_m_s: float = Field(ge=0.0)


class VelocityData(BaseModel):
    """All entries of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    equation: tuple[Equation, ...]
    table: tuple[VelocityTable, ...]
    v1rm: tuple[V1rm, ...]


@cache
def velocity_data() -> VelocityData:
    """The published velocities."""
    text = (resources.files("legato.bar") / "velocities.toml").read_text(encoding="utf-8")
    return VelocityData.model_validate(tomllib.loads(text))


def v1rm_of(movement: str) -> V1rm | None:
    """Velocity of the heaviest lift in a movement of the library, or None where nothing is on record."""
    return next((entry for entry in velocity_data().v1rm if movement in entry.movements), None)
