"""Plain tables: CSV, TSV or blanks between cells, with or without a header, a preamble and a row of units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import cast

import numpy as np

from legato.errors import BadInput
from legato.formats._channels import all_muscle_codes, channel_kind, unique_names
from legato.formats._clock import Clock, column_clock
from legato.formats._text import ends_cut, find_delimiter, is_number, parse_rows, read_text, split_cells
from legato.formats._units import to_si
from legato.formats._write import write_whole
from legato.formats.mot import table_recording
from legato.recording import FloatArray, Recording, Stream, StreamKind

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
_COUNTER = re.compile(
    r"(sub[ _]?)?frame[ _]?(#|no\.?|number|index)?|sample[ _]?(#|no\.?|number|index)?|index|item", re.IGNORECASE
)
_UNIT_IN_NAME = re.compile(r"(.+?)[ _]*[\[(]([^\[\]()]+)[\])]$")
_RATE_WORD = re.compile(r"(sampl\w*|frame|capture|data)?[ _-]*(rate|frequency|freq)\b|^fs$|^hz$", re.IGNORECASE)
_VICON_TITLES = ("devices", "trajectories", "model outputs", "joints", "segments")
_IMU_AXIS = re.compile(r"(.*?)(a|acc|accel|accelerometer|g|gyr|gyro)[ _.]?([xyz])", re.IGNORECASE)
_GRAVITY = 9.80665
_MOST_PREAMBLE = 200


@dataclass(frozen=True, slots=True)
class _Layout:
    names: tuple[str, ...]
    units: tuple[str, ...]
    preamble: tuple[tuple[str, ...], ...]
    data_line: int
    delimiter: str
    headed: bool


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
    layout = _find_layout(path.name, lines)
    rows = [line for line in lines[layout.data_line :] if line.replace(layout.delimiter, "").strip()]
    if ends_cut(text, rows, layout.delimiter):
        raise BadInput(
            f"{path.name}: ends inside row {len(rows)} of its table; the file is cut short, copy or export it again"
        )
    notes: list[str] = []
    header = {key.lower(): value for row in layout.preamble for key, value in _pairs(row)}
    words = _text_columns(rows, layout)
    if words:
        rows = _without_columns(rows, layout.delimiter, words)
        notes.append(f"columns of words were left out: {', '.join(layout.names[i] for i in words)}")
    keep = [i for i in range(len(layout.names)) if i not in words]
    names, units = tuple(layout.names[i] for i in keep), tuple(layout.units[i] for i in keep)
    if not names:
        raise BadInput(f"{path.name}: no column of numbers; check the file")
    table = parse_rows(path.name, rows, layout.delimiter, len(names), layout.data_line + 1)
    if "endheader" in header:
        return table_recording(path.name, header, names, table, rate_hz, notes)
    clock, used = _find_clock(path.name, layout, names, table, rate_hz, notes)
    if clock.note:
        notes.append(clock.note)
    columns = [i for i in range(len(names)) if i not in used]
    if not columns:
        raise BadInput(f"{path.name}: there is a time column and nothing else; export the file with its data")
    streams = _streams(names, units, table, columns, clock, notes)
    return Recording(streams, notes=tuple(notes))


def _pairs(row: Sequence[str]) -> list[tuple[str, str]]:
    """Key and value of a line of the preamble: `key=value`, `key: value`, `key,value`, or a word alone."""
    first = row[0] if row else ""
    for sign in ("=", ":"):
        if sign in first:
            key, _, value = first.partition(sign)
            return [(key.strip(), value.strip() or (row[1] if len(row) > 1 else ""))]
    return [(first.strip(), row[1] if len(row) > 1 else "")]


def _find_layout(name: str, lines: Sequence[str]) -> _Layout:
    filled = [i for i, line in enumerate(lines[: _MOST_PREAMBLE + 60]) if line.strip(" \t,;")]
    if not filled:
        raise BadInput(f"{name}: no numbers in the file; check what was exported")
    body = [lines[i] for i in filled]
    delimiter = find_delimiter(body[-50:])
    cells = [split_cells(line, delimiter) for line in body]
    shares = [_number_share(row) for row in cells]
    # Data start where rows of numbers as wide as the widest of them begin, and go on.
    numeric = [i for i, share in enumerate(shares) if share >= 0.5]
    if not numeric:
        raise BadInput(f"{name}: no rows of numbers in the first {len(filled)} lines; check what was exported")
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
    names = [*(title or []), *[""] * width][:width]
    found_units = [*units, *[""] * width][:width]
    for i, label in enumerate(names):
        match = _UNIT_IN_NAME.fullmatch(label)
        if match is not None and not found_units[i] and to_si(match[2]) is not None:
            names[i], found_units[i] = match[1].strip(), match[2]
    preamble = above[: len(above) - (0 if not headed else 2 if units else 1)]
    return _Layout(
        tuple(n or f"column_{i + 1}" for i, n in enumerate(names)),
        tuple(found_units),
        tuple(tuple(row) for row in preamble),
        filled[start],
        delimiter,
        headed,
    )


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


def _text_columns(rows: Sequence[str], layout: _Layout) -> set[int]:
    """Columns of words (labels, names) in a file whose other columns are numbers."""
    words: set[int] = set()
    sample = [split_cells(r, layout.delimiter) for r in rows[:20]]
    for i in range(len(layout.names)):
        cells = [row[i] for row in sample if i < len(row) and row[i]]
        if cells and not any(is_number(c) for c in cells):
            words.add(i)
    return words


def _without_columns(rows: Sequence[str], delimiter: str, columns: set[int]) -> list[str]:
    sign = "\t" if delimiter == " " else delimiter
    return [sign.join(c for i, c in enumerate(split_cells(r, delimiter)) if i not in columns) for r in rows]


def _preamble_rate(layout: _Layout) -> float | None:
    """The rate that the preamble tells: after a word for it, or alone on the second line of a Vicon export."""
    for i, row in enumerate(layout.preamble):
        for key, value in _pairs(row):
            if _RATE_WORD.search(key) and (found := re.match(r"[\d.]+", value.strip())):
                return _above_zero(found[0])
        if i == 1 and layout.preamble[0] and layout.preamble[0][0].lower() in _VICON_TITLES and is_number(row[0]):
            return _above_zero(row[0])
    return None


def _above_zero(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) and value > 0 else None


def _time_factor(label: str, unit: str) -> float | None:
    """Seconds in one unit of a column called so, None where it is no time."""
    code = _TIME_CODE.fullmatch(label)
    match = code or _TIME.fullmatch(label)
    if match is None:
        return None
    told = ((match[1] if code else match[2]) or unit).strip().lower()
    # A column x is time only where its unit says so, as some EMG software writes it.
    return _SECONDS.get(told) if told or label.lower() == "x" else 1.0


def _find_clock(
    name: str, layout: _Layout, names: Sequence[str], table: FloatArray, rate_hz: float | None, notes: list[str]
) -> tuple[Clock, set[int]]:
    """The clock, and the columns that tell time or count samples."""
    used = {i for i, n in enumerate(names) if layout.headed and _COUNTER.fullmatch(n)}
    timed = [
        (i, f) for i, n in enumerate(names) if layout.headed and (f := _time_factor(n, layout.units[i])) is not None
    ]
    if timed:
        column, factor = timed[0]
        used.update(i for i, _ in timed)
        return column_clock(name, table[:, column] * factor, given_hz=rate_hz), used
    if rate_hz is not None:
        return Clock(rate_hz, 0.0), used
    told = _preamble_rate(layout)
    if told is not None:
        notes.append(f"{name} has no time column; the {told:g} Hz of its preamble were used")
        return Clock(told, 0.0), used
    if not layout.headed and table.shape[1] > 1 and _looks_like_time(table[:, 0]):
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
    names: Sequence[str],
    units: Sequence[str],
    table: FloatArray,
    columns: Sequence[int],
    clock: Clock,
    notes: list[str],
) -> tuple[Stream, ...]:
    labels = unique_names([names[i] for i in columns], "column")
    muscles = clock.rate_hz >= 200.0 and not any(units[i] for i in columns) and all_muscle_codes(labels)
    inertial = _imu_units(labels, [units[i] for i in columns], table[:, columns], notes)
    groups: dict[StreamKind, list[int]] = {}
    factors, found_units = np.ones(len(columns)), [""] * len(columns)
    unknown: list[str] = []
    for j, i in enumerate(columns):
        si = to_si(units[i]) or inertial.get(j)
        if si is None:
            found_units[j] = units[i]
            unknown.append(labels[j])
        else:
            factors[j], found_units[j] = si
        kind = (
            "imu" if j in inertial else "emg" if muscles else channel_kind(labels[j], found_units[j], "", clock.rate_hz)
        )
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


def _imu_units(
    labels: Sequence[str], units: Sequence[str], values: FloatArray, notes: list[str]
) -> dict[int, tuple[float, str]]:
    """Units of accelerometer and gyroscope columns that state none: gravity tells whether acceleration is in g, mg or
    m/s².
    """
    triples: dict[tuple[str, str], dict[str, int]] = {}
    for j, label in enumerate(labels):
        match = _IMU_AXIS.fullmatch(label)
        if match is not None and not units[j]:
            sort = "a" if match[2].lower().startswith("a") else "g"
            triples.setdefault((match[1].lower(), sort), {})[match[3].lower()] = j
    found: dict[int, tuple[float, str]] = {}
    for (place, sort), axes in triples.items():
        if sort != "a" or len(axes) != 3 or (place, "g") not in triples:
            continue
        at_rest = float(np.nanmedian(np.linalg.norm(values[:, list(axes.values())], axis=1)))
        unit = next(
            (u for u, scale in (("g", 1.0), ("m/s^2", _GRAVITY), ("mg", 1000.0)) if 0.7 <= at_rest / scale <= 1.4), ""
        )
        si = to_si(unit) or (1.0, "")
        found.update(dict.fromkeys(axes.values(), si))
        found.update(dict.fromkeys(triples[place, "g"].values(), (1.0, "")))
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
