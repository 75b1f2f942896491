"""Plans in the app: asked for, moved, logged, made anew and taken along, always within the screening and the rules."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.coaching.plan.model import Plan
from legato.store import Catalogue
from legato.store.rows import PlanRow
from legato.web.of_athlete import plan_of, plan_row

from .athletes import BLOCKING, TODAY, add_athlete, add_screening, send

pytest.importorskip("ortools")
START = TODAY - timedelta(days=TODAY.weekday())
ASKED: dict[str, Any] = {
    "start": START.isoformat(), "weeks": "4", "days": ["mon", "wed", "fri"], "minutes": "60", "base_weeks": "60",
    "equipment": ["dowel", "barbell", "plates", "bench", "rack", "mat", "band"],
    "mobility-hip-flexion": "yes", "mobility-ankle-dorsiflexion": "yes", "mobility-thoracic-rotation": "yes",
    "lift-0-id": "back-squat", "lift-0-sets": "6", "lift-0-reps": "5", "lift-0-days": "2", "lift-0-load": "60",
}  # fmt: skip


def held(catalogue: Catalogue, athlete: str) -> Plan:
    with catalogue.session() as rows:
        row = plan_row(rows, athlete)
        assert row is not None
        return plan_of(row)


@pytest.fixture
def ada(client: TestClient, catalogue: Catalogue) -> str:
    """An athlete with a plan of four weeks from this Monday on."""
    athlete = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, athlete)
    answer = send(client, f"/athletes/{athlete}/plan", **ASKED)
    assert answer.status_code == 200, answer.text
    return athlete


def test_a_plan_is_made_from_its_form_with_loads_in_the_readers_unit(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    add_screening(catalogue, ada)
    client.cookies.set("units", "lb")
    text = send(client, f"/athletes/{ada}/plan", **ASKED, blocks="").text
    plan = held(catalogue, ada)
    assert plan.request.lifts[0].load_kg == pytest.approx(27.216, abs=0.001)
    assert "Back squat" in text and " lb" in text and plan.request.days == ("mon", "wed", "fri")
    assert 'value="60"' in client.get(f"/athletes/{ada}/plan/new").text


def test_without_a_screening_or_with_one_that_blocks_there_is_no_plan(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    assert "no screening was answered" in send(client, f"/athletes/{ada}/plan", **ASKED).text
    add_screening(catalogue, ada, yes=BLOCKING)
    text = send(client, f"/athletes/{ada}/plan", **ASKED).text
    assert "see somebody qualified first" in text and 'class="days"' not in text
    with catalogue.session() as rows:
        assert not rows.scalars(select(PlanRow)).all()


def test_a_screening_that_blocks_hides_the_plan_that_was_made_before(
    client: TestClient, catalogue: Catalogue, ada: str
):
    add_screening(catalogue, ada, yes=BLOCKING)
    text = client.get(f"/athletes/{ada}/plan").text
    assert "Back squat" not in text and "Answer the screening again" in text
    assert client.get(f"/athletes/{ada}/plan.csv").status_code == 400


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"days": []}, "Free days"),
        ({"weeks": "400"}, "Weeks"),
        ({"start": "soon"}, "First day"),
        ({"start": "2020-01-06"}, "days before"),
        ({"lift-0-id": ""}, "Nothing is asked for"),
        ({"lift-0-sets": "1", "lift-0-days": "4"}, "cannot be spread"),
        ({"pain": "8"}, "Pain: stop"),
        ({"minutes": "10", "lift-0-sets": "30"}, "no plan"),
    ],
)
def test_what_does_not_fit_is_told_and_what_was_typed_stays(
    client: TestClient, catalogue: Catalogue, typed: dict[str, Any], told: str
):
    ada = add_athlete(catalogue)
    add_screening(catalogue, ada)
    answer = send(client, f"/athletes/{ada}/plan", **(ASKED | typed))
    assert answer.status_code == 400 and told in answer.text, answer.text
    assert 'value="dowel" checked' in answer.text


def moves(plan: Plan) -> tuple[date, date, date]:
    """In a week still to come: a session with squats, a day right after the other one, and one that is free of both."""
    week = plan.weeks[2]
    first, second = (day.on for day in week.days if any(e.id == "back-squat" for e in day.entries))
    taken = {day.on for day in week.days}
    free = [week.start + timedelta(days=k) for k in range(7)]
    good = [
        on for on in free if on not in taken and abs((on - first).days) > 1 and on != week.start + timedelta(days=6)
    ]
    return second, first + timedelta(days=1), good[-1]


def test_a_session_moves_where_every_rule_holds_and_else_stays_with_what_clashes(
    client: TestClient, catalogue: Catalogue, ada: str
):
    before = held(catalogue, ada)
    session, bad, good = moves(before)
    path = f"/athletes/{ada}/plan/move"
    plain = send(client, path, **{"from": session.isoformat(), "to": bad.isoformat()}).text
    assert "stays where it is" in plain and "<html" in plain and "Take it along" in plain
    client.headers["hx-request"] = "true"
    text = send(client, path, **{"from": session.isoformat(), "to": bad.isoformat()}).text
    assert "stays where it is" in text and "<html" not in text
    assert held(catalogue, ada) == before
    text = send(client, path, **{"from": session.isoformat(), "to": good.isoformat()}).text
    assert "every rule still holds" in text
    assert good in {day.on for day in held(catalogue, ada).weeks[2].days}
    del client.headers["hx-request"]
    assert "moved by hand" in client.get(f"/athletes/{ada}/plan").text
    wrong = send(client, path, **{"from": session.isoformat(), "to": (good + timedelta(days=7)).isoformat()}).text
    assert "stays where it is" in wrong


def test_what_was_done_is_logged_with_pain_and_the_next_morning(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, ada)
    send(client, f"/athletes/{ada}/plan", **ASKED | {"start": (TODAY - timedelta(days=7)).isoformat()})
    day = held(catalogue, ada).weeks[0].days[0]
    assert day.on < TODAY
    entry = day.entries[0]
    form = client.get(f"/athletes/{ada}/plan/done", params={"on": day.on.isoformat()}).text
    assert entry.name in form
    told = {"planned": day.on.isoformat(), "on": day.on.isoformat(), f"{entry.id}-sets": "2", f"{entry.id}-rpe": "7.5",
            f"{entry.id}-pain": "4", f"{entry.id}-morning": "1", "sleep_h": "7"}  # fmt: skip
    text = send(client, f"/athletes/{ada}/plan/done", **told).text
    assert "stop, and see somebody qualified" in text
    done = held(catalogue, ada).log[0]
    assert (done.done[0].rpe, done.done[0].pain, done.done[0].worse_next_morning, done.sleep_h) == (7.5, 4.0, True, 7.0)
    again = send(client, f"/athletes/{ada}/plan/done", **told)
    assert again.status_code == 400 and "already" in again.text
    bare = send(client, f"/athletes/{ada}/plan/done", planned=day.on.isoformat(), on=day.on.isoformat())
    assert bare.status_code == 400 and "Nothing was done" in bare.text


def test_the_weeks_to_come_are_made_anew_with_a_reason_for_each_change(
    client: TestClient, catalogue: Catalogue, ada: str
):
    text = send(client, f"/athletes/{ada}/plan/update", pain="4").text
    assert "because" in text and len(held(catalogue, ada).changes) > 0
    stopped = send(client, f"/athletes/{ada}/plan/update", pain="9").text
    assert "Pain: stop" in stopped
    assert not [day for week in held(catalogue, ada).weeks for day in week.days if day.on >= TODAY]


def test_a_plan_is_taken_along_as_calendar_table_and_page(client: TestClient, ada: str):
    calendar = client.get(f"/athletes/{ada}/plan.ics", params={"at": "18:30"})
    assert calendar.text.startswith("BEGIN:VCALENDAR") and "T183000" in calendar.text
    assert client.get(f"/athletes/{ada}/plan.csv").text.startswith("date,week,")
    printed = client.get(f"/athletes/{ada}/plan.html")
    assert "<style>" in printed.text and "unsafe-inline" in printed.headers["content-security-policy"]
    assert "script-src" not in printed.headers["content-security-policy"]
    assert client.get(f"/athletes/{ada}/plan.exe").status_code == 404
    assert client.get(f"/athletes/{ada}/plan.ics", params={"at": "late"}).status_code == 400
    assert client.get(f"/athletes/{ada}/plan.html", params={"week": 99}).status_code == 400
