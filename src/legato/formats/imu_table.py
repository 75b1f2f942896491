"""Tables of segment sensors: columns told apart by sensor and by what they measure, and OpenSense files of quaternions.

Understood are one file a sensor (Xsens DOT and Movella: `Quat_W`, `Gyr_X`, `Acc_X`), all sensors beside each other
(`pelvis_qw`, `thigh_right_gyr_x`, `Pelvis.Gyro.X`) and OpenSense's STO with one quaternion a cell.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._channels import unique_names
from legato.formats._clock import column_clock, declared_clock
from legato.formats._rows import refuse_lost_rows
from legato.formats._text import read_text
from legato.formats._units import median_size
from legato.recording import STANDARD_GRAVITY, FloatArray, Recording, Stream

_SORTS = (
    ("free_acc", r"free[ _.]?acc(?:eleration)?"),
    ("quat", r"quat(?:ernion)?|orientation|ori|q"),
    ("acc", r"acc(?:el|eleration|elerometer)?|a"),
    ("gyr", r"gyr(?:o|oscope)?|angular[ _.]?vel(?:ocity)?|omega|g"),
    ("mag", r"mag(?:netometer|netic[ _.]?field)?|m"),
)
_COLUMN = re.compile(
    r"(?P<sensor>.*?)[ _.:/-]*(?<![A-Za-z])(?P<sort>"
    + "|".join(f"(?P<{name}>{words})" for name, words in _SORTS)
    + r")[ _.-]*(?P<axis>[wxyz0-3])(?:[ _.:/-]+(?P<after>\D.*))?",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=(?:Quat|Acc|Gyr|Mag|Free)[A-Z_a-z]*[ _.]?[WXYZwxyz0-3]$)")
_TAG = re.compile(
    r"^(?:device ?tag|sensor ?name|device ?name)\s*[:=,;\t]+\s*([^,;\t\n]+)", re.IGNORECASE | re.MULTILINE
)
_COUNTS = re.compile(r"packet ?counter|status|clip ?count\w*|rssi|temperature", re.IGNORECASE)
"""Bookkeeping of a sensor's own, which says nothing of the movement."""

_SYNCED = re.compile(r"^sync ?status\s*[:=,;\t]+\s*synced", re.IGNORECASE | re.MULTILINE)
_FASTEST_RAD_S = 150.0
"""No segment turns faster, rad/s: a throwing arm about its own length reaches 7000 deg/s, 122 rad/s (Dillman, Fleisig &
Andrews 1993, J Orthop Sports Phys Ther 18:402).
"""


def looks_like_quaternions(text: str) -> bool:
    """Whether a text is a storage file of OpenSense, whose cells are quaternions."""
    return re.search(r"^DataType\s*=\s*Quaternion\s*$", text[:4000], re.IGNORECASE | re.MULTILINE) is not None


