"""A trial of one in the app: registered from a claim, blind to its end, one journal that the command reads too."""

import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from legato.cli import app
from legato.compare.outcomes import outcomes
from legato.evidence.trials.journal import read_journal
from legato.store import Catalogue, keep_file
from legato.store import catalogue as store
from legato.store.erase import erase_athlete
from legato.store.rows import AthleteRow, ResultRow, SessionRow, TrialOfOneRow
from legato.web import trial_desk

from ..commands.test_trial import pressed


@pytest.fixture
def athlete(catalogue: Catalogue) -> str:
    with catalogue.session() as rows:
        row = AthleteRow(name="Ada Example", simulated=True)
        rows.add(row)
        rows.flush()
        return row.id


def session(
    catalogue: Catalogue, athlete: str, folder: Path, name: str, velocity: float, on: date | None = None, **more: Any
) -> str:
    """The id of a session, of today unless told, with a kept result whose bar is that fast."""
    saved = catalogue.files.save_bytes(pressed(folder, name, velocity).read_bytes())
    with catalogue.session() as rows:
        keep_file(rows, saved)
        one = SessionRow(athlete_id=athlete, name=name, recorded_on=on or date.today(), **more)
        rows.add(one)
        rows.flush()
        result = ResultRow(
            session_id=one.id, key=name, legato_version="0", summary={}, files={"result.json": saved.sha256}
        )
        rows.add(result)
        return one.id


def key_of(client: TestClient) -> str:
    found = re.search(r'data-token="([^"]+)"', client.get("/evidence").text)
    assert found is not None
    return found[1]


def registered(client: TestClient, athlete: str, **changed: Any) -> str:
    told = {
        "token": key_of(client), "claim": "C02", "athlete": athlete, "name": "c02-trial", "pairs": "6", "effect": "5",
        "unit": "%", "measured_by": "the coach", "washout_h": "0", **changed,
    }  # fmt: skip
    answer = client.post("/trials", data=told)
    assert answer.status_code == 200, answer.text
    return str(answer.url)


def act(client: TestClient, path: str, **told: str) -> Any:
    return client.post(path, data={"token": key_of(client), **told})


def add(client: TestClient, path: str, one: str, arm: str, **told: str) -> Any:
    """The answer of a session of now that is added."""
    usual = {"feedback": "off", "rest_min": "3", "hard_session_h": "72", "at": f"{datetime.now():%H:%M}"}
    return act(client, f"{path}/add", session=one, arm=arm, **{**usual, **told})


def arm_due(text: str) -> str:
    found = re.search(r"session \d: arm (\w):", text)
    assert found is not None, text
    return found[1]


def journal(catalogue: Catalogue) -> Path:
    with catalogue.session() as rows:
        return catalogue.trials / rows.query(TrialOfOneRow).one().journal


def test_a_trial_runs_from_its_form_to_its_verdict(
    client: TestClient, catalogue: Catalogue, athlete: str, tmp_path: Path
):
    path = registered(client, athlete)
    file = journal(catalogue)
    assert json.loads(file.read_text("utf-8").splitlines()[0])["seed"] is None
    seed = file.with_suffix(".key").read_text("utf-8").split()[-1]
    assert len(seed) == 64
    for k in range(12):
        assert act(client, f"{path}/next").status_code == 200
        page = client.get(path).text
        arm = arm_due(page)
        told = len([line for line in read_journal(file).lines if line.do == "revealed"])
        assert told == k + 1, "one arm is told at a time"
        assert seed not in page and "0.56" not in page and "0.50" not in page
        one = session(catalogue, athlete, tmp_path, f"s{k}", 0.56 if arm == "A" else 0.50)
        added = add(client, path, one, arm)
        assert added.status_code == 200 and "added: arm" in added.text, added.text
        assert "Sessions" not in added.text or "0.5" not in added.text.partition('id="sessions"')[2]
    said = CliRunner().invoke(app, ["trial", "status", str(file)]).output
    assert "6 of 6 pairs complete" in said
    ended = act(client, f"{path}/result")
    assert ended.status_code == 200 and "Ada Example" in ended.text
    assert "supports" in ended.text and "+1" in ended.text
    assert 'What literature says of it: <a href="/evidence/C02">C02</a>' in ended.text
    assert "every arm that was told is the one of the sealed order" in client.get(f"{path}?checked=1").text
    shown = client.get("/evidence/C02").text
    own = shown.partition('id="own-title"')[2].partition("How it is tested")[0]
    assert "Ada Example" in own and "with “" in own and "✓" in own and "supports" in own
    for name, text in (
        ("Done", "6 pairs"),
        ("p, two-sided", "0.0"),
        ("Would not matter", "less than 5 % either way"),
    ):
        assert re.search(f"<dt>{name}</dt><dd>{text}", own), name
    assert re.search(r"<dt>Change with A against B</dt><dd>\+1\d\.?\d* % \(\d+\.?\d* to \d+\.?\d*\)", own)
    assert "grade" in shown and "May not be said" in shown and "What literature says" in shown
    registered(client, athlete, name="once-more")
    for page in (path, "/evidence/C02"):
        asked = client.get(page).text
        assert "2 trials of" in asked and "by chance tell a p below 0.05 up to 10 times in 100, not 5" in asked
        assert f"A-{athlete[:8]} here" not in asked
    assert "Ada" not in file.read_text("utf-8"), "the journal holds no name"
    assert client.get("/evidence/C02/pooled").status_code == 200


