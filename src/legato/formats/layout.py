"""Tables read by a layout: one that comes with the package and knows the file by its content, or one that a person
wrote.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import cast

import numpy as np

from legato.errors import BadInput
from legato.formats._axes import Vertical, parse_axis, turn_to_z_up, turned_stream, vectors_of
from legato.formats._channels import channel_kind, unique_names
from legato.formats._clock import Clock, column_clock
from legato.formats._joint_angles import unstated_degrees
from legato.formats._layout_grid import HEADER_WITHIN, Column, Grid, grid_numbers, lay_out
from legato.formats._rows import with_gaps
from legato.formats._text import ends_cut, read_text, split_cells
from legato.formats._units import median_size, to_si
from legato.formats.layout_schema import Layout, MatchSpec, built_in_layouts, read_layout_file
from legato.formats.table import read_table
from legato.recording import STANDARD_GRAVITY, BoolArray, Event, FloatArray, Recording, RepTable, Stream, StreamKind

_CHECKED_ROWS = 2000
"""Rows from the top that are held against a built-in layout."""


def read_any_table(
    path: str | PathLike[str], *, rate_hz: float | None = None, layout: str | PathLike[str] | None = None
) -> Recording:
    """Read a table by a layout file, else by the built-in layout that fits it, else by its own header.

    Raises
    ------
    BadInput
        As `read_table`; or the layout is wrong, or does not fit the file.
    """
    path = Path(path)
    if layout is not None:
        return _read(path, read_text(path), read_layout_file(layout), rate_hz)
    text = read_text(path)
    found = find_layout(path.name, text)
    return read_table(path, rate_hz=rate_hz) if found is None else _read(path, text, found, rate_hz)


def find_layout(name: str, text: str) -> Layout | None:
    """The one built-in layout that fits a file; None where none does, or where more than one does."""
    lines = text.split("\n")
    found = [layout for layout in built_in_layouts() if layout.match is not None and _fits(name, lines, layout)]
    return found[0] if len(found) == 1 else None


def _fits(name: str, lines: Sequence[str], layout: Layout) -> bool:
    match = layout.match
    if match is None or (match.file_name and not re.search(match.file_name, name)):
        return False
    head = [line.strip(" ,;\t") for line in lines[:HEADER_WITHIN]]
    if not all(any(re.search(p, line) for line in head) for p in match.preamble):
        return False
    try:
        grid = lay_out(name, lines, layout)
        if not grid.rows or (match.most_rows is not None and len(grid.rows) > match.most_rows):
            return False
        table = grid_numbers(name, grid, layout, grid.rows[:_CHECKED_ROWS])
    except BadInput:
        return False
    return _numbers_fit(grid, table, match)


def _numbers_fit(grid: Grid, table: FloatArray, match: MatchSpec) -> bool:
    for column in grid.columns:
        values = table[:, column.index]
        seen = values[np.isfinite(values)]
        rule = column.rule
        if rule.low is not None and seen.size and float(seen.min()) < rule.low:
            return False
        if rule.high is not None and seen.size and float(seen.max()) > rule.high:
            return False
        if rule.step is not None:
            steps = seen / rule.step
            if np.any(np.abs(steps - np.round(steps)) > 1e-3 + 1e-6 * np.abs(steps)):
                return False
    if match.gravity:
        axes = [c for c in grid.columns if c.label in match.gravity]
        factors = [(to_si(c.unit) or (1.0, ""))[0] * c.rule.factor for c in axes]
        length = median_size(table[:, [c.index for c in axes]] * factors)
        if not 0.7 <= length / STANDARD_GRAVITY <= 1.4:
            return False
    if match.rising:
        numbers = table[:, [c.index for c in grid.columns if not c.rule.skip]].ravel()
        if not np.isfinite(numbers).all() or np.any(np.diff(numbers) <= 0.0):
            return False
    return True


def _read(path: Path, text: str, layout: Layout, rate_hz: float | None) -> Recording:
    grid = lay_out(path.name, text.split("\n"), layout)
    if ends_cut(text, grid.rows, grid.delimiter):
        raise BadInput(
            f"{path.name}: ends inside row {len(grid.rows)} of its table;"
            " the file is cut short, copy or export it again"
        )
    table = grid_numbers(path.name, grid, layout, grid.rows)
    notes = [f"{path.name} was read by the layout {layout.id}: {layout.name}"]
    if layout.note:
        notes.append(layout.note)
    if layout.rows == "events":
        return Recording(events=_events(path.name, grid, layout, table, rate_hz), notes=tuple(notes))
    kept = [c for c in grid.columns if not c.rule.skip]
    if layout.rows == "reps":
        return Recording(rep_tables=(_rep_table(layout, kept, table),), notes=tuple(notes))
    if grid.gaps and not grid.times:
        table = with_gaps(table, grid.gaps)
        notes.append(f"{path.name}: blank rows between the others were kept as missing samples ({len(grid.gaps)})")
    streams = _streams(path.name, grid, kept, layout, table, rate_hz, notes)
    return Recording(streams, notes=tuple(notes))


def _rate(name: str, grid: Grid, layout: Layout, rate_hz: float | None) -> float:
    """The rate of a table without times, Hz."""
    told = rate_hz or layout.time.rate_hz
    if told is None and layout.time.rate_pattern:
        for line in grid.preamble:
            found = re.search(layout.time.rate_pattern, line.strip(" ,;\t"))
            if found is not None and found.groups():
                with_dot = found[1].replace(",", ".")
                told = float(with_dot) if re.fullmatch(r"\d+(\.\d*)?", with_dot) else None
                break
    if told is None or not 0.0 < told < 1e6:
        raise BadInput(
            f"{name}: {layout.name}, without a time column and without a rate in its header;"
            " give the rate with --rate HZ"
        )
    return told


def _events(name: str, grid: Grid, layout: Layout, table: FloatArray, rate_hz: float | None) -> tuple[Event, ...]:
    """The events of a table of times, in the order of time; `{row}` in an event's name is the row's first cell."""
    si = to_si(layout.time.unit)
    factor = 1.0 / _rate(name, grid, layout, rate_hz) if layout.time.unit == "frame" else (si or (1.0, ""))[0]
    found: list[Event] = []
    for row, values in zip(grid.rows, table, strict=True):
        first = split_cells(row, grid.delimiter)[0]
        for column in grid.columns:
            value = float(values[column.index])
            if column.rule.event and math.isfinite(value):
                title = column.told(column.rule.event).replace("{row}", first)
                found.append(Event(title, value * factor, column.told(column.rule.context)))
    if not found:
        raise BadInput(f"{name}: no time of an event in the table; check the event columns of the layout {layout.id}")
    return tuple(sorted(found, key=lambda e: e.time_s))


def _scaled(column: Column) -> tuple[float, str]:
    """Factor and SI unit of a column; its own unit where that is unknown."""
    factor, unit = to_si(column.unit) or (1.0, column.unit)
    return factor * column.rule.factor * column.rule.sign, unit


def _titles(columns: Sequence[Column]) -> tuple[str, ...]:
    return unique_names([c.told(c.rule.channel) or c.label for c in columns], "column")


def _rep_table(layout: Layout, columns: Sequence[Column], table: FloatArray) -> RepTable:
    scales = [_scaled(c) for c in columns]
    values = table[:, [c.index for c in columns]] * [s[0] for s in scales]
    return RepTable(layout.id, _titles(columns), tuple(s[1] for s in scales), values, tuple(c.label for c in columns))


def _streams(
    name: str,
    grid: Grid,
    columns: Sequence[Column],
    layout: Layout,
    table: FloatArray,
    rate_hz: float | None,
    notes: list[str],
) -> tuple[Stream, ...]:
    clocks = _clocks(name, grid, layout, table, rate_hz)
    notes.extend(dict.fromkeys(clock.note for clock, _ in clocks.values() if clock.note))
    zero = min(clock.start_s for clock, _ in clocks.values())
    titles = dict(zip((c.index for c in columns), _titles(columns), strict=True))
    groups: dict[tuple[str, str, float, float, int], list[tuple[Column, str]]] = {}
    for column in columns:
        time = max((t for t in grid.times if t < column.index), default=-1) if layout.time.each else -1
        clock, seen = clocks[time] if time in clocks else next(iter(clocks.values()))
        unit = _scaled(column)[1]
        kind = column.rule.kind
        if kind == "auto":
            told = channel_kind(titles[column.index], unit, "", clock.rate_hz)
            kind = "table" if told == "analog" else told
        key = (column.told(column.rule.stream) or kind, kind, clock.rate_hz, clock.start_s, int(seen.sum()))
        groups.setdefault(key, []).append((column, unit))
    streams: list[Stream] = []
    for (stream, kind, *_), members in groups.items():
        index = members[0][0].index
        time = max((t for t in grid.times if t < index), default=-1) if layout.time.each else -1
        clock, seen = clocks[time] if time in clocks else next(iter(clocks.values()))
        factors = np.array([_scaled(c)[0] for c, _ in members])
        values = table[seen][:, [c.index for c, _ in members]] * factors
        labels = [titles[c.index] for c, _ in members]
        bare = [
            k
            for k, (label, (_, unit)) in enumerate(zip(labels, members, strict=True))
            if kind == "angles" and not unit and not label.endswith(("_tx", "_ty", "_tz"))
        ]
        if bare:
            values[:, bare] *= unstated_degrees(name, [labels[k] for k in bare], values[:, bare], notes)
            members = [(c, "rad" if k in bare else unit) for k, (c, unit) in enumerate(members)]
        meta = {"clock_start_s": repr(clock.start_s), "layout": layout.id}
        if layout.match is not None and layout.match.file_name and not layout.match.preamble:
            meta["told_by"] = "file name"
        meta.update(_meaning([c for c, _ in members], titles))
        start_s = clock.start_s - zero
        made = Stream(
            stream,
            cast(StreamKind, kind),
            values,
            clock.rate_hz,
            tuple(labels),
            tuple(u for _, u in members),
            start_s=start_s,
            time_s=None if clock.time_s is None else clock.time_s + start_s,
            time_jumps=clock.jumps,
            meta=meta,
        )
        streams.append(_turned(made, layout, [c for c, _ in members]))
    names = unique_names([s.name for s in streams], "stream")
    return tuple(replace(s, name=n) for n, s in zip(names, streams, strict=True))


def _clocks(
    name: str, grid: Grid, layout: Layout, table: FloatArray, rate_hz: float | None
) -> dict[int, tuple[Clock, BoolArray]]:
    """The clock of each time column (−1 where there is none) with the rows that it counts."""
    every = np.ones(len(table), bool)
    if not grid.times or layout.time.unit == "frame":
        return {-1: (Clock(_rate(name, grid, layout, rate_hz), 0.0), every)}
    factor = (to_si(layout.time.unit) or (1.0, "s"))[0]
    if not layout.time.each:
        return {-1: (column_clock(name, table[:, grid.times[0]] * factor, given_hz=rate_hz), every)}
    found: dict[int, tuple[Clock, BoolArray]] = {}
    for column in grid.times:
        times = table[:, column] * factor
        seen = np.isfinite(times)
        if seen.any():
            found[column] = (column_clock(name, times[seen], given_hz=rate_hz), seen)
    if not found:
        raise BadInput(f"{name}: the time columns are empty; export the file again")
    return found


def _meaning(columns: Sequence[Column], titles: Mapping[int, str]) -> dict[str, str]:
    """What the layout tells of single channels: the muscle, or the plate, quantity, axis and side of a force."""
    told: dict[str, str] = {}
    for column in columns:
        rule, title = column.rule, titles[column.index]
        if rule.muscle:
            told[f"muscle:{title}"] = column.told(rule.muscle)
        if rule.plate is not None:
            parts = {
                "plate": column.told(str(rule.plate)), "quantity": rule.quantity, "axis": column.told(rule.axis),
                "side": rule.side,
            }  # fmt: skip
            told[f"force:{title}"] = " ".join(f"{k}={v}" for k, v in parts.items() if v)
    return told


def _turned(stream: Stream, layout: Layout, columns: Sequence[Column]) -> Stream:
    """Forces turned to z up; a plate's single column along the vertical only takes its sign."""
    axis = parse_axis(layout.up) if layout.up else None
    if stream.kind != "force" or axis is None:
        return stream
    whole = {i for triple in vectors_of(stream) for i in triple}
    if axis[1] < 0:
        signs = np.ones(len(columns))
        for i, column in enumerate(columns):
            if i not in whole and column.told(column.rule.axis).lower() == "xyz"[axis[0]]:
                signs[i] = -1.0
        stream = stream.with_values(stream.values * signs)
    vertical = Vertical(axis[0], axis[1], "declared")
    meta = {"up": vertical.label, "up_from": "layout", "axes": "lab"}
    return turned_stream(stream, turn_to_z_up(vertical), meta)
