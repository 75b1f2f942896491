"""A verdict as a trial's lines and its record hold it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from legato.evidence.trials.model import Answer


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(_Record):
    """A number with its interval, of the level that stands with it or 0.90."""

    value: float
    low: float
    high: float
    unit: str = ""


class Change(Interval):
    """The mean change under A, positive the way that the claim says; `unit` is empty for a share of B."""

    level: float


class Curve(_Record):
    """The gain by the lag achieved, with its interval, and by dose the lag achieved and the gain as cued."""

    lag_s: tuple[float, ...]
    gain: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    doses_s: tuple[float, ...]
    achieved_s: tuple[float, ...]
    as_cued: tuple[Interval, ...]


class DoseRecord(_Record):
    """Of a trial of doses the best lag, s, and what it gains."""

    optimum: Interval | None
    gain: Interval | None
    optimum_as_cued: Interval | None
    gain_as_cued: Interval | None
    curve: Curve | None


class VerdictRecord(_Record):
    """What the trial answers; `at` is the number of blocks it rests on."""

    answer: Answer
    reason: str
    change: Change | None
    p: float | None
    n: int
    more: int | None
    notes: tuple[str, ...] = ()
    at: int
    final: bool
    control_p: float | None
    control_change: float | None
    dose: DoseRecord | None = None


def verdict_of(holds: Mapping[str, Any]) -> VerdictRecord:
    """A verdict as a line holds it."""
    found = {name: holds.get(name) for name in VerdictRecord.model_fields if name in holds}
    change = holds.get("change")
    if change is not None:
        found["change"] = {**change, "level": holds["level"]}
    return VerdictRecord.model_validate(found)
