"""TRC files: markers as tab-separated text with a five-line header."""

import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._axes import find_vertical, turn_text, turn_to_z_up, turned_points
from legato.formats._channels import unique_names, without_prefixes
from legato.formats._clock import Clock, declared_clock
from legato.formats._rows import data_rows, refuse_lost_rows, with_lost_rows
from legato.formats._text import ends_cut, parse_rows, read_text, split_cells
from legato.formats._units import to_si
from legato.formats._write import write_whole
from legato.recording import FloatArray, Recording, Stream

_PIXELS = ("px", "pixel", "pixels")
_OF_A_BAR = re.compile(r"bar|plate", re.IGNORECASE)
"""Names of points on a bar: a file with no others is a video's track of it."""

_Y_UP = (1, 1)


@dataclass(frozen=True, slots=True)
class _Header:
    values: dict[str, str]
    names: tuple[str, ...]
    data_line: int
    delimiter: str


def looks_like_trc(text: str) -> bool:
    """Whether a text opens as a TRC does."""
    head = text[:4000]
    return head.lstrip().startswith("PathFileType") or (
        "DataRate" in head and "Frame#" in head and "endheader" not in head
    )


def read_trc(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read a TRC file.

    Time comes from the declared DataRate (or `rate_hz`); the Time column, often rounded, shows the start and the
    jumps only.

    Raises
    ------
    BadInput
        The header is incomplete, rows do not fit it, a cell is no number, the file is cut short, or rate and times
        contradict.
    """
    path = Path(path)
    text = read_text(path)
    lines = text.split("\n")
    notes: list[str] = []
    header = _read_header(path.name, lines)
    # Some programs leave an empty line, or one of tabs alone, between header and data.
    first = next((i for i in range(header.data_line, len(lines)) if lines[i].strip()), len(lines))
    rows, gaps = data_rows(lines[first:])
    if not rows:
        raise BadInput(f"{path.name}: the header is there but no frame; export the trial again")
    width = 2 + 3 * len(header.names)
    _refuse_cut(path.name, header, rows, text)
    claimed = _number(header.values.get("NumFrames", ""))
    refuse_lost_rows(path.name, claimed, len(rows) + len(gaps), "frames", "NumFrames")
    table = parse_rows(path.name, rows, header.delimiter, width, first + 1)
    _note_counts(header, len(rows), notes)
    table, times = with_lost_rows(table, gaps, table[:, 1])
    clock = declared_clock(path.name, times, _number(header.values.get("DataRate", "")), given_hz=rate_hz)
    if clock.note:
        notes.append(clock.note)
    factor, unit = _length_unit(header.values.get("Units", ""), notes)
    points = table[:, 2:].reshape(len(table), -1, 3)
    points[~np.isfinite(points).all(-1) | (points == 0.0).all(-1)] = np.nan
    names = unique_names(without_prefixes(header.names), "point")
    if header.values.get("Units", "").strip().lower() in _PIXELS and all(_OF_A_BAR.search(name) for name in names):
        return _bar_in_picture(points, names, clock, notes)
    points *= factor
    return marker_recording(path.name, points, names, unit, clock.rate_hz, clock.start_s, clock.jumps, notes)


def _bar_in_picture(points: FloatArray, names: tuple[str, ...], clock: Clock, notes: list[str]) -> Recording:
    """Points on a bar that were tracked in a video: a picture, in which y points down unless the file turned it."""
    values = points.copy()
    if float(np.nanmedian(values[..., 1])) >= 0.0:
        values[..., 1] *= -1.0
        notes.append("points in pixels: y points down, as in a picture")
    stream = Stream(
        "keypoints", "keypoints", values, clock.rate_hz, names, ("px",) * len(names), time_jumps=clock.jumps
    )
    return Recording((stream,), notes=tuple(notes))


def marker_recording(
    name: str,
    points: FloatArray,
    names: tuple[str, ...],
    unit: str,
    rate_hz: float,
    clock_start_s: float,
    jumps: int,
    notes: list[str],
) -> Recording:
    """A recording of one marker stream, turned to z up, from points in the axes of an OpenSim file (y up unless the
    body says not).
    """
    if not np.isfinite(points).any():
        raise BadInput(
            f"{name}: no marker is seen in any of {len(points)} frames; reconstruct the trial and export it again"
        )
    vertical = find_vertical(names, points, convention=_Y_UP)
    if vertical.cue == "convention":
        notes.append(f"nothing in {name} tells which axis is up: {vertical.label} was taken, as is usual in TRC")
    turn = turn_to_z_up(vertical)
    meta = {
        "turn": turn_text(turn),
        "up": vertical.label,
        "up_from": vertical.cue,
        "clock_start_s": repr(clock_start_s),
    }
    stream = Stream(
        "markers",
        "markers",
        turned_points(points, turn),
        rate_hz,
        names,
        (unit,) * len(names),
        time_jumps=jumps,
        meta=meta,
    )
    if jumps:
        often = "once" if jumps == 1 else f"{jumps} times"
        notes.append(f"the time column of {name} jumps {often}; samples were placed by the declared rate")
    return Recording((stream,), notes=tuple(notes))


def _read_header(name: str, lines: list[str]) -> _Header:
    title = next((i for i, line in enumerate(lines[:40]) if line.strip().lower().startswith("frame#")), None)
    keys = next((i for i, line in enumerate(lines[:40]) if line.strip().startswith("DataRate")), None)
    if title is None or keys is None or keys + 1 >= len(lines):
        raise BadInput(
            f"{name}: the TRC header is incomplete (no {'Frame#' if title is None else 'DataRate'} line);"
            " export it again"
        )
    delimiter = "\t" if "\t" in lines[title] else " "
    key_cells, value_cells = lines[keys].split(), lines[keys + 1].split()
    values = dict(zip(key_cells, value_cells, strict=False))
    cells = split_cells(lines[title], delimiter)
    data_line = title + 1
    if data_line < len(lines) and lines[data_line].strip().upper().startswith("X1"):
        data_line += 1
    if delimiter == " ":
        names = [c for c in cells[2:] if c]
    else:
        filled = [i for i, c in enumerate(cells) if c and i >= 2]
        count = (filled[-1] - 2) // 3 + 1 if filled else 0
        spaced = all((i - 2) % 3 == 0 for i in filled)
        names = [cells[2 + 3 * i] for i in range(count)] if spaced else [cells[i] for i in filled]
    if not names:
        raise BadInput(f"{name}: the Frame# line names no markers; export the trial again")
    return _Header(values, tuple(names), data_line, delimiter)


def _refuse_cut(name: str, header: _Header, rows: list[str], text: str) -> None:
    """Refuse a file that ends inside a row: what is left of its last number would be read as a number."""
    claimed = _number(header.values.get("NumFrames", ""))
    short = np.isfinite(claimed) and len(rows) < claimed and not text.endswith("\n")
    if short or ends_cut(text, rows, header.delimiter):
        raise BadInput(
            f"{name}: ends inside frame {len(rows)} of {claimed:g}; the file is cut short, copy or export it again"
        )


def _note_counts(header: _Header, frames: int, notes: list[str]) -> None:
    for key, found, what in (("NumFrames", frames, "frames"), ("NumMarkers", len(header.names), "markers")):
        claimed = _number(header.values.get(key, ""))
        if np.isfinite(claimed) and claimed != found:
            notes.append(f"the header claims {claimed:g} {what}, the file holds {found}")


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")


def _length_unit(text: str, notes: list[str]) -> tuple[float, str]:
    found = to_si(text)
    if found is None or found[1] != "m":
        notes.append(f"unit of length {text!r} is unknown: mm was taken, as is usual in TRC")
        return 1e-3, "m"
    return found


def write_trc(path: str | PathLike[str], recording: Recording) -> None:
    """Write the markers of a recording as TRC (mm, y up); a missing marker's cells are blank.

    Raises
    ------
    BadInput
        The recording has no marker stream, or several.
    """
    path = Path(path)
    streams = recording.of_kind("markers")
    if len(streams) != 1:
        raise BadInput(f"{path.name}: a TRC holds one marker stream, the recording has {len(streams)}")
    stream = streams[0]
    # z up back to y up: x, z, -y.
    values = stream.values[..., [0, 2, 1]] * np.array([1.0, 1.0, -1.0]) * 1000.0
    rate, frames, count = f"{stream.rate_hz:.12g}", stream.n_samples, len(stream.channels)
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{frames}\t{count}\tmm\t{rate}\t1\t{frames}",
        "Frame#\tTime\t" + "\t\t\t".join(stream.channels) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(count) for axis in "XYZ"),
        "",
    ]
    times = stream.times()
    for i, row in enumerate(values.reshape(frames, -1)):
        cells = "\t".join("" if v != v else f"{v:.6f}" for v in row.tolist())
        lines.append(f"{i + 1}\t{times[i]:.9f}\t{cells}")
    write_whole(path, "\n".join(lines) + "\n")
