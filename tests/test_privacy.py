"""What a header says of persons and their machines reaches no output."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.analysis import analyze
from legato.errors import BadInput
from legato.load import info_record, read
from legato.simulate import scenario_for, simulate_scenario, write_simulation

PLANTED = "Zacharias_Quux"


def told_of(path: Path, rate_hz: float | None = None) -> str:
    """All that reading a file and saying what is in it tells."""
    try:
        return json.dumps(info_record(read(path, rate_hz=rate_hz)))
    except BadInput as error:
        return str(error)


@pytest.fixture(scope="module")
def squat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people") / PLANTED
    folder.mkdir()
    made = simulate_scenario(scenario_for("back-squat", rate_hz=100.0, reps=3))
    return next(p for p in write_simulation(made, folder) if p.suffix == ".c3d")


def test_the_folder_of_the_recording_is_not_in_the_result(squat: Path, tmp_path: Path):
    result = analyze(read(squat), "back-squat")
    assert PLANTED not in json.dumps(result.to_dict())
    result.save(tmp_path)
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert written
    for path in written:
        assert PLANTED.encode() not in path.read_bytes(), path.name


def _trc(path: Path) -> None:
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\tC:\\Users\\{PLANTED}\\trial.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "100\t100\t3\t1\tmm\t100\t1\t3",
        "Frame#\tTime\tA\t\t",
        "\t\tX1\tY1\tZ1",
        "",
        *(f"{i + 1}\t{i / 100:.2f}\t1.0\t2.0\t3.0" for i in range(3)),
    ]
    path.write_text("\n".join(lines) + "\n")


def _mot(path: Path) -> None:
    head = f"C:\\Users\\{PLANTED}\\trial.mot\nversion=1\nnRows=3\nnColumns=2\ninDegrees=yes\nendheader\n"
    path.write_text(head + "time\tknee_angle_r\n" + "".join(f"{i / 100}\t{i}.0\n" for i in range(3)))


def _csv(path: Path) -> None:
    path.write_text(f"Athlete,{PLANTED}\nFile,/home/{PLANTED}/a\nRate,100\na,b\n" + "1.0,2.0\n" * 5)


def _vicon(path: Path) -> None:
    rows = "".join(f"{i},0,{i}.5\n" for i in range(5))
    tail = f"\nTrajectories\n100\n,,{PLANTED}:LASI\nFrame,Sub Frame,X\n,,mm\n1,0,2.0\n"
    path.write_text("Devices\n1000\n,,Amp - EMG\nFrame,Sub Frame,EMG1\n,,V\n" + rows + tail)


def _xdf(path: Path) -> None:
    pytest.importorskip("pyxdf", reason="the extra xdf is not installed")
    xml = (
        f"<info><name>amp</name><type>EMG</type><channel_count>1</channel_count><nominal_srate>100</nominal_srate>"
        f"<channel_format>double64</channel_format><hostname>{PLANTED}</hostname>"
        f"<desc><subject><id>{PLANTED}</id></subject></desc></info>"
    ).encode()
    body = b"".join(b"\x08" + struct.pack("<dd", i / 100, i) for i in range(20))
    chunks = [struct.pack("<HI", 2, 1) + xml, struct.pack("<HI", 3, 1) + b"\x01\x14" + body]
    path.write_bytes(b"XDF:" + b"".join(b"\x04" + struct.pack("<I", len(c)) + c for c in chunks))


def _landmarks(path: Path) -> None:
    path.write_text(json.dumps({"metadata": {"source_file": f"/home/{PLANTED}/a.csv"}, "repetitions": [
        {"rep_number": 1, "concentric_phase": {"start_time": 1.0, "end_time": 2.0}, "athlete": PLANTED}]}))  # fmt: skip


def _c3d(path: Path) -> None:
    import ezc3d

    file: Any = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    # A subject's name stands before each of the labels, too.
    file["parameters"]["POINT"]["LABELS"]["value"] = [f"{PLANTED}:LASI", f"{PLANTED}:RASI"]
    points = np.ones((4, 2, 10))
    points[:3] *= 500.0
    file["data"]["points"] = points
    for group, name in (("SUBJECTS", "NAMES"), ("MANUFACTURER", "COMPANY"), ("TRIAL", "DESCRIPTIONS")):
        file.add_parameter(group, name, [PLANTED])
    file.write(str(path))


MAKERS = {
    "a.trc": _trc,
    "a.mot": _mot,
    "a.csv": _csv,
    "devices.csv": _vicon,
    "a.xdf": _xdf,
    "a.json": _landmarks,
    "a.c3d": _c3d,
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_name_planted_in_a_header_is_not_told(tmp_path: Path, name: str):
    path = tmp_path / name
    MAKERS[name](path)
    assert PLANTED.encode() in path.read_bytes()
    told = told_of(path)
    assert name in told
    assert PLANTED not in told


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_nor_by_the_refusal_of_a_cut_file(tmp_path: Path, name: str, share: float):
    path = tmp_path / name
    MAKERS[name](path)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert PLANTED not in told_of(path)
    assert PLANTED not in told_of(path, 100.0)
