import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import legato
from legato.errors import BadInput
from legato.formats.c3d import write_c3d
from legato.formats.mot import write_mot
from legato.formats.table import write_table
from legato.formats.trc import write_trc
from legato.load import read
from legato.recording import Event, Recording, Stream

NAMES = ("RKNE", "RANK", "LKNE", "LANK", "C7", "RASI", "LASI", "LHEE")
BODY = np.array(
    [[0, -0.15, 0.5], [0, -0.15, 0.08], [0, 0.15, 0.5], [0, 0.15, 0.08], [-0.05, 0, 1.45], [0, -0.13, 1.0],
     [0, 0.13, 1.0], [-0.06, 0.15, 0.04]]
)  # fmt: skip


def trial(frames: int = 200) -> Recording:
    rng = np.random.default_rng(0)
    t = np.arange(frames) / 100.0
    values = BODY + rng.normal(0, 0.001, (frames, 8, 3))
    values[..., 2] += (0.1 * np.sin(2 * np.pi * 0.7 * t) + 0.05 * np.sin(2 * np.pi * 1.3 * t + t**2))[:, None]
    stream = Stream("markers", "markers", values, 100.0, NAMES, ("m",) * 8)
    return Recording((stream,), (Event("clap", 0.5),))


@pytest.mark.parametrize("name", ["trial.c3d", "trial.trc", "trial.dat", "no_ending", "trial.csv"])
@pytest.mark.parametrize("write", [write_c3d, write_trc])
def test_the_content_tells_the_format_not_the_name(tmp_path, write, name):
    path = tmp_path / name
    write(path, trial())
    recording = legato.read(path)
    np.testing.assert_allclose(recording.stream("markers").values, trial().stream("markers").values, atol=1e-6)
    (source,) = recording.inputs
    assert source.format == ("c3d" if write is write_c3d else "trc")
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.streams == ("markers",)


def test_files_of_one_trial_get_the_same_turn(tmp_path):
    markers = trial()
    force = Stream(
        "force", "force", np.column_stack([np.full(200, 300.0), np.full(200, 20.0), np.full(200, 400.0)]), 100.0,
        ("ground_force_vx", "ground_force_vy", "ground_force_vz"), ("N",) * 3,
    )  # fmt: skip
    write_trc(tmp_path / "a.trc", markers)
    write_mot(tmp_path / "a.mot", Recording((force,)))
    joined = read(tmp_path / "a.trc", tmp_path / "a.mot")
    # The force leans too far for its own direction to tell the vertical: the body of the other file does.
    np.testing.assert_allclose(joined.stream("force").values, force.values, atol=1e-6)
    assert [o.method for o in joined.offsets] == ["same clock"]


def test_a_c3d_and_a_table_meet_by_their_event_or_the_stated_offset(tmp_path):
    write_c3d(tmp_path / "a.c3d", trial())
    values = np.random.default_rng(1).normal(size=(500, 2))
    write_table(tmp_path / "b.csv", Recording((Stream("emg", "emg", values, 1000.0, ("EMG1", "EMG2"), ("V", "V")),)))
    joined = read(tmp_path / "a.c3d", tmp_path / "b.csv", offset_s=0.4)
    assert joined.stream("emg").start_s == pytest.approx(0.4)
    (offset,) = joined.offsets
    assert offset.method == "stated offset; device delay unknown"
    assert offset.sd_s > 0.03


def test_names_in_both_files_are_made_unique(tmp_path):
    whole = trial()
    write_trc(tmp_path / "a.trc", whole)
    stream = whole.stream("markers")
    noise = np.random.default_rng(5).normal(0.0, 0.001, stream.values.shape)
    write_trc(tmp_path / "b.trc", Recording((stream.with_values(stream.values + noise),)))
    joined = read(tmp_path / "a.trc", tmp_path / "b.trc")
    assert [s.name for s in joined.streams] == ["markers", "markers_2"]
    assert [i.streams for i in joined.inputs] == [("markers",), ("markers_2",)]


