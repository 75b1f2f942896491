"""What a trial can ask of the plates, from the command line: holds, sway with and without a press, a target, a band."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.errors import BadInput
from legato.recording import FloatArray

from .force_tables import RATE_HZ, analysed, plate_columns, write_csv

BODY_N = 700.0


def ou(n: int, sd: float, memory_s: float, seed: int) -> FloatArray:
    """A wandering of this SD that forgets to 1/e in so many seconds."""
    from scipy.signal import lfilter

    keep = np.exp(-1.0 / (memory_s * RATE_HZ))
    steps = np.random.default_rng(seed).normal(0.0, sd * np.sqrt(1.0 - keep**2), n)
    return np.asarray(lfilter([1.0], [1.0, -keep], steps))


def stance(path: Path, seconds: float, sd_m: float, seed: int) -> Path:
    """Somebody steps on a plate after 1 s, stands for so many seconds and steps off."""
    n = round((seconds + 2.0) * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    on = (t >= 1.0) & (t < 1.0 + seconds)
    force = np.where(on, BODY_N, 0.0) + np.random.default_rng(seed).normal(0.0, 1.0, n)
    at = np.column_stack([0.2 + ou(n, sd_m, 0.3, seed + 1), 0.3 + ou(n, 2.0 * sd_m, 0.3, seed + 2)])
    return write_csv(path, plate_columns(1, force, np.where(on[:, None], at, 0.0)))


def test_sway_of_a_stand_and_its_change_against_stands_without_the_press(tmp_path, monkeypatch):
    press = stance(tmp_path / "press.csv", 32.0, 0.008, 10)
    quiet = [stance(tmp_path / f"quiet{k}.csv", 30.0 + k, 0.004, 20 + 10 * k) for k in range(3)]
    options = [part for path in quiet for part in ("--no-press", path)]
    result = analysed(monkeypatch, tmp_path / "r.json", press, "--movement", "pallof-press", *options)
    sway = result["forces"]["sway"]
    (stand,) = sway["per_rep"]
    # 1 s is left off at both ends.
    assert stand["duration_s"] == pytest.approx(30.0, abs=0.01)
    # SDs of 8 and 16 mm are planted; half a minute of sway with a memory of 0.3 s shows them within a fifth.
    assert stand["rms_x_m"]["value"] == pytest.approx(0.008, rel=0.25)
    assert stand["ellipse_m2"]["low"] < np.pi * 5.99 * 0.008 * 0.016 < stand["ellipse_m2"]["high"]
    change = sway["change_with_press"]
    assert (change["n_press"], change["n_without"]) == (1, 3)
    planted = np.pi * 5.99 * (0.008 * 0.016 - 0.004 * 0.008)
    assert change["ellipse_m2"]["low"] < planted < change["ellipse_m2"]["high"]
    assert change["smallest_ellipse_m2"] is not None
    assert result["settings"]["without_press"] == ["quiet0.csv", "quiet1.csv", "quiet2.csv"]


def test_sway_says_what_is_missing(tmp_path, monkeypatch):
    press = stance(tmp_path / "press.csv", 20.0, 0.008, 10)
    short = stance(tmp_path / "short.csv", 6.0, 0.004, 20)
    result = analysed(monkeypatch, tmp_path / "r.json", press, "--movement", "pallof-press", "--no-press", short)
    sway = result["forces"]["sway"]
    assert sway["per_rep"][0]["ellipse_m2"] is not None and sway["change_with_press"] is None
    assert sway["reason"] == "without the press: no stand of 10 s on the plates"


def test_a_stand_without_the_press_that_is_the_trial_or_comes_twice_is_refused(tmp_path):
    press = stance(tmp_path / "press.csv", 20.0, 0.008, 10)
    quiet = stance(tmp_path / "quiet.csv", 20.0, 0.004, 20)
    copies: list[Path] = []
    for path in (press, quiet):
        # The same samples in other bytes.
        copies.append(path.with_name(f"copy-{path.name}"))
        copies[-1].write_text(path.read_text().rstrip("\n") + "\n\n", encoding="utf-8")
    for given, refusal in (
        ([press], "press.csv: is the trial itself"),
        ([quiet, copies[0]], "copy-press.csv: is the trial itself"),
        ([quiet, quiet], "quiet.csv: the same data twice with --no-press"),
        ([quiet, copies[1]], "copy-quiet.csv: the same data twice with --no-press"),
    ):
        options = [part for path in given for part in ("--no-press", str(path))]
        asked = ["analyze", str(press), "--movement", "pallof-press", "--json", "-", *options]
        with pytest.raises(BadInput) as caught:
            CliRunner().invoke(app, asked, catch_exceptions=False)
        assert str(caught.value).startswith(refusal) and "\n" not in str(caught.value)


def pulls(path: Path, peaks_n: tuple[float, ...], fade: float) -> Path:
    """Pulls of 4 s above body weight, each losing a share `fade` of its force to its end."""
    t = np.arange(round((2.0 + 7.0 * len(peaks_n)) * RATE_HZ)) / RATE_HZ
    force = np.full(t.size, BODY_N)
    for k, peak in enumerate(peaks_n):
        since = t - (2.0 + 7.0 * k)
        held = (since >= 0.0) & (since < 4.0)
        level = np.minimum(since / 0.15, 1.0) * (1.0 - fade * np.clip(since / 4.0, 0.0, 1.0))
        release = np.clip((4.0 - since) / 0.1, 0.0, 1.0)
        force[held] += peak * (level * release)[held]
    force += np.random.default_rng(3).normal(0.0, 2.0, t.size)
    return write_csv(path, {"Fz": force})


def test_pulls_are_held_and_their_set_fades(tmp_path, monkeypatch):
    path = pulls(tmp_path / "pulls.csv", (1000.0, 950.0, 900.0, 850.0), 0.2)
    forces = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "imtp", "--mass", "71")["forces"]
    assert [hold["rep"] for hold in forces["holds"]] == [0, 1, 2, 3]
    for k, (hold, peak) in enumerate(zip(forces["holds"], (1000.0, 950.0, 900.0, 850.0), strict=True)):
        assert hold["reason"] is None
        # The mean of the best 0.5 s after a rise of 0.15 s, while 5 % are lost a second.
        assert hold["peak_n"]["value"] == pytest.approx(0.98 * peak, rel=0.01)
        assert hold["kept"]["value"] == pytest.approx(0.8 / 0.99, abs=0.03)
        assert hold["start_s"]["value"] == pytest.approx(2.0 + 7.0 * k + 0.075, abs=0.06)
    kept = forces["kept"]
    assert (kept["of"], kept["n"]) == ("peak force", 4)
    assert kept["share"]["value"] == pytest.approx(0.85, abs=0.01)


def test_two_pulls_are_no_trend(tmp_path, monkeypatch):
    path = pulls(tmp_path / "pulls.csv", (1000.0, 950.0), 0.0)
    kept = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "imtp")["forces"]["kept"]
    assert kept["share"] is None and "three or more" in kept["reason"]


def test_a_target_column_is_followed_and_is_no_plate(tmp_path, monkeypatch):
    t = np.arange(round(20.0 * RATE_HZ)) / RATE_HZ
    target = BODY_N + 300.0 + 200.0 * np.sin(2.0 * np.pi * 0.5 * t)
    late = BODY_N + 300.0 + 200.0 * np.sin(2.0 * np.pi * 0.5 * (t - 0.15))
    force = late + ou(t.size, 10.0, 0.1, 4) + np.random.default_rng(5).normal(0.0, 2.0, t.size)
    path = write_csv(tmp_path / "track.csv", {"Fz (N)": force, "Target (N)": target})
    forces = analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "pallof-press")["forces"]
    assert len(forces["plates"]) == 1
    followed = forces["target"]
    assert followed["channel"].startswith("Target")
    assert followed["lag_s"]["value"] == pytest.approx(0.15, abs=0.01)
    # A sine of 200 N that comes 0.15 s late is 200·2·sin(π·0.5·0.15)/√2 away, and 10 N of wandering.
    planted = np.hypot(200.0 * 2.0 * np.sin(np.pi * 0.5 * 0.15) / np.sqrt(2.0), 10.2)
    assert followed["error_n"]["value"] == pytest.approx(planted, rel=0.05)
    assert followed["error_in_time_n"]["value"] == pytest.approx(10.2, rel=0.25)


def test_a_foot_band_is_judged_in_each_repetition(tmp_path, monkeypatch):
    path = pulls(tmp_path / "pulls.csv", (1000.0, 950.0), 0.0)
    result = analysed(
        monkeypatch, tmp_path / "r.json", path, "--movement", "imtp", "--foot-band", "1500,1800", "--mass", "71.4"
    )
    band = result["forces"]["foot_band"]
    assert (band["low_n"], band["high_n"]) == (1500.0, 1800.0)
    first, _ = band["per_rep"]
    # 4 s at 1700 N but for a rise of 0.15 s and a release of 0.1 s.
    assert first["inside"]["value"] == pytest.approx(0.96, abs=0.03)
    assert first["mean_share"]["value"] == pytest.approx(first["mean_n"]["value"] / (71.4 * 9.80665), rel=1e-6)
    assert result["settings"]["foot_band_n"] == [1500.0, 1800.0]


@pytest.mark.parametrize("band", ["300", "300,150", "a,b", "1,2,3", "10 kg,20 kg"])
def test_a_band_that_is_none_is_refused(band, tmp_path, monkeypatch, capsys):
    path = pulls(tmp_path / "pulls.csv", (1000.0,), 0.0)
    analysed(monkeypatch, tmp_path / "r.json", path, "--movement", "imtp", "--foot-band", band, code=2)
    assert "--foot-band" in capsys.readouterr().err


def test_options_of_plates_are_refused_without_plates(tmp_path, monkeypatch, capsys):
    from legato.simulate import scenario_for, simulate_scenario, write_simulation

    made = write_simulation(simulate_scenario(scenario_for("hip-hinge", rate_hz=100.0, reps=2)), tmp_path / "s")
    analysed(monkeypatch, tmp_path / "r.json", made[0], "--movement", "hip-hinge", "--foot-band", "100,200", code=2)
    said = capsys.readouterr().err
    assert "holds no force plate" in said and Path(made[0]).name in said


def test_the_numbers_can_be_written_as_json(tmp_path, monkeypatch, capsys):
    path = pulls(tmp_path / "pulls.csv", (1000.0,), 0.0)
    monkeypatch.setattr(sys, "argv", ["legato", "analyze", str(path), "--movement", "imtp", "--json", "-"])
    from legato.cli import main

    with pytest.raises(SystemExit):
        main()
    told = json.loads(capsys.readouterr().out)["forces"]
    assert {"holds", "kept", "sway", "target", "foot_band"} <= set(told)
