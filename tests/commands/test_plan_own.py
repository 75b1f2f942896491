"""`legato plan` with drills of a coach's own: the example of the documentation."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.coaching.plan.kept import read_plan
from legato.commands.audit import imported_sessions

from ..coaching.test_drill_pages import OWN
from .test_plan_new import ASKED, new

pytest.importorskip("ortools")
EXAMPLE = OWN.split("```toml")[1].split("```")[0]
WITH_OWN = (
    ASKED.replace("weeks = 1", "weeks = 2")
    + """
[[drills]]
id = "wall-hinge"
level = "dynamic"
"""
)


def update(folder: Path, *options: object) -> str:
    words = ("plan", "update", folder / "plan.json", "--screening", folder / "screening.json", *options)
    done = CliRunner().invoke(app, [*map(str, words)], env={"COLUMNS": "400"})
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_a_plan_takes_a_drill_of_a_file_and_keeps_it(tmp_path: Path):
    ours = tmp_path / "ours.toml"
    ours.write_text(EXAMPLE)
    said = new(tmp_path, "--drills", ours, asked=WITH_OWN)
    assert "Hinge to the wall (your own, grade D, not tried by Legato) 2 × 8, tempo 3-1-2-0: Ring the bell" in said
    plan = read_plan(tmp_path / "plan.json")
    assert [one.id for one in plan.own] == ["wall-hinge"]
    ours.unlink()
    assert "not tried by Legato" not in update(tmp_path)
    assert read_plan(tmp_path / "plan.json").own == plan.own


def test_a_plan_says_that_its_drill_was_changed_and_keeps_the_dose(tmp_path: Path):
    ours = tmp_path / "ours.toml"
    ours.write_text(EXAMPLE)
    new(tmp_path, "--drills", ours, asked=WITH_OWN)
    before = read_plan(tmp_path / "plan.json")
    assert "changed after" not in update(tmp_path, "--drills", ours)
    ours.write_text(EXAMPLE.replace("reps = 8", "reps = 30"))
    said = update(tmp_path, "--drills", ours)
    assert "Hinge to the wall: changed after this plan was made; the plan keeps it as it was" in said
    after = read_plan(tmp_path / "plan.json")
    doses = {e.dose for week in after.weeks for day in week.days for e in day.entries if e.id == "wall-hinge"}
    assert doses == {"2 × 8"} and after.own == before.own


def test_a_training_log_names_it_as_its_file_does(tmp_path: Path):
    ours = tmp_path / "ours.toml"
    ours.write_text(EXAMPLE)
    new(tmp_path, "--drills", ours, asked=WITH_OWN)
    plan = read_plan(tmp_path / "plan.json")
    day = plan.weeks[0].days[0].on
    log = tmp_path / "log.csv"
    log.write_text(f"date,exercise,weight_kg,reps,rpe\n{day},Hinge to the Wall,,8,6\n{day},Zercher,40,8,6\n")
    sessions, said = imported_sessions(log, plan, "kg", None)
    assert [one.exercise for session in sessions for one in session.done] == ["wall-hinge"]
    assert said == ("1 set of what the plan does not have: Zercher",)


def test_a_drill_without_its_file_is_refused(tmp_path: Path):
    ours = tmp_path / "ours.toml"
    ours.write_text(EXAMPLE)
    new(tmp_path, "--drills", ours, asked=WITH_OWN)
    out = tmp_path / "other.json"
    words = ("plan", "new", tmp_path / "request.toml", "--screening", tmp_path / "screening.json", "--out", out)
    done = CliRunner().invoke(app, [*map(str, words)])
    assert "drills: nothing is called 'wall-hinge'" in str(done.exception) and not out.exists()
