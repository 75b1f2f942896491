"""Where the table of a text file lies: its delimiter, header, row of units, first row of numbers, and what the lines
above it tell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._text import find_delimiter, is_number, split_cells
from legato.formats._units import split_unit, to_si

_TIME = re.compile(
    r"(time|t|timestamps?|zeit|temps|tiempo|x)"
    r"[ _]*(?:[\[(]? *(s|sec|secs|seconds|ms|msec|millis|milliseconds|us|micros|microseconds|min|h)? *[\])]?)?",
    re.IGNORECASE,
)
_TIME_CODE = re.compile(r"t(millis|micros|seconds|ms|us|s)", re.IGNORECASE)
_SECONDS = {
    "s": 1.0,
    "sec": 1.0,
    "secs": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "ms": 1e-3,
    "msec": 1e-3,
    "millis": 1e-3,
    "milliseconds": 1e-3,
    "us": 1e-6,
    "micros": 1e-6,
    "microseconds": 1e-6,
    "min": 60.0,
    "h": 3600.0,
}
_RATE_WORD = re.compile(r"(sampl\w*|frame|capture|data)?[ _-]*(rate|frequency|freq)\b|^fs$|^hz$", re.IGNORECASE)
_NAMED = {
    ".c3d": "a C3D",
    ".edf": "an EDF",
    ".bdf": "a BDF",
    ".xdf": "an XDF",
    ".trc": "a TRC",
    ".mot": "a MOT",
    ".mvnx": "an MVNX",
}
"""What a file says by its ending that it is."""

_VICON_TITLES = ("devices", "trajectories", "model outputs", "joints", "segments")
_FOLDERS = re.compile(r"^([A-Za-z]:)?[\\/](.*[\\/])?(?=[^\\/]+$)")
"""The folders of an absolute path, which some programs write before a column's name and which may name people."""
_UNIT_AFTER_BLANK = re.compile(r"(?<=\S) +([(\[][^\s()\[\]]{1,24}[)\]])(?=\s|$)")
_MOST_PREAMBLE = 200
_MOST_COLUMNS = 5000
_LONGEST_LABEL = 200
"""A longer cell is no name; patterns would take seconds over it."""


@dataclass(frozen=True, slots=True)
class TableShape:
    """Where the table of a text file lies; lines count from 0. `labels` are the cells of the header, `names` the same
    without units.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    preamble: tuple[tuple[str, ...], ...]
    data_line: int
    delimiter: str
    headed: bool
    header_line: int
    units_line: int | None
    labels: tuple[str, ...]


def pairs(row: Sequence[str]) -> list[tuple[str, str]]:
    """Key and value of a line of the preamble: `key=value`, `key: value`, `key,value`, or a word alone."""
    first = row[0] if row else ""
    for sign in ("=", ":"):
        if sign in first:
            key, _, value = first.partition(sign)
            return [(key.strip(), value.strip() or (row[1] if len(row) > 1 else ""))]
    return [(first.strip(), row[1] if len(row) > 1 else "")]


def find_shape(name: str, lines: Sequence[str]) -> TableShape:
    """Where the table lies in the lines of a file.

    Raises
    ------
    BadInput
        There are no rows of numbers.
    """
    filled = [i for i, line in enumerate(lines[: _MOST_PREAMBLE + 60]) if line.strip(" \t,;")]
    if not filled:
        raise BadInput(f"{name}: no numbers in the file; check what was exported")
    body = [lines[i] for i in filled]
    delimiter = find_delimiter(body[-50:])
    widest = max(line.count(delimiter) for line in body) + 1 if delimiter != " " else 0
    cells = [] if widest > _MOST_COLUMNS else [_cells(line, delimiter) for line in body]
    widest = max((len(row) for row in cells), default=widest)
    if widest > _MOST_COLUMNS:
        raise BadInput(f"{name}: {widest} columns, more than any recording has; check what was exported")
    cells = [[c[:_LONGEST_LABEL] for c in row] for row in cells]
    shares = [_number_share(row) for row in cells]
    # Data start where rows of numbers as wide as the widest of them begin, and go on.
    numeric = [i for i, share in enumerate(shares) if share >= 0.5]
    if not numeric:
        looked = "its one line" if len(filled) == 1 else f"the first {len(filled)} lines"
        other = _NAMED.get(Path(name).suffix.lower(), "")
        said = f"by its name {other}, but it is none: it holds text with " if other else ""
        raise BadInput(f"{name}: {said}no rows of numbers in {looked}; check what was exported")
    width = max(_filled_width(cells[i]) for i in numeric)
    wide = [i for i in numeric if _filled_width(cells[i]) >= 0.5 * width]
    start = next((i for i in wide if all(s >= 0.5 for s in shares[i : i + 3])), wide[0])
    above = cells[:start]
    title = None
    units: list[str] = []
    if above:
        last = above[-1]
        before = above[-2] if len(above) > 1 else None
        if (
            before is not None
            and _is_unit_row(last)
            and _filled_width(before) >= _filled_width(last)
            and len(before) > 1
        ):
            title, units = before, last
        else:
            title = last
    typical = int(np.median([_filled_width(cells[i]) for i in numeric if i >= start]))
    width = width if title is None else max(typical, _filled_width(title))
    if title is not None and (len(title) < 0.5 * width or _number_share(title) >= 0.5):
        title = None
    headed = title is not None
    labels = [*(title or []), *[""] * width][:width]
    names = list(labels)
    found_units = [*units, *[""] * width][:width]
    for i, label in enumerate(names):
        if not found_units[i]:
            names[i], found_units[i] = split_unit(label)
    preamble = above[: len(above) - (0 if not headed else 2 if units else 1)]
    return TableShape(
        tuple(_FOLDERS.sub("", n, count=1) or f"column_{i + 1}" for i, n in enumerate(names)),
        tuple(found_units),
        tuple(tuple(row) for row in preamble),
        filled[start],
        delimiter,
        headed,
        filled[start - (2 if units else 1)] if headed else -1,
        filled[start - 1] if headed and units else None,
        tuple(labels),
    )


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line; between blanks a unit in brackets stays with the name before it: `Fz (kgf)` is one cell."""
    return split_cells(_UNIT_AFTER_BLANK.sub(r"\1", line) if delimiter == " " else line, delimiter)


