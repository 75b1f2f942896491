"""XDF: streams, markers and clocks come back as they were written; lengths that lie are refused before they cost."""

import struct
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xdf_bytes as xdf

from legato.errors import BadInput
from legato.formats.xdf import check_chunks, read_xdf
from legato.load import read

pytest.importorskip("pyxdf", reason="the extra xdf is not installed")

N = 400
TIMES = 100.0 + np.arange(N) / 200.0
VALUES = np.column_stack([np.sin(TIMES), np.cos(TIMES)])


def saved(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "trial.xdf"
    path.write_bytes(data)
    return path


def trial() -> bytes:
    return b"".join(
        [
            xdf.FILE_HEADER,
            xdf.header(1, "amp", "EMG", 2, "double64", 200.0, ["L RF", "R RF"]),
            xdf.header(2, "cues", "Markers", 1, "string", 0.0),
            xdf.header(3, "idle", "EEG", 4, "float32", 100.0),
            xdf.samples(1, TIMES[:150].tolist(), VALUES[:150].tolist()),
            xdf.words(2, [101.0, 100.25], ["go", "ready"]),
            xdf.samples(1, TIMES[150:].tolist(), VALUES[150:].tolist()),
        ]
    )


def test_streams_units_names_and_markers(tmp_path):
    recording = read_xdf(saved(tmp_path, trial()))
    (stream,) = recording.streams
    assert (stream.name, stream.kind, stream.rate_hz) == ("amp", "emg", 200.0)
    assert (stream.channels, stream.units) == (("L RF", "R RF"), ("V", "V"))
    np.testing.assert_allclose(stream.values, VALUES * 1e-6, atol=1e-15)
    assert [(e.name, round(e.time_s, 6), e.context) for e in recording.events] == [
        ("ready", 0.25, "cues"),
        ("go", 1.0, "cues"),
    ]
    assert recording.notes == ("stream idle is empty and was left out",)


def test_the_clock_of_a_second_computer_is_moved_onto_the_first(tmp_path):
    # Its clock runs 1000 s ahead: the recorder stored offsets of −1000 s.
    data = trial() + xdf.header(4, "plate", "force", 1, "double64", 200.0)
    data += xdf.samples(4, (TIMES + 1000.0).tolist(), VALUES[:, :1].tolist())
    data += b"".join(xdf.offset(4, 1100.0 + i, -1000.0) for i in range(3))
    plate = read_xdf(saved(tmp_path, data)).stream("plate")
    assert plate.kind == "force"
    # The offsets are fitted by a line; a microsecond is far below a sample.
    assert plate.start_s == pytest.approx(0.0, abs=1e-6)


def test_a_pause_keeps_its_times(tmp_path):
    late = TIMES + np.where(np.arange(N) >= 200, 30.0, 0.0)
    data = xdf.FILE_HEADER + xdf.header(1, "amp", "EMG", 2, "double64", 200.0)
    data += xdf.samples(1, late.tolist(), VALUES.tolist())
    stream = read_xdf(saved(tmp_path, data)).streams[0]
    assert stream.time_jumps == 1
    np.testing.assert_allclose(stream.times()[[0, 199, 200, 399]], [0.0, 0.995, 31.0, 31.995], atol=0.01)
    assert np.all(np.diff(stream.times()) > 0)


def test_clock_resets_are_read_in_order(shared_data):
    recording = read(shared_data / "xdf" / "clock_resets.xdf")
    stream = recording.stream("BioSemi")
    assert (stream.n_samples, len(stream.channels)) == (27815, 8)
    assert np.all(np.diff(stream.times()) > 0)
    assert len(recording.events) == 175
    assert [e.time_s for e in recording.events] == sorted(e.time_s for e in recording.events)


def test_the_shared_files_hold_what_they_are_known_for(shared_data):
    minimal = read(shared_data / "xdf" / "minimal.xdf")
    assert (minimal.streams[0].n_samples, minimal.streams[0].rate_hz, len(minimal.events)) == (9, 10.0, 9)
    empty = read(shared_data / "xdf" / "empty_streams.xdf")
    assert [s.n_samples for s in empty.streams] == [10]
    assert sum("is empty" in n for n in empty.notes) == 2


BOMBS = {
    "a chunk of 8 exabytes": xdf.FILE_HEADER + xdf.chunk(3, bytes(8), claimed=2**63 - 1, width=8),
    "two billion samples": xdf.FILE_HEADER
    + xdf.header(1, "a", "EMG", 2, "double64", 200.0)
    + xdf.chunk(3, struct.pack("<I", 1) + xdf.varlen(2_000_000_000) + bytes(40)),
    "samples of a length of 8 bytes": xdf.FILE_HEADER
    + xdf.header(1, "a", "EMG", 2, "double64", 200.0)
    + xdf.chunk(3, struct.pack("<I", 1) + xdf.varlen(2**62, 8) + bytes(40)),
    "a billion channels": xdf.FILE_HEADER + xdf.header(1, "a", "EMG", 10**9, "double64", 200.0),
    "no channels": xdf.FILE_HEADER + xdf.header(1, "a", "EMG", 0, "double64", 200.0),
    "a format of no value": xdf.FILE_HEADER + xdf.header(1, "a", "EMG", 1, "float4096", 200.0),
    "entities that unfold": xdf.FILE_HEADER
    + xdf.chunk(2, struct.pack("<I", 1) + b'<!DOCTYPE a [<!ENTITY b "bbbb">]><info>&b;</info>'),
    "samples of a stream without a header": xdf.FILE_HEADER + xdf.samples(7, [1.0], [[1.0]]),
    "only a header": xdf.FILE_HEADER,
    "a chunk of length 0": xdf.FILE_HEADER + xdf.varlen(0),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_lengths_that_lie_are_refused_at_once(tmp_path, bomb):
    path = saved(tmp_path, BOMBS[bomb])
    begin = time.process_time()
    with pytest.raises(BadInput, match=r"trial\.xdf") as refused:
        read_xdf(path)
    assert "\n" not in str(refused.value)
    assert time.process_time() - begin < 2.0


def test_a_word_longer_than_its_file_is_what_is_left_of_it(tmp_path):
    word = b"\x08" + struct.pack("<d", 1.0) + xdf.varlen(2**32 - 1) + b"x"
    data = xdf.FILE_HEADER + xdf.header(1, "a", "Markers", 1, "string", 0.0)
    data += xdf.chunk(3, struct.pack("<I", 1) + xdf.varlen(1) + word)
    assert [e.name for e in read_xdf(saved(tmp_path, data)).events] == ["x"]


@pytest.mark.parametrize("cut", [5, 30, 300, 900, 2000])
def test_a_file_cut_anywhere_is_refused(tmp_path, cut):
    with pytest.raises(BadInput, match=r"cut short|damaged|no sample|no length|left"):
        read_xdf(saved(tmp_path, trial()[:-cut]))


def test_without_the_extra_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyxdf", None)
    with pytest.raises(BadInput, match=r'trial\.xdf: an XDF file.*pip install -e "\.\[xdf\]"'):
        read(saved(tmp_path, trial()))


def test_no_xdf_at_all():
    with pytest.raises(BadInput, match="no XDF"):
        check_chunks("a.xdf", b"XML:")
