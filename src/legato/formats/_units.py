"""Units as files spell them, turned into SI. The usual ones stand in a table, because importing pint costs 0.4 s;
pint reads the rest.
"""

import re
from functools import lru_cache

import numpy as np

from legato.recording import STANDARD_GRAVITY, FloatArray

_DEGREE = 0.017453292519943295
_POUND_FORCE = 0.45359237 * STANDARD_GRAVITY

_KNOWN: dict[str, tuple[float, str]] = {
    "m": (1.0, "m"), "meter": (1.0, "m"), "meters": (1.0, "m"), "metre": (1.0, "m"), "metres": (1.0, "m"),
    "mm": (1e-3, "m"), "millimeter": (1e-3, "m"), "millimeters": (1e-3, "m"),
    "millimetre": (1e-3, "m"), "millimetres": (1e-3, "m"),
    "cm": (1e-2, "m"), "centimeter": (1e-2, "m"), "centimeters": (1e-2, "m"), "centimetres": (1e-2, "m"),
    "in": (0.0254, "m"), "inch": (0.0254, "m"), "inches": (0.0254, "m"),
    "n": (1.0, "N"), "newton": (1.0, "N"), "newtons": (1.0, "N"), "kn": (1e3, "N"),
    "kilonewton": (1e3, "N"), "kilonewtons": (1e3, "N"), "dan": (10.0, "N"), "decanewton": (10.0, "N"),
    "kgf": (STANDARD_GRAVITY, "N"), "kp": (STANDARD_GRAVITY, "N"), "kilopond": (STANDARD_GRAVITY, "N"),
    "kilogram*force": (STANDARD_GRAVITY, "N"), "kg*f": (STANDARD_GRAVITY, "N"),
    "lbf": (_POUND_FORCE, "N"), "lb*f": (_POUND_FORCE, "N"), "pound*force": (_POUND_FORCE, "N"),
    "nm": (1.0, "N·m"), "n*m": (1.0, "N·m"), "newton*meter": (1.0, "N·m"), "newtonmeters": (1.0, "N·m"),
    "nmm": (1e-3, "N·m"), "n*mm": (1e-3, "N·m"), "newton*millimeter": (1e-3, "N·m"), "newtonmillimeters": (1e-3, "N·m"),
    "ncm": (1e-2, "N·m"), "n*cm": (1e-2, "N·m"),
    "v": (1.0, "V"), "volt": (1.0, "V"), "volts": (1.0, "V"), "mv": (1e-3, "V"),
    "millivolt": (1e-3, "V"), "millivolts": (1e-3, "V"),
    "uv": (1e-6, "V"), "microvolt": (1e-6, "V"), "microvolts": (1e-6, "V"),
    "deg": (_DEGREE, "rad"), "degree": (_DEGREE, "rad"), "degrees": (_DEGREE, "rad"), "°": (_DEGREE, "rad"),
    "rad": (1.0, "rad"), "radian": (1.0, "rad"), "radians": (1.0, "rad"),
    "deg/s": (_DEGREE, "rad/s"), "degrees/s": (_DEGREE, "rad/s"), "deg/sec": (_DEGREE, "rad/s"),
    "°/s": (_DEGREE, "rad/s"),
    "dps": (_DEGREE, "rad/s"), "rad/s": (1.0, "rad/s"),
    "g": (STANDARD_GRAVITY, "m/s²"), "gs": (STANDARD_GRAVITY, "m/s²"), "mg": (1e-3 * STANDARD_GRAVITY, "m/s²"),
    "m/s^2": (1.0, "m/s²"), "m/s2": (1.0, "m/s²"), "m/s²": (1.0, "m/s²"), "m/s/s": (1.0, "m/s²"),
    "m/s": (1.0, "m/s"), "mm/s": (1e-3, "m/s"), "mm/s^2": (1e-3, "m/s²"), "cm/s": (1e-2, "m/s"),
    "w": (1.0, "W"), "watt": (1.0, "W"), "watts": (1.0, "W"), "mw": (1e-3, "W"),
    "s": (1.0, "s"), "sec": (1.0, "s"), "second": (1.0, "s"), "seconds": (1.0, "s"), "ms": (1e-3, "s"),
    "hz": (1.0, "Hz"),
    "kg": (1.0, "kg"), "t": (1.0, "T"), "ut": (1e-6, "T"), "gauss": (1e-4, "T"),
    "1": (1.0, "1"), "%": (1e-2, "1"),
    "nmm/kg": (1e-3, "N·m/kg"), "n*mm/kg": (1e-3, "N·m/kg"), "nm/kg": (1.0, "N·m/kg"), "n*m/kg": (1.0, "N·m/kg"),
    "n/kg": (1.0, "N/kg"), "w/kg": (1.0, "W/kg"), "mw/kg": (1e-3, "W/kg"),
}  # fmt: skip
"""Spelling, lower case with `*` for products, to factor and SI unit. In motion files g is the standard gravity, never
the gram.
"""

_UNIT_IN_NAME = re.compile(r"(.+?)[ _]*[\[(]([^\[\]()]+)[\])]$")
_TARGETS = ("m", "N", "N*m", "V", "rad", "rad/s", "m/s", "m/s**2", "W", "s", "Hz", "kg", "T", "Pa", "K", "A")
_SPELLED = {"N*m": "N·m", "m/s**2": "m/s²"}


@lru_cache(maxsize=256)
def to_si(unit: str) -> tuple[float, str] | None:
    """The factor from `unit` to SI and the SI unit's name; None where the unit is unknown or empty."""
    text = unit.strip().lower().replace("µ", "u").replace("μ", "u")
    if not text:
        return None
    spelled = re.sub(r"\s*[-·.* ]\s*", "*", text).strip("*")
    for candidate in (text, spelled):
        if candidate in _KNOWN:
            return _KNOWN[candidate]
    return _ask_pint(unit.strip())


def split_unit(label: str) -> tuple[str, str]:
    """The name and the unit of a label like `Fz (N)` or `EMG1 [mV]`; the label and nothing where it holds no unit."""
    match = _UNIT_IN_NAME.fullmatch(label) if len(label) <= 200 else None
    if match is None or to_si(match[2]) is None:
        return label, ""
    return match[1].strip(), match[2]


def median_size(vectors: FloatArray) -> float:
    """Median length of vectors (n, 3), whose unit it may tell; NaN where none is whole."""
    size = np.linalg.norm(vectors, axis=1)
    known = size[np.isfinite(size)]
    return float(np.median(known)) if known.size else float("nan")


def _ask_pint(unit: str) -> tuple[float, str] | None:
    # A unit as long as a sentence, or one with digits in front, is a remark that pint would misread.
    if len(unit) > 24 or not re.fullmatch(r"[A-Za-zµμ°%/*^·.()\-0-9 ]+", unit) or unit[0].isdigit():
        return None
    import pint

    registry = pint.get_application_registry()
    try:
        quantity = registry.Quantity(1.0, registry.parse_units(unit.replace("·", "*").replace("^", "**")))
        for target in _TARGETS:
            if quantity.is_compatible_with(target):
                return float(quantity.to(target).magnitude), _SPELLED.get(target, target)
    # pint raises errors of tokenising and parsing, of many kinds, on text that is no unit.
    except Exception:
        return None
    return None
