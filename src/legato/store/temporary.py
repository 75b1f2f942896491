"""Files for a while, as exports on their way: in the catalogue's folder, so that none outlives a killed process."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = "temporary"


@contextmanager
def temporary(folder: Path) -> Generator[Path]:
    """Where `tempfile` puts what this process makes, as long as the context is open: a folder of its own within the
    catalogue's. What others left there that were killed is taken away.
    """
    place = folder / FOLDER
    place.mkdir(0o700, exist_ok=True)
    _clear(place)
    mine, handle = _own(place)
    before, tempfile.tempdir = tempfile.tempdir, str(mine)
    try:
        yield mine
    finally:
        tempfile.tempdir = before
        shutil.rmtree(mine, ignore_errors=True)
        os.close(handle)


def _own(place: Path) -> tuple[Path, int]:
    """A new folder, locked until its handle is closed or the process ends."""
    while True:
        mine = Path(tempfile.mkdtemp(dir=place))
        with suppress(FileNotFoundError):
            handle = os.open(mine, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Who clears may have come between the two.
            if mine.exists():
                return mine, handle
            os.close(handle)


def _clear(place: Path) -> None:
    for left in place.iterdir():
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(handle)