def test_two_marker_recordings_of_other_length_and_names_are_no_trial(tmp_path):
    whole = trial(400)
    stream = whole.stream("markers")
    write_trc(tmp_path / "a.trc", whole)
    part = replace(stream, values=stream.values[:250].copy(), channels=tuple(f"{c}_b" for c in stream.channels))
    write_trc(tmp_path / "b.trc", Recording((part,)))
    with pytest.raises(BadInput, match=r"two marker recordings that share 0 of \d+ markers.*analyse each") as caught:
        read(tmp_path / "a.trc", tmp_path / "b.trc")
    assert "a.trc" in str(caught.value) and "b.trc" in str(caught.value)
    assert "\n" not in str(caught.value)
    stated = read(tmp_path / "a.trc", tmp_path / "b.trc", offset_s=0.5)
    assert len(stated.streams) == 2
    write_trc(tmp_path / "b.trc", Recording((replace(part, values=stream.values.copy()),)))
    assert len(read(tmp_path / "a.trc", tmp_path / "b.trc").streams) == 2


@pytest.mark.parametrize("late_s", [0.0, 1.2])
def test_marker_recordings_that_only_their_clocks_join_are_no_trial(tmp_path, late_s):
    markers = trial(400).stream("markers")
    write_trc(tmp_path / "a.trc", Recording((markers,)))
    other = replace(
        markers,
        values=markers.values[:150].copy(),
        channels=tuple(f"{c}_b" for c in markers.channels),
        start_s=late_s,
    )
    write_trc(tmp_path / "b.trc", Recording((other,)))
    for names in (("a.trc", "b.trc"), ("b.trc", "a.trc")):
        with pytest.raises(BadInput, match=r"two marker recordings that share 0 of 8 markers.*analyse each"):
            read(*(tmp_path / name for name in names))


def test_files_of_unlike_length_that_nothing_joins_say_so(tmp_path):
    write_trc(tmp_path / "a.trc", trial(400))
    short, whole = (
        Stream("angles", "angles", np.cumsum(np.random.default_rng(2).normal(size=(n, 2)), 0), 100.0, ("knee_angle_r",
               "hip_flexion_r"), ("deg",) * 2)
        for n in (150, 400)
    )  # fmt: skip
    write_mot(tmp_path / "short.mot", Recording((short,)))
    write_mot(tmp_path / "whole.mot", Recording((whole,)))
    (said,) = [n for n in read(tmp_path / "a.trc", tmp_path / "short.mot").notes if "one trial" in n]
    assert said == (
        "short.mot (1.50 s) and a.trc (4.00 s): nothing that both show tells whether they are of one trial; that rests"
        " on their own clocks alone, so check it, or give the offset with --offset S"
    )
    assert not [n for n in read(tmp_path / "a.trc", tmp_path / "whole.mot").notes if "one trial" in n]
    assert not [n for n in read(tmp_path / "a.trc", tmp_path / "short.mot", offset_s=0.5).notes if "one trial" in n]


def test_tables_that_both_start_at_zero_say_what_that_rests_on(tmp_path):
    write_trc(tmp_path / "a.trc", trial(400))
    values = np.random.default_rng(1).normal(size=(9000, 2))
    write_table(tmp_path / "b.csv", Recording((Stream("emg", "emg", values, 1000.0, ("EMG1", "EMG2"), ("V", "V")),)))
    (said,) = [n for n in read(tmp_path / "a.trc", tmp_path / "b.csv").notes if "one trial" in n]
    assert "b.csv (9.00 s) and a.trc (4.00 s)" in said and "a same start that is assumed" in said


def test_a_planted_offset_is_found_from_the_markers(tmp_path):
    whole = trial(400)
    values = whole.stream("markers").values
    first = Recording((whole.stream("markers").with_values(values[:300].copy()),))
    second = Recording((whole.stream("markers").with_values(values[137:].copy()),))
    write_c3d(tmp_path / "a.c3d", first)
    write_c3d(tmp_path / "b.c3d", second)
    joined = read(tmp_path / "a.c3d", tmp_path / "b.c3d")
    assert joined.offsets[0].offset_s == pytest.approx(1.37, abs=0.0005)
    assert any("that was followed" in note for note in joined.notes)


