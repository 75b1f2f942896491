"""Which column of a log holds what, by the names of the columns."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, cast

from legato.coaching.audit.days import without_accents
from legato.coaching.audit.imported import Kind

AROUND = ("sleep", "soreness", "readiness", "breathing")
"""Columns of the day around a session."""

KG_PER_LB = 0.45359237
METRES: Mapping[str, float] = {"km": 1000.0, "m": 1.0, "mi": 1609.344, "yd": 0.9144, "ft": 0.3048}


@dataclass(frozen=True, slots=True)
class Column:
    """Place and heading of a column, and the unit that the heading tells; empty where it tells none."""

    place: int
    heading: str
    unit: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file by what they hold, `width` of them, and the headings that nothing is read from."""

    by: Mapping[str, tuple[Column, ...]]
    width: int
    unread: tuple[str, ...]

    def has(self, *names: str) -> bool:
        """Whether any of these is there."""
        return any(self.by.get(name) for name in names)


@cache
def _file() -> Mapping[str, Mapping[str, object]]:
    content = (resources.files("legato.coaching.audit") / "columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


@cache
def _words(table: str) -> Mapping[str, str]:
    """What each word of a table of lists stands for."""
    lists = cast("Mapping[str, list[str]]", _file()[table])
    return {word: name for name, words in lists.items() for word in words}


@cache
def most(name: str) -> float:
    """The largest number that a column may hold."""
    return float(cast("float", _file()["most"][name]))


@lru_cache(maxsize=4096)
def unit_of(word: str) -> str:
    """`kg`, `lb`, `km` …; empty where the word is no unit."""
    return _words("units").get(spelt(word), "")


@lru_cache(maxsize=4096)
def kind_of(word: str) -> Kind | Literal["rest"] | None:
    """`work`, `warm-up`, `drop`, `to-failure`, `failed` or `rest`; None where the word is not known."""
    return cast("Kind | Literal['rest'] | None", _words("kinds").get(spelt(word)))


def spelt(text: str) -> str:
    """Words in small letters, without accents and signs."""
    return " ".join(re.findall(r"[a-z0-9]+", without_accents(text).casefold()))


def columns_of(cells: Sequence[str]) -> Columns:
    """Which columns a row of headings names; none where it is no such row."""
    known, units = _words("names"), _words("units")
    by: dict[str, list[Column]] = {}
    unread: list[str] = []
    for place, cell in enumerate(cells):
        words = spelt(cell).split()
        bare = " ".join(words[:-1])
        unit = units.get(words[-1], "") if words else ""
        name = known.get(" ".join(words)) or (known.get(bare) if unit else None)
        fits = {"weight": ("kg", "lb"), "distance": tuple(METRES)}.get(name or "", ())
        if name is None or (name not in ("weight", "distance") and by.get(name)):
            unread += [cell] if cell.strip() else []
            continue
        by.setdefault(name, []).append(Column(place, cell.strip(), unit if unit in fits else ""))
    return Columns({name: tuple(found) for name, found in by.items()}, len(cells), tuple(unread))