def test_two_clicks_at_once_tell_one_arm(client: TestClient, catalogue: Catalogue, athlete: str):
    path = registered(client, athlete)
    token = key_of(client)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(f"{path}/next", data={"token": token}).status_code, range(8)))
    assert set(answers) == {200}
    assert [line.do for line in read_journal(journal(catalogue)).lines] == ["registered", "revealed"]
    with ThreadPoolExecutor(8) as pool:
        noted = {"token": token, "text": "ill"}
        answers = list(pool.map(lambda _: client.post(f"{path}/note", data=noted).status_code, range(8)))
    assert set(answers) == {200}
    assert len(read_journal(journal(catalogue)).lines) == 10


def test_no_line_is_written_that_the_catalogue_cannot_note(
    client: TestClient, catalogue: Catalogue, athlete: str, monkeypatch: pytest.MonkeyPatch
):
    path = registered(client, athlete)
    monkeypatch.setattr(store, "_BUSY_MS", 50)
    catalogue.engine.dispose()
    with closing(sqlite3.connect(catalogue.folder / store.DATABASE)) as other:
        other.execute("BEGIN IMMEDIATE")
        for told in ({"to": "next"}, {"to": "note", "text": "ill"}, {"to": "stop", "why": "moved away"}):
            answer = act(client, f"{path}/{told.pop('to')}", **told)
            assert answer.status_code == 503 and "nothing was changed" in answer.text
    assert [line.do for line in read_journal(journal(catalogue)).lines] == ["registered"]
    assert act(client, f"{path}/next").status_code == 200


def test_a_trial_that_is_erased_meanwhile_gets_no_file_back(
    client: TestClient, catalogue: Catalogue, athlete: str, monkeypatch: pytest.MonkeyPatch
):
    path = registered(client, athlete)
    whole = trial_desk.hold

    def erased_before(rows: Session, row: AthleteRow) -> None:
        monkeypatch.setattr(trial_desk, "hold", whole)
        erase_athlete(catalogue, athlete)
        whole(rows, row)

    monkeypatch.setattr(trial_desk, "hold", erased_before)
    answer = act(client, f"{path}/next")
    assert answer.status_code == 400 and "erased meanwhile" in answer.text
    assert not list(catalogue.trials.iterdir())


def test_what_does_not_fit_is_one_line_without_a_path(client: TestClient, catalogue: Catalogue, athlete: str):
    told = {"token": key_of(client), "claim": "C02", "athlete": athlete, "name": "x", "unit": "%", "measured_by": "us"}
    few = client.post("/trials", data={**told, "pairs": "3", "effect": "5"})
    assert few.status_code == 400 and "3 pairs can decide nothing" in few.text
    assert str(catalogue.folder) not in few.text and not list(catalogue.trials.iterdir())
    path = registered(client, athlete)
    early = act(client, f"{path}/result")
    assert early.status_code == 422 and "6 are missing" in early.text and str(catalogue.trials) not in early.text
    assert "choose the session" in act(client, f"{path}/add", arm="A", session="nothing").text


def test_a_trial_is_stopped_missed_and_withdrawn(
    client: TestClient, catalogue: Catalogue, athlete: str, tmp_path: Path
):
    path = registered(client, athlete)
    act(client, f"{path}/next")
    assert "ill" in act(client, f"{path}/missed", why="ill").text
    act(client, f"{path}/next")
    arm = arm_due(client.get(path).text)
    assert "added: arm" in add(client, path, session(catalogue, athlete, tmp_path, "s0", 0.5), arm).text
    assert act(client, f"{path}/withdraw", why="the wrong file").status_code == 200
    assert "stopped: moved away" in act(client, f"{path}/stop", why="moved away").text
    assert "not measurable" in act(client, f"{path}/result").text


def test_every_claim_that_can_be_tested_has_a_form_that_registers(client: TestClient, athlete: str):
    from legato.evidence.claims import claims

    for name, one in claims().items():
        answer = client.get("/trials/new", params={"claim": name})
        assert answer.status_code == (400 if one.user_test.protocol == "none" else 200), name
        if one.user_test.protocol == "none":
            continue
        units = re.findall(r'<option value="([^"]*)">', answer.text.partition('id="unit"')[2].partition("</select>")[0])
        assert units, name
        relative = outcomes()[one.user_test.outcome].positive
        registered(
            client, athlete, claim=name, name=f"{name.lower()}-t", unit=units[0], effect="5" if relative else "0.05"
        )
