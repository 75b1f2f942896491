"""Joint angles in plain tables, by Legato's names and by OpenSim's."""

from pathlib import Path

import numpy as np
import pytest

from legato.body.opensim import _MIDDLE, _OWN, _SIDED, body_from_angles
from legato.errors import BadInput
from legato.formats._joint_angles import joint_angle_columns
from legato.formats.layout import read_any_table

T = np.arange(300) / 250.0
BEND = 50.0 - 50.0 * np.cos(2.0 * np.pi * T)
HEADER = "time_s,pelvis_obliquity,hip_adduction_right,knee_flexion_right,pelvis_tilt"
IN_RAD = "time_s,pelvis_obliquity (rad),hip_adduction_right (rad),knee_flexion_right (rad),pelvis_tilt (rad)"


def table(path: Path, header: str, scale: float = 1.0) -> Path:
    """Four angles in degrees times `scale`, at a rate at which words of muscles would be taken for EMG."""
    rows = [f"{t:.3f},{0.02 * b},{0.1 * b},{b},{-0.3 * b}" for t, b in zip(T, BEND * scale, strict=True)]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_every_name_that_a_body_takes_is_an_angle_in_a_table() -> None:
    names = sorted({*_OWN, *_MIDDLE, *(f"{name}_{side}" for name in _SIDED for side in "rl")})
    assert len(joint_angle_columns(names, [""] * len(names))) == len(names)
    assert joint_angle_columns(["obliquus_r", "knee_angle_r", "hip_flexion_r_moment"], ["", "", ""]) == []
    assert joint_angle_columns(["knee_angle_r"], ["N·m"]) == []


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        (HEADER, 1.0),
        (IN_RAD, 0.0175),
    ],
)
def test_legatos_own_table_is_read_with_its_signs(tmp_path: Path, header: str, scale: float) -> None:
    recording = read_any_table(table(tmp_path / "joint_angles.csv", header, scale))
    assert [s.kind for s in recording.streams] == ["angles"]
    body = body_from_angles(recording.streams)
    # 0.0175 rad a degree is off by 0.03 of it in a hundred.
    assert np.degrees(body.angles["knee_flexion_right"].max()) == pytest.approx(100.0, rel=4e-3)
    assert np.degrees(body.angles["pelvis_tilt"].min()) == pytest.approx(-30.0, rel=4e-3)


def test_angles_that_may_be_in_either_unit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"degrees or in rad; write the unit beside each name"):
        read_any_table(table(tmp_path / "a.csv", HEADER, 0.0175))


def test_a_layout_names_them(tmp_path: Path) -> None:
    path = table(tmp_path / "lab.csv", "time_s,a,b,K1,c")
    layout = tmp_path / "lab.toml"
    layout.write_text(
        'id = "lab"\nname = "Lab"\nsource = "own"\n[time]\ncolumn = "time_s"\n[[column]]\nname = "K1"\n'
        'channel = "knee_flexion_right"\nkind = "angles"\nunit = "deg"\n[[column]]\npattern = ".*"\nskip = true\n',
        encoding="utf-8",
    )
    body = body_from_angles(read_any_table(path, layout=layout).streams)
    assert np.degrees(body.angles["knee_flexion_right"].max()) == pytest.approx(100.0, abs=0.1)
    layout.write_text(layout.read_text(encoding="utf-8").replace('unit = "deg"\n', ""), encoding="utf-8")
    body = body_from_angles(read_any_table(path, layout=layout).streams)
    assert np.degrees(body.angles["knee_flexion_right"].max()) == pytest.approx(100.0, abs=0.1)
