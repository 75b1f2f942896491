"""A draft of a layout for a table that nobody described: what can be seen is written down, what is guessed says so."""

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._channels import channel_kind
from legato.formats._clock import column_clock
from legato.formats._table_shape import TableShape, find_shape, preamble_rate, time_factor, word_columns
from legato.formats._text import parse_rows, read_text, without_columns
from legato.formats._units import to_si
from legato.formats._write import write_whole
from legato.formats.sniff import Format, sniff_format
from legato.formats.table import COUNTER, imu_units
from legato.recording import FloatArray

_ROWS = 2000
_WORDS = {"\t": "tab", " ": "blank"}
_LEAST_RATE_HZ = 1.0
_NEEDS_NONE: Mapping[Format, str] = {
    "c3d": "a C3D",
    "trc": "a TRC",
    "mot": "a MOT or STO",
    "quaternions": "a table of quaternions",
    "keypoints-json": "a JSON of keypoints",
    "rep-json": "a JSON of repetitions",
    "rep-table": "a list of repetitions",
    "xdf": "an XDF",
    "edf": "an EDF or BDF",
    "mvnx": "an MVNX",
}
"""Formats whose columns are known; tables of landmarks may have a layout of their own."""


def draft_layout(path: str | PathLike[str]) -> str:
    """The draft as TOML, with a comment at every guess.

    Raises
    ------
    BadInput
        The file holds no text or no table of numbers, or is of a format that needs no layout.
    """
    path = Path(path)
    if (known := _NEEDS_NONE.get(sniff_format(path))) is not None:
        raise BadInput(f"{path.name}: is {known}, which Legato reads as it is; no layout is needed, see `legato info`")
    try:
        text = read_text(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); check the path") from None
    lines = text.split("\n")
    shape = find_shape(path.name, lines)
    rows = [line for line in lines[shape.data_line :] if line.replace(shape.delimiter, "").strip()][:_ROWS]
    words = word_columns(rows, shape)
    kept = [i for i in range(len(shape.names)) if i not in words]
    if not kept:
        raise BadInput(f"{path.name}: no column of numbers; check what was exported")
    body = without_columns(rows, shape.delimiter, words) if words else rows
    values = parse_rows(path.name, body, shape.delimiter, len(kept), shape.data_line + 1)
    table = np.full((len(rows), len(shape.names)), np.nan)
    table[:, kept] = values
    comma = shape.delimiter != "," and any(re.search(r"\d,\d", row) for row in rows)
    time, rate_hz, time_lines = _time(path.name, shape, table)
    inertial = imu_units(shape.names, shape.units, table, [])
    return "\n".join(
        [
            f"# Draft of a layout for {path.name}. Lines that say GUESS are guesses: check them, mend them, and use",
            "# the file with --layout.",
            f"id = {_quoted(re.sub(r'[^a-z0-9]+', '-', path.stem.lower()).strip('-') or 'my-table')}",
            f"name = {_quoted('table ' + path.stem)}",
            'rows = "samples"  # or "events" (each number is a time) or "reps" (each row is a repetition)',
            '# up = "+Y"  # the axis of the file that points up, if it holds forces of x, y and z',
            "",
            "[table]",
            f"delimiter = {_quoted(_WORDS.get(shape.delimiter, shape.delimiter))}",
            f"decimal = {_quoted(',' if comma else '.')}",
            f"header_row = {shape.header_line + 1 if shape.headed else 0}",
            *([f"units_row = {shape.units_line + 1}"] if shape.units_line is not None else []),
            f"data_row = {shape.data_line + 1}",
            "missing = []  # numbers or words that stand for missing, such as -9999.0",
            "",
            "[time]",
            *time_lines,
            *(
                line
                for i in range(len(shape.names))
                if i != time
                for line in _column(shape, table, words, inertial, i, rate_hz)
            ),
            "",
        ]
    )


