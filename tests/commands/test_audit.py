"""`legato audit`: words, a record and a page of a log; what is wrong is one clear line."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app, main
from legato.coaching.log import Session, SetsDone
from legato.coaching.plan.kept import plan_record, read_plan
from legato.coaching.plan.model import Day, Entry, Plan, Week
from legato.coaching.plan.request import Request
from legato.errors import BadInput

from ..compare.activity_records import activity

LOG = "date,exercise,weight_kg,reps,rpe\n" + "".join(
    f"2026-05-{day:02d},{name},60,{5 + k},8\n"
    for day in (4, 6, 8, 11, 13)
    for k, name in enumerate(("Squat", "OHP", "Thing"))
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


def told(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["audit", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.output


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    monkeypatch.setattr("sys.argv", ["legato", "audit", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    said = capsys.readouterr().err.strip()
    assert "\n" not in said and "Traceback" not in said
    return said


def test_words(log: Path):
    said = told(log)
    assert "15 sets of work, from log.csv" in said
    assert "not known by name: 5 sets (33 %)" in said
    assert "Thing (5)" in said
    assert "15 rows read, 0 left out" in said


def test_the_record_alone_on_stdout(log: Path):
    record = json.loads(told(log, "--json", "-"))
    assert record["patterns"]["squat"] == 5
    assert record["unknown_names"] == {"Thing": 5}
    assert record["import"]["rows"] == 15


def test_a_page(log: Path, tmp_path: Path):
    told(log, "--html", tmp_path / "audit.html")
    assert "Sets of work by pattern" in (tmp_path / "audit.html").read_text("utf-8")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Two weeks, each with four sets of squats and two of presses."""
    entries = tuple(
        Entry(id=name, name=name, lift=True, level="loaded", step=0, sets=n, dose=f"{n} × 5", cue="Go.", why="asked")
        for name, n in (("back-squat", 4), ("overhead-press", 2))
    )
    days = (Day(on=date(2026, 5, 4), entries=entries, minutes=30),)
    week = Week(number=1, start=date(2026, 5, 4), block="align", deload=False, days=days)
    next_days = (days[0].model_copy(update={"on": date(2026, 5, 11)}),)
    late = week.model_copy(update={"number": 2, "start": date(2026, 5, 11), "days": next_days})
    made = Plan(
        legato_version="0", made_on=date(2026, 5, 1), screened_until=date(2027, 5, 1),
        request=Request(start=date(2026, 5, 4), weeks=2, days=("mon",)), weeks=(week, late),
    )  # fmt: skip
    (tmp_path / "plan.json").write_text(json.dumps(plan_record(made)))
    return tmp_path / "plan.json"


def test_what_was_planned_beside_what_was_done(log: Path, plan: Path):
    said = " ".join(told(log, "--plan", plan).split())
    # Three sets of each in the week; of the press two were planned. The second week was not over.
    assert "5 of 6 planned sets were done in 1 week (83 %)" in said


def test_volume_by_quality_is_that_of_the_plans_log(log: Path, plan: Path):
    done = SetsDone("back-squat", 2, 5.0, reps_measured=10, reps_passed=7, reds=3)
    kept = read_plan(plan).model_copy(update={"log": (Session(date(2026, 5, 5), (done,)),)})
    plan.write_text(json.dumps(plan_record(kept)))
    said = " ".join(told(log, "--plan", plan).split())
    assert (
        "Volume by quality: look at this. 7 of 10 measured repetitions in the plan's log were without a fault" in said
    )
    # The day that the plan's log has and the imported one lacks counts as done too.
    assert "6 of 6 planned sets" in said