def read_quaternion_table(path: str | PathLike[str], *, rate_hz: float | None = None) -> Recording:
    """Read a STO file of orientations: a time column, then one quaternion `w,x,y,z` a cell, one column a sensor.

    Raises
    ------
    BadInput
        No header end, no time column and no rate, or a cell that is no quaternion.
    """
    path = Path(path)
    lines = read_text(path).split("\n")
    end = next((k for k, line in enumerate(lines[:500]) if line.strip().lower() == "endheader"), None)
    title = None if end is None else next((k for k in range(end + 1, len(lines)) if lines[k].strip()), None)
    if end is None or title is None:
        raise BadInput(f"{path.name}: no endheader line or nothing after it; the file is cut short, export it again")
    header = {k.strip().lower(): v.strip() for k, e, v in (line.partition("=") for line in lines[:end]) if e}
    columns = lines[title].strip("\r\n").split("\t")
    if columns[0].strip().lower() != "time" or len(columns) < 2:
        raise BadInput(f"{path.name}: its first column is not time; OpenSense writes time and one column a sensor")
    rows = [line for line in lines[title + 1 :] if line.strip()]
    if not rows:
        raise BadInput(f"{path.name}: the header is there but no row of data; export the file again")
    claimed = header.get("nrows", "")
    refuse_lost_rows(path.name, float(claimed) if claimed.isdigit() else None, len(rows), "rows", "nRows")
    table = np.full((len(rows), 1 + 4 * (len(columns) - 1)), np.nan)
    for k, row in enumerate(rows):
        cells = row.split("\t")
        if len(cells) != len(columns):
            raise BadInput(
                f"{path.name}: row {k + 1} has {len(cells)} cells where the header has {len(columns)} columns"
            )
        try:
            table[k, 0] = float(cells[0])
            for j, cell in enumerate(cells[1:]):
                four = [float(x) for x in cell.strip().split(",")] if cell.strip() else [np.nan] * 4
                table[k, 1 + 4 * j : 5 + 4 * j] = four
        except ValueError:
            raise BadInput(f"{path.name}: row {k + 1} holds a cell that is no quaternion w,x,y,z") from None
    try:
        declared = float(header.get("datarate", ""))
    except ValueError:
        declared = 0.0
    clock = (
        declared_clock(path.name, table[:, 0], declared, given_hz=rate_hz)
        if declared > 0.0
        else column_clock(path.name, table[:, 0], given_hz=rate_hz)
    )
    table[~np.isfinite(table)] = np.nan
    labels = unique_names([c.strip() for c in columns[1:]], "sensor")
    streams = tuple(
        Stream(
            f"imu {label}", "imu", table[:, 1 + 4 * j : 5 + 4 * j], clock.rate_hz, _QUAT, ("1",) * 4,
            time_s=clock.time_s, time_jumps=clock.jumps, meta={"sensor": label, "clock_start_s": repr(clock.start_s)},
        )
        for j, label in enumerate(labels)
    )  # fmt: skip
    notes = [clock.note] if clock.note else []
    notes.append(f"{path.name}: its world was taken to have z up, as sensors give it")
    return Recording(streams, notes=tuple(notes))


_QUAT = tuple(f"quat_{axis}" for axis in "wxyz")


def with_sensors(recording: Recording, path: Path) -> Recording:
    """The recording of a table with the columns of each segment sensor as a stream of its own.

    A sensor without a name is called as its file says (`DeviceTag`), else as the file. Tables without sensors stay as
    they are.

    Raises
    ------
    BadInput
        A sensor's rates have no unit, and neither their size nor gravity tells it.
    """
    found: dict[str, dict[str, tuple[Stream, int]]] = {}
    for stream in recording.streams:
        if stream.kind in ("imu", "table", "analog"):
            for k, channel in enumerate(stream.channels):
                read = column_of(channel)
                if read is not None:
                    found.setdefault(read[0], {})[read[1]] = (stream, k)
    whole = {label: columns for label, columns in found.items() if _serves(label, columns)}
    if not whole:
        return recording
    notes = list(recording.notes)
    tag, synced = _head_of(path)
    made = [_sensor(label or tag or path.stem, columns, notes, path.name) for label, columns in whole.items()]
    if synced:
        made = [replace(s, meta={**s.meta, "clock": "synced"}) for s in made]
    used = {(s.name, k) for columns in whole.values() for s, k in columns.values()}
    used |= {(s.name, k) for s in recording.streams for k, c in enumerate(s.channels) if _COUNTS.fullmatch(c)}
    rest = tuple(left for s in recording.streams if (left := _without(s, used)) is not None)
    named = unique_names([s.name for s in made], "imu")
    streams = tuple(replace(s, name=name) for s, name in zip(made, named, strict=True))
    spare = [n for n in notes if "states no unit and was kept as it is" not in n and "without a known unit" not in n]
    return replace(recording, streams=(*streams, *rest), notes=tuple(spare))


