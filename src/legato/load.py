"""Reading the files of one trial: picks the format of each and puts them on one clock."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from legato.errors import BadInput
from legato.formats.c3d import read_c3d
from legato.formats.info import info_record
from legato.formats.mot import read_mot
from legato.formats.sniff import sniff_format
from legato.formats.table import read_table
from legato.formats.trc import read_trc
from legato.recording import InputFile, Recording

__all__ = ["info_record", "read"]

_TEXT_READERS: dict[str, Callable[..., Recording]] = {"trc": read_trc, "mot": read_mot, "table": read_table}


def read(
    *paths: str | PathLike[str],
    offset_s: float | None = None,
    rate_hz: float | None = None,
    device_delay: str | PathLike[str] | None = None,
) -> Recording:
    """Read the files of one trial onto the clock of the first.

    Parameters
    ----------
    paths
        One file, or several of one trial.
    offset_s
        How much later than the first file's clock the clock of the others starts, s.
    rate_hz
        Rate of tables that have no time column, Hz.
    device_delay
        TOML file of device delays that adds to the registry.

    Raises
    ------
    BadInput
        A file cannot be read; the message names it, what was found and what to do.
    """
    if not paths:
        raise BadInput("no file given; name the files of one trial")
    if rate_hz is not None and not 0.0 < rate_hz < 1e6:
        raise BadInput(f"--rate {rate_hz:g}: a rate lies between 0 and 1e6 Hz")
    recordings = [_read_one(Path(p), rate_hz) for p in paths]
    return recordings[0] if len(recordings) == 1 else _join(recordings)


def _read_one(path: Path, rate_hz: float | None) -> Recording:
    form = sniff_format(path)
    try:
        recording = read_c3d(path) if form == "c3d" else _TEXT_READERS[form](path, rate_hz=rate_hz)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error}); check the file and its rights") from None
    source = InputFile(str(path), digest, form, tuple(s.name for s in recording.streams))
    return replace(recording, inputs=(source,))


def _join(recordings: Sequence[Recording]) -> Recording:
    return replace(
        recordings[0],
        streams=tuple(s for r in recordings for s in r.streams),
        events=tuple(sorted((e for r in recordings for e in r.events), key=lambda e: e.time_s)),
        plates=tuple(p for r in recordings for p in r.plates),
        inputs=tuple(i for r in recordings for i in r.inputs),
        notes=tuple(n for r in recordings for n in r.notes),
    )
