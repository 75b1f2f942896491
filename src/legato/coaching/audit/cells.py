"""The values in a row's cells, in SI units, within what can be."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Literal

from legato.coaching.audit.columns import KG_PER_LB, METRES, Column, Columns, most, unit_of
from legato.coaching.audit.numbers import EMPTY, NoNumberError, Sign, number
from legato.coaching.audit.text import FORMULA
from legato.errors import BadInput

_WITH_UNIT = re.compile(r"(.*?\d)\s*([^\W\d_]+)\.?", re.DOTALL)
_OWN_WEIGHT = re.compile(r"(?:bw|body\s?weight)\s*(?:\+\s*(.+))?", re.IGNORECASE)
_SETS_OF = re.compile(r"(\d{1,3})\s*[x×*]\s*(\d{1,4})", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_EFFORT = re.compile(r"(?:rpe|rir|@)?\s*(.+?)\s*(?:rpe|rir)?", re.IGNORECASE)


class WrongCellError(ValueError):
    """What is wrong with a cell, in words."""


class Cells:
    """Reads cells of one file: which sign stands before its decimals, and its weights' unit, are known."""

    def __init__(self, columns: Columns, sign: Sign, units: Literal["kg", "lb", ""], name: str) -> None:
        self._by, self._units, self._name = columns.by, units, name
        self._number: Callable[[str], float] = lru_cache(maxsize=65_536)(partial(number, sign=sign))

    def text(self, cells: Sequence[str], name: str) -> str:
        """What stands in a column; empty where there is none."""
        found = self._by.get(name)
        text = cells[found[0].place] if found else ""
        return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text

    def plain(self, cells: Sequence[str], name: str) -> float | None:
        """A number without a unit; None where the cell is empty.

        Raises
        ------
        WrongCellError
            It is no number, below 0 or beyond what can be.
        """
        text = self.text(cells, name)
        if text.casefold() in EMPTY:
            return None
        if name in ("rpe", "rir"):
            found = _EFFORT.fullmatch(text)
            text = found[1] if found else text
        if name == "seconds" and (clock := _CLOCK.fullmatch(text)) is not None:
            return self._within(name, 3600 * int(clock[1] or 0) + 60 * int(clock[2]) + int(clock[3]), "", text)
        if name in ("seconds", "sleep", "breathing") and (unit := _WITH_UNIT.fullmatch(text)) is not None:
            usual = ("h", "hr", "hrs", "hours") if name == "sleep" else ("min", "mins", "minutes")
            if unit[2].casefold() in (("s", "sec", "secs", "seconds") if name == "seconds" else usual):
                text = unit[1]
        return self._within(name, self._value(text, name), "", text)

    def sets_and_reps(self, cells: Sequence[str]) -> tuple[int, float | None]:
        """How many sets of how many repetitions; `3x8` in the repetitions' column is three sets of eight.

        Raises
        ------
        WrongCellError
            One of them is no number, or no sensible one.
        """
        text = self.text(cells, "reps")
        sets = self.plain(cells, "sets")
        if (both := _SETS_OF.fullmatch(text)) is not None:
            if sets is not None and sets != int(both[1]):
                raise WrongCellError(f"reps: {text!r:.40} and {sets:g} sets do not go together")
            sets, reps = float(both[1]), float(both[2])
            self._within("sets", sets, "", text)
        else:
            reps = self.plain(cells, "reps")
        sets = 1.0 if sets is None else sets
        if sets != int(sets) or sets < 1:
            raise WrongCellError(f"sets: {sets:g} is no number of sets")
        return int(sets), None if reps is None else self._within("reps", reps, "", text)

    def weight_kg(self, cells: Sequence[str]) -> float | None:
        """The weight in kg; None where none is told, or it is the body's own.

        Raises
        ------
        WrongCellError
            It is no number, below 0 or beyond what can be, or its unit is none of weight.
        BadInput
            Nothing tells its unit.
        """
        for column in self._by.get("weight", ()):
            text = cells[column.place]
            own = _OWN_WEIGHT.fullmatch(text)
            if own is not None:
                text = own[1] or ""
            if text.casefold() in EMPTY:
                continue
            return self._weight(text, column, self.text(cells, "weight_unit"))
        return None

    def _weight(self, text: str, column: Column, beside: str) -> float:
        unit = ""
        if (found := _WITH_UNIT.fullmatch(text)) is not None:
            text, unit = found[1], unit_of(found[2])
            if unit not in ("kg", "lb"):
                raise WrongCellError(f"weight: {found[2]!r:.20} is no unit of weight; give kg or lb")
        value = self._value(text, "weight")
        unit = unit or unit_of(beside) or column.unit or self._units
        if unit not in ("kg", "lb"):
            if value == 0.0:
                return 0.0
            raise BadInput(f"{self._name}: nothing tells whether weights are kg or lb; say --units kg or --units lb")
        return self._within("weight_kg", value * (KG_PER_LB if unit == "lb" else 1.0), "kg", text)

    def metres(self, cells: Sequence[str]) -> float | None:
        """The distance in metres; None where none is told.

        Raises
        ------
        WrongCellError
            It is no number, below 0 or beyond what can be, or its unit is not known.
        """
        for column in self._by.get("distance", ()):
            text = cells[column.place]
            if text.casefold() in EMPTY:
                continue
            unit = ""
            if (found := _WITH_UNIT.fullmatch(text)) is not None:
                text, unit = found[1], unit_of(found[2])
            value = self._value(text, "distance")
            unit = unit or unit_of(self.text(cells, "distance_unit")) or column.unit
            if value == 0.0:
                return None
            if unit not in METRES:
                raise WrongCellError("distance: nothing tells its unit; name the column distance_m or distance_km")
            return self._within("distance_m", value * METRES[unit], "m", text)
        return None

    def _value(self, text: str, name: str) -> float:
        try:
            return self._number(text)
        except NoNumberError as error:
            raise WrongCellError(f"{name}: {error}") from None

    def _within(self, name: str, value: float, unit: str, text: str) -> float:
        said = name.removesuffix("_kg").removesuffix("_m")
        if value < 0:
            raise WrongCellError(f"{said}: {text!r:.20} is below 0")
        if value > most(name):
            of = f" {unit}" if unit else ""
            raise WrongCellError(f"{said}: {value:.6g}{of} is more than can be ({most(name):g}{of})")
        return value
