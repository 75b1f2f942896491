"""Text files of numbers: decoding, and rows of cells parsed in one pass, with blanks and every spelling of missing as
NaN.
"""

import codecs
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.recording import FloatArray

_MISSING = frozenset(
    {"", "-", "--", "na", "n/a", "#n/a", "nan", "-nan", "+nan", "nan(ind)", "-nan(ind)",
     "1.#qnan", "-1.#ind", "1.#ind", "#num!", "null",
     "none", "missing", ".", "inf", "-inf", "+inf", "infinity", "-infinity", "1.#inf", "-1.#inf"}
)  # fmt: skip
_NO_MEASUREMENT = 1e20
"""Numbers this large stand for missing or infinite, as programs write `1e30` or the largest double; times of a clock in
ns since 1970 reach 2e18. [ENG]"""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?")


def read_text(path: Path) -> str:
    r"""The text of a file, whatever its encoding and line ends; lines end in `\n`, and a byte-order mark is gone.

    Raises
    ------
    BadInput
        The file holds no text.
    """
    data = path.read_bytes()
    if not data.strip():
        raise BadInput(f"{path.name}: the file is empty; export it again")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise BadInput(f"{path.name}: neither text nor a format that Legato knows; check the file") from None
    else:
        if is_binary(data[:65536]):
            raise BadInput(f"{path.name}: neither text nor a format that Legato knows; check the file")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_binary(head: bytes) -> bool:
    """Whether bytes are no text: they hold a NUL, or more control characters than text ever does."""
    if b"\x00" in head:
        return True
    control = sum(head.count(bytes([c])) for c in (*range(1, 9), 11, *range(14, 27), *range(28, 32), 127))
    return control > 0.01 * len(head)


def find_delimiter(lines: Sequence[str]) -> str:
    """Tab, semicolon, comma or, where none of them is there, a space (standing for any blanks)."""
    sample = "\n".join(lines[:50])
    if "\t" in sample:
        return "\t"
    semicolons, commas = sample.count(";"), sample.count(",")
    if semicolons and semicolons >= len(lines[:50]) / 2:
        return ";"
    return "," if commas else " "


def split_cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without the blanks and quotes around them."""
    cells = line.split() if delimiter == " " else line.split(delimiter)
    return [c.strip().strip('"').strip() for c in cells]


def without_columns(rows: Sequence[str], delimiter: str, columns: set[int]) -> list[str]:
    """The rows without the columns with these indices; blanks between cells become tabs."""
    sign = "\t" if delimiter == " " else delimiter
    return [sign.join(c for i, c in enumerate(split_cells(r, delimiter)) if i not in columns) for r in rows]


def parse_rows(name: str, lines: Sequence[str], delimiter: str, width: int, first_line: int) -> FloatArray:
    """Numbers of rows of cells, shape (rows, width); empty, missing, infinite and impossibly large cells are NaN.

    Rows may lack cells at their end, and may have empty ones too many.

    Parameters
    ----------
    name
        The file's name, for messages.
    lines
        The rows; none is blank.
    delimiter
        As `find_delimiter` gives it.
    width
        Number of columns that the header announces.
    first_line
        Number of the first row in the file, from 1, for messages.

    Raises
    ------
    BadInput
        A row is longer than the header, or a cell is no number.
    """
    body = _fill_blanks(_tabbed(name, lines, delimiter, width, first_line))
    # A cell like `1 234` would come out as two numbers; then the count does not fit and the cells are read one by one.
    values = _numbers(body)
    if values.size != len(lines) * width:
        values = _parse_cells(name, body, width, first_line, decimal_comma=delimiter in ("\t", ";", " "))
    values = values.reshape(len(lines), width)
    values[~(np.abs(values) < _NO_MEASUREMENT)] = np.nan
    return values


def _fill_blanks(body: str) -> str:
    """The text with `nan` in every blank cell. Plain replacements: a regular expression takes five times as long."""
    while "\t " in body:
        body = body.replace("\t ", "\t")
    body = body.replace("\n\t", "\nnan\t").replace("\t\n", "\tnan\n")
    for _ in range(2):
        body = body.replace("\t\t", "\tnan\t")
    if body.startswith("\t"):
        body = "nan" + body
    return body + "nan" if body.endswith("\t") else body


def _tabbed(name: str, lines: Sequence[str], delimiter: str, width: int, first_line: int) -> str:
    """The rows as one text, cells parted by tabs, each row with exactly `width` cells."""
    if delimiter == " ":
        rows = ["\t".join(line.split()) for line in lines]
    elif delimiter == "\t":
        rows = list(lines)
    else:
        rows = [line.replace("\t", " ").replace(delimiter, "\t") for line in lines]
    if any('"' in row for row in rows[:2]):
        rows = [row.replace('"', "") for row in rows]
    for i, row in enumerate(rows):
        extra = row.count("\t") + 1 - width
        if extra > 0:
            cells = row.split("\t")
            if any(c.strip() for c in cells[width:]):
                raise BadInput(
                    f"{name}: line {first_line + i} has {len(cells)} cells where the header has {width} columns;"
                    " export the file again"
                )
            rows[i] = "\t".join(cells[:width])
        elif extra < 0:
            rows[i] = row + "\t" * -extra
    return "\n".join(rows)


def _numbers(text: str) -> FloatArray:
    """The numbers between the blanks of a text; none where one of them is spelled in a way that numpy does not know."""
    # Older numpy warns and returns what it had read so far, newer raises.
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            return np.fromstring(text, dtype=np.float64, sep=" ")
        except (ValueError, DeprecationWarning):
            return np.empty(0)


def _parse_cells(name: str, body: str, width: int, first_line: int, *, decimal_comma: bool) -> FloatArray:
    """The numbers row by row; cell by cell in those rows only that hold an unusual spelling."""
    rows = body.split("\n")
    found = np.full((len(rows), width), np.nan)
    for i, row in enumerate(rows):
        values = _numbers(row)
        if values.size == width:
            found[i] = values
            continue
        for j, raw in enumerate(row.split("\t")):
            cell = raw.strip()
            if cell.lower() in _MISSING:
                continue
            text = cell.replace(",", ".") if decimal_comma and cell.count(",") == 1 and "." not in cell else cell
            if not _NUMBER.fullmatch(text):
                raise BadInput(
                    f"{name}: line {first_line + i}, column {j + 1} is {_short(cell)}, not a number;"
                    " mend or export it again"
                )
            found[i, j] = float(text.replace("d", "e").replace("D", "e"))
    return found


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 24 else cell[:21] + "...")


def is_number(cell: str) -> bool:
    """Whether a cell is a number or a spelling of a missing one (an empty cell is not)."""
    cell = cell.strip()
    return bool(cell) and (_NUMBER.fullmatch(cell.replace(",", ".")) is not None or cell.lower() in _MISSING)


def ends_cut(text: str, rows: Sequence[str], delimiter: str) -> bool:
    """Whether a text without a last line end stops inside its last row: cells are lacking, or digits of the last
    number.

    What is left of a number would be read as a number.
    """
    if text.endswith("\n") or len(rows) < 2:
        return False
    cells = [split_cells(row, delimiter) for row in rows[-50:]]
    if len(cells[-1]) < len(cells[-2]) or rows[-1].count(delimiter) < rows[-2].count(delimiter):
        return True
    decimals = [len(row[-1].partition(".")[2]) for row in cells]
    return len(decimals) > 5 and decimals[-1] < min(decimals[:-1])
