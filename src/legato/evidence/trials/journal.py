"""A trial's file: lines of JSON that are only ever added, each bound to the one before it, so that a change shows."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from legato.errors import BadInput

SCHEMA = "legato.trial-journal/1"
FIRST = "0" * 64
"""What the first line is bound to."""

_LARGEST = 20_000_000
"""Bytes of a trial's file. [ENG] A trial of a hundred sessions has some hundred thousand."""
_OWN = frozenset({"n", "at", "do", "before", "sha256"})
_GIVE = "give a trial that `legato trial new` wrote"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what was done (`do`), when by the clock (`at`), the content, and the line's own sha256, by which lines
    are the same or not.
    """

    number: int
    at: str
    do: str
    holds: Mapping[str, Any] = field(compare=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class Journal:
    """The lines of a trial's file."""

    path: Path
    lines: tuple[Line, ...]

    @property
    def receipt(self) -> str:
        """The newest line's sha256: whoever keeps it notices a file that was written anew."""
        return self.lines[-1].sha256 if self.lines else FIRST


def read_journal(path: Path) -> Journal:
    """A trial's file whose lines all hang together.

    Raises
    ------
    BadInput
        It cannot be read, is none, or was changed after it was written: the first such line is named.
    """
    lines, faults = checked_lines(_content(path))
    if faults:
        raise BadInput(f"{path}: {faults[0]}; see `legato trial check {path}`, and restore the file from a copy")
    return Journal(path, lines)


def faults_of(path: Path) -> tuple[Journal, tuple[str, ...]]:
    """A trial's file as far as it hangs together, and what is wrong with it."""
    lines, faults = checked_lines(_content(path))
    return Journal(path, lines), faults


def checked_lines(content: bytes) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines up to the first that does not fit, and all that is wrong, each beginning with its line."""
    text = content.decode("utf-8", errors="replace")
    if not text:
        return (), ("holds nothing",)
    *whole, rest = text.split("\n")
    lines, faults, before, cut = list[Line](), list[str](), FIRST, False
    for number, row in enumerate(whole, start=1):
        found = _line(row, number)
        if isinstance(found, str):
            faults.append(f"line {number} {found}")
            cut = True
            continue
        line, bound_to = found
        if line.number != number:
            faults.append(f"line {number} says that it is line {line.number}: a line was removed, added or moved")
        elif bound_to != before and not cut:
            faults.append(f"line {number} does not follow from line {number - 1}: one was changed, removed or moved")
        if not faults:
            lines.append(line)
        before, cut = line.sha256, False
    if rest:
        faults.append(f"line {len(whole) + 1} is cut: it has no end")
    if not faults and lines[0].do != "registered":
        faults.append("line 1 is no registration")
    return tuple(lines), tuple(faults)


def start(path: Path, holds: Mapping[str, Any], at: str) -> Journal:
    """A new file with its registration.

    Raises
    ------
    BadInput
        There is one already, or it cannot be written.
    """
    if path.exists():
        raise BadInput(f"{path}: is there already; a trial is never written over, choose another name")
    return _written(Journal(path, ()), b"", [("registered", {"schema": SCHEMA, **holds})], at)


def append(journal: Journal, steps: Sequence[tuple[str, Mapping[str, Any]]], at: str) -> Journal:
    """The file with lines more, one a step (what is done, and its content), written whole or not at all.

    Raises
    ------
    BadInput
        It has changed since it was read, or cannot be written.
    """
    content = _content(journal.path)
    lines, faults = checked_lines(content)
    if faults or lines[-1].sha256 != journal.receipt:
        raise BadInput(f"{journal.path}: was changed by another command meanwhile; give this one again")
    return _written(journal, content, steps, at)


def check_receipt(journal: Journal, receipt: str) -> None:
    """Raise `BadInput` where a receipt, or the first 8 signs or more of one, is of no line of the file."""
    wanted = receipt.strip().lower()
    if len(wanted) < 8 or any(sign not in "0123456789abcdef" for sign in wanted):
        raise BadInput(f"--receipt {receipt[:70]}: is no receipt; give what a command of `legato trial` printed")
    if not any(line.sha256.startswith(wanted) for line in journal.lines):
        raise BadInput(
            f"{journal.path}: no line has the receipt {wanted[:16]}: lines were removed or the file was written anew;"
            " restore it from a copy"
        )


def _written(journal: Journal, content: bytes, steps: Sequence[tuple[str, Mapping[str, Any]]], at: str) -> Journal:
    lines, before = [*journal.lines], journal.receipt
    for do, holds in steps:
        if _OWN & holds.keys():
            raise ValueError(f"{sorted(_OWN & holds.keys())} are the line's own")
        bare = {"n": len(lines) + 1, "at": at, "do": do, **holds, "before": before}
        row = json.dumps({**bare, "sha256": _hash(bare)}, ensure_ascii=False, allow_nan=False)
        content += row.encode("utf-8") + b"\n"
        lines.append(Line(len(lines) + 1, at, do, {**holds}, before := _hash(bare)))
    write_whole(journal.path, content)
    return Journal(journal.path, tuple(lines))


def _line(row: str, number: int) -> tuple[Line, str] | str:
    """A row as a line and what it is bound to; else what is wrong."""
    try:
        record: object = json.loads(row)
    except (ValueError, RecursionError):
        return "is no line of a trial" if number == 1 else "cannot be read: it is cut or was changed"
    if not isinstance(record, dict):
        return "is no line of a trial"
    held = cast("dict[str, Any]", record)
    told, before = held.pop("sha256", None), held.get("before")
    n, at, do = held.get("n"), held.get("at"), held.get("do")
    if not (isinstance(told, str) and isinstance(before, str) and isinstance(n, int)):
        return "is no line of a trial"
    if not (isinstance(at, str) and isinstance(do, str)):
        return "is no line of a trial"
    if _hash(held) != told:
        return "was changed after it was written"
    content = {name: value for name, value in held.items() if name not in _OWN}
    return Line(n, at, do, content, told), before


def _hash(record: Mapping[str, Any]) -> str:
    canonical = json.dumps(record, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path}: has more than {_LARGEST / 1e6:g} MB; {_GIVE}")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); {_GIVE}") from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all. Raises `BadInput`."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise BadInput(f"{path}: cannot be written ({error.strerror}); choose another place") from None
