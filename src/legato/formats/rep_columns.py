"""What the columns of another program's list of repetitions mean: read from `rep_columns.toml`."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from legato.formats._units import split_unit, to_si

VELOCITIES = ("mean_velocity", "mean_propulsive_velocity", "peak_velocity")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Program(_Data):
    """How one program titles its columns, by what they hold."""

    name: str
    source: str
    columns: dict[str, tuple[str, ...]]


class RepColumns(_Data):
    """The file: the SI unit of what has one, and the programs."""

    units: dict[str, str]
    program: tuple[Program, ...]


@cache
def rep_columns() -> RepColumns:
    """The titles of all programs."""
    text = (files("legato.formats") / "rep_columns.toml").read_text(encoding="utf-8")
    return RepColumns.model_validate(tomllib.loads(text))


def meaning_of(title: str) -> tuple[str, str]:
    """What a column holds (`mean_velocity`, `load`, `set` …) and the unit that its title states; two blanks where
    nothing is known of it.
    """
    known = _known()
    name, unit = split_unit(title)
    if _plain(title) in known:
        return known[_plain(title)], unit
    if _plain(name) in known:
        return known[_plain(name)], unit
    # `mean_velocity_ms`, `load_kg`, `Weight lbs`: a unit behind the last blank or underscore.
    first, _, last = re.sub(r"[ _]+", " ", title.strip()).rpartition(" ")
    unit = _SHORT.get(last.lower(), last)
    if first and to_si(unit) is not None and _plain(first) in known:
        return known[_plain(first)], unit
    first, _, last = re.sub(r"[ _]+", " ", first).rpartition(" ")
    if first and title.lower().endswith(("m_s", "m s")) and _plain(first) in known:
        return known[_plain(first)], "m/s"
    return "", ""


def spellings_of(title: str) -> frozenset[tuple[str, str]]:
    """What a title means with each of its spellings that are known: `Weight (kg)` is `weight` and `weightkg`."""
    what, unit = meaning_of(title)
    first = re.sub(r"[ _]+", " ", title.strip()).rpartition(" ")[0] if unit else ""
    spelt = {_plain(part) for part in (title, split_unit(title)[0], first, first.rpartition(" ")[0]) if part}
    return frozenset((what, one) for one in spelt if what and _known().get(one) == what)


@cache
def spellings_by_program() -> dict[str, frozenset[tuple[str, str]]]:
    """What each program titles how, as `spellings_of` tells it."""
    return {
        program.name: frozenset((what, _plain(title)) for what, titles in program.columns.items() for title in titles)
        for program in rep_columns().program
    }


_SHORT = {"ms": "m/s", "mps": "m/s", "lbs": "lb"}


def load_unit(text: str) -> str:
    """The unit of a load that stands in a cell of its own, as `lbs`; blank where the cell holds none."""
    plain = text.strip().lower().rstrip(".")
    unit = plain.removesuffix("s")
    return unit if unit in ("kg", "lb") else ""


@cache
def _known() -> dict[str, str]:
    return {
        _plain(title): what
        for program in rep_columns().program
        for what, titles in program.columns.items()
        for title in titles
    }


def _plain(title: str) -> str:
    """A title in small letters and figures alone, accents off."""
    bare = unicodedata.normalize("NFKD", title.lower())
    return "".join(c for c in bare if c.isascii() and c.isalnum())
