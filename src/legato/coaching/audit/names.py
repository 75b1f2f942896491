"""What an exercise in a log trains, by its name: looked up, never guessed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, cast, get_args

from pydantic import Field, model_validator

from legato.coaching.audit.columns import spelt
from legato.coaching.catalogue import drills
from legato.coaching.lifts import lifts
from legato.coaching.model import Drill, Emphasis, Id, Pattern, Region
from legato.errors import BadInput
from legato.messages import nearest
from legato.movements.window_spec import Data
from legato.toml_files import content_of, record_of, rows_of, table_of

_Key = tuple[str, ...]

_MOST_BESIDE = 6
"""Words beside a known name that are looked past. [ENG]"""


@dataclass(frozen=True, slots=True)
class Trains:
    """What an exercise trains. `drill`: the lift or drill of the library that it is, empty where it is none; `pattern`
    None: none that an audit looks for.
    """

    drill: str
    pattern: Pattern | None
    emphasis: Emphasis
    regions: tuple[Region, ...]


class Named(Data):
    """Names of one exercise, or of several that train the same."""

    says: Annotated[tuple[str, ...], Field(min_length=1)]
    drill: Id | None = None
    pattern: Pattern | str | None = None
    emphasis: Emphasis | None = None
    regions: tuple[Region, ...] = ()

    @model_validator(mode="after")
    def _says_what(self) -> "Named":
        if (self.drill is None) == (self.pattern is None):
            raise ValueError("give drill, or else pattern, emphasis and regions")
        if self.drill is None and (self.emphasis is None or not self.regions):
            raise ValueError("give emphasis and regions beside pattern")
        if self.pattern not in (None, "", *_patterns()):
            raise ValueError(f"pattern is one of {', '.join(_patterns())}, or empty")
        return self


class Names:
    """Looks exercises up by their names."""

    def __init__(self, known: Mapping[_Key, Trains]) -> None:
        self._known = known
        self._met: dict[str, Trains | None] = {}

    def of(self, name: str) -> Trains | None:
        """What an exercise trains; None where its name is not known."""
        if name not in self._met:
            self._met[name] = self._looked_up(name)
        return self._met[name]

    def _looked_up(self, name: str) -> Trains | None:
        key = key_of(name)
        if key in self._known:
            return self._known[key]
        beside = [word for word in key if word in _neutral()]
        for n in range(1, min(len(beside), _MOST_BESIDE) + 1):
            found = {
                self._known[left] for some in combinations(beside, n) if (left := _without(key, some)) in self._known
            }
            if found:
                one = next(iter(found))
                same = all((one.pattern, one.emphasis) == (other.pattern, other.emphasis) for other in found)
                return Trains("", one.pattern, one.emphasis, one.regions) if same else None
        return None


def exercise_names(own: Path | None = None) -> Names:
    """The names of the library, with those of a file of one's own before them.

    Raises
    ------
    BadInput
        The file cannot be read or is not valid: file, line and what to do are named.
    """
    if own is None:
        return _built_in()
    record, at = record_of(own.name, content_of(own, "names of exercises"))
    known = dict(_known())
    for k, row in rows_of(record, at, "names", "name", Named.model_fields):
        named = table_of(Named, row, lambda place, k=k: at(("names", k, *place)), "name")
        if named.drill is not None and named.drill not in _library():
            raise BadInput(f"{at(('names', k))}: no such drill or lift: {nearest(named.drill, _library(), 3)}")
        known |= dict(_keys(named))
    return Names(known)


@cache
def _built_in() -> Names:
    return Names(_known())


@cache
def _known() -> Mapping[_Key, Trains]:
    record = _file()
    rows = cast("list[dict[str, Any]]", record["names"])
    found: dict[_Key, Trains] = {}
    for row in rows:
        found |= dict(_keys(table_of(Named, row, lambda place: f"names.toml: {place}", "name")))
    return found | {key_of(said): _as(one) for one in _library().values() for said in (one.id, one.name)}


@cache
def _file() -> Mapping[str, Any]:
    content = (resources.files("legato.coaching.audit") / "names.toml").read_bytes()
    return record_of("names.toml", content)[0]


@cache
def _library() -> Mapping[str, Drill]:
    return {**drills(), **lifts()}


def _patterns() -> tuple[str, ...]:
    return get_args(Pattern)


def _keys(named: Named) -> Iterator[tuple[_Key, Trains]]:
    if named.drill is not None:
        trains = _as(_library()[named.drill])
    else:
        pattern = cast("Pattern | None", named.pattern or None)
        trains = Trains("", pattern, named.emphasis or "other", named.regions)
    return ((key_of(said), trains) for said in named.says)


def _as(drill: Drill) -> Trains:
    return Trains(drill.id, drill.pattern, drill.emphasis, drill.regions)


@cache
def key_of(name: str) -> _Key:
    """A name's words in the order of the alphabet, short forms written out, without a plural's s."""
    words = cast("Mapping[str, str]", _file()["words"])
    plain = re.sub(r"['’]s?\b", "", name)
    out = " ".join(words.get(word, word) for word in spelt(plain).split())
    return tuple(sorted(_one(word) for word in out.split()))


def _one(word: str) -> str:
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word


@cache
def _neutral() -> frozenset[str]:
    return frozenset(_one(word) for word in cast("list[str]", _file()["neutral"]["words"]))


def _without(key: _Key, words: Iterable[str]) -> _Key:
    left = list(key)
    for word in words:
        left.remove(word)
    return tuple(left)