def test_a_log_becomes_the_log_of_a_plan_once(log: Path, plan: Path):
    log.write_text(LOG + "2026-05-04,Squat,60,5,9\n2026-05-01,Squat,60,5,9\n2026-05-06,Squat,60,5000,9\n")
    done = CliRunner().invoke(app, ["plan", "log", str(plan), str(log)])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "not taken: 5 sets of what the plan does not have: Thing" in said
    assert "not taken: 1 set of days before the plan" in said
    assert "not taken: line 19: reps: 5000 is more than can be" in said
    assert "the log has 5 sessions" in said
    kept = read_plan(plan).log[0]
    assert [(one.exercise, one.sets, one.load_kg, one.rpe) for one in kept.done] == [
        ("back-squat", 2, 60.0, 9.0),
        ("overhead-press", 1, 60.0, 8.0),
    ]
    again = CliRunner().invoke(app, ["plan", "log", str(plan), str(log)])
    assert isinstance(again.exception, BadInput)
    assert "no set that the plan asks for, of a day that its log lacks" in str(again.exception)


def test_a_measured_number_of_days_stands_beside_the_sets_before_it(tmp_path: Path):
    days = [date(2025, 9, 1) + timedelta(days=k) for k in range(0, 400, 2)]
    text = "".join(f"{on},Squat,60,5,8\n" * (1 + on.month % 4) for on in days)
    (tmp_path / "log.csv").write_text("date,exercise,weight_kg,reps,rpe\n" + text)
    lines = ["result,athlete,day"]
    for k in range(10):
        record = activity("back-squat", [15.0 + k % 3, 16.0, 14.0, 15.0, 15.0], f"day {k}")
        (tmp_path / f"{k}.json").write_text(json.dumps(record))
        lines.append(f"{k}.json,A,{date(2025, 11, 1) + timedelta(days=28 * k):%d/%m/%Y}")
    (tmp_path / "days.csv").write_text("\n".join(lines))
    given = (
        tmp_path / "log.csv",
        "--results",
        tmp_path / "days.csv",
        "--number",
        "lumbar-flexion-change",
        "--weeks",
        "0",
    )
    record = json.loads(told(*given, "--json", "-"))
    (dose,) = record["doses"]
    assert (len(dose["points"]), dose["practice"]) == (10, "sets a week")
    assert dose["points"][0]["on"] == "2025-11-01"
    assert dose["points"][0]["number"]["low"] < dose["points"][0]["number"]["value"]
    assert dose["correlation"] is not None
    told(*given, "--html", tmp_path / "audit.html")
    assert "90 % intervals, over: sets a week" in (tmp_path / "audit.html").read_text("utf-8")
    wrong = CliRunner().invoke(app, ["audit", str(given[0]), "--results", str(given[2]), "--number", "lumbar"])
    assert isinstance(wrong.exception, BadInput)
    assert "no such number" in str(wrong.exception)


def test_a_log_of_days_alone_has_nothing_to_audit(tmp_path: Path):
    (tmp_path / "days.csv").write_text("date,sleep\n2026-05-04,7\n")
    assert "sleep, h: 7 to 7" in told(tmp_path / "days.csv", code=3)


def test_refusals(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert "--units 'st': is no unit of weights" in refused(monkeypatch, capsys, log, "--units", "st")
    assert "was given twice" in refused(monkeypatch, capsys, log, log)
    assert "the page is a .html" in refused(monkeypatch, capsys, log, "--html", "x.txt")
    assert "--results and --number go together" in refused(monkeypatch, capsys, log, "--number", "x")
    (tmp_path / "d.csv").write_text("date,exercise,reps\n03/04/2024,Squat,5\n")
    assert "--day-first or --month-first" in refused(monkeypatch, capsys, tmp_path / "d.csv")
    assert "cannot be read" in refused(monkeypatch, capsys, tmp_path / "none.csv")


def test_day_first_and_month_first(tmp_path: Path):
    (tmp_path / "d.csv").write_text("date,exercise,reps\n03/04/2024,Squat,5\n")
    assert "to 03 Apr 2024" in told(tmp_path / "d.csv", "--day-first")
    assert "to 04 Mar 2024" in told(tmp_path / "d.csv", "--month-first")
