from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.errors import BadInput
from legato.formats.table import read_table, write_table
from legato.recording import Recording, Stream

T = np.arange(60) / 1000.0


@pytest.fixture
def save(tmp_path):
    def write(content: str | bytes, name: str = "trial.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def rows(*columns: np.ndarray, sep: str = ",", fmt: str = "{:.6f}") -> str:
    return "\n".join(sep.join(fmt.format(v) for v in row) for row in np.column_stack(columns)) + "\n"


@pytest.mark.parametrize("sep", [",", ";", "\t", "  "])
def test_any_delimiter(save, sep):
    stream = read_table(save(sep.join(["time", "a", "b"]) + "\n" + rows(T, T * 2, T * 3, sep=sep))).streams[0]
    assert (stream.kind, stream.channels, stream.rate_hz) == ("table", ("a", "b"), 1000.0)
    np.testing.assert_allclose(stream.values, np.column_stack([T * 2, T * 3]), atol=1e-9)


def test_decimal_commas(save):
    content = "time;a\n" + rows(T, T * 2, sep=";").replace(".", ",")
    np.testing.assert_allclose(read_table(save(content)).streams[0].channel("a"), T * 2, atol=1e-9)


@pytest.mark.parametrize(
    ("label", "factor"),
    [
        ("time", 1.0),
        ("Time (s)", 1.0),
        ("time_ms", 1e3),
        ("tMillis", 1e3),
        ("Time [ms]", 1e3),
        ("timestamp_us", 1e6),
        ("t", 1.0),
    ],
)
def test_spellings_of_time(save, label, factor):
    stream = read_table(save(f"{label},a\n" + rows(T * factor, T))).streams[0]
    assert stream.rate_hz == pytest.approx(1000.0)
    assert stream.channels == ("a",)


def test_units_in_the_header_and_under_it(save):
    for content in (
        "time (s),Fz (N),EMG1 [mV],x (mm)\n" + rows(T, T, T, T),
        "time,Fz,EMG1,x\ns,N,mV,mm\n" + rows(T, T, T, T),
    ):
        recording = read_table(save(content))
        assert {s.kind: s.channels for s in recording.streams} == {"force": ("Fz",), "emg": ("EMG1",), "table": ("x",)}
        np.testing.assert_allclose(recording.stream("emg").channel("EMG1"), T / 1000.0, atol=1e-9)
        np.testing.assert_allclose(recording.stream("table").channel("x"), T / 1000.0, atol=1e-9)
        assert recording.stream("table").unit == "m"


def test_a_vendors_preamble_tells_the_rate(save):
    content = "Devices,,\n2000,,\n,,EMG - Channels\nFrame,Sub Frame,EMG1\n,,V\n" + rows(T, T, T)
    stream = read_table(save(b"\xef\xbb\xbf" + content.encode())).streams[0]
    assert (stream.kind, stream.rate_hz, stream.channels) == ("emg", 2000.0, ("EMG1",))


def test_a_rate_named_in_the_preamble(save):
    content = "Subject,A\nSampling frequency,500\n\nFz1,Fz2\nN,N\n" + rows(T, T)
    stream = read_table(save(content)).streams[0]
    assert (stream.kind, stream.rate_hz) == ("force", 500.0)


def test_an_opensim_table_in_csv_is_read_as_one(save):
    f = np.full(60, 800.0)
    head = "trial,,,\nversion=1,,,\nnRows=60,,,\nendheader,,,\ntime,ground_force_vx,ground_force_vy,ground_force_vz\n"
    stream = read_table(save(b"\xef\xbb\xbf" + (head + rows(T, 0 * T, f, 0 * T)).encode())).streams[0]
    assert (stream.kind, stream.unit, stream.meta["up"]) == ("force", "N", "+Y")
    np.testing.assert_allclose(stream.channel("ground_force_vz"), f)


@pytest.mark.parametrize("head", ["a,b\n", "Frame,a\n", ""])
def test_no_time_base_and_no_rate_is_refused_and_with_a_rate_read(save, head):
    path = save(head + rows(np.arange(1.0, 61.0), np.sin(T * 100)))
    with pytest.raises(BadInput, match=r"trial\.csv: no time column and no rate; give the rate with --rate"):
        read_table(path)
    assert read_table(path, rate_hz=1000.0).streams[0].rate_hz == 1000.0


def test_one_column_of_numbers(save):
    stream = read_table(save("\r\n".join(["661.1", "662.2", "660.0"] * 5) + "\r\n", "x.txt"), rate_hz=1000.0).streams[0]
    assert stream.values.shape == (15, 1)


def test_columns_of_words_are_left_out_and_said(save):
    lines = ["label,a,b"] + [f"{'up' if i % 2 else 'down'},{i}.5,{i}" for i in range(20)]
    recording = read_table(save("\n".join(lines) + "\n"), rate_hz=30.0)
    assert recording.streams[0].channels == ("a", "b")
    assert any("label" in note for note in recording.notes)


def test_missing_and_infinite_cells_are_nan(save):
    content = "time,a,b\n0.0,1,2\n0.1,,inf\n0.2,NaN,-inf\n0.3,4,nan\n0.4,5,6\n"
    values = read_table(save(content)).streams[0].values
    np.testing.assert_array_equal(np.isfinite(values), [[1, 1], [0, 0], [0, 0], [1, 0], [1, 1]])


def test_uneven_samples_keep_their_times(save):
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(14, 20, 200))
    times[100:] += 120.0
    times = np.round(times) + 71000
    content = "tMillis,ax,ay,az,gx,gy,gz\n" + rows(
        times, *rng.normal(0, 0.01, (2, 200)), 1.0 + 0 * times, *rng.normal(0, 1, (3, 200))
    )
    recording = read_table(save(content))
    stream = recording.stream("imu")
    assert stream.time_s is not None
    np.testing.assert_allclose(stream.times(), (times - times[0]) / 1000.0, atol=1e-9)
    assert 55 < stream.rate_hz < 62
    assert stream.units[:3] == ("m/s²",) * 3
    assert np.median(stream.channel("az")) == pytest.approx(9.80665, rel=0.01)
    assert any("says g" in note for note in recording.notes)


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("time,RF,VM,VL,ST", ""),
        ("time,RF,VM,VL,ST\ns,mV,mV,mV,mV", "V"),
        ("time (s),RF (mV),VM (mV),VL (mV),ST (mV)", "V"),
        ("time,VL_R [mV],RF_R [mV],GMAX_R [mV],GMED_R [mV]", "V"),
        ("time,RVL (uV),RRF (uV),RGMAX (uV),RGMED (uV)", "V"),
        ("time,VL R,RF R,Glut max R,Glut med R", ""),
        ("time,R_VL,R_RF,L_VL,L_RF", ""),
        ("time,Vas Lat,Rec Fem,Glut Max,Bic Fem", ""),
    ],
)
def test_muscle_codes_are_emg_with_or_without_a_unit(save, header: str, unit: str):
    content = header + "\n" + rows(T, *np.random.default_rng(0).normal(size=(4, 60)))
    stream = read_table(save(content)).streams[0]
    assert stream.kind == "emg"
    assert set(stream.units) == {unit}


