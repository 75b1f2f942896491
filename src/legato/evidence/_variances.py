"""Intervals of variances that are sums of mean squares."""

import math
from dataclasses import dataclass

from legato.evidence.reliability import spread_estimate


@dataclass(frozen=True, slots=True)
class VarianceSum:
    """A sum of known shares of independent mean squares: (share, mean square, its degrees of freedom) each."""

    parts: tuple[tuple[float, float, float], ...]

    @property
    def value(self) -> float:
        """The sum."""
        return sum(share * square for share, square, _ in self.parts)

    def bounds(self, level: float) -> tuple[float, float]:
        """Graybill & Wang 1980, J Am Stat Assoc 75:869: exact for one part, close for sums."""
        margins = [margins_of(square, dof, level) for _, square, dof in self.parts]
        below, above = (
            math.hypot(*(share * margin[side] for (share, _, _), margin in zip(self.parts, margins, strict=True)))
            for side in (0, 1)
        )
        return max(0.0, self.value - below), self.value + above


def margins_of(square: float, dof: float, level: float) -> tuple[float, float]:
    """How far the expected mean square may lie below and above the one seen, by chi-square."""
    sd = spread_estimate(math.sqrt(square), dof, level=level)
    return square - sd.low**2, sd.high**2 - square
