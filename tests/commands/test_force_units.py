"""Columns of force in units that are none of force, and forces in other units than N, through `legato analyze`."""

from pathlib import Path

import numpy as np
import pytest

from legato.forces.plates import find_plates
from legato.forces.tables import forces_in_other_units
from legato.load import read
from legato.recording import STANDARD_GRAVITY, FloatArray, Stream

from ..forces.planted_jumps import planted_jump
from .force_tables import analysed, write_csv

RATES_HZ = (500.0, 1000.0, 1926.0, 2148.0)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize(
    ("header", "newtons"),
    [
        ("Fz (lbf)", 4.4482216),
        ("Fz (kN)", 1000.0),
        ("Fz (kgf)", 9.80665),
        ("Fz (kp)", 9.80665),
        ("Fz (kilogram-force)", 9.80665),
        ("Fz (daN)", 10.0),
        ("Fz (kiloNewton)", 1000.0),
    ],
)
def test_other_units_of_force_are_read(tmp_path, monkeypatch, rate_hz, header, newtons):
    truth = planted_jump(rate_hz)
    path = write_csv(tmp_path / "jump.csv", {header: truth.force_n / newtons}, rate_hz)
    result = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "countermovement-jump")
    (jump,) = result["forces"]["jumps"]
    # Half a sample at 500 Hz is worth 3 mm.
    assert jump["height_flight_m"]["value"] == pytest.approx(truth.height_m, abs=3e-3)
    assert jump["weight_n"]["value"] == pytest.approx(72.0 * STANDARD_GRAVITY, abs=1.0)


@pytest.mark.parametrize(
    ("header", "size", "word"),
    [
        ("Fz (%BW)", 7.0608, "no unit of force"),
        ("Fz (mV/V)", 2000.0, "no unit of force"),
        ("Fz (mV)", 2.0, "is in V"),
        ("Fz (kg)", 9.80665, "is in kg"),
    ],
)
def test_what_is_no_unit_of_force_is_named(tmp_path, monkeypatch, capsys, header, size, word):
    path = write_csv(tmp_path / "jump.csv", {header: planted_jump().force_n / size})
    analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "countermovement-jump", code=2)
    said = capsys.readouterr().err
    assert word in said and "force is needed in N" in said and "Fz" in said


def test_a_side_or_a_number_alone_is_no_force():
    def told(name: str, unit: str) -> str:
        return forces_in_other_units([Stream("table", "table", np.zeros((9, 1)), 100.0, (name,), (unit,))])

    assert [told(name, "m") for name in ("left position", "right", "1", "column_1", "bar")] == [""] * 5
    assert "is in V" in told("GRF", "V") and "is in kg" in told("Force", "kg")


def a_list(path: Path, force_n: FloatArray, header: str = "") -> Path:
    """A lone column of numbers without times."""
    path.write_text(header + "".join(f"{x:.5f}\n" for x in force_n))
    return path


@pytest.mark.parametrize(("unit", "newtons"), [("kN", 1000.0), ("kgf", STANDARD_GRAVITY), ("lbf", 4.4482216)])
def test_a_list_in_another_unit_is_bad_input_unless_its_header_says_the_unit(
    tmp_path, monkeypatch, capsys, unit, newtons
):
    truth = planted_jump()
    asked = ("--movement", "countermovement-jump", "--rate", "1000")
    bare = a_list(tmp_path / "jump-Fz.txt", truth.force_n / newtons)
    analysed(monkeypatch, tmp_path / "r.json", bare, *asked, code=2)
    (line,) = capsys.readouterr().err.splitlines()
    assert ("kN" if unit == "kN" else "kgf, daN or lbf") in line and "give it in N, or its unit beside" in line
    told = a_list(tmp_path / "list.csv", truth.force_n / newtons, f"Fz ({unit})\n")
    (jump,) = analysed(monkeypatch, tmp_path / "r.json", told, *asked)["forces"]["jumps"]
    assert jump["height_flight_m"]["value"] == pytest.approx(truth.height_m, abs=3e-3)


def test_a_list_that_counts_downwards_is_turned_and_said(tmp_path, monkeypatch):
    truth = planted_jump()
    path = a_list(tmp_path / "jump-Fz.txt", -truth.force_n)
    result = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "countermovement-jump", "--rate", "1000")
    (jump,) = result["forces"]["jumps"]
    assert jump["height_impulse_m"]["value"] == pytest.approx(truth.height_m, abs=3e-3)
    assert any("numbers are the force on the plate; the force on the person was taken" in n
               for n in result["forces"]["notes"])  # fmt: skip


def test_plates_that_carry_less_than_anybody_weighs_say_so(tmp_path, monkeypatch):
    standing = 72.0 + np.random.default_rng(1).normal(0.0, 0.2, 20_000)
    path = write_csv(tmp_path / "stand.csv", {"Fz": standing})
    forces = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "pallof-press")["forces"]
    assert any("carry 72 N most of the time, less than anybody weighs" in note for note in forces["notes"])


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_missing_samples_before_the_stand_cost_nothing(tmp_path, monkeypatch, rate_hz):
    truth = planted_jump(rate_hz)
    force = truth.force_n.copy()
    force[round(0.8 * rate_hz) : round(0.9 * rate_hz)] = float("nan")
    path = write_csv(tmp_path / "jump.csv", {"Fz": force}, rate_hz)
    result = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "countermovement-jump")
    (jump,) = result["forces"]["jumps"]
    # Half a second of stand is left after the gap; its noise is worth some millimetres.
    assert jump["height_impulse_m"]["value"] == pytest.approx(truth.height_m, abs=6e-3)


def test_samples_missing_in_the_landing_cost_only_its_phase(tmp_path, monkeypatch):
    truth = planted_jump()
    force = truth.force_n.copy()
    at = round(1000 * truth.landing_s) + 60
    force[at : at + 30] = float("nan")
    path = write_csv(tmp_path / "jump.csv", {"Fz": force})
    result = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "countermovement-jump")
    (jump,) = result["forces"]["jumps"]
    assert [p["name"] for p in jump["phases"]] == ["unweighting", "braking", "propulsion", "flight"]
    assert any("missing" in reason and "in the landing" in reason for reason in jump["reasons"])
    assert jump["height_impulse_m"] is not None


def test_who_lies_on_a_bench_bears_little_on_the_plates(tmp_path):
    standing = 171.0 + np.random.default_rng(1).normal(0.0, 0.2, 20_000)
    recording = read(write_csv(tmp_path / "bench.csv", {"Fz": standing}))
    assert any("less than anybody weighs" in note for note in find_plates(recording).notes)
    assert not find_plates(recording, mass_kg=80.0, supported=True).notes
