"""Where the table of a file lies by its layout, which rule each column follows, and the numbers in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from legato.errors import BadInput
from legato.formats._rows import data_rows
from legato.formats._text import find_delimiter, parse_rows, split_cells, without_columns
from legato.formats._units import split_unit
from legato.formats.layout_schema import ColumnSpec, Layout
from legato.recording import FloatArray

HEADER_WITHIN = 60
"""Lines from the top in which a header is looked for."""
_MOST_COLUMNS = 5000
_LONGEST_LABEL = 200
_DELIMITERS = {"tab": "\t", "blank": " "}


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    label: str
    unit: str
    rule: ColumnSpec
    match: re.Match[str]

    def told(self, text: str) -> str:
        """A text of the rule with the groups of its pattern filled in."""
        return self.match.expand(text) if "\\" in text else text


@dataclass(frozen=True, slots=True)
class Grid:
    columns: tuple[Column, ...]
    times: tuple[int, ...]
    width: int
    preamble: tuple[str, ...]
    rows: tuple[str, ...]
    first_line: int
    delimiter: str
    gaps: tuple[int, ...] = ()


def lay_out(name: str, lines: Sequence[str], layout: Layout) -> Grid:
    """Where the table lies in the lines, and which rule each of its columns follows."""
    spec = layout.table
    head = [line for line in lines[: HEADER_WITHIN + 50] if line.strip()]
    delimiter = (
        find_delimiter(head[-50:]) if spec.delimiter == "auto" else _DELIMITERS.get(spec.delimiter, spec.delimiter)
    )
    header, labels = _header(name, lines, layout, delimiter)
    cells = split_cells(lines[spec.units_row - 1], delimiter) if spec.units_row and spec.units_row <= len(lines) else []
    if spec.units_below and header + 1 < len(lines):
        cells = split_cells(lines[header + 1], delimiter)
    start = spec.data_row - 1 if spec.data_row else header + 1 + spec.units_below + spec.skip_rows
    filled = [i for i in range(start, len(lines)) if lines[i].replace(delimiter, "").strip()]
    first = filled[0] if filled else start
    end = len(lines)
    if spec.until_blank:
        end = next((i for i in range(first, end) if not lines[i].replace(delimiter, "").strip()), end)
    rows, gaps = data_rows(lines[first:end], delimiter)
    if not rows:
        raise BadInput(
            f"{name}: no row of data where the layout {layout.id} looks for it; check header_row and data_row"
        )
    width = len(labels) if labels else len(split_cells(rows[0], delimiter))
    labels = [*labels, *[""] * (width - len(labels))]
    units = [*cells, *[""] * width][:width]
    devices = split_cells(lines[header - 1], delimiter) if spec.device_row and header > 0 else []
    columns, times = _assign(name, labels, units, devices, layout)
    return Grid(columns, times, width, tuple(lines[: max(header, 0)]), tuple(rows), first + 1, delimiter, gaps)


def _header(name: str, lines: Sequence[str], layout: Layout, delimiter: str) -> tuple[int, list[str]]:
    """Index of the header's line and its cells; −1 and none where the layout says that there is no header."""
    row = layout.table.header_row
    if row == 0:
        return -1, []
    if row is not None:
        if row > len(lines):
            raise BadInput(
                f"{name}: the layout {layout.id} looks for the header in row {row}, the file has {len(lines)}"
            )
        return row - 1, _trimmed(split_cells(lines[row - 1], delimiter))
    narrow = [
        (i, line)
        for i, line in enumerate(lines[:HEADER_WITHIN])
        if line.strip() and (delimiter == " " or line.count(delimiter) < _MOST_COLUMNS)
    ]
    for i, line in narrow:
        labels = _trimmed(split_cells(line, delimiter))
        if labels and not _missing_from(labels, layout):
            return i, labels
    first = narrow[0][1] if narrow else ""
    wanted = _missing_from(_trimmed(split_cells(first, delimiter)), layout)
    raise BadInput(
        f"{name}: the layout {layout.id} does not fit: no row with a column {wanted or layout.time.column!r};"
        " check header_row, delimiter and the names"
    )