def write_draft(path: str | PathLike[str], text: str) -> None:
    """Write a draft to a file that does not stand there yet.

    Raises
    ------
    BadInput
        There is such a file already, or it cannot be written.
    """
    path = Path(path)
    if path.exists():
        raise BadInput(f"{path}: stands there already; choose another --out")
    try:
        write_whole(path, text)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror or error}); choose another --out") from None


def _time(name: str, shape: TableShape, table: FloatArray) -> tuple[int | None, float, list[str]]:
    """The index of the time column, the rate that follows, and the lines of the section."""
    for i, label in enumerate(shape.names):
        factor = time_factor(label, shape.units[i]) if shape.headed else None
        if factor is None:
            continue
        rate_hz, guess = _counted_rate(name, table[:, i] * factor)
        unit = next((u for u in ("s", "ms", "us", "min", "h") if _seconds(u) == factor), "s")
        if rate_hz > 0.0 and rate_hz < _LEAST_RATE_HZ:
            guess = f"  # GUESS: {rate_hz:g} Hz in that unit, which is slow: check the unit"
        return i, rate_hz, [f"column = {_quoted(_escaped(_full(shape, i)))}", f"unit = {_quoted(unit)}{guess}"]
    rate = preamble_rate(shape)
    if rate is not None:
        return None, rate, [f"rate_hz = {rate:g}  # GUESS: from the lines above the table"]
    return None, 0.0, ["# rate_hz = 1000.0  # no time column was found: give the rate here or with --rate"]


def _counted_rate(name: str, times: FloatArray) -> tuple[float, str]:
    try:
        clock = column_clock(name, times)
    except BadInput:
        return 0.0, "  # GUESS: the times do not rise evenly; check the column"
    uneven = ", uneven: the samples keep their own times" if clock.time_s is not None else ""
    return clock.rate_hz, f"  # {clock.rate_hz:g} Hz{uneven}"


def _seconds(unit: str) -> float | None:
    si = to_si(unit)
    return None if si is None or si[1] != "s" else si[0]


def _column(
    shape: TableShape, table: FloatArray, words: set[int], inertial: dict[int, str], index: int, rate_hz: float
) -> list[str]:
    """The section of one column."""
    label, unit = shape.names[index], shape.units[index]
    name = _full(shape, index)
    repeated = shape.labels.count(name) > 1 or not shape.headed or not name
    head = ["", "[[column]]", f"position = {index + 1}" if repeated else f"name = {_quoted(name)}"]
    if repeated:
        head.append(f"channel = {_quoted(label)}")
    if index in words:
        return [*head, "skip = true  # words"]
    if COUNTER.fullmatch(label):
        return [*head, "skip = true  # GUESS: counts the samples"]
    seen = table[:, index][np.isfinite(table[:, index])]
    span = f"{seen.min():.6g} to {seen.max():.6g}" if seen.size else "no number in the first rows"
    si = to_si(unit)
    kind = channel_kind(label, si[1] if si else "", "", rate_hz or 1000.0)
    kind = "imu" if index in inertial else "table" if kind == "analog" else kind
    told = "as the file states" if si else f"GUESS: no unit was found; the numbers go from {span}"
    if unit and not si:
        told = f"GUESS: the file states {_quoted(unit)}, which is no known unit; the numbers go from {span}"
    if inertial.get(index):
        unit, si, told = inertial[index], (1.0, ""), f"GUESS: told by gravity; the numbers go from {span}"
    elif index in inertial:
        told = f"GUESS: deg/s or rad/s; the numbers go from {span}"
    lines = [
        *head,
        f"kind = {_quoted(kind)}  # GUESS: emg, force, imu, angles, analog or table",
        f"unit = {_quoted(unit if si else '')}  # {told}",
    ]
    if kind == "force":
        lines.append('# plate = 1, quantity = "force", axis = "z", sign = 1: one line each, if it is a force plate')
    return lines


def _full(shape: TableShape, index: int) -> str:
    return shape.labels[index] if index < len(shape.labels) else ""


def _escaped(text: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


def _quoted(text: str) -> str:
    """A TOML string."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in safe) + '"'
