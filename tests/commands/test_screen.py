"""`legato screen`, as somebody answers it, and `analyze` with a screening that is blocked."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from legato.cli import app
from legato.coaching.safety import questionnaire, read_screening, screen, screening_record
from legato.errors import BadInput
from legato.simulate import scenario_for, simulate_scenario, write_simulation

QUESTIONS = questionnaire().questions
WELL = {question.id: "no" for question in QUESTIONS}


def run(*arguments: object, told: str = "") -> Result:
    done = CliRunner().invoke(app, [*map(str, arguments)], input=told)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Filled in with no to all."""
    path = tmp_path / "sheet.toml"
    assert run("screen", "--sheet", path).exit_code == 0
    text = path.read_text("utf-8").replace('\non = ""', f'\non = "{date.today()}"')
    path.write_text(text.replace(' = ""', ' = "no"'), "utf-8")
    return path


def answer(sheet: Path, question: str, said: str) -> None:
    text = sheet.read_text("utf-8")
    assert f'\n{question} = "no"' in text
    sheet.write_text(text.replace(f'\n{question} = "no"', f'\n{question} = "{said}"'), "utf-8")


def kept(folder: Path, answers: dict[str, str], on: date | None = None) -> Path:
    path = folder / "screening.json"
    path.write_text(json.dumps(screening_record(screen(answers, on or date.today()))), "utf-8")
    return path


def test_a_sheet_that_passes_is_kept_without_an_answer(sheet: Path, tmp_path: Path):
    answer(sheet, "hernia", "yes")
    out = tmp_path / "screening.json"
    done = run("screen", sheet, "--out", out)
    assert done.exit_code == 0
    assert "passed: until" in done.output and "left out: presses against a turn and carries" in done.output
    assert "never hold your breath" in done.output and f"Delete {sheet}" in done.output
    found = read_screening(out)
    assert found.passed and found.barred == {"anti-rotation"} and found.exhale_only
    assert not any(f'"{q.id}"'.encode() in out.read_bytes() for q in QUESTIONS)


def test_the_help_comes_first_where_one_does_not_pass(sheet: Path, tmp_path: Path):
    answer(sheet, "bladder-bowel", "yes")
    out = tmp_path / "screening.json"
    done = run("screen", sheet, "--out", out)
    assert done.exit_code == 0
    assert done.output.startswith("Do not train. Get help now.")
    assert "blocked: nothing is scored" in done.output
    assert not read_screening(out).passed


def test_json_on_stdout_is_the_record_alone(sheet: Path):
    answer(sheet, "night-pain", "yes")
    done = run("screen", sheet, "--json", "-")
    assert json.loads(done.stdout)["result"] == "blocked"
    assert "See somebody qualified first." in done.stderr
    assert "night-pain" not in done.output


def test_open_questions_are_named_and_block(sheet: Path, tmp_path: Path):
    answer(sheet, "hernia", "")
    done = run("screen", sheet, "--out", tmp_path / "screening.json")
    assert "open: hernia\n" in done.output and "Delete" not in done.output
    assert not read_screening(tmp_path / "screening.json").passed


def test_it_asks_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("legato.commands.screen.at_terminal", lambda: True)
    out = tmp_path / "screening.json"
    done = run("screen", "--out", out, told="n\n" * (len(QUESTIONS) - 1) + "maybe\nNO\n")
    assert done.exit_code == 0, done.output
    assert read_screening(out).passed
    assert "Answer no or yes." in done.output
    assert done.output.count("?") == len(QUESTIONS)


def test_a_sign_that_needs_help_now_ends_the_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("legato.commands.screen.at_terminal", lambda: True)
    done = run("screen", "--out", tmp_path / "screening.json", told="no\ny\nno\nno\n")
    assert "Get help now" in done.output and "About you" not in done.output
    assert not read_screening(tmp_path / "screening.json").passed


def test_without_a_terminal_it_says_what_to_do():
    with pytest.raises(BadInput, match="--sheet"):
        run("screen")


def test_nothing_that_was_written_is_written_over(sheet: Path, tmp_path: Path):
    with pytest.raises(BadInput, match="may be filled in"):
        run("screen", "--sheet", sheet)
    other = tmp_path / "result.json"
    other.write_text("{}", "utf-8")
    with pytest.raises(BadInput, match="no record of a screening"):
        run("screen", sheet, "--out", other)
    assert other.read_text("utf-8") == "{}"
    out = tmp_path / "screening.json"
    for _ in range(2):
        assert run("screen", sheet, "--out", out).exit_code == 0
    with pytest.raises(BadInput, match=r"\.toml"):
        run("screen", "--sheet", tmp_path / "sheet.html")
    with pytest.raises(BadInput, match="nothing else"):
        run("screen", sheet, "--sheet", tmp_path / "s2.toml")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = simulate_scenario(scenario_for("back-squat", rate_hz=100.0, reps=3))
    return next(p for p in write_simulation(made, tmp_path_factory.mktemp("squat")) if p.suffix == ".c3d")


def test_a_blocked_screening_leaves_nothing_scored(recording: Path, tmp_path: Path):
    blocked = kept(tmp_path, WELL | {"cancer": "yes"})
    out = tmp_path / "out"
    done = run("analyze", recording, "--movement", "back-squat", "--screening", blocked, "--out", out)
    assert done.exit_code == 3
    assert done.output.startswith("Nothing is scored: this screening does not pass.")
    assert "emergency number" in done.output
    assert not out.exists()
    silent = run("analyze", recording, "--movement", "back-squat", "--screening", blocked, "--json", "-")
    assert silent.exit_code == 3 and silent.stdout == "" and "Nothing is scored" in silent.stderr


def test_a_screening_that_passes_changes_nothing_measured(recording: Path, tmp_path: Path):
    passes = kept(tmp_path, WELL)

    def measured(*more: object) -> Any:
        return json.loads(run("analyze", recording, "--movement", "back-squat", "--json", "-", *more).stdout)["reps"]

    assert measured("--screening", passes) == measured()


def test_a_screening_out_of_date_or_broken_is_refused(recording: Path, tmp_path: Path):
    old = kept(tmp_path, WELL, date.today() - timedelta(days=400))
    with pytest.raises(BadInput, match="out of date"):
        run("analyze", recording, "--screening", old)
    with pytest.raises(BadInput, match="still to come"):
        run("analyze", recording, "--screening", kept(tmp_path, WELL, date.today() + timedelta(days=2)))
    (tmp_path / "broken.json").write_text("{", "utf-8")
    with pytest.raises(BadInput, match="no record of a screening"):
        run("analyze", recording, "--screening", tmp_path / "broken.json")