def column_of(channel: str) -> tuple[str, str] | None:
    """The sensor (empty where the column names none) and what the column measures (`gyr_x`, `quat_w`), or None."""
    match = _COLUMN.fullmatch(_CAMEL.sub("_", channel.strip()))
    if match is None:
        return None
    sort = next(name for name, _ in _SORTS if match[name] is not None)
    axis = match["axis"].lower()
    if axis.isdigit():
        axis = "wxyz"[int(axis)] if sort == "quat" else "?xyz"[int(axis)]
    if axis == "?" or (axis == "w" and sort != "quat"):
        return None
    return (match["sensor"] or match["after"] or "").strip(" _.:/-"), f"{sort}_{axis}"


def _serves(label: str, columns: Mapping[str, object]) -> bool:
    """Whether these columns are a sensor: a whole quaternion, whole rates under a sensor's name, or rates and pulls."""
    turning, pulled = (all(f"{sort}_{a}" in columns for a in "xyz") for sort in ("gyr", "acc"))
    return all(c in columns for c in _QUAT) or (turning and (bool(label) or pulled))


def _head_of(path: Path) -> tuple[str, bool]:
    """The sensor's name that a DOT file tells above its table, and whether it says that its clock is that of the
    other sensors.
    """
    with path.open("rb") as file:
        head = file.read(4000).decode("utf-8", errors="replace")
    match = _TAG.search(head)
    return "" if match is None else match[1].strip(), _SYNCED.search(head) is not None


def _sensor(label: str, columns: Mapping[str, tuple[Stream, int]], notes: list[str], name: str) -> Stream:
    first = next(iter(columns.values()))[0]
    names = tuple(columns)
    values = np.stack([s.values[:, k] for s, k in columns.values()], axis=1)
    units = [s.units[k] for s, k in columns.values()]
    gyro = [names.index(f"gyr_{a}") for a in "xyz" if f"gyr_{a}" in names]
    acc = [names.index(f"acc_{a}") for a in "xyz" if f"acc_{a}" in names]
    if not np.isfinite(values).any():
        raise BadInput(f"{name}: no sample of {label} holds a number; check what was exported")
    for k, unit in _acc_units(values, acc, units).items():
        values[:, k] *= unit
        units[k] = "m/s²"
    _refuse_other_measures(name, columns)
    if gyro and any(units[k] not in ("rad/s",) for k in gyro):
        four = [names.index(c) for c in _QUAT if c in names]
        factor = _rate_factor(values, gyro, acc, four, first.rate_hz)
        if factor is None:
            spelled = ", ".join(columns[names[k]][0].channels[columns[names[k]][1]] for k in gyro)
            if not np.isfinite(values[:, gyro]).any():
                raise BadInput(f"{name}: no sample of {spelled} holds a number; export the gyroscope of {label} too")
            raise BadInput(
                f"{name}: the rates of {label} state no unit: nothing tells whether {spelled} (turning, not"
                " acceleration) are in deg/s or rad/s; write it beside the column's name:"
                f" {spelled.split(', ')[0]} (deg/s)"
            )
        values[:, gyro] *= factor
        notes.append(f"rates of {label} state no unit and were taken as {'rad/s' if factor == 1.0 else 'deg/s'}")
        for k in gyro:
            units[k] = "rad/s"
    for k, channel in enumerate(names):
        if channel.startswith("quat_"):
            units[k] = "1"
    return replace(
        first, name=f"imu {label}", kind="imu", values=values, channels=names, units=tuple(units),
        meta={**first.meta, "sensor": label},
    )  # fmt: skip


_WANTED = {"gyr": ("a rate of turning", "rad/s", "deg/s or rad/s"), "acc": ("an acceleration", "m/s²", "m/s^2 or g")}
"""What a column measures by its name, the unit it then has in SI, and those that a file may state."""

_MEASURES = ("rad/s", "m/s²", "m/s", "m", "rad", "T", "N", "V")
"""Units, as read, that say what a column measures; `1` and words of the file's own do not."""


