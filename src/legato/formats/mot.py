"""MOT and STO files of OpenSim: joint angles, ground forces, markers, or any table of columns over time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._axes import Vertical, turn_to_z_up, turned_stream, vector_columns
from legato.formats._channels import unique_names
from legato.formats._clock import Clock, column_clock, declared_clock
from legato.formats._rows import data_rows, refuse_lost_rows, with_gaps, with_lost_rows
from legato.formats._text import ends_cut, find_delimiter, parse_rows, read_text, split_cells
from legato.formats._units import to_si
from legato.formats._write import write_whole
from legato.formats.trc import marker_recording
from legato.recording import FloatArray, Recording, Stream, StreamKind

_FORCE_COLUMN = re.compile(
    r".*(ground|grf|force|torque|moment|cop).*_[vpm]?[xyz]\d*$|[fpm]\d+_[123xyz]$", re.IGNORECASE
)
_PICTURED_JOINT = re.compile(r"(right|left) (ankle|knee|hip|shoulder|elbow)", re.IGNORECASE)
"""Joints as Sports2D names their angles; angles of segments stand beside them."""
_COORDINATE = re.compile(
    r"(pelvis|hip|knee|ankle|subtalar|mtp|lumbar|arm|elbow|pro_sup|wrist|neck|shoulder|thorax|torso|scapula|clav)\w*",
    re.IGNORECASE,
)
_GENERALISED_FORCE = re.compile(r".*_(moment|force)$")
_TRANSLATION = re.compile(r".*_t[xyz](_[lr])?$")
_UNCONVERTED = re.compile(r".*_beta$")
_LARGEST_LAB_M = 50.0
"""Points of application farther out than this are not in metres. [ENG]"""


@dataclass(frozen=True, slots=True)
class _Header:
    values: dict[str, str]
    columns: tuple[str, ...]
    data_line: int
    delimiter: str


def looks_like_mot(text: str) -> bool:
    """Whether a text has the `endheader` line of OpenSim's tables, with tabs or blanks between its columns."""
    return re.search(r"^endheader[\t ]*$", text[:20_000], re.MULTILINE | re.IGNORECASE) is not None


