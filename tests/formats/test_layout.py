"""Layouts: what a person writes down is what is read, and a built-in one knows its own file and no other."""

from pathlib import Path

import numpy as np
import pytest

from legato.errors import BadInput
from legato.formats.layout import find_layout, read_any_table
from legato.formats.layout_schema import built_in_layouts, read_layout_file
from legato.load import read

T = np.arange(50) / 1000.0


@pytest.fixture
def save(tmp_path: Path):
    def write(content: str, name: str = "trial.csv") -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


def rows(*columns: np.ndarray, sep: str = ",", comma: bool = False) -> str:
    text = "\n".join(sep.join(f"{v:.6f}" for v in row) for row in np.column_stack(columns)) + "\n"
    return text.replace(".", ",") if comma else text


PLATES = """
id = "plates"
name = "plates of a lab"
up = "-Y"
[table]
delimiter = ";"
decimal = ","
header_row = 3
units_row = 4
data_row = 5
missing = [-9999.0, "n.v."]
[time]
column = "Zeit"
unit = "ms"
[[column]]
name = "Kraft links"
channel = "left"
kind = "force"
unit = "kN"
plate = 1
quantity = "force"
axis = "y"
side = "left"
[[column]]
name = "Knopf"
kind = "table"
sign = -1
factor = 2.0
[[column]]
pattern = "Kommentar.*"
skip = true
"""


def german(left: np.ndarray, knob: np.ndarray) -> str:
    lines = ["Versuch 7;;;", ";;;", "Zeit;Kraft links;Knopf;Kommentar", "ms;kN;mm;"]
    lines += [f"{t * 1e3:.3f};{a:.5f};{b:.5f};gut".replace(".", ",") for t, a, b in zip(T, left, knob, strict=True)]
    return "\n".join(lines) + "\n"


def test_everything_a_layout_says_is_done(save):
    left, knob = -0.5 - T, 10.0 + T
    text = german(left, knob).replace("-0,51000;", "-9999;").replace("10,02000;", "n.v.;")
    recording = read_any_table(save(text), layout=save(PLATES, "plates.toml"))
    force, table = recording.stream("force"), recording.stream("table")
    assert (force.rate_hz, force.channels, force.units) == (1000.0, ("left",), ("N",))
    # Up is −y in the file, so a force of −0.5 kN along y pushes up with 500 N.
    expected = -left * 1e3
    expected[10] = np.nan
    np.testing.assert_allclose(force.values[:, 0], expected, atol=0.01)
    assert force.meta["force:left"] == "plate=1 quantity=force axis=y side=left"
    assert force.meta["up"] == "-Y"
    # sign −1, factor 2, and mm from the row of units.
    knobs = -2.0 * knob * 1e-3
    knobs[20] = np.nan
    np.testing.assert_allclose(table.values[:, 0], knobs, atol=1e-7)
    assert table.units == ("m",)


def test_vectors_of_a_plate_are_turned_to_z_up(save):
    layout = """
id = "v"
name = "v"
up = "+Y"
[time]
column = "t"
[[column]]
pattern = "F([xyz])1"
kind = "force"
unit = "N"
plate = 1
quantity = "force"
axis = "\\\\1"
"""
    content = "t,Fx1,Fy1,Fz1\n" + rows(T, 1 + 0 * T, 800 + 0 * T, 3 + 0 * T)
    stream = read_any_table(save(content), layout=save(layout, "v.toml")).streams[0]
    # +y up becomes +z about x: (x, y, z) -> (x, −z, y).
    np.testing.assert_allclose(stream.values[0], [1.0, -3.0, 800.0])


def test_a_table_without_times_needs_a_rate_in_words(save):
    layout = save('id = "a"\nname = "my table"\n[[column]]\nname = "a"\n', "a.toml")
    path = save("a\n" + rows(T))
    with pytest.raises(BadInput, match=r"trial\.csv: my table, without a time column.*--rate HZ"):
        read_any_table(path, layout=layout)
    assert read_any_table(path, layout=layout, rate_hz=250.0).streams[0].rate_hz == 250.0


