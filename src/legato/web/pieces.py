"""What is kept of a result, read once: the report's pieces and what the session's page needs beside them."""

import json
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from fastapi import HTTPException

from legato.store import Catalogue
from legato.store.rows import ResultRow

if TYPE_CHECKING:
    from legato.analysis import Analysis

Name: TypeAlias = Literal["pieces.json", "session.json", "result.json"]

_MOST_BYTES = 64_000_000
"""Of memory that files take which are held read. [ENG] About 100 sessions of six throws."""


def pieces_files(analysis: "Analysis") -> dict[str, bytes]:
    """The files that the session's page is made of: `pieces.json` and `session.json`."""
    from legato.report.page import report_pieces
    from legato.web.session_record import session_record

    pieces = {name: _reachable(html) for name, html in report_pieces(analysis).items() if name != "replay"}
    return {
        name: json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
        for name, record in (("pieces.json", pieces), ("session.json", session_record(analysis)))
    }


def _reachable(html: str) -> str:
    """The same, its boxes that scroll within reach of the keyboard."""
    return html.replace("<div class=scroll>", '<div class="scroll">').replace(
        '<div class="scroll', '<div tabindex="0" class="scroll'
    )


class _Record(Mapping[str, Any]):
    """A parsed file whose texts are held as UTF-8: one sign beyond Latin-1, as of an angle below zero, and Python takes
    two bytes for each letter of a text.
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._held = {name: value.encode() if isinstance(value, str) else value for name, value in record.items()}
        self.bytes = _taken(self._held)

    def __getitem__(self, name: str) -> Any:
        value = self._held[name]
        return value.decode() if isinstance(value, bytes) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def _taken(value: object) -> int:
    """Bytes of memory that a value takes with what is in it."""
    if isinstance(value, dict):
        known = cast("dict[str, object]", value)
        within: list[object] = [*known.keys(), *known.values()]
    else:
        within = cast("list[object]", value) if isinstance(value, list) else []
    return sys.getsizeof(value) + sum(map(_taken, within))


class Held:
    """Files of results, parsed, by checksum; those that were asked for longest ago are let go of first."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._known: OrderedDict[str, _Record] = OrderedDict()
        self._lock = Lock()

    def read(self, catalogue: Catalogue, sha256: str) -> Mapping[str, Any]:
        """The parsed content of a file; it is shared, so nobody may change it.

        Raises
        ------
        FileNotFoundError
            The catalogue does not have it.
        """
        with self._lock:
            if sha256 in self._known:
                self._known.move_to_end(sha256)
                return self._known[sha256]
        record = _Record(json.loads(catalogue.files.read(sha256)))
        with self._lock:
            if sha256 not in self._known:
                self._known[sha256] = record
                self._bytes += record.bytes
            while self._bytes > self._most and len(self._known) > 1:
                self._bytes -= self._known.popitem(last=False)[1].bytes
        return record

    def forget(self) -> None:
        """Let go of all."""
        with self._lock:
            self._known.clear()
            self._bytes = 0


_held = Held()


def forget() -> None:
    """Let go of all that was read."""
    _held.forget()


def of_result(catalogue: Catalogue, result: ResultRow, name: Name) -> Mapping[str, Any]:
    """A file of a result, parsed. Those that the page is made of are held and shared, so that nobody may change them.

    Raises
    ------
    HTTPException
        The result has none, as one of an earlier version: analysing again makes it.
    """
    sha256 = str(result.files.get(name, ""))
    try:
        if sha256:
            # Ten thousand objects that few pages ask for: see `of_athlete`.
            whole = name == "result.json"
            return json.loads(catalogue.files.read(sha256)) if whole else _held.read(catalogue, sha256)
    except FileNotFoundError:
        pass
    raise HTTPException(404, "a file of this result is not there; analyse the session again")
