"""The unit in which masses are shown and asked for; inside, and in every record, they are kilograms."""

import math
from dataclasses import dataclass
from typing import Literal

KG_PER_LB = 0.45359237
"""Exact, by the international yard and pound agreement of 1959."""

MassUnit = Literal["kg", "lb"]


@dataclass(frozen=True, slots=True)
class Units:
    """What the reader has chosen."""

    mass: MassUnit = "kg"

    def mass_of(self, kg: float, decimals: int = 1) -> str:
        """A mass with its unit, as `82.5 kg` or `181.9 lb`; a zero after the point is left out."""
        return f"{self.mass_number(kg, decimals)} {self.mass}"

    def mass_number(self, kg: float, decimals: int = 1) -> str:
        """The number alone."""
        number = f"{kg / (KG_PER_LB if self.mass == 'lb' else 1.0):.{decimals}f}"
        return number.rstrip("0").rstrip(".") if "." in number else number

    def field_of(self, kg: float) -> str:
        """The number for the value of an input: as short as brings the mass back, to the gram."""
        texts = [self.mass_number(kg, decimals) for decimals in (1, 2, 3)]
        return next((text for text in texts if self.kg(float(text)) == kg), texts[-1])

    def kg(self, number: float) -> float:
        """What was typed in the chosen unit, kg."""
        kg = number * KG_PER_LB if self.mass == "lb" else number
        return round(kg, 3) if math.isfinite(kg) else kg


def units_named(name: str | None) -> Units:
    """The units that a cookie names; kilograms where it names none that is known."""
    return Units("lb" if name == "lb" else "kg")
