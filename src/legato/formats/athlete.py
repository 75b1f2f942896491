"""The athlete file (TOML): mass, height, sex, dominant side. A name in it is read over and never shown."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from legato.errors import BadInput
from legato.formats._units import to_si

_LIMITS = {"mass": (20.0, 400.0, "kg"), "height": (0.8, 2.6, "m"), "bend": (10.0, 120.0, "deg")}
"""What a person can weigh and measure, kg and m, and how far a lower back bends from standing, deg. [ENG] Wide of all
adults and most children who train.
"""

_TAKEN_FOR: Mapping[str, tuple[tuple[str, float], ...]] = {
    "mass": (("g", 1e-3), ("lb", 0.45359237)),
    "height": (("cm", 1e-2), ("mm", 1e-3), ("in", 0.0254), ("ft", 0.3048)),
}
"""Units in which a number outside those limits may have been meant."""

_KEYS = (
    "mass",
    "mass_kg",
    "height",
    "height_m",
    "sex",
    "side",
    "dominant_side",
    "hand",
    "units",
    "lumbar_flexion_max_deg",
)
_OTHER_WORDS = {
    "weight": "mass", "weight_kg": "mass_kg", "handedness": "side", "dominant_hand": "side", "unit": "units",
    "load_unit": "units", "gender": "sex",
}  # fmt: skip
"""Words that people write for one of the keys."""

_PART = re.compile(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*([a-zA-Z'\"′″]*)\s*")
_MARKS = {"'": "ft", "′": "ft", '"': "in", "″": "in"}
_MASSES = {"g": 1e-3, "st": 6.35029318, "kgs": 1.0, "kilo": 1.0, "kilos": 1.0}
"""Spellings of mass that mean something else in motion files, or nothing there, kg."""


@dataclass(frozen=True, slots=True)
class Athlete:
    """What is known of the person; None where nothing was said. `units`: of masses and loads without a unit."""

    mass_kg: float | None = None
    height_m: float | None = None
    side: Literal["right", "left"] | None = None
    units: Literal["kg", "lb"] = "kg"
    sex: Literal["male", "female"] | None = None
    lumbar_flexion_max_deg: float | None = None


def read_athlete(path: str | PathLike[str]) -> Athlete:
    """The athlete file.

    It holds any of `mass_kg`, `height_m` (numbers), `mass`, `height` (with a unit: `"180 lb"`, `"5 ft 11 in"`),
    `sex` (`male` or `female`), `side`, `dominant_side` or `hand` (`right` or `left`), and `units` (`kg` or `lb`: what a
    bare `mass` and the loads of a set are in), `lumbar_flexion_max_deg` (how far the thorax bends on the pelvis at
    most, counted from standing); a name and anything else of the coach's own is passed over, but not a key that is
    nearly one of these.

    Raises
    ------
    BadInput
        The file cannot be read, a key is misspelt, or a value cannot be one of a person.
    """
    path = Path(path)
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); give a TOML file") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        where = re.search(r"at line \d+", str(error))
        raise BadInput(
            f"{path}: not valid TOML{f' {where.group()}' if where else ''}; mend that line"
            " (the file holds mass_kg, height_m, sex, side and units)"
        ) from None
    _check_keys(path, record)
    units = _units(path, record)
    mass = record.get("mass")
    if units == "lb" and isinstance(mass, int | float) and not isinstance(mass, bool):
        record["mass"] = f"{mass} lb"
    return Athlete(
        _one_of(path, record, "mass", "mass_kg"),
        _one_of(path, record, "height", "height_m"),
        _side(path, record),
        units,
        parse_sex(record["sex"], f"{path}: sex") if "sex" in record else None,
        _bend(path, record),
    )


def parse_mass(value: object, name: str = "--mass") -> float:
    """A body mass, kg, from a number (kg) or a text with a unit. Raises `BadInput`, which begins with `name`."""
    return _quantity(value, "mass", name)


def parse_height(value: object, name: str = "--height") -> float:
    """A standing height, m, from a number (m) or a text with units. Raises `BadInput`, which begins with `name`."""
    return _quantity(value, "height", name)


def parse_sex(value: object, name: str = "--sex") -> Literal["male", "female"]:
    """Whose tables of segment masses are taken. Raises `BadInput`, which begins with `name`."""
    text = str(value).strip().lower()
    if text in ("male", "m", "man"):
        return "male"
    if text in ("female", "f", "woman"):
        return "female"
    raise BadInput(f"{name}: is neither male nor female; leave it out for the mean of both tables of segment masses")


def _check_keys(path: Path, record: Mapping[str, Any]) -> None:
    for key in record:
        if key in _KEYS:
            continue
        word = key.lower()
        meant = [_OTHER_WORDS[word]] if word in _OTHER_WORDS else difflib.get_close_matches(word, _KEYS, 1, 0.75)
        if meant:
            raise BadInput(f"{path}: {key} is not a key of an athlete file; did you mean {meant[0]}?")


def _one_of(path: Path, record: Mapping[str, Any], *names: str) -> float | None:
    given = [name for name in names if name in record]
    if len(given) > 1:
        raise BadInput(f"{path}: holds both {' and '.join(given)}; keep one")
    return _quantity(record[given[0]], names[0], f"{path}: {given[0]}") if given else None


def _bend(path: Path, record: Mapping[str, Any]) -> float | None:
    value = record.get("lumbar_flexion_max_deg")
    if value is None:
        return None
    low, high, unit = _LIMITS["bend"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadInput(f"{path}: lumbar_flexion_max_deg is {value!r:.40}; give {low:g} to {high:g} {unit}")
    return float(value)


def _units(path: Path, record: Mapping[str, Any]) -> Literal["kg", "lb"]:
    text = str(record.get("units", "kg")).strip().lower()
    if text in ("kg", "lb"):
        return "kg" if text == "kg" else "lb"
    raise BadInput(f"{path}: units is {text[:40]!r}; give kg or lb")


def _side(path: Path, record: Mapping[str, Any]) -> Literal["right", "left"] | None:
    for name in ("side", "dominant_side", "hand"):
        value = record.get(name)
        if value is None:
            continue
        text = str(value).strip().lower()
        if text in ("right", "r"):
            return "right"
        if text in ("left", "l"):
            return "left"
        raise BadInput(f"{path}: {name} is not a side; give right or left")
    return None


def _quantity(value: object, kind: str, name: str) -> float:
    low, high, unit = _LIMITS[kind]
    bare: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        bare = found = float(value)
    elif isinstance(value, str):
        try:
            bare = found = float(value)
        except ValueError:
            found = _sum_of_parts(value, kind, name)
    else:
        raise BadInput(f"{name}: is neither a number nor a text with a unit; give {low:g} to {high:g} {unit}")
    if low <= found <= high:
        return found
    shown = f"{name} {bare:g}" if bare is not None else name
    hint = ""
    if bare is not None:
        meant = next((u for u, factor in _TAKEN_FOR[kind] if low <= bare * factor <= high), None)
        if meant is not None:
            factor = dict(_TAKEN_FOR[kind])[meant]
            hint = f" ({bare:g} {meant}? then give {bare * factor:.4g}, or {bare:g}{meant})"
    raise BadInput(f"{shown}: {found:g} {unit} is no {kind} of a person{hint}; give {low:g} to {high:g} {unit}")


def _sum_of_parts(text: str, kind: str, name: str) -> float:
    """`5 ft 11 in`, `5'11"`, `180cm`, `12 st 4 lb` in kg or m."""
    target = _LIMITS[kind][2]
    wrong = BadInput(
        f"{name}: cannot be read as a {kind}; give a number in {target}, or with a unit ("
        + ('"180 lb"' if kind == "mass" else '180cm, "5 ft 11 in"')
        + ")"
    )
    total, at, before = 0.0, 0, ""
    while at < len(text.rstrip()):
        part = _PART.match(text, at)
        if part is None or len(text) > 40:
            raise wrong
        unit = part.group(2).lower()
        unit = _MARKS.get(unit, unit) or {"ft": "in", "feet": "in", "foot": "in"}.get(before, "")
        factor = _factor(unit, kind, target)
        if factor is None:
            raise wrong
        total += float(part.group(1).replace(",", ".")) * factor
        at, before = part.end(), unit
    return total


def _factor(unit: str, kind: str, target: str) -> float | None:
    if kind == "mass" and unit in _MASSES:
        return _MASSES[unit]
    known = to_si(unit)
    return known[0] if known is not None and known[1] == target else None