def _refuse_other_measures(file: str, columns: Mapping[str, tuple[Stream, int]]) -> None:
    """Refuse a column of rates or of accelerations whose stated unit measures something else."""
    for name, (stream, k) in columns.items():
        what, si, usual = _WANTED.get(name.partition("_")[0], ("", "", ""))
        if si and stream.units[k] in _MEASURES and stream.units[k] != si:
            raise BadInput(
                f"{file}: column {stream.channels[k]} is in {stream.units[k]}, but by its name it is {what}, which is"
                f" in {usual}; mend its unit or its name"
            )


def _acc_units(values: FloatArray, acc: Sequence[int], units: Sequence[str]) -> dict[int, float]:
    """Factors to m/s² of acceleration columns without a unit, where the pull at rest tells it."""
    if len(acc) != 3 or all(units[k] == "m/s²" for k in acc):
        return {}
    size = median_size(values[:, list(acc)])
    for full, factor in ((1.0, STANDARD_GRAVITY), (STANDARD_GRAVITY, 1.0), (1000.0, 1e-3 * STANDARD_GRAVITY)):
        if 0.7 <= size / full <= 1.4:
            return dict.fromkeys(acc, factor)
    return {}


def _rate_factor(
    values: FloatArray, gyro: Sequence[int], acc: Sequence[int], four: Sequence[int], rate_hz: float
) -> float | None:
    """Factor to rad/s of rates without a unit: by their size, else by how the orientation or gravity turns."""
    rates = values[:, list(gyro)]
    fastest = float(np.nanquantile(np.linalg.norm(rates, axis=1), 0.999)) if np.isfinite(rates).any() else 0.0
    if fastest > _FASTEST_RAD_S:
        return float(np.pi / 180.0)
    if len(four) == 4:
        return _nearest(_orientation_slope(values[:, list(four)], rates, rate_hz))
    if len(acc) != 3:
        return None
    # Gravity is fixed in the world, so in the sensor it turns by minus the rate; slow samples show it best.
    width = max(1, round(0.25 * rate_hz))
    kernel = np.full(width, 1.0 / width)
    pull = np.nan_to_num(values[:, list(acc)])
    smooth, turning = (
        np.stack([np.convolve(x[:, k], kernel, mode="same") for k in range(3)], axis=1)
        for x in (pull, np.nan_to_num(rates))
    )
    steady = np.abs(np.linalg.norm(smooth, axis=1) / STANDARD_GRAVITY - 1.0) < 0.05
    expected: FloatArray = np.asarray(-np.cross(turning, smooth)[steady], dtype=np.float64)
    seen = (np.gradient(smooth, axis=0) * rate_hz)[steady]
    square = float((expected**2).sum())
    if square == 0.0:
        return None
    return _nearest(float((expected * seen).sum()) / square)


def _nearest(slope: float) -> float | None:
    """The factor to rad/s that a measured ratio stands for, or None."""
    return next((factor for factor in (1.0, float(np.pi / 180.0)) if 0.4 <= slope / factor <= 1.6), None)


def _orientation_slope(four: FloatArray, rates: FloatArray, rate_hz: float) -> float:
    """Rate of turn of the orientation over the rates that the file gives, where they are fast."""
    inner = np.abs(np.sum(four[1:] * four[:-1], axis=1))
    turning = 2.0 * np.arccos(np.clip(inner, 0.0, 1.0)) * rate_hz
    told = np.linalg.norm(rates[1:], axis=1)
    good = np.isfinite(turning) & np.isfinite(told)
    if not good.any():
        return np.nan
    fast = good & (told >= np.quantile(told[good], 0.9)) & (told > 0.0)
    return float(np.median(turning[fast] / told[fast])) if fast.any() else np.nan


def _without(stream: Stream, used: set[tuple[str, int]]) -> Stream | None:
    left = [k for k in range(len(stream.channels)) if (stream.name, k) not in used]
    if not left:
        return None
    if len(left) == len(stream.channels):
        return stream
    return replace(
        stream,
        values=stream.values[:, left],
        channels=tuple(stream.channels[k] for k in left),
        units=tuple(stream.units[k] for k in left),
    )
