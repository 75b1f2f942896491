"""Whether a session can have been when it is said to have been, as far as its files tell."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from legato.errors import BadInput

if TYPE_CHECKING:
    from legato.compare.results import InputRecord
    from legato.evidence.trials.sessions import Trial

_LARGEST = 500_000_000
"""Bytes of a recording that is held against its checksum, to be known by it. [ENG]"""

MEND = "if a clock was wrong, say so: --clock-wrong WHY"


def check_own_time(trial: "Trial", on: datetime, made: datetime | None, name: str, mend: str = MEND) -> None:
    """Hold a recording's own time against the day that was told and the day on which its arm was.

    By the day: devices' clocks are some minutes off, or of another time zone.

    Raises
    ------
    BadInput
        It was made on another day.
    """
    if made is None or trial.request.simulated:
        return
    if made.date() < trial.not_before.date():
        raise BadInput(
            f"{name}: was recorded on {made:%Y-%m-%d} by its device's clock, before its arm was told"
            f" ({trial.not_before:%Y-%m-%d}); {mend}"
        )
    if made.date() != on.date():
        raise BadInput(
            f"{name}: was recorded on {made:%Y-%m-%d} by its device's clock, and the session is told of"
            f" {on:%Y-%m-%d}; tell the day that it was, or {mend}"
        )


def check_files(trial: "Trial", result: Path, on: datetime) -> None:
    """Hold the day that a session is told of against its files: the result's, and its recordings' where they lie beside
    it. Of a simulated trial nothing is held against anything.

    A file's day is that of its last change: it can be later than the recording, as of a copy, and never earlier unless
    somebody sets it back. So a file that is too old is refused, and one that is new proves nothing.

    Raises
    ------
    BadInput
        A file is older than the arm, or than the session; or its recording says another day.
    """
    from legato.compare.results import read_result
    from legato.formats.own_time import own_time

    if trial.request.simulated:
        return
    file = result / "result.json" if result.is_dir() else result
    # Legato wrote the result, by the clock that the arm was told by; other files carry other devices' clocks.
    written = _changed(file)
    if written < trial.not_before:
        raise BadInput(
            f"{file}: was written on {written:%Y-%m-%d %H:%M}, before its arm was told"
            f" ({trial.not_before:%Y-%m-%d %H:%M}); give the session that was recorded after that, or {MEND}"
        )
    _check_day(trial, file, written, on)
    for recording in _recordings(file, read_result(file).inputs):
        _check_day(trial, recording, _changed(recording), on)
        check_own_time(trial, on, own_time(recording), recording.name)


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime).replace(second=0, microsecond=0)


def _check_day(trial: "Trial", file: Path, changed: datetime, on: datetime) -> None:
    if changed.date() < trial.not_before.date():
        raise BadInput(
            f"{file}: was written on {changed:%Y-%m-%d}, before its arm was told ({trial.not_before:%Y-%m-%d}); give"
            f" the session that was recorded after that, or {MEND}"
        )
    if changed.date() < on.date():
        raise BadInput(
            f"{file}: was written on {changed:%Y-%m-%d}, and the session is told of {on:%Y-%m-%d}; tell with --on when"
            f" it was, or {MEND}"
        )


def _recordings(result: Path, inputs: "tuple[InputRecord, ...]") -> list[Path]:
    """The recordings of a result that lie in its folder as they were read."""
    found: list[Path] = []
    for one in inputs:
        path = result.parent / Path(one.path).name
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == one.sha256:
                    found.append(path)
        except OSError:
            continue
    return found
