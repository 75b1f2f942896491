"""Plain tables: CSV, TSV or blanks between cells, with or without a header, a preamble and a row of units."""

import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import cast

import numpy as np

from legato.errors import BadInput
from legato.formats._channels import LEAST_EMG_HZ, channel_kind, coded_muscles, unique_names
from legato.formats._clock import Clock, column_clock
from legato.formats._joint_angles import joint_angle_columns, unstated_degrees
from legato.formats._rows import data_rows, refuse_lost_rows, with_gaps
from legato.formats._table_shape import TableShape, find_shape, pairs, preamble_rate, time_factor, word_columns
from legato.formats._text import (
    ends_cut,
    parse_rows,
    read_text,
    without_columns,
)
from legato.formats._units import median_size, to_si
from legato.formats._write import write_whole
from legato.formats.mot import table_recording
from legato.recording import STANDARD_GRAVITY, FloatArray, Recording, Stream, StreamKind

COUNTER = re.compile(
    r"(sub[ _]?)?frame[ _]?(#|no\.?|number|index)?|sample[ _]?(#|no\.?|number|index)?|index|item", re.IGNORECASE
)
_IMU_AXIS = re.compile(r"(.*?)(a|acc|accel|accelerometer|g|gyr|gyro)[ _.]?([xyz])", re.IGNORECASE)


