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
ANALYSED: Mapping[str, str] = {"analysed_by": "the version of Legato", "analysed_with": "settings that change numbers"}
"""How a result was made. A session that was analysed otherwise is analysed again, and no pair is lost by it."""


class Condition(BaseModel):
    """A row of `conditions.toml`; what its fields say stands there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    unit: str
    compares: Literal["difference", "share", "clock", "true", "least", "noted"]
    within: float
    most: float
    told: bool = False
    where_told: bool = False
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


def broken_alone(
    kept: Mapping[str, float], session: Conditions, arm: str = "", by_arm: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Why one session can be part of no pair, whatever the other: feedback was on, a hard session was too near.

    `by_arm`: conditions that are so with one arm alone, on purpose; `arm` is this session's.
    """
    found: list[str] = []
    for name, within in _with_told(kept).items():
        row, value = conditions()[name], session.get(name)
        alone = (by_arm or {}).get(name)
        if row.compares == "true" and value is False and alone in (None, arm):
            where = "" if alone is None else f" with {arm}"
            found.append(f"this trial asks for {row.name}{where}, and it was not so")
        if row.compares == "true" and value is True and alone not in (None, arm):
            found.append(f"this trial asks for {row.name} with {alone} alone, and it was so with {arm}")
        if row.compares == "least" and isinstance(value, int | float) and value < within - 1e-9:
            found.append(f"{row.name} is {value:g} {row.unit}, and this trial asks for {within:g} {row.unit} at least")
    return tuple(found)


def broken_between(kept: Mapping[str, float], sessions: Sequence[Conditions]) -> tuple[str, ...]:
    """What differs between sessions of a pair by more than was registered, in words."""
    found = [
        f"{words} differs: {', '.join(sorted(seen))}"
        for name, words in ALWAYS.items()
        if len(seen := {str(s[name]) for s in sessions if s.get(name) is not None}) > 1
    ]
    for name, within in _with_told(kept).items():
        row = conditions()[name]
        values = [float(value) for s in sessions if (value := s.get(name)) is not None and not isinstance(value, str)]
        if row.compares in ("true", "least", "noted") or len(values) < 2:
            continue
        apart, largest = _apart(row, values), max(abs(value) for value in values)
        limit = within * largest if row.compares == "share" else within
        if apart > limit + 1e-9:
            told = f"{within:.3g} {row.unit}".rstrip() if row.compares != "share" else f"{100 * within:.3g} %"
            seen = " and ".join(f"{value:.3g}" for value in values)
            verb = "differ" if row.name.endswith("s") and not row.name.endswith("ss") else "differs"
            asks = f"at most {told} apart is what this trial allows" if within else "and this trial asks for the same"
            found.append(f"{row.name} {verb}: {seen} {row.unit}".rstrip() + f", {asks}")
    return tuple(found)


def analysed_otherwise(sessions: Sequence[Conditions]) -> str:
    """What differs in how sessions of a pair were analysed, in words; empty where nothing does."""
    for name, words in ANALYSED.items():
        seen = list(dict.fromkeys(str(s[name]) for s in sessions if s.get(name) is not None))
        if len(seen) > 1:
            return f"{words}: {seen[0]} and {seen[1]}"
    return ""


def kept_words(kept: Mapping[str, float], by_arm: Mapping[str, str]) -> list[str]:
    """What the sessions of a pair must share, a few words each; `by_arm` as `broken_alone`."""
    return [
        f"{_kept(conditions()[name], within)} with {by_arm[name]} alone, on purpose"
        if name in by_arm
        else _kept(conditions()[name], within)
        for name, within in kept.items()
    ]


def loosened(kept: Mapping[str, float]) -> tuple[str, ...]:
    """What is let lie further apart than by default, a few words each."""
    rows = [(conditions()[name], within) for name, within in kept.items()]
    return tuple(
        f"{_kept(row, within)} (usually {_kept(row, row.within).removeprefix(row.name).strip()})"
        for row, within in rows
        if (within < row.within if row.compares == "least" else within > row.within)
    )


def _kept(row: Condition, within: float) -> str:
    if row.compares == "true":
        return row.name
    if row.compares == "least":
        return f"{row.name} at least {within:g} {row.unit}"
    if row.compares == "share":
        return f"{row.name} within {100 * within:g} %"
    return f"{row.name} within {within:g} {row.unit}".rstrip() if within else f"same {row.name}"


def noted(pairs: Sequence[tuple[Conditions, Conditions]]) -> tuple[str, ...]:
    """What differs on average between the sessions with A and with B by more than is let pass, a sentence each."""
    found: list[str] = []
    for row in conditions().values():
        if row.compares != "noted":
            continue
        both = [
            (float(a), float(b))
            for one, other in pairs
            if isinstance(a := one.get(row.id), int | float) and isinstance(b := other.get(row.id), int | float)
        ]
        if not both:
            continue
        a, b = (sum(values) / len(both) for values in zip(*both, strict=True))
        if abs(a - b) > row.within + 1e-9:
            found.append(
                f"{row.name[0].upper()}{row.name[1:]} was {a:.3g} {row.unit} with A and {b:.3g} {row.unit} with B, on"
                f" average of {len(both)} pairs: the sets did not tire alike, and the change may come of that."
            )
    return tuple(found)


def _with_told(kept: Mapping[str, float]) -> dict[str, float]:
    """What is kept, and what is compared in every trial where sessions tell it."""
    return {row.id: row.within for row in conditions().values() if row.where_told} | {**kept}


def _apart(row: Condition, values: Sequence[float]) -> float:
    """How far the numbers lie apart; hours round the clock."""
    if row.compares != "clock":
        return max(values) - min(values)
    ordered = sorted(value % _HOURS for value in values)
    gaps = [later - earlier for earlier, later in zip(ordered, [*ordered[1:], ordered[0] + _HOURS], strict=True)]
    return _HOURS - max(gaps)
