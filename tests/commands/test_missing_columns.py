"""Columns without a single number: what they would have told is refused or left out in words, the rest is computed."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.recording import FloatArray

from ..forces.planted_jumps import planted_jump
from .force_tables import analysed, plate_columns, write_csv

TRUTH = planted_jump()
FORCE = TRUTH.force_n
NONE = np.full(FORCE.size, np.nan)
AT = np.zeros((FORCE.size, 2))


def without(columns: Mapping[str, FloatArray], *names: str) -> dict[str, FloatArray]:
    return {name: NONE if name in names else values for name, values in columns.items()}


def run(
    monkeypatch: pytest.MonkeyPatch, tmp: Path, columns: Mapping[str, FloatArray], code: int = 0, movement: str = ""
) -> dict[str, Any]:
    path = write_csv(tmp / "trial.csv", columns)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return analysed(monkeypatch, tmp / "r.json", path, "--movement", movement or "countermovement-jump", code=code)


@pytest.mark.parametrize(
    "columns",
    [
        {"Fz (N)": FORCE, "Fq (N)": NONE},
        {"Fz": FORCE, "target": NONE},
        {"Fx": NONE, "Fy": NONE, "Fz": FORCE, "Mx": NONE, "My": NONE, "Mz": NONE},
        without(plate_columns(1, FORCE, AT), "ground_force1_vx"),
        without(plate_columns(1, FORCE, AT), "ground_force1_px", "ground_force1_py", "ground_force1_pz"),
        {**plate_columns(1, FORCE, AT), **plate_columns(2, NONE, AT)},
    ],
)
def test_a_column_without_a_number_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: Mapping[str, FloatArray]
) -> None:
    result = run(monkeypatch, tmp_path, columns)
    (jump,) = result["forces"]["jumps"]
    # Noise of the plate and half a sample, as elsewhere.
    assert jump["height_impulse_m"]["value"] == pytest.approx(TRUTH.height_m, abs=3e-3)
    told = {q["channel"]: q["reasons"] for q in result["quality"]}
    for name, values in columns.items():
        if np.isnan(values).all():
            assert told[name.removesuffix(" (N)")] == ["never seen in this recording"]


def test_a_plate_without_a_number_is_in_no_sum_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forces = run(monkeypatch, tmp_path, {**plate_columns(1, FORCE, AT), **plate_columns(2, NONE, AT)})["forces"]
    said = "no sample of its vertical force holds a number"
    assert f"plate 2: {said}; what it carried is in no sum" in forces["notes"]
    assert forces["plates"][1]["reasons"][-1] == said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"Fx": NONE, "Fy": NONE, "Fz": NONE},
            "no sample of the vertical force holds a number; check what was exported",
        ),
        (
            {"Fz": np.where(np.arange(FORCE.size) % 2, FORCE, np.nan)},
            "50 % of the samples of the vertical force are missing, so no load is seen to last; export every sample",
        ),
    ],
)
def test_forces_that_are_missing_are_not_called_empty_plates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    columns: Mapping[str, FloatArray],
    said: str,
) -> None:
    run(monkeypatch, tmp_path, columns, code=2)
    assert capsys.readouterr().err == f"legato: {tmp_path / 'trial.csv'}: {said}\n"


def test_a_pull_without_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, tmp_path, {"Fz": NONE}, code=2, movement="imtp")
    (line,) = capsys.readouterr().err.splitlines()
    assert "in no sample does the vertical force (Fz) hold a number; check what was exported" in line


def test_angles_without_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, tmp_path, {"knee_angle_r": NONE, "hip_flexion_r": NONE}, code=3, movement="back-squat")
    (line,) = capsys.readouterr().err.splitlines()
    assert "none of these was recorded" in line
    deep = 20.0 + 60.0 * np.sin(np.arange(FORCE.size) / 700.0) ** 2
    result = run(monkeypatch, tmp_path, {"knee_angle_r": deep, "hip_flexion_r": NONE}, movement="back-squat")
    assert result["reps"]


def test_a_gyroscope_without_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    still = np.full(FORCE.size, 9.81)
    columns = {"ax (m/s^2)": 0.0 * still, "ay (m/s^2)": 0.0 * still, "az (m/s^2)": still, "gx": NONE, "gy": NONE}
    run(monkeypatch, tmp_path, {**columns, "gz": NONE}, code=2, movement="deadlift")
    assert "no sample of gx, gy, gz holds a number; export the gyroscope" in capsys.readouterr().err


@pytest.mark.parametrize("movement", ["countermovement-jump", "imtp"])
def test_numbers_that_no_plate_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], movement: str
) -> None:
    run(monkeypatch, tmp_path, {"Fz": np.full(FORCE.size, 1e308)}, code=2, movement=movement)
    (line,) = capsys.readouterr().err.splitlines()
    assert "hold" in line and "a number; check what was exported" in line
