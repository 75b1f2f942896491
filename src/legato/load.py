"""Reading the files of one trial: picks the format of each and puts them on one clock."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from os import PathLike
from pathlib import Path

import numpy as np

from legato.errors import BadInput
from legato.formats._axes import turn_of, turned_stream
from legato.formats.c3d import read_c3d
from legato.formats.edf import read_edf
from legato.formats.imu_table import read_quaternion_table, with_sensors
from legato.formats.info import info_record
from legato.formats.layout import read_any_table
from legato.formats.mediapipe import read_mediapipe
from legato.formats.mot import read_mot
from legato.formats.mvnx import read_mvnx
from legato.formats.opencap import is_opencap_folder, opencap_trial
from legato.formats.openpose import read_openpose
from legato.formats.rep_json import read_rep_json
from legato.formats.rep_table import read_rep_table
from legato.formats.sniff import sniff_format
from legato.formats.trc import read_trc
from legato.formats.xdf import read_xdf
from legato.recording import InputFile, Recording, same_data
from legato.sync import apply_device_delays, check_one_trial, join, read_delay_file

__all__ = ["info_record", "read"]

_READERS: dict[str, Callable[..., Recording]] = {
    "trc": read_trc,
    "mot": read_mot,
    "keypoints-json": read_openpose,
    "landmarks-csv": read_mediapipe,
    "rep-json": read_rep_json,
    "rep-table": read_rep_table,
    "xdf": read_xdf,
    "edf": read_edf,
    "mvnx": read_mvnx,
    "quaternions": read_quaternion_table,
}


TABLES = ("table", "landmarks-csv", "rep-table")
"""Formats that a layout file may explain."""
_LONGEST_OFFSET_S = 86400.0


def read(
    *paths: str | PathLike[str],
    offset_s: float | None = None,
    rate_hz: float | None = None,
    device_delay: str | PathLike[str] | None = None,
    layout: str | PathLike[str] | None = None,
) -> Recording:
    """Read the files of one trial onto the clock of the first.

    Parameters
    ----------
    paths
        One file, or several of one trial.
    offset_s
        How much later than the first file's clock the clock of the others starts, s.
    rate_hz
        Rate of data without a time base, Hz. Of a single file it holds against the file's own times, too.
    device_delay
        TOML file of device delays that adds to the registry.
    layout
        TOML file that says where the columns of the tables among the files lie; files of other formats go without it.

    Raises
    ------
    BadInput
        A file cannot be read; the message names it, what was found and what to do.
    """
    if not paths:
        raise BadInput("no file given; name the files of one trial")
    if rate_hz is not None and not 0.0 < rate_hz < 1e6:
        raise BadInput(f"--rate {rate_hz:g}: a rate lies above 0 and below 1e6 Hz; give the samples a second")
    if offset_s is not None and not abs(offset_s) < _LONGEST_OFFSET_S:
        raise BadInput(f"--offset {offset_s:g}: an offset lies within a day, 86400 s; give seconds")
    files = [file for p in paths for file in _files_of(Path(p))]
    if len(files) == 1 or rate_hz is None:
        recordings = [_read_one(file, rate_hz, layout) for file in files]
    else:
        recordings = [_read_with_times(file, rate_hz, layout) for file in files]
    if layout is not None and not any(r.inputs[0].format == "table" for r in recordings):
        raise BadInput(f"--layout {Path(layout).name}: none of the files is a table of columns; leave it out")
    delays = None if device_delay is None else read_delay_file(device_delay)
    if len(recordings) == 1:
        if offset_s is not None:
            raise BadInput("--offset needs a second file: it says how much later that file's clock started")
        return apply_device_delays(recordings[0], delays)
    _check_each_once(recordings)
    joined = join(_with_one_vertical(recordings), offset_s=offset_s)
    joined = replace(joined, notes=(*joined.notes, *check_one_trial(joined)))
    return apply_device_delays(joined, delays)


def _check_each_once(recordings: Sequence[Recording]) -> None:
    """Refuse files that bring the same data twice: forces would count double, noise would look halved."""
    for one, two in combinations(recordings, 2):
        first, second = one.inputs[0], two.inputs[0]
        if first.sha256 == second.sha256:
            raise BadInput(f"{first.path} and {second.path}: the same file twice; give each file once")
        same = next((a for a in one.streams for b in two.streams if same_data(a, b)), None)
        if same is not None:
            raise BadInput(
                f"{first.path} and {second.path}: the same {same.kind} data of {same.n_samples} samples in both;"
                " give one of the two"
            )


_FEWEST_MARKERS = 5
_LEAST_M, _MOST_M = 0.05, 100.0
"""How far apart the markers of a recording can lie, m. [ENG] A hand's lie 0.15 m apart; systems cover tens of m."""