def test_events_and_reps(save):
    steps = """
id = "steps"
name = "steps"
rows = "events"
[time]
unit = "frame"
rate_hz = 100.0
[[column]]
name = "side"
skip = true
[[column]]
name = "on"
event = "{row} on"
context = "Left"
"""
    events = read_any_table(save("side,on\nfirst,150\nsecond,50\n"), layout=save(steps, "e.toml")).events
    assert [(e.name, e.time_s, e.context) for e in events] == [("second on", 0.5, "Left"), ("first on", 1.5, "Left")]
    reps = """
id = "vbt"
name = "encoder"
rows = "reps"
[[column]]
name = "Rep"
[[column]]
pattern = "Mean Velocity.*"
unit = "m/s"
[[column]]
name = "Load"
unit = "kg"
[[column]]
name = "Name"
skip = true
"""
    content = "Rep,Mean Velocity (m/s),Load,Name\n1,0.81,60,x\n2,0.78,60,x\n"
    table = read_any_table(save(content), layout=save(reps, "r.toml")).rep_tables[0]
    assert table.columns == ("Rep", "Mean Velocity", "Load")
    assert table.units == ("", "m/s", "kg")
    np.testing.assert_allclose(table.values, [[1, 0.81, 60], [2, 0.78, 60]])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id = 3", "id"),
        ("id = ", "not valid TOML"),
        (
            'id="a"\nname="a"\ncolumn=[]',
            "wrong.toml: column: what stands there does not fit; give one [[column]] or more",
        ),
        ('id="a"\nname="a"\ncolumns=[]', "columns is not known here; did you mean column?"),
        (
            'id="a"\nname="a"\n[[column]]\nname="a"\nknid="emg"',
            "[[column]] 1, knid is not known here; did you mean kind?",
        ),
        ('id="a"\nname="a"\n[[column]]\nname="a"\nkind="emgs"', "[[column]] 1, kind"),
        (
            'id="a"\nname="a"\n[table]\nheader_row="x"\n[[column]]\nname="a"',
            "[table], header_row: 'x' does not fit; give a whole number",
        ),
        ('id="a"\nname="a"\n[table]\nheader_row=-3\n[[column]]\nname="a"', "-3 does not fit; give a number from 0"),
        (
            'id="a"\nname="a"\n[time]\nrate_hz=0\n[[column]]\nname="a"',
            "[time], rate_hz: 0 does not fit; give a number above 0",
        ),
        ('id="a"\nname="a"\n[[column]]\nname="a"\nunit="bananas"', "unit"),
        ('id="a"\nname="a"\n[[column]]\npattern="("', "pattern"),
        ('id="a"\nname="a"\n[[column]]\nname="a"\nkind="markers"', "markers"),
        ('id="a"\nname="a"\n[[column]]\nname="a"\npattern="a"', "exactly one"),
        ('id="a"\nname="a"\n[time]\nunit="N"\n[[column]]\nname="a"', "time"),
        ('id="a"\nname="a"\ncolour="red"\n[[column]]\nname="a"', "colour"),
        ('id="a"\nname="a"\n[[column]]\nname="b"', "'b'"),
        ('id="a"\nname="a"\n[table]\nheader_row=99\n[[column]]\nname="a"', "row 99"),
        ('id="a"\nname="a"\n[time]\nrate_hz=100.0\n[[column]]\nname="a"\nskip=true', "skips every column"),
    ],
)
def test_a_layout_that_is_wrong_is_refused_in_one_line(save, text, told):
    with pytest.raises(BadInput) as refused:
        read(save("t,a\n" + rows(T, T)), layout=save(text, "wrong.toml"))
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_layout_for_no_table_is_refused(save, tmp_path):
    trc = tmp_path / "a.trc"
    from legato.formats.trc import write_trc
    from legato.recording import Recording, Stream

    points = np.full((5, 1, 3), 0.5)
    write_trc(trc, Recording((Stream("markers", "markers", points, 100.0, ("A",), ("m",)),)))
    with pytest.raises(BadInput, match="none of the files is a table"):
        read(trc, layout=save(PLATES, "plates.toml"))


def test_the_built_in_layouts_name_their_sources():
    layouts = built_in_layouts()
    assert len({layout.id for layout in layouts}) == len(layouts) >= 13
    assert all(layout.source and layout.match is not None for layout in layouts)


TRIGNO = """Application:, Trigno Discover (2.1.0.7)
Date/Time:, 2026/01/01 10:00:00
Collection Length (seconds):, 0.05
Avanti Sensor 1 (12345), , , ,
sensor mode: 40, , , ,
EMG 1 Time Series (s), EMG 1 (mV), ACC X Time Series (s), ACC X (G)
, 1000 Hz, , 100 Hz
, 0.001 s, , 0.01 s
"""