def test_the_same_data_twice_are_refused(tmp_path):
    force = Stream("force", "force", np.random.default_rng(3).normal(700.0, 2.0, (300, 1)), 1000.0, ("Fz",), ("N",))
    write_table(tmp_path / "a.csv", Recording((force,)))
    text = (tmp_path / "a.csv").read_text()
    (tmp_path / "b.csv").write_text(text)
    # The same numbers with other line ends, and under another name of the column.
    (tmp_path / "c.csv").write_bytes(text.replace("\n", "\r\n").encode())
    (tmp_path / "d.csv").write_text(text.replace("Fz", "left_Fz"))
    write_trc(tmp_path / "m.trc", trial())
    write_trc(tmp_path / "n.trc", trial())
    for first, second, said in (
        ("a.csv", "a.csv", "the same file twice; give each file once"),
        ("a.csv", "b.csv", "the same file twice; give each file once"),
        ("a.csv", "c.csv", "the same force data of 300 samples in both; give one of the two"),
        ("a.csv", "d.csv", "the same force data of 300 samples in both; give one of the two"),
        ("m.trc", "n.trc", "the same markers data of 200 samples in both; give one of the two"),
    ):
        with pytest.raises(BadInput) as caught:
            read(tmp_path / first, tmp_path / second, offset_s=0.5)
        assert str(caught.value) == f"{tmp_path / first} and {tmp_path / second}: {said}"


def test_two_plates_that_read_alike_are_two(tmp_path):
    rng = np.random.default_rng(3)
    for name, values in (
        ("a.csv", rng.normal(350.0, 2.0, (300, 1))),
        ("b.csv", rng.normal(350.0, 2.0, (300, 1))),
        ("empty.csv", np.zeros((300, 1))),
        ("dead.csv", np.zeros((300, 1))),
    ):
        column = f"Fz {name[0]}"
        write_table(tmp_path / name, Recording((Stream("force", "force", values, 1000.0, (column,), ("N",)),)))
    for names in (("a.csv", "b.csv"), ("empty.csv", "dead.csv")):
        assert len(read(*(tmp_path / name for name in names)).of_kind("force")) == 2


class TestRefusals:
    def refused(self, *paths: Path, offset_s: float | None = None, rate_hz: float | None = None) -> str:
        begin = time.perf_counter()
        with pytest.raises(BadInput) as caught:
            read(*paths, offset_s=offset_s, rate_hz=rate_hz)
        assert time.perf_counter() - begin < 10.0
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_nothing_a_folder_and_what_is_not_there(self, tmp_path):
        assert "no file given" in self.refused()
        assert "a folder" in self.refused(tmp_path)
        assert "no such file" in self.refused(tmp_path / "none.c3d")

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
    def test_a_file_that_may_not_be_read(self, tmp_path):
        path = tmp_path / "a.c3d"
        write_c3d(path, trial())
        path.chmod(0)
        assert "cannot be read" in self.refused(path)

    @pytest.mark.parametrize("name", ["a.c3d", "a.trc", "a.mot", "a.csv"])
    @pytest.mark.parametrize("data", [b"", b"   \n", b"\x00" * 3000, np.random.default_rng(0).bytes(20_000)])
    def test_empty_and_random_files(self, tmp_path, name, data):
        path = tmp_path / name
        path.write_bytes(data)
        assert name in self.refused(path)

    @pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
    @pytest.mark.parametrize("write", [write_c3d, write_trc])
    def test_truncated_files(self, tmp_path, write, share):
        path = tmp_path / "a.dat"
        write(path, trial())
        data = path.read_bytes()
        path.write_bytes(data[: int(share * len(data)) + 1])
        try:
            values = read(path).stream("markers").values
        except BadInput:
            assert "a.dat" in self.refused(path)
            return
        # Where only padding or whole rows are lost, what is left is right.
        assert share > 0.9
        np.testing.assert_allclose(values, trial().stream("markers").values[: len(values)], atol=1e-6)

    @pytest.mark.parametrize(
        "head", [b"PK\x03\x04", b"\x89PNG", b'{"a": 1}', b"<?xml version", b"\x00\x00\x00\x18ftypmp42"]
    )
    def test_files_of_other_kinds_are_named(self, tmp_path, head):
        path = tmp_path / "a.c3d"
        path.write_bytes(head + bytes(200))
        assert "does not read here" in self.refused(path)

    @pytest.mark.parametrize("rate", [0.0, -5.0, float("nan"), float("inf")])
    def test_a_rate_that_is_none(self, tmp_path, rate):
        path = tmp_path / "a.csv"
        path.write_text("a\n1\n2\n3\n")
        assert "--rate" in self.refused(path, rate_hz=rate)

    @pytest.mark.parametrize(
        ("scale", "said"), [(1e-3, "within 1.4 mm of one another"), (0.0254, "within 36 mm"), (1e3, "1410 m apart")]
    )
    def test_markers_in_another_unit_than_the_file_says(self, tmp_path, scale, said):
        stream = trial().stream("markers")
        write_trc(tmp_path / "a.trc", Recording((stream.with_values(scale * stream.values),)))
        told = self.refused(tmp_path / "a.trc")
        assert told.startswith("a.trc: its markers lie ") and said in told and "unit" in told

    def test_an_offset_without_a_second_file(self, tmp_path):
        write_trc(tmp_path / "a.trc", trial())
        assert "--offset" in self.refused(tmp_path / "a.trc", offset_s=0.1)


