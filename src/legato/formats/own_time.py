"""When a recording says that it was made, in the formats that have a place for it."""

import re
from datetime import date, datetime
from os import PathLike
from pathlib import Path

_HEAD = 65_536
"""Bytes that are read: the headers of all three formats end within."""

_XDF = re.compile(rb"<datetime>\s*([0-9T:.+-]{16,32})\s*</datetime>")
_MVNX = re.compile(rb'\brecDateMSecsSinceEpoch="(\d{10,14})"')
_NOT_TOLD = date(1985, 1, 1)
"""What EDF+ asks for where the day is left out so that nobody is known by it."""


def own_time(path: str | PathLike[str]) -> datetime | None:
    """The start of a recording by the clock of the device that made it, in local time; None where the file tells none.

    EDF and BDF hold it in bytes 168 to 183 (Kemp 1992), XDF in the header that LabRecorder writes, MVNX as milliseconds
    since 1970. C3D, TRC, MOT and tables have no place for it. A device's clock may be wrong.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    with Path(path).open("rb") as file:
        head = file.read(_HEAD)
    try:
        if head.startswith((b"0       ", b"\xffBIOSEMI")):
            return _of_edf(head[168:184].decode("ascii"))
        if head.startswith(b"XDF:"):
            found = _XDF.search(head)
            return None if found is None else _local(datetime.fromisoformat(found[1].decode("ascii")))
        found = _MVNX.search(head)
        return None if found is None else _local(datetime.fromtimestamp(int(found[1]) / 1000.0).astimezone())
    except (ValueError, OverflowError):
        return None


def _of_edf(text: str) -> datetime | None:
    """`02.03.2617.30.00`; years from 85 on are of the century before."""
    day, month, year, hour, minute, second = (int(text[k : k + 2]) for k in (0, 3, 6, 8, 11, 14))
    found = datetime(1900 + year if year >= 85 else 2000 + year, month, day, hour, minute, second)
    return None if found.date() == _NOT_TOLD else found


def _local(found: datetime) -> datetime:
    return found if found.tzinfo is None else found.astimezone().replace(tzinfo=None)
