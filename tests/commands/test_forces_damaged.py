"""Plates that lack something: `legato analyze` says what it could not compute, and computes the rest."""

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import pytest

from legato.analysis import analyze
from legato.cli import main
from legato.formats.c3d_write import write_c3d
from legato.load import read
from legato.recording import FloatArray, Recording

from .force_tables import analysed, plate_columns, write_csv

LEFT = 0.55
SIDES = ("left", "right")


@pytest.fixture(scope="module")
def squat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three squats on two plates, 55 % on the left foot, as `legato simulate --plates` makes them; the right foot's
    plate is plate 1.
    """
    out = tmp_path_factory.mktemp("squat")
    asked = ["back-squat", "--out", out, "--plates", "--load-share", f"left={LEFT}", "--reps", 3, "--rate", 100]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["legato", "simulate", *map(str, asked)])
        with pytest.raises(SystemExit) as done:
            main()
    assert done.value.code == 0
    return out / "back-squat.c3d"


def changed(squat: Path, to: Path, values: FloatArray | None = None, **fields: Any) -> Path:
    """The same recording with other samples of the plates, or other plates."""
    recording = read(squat)
    if values is not None:
        (stream,) = recording.of_kind("force")
        others = tuple(s for s in recording.streams if s is not stream)
        recording = replace(recording, streams=(*others, replace(stream, values=values)))
    write_c3d(to, replace(recording, **fields) if fields else recording)
    return to


def force_values(squat: Path) -> tuple[Recording, FloatArray]:
    recording = read(squat)
    return recording, recording.of_kind("force")[0].values.copy()


def run(monkeypatch: pytest.MonkeyPatch, out: Path, *files: str | Path) -> dict[str, Any]:
    return analysed(monkeypatch, out / "r.json", *files, "--movement", "back-squat")


def share_of(result: dict[str, Any], side: str = "left") -> float:
    return result["forces"]["load_share"][side]["value"]


def held(result: dict[str, Any], side: str, planted: float) -> bool:
    found = result["forces"]["load_share"][side]
    return found["low"] <= planted <= found["high"] and abs(found["value"] - planted) <= 0.01


def still_moves(result: dict[str, Any]) -> None:
    """What the markers alone show is all there."""
    assert [rep["complete"] for rep in result["reps"]] == [True] * 3
    assert result["reps"][0]["metrics"]["knee_flexion_peak_right"]["value"] > 60.0


def test_planted_share_and_numbers_of_plates_that_are_exchanged(squat, tmp_path, monkeypatch):
    recording, values = force_values(squat)
    plain = run(monkeypatch, tmp_path, squat)
    still_moves(plain)
    assert held(plain, "left", LEFT) and held(plain, "right", 1.0 - LEFT)
    half = values.shape[1] // 2
    first, second = recording.plates
    # Plate 1 becomes plate 2 with all that belongs to it; names of channels follow their samples.
    stream = recording.of_kind("force")[0]
    turned = replace(
        stream,
        values=np.concatenate([values[:, half:], values[:, :half]], axis=1),
        channels=stream.channels[half:] + stream.channels[:half],
        units=stream.units[half:] + stream.units[:half],
    )
    others = tuple(s for s in recording.streams if s is not stream)
    write_c3d(
        tmp_path / "turned.c3d",
        replace(
            recording,
            streams=(*others, turned),
            plates=(replace(second, index=0), replace(first, index=1)),
        ),
    )
    exchanged = run(monkeypatch, tmp_path, tmp_path / "turned.c3d")
    assert [p["feet"] for p in plain["forces"]["plates"]] == [["right"], ["left"]]
    assert [p["feet"] for p in exchanged["forces"]["plates"]] == [["left"], ["right"]]
    for side in SIDES:
        # Only the rounding of 4-byte floats may differ.
        for end in ("value", "low", "high"):
            a, b = (r["forces"]["load_share"][side][end] for r in (plain, exchanged))
            assert a == pytest.approx(b, abs=1e-6)


def test_plate_1_is_the_right_foot_of_a_real_file_whatever_its_number(shared_data, tmp_path, monkeypatch):
    path = shared_data / "jump-force-plates" / "BFR007_squat_jump.csv"
    table = np.genfromtxt(path, delimiter=",", skip_header=7)
    found = [jumps_of(monkeypatch, tmp_path, path)]
    assert [p["feet"] for p in found[0]["plates"]] == [["right"], ["left"]]
    for order in ((1, 2), (2, 1)):
        # The file's own numbers, and each plate under the other's.
        columns: dict[str, FloatArray] = {}
        text = 'id = "two"\nname = "two plates"\nup = "+Y"\n[time]\ncolumn = "time"\nunit = "s"\n'
        for number, at, side in zip(order, (1, 10), ("right", "left"), strict=True):
            for k, axis in enumerate("xyz"):
                columns[f"f{number}{axis}"] = table[:, at + k]
                text += f'[[column]]\nname = "f{number}{axis}"\nkind = "force"\nunit = "N"\nplate = {number}\n'
                text += f'quantity = "force"\naxis = "{axis}"\nside = "{side}"\n'
        (tmp_path / "layout.toml").write_text(text, encoding="utf-8")
        copy = write_csv(tmp_path / "two.csv", columns)
        found.append(jumps_of(monkeypatch, tmp_path, copy, "--layout", str(tmp_path / "layout.toml")))
    for forces in found:
        assert len(forces["jumps"]) == 3
        assert {p["feet"][0] for p in forces["plates"]} == set(SIDES)
        assert forces["load_share"]["right"]["value"] == pytest.approx(
            found[0]["load_share"]["right"]["value"], abs=1e-4
        )


def test_columns_of_a_layout_are_turned_whatever_they_are_called(tmp_path, monkeypatch):
    force, height, _ = planted()
    zero = np.zeros(force.size)
    columns = {"quer": zero + 30.0, "hoch": force, "laengs": zero - 20.0}
    text = 'id = "one"\nname = "one plate"\nup = "+Y"\n[time]\ncolumn = "time"\nunit = "s"\n'
    for name, axis in zip(columns, "xyz", strict=True):
        text += f'[[column]]\nname = "{name}"\nkind = "force"\nunit = "N"\n'
        text += f'plate = 1\nquantity = "force"\naxis = "{axis}"\n'
    (tmp_path / "layout.toml").write_text(text, encoding="utf-8")
    path = write_csv(tmp_path / "odd.csv", columns)
    (jump,) = jumps_of(monkeypatch, tmp_path, path, "--layout", str(tmp_path / "layout.toml"))["jumps"]
    assert jump["height_flight_m"]["value"] == pytest.approx(height, abs=0.008)


def test_missing_columns_of_a_plate(tmp_path, monkeypatch):
    n = 20_000
    noise = np.random.default_rng(0).normal(0.0, 1.0, (n, 2))
    at = np.tile([0.1, 0.2], (n, 1))
    columns = {
        **plate_columns(1, 400.0 + noise[:, 0], at),
        **{k: v for k, v in plate_columns(2, 300.0 + noise[:, 1], at).items() if not k.endswith(("_vz", "_vx"))},
    }
    path = write_csv(tmp_path / "half.csv", columns)
    forces = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "pallof-press")["forces"]
    (plate,) = forces["plates"]
    assert plate["vertical_mean_n"] == pytest.approx(400.0, abs=0.1)
    assert plate["centre_of_pressure_m"][:2] == pytest.approx([0.1, 0.2], abs=1e-6)
    assert any("has no vertical force among its columns" in note for note in forces["notes"])
    assert forces["load_share"]["left"] is None and forces["load_share"]["reason"]


def test_a_plate_whose_channels_are_not_in_the_file(squat):
    recording = read(squat)
    first, second = recording.plates
    gone = replace(second, channels=tuple(f"no {c}" for c in second.channels))
    recording = replace(recording, plates=(first, gone))
    # No file can say so: C3D numbers its channels. The function is what other readers reach.
    result = analyze(recording, "back-squat").to_dict()
    assert "plate 2: the file holds no samples of its channels" in result["forces"]["notes"]
    (plate,) = result["forces"]["plates"]
    assert plate["feet"] == ["right"] and plate["vertical_mean_n"] > 300.0
    assert result["forces"]["load_share"]["reason"] == "only the right foot is on a plate"


def test_a_plate_that_nobody_stands_on(squat, tmp_path, monkeypatch):
    _, values = force_values(squat)
    half = values.shape[1] // 2
    # The left foot's plate reads its noise, and once a neighbour's shock.
    values[:, half:] = np.random.default_rng(1).normal(0.0, 0.5, values[:, half:].shape)
    result = run(monkeypatch, tmp_path, changed(squat, tmp_path / "one.c3d", values))
    still_moves(result)
    right, left = result["forces"]["plates"]
    assert right["feet"] == ["right"] and right["vertical_mean_n"] > 300.0
    assert left["feet"] == [] and left["centre_of_pressure_m"] is None and left["vertical_mean_n"] is None
    assert left["reasons"][0].startswith("nobody stands on it")
    assert result["forces"]["load_share"]["left"] is None
    assert result["forces"]["load_share"]["reason"] == "only the right foot is on a plate"


def jump_table(path: Path, force: FloatArray, **more: FloatArray) -> Path:
    return write_csv(path, {"Fz (N)": force, **more})


def planted(**options: Any) -> tuple[FloatArray, float, float]:
    """A jump of 80 kg: its force, its height and take-off."""
    g, rate = 9.80665, 1000.0
    t = np.arange(6000) / rate
    quiet = options.get("quiet_s", 2.0)
    net = np.zeros(t.size)

    def pulse(start: float, length: float, speed: float) -> None:
        inside = (t >= start) & (t < start + length)
        net[inside] += np.pi * speed / (2.0 * length) * np.sin(np.pi * (t[inside] - start) / length)

    pulse(quiet, 0.3, -1.0)
    pulse(quiet + 0.3, 0.25, 1.0)
    pulse(quiet + 0.55, 0.25, 2.4)
    force = 80.0 * (g + net)
    landing = quiet + 0.8 + 2.0 * 2.4 / g
    force[(t >= quiet + 0.8) & (t < landing)] = 0.0
    pulse(landing, 0.25, 2.4)
    down = (t >= landing) & (t < landing + 0.25)
    force[down] = 80.0 * (g + net[down])
    force += np.random.default_rng(2).normal(0.0, 1.5, t.size)
    return force, 2.4**2 / (2.0 * g), quiet + 0.8


def jumps_of(monkeypatch: pytest.MonkeyPatch, out: Path, path: Path, *more: str) -> dict[str, Any]:
    return analysed(monkeypatch, out / "r.json", path, "--movement", "countermovement-jump", *more)["forces"]


def test_a_missing_mass(tmp_path, monkeypatch):
    force, height, take_off = planted()
    # From the push to 0.2 s after touch-down: nobody stands still anywhere.
    cut = force[2450 : round(1000 * (take_off + 2.0 * 2.4 / 9.80665 + 0.5))].copy()
    cut[-350:] += np.linspace(0.0, 250.0, 350)
    (jump,) = jumps_of(monkeypatch, tmp_path, jump_table(tmp_path / "cut.csv", cut))["jumps"]
    # A flight needs no mass; 8 mm is 3 ms of it.
    assert jump["height_flight_m"]["value"] == pytest.approx(height, abs=0.008)
    assert jump["weight_n"] is None and jump["height_impulse_m"] is None and jump["peak_power_w"] is None
    assert any(
        "no weight: nobody stood still on the plate and no mass was given (--mass)" in r for r in jump["reasons"]
    )
    (given,) = jumps_of(monkeypatch, tmp_path, tmp_path / "cut.csv", "--mass", "80")["jumps"]
    assert given["weight_n"]["value"] == pytest.approx(80.0 * 9.80665) and given["peak_power_w"] is not None


def test_a_clipped_plate(squat, tmp_path, monkeypatch):
    force, height, _ = planted()
    top = 1400.0
    (jump,) = jumps_of(monkeypatch, tmp_path, jump_table(tmp_path / "c.csv", np.minimum(force, top)))["jumps"]
    assert jump["height_flight_m"]["value"] == pytest.approx(height, abs=0.008)
    assert jump["height_impulse_m"] is None and jump["landing_peak_n"] is None
    said = " ".join(jump["reasons"])
    assert "missing before take-off" in said or "cut off at the device's limit" in said
    forces = analysed(monkeypatch, tmp_path / "r.json", tmp_path / "c.csv", "--movement", "countermovement-jump")[
        "forces"
    ]
    (plate,) = forces["plates"]
    assert plate["clipped"] and any("at the limit of a channel, so not measured" in r for r in plate["reasons"])
    # And of a squat on two plates, where one channel stands at its limit for the heaviest part of a repetition.
    recording, values = force_values(squat)
    names = list(recording.of_kind("force")[0].channels)
    z = names.index(recording.plates[1].channels[2])
    limit = float(np.quantile(np.abs(values[:, z]), 0.97)) * np.sign(np.median(values[:, z]))
    values[:, z] = np.clip(values[:, z], *sorted((limit, -limit)))
    result = run(monkeypatch, tmp_path, changed(squat, tmp_path / "clip.c3d", values))
    still_moves(result)
    right, left = result["forces"]["plates"]
    assert left["clipped"] and not right["clipped"]
    told = [rep for rep in result["forces"]["load_share"]["per_rep"] if rep["left"] is not None]
    untold = [rep for rep in result["forces"]["load_share"]["per_rep"] if rep["left"] is None]
    assert told or untold
    for rep in told:
        assert rep["left"]["value"] == pytest.approx(LEFT, abs=0.01)
    for rep in untold:
        assert "missing" in rep["reason"]


def test_a_rubbish_centre_of_pressure_while_unloaded(tmp_path, monkeypatch):
    n = 16_000
    t = np.arange(n) / 1000.0
    on = (t >= 2.0) & (t < 14.5)
    rng = np.random.default_rng(3)
    force = np.where(on, 700.0, 0.0) + rng.normal(0.0, 1.0, n)
    sway = 0.004 * np.sqrt(2.0) * np.sin(2.0 * np.pi * np.outer(t, (1.0, 0.7)))
    at = sway + np.array([0.3, -0.1]) + rng.normal(0.0, 0.0003, (n, 2))
    rubbish = rng.uniform(-1e5, 1e5, (n, 2))
    rubbish[::7] = np.nan
    path = write_csv(tmp_path / "cop.csv", plate_columns(1, force, np.where(on[:, None], at, rubbish)))
    forces = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "pallof-press")["forces"]
    (plate,) = forces["plates"]
    assert plate["centre_of_pressure_m"][:2] == pytest.approx([0.3, -0.1], abs=1e-3)
    (stand,) = forces["sway"]["per_rep"]
    assert stand["reason"] is None and stand["rms_x_m"]["value"] == pytest.approx(0.004, rel=0.05)


def test_a_first_frame_that_is_not_1(squat, tmp_path, monkeypatch):
    file = ezc3d.c3d(str(squat))
    file["header"]["points"]["first_frame"] = 300
    file.write(str(tmp_path / "later.c3d"))
    plain, later = (run(monkeypatch, tmp_path, path) for path in (squat, tmp_path / "later.c3d"))
    still_moves(later)
    for side in SIDES:
        assert share_of(later, side) == pytest.approx(share_of(plain, side), abs=1e-6)
    assert [p["feet"] for p in later["forces"]["plates"]] == [["right"], ["left"]]
    for a, b in zip(plain["reps"], later["reps"], strict=True):
        assert b["start_s"] == pytest.approx(a["start_s"], abs=1e-6)


def test_kilonewtons(tmp_path, monkeypatch):
    force, height, _ = planted()
    # A unit in the header is followed …
    path = write_csv(tmp_path / "kn.csv", {"Fz (kN)": force / 1000.0})
    (jump,) = jumps_of(monkeypatch, tmp_path, path)["jumps"]
    assert jump["weight_n"]["value"] == pytest.approx(80.0 * 9.80665, rel=0.002)
    assert jump["height_flight_m"]["value"] == pytest.approx(height, abs=0.008)
    # … and none is guessed: a share needs no unit, a jump does.
    still = np.full(20_000, 0.7) + np.random.default_rng(4).normal(0.0, 0.002, 20_000)
    at = np.zeros((20_000, 2))
    columns = {**plate_columns("_l", 0.55 * still, at), **plate_columns("_r", 0.45 * still, at)}
    path = write_csv(tmp_path / "guess.csv", columns)
    forces = analysed(monkeypatch, tmp_path / "r2.json", path, "--movement", "pallof-press")["forces"]
    assert any("may be kN: forces are as the file has them; give the unit in a layout" in n for n in forces["notes"])


def test_spans_of_missing_samples(squat, tmp_path, monkeypatch):
    force, height, take_off = planted()
    force[400:600] = np.nan
    (jump,) = (found := jumps_of(monkeypatch, tmp_path, jump_table(tmp_path / "gap.csv", force)))["jumps"]
    assert jump["height_flight_m"]["value"] == pytest.approx(height, abs=0.008)
    assert jump["height_impulse_m"]["value"] == pytest.approx(height, abs=0.01)
    assert any(re.search(r"0\.2 s of its samples are missing, first from 0\.40 to 0\.60 s", r)
               for r in found["plates"][0]["reasons"])  # fmt: skip
    force, _, _ = planted()
    hole = round(1000 * (take_off - 0.2))
    force[hole : hole + 50] = np.nan
    (jump,) = jumps_of(monkeypatch, tmp_path, jump_table(tmp_path / "gap2.csv", force))["jumps"]
    assert jump["height_flight_m"]["value"] == pytest.approx(height, abs=0.008)
    assert jump["height_impulse_m"] is None
    assert "samples are missing before take-off: no impulse, power or phases" in jump["reasons"]
    # A plate that loses a whole repetition: that one has no share, the others have.
    recording, values = force_values(squat)
    reps = run(monkeypatch, tmp_path, squat)["reps"]
    a, b = (round(1000 * reps[1][key]) for key in ("start_s", "end_s"))
    rate = recording.of_kind("force")[0].rate_hz
    assert rate == 1000.0
    values[a:b] = np.nan
    stream = recording.of_kind("force")[0]
    others = tuple(s for s in recording.streams if s is not stream)
    # C3D has no mark of a missing analog sample, so this one goes through the function.
    result = analyze(replace(recording, streams=(*others, replace(stream, values=values))), "back-squat").to_dict()
    first, second, third = result["forces"]["load_share"]["per_rep"]
    assert second["left"] is None and "missing" in second["reason"]
    for rep in (first, third):
        assert rep["left"]["value"] == pytest.approx(LEFT, abs=0.01)
