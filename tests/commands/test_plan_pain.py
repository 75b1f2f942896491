"""What the commands of a plan say and do about pain in its log, a screening that is over, and what is kept to."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.export import plan_ics
from legato.coaching.plan.kept import plan_record, read_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.safety import screen, screening_record, session_rules
from legato.coaching.situation import Screening
from legato.errors import BadInput

from ..coaching.athletes import fit
from ..coaching.safety.test_every_drill import WELL

pytest.importorskip("ortools")
TODAY = date.today()
LIFTS = ({"id": "deadlift", "sets": 4, "reps": 5, "load_kg": 60}, {"id": "bench-press", "sets": 4, "reps": 5})


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return planned(tmp_path, Screening(TODAY - timedelta(days=9), TODAY + timedelta(days=300), passed=True))


def planned(folder: Path, screening: Screening) -> Path:
    start = screening.on
    asked = Request.model_validate({"start": start, "weeks": 1, "days": ("mon", "wed", "fri"), "lifts": LIFTS})
    made = make_plan(asked, fit(on=start, screening=screening, base_weeks=20.0), "0")
    assert isinstance(made, Plan)
    path = folder / "plan.json"
    path.write_text(json.dumps(plan_record(made)))
    return path


def says(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [*map(str, words)], env={"COLUMNS": "300"})
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def logged(plan: Path, days: int, id: str, more: str) -> str:
    done = plan.with_name(f"done-{days}.toml")
    done.write_text(
        f'[[sessions]]\non = {TODAY - timedelta(days=days)}\n[[sessions.done]]\nid = "{id}"\nsets = 2\n{more}\n'
    )
    return says("plan", "log", plan, done)


def test_the_log_answers_with_what_pain_asks_for(plan: Path):
    assert "pain" not in logged(plan, 5, "bench-press", "pain = 1")
    assert "an easier version without load" in logged(plan, 4, "bench-press", "pain = 4")
    said = logged(plan, 3, "deadlift", "pain = 8")
    assert "pain: stop, and see somebody qualified" in said and "Deadlift hurt on" in said


@pytest.mark.parametrize("more", ["pain = 8", "worse_next_morning = true", "pain = 1\nbelow_the_knee = true"])
def test_a_plan_is_shown_under_what_stops_it_until_it_was_looked_at(plan: Path, more: str):
    earlier = plan_ics(read_plan(plan), revised=datetime.now(UTC) - timedelta(seconds=1))
    assert "STOP" not in says("plan", "show", plan)
    logged(plan, 1, "deadlift", more)
    page, calendar, table = (plan.with_suffix(ending) for ending in (".html", ".ics", ".csv"))
    said = says("plan", "show", plan, "--html", page, "--ics", calendar, "--csv", table)
    assert "STOP: pain: stop" in said
    events = calendar.read_text("utf-8").replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    assert events and all("SUMMARY:STOP: " in one and "DESCRIPTION:STOP: pain: stop" in one for one in events)
    numbers = [{int(n) for n in re.findall(r"SEQUENCE:(\d+)", text)} for text in (earlier, "".join(events))]
    assert max(numbers[0]) < min(numbers[1]), "it takes the place of the calendar before the pain"
    assert "gives no code under [athlete]" in said
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))
    assert rows and all(row["keep_to"].startswith("STOP: pain: stop") for row in rows)
    assert '<div class="stops" role="alert"><p><b>STOP</b> Pain: stop' in page.read_text("utf-8")
    says("plan", "log", plan, "--looked-at", TODAY)
    assert read_plan(plan).log[-1].looked_at
    assert "Deadlift hurt" not in says("plan", "show", plan)


def test_pain_of_days_ago_still_stands_after_painless_sessions(plan: Path):
    logged(plan, 6, "deadlift", "pain = 8")
    assert "Deadlift hurt on" in logged(plan, 1, "bench-press", "pain = 0")
    said = says("plan", "show", plan)
    assert "STOP: Deadlift hurt on" in said and "STOP: pain" not in said


def test_that_it_was_looked_at_goes_on_a_day_that_has_a_session_and_before_one(plan: Path):
    logged(plan, 2, "deadlift", "pain = 8")
    says("plan", "log", plan, "--looked-at", TODAY - timedelta(days=2))
    says("plan", "log", plan, "--looked-at", TODAY - timedelta(days=1))
    logged(plan, 1, "bench-press", "pain = 0")
    assert [(len(one.done), one.looked_at) for one in read_plan(plan).log] == [(1, True), (1, True)]
    with pytest.raises(BadInput, match="a file of what was done, or --looked-at"):
        CliRunner().invoke(app, ["plan", "log", str(plan)], catch_exceptions=False)


def test_a_plan_is_shown_under_a_screening_that_is_over(tmp_path: Path):
    over = planned(tmp_path, Screening(TODAY - timedelta(days=30), TODAY - timedelta(days=2), passed=True))
    assert "STOP: the screening held until" in says("plan", "show", over)


def test_terminal_and_calendar_tell_what_is_kept_to(plan: Path):
    calendar = plan_ics(read_plan(plan)).replace("\r\n ", "").replace("\\,", ",").replace("\\;", ";")
    shown = says("plan", "show", plan)
    assert shown.count("spotter or safety pins") == 1, "once, as a rule of every session"
    for text in (shown, calendar):
        assert all(rule in text for rule in session_rules())
        assert "spotter or safety pins" in text and "warm up" in text


def test_a_screening_that_does_not_pass_ends_as_analyze_does(plan: Path, tmp_path: Path):
    blocked = tmp_path / "screening.json"
    blocked.write_text(json.dumps(screening_record(screen(WELL | {"nerve-root": "yes"}, TODAY))))
    request = tmp_path / "request.toml"
    says("plan", "new", "--request", request)
    new = ("plan", "new", request, "--screening", blocked, "--out", tmp_path / "new.json")
    assert "Nothing is scored" in says(*new, code=3)
    assert "Nothing is scored" in says("plan", "update", plan, "--screening", blocked, code=3)
    assert not (tmp_path / "new.json").exists()
