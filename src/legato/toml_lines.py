"""Where in a TOML file a field stands."""

import re
import tomllib
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""The keys and numbers that lead to a field, as pydantic names them in its errors."""

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_TEXT = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'{3}.*?\'{3}(?:'{0,2})|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL
)
_PLAIN = re.compile(r"[^,\]}\n#]*")


class Lines:
    """Says `file, line n` of a field in a text that is valid TOML; read only when it is asked."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text
        self._found: dict[Place, int] | None = None

    def __call__(self, place: Place) -> str:
        """The file and the line of a field, or of the nearest table around it."""
        if self._found is None:
            self._found = _Scan(self._text).found
        while place and place not in self._found:
            place = place[:-1]
        return f"{self.file}, line {self._found[place]}" if place else self.file


class _Scan:
    """Every field of a text that is valid TOML, with the line that it starts in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: dict[Place, int] = {}
        self._line, self._counted = 1, 0
        self._last: dict[Place, int] = {}
        table: Place = ()
        at = self._space(0)
        while at < len(text):
            if text[at] == "[":
                brackets = 2 if text.startswith("[[", at) else 1
                start = at
                keys, at = self._keys(at + brackets)
                at += brackets
                table = self._header(keys, brackets == 2)
                self._note(table, start)
                if brackets == 2:
                    self._note(table[:-1], start)
            else:
                keys, equals = self._keys(at)
                self._note((*table, *keys), at, len(table))
                at = self._value(equals + 1, (*table, *keys))
            at = self._space(at)

    def _space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return at if match is None else match.end()

    def _note(self, place: Place, at: int, inside: int | None = None) -> None:
        """Keep the line of a place; with `inside`, of every table on the way there too."""
        self._line += self.text.count("\n", self._counted, at)
        self._counted = max(at, self._counted)
        for n in range(len(place) if inside is None else inside + 1, len(place) + 1):
            self.found.setdefault(place[:n], self._line)

    def _keys(self, at: int) -> tuple[tuple[str, ...], int]:
        """The parts of a key, and where it ends."""
        keys: list[str] = []
        while (match := _KEY.match(self.text, at)) is not None:
            word = match[1]
            keys.append(tomllib.loads(f"k = {word}")["k"] if word[0] in "\"'" else word)
            at = match.end()
            if not self.text.startswith(".", at):
                break
            at += 1
        return tuple(keys), at

    def _header(self, keys: tuple[str, ...], row: bool) -> Place:
        """The place of a table, with the number of each row of tables that it lies in."""
        place: Place = ()
        for k, key in enumerate(keys):
            place = (*place, key)
            if row and k + 1 == len(keys):
                self._last[place] = self._last.get(place, -1) + 1
            if place in self._last:
                place = (*place, self._last[place])
        return place

    def _value(self, at: int, place: Place) -> int:
        """Note what a value holds; where it ends."""
        at = self._space(at)
        sign = self.text[at : at + 1]
        if sign == "[":
            return self._array(at, place)
        if sign == "{":
            return self._table(at, place)
        match = (_TEXT if sign in ('"', "'") else _PLAIN).match(self.text, at)
        return at + 1 if match is None else max(match.end(), at + 1)

    def _array(self, at: int, place: Place) -> int:
        at, k = self._space(at + 1), 0
        while at < len(self.text) and self.text[at] != "]":
            self._note((*place, k), at)
            at = self._space(self._value(at, (*place, k)))
            if self.text.startswith(",", at):
                at, k = self._space(at + 1), k + 1
        return at + 1

    def _table(self, at: int, place: Place) -> int:
        at = self._space(at + 1)
        while at < len(self.text) and self.text[at] != "}":
            keys, equals = self._keys(at)
            self._note((*place, *keys), at, len(place))
            at = self._space(self._value(equals + 1, (*place, *keys)))
            if self.text.startswith(",", at):
                at = self._space(at + 1)
        return at + 1
