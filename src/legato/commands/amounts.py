"""Numbers with a unit as people type them after an option: a rate, a time, the loads of the repetitions."""

import math
import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

from legato.errors import BadInput

_AMOUNT = re.compile(r"\s*([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf))\s*([^\d\s].*?)?\s*")
_RATES: dict[str, float] = {
    "": 1.0, "hz": 1.0, "khz": 1e3, "fps": 1.0, "frames/s": 1.0, "samples/s": 1.0, "sps": 1.0, "/s": 1.0, "1/s": 1.0,
}  # fmt: skip
_TIMES: dict[str, float] = {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "min": 60.0}

_KG_A_LB = 0.45359237
_LOADS: dict[str, float] = {"kg": 1.0, "kgs": 1.0, "lb": _KG_A_LB, "lbs": _KG_A_LB, "g": 1e-3}
_HEAVIEST_KG = 650.0
"""Above any bar that was lifted, kg. [ENG] the heaviest squats in competition, in supporting suits, are near 600."""

_DECIMAL_COMMA = re.compile(r"\s*\d+,\d\s*((?:kgs?|lbs?|g)\s*)?")
"""A load with a decimal comma, where `;` stands between loads: two digits could be a load of their own."""

_STEEP = 20
"""After a load from this one on, a single digit is no load but a decimal. [ENG]"""


def parse_rate(text: str) -> float:
    """A sampling rate, Hz: `60`, `60fps`, `59.94 Hz`, `1 kHz`.

    Raises
    ------
    BadInput
        It is no rate; the message says what one looks like.
    """
    value, unit = _amount(text, "--rate", 'the samples or frames a second, like 60 or "60 Hz"')
    factor = _RATES.get(unit.lower())
    if factor is None:
        period = value * _TIMES.get(unit.lower(), 0.0)
        hint = (
            f"that is a time and makes {1.0 / period:.4g} samples a second"
            if period > 0.0
            else f"{unit} is no unit of a rate"
        )
        raise BadInput(f'--rate {text}: {hint}; give the samples or frames a second, like 60 or "60 Hz"')
    found = value * factor
    if not 0.0 < found < 1e6:
        raise BadInput(f"--rate {text}: a rate lies above 0 and below 1e6 Hz; give the samples or frames a second")
    return found


def parse_day(text: str | None) -> date:
    """A day, as `2026-11-22`; today where none is told.

    Raises
    ------
    BadInput
        It is no day, or still to come.
    """
    today = date.today()
    if text is None:
        return today
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"--on {text}: is no day; write it as {today}") from None
    if day > today:
        raise BadInput(f"--on {text}: is still to come; give today or a day before")
    return day


def parse_seconds(text: str, option: str) -> float:
    """A time, s: `0.25`, `-12ms`.

    Raises
    ------
    BadInput
        It is no time.
    """
    value, unit = _amount(text, option, "seconds, like 0.25 or 250ms")
    factor = _TIMES.get(unit.lower())
    if factor is None or not math.isfinite(value):
        raise BadInput(f"{option} {text}: no time; give seconds, like 0.25 or 250ms")
    return value * factor


def one_load(text: str, unit: Literal["kg", "lb"] = "kg", option: str = "--load") -> float:
    """The load in all repetitions, kg: `100`, `225lb`; `0` where there is none.

    Raises
    ------
    BadInput
        It is no load, or more than one.
    """
    loads = parse_loads(text, unit, option)
    if len(loads) != 1:
        many = "; --loads takes one for each repetition" if option == "--load" else ""
        raise BadInput(f"{option} {text}: give one load like 100 or 225lb{many}")
    return loads[0]


def parse_band(text: str, option: str) -> tuple[float, float]:
    """Both ends of a band of force, N: `150,300`.

    Raises
    ------
    BadInput
        It is no band.
    """
    ends = text.replace(";", ",").split(",")
    hint = "the lower and the upper end in N, like 150,300"
    if len(ends) != 2:
        raise BadInput(f"{option} {text}: give {hint}")
    found: list[float] = []
    for end in ends:
        value, unit = _amount(end, option, hint)
        if unit.lower() not in ("", "n"):
            raise BadInput(f"{option} {text}: {unit} is no unit here; give {hint}")
        found.append(value)
    low, high = found
    if not (math.isfinite(high) and 0.0 <= low < high):
        raise BadInput(f"{option} {text}: give {hint}")
    return low, high


def parse_loads(text: str, unit: Literal["kg", "lb"] = "kg", option: str = "--loads") -> tuple[float, ...]:
    """The load of each repetition, kg, from a list: `60,70,80`, `135lb,155lb`, `62,5; 65`. `unit` is that of bare
    numbers. Where a `;` stands between loads, a comma is that of a decimal.

    Raises
    ------
    BadInput
        A part of the list is no load, or a comma may be that of a decimal as well as one between two loads.
    """
    wanted = "one load a repetition, like 60,70,80 or 135lb,155lb"
    loads: list[float] = []
    between = ";" if ";" in text else ","
    parts = text.split(between)
    if _has_two_readings(parts, between):
        raise BadInput(
            f"{option} {text}: a comma can be read as one of a decimal and as one between two loads; write decimals "
            "with a point and ; between loads, like 62.5; 65"
        )
    for part in parts:
        if not part.strip():
            raise BadInput(f"{option} {text}: a load is missing beside a {between}; give {wanted}")
        value, own = _amount(part, option, wanted)
        factor = _LOADS.get(own.lower() or unit)
        if factor is None:
            raise BadInput(f"{option} {text}: {own} is no unit of a load; give kg or lb")
        if not 0.0 <= value * factor <= _HEAVIEST_KG:
            raise BadInput(
                f"{option} {text}: {part.strip()} is no load of a bar that is lifted; give 0 to {_HEAVIEST_KG:g} kg, or"
                " state its unit, like 225lb"
            )
        loads.append(value * factor)
    return tuple(loads)


def _has_two_readings(parts: Sequence[str], between: str) -> bool:
    """Whether a comma in a list of loads may stand before a decimal as well as between two loads."""
    if between == ";":
        with_comma = [part for part in parts if "," in part]
        mixed = any("." in part for part in parts)
        return bool(with_comma) and (mixed or not all(_DECIMAL_COMMA.fullmatch(part) for part in with_comma))
    decimals = [_decimal(*two) for two in pairwise(parts)]
    in_pairs = len(parts) % 2 == 0 and all(decimals[::2])
    steep = (d for d, part in zip(decimals, parts[:-1], strict=True) if d and int(part) >= _STEEP)
    return in_pairs or any(len(digits) == 1 for digits in steep)


def _decimal(whole: str, after: str) -> str:
    """The digits after a comma where they may be a decimal of the number before it: one, or a quarter of a load that
    is not made of whole plates; else nothing.
    """
    found = re.fullmatch(r"(\d|25|50|75)\s*((?:kgs?|lbs?|g)\s*)?", after)
    if found is None or not re.fullmatch(r"\s*\d+", whole):
        return ""
    return found[1] if len(found[1]) == 1 or int(whole) % 5 else ""


def _amount(text: str, option: str, wanted: str) -> tuple[float, str]:
    found = _AMOUNT.fullmatch(text)
    if found is None or len(text) > 40:
        raise BadInput(f"{option} {text[:40]}: no number; give {wanted}")
    return float(found[1].replace(",", ".")), found[2] or ""
