"""How finely numbers stand in the tables of `baseline` and `compare`."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legato.report.words import decimals_for, number, unit_text

_LONG_S = 10.0
"""From this time on, a table's times stand in s, below it in ms, s. [ENG]"""

_LEAST = {"s": 2, "m": 3, "m/s": 2, "deg": 1, "%": 1, "": 2, "1": 2}
"""Decimals that a unit has at least: a millimetre, a hundredth of a share. [ENG]"""

_MOST = 4

_ALIKE = 0.25
"""Sides of an interval that differ by no more than this share of it are told as one, as in `estimate_text`. [ENG]"""


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of one row are written: times `factor`, in `unit`, with `decimals`."""

    factor: float
    unit: str
    decimals: int

    def text(self, value: float) -> str:
        """One number."""
        return number(value * self.factor, self.decimals)

    def interval(self, record: Mapping[str, Any]) -> str:
        """A number and its interval: `12 (3 to 21)`."""
        value, low, high = (self.text(record[key]) for key in ("value", "low", "high"))
        return f"{value} ({low} to {high})"

    def set_mean(self, record: Mapping[str, Any] | None, mean: float) -> str:
        """A set's mean and its interval: `12 ± 9`, with both ends where they are not alike; the `mean` alone where
        there is no interval.
        """
        if record is None:
            return self.text(mean)
        below, above = (abs(record[end] - record["value"]) for end in ("low", "high"))
        half = 0.5 * (below + above)
        if abs(above - below) > _ALIKE * half:
            return self.interval(record)
        # An interval too narrow for these decimals is told as the smallest that they show, never as none.
        return f"{self.text(record['value'])} ± {number(max(half * self.factor, 10.0**-self.decimals), self.decimals)}"


def in_seconds(times_s: Iterable[float]) -> bool:
    """Whether the times of one table stand in s; all of them in ms where none is long."""
    return max((abs(t) for t in times_s), default=0.0) >= _LONG_S


def figures(record: Mapping[str, Any], values: Sequence[float], *, seconds: bool) -> Figures:
    """For a row of an estimate's record and of `values` beside it, in the same unit.

    As many decimals as the unit has at least, as the interval deserves, and as two figures of the largest value take.
    """
    factor, unit = (1000.0, "ms") if record["unit"] == "s" and not seconds else (1.0, str(record["unit"]))
    half = 0.5 * factor * (record["high"] - record["low"])
    largest = factor * max((abs(v) for v in values), default=0.0)
    figures_of_value = 1 - math.floor(math.log10(largest)) if largest > 0.0 else 0
    deserved = decimals_for(half, unit) if half > 0.0 else 0
    return Figures(factor, unit_text(unit), min(_MOST, max(_LEAST.get(unit, 0), deserved, figures_of_value)))
