"""A plan answers the faults that are open: a newer session that could not judge one hides it nowhere."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue

from ..faults.sheets import finding
from .athletes import add_athlete, add_screening, add_session, days_ago, record, send, summary
from .test_plans import ASKED, held

pytest.importorskip("ortools")
KNEES = "asymmetry"
CALLED = "Right knee's largest bend minus the left one's"


def add(catalogue: Catalogue, ada: str, days: int, movement: str, *verdicts: str) -> None:
    """A session of a movement, so many days ago, in which the knees were looked at where a verdict is given."""
    found: list[dict[str, Any]] = [
        finding(KNEES, verdict, name=CALLED, kind="band", says="The right knee bends more.", side=None, band=None)
        for verdict in verdicts
    ]
    told = record([0.03] * 5) | {"movement": {"id": movement, "name": movement.capitalize()}, "findings": found}
    brief = summary(told) | {"movement": movement, "movement_name": movement.capitalize(), "findings": found}
    add_session(catalogue, ada, days_ago(days), told, f"{movement} {days}", summary=brief)


@pytest.fixture
def ada(catalogue: Catalogue) -> str:
    """An athlete who passed the screening."""
    athlete = add_athlete(catalogue)
    add_screening(catalogue, athlete)
    return athlete


def plan_of_it(client: TestClient, ada: str) -> str:
    answer = send(client, f"/athletes/{ada}/plan", **ASKED)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_newer_sessions_that_cannot_judge_a_fault_do_not_hide_it(client: TestClient, catalogue: Catalogue, ada: str):
    add(catalogue, ada, 7, "back-squat", "fault")
    add(catalogue, ada, 6, "back-squat", "not-resolvable")
    add(catalogue, ada, 3, "deadlift")
    assert "New fault" in client.get("/").text
    form = client.get(f"/athletes/{ada}/plan/new").text
    assert f"{CALLED.replace(chr(39), '&#39;')} (back-squat 7, " in form and "deadlift 3 (Deadlift, " in form
    text = plan_of_it(client, ada)
    assert "found in back-squat 7; nothing newer could judge it" in text and "no fault was found" not in text
    assert {one.fault for one in held(catalogue, ada).request.drills} == {KNEES}


def test_nothing_judged_is_not_called_no_fault(client: TestClient, catalogue: Catalogue, ada: str):
    add(catalogue, ada, 6, "back-squat", "not-resolvable")
    add(catalogue, ada, 3, "deadlift")
    assert "Not judged: no result could tell" in client.get(f"/athletes/{ada}/plan/new").text
    text = plan_of_it(client, ada)
    assert "not judged: none of the faults looked for could be judged" in text and "no fault was found" not in text


def test_a_fault_that_was_judged_gone_asks_for_no_drill(client: TestClient, catalogue: Catalogue, ada: str):
    add(catalogue, ada, 7, "back-squat", "fault")
    add(catalogue, ada, 6, "back-squat", "ok")
    add(catalogue, ada, 3, "back-squat", "not-resolvable")
    assert "No fault was found among what could be judged (1 of 1" in client.get(f"/athletes/{ada}/plan/new").text
    assert "no fault was found" in plan_of_it(client, ada) and not held(catalogue, ada).request.drills


def test_forty_newer_sessions_of_something_else_do_not_hide_a_fault(client: TestClient, catalogue: Catalogue, ada: str):
    add(catalogue, ada, 60, "back-squat", "fault")
    for days in range(45, 0, -1):
        add(catalogue, ada, days, "deadlift")
    plan_of_it(client, ada)
    assert {one.fault for one in held(catalogue, ada).request.drills} == {KNEES}


def test_a_fault_of_before_is_not_called_new_after_sessions_of_something_else(
    client: TestClient, catalogue: Catalogue, ada: str
):
    add(catalogue, ada, 20, "back-squat", "fault")
    for days in range(10, 2, -1):
        add(catalogue, ada, days, "deadlift")
    add(catalogue, ada, 1, "back-squat", "fault")
    home = client.get("/").text
    assert "back-squat 20:" in home and "back-squat 1:" not in home
