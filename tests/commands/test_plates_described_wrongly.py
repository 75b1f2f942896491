"""C3D files whose words on their plates are wrong: what cannot be known is left out and said, the rest is computed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import pytest

from legato.cli import main
from legato.forces import find_plates
from legato.load import read
from legato.recording import FloatArray

from .force_tables import analysed

LEFT = 0.55
Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def squat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three squats on a plate of type 2 (right foot) and one of type 4 (left foot)."""
    out = tmp_path_factory.mktemp("squat")
    asked = ["back-squat", "--out", out, "--plates", "--plate-types", "2,4", "--load-share", f"left={LEFT}"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["legato", "simulate", *map(str, asked), "--reps", "3", "--rate", "100"])
        with pytest.raises(SystemExit) as done:
            main()
    assert done.value.code == 0
    return out / "back-squat.c3d"


def setting(name: str, change: Callable[[FloatArray], FloatArray]) -> Change:
    """A change of one parameter of the plates."""

    def apply(file: Any) -> None:
        parameter = file["parameters"]["FORCE_PLATFORM"][name]
        parameter["value"] = change(np.asarray(parameter["value"]))

    return apply


def in_unit(unit: str) -> Change:
    def apply(file: Any) -> None:
        units = file["parameters"]["ANALOG"]["UNITS"]
        units["value"] = [unit] * len(units["value"])

    return apply


def without_samples(file: Any) -> None:
    file["data"]["analogs"][0, 6:12, :] = np.nan


def exchanged(file: Any) -> None:
    file["data"]["analogs"][0, [1, 2]] = file["data"]["analogs"][0, [2, 1]]


def changed(squat: Path, change: Change, tmp_path: Path) -> Path:
    file = ezc3d.c3d(str(squat))
    change(file)
    file.write(str(tmp_path / "changed.c3d"))
    return tmp_path / "changed.c3d"


def analysis(squat: Path, change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    path = changed(squat, change, tmp_path)
    result = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "back-squat")
    # What the markers show is all there.
    assert [rep["complete"] for rep in result["reps"]] == [True] * 3
    return result["forces"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (setting("CORNERS", lambda v: v * np.nan), "its corners are no numbers (FORCE_PLATFORM:CORNERS)"),
        (setting("CORNERS", lambda v: v[[0, 2, 1]]), "by its corners it leans by 90°, no plate on a floor"),
        (setting("CORNERS", lambda v: v * 0.0), "the corners of the plate lie on one line"),
        (setting("CHANNEL", lambda v: np.repeat(v[:, :1], 2, axis=1)), "the file gives it channels of plate 1"),
        (setting("CAL_MATRIX", lambda v: v * 0.0), "its calibration matrix holds no numbers but zero"),
        (setting("CAL_MATRIX", lambda v: v * np.nan), "its calibration matrix holds no numbers but zero"),
        (in_unit("V"), "its channel Fx_1 is in V, no unit of force"),
        (in_unit("zorp"), "its channel Fx_1 is in zorp, no unit of force"),
        (setting("TYPE", lambda v: v * 0 + 7), "type 7 is not supported"),
        (setting("TYPE", lambda v: v * 0 + 3), "6 channels of a plate of type 3"),
    ],
)
def test_what_makes_a_plate_unreadable_is_said(squat, tmp_path, change, said):
    found = find_plates(read(changed(squat, change, tmp_path)))
    assert any(said in note and note.endswith("; left out") for note in found.notes)
    for plate in found.plates:
        # What is left is one of the two plates as it was made: 1100 to 1500 N on both feet.
        assert 550.0 < plate.vertical.mean() < 850.0


def test_a_plate_in_volts_is_left_out_and_the_other_one_told(squat, tmp_path, monkeypatch):
    forces = analysis(squat, in_unit("V"), tmp_path, monkeypatch)
    assert forces["load_share"]["reason"] == "only the left foot is on a plate"
    (plate,) = forces["plates"]
    assert plate["name"] == "plate 2" and 550.0 < plate["vertical_mean_n"] < 850.0


def test_a_plate_without_samples(squat, tmp_path, monkeypatch):
    forces = analysis(squat, without_samples, tmp_path, monkeypatch)
    assert "plate 2: no sample of its vertical force holds a number; what it carried is in no sum" in forces["notes"]
    assert forces["load_share"]["reason"] == "only the right foot is on a plate"


def test_channels_that_were_exchanged_are_hinted_at(squat, tmp_path, monkeypatch):
    forces = analysis(squat, exchanged, tmp_path, monkeypatch)
    assert "act along its surface: are its axes or channels exchanged?" in forces["plates"][0]["reasons"][0]
    assert forces["load_share"]["left"] is None


def test_an_origin_that_is_no_number_costs_the_place_alone(squat, tmp_path, monkeypatch):
    forces = analysis(squat, setting("ORIGIN", lambda v: v * np.nan), tmp_path, monkeypatch)
    for plate in forces["plates"]:
        assert plate["centre_of_pressure_m"] is None and plate["vertical_mean_n"] > 550.0
        assert "its origin is no number (FORCE_PLATFORM:ORIGIN): no centre of pressure" in plate["reasons"]
    assert "where on it the force acts is not known" in forces["load_share"]["reason"]


@pytest.mark.parametrize(
    "change", [in_unit(""), setting("ORIGIN", lambda v: -v), setting("CORNERS", lambda v: v[:, ::-1])]
)
def test_what_can_be_known_all_the_same_is_told(squat, tmp_path, monkeypatch, change):
    share = analysis(squat, change, tmp_path, monkeypatch)["load_share"]["left"]
    assert share["low"] <= LEFT <= share["high"] and share["value"] == pytest.approx(LEFT, abs=0.002)
    assert json.dumps(share)