def trigno() -> str:
    lines = [f"{t:.4f}, {np.sin(t):.6f}" + (f", {10 * t:.4f}, 1.0" if 10 * t < 0.05 else ", , ") for t in T]
    return TRIGNO + "\n".join(lines) + "\n"


VICON = "Devices,,,,,,,\n1000,,,,,,,\n,,Plate A - Force,,,Plate B - Force,,\n"
VICON += "Frame,Sub Frame,Fx,Fy,Fz,Fx,Fy,Fz\n,,N,N,N,N,N,N\n"

FILES = {
    "vicon-nexus-devices": VICON + rows(T, T, *(T + i for i in range(6))) + "\nTrajectories,,\n100,,\n,,Jane:LASI\n",
    "delsys-trigno-discover": trigno(),
    "delsys-emgworks": 'X[s],"L RF: EMG 1 [V]",X[s],"L BF: EMG 2 [V]"\n' + rows(T, T, T, 2 * T),
    "hawkin-force": "Time (s),Left (N),Right (N),Combined (N)\n" + rows(T, T + 400, T + 410, 2 * T + 810),
    "hawkin-forcetime": "time_s,force_right,force_Left,force_combined,velocity_m.s,displacement_m,power_w\n"
    + rows(T, T + 400, T + 410, 2 * T + 810, T, T, T),
    "synergies-cycles": "V1,V2\n1.4,2.0\n2.4,3.1\n3.5,4.1\n",
}


@pytest.mark.parametrize("name", FILES)
def test_a_built_in_layout_knows_its_file(save, name):
    path = save(FILES[name])
    found = find_layout(path.name, FILES[name])
    assert found is not None
    assert found.id == name
    recording = read(path)
    assert recording.streams or recording.events


def test_two_rates_in_one_export(save):
    recording = read(save(FILES["delsys-trigno-discover"]))
    assert {s.kind: (s.rate_hz, s.n_samples, s.units) for s in recording.streams} == {
        "emg": (1000.0, 50, ("V",)),
        "imu": (100.0, 5, ("m/s²",)),
    }


def test_equal_names_of_two_plates_get_the_number_of_their_device(save):
    stream = read(save(FILES["vicon-nexus-devices"])).streams[0]
    assert stream.channels == ("Fx1", "Fy1", "Fz1", "Fx2", "Fy2", "Fz2")
    assert (stream.kind, stream.rate_hz, stream.n_samples) == ("force", 1000.0, 50)


STRANGERS = {
    "an R table whose numbers are no steps": "V1,V2\n0.001,5.1\n0.002,4.9\n0.003,5.0\n",
    "a sensor in m/s² and rad/s": "tMillis,ax,ay,az,gx,gy,gz\n"
    + rows(1e3 * T, 0 * T + 0.1, 0 * T, 0 * T + 9.81, T, T, T),
    "a sensor of another resolution": "tMillis,ax,ay,az,gx,gy,gz\n" + rows(1e3 * T, 0 * T + 0.1, T, 1 + 0 * T, T, T, T),
    "forces of one plate too few": "Time (s),Left (N),Combined (N)\n" + rows(T, T, T),
    "a column more": "Time (s),Left (N),Right (N),Combined (N),Knee (deg)\n" + rows(T, T, T, T, T),
    "muscles of another study": "time,ME,MA,FL,RF\n" + rows(T, T, T, T, T),
    "OpenSim forces of another title": "walk\nnColumns=19\nendheader\ntime,ground_force1_vx\n" + rows(T, T),
    "numbers of an unnamed quantity": rows(T + 600.0),
}


@pytest.mark.parametrize("what", STRANGERS)
def test_a_similar_table_is_not_taken_for_it(what):
    assert find_layout("trial.csv", STRANGERS[what]) is None


def test_a_name_with_fz_does_not_make_words_a_force():
    assert find_layout("jump-Fz.txt", "label\nup\ndown\n") is None
    assert find_layout("jump-Fz.txt", rows(T * 1e6)) is None


def test_a_layout_file_that_is_no_file(tmp_path):
    with pytest.raises(BadInput, match=r"cannot be read"):
        read_layout_file(tmp_path / "none.toml")
