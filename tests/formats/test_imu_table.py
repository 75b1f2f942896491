"""Tables of segment sensors: which column belongs to which sensor, and in which unit its rates are."""

from pathlib import Path

import numpy as np
import pytest

from legato.analysis import analyze
from legato.errors import BadInput
from legato.formats.imu_table import column_of
from legato.load import read


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("pelvis_qw", ("pelvis", "quat_w")),
        ("pelvis_gx", ("pelvis", "gyr_x")),
        ("thigh_right_gyr_x", ("thigh_right", "gyr_x")),
        ("Gyr_X", ("", "gyr_x")),
        ("FreeAcc_Z", ("", "free_acc_z")),
        ("Pelvis.Gyro.X", ("Pelvis", "gyr_x")),
        ("RightThigh_AccX", ("RightThigh", "acc_x")),
        ("Gyr_X_pelvis", ("pelvis", "gyr_x")),
        ("femur_r_imu_q0", ("femur_r_imu", "quat_w")),
        ("TIB_R_ACC.X", ("TIB_R", "acc_x")),
        ("pelvis_tx", None),
        ("pelvis_height", None),
        ("knee_q", None),
        ("dv[1]", None),
        ("time", None),
    ],
)
def test_a_column_tells_its_sensor_and_what_it_measures(column: str, found: tuple[str, str] | None) -> None:
    assert column_of(column) == found


