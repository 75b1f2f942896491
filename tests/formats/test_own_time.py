"""When a recording says that it was made: by the places that EDF, XDF and MVNX have for it, and by no other."""

from datetime import datetime
from pathlib import Path

import pytest

from legato.formats.own_time import own_time


def edf(start: str) -> bytes:
    return b"0       " + b" " * 160 + start.encode("ascii") + b" " * 72


@pytest.mark.parametrize(
    ("start", "when"),
    [
        ("02.03.2617.30.05", datetime(2026, 3, 2, 17, 30, 5)),
        ("31.12.9923.59.59", datetime(1999, 12, 31, 23, 59, 59)),
        ("01.01.8500.00.00", None),
        ("99.99.9999.99.99", None),
        ("                ", None),
    ],
)
def test_edf_and_bdf_tell_their_start_in_the_header(tmp_path: Path, start: str, when: datetime | None):
    file = tmp_path / "a.edf"
    file.write_bytes(edf(start))
    assert own_time(file) == when
    file.write_bytes(b"\xffBIOSEMI" + edf(start)[8:])
    assert own_time(file) == when


def test_xdf_and_mvnx_tell_a_moment_of_the_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        file = tmp_path / "a.xdf"
        file.write_bytes(
            b"XDF:\x01\x10<info><version>1.0</version><datetime>2026-03-02T16:30:05+0000</datetime></info>"
        )
        assert own_time(file) == datetime(2026, 3, 2, 17, 30, 5)
        file = tmp_path / "a.mvnx"
        file.write_text('<mvnx><subject label="x" recDateMSecsSinceEpoch="1772469005000">', "utf-8")
        assert own_time(file) == datetime(2026, 3, 2, 17, 30, 5)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_recording_of_another_format_tells_none(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_text("time,recDate\n0,2026-03-02\n", "utf-8")
    assert own_time(file) is None
    file.write_bytes(b"")
    assert own_time(file) is None


def test_real_xdf_files(shared_data: Path):
    folder = shared_data / "xdf"
    told = own_time(folder / "empty_streams.xdf")
    assert told is not None and told.year == 2025
    assert own_time(folder / "minimal.xdf") is None and own_time(folder / "clock_resets.xdf") is None
