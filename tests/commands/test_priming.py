"""`legato priming`: the list, one in full, the minutes before a test, and what is refused."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app, main
from legato.coaching.priming.catalogue import protocols


def _told(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["priming", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def screening(tmp_path: Path) -> Path:
    sheet, path = tmp_path / "screening.toml", tmp_path / "screening.json"
    runner = CliRunner()
    assert runner.invoke(app, ["screen", "--sheet", str(sheet)]).exit_code == 0
    filled = [
        f"on = {date.today()}" if line.startswith("on =") else line.replace('= ""', '= "no"')
        for line in sheet.read_text("utf-8").splitlines()
    ]
    sheet.write_text("\n".join(filled), "utf-8")
    done = runner.invoke(app, ["screen", str(sheet), "--out", str(path)])
    assert done.exit_code == 0, done.output
    return path


def test_the_list_names_every_protocol_and_what_is_not_offered():
    lines = _told().splitlines()

    assert [line.split()[0] for line in lines[: len(protocols())]] == list(protocols())
    assert sum("not offered" in line for line in lines) == 2


def test_one_in_full_tells_parts_rest_and_what_is_known():
    told = _told("heavy")

    assert "85 % of the maximum" in told
    assert "rest before the test: 4 to 9 min" in told
    assert "Chen 2023" in told


def test_the_minutes_before_a_test_with_and_without_it(screening: Path, tmp_path: Path):
    out = tmp_path / "day.json"
    told = _told("activation", "--test-at", "18:30", "--screening", screening, "--pain", "0", "--json", out)
    primed, control = json.loads(out.read_text("utf-8"))

    assert "With it" in told and "Without it" in told and "18:30  the test" in told
    assert primed["lines"][0]["at"] == control["lines"][0]["at"]
    assert primed["test_at"].endswith("T18:30:00")


def test_what_may_not_be_done_today_says_why(screening: Path):
    assert "not told" in _told("heavy", "--test-at", "18:30", "--screening", screening, "--pain", "0")


def test_pain_of_today_leaves_out_what_it_leaves_out(screening: Path):
    said = _told("light-dynamic", "--test-at", "18:30", "--screening", screening, "--pain", "4")
    assert "not today" in said and "pain" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["activation", "--test-at", "18:30", "--screening", "s.json"], "--pain 0 where there is none"),
        (["activaton"], "did you mean activation"),
        (["activation", "--test-at", "18:30"], "--screening"),
        (["activation", "--region", "middle"], "upper (arms) or lower (legs)"),
        (["activation", "--screening", "s.json"], "--test-at"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.argv", ["legato", "priming", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr().err.strip()
    assert end.value.code == 2
    assert "\n" not in said and told in said


def test_a_time_that_is_none_is_refused(
    screening: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(
        "sys.argv",
        ["legato", "priming", "activation", "--test-at", "half six", "--screening", str(screening), "--pain", "0"],
    )
    with pytest.raises(SystemExit):
        main()
    assert "give a time as 18:30" in capsys.readouterr().err


def test_a_day_told_with_its_time_counts_as_that_day(screening: Path, tmp_path: Path):
    out, tomorrow = tmp_path / "day.json", date.today() + timedelta(days=1)
    _told("breathing", "--test-at", f"{tomorrow}T07:15", "--screening", screening, "--pain", "0", "--json", out)
    assert json.loads(out.read_text("utf-8"))[0]["test_at"] == f"{tomorrow}T07:15:00"
