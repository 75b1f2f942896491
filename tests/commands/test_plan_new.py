"""What `legato plan new` says of what it leaves out, and refuses."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.coaching.plan.done import read_done, with_sessions
from legato.coaching.plan.kept import read_plan
from legato.coaching.safety import screen, screening_record
from legato.errors import BadInput

from ..coaching.safety.test_every_drill import WELL
from ..faults.sheets import filled, result

pytest.importorskip("ortools")
TODAY = date.today()
ASKED = f"""
start = {TODAY}
weeks = 1
days = ["mon", "wed", "fri"]
[athlete]
equipment = ["dowel", "barbell", "plates", "bench", "rack", "mat", "band", "cable"]
base_weeks = 60
mobility = {{ hip-flexion = true, ankle-dorsiflexion = true, thoracic-rotation = true }}
[[lifts]]
id = "deadlift"
sets = 4
reps = 5
load_kg = 60
[[lifts]]
id = "bench-press"
sets = 4
reps = 5
"""


def new(folder: Path, *options: object, asked: str = ASKED, code: int = 0) -> str:
    """What the command says, in one line, for an athlete who passed the screening."""
    request, screening = folder / "request.toml", folder / "screening.json"
    request.write_text(asked)
    screening.write_text(json.dumps(screening_record(screen(WELL, TODAY))))
    words = ("plan", "new", request, "--screening", screening, "--out", folder / "plan.json", *options)
    done = CliRunner().invoke(app, [*map(str, words)], env={"COLUMNS": "400"})
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def test_what_is_left_out_stands_before_the_sessions(tmp_path: Path):
    said = new(tmp_path)
    assert 0 <= said.index("left out: Deadlift") < said.index("Bench press 2 ×")
    assert "Dowel hinge" in said


def test_what_was_read_of_mobility_and_what_helps_is_told(tmp_path: Path):
    sheet = tmp_path / "sheet.toml"
    turn = {f"numbers.thoracic-rotation.{side}": "[20, 21]" for side in ("right", "left")}
    sheet.write_text(filled("mobility-screen", lines=turn))
    said = new(tmp_path, "--sheet", sheet)
    assert "mobility: Thoracic rotation, right: 20" in said and "left out: Bench press" not in said
    (tmp_path / "plan.json").unlink()
    said = new(tmp_path, "--sheet", sheet, asked=ASKED.replace("bench-press", "overhead-press"))
    assert "mobility that is too little: thoracic rotation" in said and "the drill for it: thoracic-rotation" in said


def test_with_some_pain_easier_versions_are_planned(tmp_path: Path):
    said = new(tmp_path, "--pain", 3)
    assert "left out: Bench press: pain 3 of 10: only an easier version" in said
    record = json.loads((tmp_path / "plan.json").read_text())
    done = [entry for week in record["weeks"] for day in week["days"] for entry in day["entries"]]
    assert done and all(entry["level"] in ("hold", "dynamic") and not entry["load_kg"] for entry in done)
    assert any(entry["why"].startswith("in place of Deadlift") for entry in done)


def test_pain_that_stops_ends_as_a_screening_that_is_blocked(tmp_path: Path):
    assert "Pain: stop" in new(tmp_path, "--pain", 7, code=3)
    words = ["plan", "new", tmp_path / "request.toml", "--screening", tmp_path / "screening.json", "--pain", 7]
    done = CliRunner().invoke(app, [*map(str, words), "--json", "-", "--out", str(tmp_path / "plan.json")])
    assert done.exit_code == 3 and done.stdout == "" and "error: Pain: stop" in done.stderr
    assert not (tmp_path / "plan.json").exists()


def refused(folder: Path, asked: str) -> str:
    """The one line with which a request is refused."""
    request, screening = folder / "request.toml", folder / "screening.json"
    request.write_text(asked)
    screening.write_text(json.dumps(screening_record(screen(WELL, TODAY))))
    words = ("plan", "new", request, "--screening", screening, "--out", folder / "plan.json")
    with pytest.raises(BadInput) as error:
        CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_plan_of_long_ago_is_refused(tmp_path: Path):
    assert new(tmp_path, asked=ASKED.replace(str(TODAY), str(TODAY - timedelta(days=7))))
    (tmp_path / "plan.json").unlink()
    said = refused(tmp_path, ASKED.replace(str(TODAY), str(TODAY - timedelta(days=8))))
    assert f"start = {TODAY - timedelta(days=8)} is more than 7 days before {TODAY}" in said and "--on" in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('load_kg = "175 lb"', "line 13: loads stand in kg here, as numbers; 175 lb is 79.4"),
        ('load_kg = "heavy"', "loads stand in kg here, as numbers; write a bare number"),
        ("load_lb = 175", "load_lb: loads stand in kg here; one lb is 0.4536 kg"),
    ],
)
def test_loads_in_pounds_are_told_that_a_plan_has_kg(tmp_path: Path, line: str, says: str):
    assert says in refused(tmp_path, ASKED.replace("load_kg = 60", line))
    done = tmp_path / "done.toml"
    done.write_text(f'[[sessions]]\non = {TODAY}\n[[sessions.done]]\nid = "deadlift"\nsets = 4\n{line}\n')
    with pytest.raises(BadInput, match="loads stand in kg here"):
        read_done(done)


def test_minutes_that_are_left_over_are_told(tmp_path: Path):
    said = new(tmp_path, asked=ASKED.replace("weeks = 1", "weeks = 1\nminutes = 120"))
    assert "of 120 minutes are used: what was asked for and may be done takes no more" in said


def test_a_log_of_before_the_plan_is_refused(tmp_path: Path):
    new(tmp_path)
    done = tmp_path / "done.toml"
    done.write_text(
        f'[[sessions]]\non = {TODAY - timedelta(days=1)}\n[[sessions.done]]\nid = "bench-press"\nsets = 4\n'
    )
    with pytest.raises(BadInput, match=f"{TODAY - timedelta(days=1)} is before the plan begins .{TODAY}"):
        with_sessions(read_plan(tmp_path / "plan.json"), read_done(done), TODAY, "done.toml")


def test_a_log_counts_the_repetitions_of_a_result(tmp_path: Path):
    new(tmp_path)
    done, measured = tmp_path / "done.toml", tmp_path / "result.json"
    done.write_text(f'[[sessions]]\non = {TODAY}\n[[sessions.done]]\nid = "bench-press"\nsets = 1\nreps = 2\n')
    row = {"rep": 0, "value": {"low": 6, "high": 7}}
    found = {"fault": "made-up", "side": "", "verdict": "fault", "kind": "band", "band": [None, 5.0], "band_grade": "D"}
    record = {**result("bench-press", reps=[{}] * 2), "findings": [found | {"reps": [0], "per_rep": [row]}]}
    measured.write_text(json.dumps(record))
    words = ["plan", "log", tmp_path / "plan.json", done, "--result", measured]
    ran = CliRunner().invoke(app, [*map(str, words)], env={"COLUMNS": "400"})
    assert ran.exit_code == 0 and "1 red; by the technique gate the set ends there: repetition 1 is red" in ran.output
    sets = read_plan(tmp_path / "plan.json").log[0].done[0]
    assert (sets.reps_measured, sets.reds) == (1, 1)