def _filled_width(row: Sequence[str]) -> int:
    return max((i + 1 for i, c in enumerate(row) if c), default=0)


def _number_share(row: Sequence[str]) -> float:
    filled = [c for c in row if c]
    return sum(is_number(c) for c in filled) / len(filled) if filled else 0.0


def _is_unit_row(row: Sequence[str]) -> bool:
    filled = [c.strip("[]()") for c in row if c]
    return bool(filled) and sum(
        to_si(c) is not None or c.lower() in ("-", "", "count", "au", "a.u.") for c in filled
    ) >= 0.7 * len(filled)


def word_columns(rows: Sequence[str], shape: TableShape) -> set[int]:
    """Columns of words (labels, names) in a file whose other columns are numbers."""
    words: set[int] = set()
    sample = [split_cells(r, shape.delimiter) for r in rows[:20]]
    for i in range(len(shape.names)):
        cells = [row[i] for row in sample if i < len(row) and row[i]]
        if cells and not any(is_number(c) for c in cells):
            words.add(i)
    return words


def preamble_rate(shape: TableShape) -> float | None:
    """The rate that the preamble tells: after a word for it, or alone on the second line of a Vicon export."""
    for i, row in enumerate(shape.preamble):
        for key, value in pairs(row):
            if _RATE_WORD.search(key) and (found := re.match(r"[\d.]+", value.strip())):
                return _above_zero(found[0])
        if i == 1 and shape.preamble[0] and shape.preamble[0][0].lower() in _VICON_TITLES and is_number(row[0]):
            return _above_zero(row[0])
    return None


def _above_zero(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) and value > 0 else None


def time_factor(label: str, unit: str) -> float | None:
    """Seconds in one unit of a column called so, None where it is no time."""
    if label.lower() == "sampletimefine":  # Xsens DOT and Movella count microseconds.
        return 1e-6
    code = _TIME_CODE.fullmatch(label)
    match = code or _TIME.fullmatch(label)
    if match is None:
        return None
    told = ((match[1] if code else match[2]) or unit).strip().lower()
    # A column x is time only where its unit says so, as some EMG software writes it.
    return _SECONDS.get(told) if told or label.lower() == "x" else 1.0
