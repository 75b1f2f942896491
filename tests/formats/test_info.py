import json

import numpy as np
import pytest

from legato.formats.info import dead_channels, info_record
from legato.load import read
from legato.recording import Event, InputFile, Recording, Stream, StreamKind


def stream(values: np.ndarray, kind: StreamKind = "emg", **meta: str) -> Stream:
    channels = tuple(f"c{i}" for i in range(values.shape[1]))
    return Stream(kind, kind, values, 100.0, channels, ("V",) * len(channels), meta=meta)


def record_of(*streams: Stream) -> dict:
    source = InputFile("a.c3d", "ab", "c3d", tuple(s.name for s in streams))
    return info_record(Recording(streams, (Event("hit", 0.5, "Left"),), inputs=(source,)))


def test_the_record_of_a_table():
    values = np.column_stack([np.linspace(-1, 1, 201), np.full(201, 0.25), np.full(201, np.nan)])
    values[50:60, 0] = np.nan
    (found,) = record_of(stream(values))["inputs"][0]["streams"]
    assert (found["rate_hz"], found["duration_s"], found["unit"]) == (100.0, 2.01, "V")
    assert found["mean_abs"][0] == pytest.approx(np.nanmean(np.abs(values[:, 0])))
    assert found["mean_abs"][1:] == [0.25, None]
    assert found["dead"] == ["c1", "c2"]
    assert found["gaps"] == 1


def test_a_hole_in_the_times_is_a_gap_with_its_length():
    times = np.arange(100) / 100.0
    times[40:] += 309.0
    times[70:] += 0.012
    held = Stream("a", "analog", np.random.default_rng(1).normal(size=(100, 1)), 100.0, ("c",), ("V",), time_s=times)
    (found,) = record_of(held)["inputs"][0]["streams"]
    assert found["gaps"] == 1
    assert found["time_holes_s"] == [{"start_s": pytest.approx(0.39), "length_s": pytest.approx(309.01)}]


def test_markers_are_measured_from_the_origin_and_are_dead_only_when_never_seen():
    values = np.zeros((10, 3, 3))
    values[:, 0] = [3.0, 4.0, 0.0]
    values[2:4, 0] = values[7, 0] = np.nan
    values[:, 1] = [1.0, 0.0, 0.0]
    values[:, 2] = np.nan
    (found,) = record_of(stream(values, "markers"))["inputs"][0]["streams"]
    assert found["mean_abs"] == [5.0, 1.0, None]
    assert found["dead"] == ["c2"]
    assert found["gaps"] == 2


def test_a_table_that_was_turned_is_shown_in_the_axes_of_its_file(tmp_path):
    rows = "\n".join(f"{i / 100:.2f}\t1.0\t800.0\t-3.0" for i in range(20))
    path = tmp_path / "grf.mot"
    path.write_text(f"grf\nnRows=20\nendheader\ntime\tground_force_vx\tground_force_vy\tground_force_vz\n{rows}\n")
    recording = read(path)
    assert recording.streams[0].channel("ground_force_vz").mean() == pytest.approx(800.0)
    found = info_record(recording)["inputs"][0]["streams"][0]
    assert found["mean_abs"] == pytest.approx([1.0, 800.0, 3.0])


def test_the_record_is_json_without_nan():
    values = np.full((5, 2), np.nan)
    record = record_of(stream(values), stream(np.zeros((5, 1, 3)), "markers"))
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["events"] == [{"name": "hit", "time_s": 0.5, "context": "Left"}]


def test_a_noisy_channel_is_not_dead_and_a_constant_one_is():
    rng = np.random.default_rng(0)
    values = np.column_stack([1e-9 * rng.normal(size=50), np.full(50, 3299.9)])
    assert dead_channels(stream(values)) == ("c1",)


def test_a_box_lift(shared_data):
    streams = {
        s["name"]: s for s in info_record(read(shared_data / "box-lift" / "box-lift.c3d"))["inputs"][0]["streams"]
    }
    assert streams["markers"]["rate_hz"] == 100.0
    dead = set(streams["emg"]["dead"])
    live = {
        *("Delt_ant.EMG1", "Infra.EMG10", "Subscap.EMG11", "Delt_med.EMG2", "Delt_post.EMG3", "Biceps.EMG4"),
        *("Triceps.EMG5", "Trap_sup.EMG6", "Trap_inf.EMG7", "Gd_dent.EMG8", "Supra.EMG9", "Pec.IM EMG12"),
        "Gd_dors.IM EMG13",
    }
    assert not dead & live
    assert sum("IM EMG" in name for name in dead) == 14
