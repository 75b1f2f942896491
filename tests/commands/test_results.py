"""`corrections export`, `baseline` and `compare` as a user runs them, and options that commands share."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `legato` as a user does, in 80 columns."""
    return subprocess.run(
        [sys.executable, "-m", "legato", *map(str, arguments)],
        cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=110,
        env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip


def refused(done: subprocess.CompletedProcess[str], code: int, *named: str) -> None:
    """Hold a refusal to its form: its exit code, at most three lines, one of them no progress, and what it names."""
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    lines = done.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 3, done.stderr
    # A stage is told once the work has taken a second, as on a loaded machine.
    (said,) = [line for line in lines if not line.endswith(" …")]
    for name in named:
        assert name in said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of hinges: `one.json`, `two.json`, and the first corrected: `corrected.json` with `c.toml`."""
    from legato import analyze, read
    from legato.simulate import scenario_for, simulate_scenario, write_simulation

    made = tmp_path_factory.mktemp("results")
    for name, seed in (("one", 4), ("two", 5)):
        files = write_simulation(
            simulate_scenario(scenario_for("hip-hinge", rate_hz=100.0, reps=3, seed=seed)), made / name
        )
        result = analyze(read(files[0]), "hip-hinge")
        (made / f"{name}.json").write_text(json.dumps(result.to_dict()), encoding="utf-8")
    middle = json.loads((made / "one.json").read_text(encoding="utf-8"))["reps"][1]["start_s"] + 0.5
    text = f'[[correction]]\ndo = "delete-rep"\nat_s = {middle}\n\n[[correction]]\ndo = "delete-rep"\nat_s = 900\n'
    (made / "c.toml").write_text(text, encoding="utf-8")
    return made


def test_corrections_go_in_and_come_out_again(folder: Path) -> None:
    recording = folder / "one" / "hip-hinge.c3d"
    done = run(
        "analyze", recording, "--movement", "hip-hinge", "--corrections", "c.toml", "--json", "c1.json", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert "Corrections (1 applied, 1 no longer fits)" in done.stdout
    assert "900 s lies outside the recording" in done.stdout
    result: dict[str, Any] = json.loads((folder / "c1.json").read_text(encoding="utf-8"))
    assert [c["state"] for c in result["corrections"]] == ["applied", "no-longer-fits"]
    assert len(result["reps"]) == 2
    exported = run("corrections", "export", "c1.json", cwd=folder)
    assert exported.returncode == 0
    assert result["inputs"][0]["sha256"] in exported.stdout
    assert run("corrections", "export", "c1.json", "--out", "again.toml", cwd=folder).returncode == 0
    assert (folder / "again.toml").read_text(encoding="utf-8") == exported.stdout
    twice = run("compare", "one.json", "c1.json", cwd=folder)
    assert twice.returncode == 0
    assert "analysed twice" in twice.stdout
    assert "rep gone" in twice.stdout


def test_a_baseline_and_a_comparison_fit_the_terminal(folder: Path) -> None:
    made = run("baseline", "one.json", "two.json", "--out", "b.json", cwd=folder)
    assert made.returncode == 0, made.stderr
    assert json.loads((folder / "b.json").read_text(encoding="utf-8"))["schema"] == "legato.baseline/1"
    compared = run("compare", "one.json", "two.json", "--baseline", "b.json", cwd=folder)
    assert compared.returncode == 0, compared.stderr
    for table in (made.stdout, compared.stdout):
        rows = [line for line in table.splitlines() if not line.startswith(("note: ", "refused: "))]
        assert max(len(line) for line in rows) <= 80
    assert json.loads(run("compare", "one.json", "two.json", "--json", "-", cwd=folder).stdout)["kind"] == "two-sets"


def test_what_cannot_be_compared_is_refused_in_one_line(folder: Path) -> None:
    (folder / "bad.json").write_text("{", encoding="utf-8")
    refused(run("compare", "one.json", "bad.json", cwd=folder), 2, "bad.json")
    refused(run("compare", "one.json", "two.json", "--baseline", "one.json", cwd=folder), 2, "no baseline")
    refused(run("baseline", "one.json", "--out", "x.json", cwd=folder), 2, "one.json", "2 days")
    refused(run("baseline", "one.json", "one.json", "--out", "x.json", cwd=folder), 2, "same recording")
    refused(run("corrections", "export", "c.toml", cwd=folder), 2, "c.toml")
    assert not (folder / "x.json").exists()


def test_two_analyses_are_shown_as_in_the_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from legato.commands.results import compare, export_corrections

    for day in ("monday", "friday"):
        (folder / day).mkdir()
    record = json.loads((folder / "one.json").read_text(encoding="utf-8"))
    gap = record["chain"]["gaps"][0]
    gap["set"] = {"value": 0.05, "low": 0.02, "high": 0.08, "unit": "s"}
    (folder / "monday" / "result.json").write_text(json.dumps(record), encoding="utf-8")
    gap["set"]["value"] += 0.0123456
    (folder / "friday" / "result.json").write_text(json.dumps(record), encoding="utf-8")
    compare(folder / "monday", folder / "friday" / "result.json")
    said = capsys.readouterr().out
    assert "first: monday/result.json" in said and "second: friday/result.json" in said
    assert ", zero" not in said
    assert " ms " in said
    assert "0.0123" not in said
    export_corrections(folder / "one.json", folder / "where.toml")
    assert capsys.readouterr().out.strip() == f"corrections: {folder / 'where.toml'}"


@pytest.mark.parametrize(("numbers", "said"), [(3, "none can"), (5, "about 1 can"), (24, "about 2 can")])
def test_how_many_look_changed_by_chance(numbers: int, said: str) -> None:
    from legato.report.comparison import by_chance

    assert said in by_chance(numbers)


def test_options_of_the_athlete_are_checked_before_anything_is_analysed(folder: Path) -> None:
    recording = folder / "one" / "hip-hinge.c3d"
    refused(run("analyze", recording, "--movement", "hip-hinge", "--mass", "80000", cwd=folder), 2, "80000 g?")
    refused(run("analyze", recording, "--movement", "hip-hinge", "--baseline", "c.toml", cwd=folder), 2, "c.toml")


def test_groups_of_options_are_taken_by_each_command_that_asks() -> None:
    from typer.main import get_command

    from legato.cli import app

    commands = getattr(get_command(app), "commands")  # noqa: B009
    options = {name: {o for p in commands[name].params for o in p.opts} for name in ("analyze", "info")}
    shared = {"--rate", "--layout", "--offset", "--device-delay"}
    assert shared <= options["analyze"]
    assert shared <= options["info"]
    assert {"--mass", "--height", "--athlete"} <= options["analyze"]
    assert not {"--mass", "--height", "--athlete"} & options["info"]
