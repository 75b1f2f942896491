"""A trial is settled by who registers it, and told what it takes before nothing of it can be changed any more."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.model import Day, Plan, Week
from legato.coaching.plan.request import Request as Asked
from legato.evidence.trials.journal import read_journal
from legato.store import Catalogue
from legato.store.rows import PlanRow, TrialOfOneRow
from legato.web.pages import trial_new

from .test_trials import journal, key_of

TOLD = {
    "claim": "C02", "name": "c02-trial", "pairs": "9", "effect": "4,5", "unit": "%", "measured_by": "Bo, by eye",
    "washout_h": "72",
}  # fmt: skip


def sent(client: TestClient, athlete: str, **changed: str | None) -> Any:
    told = {"token": key_of(client), "athlete": athlete, **TOLD, **changed}
    return client.post("/trials", data={name: value for name, value in told.items() if value is not None})


def takes(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text.partition('id="takes"')[2].partition("</div>")[0]).split())


@pytest.mark.parametrize(
    ("missing", "called"),
    [
        ("effect", "Smallest change that would matter"), ("pairs", "Pairs of sessions"),
        ("measured_by", "Measured by, and with what"), ("name", "Name of the trial"),
    ],
)  # fmt: skip
def test_nothing_is_settled_by_an_example(
    client: TestClient, catalogue: Catalogue, athlete: str, missing: str, called: str
):
    for left in (None, ""):
        answer = sent(client, athlete, **{missing: left})
        assert answer.status_code == 400
        assert f"{called}: is not told, and has to be settled before the first session" in answer.text
    assert not list(catalogue.trials.iterdir())


def test_what_was_typed_is_kept_beside_what_is_wrong(client: TestClient, catalogue: Catalogue, athlete: str):
    answer = sent(client, athlete, pairs="4")
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    text = answer.text.partition("<main")[2]
    assert "Pairs of sessions: 4 pairs can decide nothing" in text and "request.toml" not in text
    assert not re.search(r"\bline \d|mend it", text)
    for name, value in (TOLD | {"pairs": "4"}).items():
        if name not in ("claim", "unit"):
            assert re.search(rf'name="{name}"[^>]* value="{re.escape(value)}"', text), name
    assert f'<option value="{athlete}" selected' in text and '<option value="%" selected' in text
    assert 'name="assessor_knows_arm" value="1">' in text, "what was not ticked is not ticked again"
    assert "“Smallest change that would matter”" in sent(client, athlete, expected="1").text
    assert not list(catalogue.trials.iterdir())


def test_what_it_takes_is_told_and_nothing_is_registered(client: TestClient, catalogue: Catalogue, athlete: str):
    shown = client.get("/trials/new", params={"claim": "C01"}).text
    assert "mean propulsive velocity of the bar of" in " ".join(shown.split())
    assert '<a href="/library/movement/bench-press">Bench press with leg drive</a>' in shown
    first = takes(shown)
    assert "60 sets on 12 days, at least 48 h apart: a block a day, each of 5 cued lags once" in first
    assert "12 weeks at 1 day a week, 6 weeks at 2 days a week" in first and "of such trials" not in first
    assert "18 sessions" in takes(client.get("/trials/new", params={"claim": "C12"}).text)
    answer = sent(client, athlete, look="1")
    assert answer.status_code == 200 and "/trials/" not in str(answer.url)
    said = takes(answer.text)
    assert "18 sessions, at least 72 h apart: 9 pairs" in said and "9 weeks at 2 days" in said
    assert re.search(r"Power: a true change of 4\.5 % would be told from none in \d+ % of such trials", said)
    assert re.search(r"power is below 80 %.*; \d+ pairs would do", said)
    said = takes(sent(client, athlete, look="1", effect="", name="", measured_by="").text)
    assert "18 sessions, at least 72 h apart: 9 pairs" in said and "of such trials" not in said
    wrong = sent(client, athlete, look="1", pairs="4")
    assert wrong.status_code == 200 and "4 pairs can decide nothing" in takes(wrong.text)
    primed = {"claim": None, "priming": "breathing", "region": "upper", "movement": "bench-press"}
    answer = sent(client, athlete, look="1", effect="", outcome="bar-mean-propulsive-velocity", **primed)
    assert "18 sessions, at least 72 h apart: 9 pairs" in takes(answer.text)
    assert not list(catalogue.trials.iterdir())


def test_weeks_are_those_of_the_athletes_plan(client: TestClient, catalogue: Catalogue, athlete: str):
    start = date(2026, 11, 23)

    def week(k: int, days: int) -> Week:
        first = start + timedelta(days=7 * k)
        of_it = tuple(Day(on=first + timedelta(days=2 * n), entries=(), minutes=30) for n in range(days))
        return Week(number=k + 1, start=first, deload=days == 1, days=of_it)

    asked = Asked(start=start, days=("mon", "wed", "fri"), weeks=3)
    weeks = (week(0, 3), week(1, 1), week(2, 3))
    plan = Plan(legato_version="0", made_on=start, screened_until=start, request=asked, weeks=weeks)
    with catalogue.session() as rows:
        rows.add(PlanRow(athlete_id=athlete, record=plan_record(plan)))
    answer = client.get("/trials/new", params={"claim": "C02", "athlete": athlete})
    assert "6 weeks at 3 days a week, as this athlete" in takes(answer.text)


def test_two_clicks_register_one_trial(client: TestClient, catalogue: Catalogue, athlete: str):
    form = client.get("/trials/new", params={"claim": "C02"}).text
    once = form.partition('name="once" value="')[2][:16]
    assert re.fullmatch(r"[0-9a-f]{16}", once)
    paths = {str(sent(client, athlete, once=once).url) for _ in range(2)}
    assert len(paths) == 1 and once in paths.pop()
    told = {"token": key_of(client), "athlete": athlete, **TOLD, "once": "ab" * 8}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post("/trials", data=told, follow_redirects=False), range(6)))
    assert {(one.status_code, one.headers["location"]) for one in answers} == {(303, f"/trials/{told['once']}")}
    with catalogue.session() as rows:
        assert {one.id for one in rows.query(TrialOfOneRow)} == {once, told["once"]}
        rows.delete(rows.get_one(TrialOfOneRow, told["once"]))
    asked = read_journal(journal(catalogue)).lines[0].holds["request"]
    assert asked["pairs"] == 9 and asked["outcome"]["effect_of_interest"] == 4.5
    assert asked["measured_by"] == "Bo, by eye" and asked["assessor_knows_arm"] is False
    assert str(sent(client, athlete, once="../../etc/passwd").url).rpartition("/")[2].isalnum()


def test_a_trial_whose_row_could_not_be_kept_is_registered_by_the_next_click(
    client: TestClient, catalogue: Catalogue, athlete: str, monkeypatch: pytest.MonkeyPatch
):
    def busy(*_: object, **__: object) -> None:
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    once = "cd" * 8
    with monkeypatch.context() as locked:
        locked.setattr(trial_new, "note", busy)
        assert sent(client, athlete, once=once).status_code == 503
    left = {path.name: path.read_bytes() for path in catalogue.trials.iterdir()}
    assert len(left) == 2, "the journal and its key"
    monkeypatch.setattr(trial_new, "_TWIN_S", 0.1)
    answer = sent(client, athlete, once=once)
    assert answer.status_code == 200 and str(answer.url).endswith(f"/trials/{once}")
    now = {path.name: path.read_bytes() for path in catalogue.trials.iterdir()}
    assert now.keys() == left.keys() and all(now[name] != left[name] for name in left)


def test_a_form_that_was_sent_is_no_other_trial(client: TestClient, catalogue: Catalogue, athlete: str):
    once = "ef" * 8
    assert sent(client, athlete, once=once).status_code == 200
    answer = sent(client, athlete, once=once, name="another")
    assert answer.status_code == 400 and "has registered the trial “c02-trial” already" in answer.text
    again = answer.text.partition('name="once" value="')[2][:16]
    assert again != once
    assert sent(client, athlete, once=again, name="another").status_code == 200
    with catalogue.session() as rows:
        assert {(one.id, one.name) for one in rows.query(TrialOfOneRow)} == {(once, "c02-trial"), (again, "another")}
