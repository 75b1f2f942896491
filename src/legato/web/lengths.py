"""A height in the unit that the reader has chosen: centimetres beside kilograms, feet and inches beside pounds."""

from legato.errors import BadInput
from legato.web.deps import Fields
from legato.web.units import Units
from legato.web.words import translate as _

_CM, _IN = 0.01, 0.0254
LOW_M, HIGH_M = 0.5, 2.6
"""Between which a height is taken. [ENG]"""


def height_text(height_m: float, units: Units) -> str:
    """`178 cm` or `5 ft 10 in`."""
    feet, inches = feet_and_inches(height_m)
    return f"{feet} ft {inches} in" if units.mass == "lb" else f"{height_m / _CM:.4g} cm"


def feet_and_inches(height_m: float) -> tuple[int, str]:
    """Whole feet, and what is left in inches, to a tenth."""
    tenths = round(10 * height_m / _IN)
    return tenths // 120, f"{tenths % 120 / 10:g}"


def height_fields(height_m: float | None, units: Units) -> dict[str, str]:
    """The values of a form's fields that bring the height back, to a tenth of a millimetre."""
    if height_m is None:
        return {}
    if units.mass == "kg":
        return {"height_cm": f"{height_m / _CM:.6g}"}
    feet = int(round(height_m / _IN, 3) // 12)
    inches = [f"{round(height_m / _IN - 12 * feet, decimals):g}" for decimals in (1, 2, 3)]
    back = (one for one in inches if _height(feet, float(one)) == height_m)
    return {"height_ft": str(feet), "height_in": next(back, inches[-1])}


def _height(feet: float, inches: float) -> float:
    return round(12 * _IN * feet + _IN * inches, 4)


def height_sent(sent: Fields, units: Units, before: float | None = None) -> float | None:
    """The height that a form holds, m; None where it is left open, `before` itself where its text was not changed.

    Raises
    ------
    BadInput
        It is no height of a person.
    """
    called = _("Height")
    if before is not None and all(sent.text(name) == text for name, text in height_fields(before, units).items()):
        return before
    if units.mass == "kg":
        cm = sent.number("height_cm", called, LOW_M / _CM, HIGH_M / _CM, "cm")
        return None if cm is None else round(cm * _CM, 4)
    feet, inches = sent.number("height_ft", called, 0, 8, "ft"), sent.number("height_in", called, 0, 96, "in")
    if feet is None and inches is None:
        return None
    height = _height(feet or 0.0, inches or 0.0)
    if not LOW_M <= height <= HIGH_M:
        raise BadInput(_("Height: %.2f m is no height of a person; give feet and inches") % height)
    return height