def test_voltages_with_other_names_are_no_emg(save):
    content = "time,Fz1 (V),Fz2 (V),trig (V),sync (V)\n" + rows(T, *np.random.default_rng(0).normal(size=(4, 60)))
    assert all(stream.kind != "emg" for stream in read_table(save(content)).streams)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("just some words\nand more\n", "no rows of numbers"),
        ("1,2\na,word\n3,4\na,word\n5,6\n", "no time column|not a number"),
        ("time,a\n0,1\n0.1,2,3,4\n0.2,3\n", "line 3 has 4 cells|no time"),
        ("time,a\n0,1\n0.1,x\n0.2,3\n0.3,1\n", "line 3, column 2 is 'x'"),
        ("time,a\n0.3,1\n0.2,2\n0.1,3\n0.0,3\n", "runs backwards"),
        ("time,a\n0.3,1\n0.3,2\n0.3,3\n", "stands still at 0.3"),
        ("time,a\n0.3,1\n,2\n0.1,3\n", "missing times"),
        ("time,a\n0.3,1\n", "one sample has no rate"),
        ("time\n0.1\n0.2\n0.3\n", "nothing else"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(save, content, fault):
    with pytest.raises(BadInput, match=fault) as caught:
        read_table(save(content))
    assert "trial.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
@settings(max_examples=300)
def test_anything_at_all_is_read_or_refused_in_one_line(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("fuzz") / "trial.csv"
    path.write_bytes(data)
    message = "trial.csv"
    try:
        read_table(path)
    except BadInput as error:
        message = str(error)
    assert "trial.csv" in message
    assert "\n" not in message


@given(st.integers(0, 500), st.integers(3, 60), st.integers(1, 8))
@settings(max_examples=25)
def test_what_was_written_is_read_again(tmp_path_factory, seed, samples, channels):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(samples, channels))
    values[rng.random(values.shape) < 0.1] = np.nan
    values[0] = 1.5
    names = tuple(f"c{i}" for i in range(channels))
    path = tmp_path_factory.mktemp("table") / "trial.csv"
    write_table(path, Recording((Stream("table", "table", values, 250.0, names, ("m",) * channels),)))
    found = read_table(path).streams[0]
    np.testing.assert_array_equal(found.values, values)
    assert (found.channels, found.units, found.rate_hz) == (names, ("m",) * channels, 250.0)


def test_real_tables(shared_data):
    emg = read_table(shared_data / "gait-emg" / "walk-13-muscles.csv").stream("emg")
    assert (emg.rate_hz, len(emg.channels)) == (1000.0, 13)
    emg = read_table(shared_data / "squat-emg" / "squat-emg.csv").stream("emg")
    assert (emg.rate_hz, len(emg.channels), emg.n_samples) == (2000.0, 16, 27480)
    force = read_table(shared_data / "jump-force-plates" / "BFR007_squat_jump.csv").stream("force")
    assert force.rate_hz == 1000.0
    # Standing on two plates: half the body weight on each.
    assert 300 < np.median(force.channel("ground_force1_vz")) < 600
    imu = read_table(shared_data / "barbell-imu" / "deadlift-farm1.csv").stream("imu")
    assert 50 < imu.rate_hz < 65
    assert imu.time_jumps > 0
    forces = read_table(shared_data / "jump-force-plates" / "Dual-CMJ-Fz.txt", rate_hz=1000.0).streams[0]
    assert (forces.kind, forces.channels) == ("force", ("FP1", "FP2"))


@pytest.mark.parametrize("label", ["/home/jane/run/a", "C:\\Users\\jane\\a", "\\\\host\\jane\\a"])
def test_the_folders_before_a_name_are_left_out(save, label):
    assert read_table(save(f"time,{label},b/c\n" + rows(T, T, T))).streams[0].channels == ("a", "b/c")


def test_text_that_is_named_as_another_format_says_that_it_is_none(tmp_path: Path):
    path = tmp_path / "wrong.c3d"
    path.write_text("not a recording at all\n")
    with pytest.raises(BadInput) as caught:
        read_table(path)
    assert str(caught.value).startswith("wrong.c3d: by its name a C3D, but it is none: it holds text with no rows of")
