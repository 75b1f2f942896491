"""What the sessions of a pair must share, and where they do not."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

Conditions: TypeAlias = Mapping[str, float | bool | str | None]
"""What is known of a session, by the condition's id; None or absent where nothing is."""

_HOURS = 24.0
ALWAYS: Mapping[str, str] = {"movement": "movement", "sensor": "what measured"}
"""Kept in every trial: without them two numbers do not mean the same."""

_WHERE_KNOWN = ("body_mass_kg",)
"""Kept in every trial where both sessions show it: another mass is another person, or another day's settings."""


class Condition(BaseModel):
    """A row of `conditions.toml`; what its fields say stands there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    unit: str
    compares: Literal["difference", "share", "clock", "true"]
    within: float
    told: bool = False
    asks: str = ""


@cache
def conditions() -> Mapping[str, Condition]:
    """All conditions by id."""
    text = files("legato.evidence.trials").joinpath("conditions.toml").read_text(encoding="utf-8")
    rows = [Condition.model_validate(row) for row in tomllib.loads(text)["condition"]]
    return {row.id: row for row in rows}


def unknown(kept: Mapping[str, float], session: Conditions) -> tuple[str, ...]:
    """Conditions that are to be kept and of which nothing is known, by id."""
    return tuple(name for name in kept if session.get(name) is None)


def broken_alone(kept: Mapping[str, float], session: Conditions) -> tuple[str, ...]:
    """Why one session can be part of no pair, whatever the other: feedback was on."""
    rows = (conditions()[name] for name in kept)
    return tuple(f"{row.name} was registered, and it was not so" for row in rows if session.get(row.id) is False)


def broken_between(kept: Mapping[str, float], sessions: Sequence[Conditions]) -> tuple[str, ...]:
    """What differs between sessions of a pair by more than was registered, in words."""
    found = [
        f"{words} differs: {', '.join(sorted(seen))}"
        for name, words in ALWAYS.items()
        if len(seen := {str(s[name]) for s in sessions if s.get(name) is not None}) > 1
    ]
    for name, within in ({name: conditions()[name].within for name in _WHERE_KNOWN} | {**kept}).items():
        row = conditions()[name]
        values = [float(value) for s in sessions if (value := s.get(name)) is not None and not isinstance(value, str)]
        if row.compares == "true" or len(values) < 2:
            continue
        apart, largest = _apart(row, values), max(abs(value) for value in values)
        limit = within * largest if row.compares == "share" else within
        if apart > limit + 1e-9:
            told = f"{within:.3g} {row.unit}".rstrip() if row.compares != "share" else f"{100 * within:.3g} %"
            seen = " and ".join(f"{value:.3g}" for value in values)
            found.append(f"{row.name} differs: {seen} {row.unit}".rstrip() + f", at most {told} apart was registered")
    return tuple(found)


def _apart(row: Condition, values: Sequence[float]) -> float:
    """How far the numbers lie apart; hours round the clock."""
    if row.compares != "clock":
        return max(values) - min(values)
    ordered = sorted(value % _HOURS for value in values)
    gaps = [later - earlier for earlier, later in zip(ordered, [*ordered[1:], ordered[0] + _HOURS], strict=True)]
    return _HOURS - max(gaps)
