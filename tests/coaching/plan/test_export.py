"""A plan as a file, a calendar, a table and a page: what is read back is what was written; damage is refused."""

import copy
import csv
import io
import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from legato.coaching.plan.build import make_plan
from legato.coaching.plan.export import plan_csv, plan_ics
from legato.coaching.plan.kept import plan_record, read_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.errors import BadInput
from legato.report.plan_page import plan_html

from ..athletes import DAY, fit

pytest.importorskip("ortools")


@pytest.fixture(scope="module")
def plan() -> Plan:
    asked = Request.model_validate(
        {
            "start": DAY + timedelta(days=1),
            "weeks": 2,
            "days": ("mon", "wed", "fri"),
            "lifts": ({"id": "back-squat", "sets": 4, "reps": 5, "load_kg": 62.5},),
            "drills": ({"id": "single-leg-rdl", "level": "dynamic"},),
        }
    )
    found = make_plan(asked, fit(), "0")
    assert isinstance(found, Plan)
    first = found.weeks[0].days[0].entries[0].model_copy(update={"cue": 'Größer, "länger"; höher\\ – 柔らかく <b>'})
    day = found.weeks[0].days[0].model_copy(update={"entries": (first, *found.weeks[0].days[0].entries[1:])})
    week = found.weeks[0].model_copy(update={"days": (day, *found.weeks[0].days[1:])})
    return found.model_copy(update={"weeks": (week, *found.weeks[1:])})


def test_a_file_gives_the_same_plan(plan: Plan, tmp_path: Path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan_record(plan)), encoding="utf-8")
    assert read_plan(file) == plan


@pytest.mark.parametrize("at", [None, time(18, 30)])
def test_a_calendar_is_read_back(plan: Plan, at: time | None):
    calendars = pytest.importorskip("icalendar")
    text = plan_ics(plan, at)
    assert text.count("\n") == text.count("\r\n")
    assert max(len(line.encode("utf-8")) for line in text.split("\r\n")) <= 75
    events: list[Any] = list(calendars.Calendar.from_ical(text).walk("VEVENT"))
    days = [day for week in plan.weeks for day in week.days]
    assert len(events) == len(days)
    assert len({str(event["uid"]) for event in events}) == len(days)
    for event, day in zip(events, days, strict=True):
        start = event["dtstart"].dt
        assert start == (day.on if at is None else datetime.combine(day.on, time(18, 30)))
        length = event["dtend"].dt - start
        assert length == (timedelta(days=1) if at is None else timedelta(minutes=day.minutes))
        for entry in day.entries:
            assert entry.cue in str(event["description"])


def test_a_table_is_read_back(plan: Plan):
    rows = list(csv.DictReader(io.StringIO(plan_csv(plan))))
    entries = [(day.on, entry) for week in plan.weeks for day in week.days for entry in day.entries]
    assert len(rows) == len(entries)
    for row, (on, entry) in zip(rows, entries, strict=True):
        assert date.fromisoformat(row["date"]) == on
        assert (row["exercise"], row["cue"], int(row["sets"])) == (entry.id, entry.cue, entry.sets)
        assert row["load_kg"] == ("" if entry.load_kg is None else f"{entry.load_kg:g}")


def test_a_page_shows_every_session_and_escapes_what_it_shows(plan: Plan):
    page = plan_html(plan)
    for week in plan.weeks:
        for day in week.days:
            assert f"{day.on:%a %d %b}" in page
    assert "länger" in page
    assert "höher\\ – 柔らかく &lt;b&gt;" in page
    assert "`" not in page.split("</style>")[1]


def edited(plan: Plan, *path: str | int, value: object) -> str:
    record = copy.deepcopy(plan_record(plan))
    inside: Any = record
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = value
    return json.dumps(record)


def test_what_is_no_plan_or_was_damaged_is_refused_in_one_line(plan: Plan, tmp_path: Path):
    whole = json.dumps(plan_record(plan))
    file = tmp_path / "plan.json"
    wrong: list[bytes] = [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        whole[: len(whole) // 2].encode(),
    ]
    wrong += [
        one.encode()
        for one in (
            edited(plan, "schema", value="legato.plan/2"),
            edited(plan, "weeks", value=[]),
            edited(plan, "weeks", 1, "start", value="2026-11-23"),
            edited(plan, "weeks", 0, "days", 0, "on", value="2027-01-01"),
            edited(plan, "weeks", 0, "days", 0, "entries", 0, "sets", value="many"),
            edited(plan, "weeks", 0, "days", 0, "entries", 0, "step", value=-1),
            edited(plan, "request", "weeks", value=3),
            edited(plan, "more", value=1),
        )
    ]
    for content in wrong:
        file.write_bytes(content)
        with pytest.raises(BadInput) as error:
            read_plan(file)
        assert "plan.json: " in str(error.value)
        assert "\n" not in str(error.value)
    with pytest.raises(BadInput, match="cannot be read"):
        read_plan(tmp_path)
