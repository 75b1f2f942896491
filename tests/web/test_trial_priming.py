"""Trials of priming in the app: the gate of `legato trial next` is asked before any arm is told."""

import re
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.coaching.priming.catalogue import protocols
from legato.coaching.safety import screen, screening_record
from legato.evidence.trials.journal import read_journal
from legato.store import Catalogue
from legato.store.rows import AthleteRow, AuditRow, ScreeningRow
from legato.web.pages import trials

from ..coaching.safety.test_every_drill import WELL
from .test_trials import act, add, arm_due, journal, key_of, session
from .test_trials import registered as of_a_claim

TOLD = {"test_at": "23:59", "pain": "0"}
"""Still to come: see `before_the_last_minute`."""


class _Clock(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "_Clock":
        now = super().now(tz)
        return now if tz is not None else min(now, now.replace(hour=23, minute=58))


@pytest.fixture(autouse=True)
def before_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the last minute of today still to come whenever the tests run."""
    monkeypatch.setattr(trials, "datetime", _Clock)


@pytest.fixture
def athlete(catalogue: Catalogue) -> str:
    """An adult who passed the screening."""
    with catalogue.session() as rows:
        rows.add(row := AthleteRow(name="Ada Example", born_year=1990))
        rows.flush()
        rows.add(ScreeningRow(athlete_id=row.id, outcome="passed", record=screening_record(screen(WELL, date.today()))))
        return row.id


def blocked(catalogue: Catalogue, athlete: str) -> None:
    answers = dict.fromkeys(WELL, "yes")
    record = screening_record(screen(answers, date.today()))
    with catalogue.session() as rows:
        rows.add(ScreeningRow(athlete_id=athlete, outcome="blocked", record=record))


def registered(client: TestClient, athlete: str, protocol: str = "breathing", **changed: Any) -> Any:
    told = {
        "token": key_of(client), "priming": protocol, "athlete": athlete, "name": "primed", "pairs": "6", "effect": "4",
        "unit": "%", "measured_by": "the coach", "washout_h": "0", "region": "upper", "movement": "bench-press",
        "outcome": "bar-mean-propulsive-velocity", **changed,
    }  # fmt: skip
    return client.post("/trials", data=told)


@pytest.mark.parametrize("name", [one.id for one in protocols().values()])
def test_every_protocol_has_a_form_or_says_why_not(client: TestClient, athlete: str, name: str):
    answer = client.get("/trials/new", params={"priming": name})
    one = protocols()[name]
    if one.refused:
        assert answer.status_code == 400 and "is not offered" in answer.text
        return
    assert answer.status_code == 200 and one.name in answer.text
    fit = re.findall(r'<option value="([^"]*)"', answer.text.partition('id="outcome"')[2].partition("</select>")[0])
    jump = fit[0].startswith("jump")
    movement, region = ("countermovement-jump", "lower") if jump else ("bench-press", "upper")
    answer = registered(client, athlete, name, outcome=fit[0], movement=movement, region=region)
    assert answer.status_code == 200, answer.text
    assert f"({name}) changes" in answer.text


def test_no_arm_is_told_before_time_and_pain_are(client: TestClient, catalogue: Catalogue, athlete: str):
    path = str(registered(client, athlete).url)
    page = client.get(path).text
    assert 'name="test_at"' in page and 'name="pain"' in page
    file = journal(catalogue)
    before = file.read_bytes()
    assert "Pain today: tell it from 0 to 10" in act(client, f"{path}/next", test_at="23:59").text
    assert "give a time of today" in act(client, f"{path}/next", pain="0").text
    assert "that time of today is over" in act(client, f"{path}/next", test_at="00:00", pain="0").text
    stopped = act(client, f"{path}/next", test_at="23:59", pain="7")
    assert stopped.status_code == 422 and "not today, so no arm is told" in stopped.text
    assert file.read_bytes() == before


def test_who_may_not_do_it_is_told_no_arm(client: TestClient, catalogue: Catalogue, athlete: str):
    path = str(registered(client, athlete, "heavy").url)
    answer = act(client, f"{path}/next", **TOLD)
    assert answer.status_code == 422
    assert "heavy: not today, so no arm is told: only after 8 weeks of regular training" in answer.text
    assert len(read_journal(journal(catalogue)).lines) == 1


def test_the_minutes_are_those_of_the_arm_and_are_withheld_from_who_is_blocked(
    client: TestClient, catalogue: Catalogue, athlete: str, tmp_path: Path
):
    path = str(registered(client, athlete).url)
    seen = set[str]()
    for k in range(2):
        told = act(client, f"{path}/next", **TOLD)
        assert told.status_code == 200, told.text
        arm = arm_due(told.text)
        seen.add(arm)
        minutes = told.text.partition('class="minutes"')[2].partition("</ul>")[0]
        assert "23:59  the test; from 23:58 to 00:00 it still counts" in minutes
        assert ("Breathing low and wide" in minutes) == (arm == "A")
        assert ("Without it, the control" in minutes) == (arm == "B")
        if k == 0:
            one = session(catalogue, athlete, tmp_path, "s0", 0.5)
            assert "added: arm" in add(client, path, one, arm, rest_min="1").text
    assert seen == {"A", "B"}
    blocked(catalogue, athlete)
    page = client.get(path).text
    assert 'class="minutes"' not in page and "Withheld:" in page and not re.search(r"session \d: arm", page)
    assert "Breathing low and wide" not in page and "2 × 6" not in page


def test_minutes_are_of_the_day_for_which_the_gate_was_passed(client: TestClient, catalogue: Catalogue, athlete: str):
    path = str(registered(client, athlete).url)
    assert 'class="minutes"' in act(client, f"{path}/next", **TOLD).text
    yesterday = date.today() - timedelta(days=1)
    with catalogue.session() as rows:
        line = rows.scalars(select(AuditRow).where(AuditRow.what == "trial arm told")).one()
        line.details = line.details | {"test_at": f"{yesterday}T18:30:00"}
    text = client.get(path).text
    minutes = text.partition('class="minutes"')[2].partition("</ul>")[0]
    assert f"Its minutes were of {yesterday} alone" in minutes and "the test; from" not in text


def test_a_screening_that_does_not_hold_tells_no_arm(client: TestClient, catalogue: Catalogue, athlete: str):
    path = str(registered(client, athlete).url)
    blocked(catalogue, athlete)
    assert "Not today, so no arm is told" in client.get(path).text and 'name="test_at"' not in client.get(path).text
    answer = act(client, f"{path}/next", **TOLD)
    assert answer.status_code == 422 and "no arm is told" in answer.text
    with catalogue.session() as rows:
        rows.add(nobody := AthleteRow(name="Bo Example", born_year=1990))
        rows.flush()
        other = nobody.id
    answer = act(client, f"{registered(client, other).url}/next", **TOLD)
    assert answer.status_code == 422 and "no screening was answered" in answer.text


def test_no_arm_of_any_trial_is_told_to_who_is_blocked(client: TestClient, catalogue: Catalogue, athlete: str):
    path = of_a_claim(client, athlete)
    blocked(catalogue, athlete)
    page = client.get(path).text
    assert "Not today, so no arm is told" in page and "Tell which arm comes now" not in page
    assert act(client, f"{path}/next").status_code == 422
    assert len(read_journal(journal(catalogue)).lines) == 1


def test_a_trial_of_priming_goes_to_its_verdict(client: TestClient, catalogue: Catalogue, athlete: str, tmp_path: Path):
    path = str(registered(client, athlete, detectable="8").url)
    for k in range(12):
        arm = arm_due(act(client, f"{path}/next", **TOLD).text)
        one = session(catalogue, athlete, tmp_path, f"s{k}", 0.56 if arm == "A" else 0.50)
        assert "added: arm" in add(client, path, one, arm, rest_min="1").text
    ended = act(client, f"{path}/result").text
    assert "supports" in ended and "(breathing)" in ended