def read_mot(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read a MOT or STO file.

    Joint coordinates become a stream of kind `angles` (rad; translations m), ground forces `force` (N, m, N·m, turned
    to z up), marker
    columns (`C7_1 C7_2 C7_3`) `markers`; anything else a `table`.

    Raises
    ------
    BadInput
        No `endheader`, no time column and no rate, rows that do not fit the header, a cell that is no number, or a
        file cut short.
    """
    path = Path(path)
    text = read_text(path)
    lines = text.split("\n")
    notes: list[str] = []
    header = _read_header(path.name, lines)
    first = next((i for i in range(header.data_line, len(lines)) if lines[i].strip()), len(lines))
    rows, gaps = data_rows(lines[first:])
    if not rows:
        raise BadInput(f"{path.name}: the header is there but no row of data; export the file again")
    claimed = _whole(header.values.get("nrows", ""))
    width = len(header.columns)
    short = claimed is not None and len(rows) < claimed and not text.endswith("\n")
    if short or ends_cut(text, rows, header.delimiter):
        raise BadInput(
            f"{path.name}: ends inside row {len(rows)} of {claimed or 'its table'};"
            " the file is cut short, copy or export it again"
        )
    refuse_lost_rows(path.name, claimed, len(rows) + len(gaps), "rows", "nRows")
    if claimed is not None and claimed < len(rows):
        notes.append(f"the header of {path.name} claims {claimed} rows, the file holds {len(rows)}")
    table = parse_rows(path.name, rows, header.delimiter, width, first + 1)
    return table_recording(path.name, header.values, header.columns, table, rate_hz, notes, gaps)


def table_recording(
    name: str,
    header: dict[str, str],
    columns: Sequence[str],
    table: FloatArray,
    rate_hz: float | None,
    notes: list[str],
    gaps: Sequence[int] = (),
) -> Recording:
    """The recording of a table in OpenSim's manner, whose first column is time unless a rate is given; `gaps` are its
    blank lines as `data_rows` gives them.
    """
    if columns[0].strip().lower() == "time":
        declared = _positive(header.get("datarate", ""))
        table, times = with_lost_rows(table, gaps, table[:, 0])
        clock = (
            column_clock(name, times, given_hz=rate_hz)
            if declared is None
            else declared_clock(name, times, declared, given_hz=rate_hz)
        )
        values, names = table[:, 1:], unique_names(list(columns[1:]), "column")
    elif rate_hz is not None:
        table = with_gaps(table, gaps)
        clock, values, names = Clock(rate_hz, 0.0), table, unique_names(list(columns), "column")
    else:
        raise BadInput(f"{name}: no time column and no rate; give the rate with --rate")
    if not names:
        raise BadInput(f"{name}: there is a time column and nothing else; export the file with its data")
    if clock.note:
        notes.append(clock.note)
    kind = _kind_of(header, names)
    if kind == "markers":
        return _markers(name, header, names, values, clock, notes)
    if kind == "angles":
        factors, units = _angle_units(name, header, names, values, notes)
    elif kind == "force":
        factors, units = _force_units(name, names, values, notes)
    else:
        factors, units = _other_units(names)
    stream = Stream(
        kind, kind, values * factors, clock.rate_hz, names, units, time_s=clock.time_s, time_jumps=clock.jumps,
        meta={"clock_start_s": repr(clock.start_s)},
    )  # fmt: skip
    if kind == "force":
        vertical = _vertical_of_forces(stream)
        stream = turned_stream(
            stream, turn_to_z_up(vertical), {"up": vertical.label, "up_from": vertical.cue, "axes": "lab"}
        )
    return Recording((stream,), notes=tuple(notes))


def _read_header(name: str, lines: Sequence[str]) -> _Header:
    end = next((i for i, line in enumerate(lines[:500]) if line.strip(" \t,").lower() == "endheader"), None)
    if end is None:
        raise BadInput(f"{name}: no endheader line; this is no MOT or STO file, or its header is cut")
    values: dict[str, str] = {}
    for line in lines[:end]:
        key, equals, value = line.strip().partition("=")
        if equals:
            values[key.strip().lower()] = value.strip()
    title = next((i for i in range(end + 1, len(lines)) if lines[i].strip()), None)
    if title is None:
        raise BadInput(f"{name}: ends after its header; the file is cut short, copy or export it again")
    delimiter = find_delimiter(lines[title : title + 50])
    columns = split_cells(lines[title].rstrip(), delimiter)
    return _Header(values, tuple(columns), title + 1, delimiter)


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _positive(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) and value > 0 else None


def _kind_of(header: dict[str, str], names: Sequence[str]) -> StreamKind:
    forces = sum(_FORCE_COLUMN.fullmatch(n) is not None and _GENERALISED_FORCE.fullmatch(n) is None for n in names)
    if forces >= 0.5 * len(names) and not any(_TRANSLATION.fullmatch(n) for n in names):
        return "force"
    triples = vector_columns(names)
    unit = to_si(header.get("units", ""))
    lengths = unit is not None and unit[1] == "m"
    tripled = len(names) >= 3 and 3 * len(triples) == len(names)
    if lengths and tripled and all(re.search(r"(_[123]|_t?[xyz])$", n) for n in names):
        return "markers"
    if sum(_PICTURED_JOINT.fullmatch(n) is not None for n in names) >= 0.25 * len(names):
        return "angles"
    coordinates = sum(_COORDINATE.fullmatch(n) is not None and _GENERALISED_FORCE.fullmatch(n) is None for n in names)
    if coordinates >= 0.5 * len(names) and not any(
        re.search(r"_(vel|acc|moment|activation|fiber|excitation)", n) for n in names
    ):
        return "angles"
    return "table"


def _markers(
    name: str, header: dict[str, str], names: Sequence[str], values: FloatArray, clock: Clock, notes: list[str]
) -> Recording:
    factor, unit = to_si(header["units"]) or (1.0, "m")
    triples = vector_columns(names)
    points = np.stack([values[:, list(c)] for c in triples], axis=1)
    points[~np.isfinite(points).all(-1) | (points == 0.0).all(-1)] = np.nan
    labels = unique_names([re.sub(r"(_[123]|_t?[xyz])$", "", names[c[0]]) for c in triples], "point")
    return marker_recording(name, points * factor, labels, unit, clock.rate_hz, clock.start_s, clock.jumps, notes)


def _angle_units(
    name: str, header: dict[str, str], names: Sequence[str], values: FloatArray, notes: list[str]
) -> tuple[FloatArray, tuple[str, ...]]:
    """Factors and units of joint coordinates; OpenSim leaves translations (m) and coupled `_beta` coordinates (rad)
    as they are.
    """
    degrees = header.get("indegrees", "").lower()
    free = [i for i, n in enumerate(names) if not _TRANSLATION.fullmatch(n) and not _UNCONVERTED.fullmatch(n)]
    if degrees not in ("yes", "no"):
        seen = values[:, free][np.isfinite(values[:, free])]
        degrees = "yes" if seen.size and np.abs(seen).max() > 2.0 * np.pi else "no"
        notes.append(
            f"{name} does not say whether its angles are in degrees;"
            f" by their size they are in {'degrees' if degrees == 'yes' else 'rad'}"
        )
    factors = np.ones(len(names))
    if degrees == "yes":
        factors[free] = np.pi / 180.0
    return factors, tuple("m" if _TRANSLATION.fullmatch(n) else "rad" for n in names)


def _force_units(
    name: str, names: Sequence[str], values: FloatArray, notes: list[str]
) -> tuple[FloatArray, tuple[str, ...]]:
    units = tuple(_force_unit(n) for n in names)
    factors = np.ones(len(names))
    points = [i for i, u in enumerate(units) if u == "m"]
    seen = np.abs(values[:, points]) if points else np.empty(0)
    if seen.size and np.isfinite(seen).any() and float(np.nanmax(seen)) > _LARGEST_LAB_M:
        factors[[i for i, u in enumerate(units) if u in ("m", "N·m")]] = 1e-3
        notes.append(
            f"the points of force in {name} lie up to {np.nanmax(seen):.0f} out:"
            " they and the moments were taken as mm and N·mm"
        )
    return factors, units


def _force_unit(name: str) -> str:
    lower = name.lower()
    if re.search(r"torque|moment|_m[xyz]\d*$|^m\d+_", lower):
        return "N·m"
    if re.search(r"_p[xyz]\d*$|^p\d+_|cop", lower):
        return "m"
    return "N"


def _other_units(names: Sequence[str]) -> tuple[FloatArray, tuple[str, ...]]:
    units = tuple("N·m" if n.endswith("_moment") else "N" if n.endswith("_force") else "" for n in names)
    return np.ones(len(names)), units


def _vertical_of_forces(stream: Stream) -> Vertical:
    """Up is where the ground pushes on the whole: mean force over time, if it lies clearly along one axis; else y, as
    OpenSim has it.
    """
    total = np.zeros(3)
    for columns in vector_columns(stream.channels):
        if stream.units[columns[0]] == "N":
            total += np.nan_to_num(np.nanmean(np.nan_to_num(stream.values[:, list(columns)]), axis=0))
    length = float(np.linalg.norm(total))
    axis = int(np.argmax(np.abs(total)))
    if length > 0 and abs(total[axis]) >= 0.9 * length:
        return Vertical(axis, 1, "force")
    return Vertical(1, 1, "convention")


def write_mot(path: str | PathLike[str], recording: Recording) -> None:
    """Write the `angles`, else the `force`, else the `table` stream of a recording as MOT (degrees for angles; forces
    y up).

    Raises
    ------
    BadInput
        The recording has none of them.
    """
    path = Path(path)
    streams = recording.of_kind("angles") or recording.of_kind("force") or recording.of_kind("table")
    if not streams:
        raise BadInput(f"{path.name}: no angles, forces or table to write")
    stream = streams[0]
    if stream.kind == "force":
        stream = turned_stream(stream, np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]))
    factors = np.ones(len(stream.channels))
    if stream.kind == "angles":
        free = [i for i, u in enumerate(stream.units) if u == "rad" and not _UNCONVERTED.fullmatch(stream.channels[i])]
        factors[free] = 180.0 / np.pi
    values = stream.values.reshape(stream.n_samples, -1) * factors
    times = stream.times()
    lines = [
        "Coordinates" if stream.kind == "angles" else path.name,
        "version=1",
        f"nRows={stream.n_samples}",
        f"nColumns={values.shape[1] + 1}",
        f"inDegrees={'yes' if stream.kind == 'angles' else 'no'}",
        "endheader",
        "time\t" + "\t".join(stream.channels),
    ]
    lines.extend(
        f"{times[i]:.9f}\t" + "\t".join("NaN" if v != v else f"{v:.10g}" for v in row)
        for i, row in enumerate(values.tolist())
    )
    write_whole(path, "\n".join(lines) + "\n")