def _check_size(recording: Recording, name: str) -> None:
    """Refuse markers whose unit cannot be what the file says: no body is so small, no laboratory so large."""
    for stream in recording.of_kind("markers"):
        seen = stream.values[:: max(1, stream.n_samples // 50)]
        seen = seen[np.isfinite(seen).all(2).sum(1) >= _FEWEST_MARKERS]
        if not len(seen):
            continue
        apart = float(np.median((np.nanmax(seen, 1) - np.nanmin(seen, 1)).max(1)))
        if not _LEAST_M <= apart <= _MOST_M:
            how = f"within {1000.0 * apart:.2g} mm of one another" if apart < _LEAST_M else f"{apart:.0f} m apart"
            raise BadInput(
                f"{name}: its markers lie {how}, so its unit is not what it says; export it with the right one"
            )


def _with_one_vertical(recordings: Sequence[Recording]) -> Sequence[Recording]:
    """Turn text files of one trial alike: where one only follows the convention and another knows its vertical, that
    one holds.
    """
    known = next((s for r in recordings for s in r.streams if _is_text(r) and s.meta.get("up_from") == "anatomy"), None)
    if known is None:
        return recordings
    turn = turn_of(known)
    turned: list[Recording] = []
    for recording in recordings:
        streams = tuple(
            turned_stream(s, turn @ turn_of(s).T, {"up": known.meta["up"], "up_from": "other file"})
            if _is_text(recording) and s.meta.get("up_from") == "convention"
            else s
            for s in recording.streams
        )
        turned.append(replace(recording, streams=streams))
    return turned


def _is_text(recording: Recording) -> bool:
    return recording.inputs[0].format != "c3d"


def _files_of(path: Path) -> tuple[Path, ...]:
    return opencap_trial(path) if is_opencap_folder(path) else (path,)


def _digest(path: Path) -> str:
    """SHA-256 of a file's bytes; of a folder, of its JSON files in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(path.glob("*.json")) if path.is_dir() else (path,):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read_with_times(path: Path, rate_hz: float, layout: str | PathLike[str] | None) -> Recording:
    """A file of several: a rate is for those that have no time base, and must not stretch the others."""
    try:
        return _read_one(path, None, layout)
    except BadInput as error:
        if "--rate" not in str(error):
            raise
    return _read_one(path, rate_hz, layout)


def _read_one(path: Path, rate_hz: float | None, layout: str | PathLike[str] | None) -> Recording:
    form = sniff_format(path)
    if layout is not None and form in TABLES:
        form = "table"
    try:
        if form == "c3d":
            recording = read_c3d(path)
        elif form == "table":
            recording = read_any_table(path, rate_hz=rate_hz, layout=layout)
            # What a layout says of sensors is final.
            laid_out = any("layout" in s.meta for s in recording.streams)
            recording = recording if laid_out else with_sensors(recording, path)
        else:
            recording = _READERS[form](path, rate_hz=rate_hz)
        digest = _digest(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); check the file and its rights") from None
    _check_size(recording, path.name)
    source = InputFile(str(path), digest, form, tuple(s.name for s in recording.streams))
    return replace(recording, inputs=(source,))
