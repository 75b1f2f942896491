"""Days as logs write them; whether day or month comes first is told by the whole column, or asked for."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import cast

from legato.errors import BadInput

_TIME = r"(?:[\sT,]+(?:at\s+|um\s+)?\d{1,2}:\d{2}.{0,24})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.ASCII)
_NUMBERS = re.compile(rf"(\d{{1,2}})(?:([/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}})|-(\d{{1,2}})-(\d{{4}})){_TIME}", re.ASCII)
"""A year of two digits behind `/` or `.` alone: `24-05-11` may begin with its year."""
_DAY_NAMED = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(\d{{1,2}})\.?[\s-]+(?:de\s+)?([^\W\d]+)\.?,?[\s-]+(?:de\s+)?(\d{{4}}){_TIME}"
)
_MONTH_NAMED = re.compile(rf"(?:[^\W\d]+,\s+)?([^\W\d]+)\.?\s+(\d{{1,2}})(?:[a-z]{{2}})?,?\s+(\d{{4}}){_TIME}")

EARLIEST = date(1970, 1, 1)
"""[ENG] No log of sets is older; an earlier day is a slip."""


class NoDayError(ValueError):
    """Why a cell is no day, in words."""


def day_reader(cells: Iterable[tuple[int, str]], name: str, day_first: bool | None) -> Callable[[str], date]:
    """Reads the days of one column.

    Parameters
    ----------
    cells
        Line and text of each.
    name
        Of the file.
    day_first
        Whether the day comes before the month in `03/04/2024`; None where the column has to tell.

    Raises
    ------
    BadInput
        The column does not tell, or tells both.
    """
    first: tuple[int, str] | None = None
    shows: dict[bool, tuple[int, str]] = {}
    for line, cell in {text: (line, text) for line, text in reversed(tuple(cells))}.values():
        parts = _in_numbers(cell)
        if parts is None:
            continue
        a, b, _ = parts
        if a != b and first is None:
            first = (line, cell)
        if a > 12 >= b:
            shows.setdefault(True, (line, cell))
        elif b > 12 >= a:
            shows.setdefault(False, (line, cell))
    if day_first is None and first is not None and len(shows) != 1:
        if shows:
            (da, a), (mo, b) = shows[True], shows[False]
            said = f"line {da} ({a:.20}) has the day first and line {mo} ({b:.20}) the month"
        else:
            said = f"{first[1]:.20} (line {first[0]}) can have the day first or the month"
        raise BadInput(f"{name}: {said}; say which with --day-first or --month-first")
    order = day_first if day_first is not None else next(iter(shows), True)

    @lru_cache(maxsize=65_536)
    def read(cell: str) -> date:
        return day_of(cell, order)

    return read


def day_of(cell: str, day_first: bool) -> date:
    """The day in a cell.

    Raises
    ------
    NoDayError
        It is none.
    """
    year, month, day = _parts(cell, day_first)
    if year < 100:
        year += 2000
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDayError(f"{cell!r:.40} is no day of the calendar") from None


@cache
def _months() -> Mapping[str, int]:
    """The number of every month by its names."""
    content = (resources.files("legato.coaching.audit") / "months.toml").read_text(encoding="utf-8")
    rows = cast("list[str]", tomllib.loads(content)["months"])
    return {name: number for number, names in enumerate(rows, start=1) for name in names.split()}


def _in_numbers(cell: str) -> tuple[int, int, int] | None:
    """The first, second and last part of a day in numbers that ends with its year."""
    found = _NUMBERS.fullmatch(cell)
    return None if found is None else (int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))


def _parts(cell: str, day_first: bool) -> tuple[int, int, int]:
    if (found := _YEAR_FIRST.fullmatch(cell)) is not None:
        return int(found[1]), int(found[2]), int(found[3])
    if (parts := _in_numbers(cell)) is not None:
        a, b, year = parts
        return (year, b, a) if day_first else (year, a, b)
    for pattern, named in ((_DAY_NAMED, 2), (_MONTH_NAMED, 1)):
        found = pattern.fullmatch(cell)
        month = None if found is None else _months().get(without_accents(found[named]).casefold())
        if found is not None and month is not None:
            return int(found[3]), month, int(found[3 - named])
    raise NoDayError(f"{cell!r:.40} is no day; write it as 2024-05-31")


def without_accents(text: str) -> str:
    """Letters without their marks."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
