"""A log's file as rows of cells, whatever its encoding and the sign between its columns."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from legato.errors import BadInput

_LARGEST_FILE = 64_000_000
"""Bytes. [ENG] 100,000 sets of an app's export have 15 MB."""

_LONGEST_CELL = 10_000
"""Characters of a cell. [ENG] No note to a set is longer."""

SIGNS = (",", ";", "\t", "|")
"""What may stand between columns."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""By what a spreadsheet takes a text for a formula; a `'` before it says that it is none."""

_OTHERS = (
    (b"PK\x03\x04", "is a spreadsheet or an archive; save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old spreadsheet; save the sheet as CSV"),
    (b"%PDF", "is a PDF; export the log as CSV"),
    (b"\x1f\x8b", "is an archive; unpack it first"),
    (b"SQLite format 3", "is a database; export the log as CSV"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row; `line` is the line of the file on which it begins. `wrong`: why it cannot be read."""

    line: int
    cells: tuple[str, ...]
    wrong: str = ""


def text_of(path: Path) -> str:
    """The text of a file: UTF-8 or UTF-16, with or without a mark, or else Windows' Western letters.

    Raises
    ------
    BadInput
        It cannot be read, is empty, far too long, or holds no text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); give a training log as CSV") from None
    if len(data) > _LARGEST_FILE:
        raise BadInput(f"{path.name}: has more than {_LARGEST_FILE / 1e6:g} MB; give a training log as CSV")
    if not data.strip():
        raise BadInput(f"{path.name}: is empty; export the log again")
    for head, says in _OTHERS:
        if data.startswith(head):
            raise BadInput(f"{path.name}: {says}")
    text = _decoded(data)
    if text is None:
        raise BadInput(f"{path.name}: is no text; give a training log as CSV")
    return text.lstrip("\ufeff")


def _decoded(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_as(data, "utf-16")
    head = data[:4096]
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        # Western letters in UTF-16 have a zero as every second byte.
        wide = {odd: "utf-16-le", even: "utf-16-be"}[max(even, odd)]
        return _decoded_as(data, wide) if max(even, odd) > 0.4 * len(head) / 2 and min(even, odd) == 0 else None
    if b"\x00" in data:
        return None
    control = sum(head.count(bytes([c])) for c in (*range(1, 9), *range(14, 27), *range(28, 32), 127))
    if control > 0.01 * len(head):
        return None
    return _decoded_as(data, "utf-8-sig") or _decoded_as(data, "cp1252") or data.decode("latin-1")


def _decoded_as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def rows_of_text(text: str, sign: str) -> Iterator[Row]:
    """The rows of a text that are not empty; one that cannot be read comes with its reason.

    Parameters
    ----------
    text
        Of the whole file.
    sign
        What stands between columns.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((line + "\n" for line in lines), delimiter=sign, strict=True)
    begun = 0
    while True:
        begun = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(begun + 1, (), _csv_fault(str(error), reader.line_num - begun))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        long = max(map(len, cells))
        wrong = f"a cell has {long} characters; shorten it" if long > _LONGEST_CELL else ""
        yield Row(begun + 1, tuple(cell.strip() for cell in cells), wrong)


def _csv_fault(error: str, lines: int) -> str:
    if "unexpected end" in error:
        more = f", and swallows {lines - 1} lines" if lines > 2 else ""
        return f"a quote is opened and never closed{more}; the file may be cut off"
    if "field larger" in error:
        return "a cell has more than 131072 characters; shorten it"
    return "a quoted cell goes on after its closing quote; double the quotes inside it"