def _turning(n: int = 600, rate_hz: float = 100.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, rate about x (rad/s) and gravity in a sensor that rocks about x by closed form."""
    t = np.arange(n) / rate_hz
    angle = 0.6 * np.sin(2.0 * np.pi * 0.5 * t)
    return t, 0.6 * np.pi * np.cos(np.pi * t), 9.80665 * np.stack((0.0 * t, np.sin(angle), np.cos(angle)), axis=1)


def _dot(path: Path, factor: float) -> Path:
    t, rate, pull = _turning()
    rows = [
        f"{k},{round(2268972329 + 1e6 * t[k])},0,{pull[k, 1]:.5f},{pull[k, 2]:.5f},{factor * rate[k]:.6f},0,0,"
        for k in range(t.size)
    ]
    head = [
        "sep=,", "DeviceTag:,Sacrum", "FirmwareVersion:,3.0.0", "SyncStatus:,Synced", "OutputRate:,100Hz", "",
        "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z,",
    ]  # fmt: skip
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("factor", [1.0, 180.0 / np.pi])
def test_gravity_tells_whether_rates_are_in_degrees(tmp_path: Path, factor: float) -> None:
    stream = read(_dot(tmp_path / "1.csv", factor)).of_kind("imu")[0]
    assert stream.meta["sensor"] == "Sacrum"
    assert stream.units == ("m/s²",) * 3 + ("rad/s",) * 3
    assert stream.rate_hz == pytest.approx(100.0)
    assert stream.channel("gyr_x").max() == pytest.approx(0.6 * np.pi, rel=1e-3)


def test_files_of_one_suit_meet_by_their_own_clock(tmp_path: Path) -> None:
    first, other = _dot(tmp_path / "1.csv", 1.0), _dot(tmp_path / "2.csv", 1.0)
    other.write_text(other.read_text("utf-8").replace("Sacrum", "Sternum"), encoding="utf-8")
    recording = read(first, other)
    # Both sensors turn alike here: without their names the channels would be laid over each other.
    assert recording.offsets[0].method == "same clock"
    assert recording.offsets[0].sd_s == pytest.approx(0.01 / np.sqrt(12.0))


def test_sensors_beside_each_other_become_streams(tmp_path: Path) -> None:
    t, rate, _ = _turning(50)
    rows = [f"{t[k]:.3f},1,0,0,0,{rate[k]:.5f},0,0,3.5" for k in range(t.size)]
    head = (
        "time,pelvis_qw,pelvis_qx,pelvis_qy,pelvis_qz,thorax_gx (rad/s),thorax_gy (rad/s),thorax_gz (rad/s),note_level"
    )
    path = tmp_path / "suit.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    recording = read(path)
    assert [s.name for s in recording.streams] == ["imu pelvis", "imu thorax", "table"]
    assert recording.stream("imu pelvis").channels == ("quat_w", "quat_x", "quat_y", "quat_z")
    assert recording.stream("imu thorax").channel("gyr_x")[3] == pytest.approx(rate[3], abs=1e-5)


def test_rates_without_a_unit_and_without_a_hint_are_refused(tmp_path: Path) -> None:
    t, rate, _ = _turning(50)
    rows = [f"{t[k]:.3f},{rate[k]:.5f},0,0" for k in range(t.size)]
    path = tmp_path / "suit.csv"
    path.write_text("\n".join(["time,pelvis_gx,pelvis_gy,pelvis_gz", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"suit\.csv: the rates of pelvis state no unit"):
        read(path)


def _sto(tmp_path: Path, rows: list[str]) -> Path:
    head = ["DataRate=100.000000", "DataType=Quaternion", "version=3", "OpenSimVersion=4.5", "endheader"]
    path = tmp_path / "trial_orientations.sto"
    path.write_text("\n".join([*head, "time\tpelvis_imu\tfemur_r_imu", *rows]) + "\n", encoding="utf-8")
    return path


def test_opensense_files_hold_a_quaternion_a_cell(tmp_path: Path) -> None:
    rows = [f"{0.01 * k:.2f}\t1,0,0,0\t0.7071,0.7071,0,0" for k in range(20)]
    recording = read(_sto(tmp_path, rows))
    assert recording.inputs[0].format == "quaternions"
    assert [s.meta["sensor"] for s in recording.streams] == ["pelvis_imu", "femur_r_imu"]
    assert recording.streams[1].values[5] == pytest.approx([0.7071, 0.7071, 0.0, 0.0])


@pytest.mark.parametrize("row", ["0.00\t1,0,0\t1,0,0,0", "0.00\t1,0,0,0", "0.00\ta,b,c,d\t1,0,0,0"])
def test_a_cell_that_is_no_quaternion_is_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(BadInput, match="row 1"):
        read(_sto(tmp_path, [row]))


@pytest.mark.filterwarnings("error")
def test_a_sensor_without_a_number_is_refused(tmp_path: Path):
    path = tmp_path / "bar.csv"
    rows = "".join(f"{0.01 * k:.2f}{',nan' * 6}\n" for k in range(200))
    path.write_text(f"time,ax,ay,az,gx,gy,gz\n{rows}", encoding="utf-8")
    with pytest.raises(BadInput, match=r"^bar\.csv: no sample of bar holds a number"):
        read(path)


def _raw(path: Path, acc_unit: str, gyr_unit: str, *, turning: bool = True) -> Path:
    t, rate, pull = _turning()
    rate = rate if turning else 0.01 * np.random.default_rng(0).normal(size=t.size)
    head = ["time", *(f"a{a}{acc_unit}" for a in "xyz"), *(f"g{a}{gyr_unit}" for a in "xyz")]
    rows = np.column_stack([t, pull if turning else np.tile([0.0, 0.0, 9.81], (t.size, 1)), rate, 0.0 * t, 0.0 * t])
    path.write_text("\n".join([",".join(head), *(",".join(f"{x:.6g}" for x in row) for row in rows)]) + "\n")
    return path


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (
            (" (m/s^2)", " (m/s^2)"),
            "column gx is in m/s², but by its name it is a rate of turning, which is in deg/s or rad/s",
        ),
        (
            (" (deg/s)", " (deg/s)"),
            "column ax is in rad/s, but by its name it is an acceleration, which is in m/s^2 or g",
        ),
    ],
)
def test_a_unit_that_measures_something_else_is_refused(tmp_path: Path, units: tuple[str, str], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(_raw(tmp_path / "bar.csv", *units))
    assert str(caught.value) == f"bar.csv: {said}; mend its unit or its name"


def test_rates_whose_unit_nothing_tells_are_named_as_the_file_spells_them(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"rates of bar state no unit: .*gx, gy, gz \(turning.*name: gx \(deg/s\)"):
        read(_raw(tmp_path / "bar.csv", " (m/s^2)", "", turning=False))


def test_accelerations_without_rates_are_told_from_sensors_without_a_name(tmp_path: Path) -> None:
    t, _, pull = _turning()
    path = tmp_path / "bar.csv"
    rows = (",".join(f"{x:.6g}" for x in row) for row in np.column_stack([t, pull]))
    path.write_text("\n".join(["time,ax (m/s^2),ay (m/s^2),az (m/s^2)", *rows]) + "\n")
    with pytest.raises(BadInput, match=r"accelerations \(imu\) without rates of turning.*export the gyroscope too"):
        analyze(read(path), "deadlift")