def read_table(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read a table of columns over time.

    The header is the last row of words above the numbers, with a row of units under it where there is one; anything
    above that is a
    preamble, which may tell the rate. Columns are told apart into streams by kind (`emg`, `force`, `imu`, else
    `table`).

    Parameters
    ----------
    path
        The file.
    rate_hz
        Rate to use where the file has no time column, or instead of it.

    Raises
    ------
    BadInput
        No numbers, neither a time column nor a rate, rows that do not fit the header, or a cell that is no number.
    """
    path = Path(path)
    text = read_text(path)
    lines = text.split("\n")
    shape = find_shape(path.name, lines)
    rows, gaps = data_rows(lines[shape.data_line :], shape.delimiter)
    if ends_cut(text, rows, shape.delimiter):
        raise BadInput(
            f"{path.name}: ends inside row {len(rows)} of its table; the file is cut short, copy or export it again"
        )
    notes: list[str] = []
    header = {key.lower(): value for row in shape.preamble for key, value in pairs(row)}
    words = word_columns(rows, shape)
    if words:
        rows = without_columns(rows, shape.delimiter, words)
        notes.append(f"columns of words were left out: {', '.join(shape.names[i] for i in words)}")
    keep = [i for i in range(len(shape.names)) if i not in words]
    names, units = tuple(shape.names[i] for i in keep), tuple(shape.units[i] for i in keep)
    if not names:
        raise BadInput(f"{path.name}: no column of numbers; check the file")
    table = parse_rows(path.name, rows, shape.delimiter, len(names), shape.data_line + 1)
    if "endheader" in header:
        claimed = header.get("nrows", "")
        found = len(rows) + len(gaps)
        refuse_lost_rows(path.name, float(claimed) if claimed.isdigit() else None, found, "rows", "nRows")
        return table_recording(path.name, header, names, table, rate_hz, notes, gaps)
    clock, used = _find_clock(path.name, shape, names, table, rate_hz, notes)
    if gaps and not used:
        table = with_gaps(table, gaps)
        notes.append(f"{path.name}: blank rows between the others were kept as missing samples ({len(gaps)})")
    if clock.note:
        notes.append(clock.note)
    columns = [i for i in range(len(names)) if i not in used]
    if not columns:
        raise BadInput(f"{path.name}: there is a time column and nothing else; export the file with its data")
    streams = _streams(path.name, names, units, table, columns, clock, notes)
    return Recording(streams, notes=tuple(notes))


def _find_clock(
    name: str, shape: TableShape, names: Sequence[str], table: FloatArray, rate_hz: float | None, notes: list[str]
) -> tuple[Clock, set[int]]:
    """The clock, and the columns that tell time or count samples."""
    used = {i for i, n in enumerate(names) if shape.headed and COUNTER.fullmatch(n)}
    timed = [(i, f) for i, n in enumerate(names) if shape.headed and (f := time_factor(n, shape.units[i])) is not None]
    if timed:
        column, factor = timed[0]
        used.update(i for i, _ in timed)
        return column_clock(name, table[:, column] * factor, given_hz=rate_hz), used
    if rate_hz is not None:
        return Clock(rate_hz, 0.0), used
    told = preamble_rate(shape)
    if told is not None:
        notes.append(f"{name} has no time column; the {told:g} Hz of its preamble were used")
        return Clock(told, 0.0), used
    if not shape.headed and table.shape[1] > 1 and _looks_like_time(table[:, 0]):
        notes.append(f"{name} has no header; its first column rises evenly and was taken as time in s")
        return column_clock(name, table[:, 0]), {0}
    raise BadInput(f"{name}: no time column and no rate; give the rate with --rate HZ")


def _looks_like_time(column: FloatArray) -> bool:
    """Whether a column rises in even steps shorter than a second, which a counter does not."""
    if column.size < 3 or not np.isfinite(column).all():
        return False
    steps = np.diff(column)
    return bool(steps.min() > 0 and steps.max() < 1.0 and np.ptp(steps) <= 0.5 * steps.mean() + 1e-9)


def _streams(
    file: str,
    names: Sequence[str],
    units: Sequence[str],
    table: FloatArray,
    columns: Sequence[int],
    clock: Clock,
    notes: list[str],
) -> tuple[Stream, ...]:
    labels = unique_names([names[i] for i in columns], "column")
    stated = [(to_si(units[i]) or (1.0, units[i]))[1] for i in columns]
    muscles = coded_muscles(labels, stated) if clock.rate_hz >= LEAST_EMG_HZ else frozenset[int]()
    angles = joint_angle_columns(labels, stated)
    unstated = [j for j in angles if not units[columns[j]]]
    in_degrees = (
        unstated_degrees(file, [labels[j] for j in unstated], table[:, [columns[j] for j in unstated]], notes)
        if unstated
        else 1.0
    )
    inertial = imu_units(labels, [units[i] for i in columns], table[:, columns], notes)
    groups: dict[StreamKind, list[int]] = {}
    factors, found_units = np.ones(len(columns)), [""] * len(columns)
    unknown: list[str] = []
    for j, i in enumerate(columns):
        si = to_si(units[i]) or ((to_si(inertial[j]) or (1.0, "")) if j in inertial else None)
        si = (in_degrees, "rad") if j in unstated else si
        if si is None:
            found_units[j] = units[i]
            unknown.append(labels[j])
        else:
            factors[j], found_units[j] = si
        kind = channel_kind(labels[j], found_units[j], "", clock.rate_hz)
        kind = "angles" if j in angles else "imu" if j in inertial else "emg" if j in muscles else kind
        groups.setdefault(cast(StreamKind, "table" if kind == "analog" else kind), []).append(j)
    if unknown and len(unknown) == len(columns):
        notes.append("no column states a known unit; the numbers were kept as they are")
    elif unknown:
        notes.append(f"columns without a known unit were kept as they are: {', '.join(unknown)}")
    values = table[:, columns] * factors
    meta = {"clock_start_s": repr(clock.start_s)}
    return tuple(
        Stream(
            kind, kind, values[:, js], clock.rate_hz, tuple(labels[j] for j in js), tuple(found_units[j] for j in js),
            time_s=clock.time_s, time_jumps=clock.jumps, meta=meta,
        )
        for kind, js in groups.items()
    )  # fmt: skip


def imu_units(labels: Sequence[str], units: Sequence[str], values: FloatArray, notes: list[str]) -> dict[int, str]:
    """Units of accelerometer and gyroscope columns that state none: gravity tells whether acceleration is in g, mg or
    m/s^2; empty where nothing tells.
    """
    triples: dict[tuple[str, str], dict[str, int]] = {}
    for j, label in enumerate(labels):
        match = _IMU_AXIS.fullmatch(label)
        if match is not None and not units[j]:
            sort = "a" if match[2].lower().startswith("a") else "g"
            triples.setdefault((match[1].lower(), sort), {})[match[3].lower()] = j
    found: dict[int, str] = {}
    for (place, sort), axes in triples.items():
        if sort != "a" or len(axes) != 3 or (place, "g") not in triples:
            continue
        at_rest = median_size(values[:, list(axes.values())])
        unit = next(
            (
                u
                for u, scale in (("g", 1.0), ("m/s^2", STANDARD_GRAVITY), ("mg", 1000.0))
                if 0.7 <= at_rest / scale <= 1.4
            ),
            "",
        )
        found.update(dict.fromkeys(axes.values(), unit))
        found.update(dict.fromkeys(triples[place, "g"].values(), ""))
        where = f" of {place.strip(' _.')}" if place else ""
        notes.append(
            f"acceleration{where} states no unit: its median size {at_rest:.3g} says {unit}" if unit
            else f"acceleration{where} states no unit and its size {at_rest:.3g} fits none"
        )  # fmt: skip
        notes.append(f"angular velocity{where} states no unit and was kept as it is")
    return found


def write_table(path: str | PathLike[str], recording: Recording) -> None:
    """Write the streams of a recording that share a clock as CSV: time in s, then every channel with its unit.

    Raises
    ------
    BadInput
        There is nothing to write, or the streams have different clocks.
    """
    path = Path(path)
    streams = recording.streams
    if not streams or any(
        s.n_samples != streams[0].n_samples or s.rate_hz != streams[0].rate_hz or s.start_s != streams[0].start_s
        for s in streams
    ):
        raise BadInput(f"{path.name}: a table holds streams of one clock; write them apart")
    titles, blocks = ["time (s)"], [streams[0].times()[:, None]]
    for s in streams:
        suffixes = (
            ("_x", "_y", "_z")
            if s.kind == "markers"
            else tuple(f"_{i}{j}" for i in "123" for j in "123")
            if s.kind == "rotations"
            else ("",)
        )
        titles.extend(
            f"{c}{x} ({u})" if u else f"{c}{x}" for c, u in zip(s.channels, s.units, strict=True) for x in suffixes
        )
        blocks.append(s.values.reshape(s.n_samples, -1))
    table = np.concatenate(blocks, axis=1)
    quoted = [f'"{t}"' if "," in t else t for t in titles]
    rows = (",".join("" if v != v else repr(v) for v in row) for row in table.tolist())
    write_whole(path, ",".join(quoted) + "\n" + "\n".join(rows) + "\n")
