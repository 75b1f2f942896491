"""Tables of jumps, pulls, the bar and work: the numbers of `result.json`, each with both ends of its interval."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from legato.analysis import Analysis
from legato.report import write_report
from legato.report.record_tables import record_tables
from legato.report.tables import NAMES, tables

from .bar_records import bar_alone
from .force_records import jumps, pulls
from .test_power import strides

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def two() -> Analysis:
    return jumps(2.2, 2.5)


@pytest.fixture(scope="module")
def five() -> Analysis:
    return pulls(5)


def rows_of(analysis: Analysis, name: str) -> Rows:
    return list(csv.DictReader(io.StringIO(tables(analysis)[name])))


def same(row: dict[str, str], column: str, held: Any) -> None:
    """The three cells of a column are the estimate that `result.json` holds."""
    for end, key in (("", "value"), ("_low", "low"), ("_high", "high")):
        assert float(row[column + end]) == pytest.approx(held[key], rel=1e-8), column


def test_jumps_hold_every_number_of_the_result(two: Analysis):
    held = two.to_dict()["forces"]["jumps"]
    rows = rows_of(two, "jumps.csv")
    assert [(row["jump"], row["kind"]) for row in rows] == [("1", "countermovement"), ("2", "countermovement")]
    for row, jump in zip(rows, held, strict=True):
        estimates = {name: value for name, value in jump.items() if isinstance(value, dict) and "low" in value}
        assert {"height_impulse_m", "depth_m", "take_off_speed_m_s", "peak_power_w_kg"} < set(estimates)
        for name, value in estimates.items():
            same(row, name, value)
        for phase in jump["phases"]:
            same(row, f"{phase['name']}_start_s", phase["start_s"])
            same(row, f"{phase['name']}_end_s", phase["end_s"])
        for share in jump["shares"]:
            same(row, f"{share['phase']}_share_left", share["left"])
            same(row, f"{share['phase']}_peak_right_n", share["peak_right_n"])
        same(row, "take_off_feet_apart_s", jump["feet"]["take_off"]["apart_s"])
        assert row["reasons"] == "; ".join(jump["reasons"])


def test_pulls_hold_windows_forces_and_holds_and_the_best(five: Analysis):
    held = five.to_dict()["forces"]
    rows = rows_of(five, "pulls.csv")
    assert [row["rep_number"] for row in rows] == ["1", "2", "3", "4", "5", "best"]
    for row, rise, hold in zip(rows, held["rfd"]["per_rep"], held["holds"], strict=False):
        for name in ("onset_s", "peak_force_n", "peak_rate_n_s", "baseline_n"):
            same(row, name, rise[name])
        for window in rise["windows"]:
            name = f"{1000 * window['start_s']:.0f}_{1000 * window['end_s']:.0f}_ms"
            same(row, f"rate_{name}_n_s", window["rate_n_s"])
            same(row, f"impulse_{name}_n_s", window["impulse_n_s"])
        for force in rise["forces"]:
            same(row, f"force_{1000 * force['after_s']:.0f}_ms_n", force["force_n"])
        for name in ("start_s", "peak_n", "plateau_s", "variation", "kept"):
            same(row, f"hold_{name}", hold[name])
    same(rows[-1], "peak_force_n", held["rfd"]["best"]["peak_force_n"])
    assert rows[-1]["hold_peak_n"] == ""


def test_the_bar_holds_velocities_power_loss_and_tempo():
    analysis = bar_alone(stop_loss_pct=20.0, loads_kg=[100.0] * 5)
    held = analysis.to_dict()["bar"]
    rows = rows_of(analysis, "bar.csv")
    assert [row["load_kg"] for row in rows] == ["100"] * 5
    for row, rep in zip(rows, held["reps"], strict=True):
        for name in ("mean_velocity", "peak_velocity"):
            same(row, f"{name}_m_s", rep[name])
        for name in ("mean_power", "peak_power"):
            same(row, f"{name}_w", rep[name])
        same(row, "range_m", rep["range"])
        same(row, "tempo_concentric_s", rep["tempo"]["concentric"])
    for lost in held["velocity_loss"]["per_rep"]:
        same(rows[lost["rep"]], "loss_pct", lost["loss_pct"])


def test_work_holds_each_joint_phase_and_repetition(two: Analysis):
    analysis = replace(two, power=strides())
    held = analysis.to_dict()["power"]["joints"]
    rows = list(csv.DictReader(io.StringIO(record_tables(analysis)["work.csv"])))
    at = iter(rows)
    for joint in held:
        for phase in joint["phases"]:
            whole = next(at)
            assert (whole["joint"], whole["phase"], whole["rep_number"]) == (joint["name"], phase["phase"], "set")
            same(whole, "generated_j", phase["set"]["generated_j"])
            for rep in phase["per_rep"]:
                row = next(at)
                assert row["rep_number"] == str(rep["rep"] + 1)
                for name in ("generated_j", "absorbed_j", "peak_w", "lowest_w"):
                    same(row, name, rep[name])
    assert next(at, None) is None


def test_no_table_is_without_a_number(two: Analysis, five: Analysis, throw: Any, squat: Any):
    assert set(tables(two)) == {"reps.csv", "jumps.csv"}
    assert set(tables(five)) == {"reps.csv", "pulls.csv", "coordination.csv"}
    for analysis in (two, five, throw, squat):
        for name, text in tables(analysis).items():
            assert name in NAMES
            head, *rows = text.splitlines()
            assert rows and len(head.split(",")) > 1, name


def test_gaps_that_could_not_be_measured_make_no_table(throw: Any):
    gaps = [replace(g, set_s=None, per_rep=tuple(replace(r, gap_s=None) for r in g.per_rep)) for g in throw.chain.gaps]
    assert "gaps.csv" not in tables(replace(throw, chain=replace(throw.chain, gaps=tuple(gaps))))


def test_a_table_of_an_earlier_result_does_not_stay(two: Analysis, throw: Any, tmp_path: Path):
    write_report(throw, tmp_path)
    (tmp_path / "tables" / "mine.csv").write_text("mine")
    write_report(two, tmp_path)
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {"reps.csv", "jumps.csv", "mine.csv"}


def test_every_table_is_documented():
    told = (Path(__file__).parents[2] / "docs" / "result-json.md").read_text("utf-8")
    assert not [name for name in NAMES if f"| `{name}` |" not in told]
