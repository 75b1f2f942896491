"""How every measured number travels: a value with the interval that holds it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.90
"""Share of central probability that an interval holds unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the central interval that holds it with probability `level`.

    `low <= value <= high`; `unit` is SI (or `deg`, as the result JSON uses). An interval may be one-sided wide.
    """

    value: float
    low: float
    high: float
    level: float = LEVEL
    unit: str = ""

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in (self.value, self.low, self.high)):
            raise ValueError(f"an estimate needs finite numbers, got {self.value}, {self.low}..{self.high}")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value} lies outside its interval {self.low}..{self.high}")
        if not 0.0 < self.level < 1.0:
            raise ValueError(f"level must lie in (0, 1), got {self.level}")

    @classmethod
    def symmetric(cls, value: float, half_width: float, unit: str = "", level: float = LEVEL) -> "Estimate":
        """The estimate `value ± half_width`."""
        return cls(value, value - half_width, value + half_width, level, unit)

    @property
    def half_width(self) -> float:
        """Half the width of the interval, in the unit of the value."""
        return 0.5 * (self.high - self.low)

    def holds(self, truth: float) -> bool:
        """Whether the interval holds `truth`."""
        return self.low <= truth <= self.high

    def shifted(self, offset: float) -> "Estimate":
        """The estimate moved by an exactly known `offset` of the same unit."""
        return Estimate(self.value + offset, self.low + offset, self.high + offset, self.level, self.unit)

    def scaled(self, factor: float, unit: str | None = None) -> "Estimate":
        """The estimate times an exactly known `factor`; a negative one swaps the bounds."""
        ends = sorted((self.low * factor, self.high * factor))
        return Estimate(self.value * factor, ends[0], ends[1], self.level, self.unit if unit is None else unit)

    def without_sign(self) -> "Estimate":
        """Its size, whichever way it goes; the interval ends at zero."""
        forth = self if self.value >= 0.0 else self.scaled(-1.0)
        return Estimate(forth.value, max(0.0, forth.low), max(forth.high, -forth.low), self.level, self.unit)

    def widened(self, half_width: float) -> "Estimate":
        """The estimate with an independent, symmetric error of `half_width` (same level) added in quadrature."""
        below = math.hypot(self.value - self.low, half_width)
        above = math.hypot(self.high - self.value, half_width)
        return Estimate(self.value, self.value - below, self.value + above, self.level, self.unit)

    def at_level(self, level: float) -> "Estimate":
        """The estimate with its interval, taken for a normal one, at another level."""
        if level == self.level:
            return self
        normal = NormalDist()
        factor = normal.inv_cdf(0.5 + 0.5 * level) / normal.inv_cdf(0.5 + 0.5 * self.level)
        below, above = factor * (self.value - self.low), factor * (self.high - self.value)
        return Estimate(self.value, self.value - below, self.value + above, level, self.unit)

    def minus(self, other: "Estimate") -> "Estimate":
        """The difference of two independent estimates of one unit and level; the sides add in quadrature."""
        if self.unit != other.unit or self.level != other.level:
            raise ValueError(f"cannot subtract {other.unit} at {other.level} from {self.unit} at {self.level}")
        value = self.value - other.value
        below = math.hypot(self.value - self.low, other.high - other.value)
        above = math.hypot(self.high - self.value, other.value - other.low)
        return Estimate(value, value - below, value + above, self.level, self.unit)

    def plus(self, other: "Estimate") -> "Estimate":
        """The sum of two independent estimates of one unit and level."""
        return self.minus(other.scaled(-1.0))

    def to_dict(self) -> dict[str, float | str]:
        """The record that `result.json` holds."""
        return {"value": self.value, "low": self.low, "high": self.high, "unit": self.unit}


def mean_of(estimates: Sequence[Estimate]) -> Estimate:
    """The mean of independent estimates of one unit and level, with their own errors only (not the spread between
    them).
    """
    if not estimates:
        raise ValueError("the mean of no estimates is not defined")
    total = estimates[0]
    for estimate in estimates[1:]:
        total = total.plus(estimate)
    return total.scaled(1.0 / len(estimates))