def _trimmed(cells: list[str]) -> list[str]:
    """Cells of a header without the empty ones at its end, long ones cut; none where no header has so many."""
    while cells and not cells[-1]:
        cells.pop()
    return [] if len(cells) > _MOST_COLUMNS else [c[:_LONGEST_LABEL] for c in cells]


def _missing_from(labels: Sequence[str], layout: Layout) -> str:
    """The first column that the layout needs and a header lacks, or that the header has and the layout not."""
    time = layout.time.column
    if time and not any(re.fullmatch(time, label) for label in labels):
        return time
    for rule in layout.column:
        if rule.required and not any(rule.match(label, i) for i, label in enumerate(labels, 1)):
            return rule.name or rule.pattern or f"at position {rule.position}"
    if layout.match is not None and layout.match.only:
        for i, label in enumerate(labels, 1):
            known = any(rule.match(label, i) for rule in layout.column) or (time and re.fullmatch(time, label))
            if label and not known:
                return label
    return ""


def _assign(
    name: str, labels: Sequence[str], units: Sequence[str], devices: Sequence[str], layout: Layout
) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    missing = _missing_from(labels, layout)
    if missing:
        where = "layout" if missing in labels else "file"
        raise BadInput(f"{name}: the layout {layout.id} does not fit: column {missing!r} is not in the {where}")
    pattern = layout.time.column
    times = tuple(i for i, label in enumerate(labels) if pattern and re.fullmatch(pattern, label))
    if not layout.time.each:
        times = times[:1]
    named = _with_devices(labels, devices) if devices else list(labels)
    columns: list[Column] = []
    for i, label in enumerate(labels):
        found = next(((r, m) for r in layout.column if (m := r.match(label, i + 1)) is not None), None)
        if i in times or found is None:
            continue
        bare, in_label = split_unit(named[i])
        columns.append(Column(i, bare, found[0].unit or units[i] or in_label, *found))
    return tuple(columns), times


def _with_devices(labels: Sequence[str], devices: Sequence[str]) -> list[str]:
    """Labels that several devices share, with the number of their device: `Fz` of two plates is `Fz1` and `Fz2`."""
    current, groups = "", list[str]()
    for i in range(len(labels)):
        cell = devices[i] if i < len(devices) else ""
        # `Plate 1 - Force` and `Plate 1 - Moment` are one device.
        current = cell.rpartition(" - ")[0] or cell if cell else current
        groups.append(current)
    named = list(labels)
    for label in {x for x in labels if x and list(labels).count(x) > 1}:
        owners = list(dict.fromkeys(groups[i] for i, x in enumerate(labels) if x == label))
        for i, x in enumerate(labels):
            if x == label:
                named[i] = f"{label}{owners.index(groups[i]) + 1}"
    return named


def grid_numbers(name: str, grid: Grid, layout: Layout, rows: Sequence[str]) -> FloatArray:
    """The table with NaN in every column that is not read, shape (rows, width)."""
    spec = layout.table
    used = sorted({*grid.times, *(c.index for c in grid.columns if not c.rule.skip)})
    if not used:
        raise BadInput(f"{name}: the layout {layout.id} skips every column; name one to read")
    words = {str(code).strip() for code in spec.missing if isinstance(code, str)}
    body = list(rows)
    if words:
        sign = "\t" if grid.delimiter == " " else grid.delimiter
        split = ([*split_cells(row, grid.delimiter)] for row in body)
        body = [sign.join("nan" if cell in words else cell for cell in cells) for cells in split]
    if len(used) < grid.width:
        body = without_columns(body, grid.delimiter, set(range(grid.width)) - set(used))
    if spec.decimal == "," and grid.delimiter != ",":
        body = [row.replace(",", ".") for row in body]
    delimiter = "\t" if grid.delimiter == " " and (words or len(used) < grid.width) else grid.delimiter
    values = parse_rows(name, body, delimiter, len(used), grid.first_line)
    for code in spec.missing:
        if not isinstance(code, str):
            values[values == code] = np.nan
    table = np.full((len(rows), grid.width), np.nan)
    table[:, used] = values
    return table