def test_reading_stays_quick(tmp_path):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2500, 60, 3))
    stream = Stream("markers", "markers", values, 250.0, tuple(f"M{i}" for i in range(60)), ("m",) * 60)
    for name, write in (("a.c3d", write_c3d), ("a.trc", write_trc)):
        write(tmp_path / name, Recording((stream,)))
        begin = time.process_time()
        read(tmp_path / name)
        # Measured 0.05 s (C3D) and 0.15 s (TRC) on one idle core of 2020; four times that for a busy one.
        assert time.process_time() - begin < 0.6


def test_importing_the_reader_loads_no_heavy_package():
    code = "import sys, legato.load; print([m for m in ('ezc3d', 'pint', 'scipy', 'numba') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_shared_recording_is_read_or_refused_in_one_line(shared_data):
    kinds = {".c3d", ".trc", ".mot", ".sto", ".csv", ".txt", ".json", ".xdf"}
    for path in sorted(p for p in shared_data.rglob("*") if p.suffix.lower() in kinds):
        message = path.name
        begin = time.perf_counter()
        try:
            found = read(path)
            assert found.streams or found.events or found.rep_tables
        except BadInput as error:
            message = str(error)
        assert time.perf_counter() - begin < 10.0
        assert path.name in message
        assert "\n" not in message


def test_a_rate_is_for_the_files_without_times_only(tmp_path):
    (tmp_path / "timed.csv").write_text("time,a\n" + "".join(f"{i / 200},{i}\n" for i in range(100)))
    (tmp_path / "bare.csv").write_text("EMG1,EMG2\n" + "".join(f"{i},{-i}\n" for i in range(500)))
    recording = read(tmp_path / "timed.csv", tmp_path / "bare.csv", rate_hz=1000.0)
    assert {s.kind: s.rate_hz for s in recording.streams} == {"table": 200.0, "emg": 1000.0}
    assert read(tmp_path / "timed.csv", rate_hz=100.0).streams[0].rate_hz == 100.0


def test_a_table_of_events_lies_on_the_clock_of_its_recording(tmp_path):
    # The recording starts at 0.5 s of its own clock, so the first step, at 1.4 s of it, comes 0.9 s after the start.
    (tmp_path / "emg.csv").write_text("time,RF,BF\n" + "".join(f"{0.5 + i / 1000},{i},{-i}\n" for i in range(500)))
    (tmp_path / "steps.csv").write_text("V1,V2\n1.4,2.0\n2.4,3.1\n3.5,4.1\n")
    for paths in (("emg.csv", "steps.csv"), ("steps.csv", "emg.csv")):
        recording = read(*(tmp_path / p for p in paths))
        gap = recording.events[0].time_s - recording.streams[0].start_s
        assert gap == pytest.approx(0.9, abs=1e-9)
        assert any("events of steps.csv" in note for note in recording.notes)
