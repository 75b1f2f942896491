"""What the order of a trial follows from is handed out to nobody before the end, and proves the order afterwards."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from typer.testing import CliRunner

from legato.cli import app
from legato.evidence.trials.journal import append, read_journal
from legato.store import Catalogue
from legato.store.rows import AthleteRow, TrialOfOneRow
from legato.trials.told import clock_now
from legato.web.trial_desk import handed_out, key_of, looked_into

from .test_trials import act, add, arm_due, journal, registered, session


@pytest.fixture
def athlete(catalogue: Catalogue) -> str:
    with catalogue.session() as rows:
        rows.add(row := AthleteRow(name="Ada Example", simulated=True))
        rows.flush()
        return row.id


def row_of(catalogue: Catalogue) -> TrialOfOneRow:
    with catalogue.session() as rows:
        return rows.scalars(select(TrialOfOneRow)).one()


def taken(client: TestClient, athlete: str) -> dict[str, bytes]:
    """The files of the athlete's archive that are of trials."""
    answer = client.get(f"/athletes/{athlete}/export.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("trials/")}


def stopped(client: TestClient, path: str) -> None:
    act(client, f"{path}/stop", why="moved away")
    act(client, f"{path}/result")


def test_no_answer_of_the_app_holds_the_seed_before_the_end(client: TestClient, catalogue: Catalogue, athlete: str):
    path = registered(client, athlete)
    row, file = row_of(catalogue), journal(catalogue)
    key = key_of(catalogue, row)
    assert key is not None
    seed = key.read_text("utf-8").split()[-1]
    act(client, f"{path}/next")
    answers = [client.get(path).text, client.get(f"{path}?checked=1").text, client.get("/evidence").text]
    for api in (f"trials/{row.id}", f"athletes/{athlete}/trials", f"athletes/{athlete}"):
        answer = client.get(f"/api/v1/{api}")
        assert answer.status_code == 200
        answers.append(answer.text)
    given = taken(client, athlete)
    assert list(given) == [f"trials/{file.name}"]
    assert not any(seed in text for text in answers) and seed.encode() not in b"".join(given.values())
    assert "every arm that was told is the one of the sealed order" in answers[1]


def test_at_the_end_the_archive_proves_the_order(
    client: TestClient, catalogue: Catalogue, athlete: str, tmp_path: Path
):
    path = registered(client, athlete)
    act(client, f"{path}/next")
    stopped(client, path)
    given = taken(client, athlete)
    assert {Path(name).suffix for name in given} == {".jsonl", ".key"}
    for name, content in given.items():
        (tmp_path / Path(name).name).write_bytes(content)
    file = next(tmp_path.glob("*.jsonl"))
    said = CliRunner().invoke(app, ["trial", "check", str(file), "--key", str(file.with_suffix(".key"))])
    assert said.exit_code == 0 and "every arm that was told is the one of the sealed order" in said.output
    shown = client.get(path).text
    assert "First in each pair:" in shown and "archive holds it now" in shown


def test_a_journal_that_holds_its_seed_is_kept_back_until_the_end(
    client: TestClient, catalogue: Catalogue, athlete: str
):
    """As one that was brought into the folder from elsewhere."""
    path = registered(client, athlete)
    row, file = row_of(catalogue), journal(catalogue)
    key = file.with_suffix(".key")
    seed = key.read_text("utf-8").split()[-1]
    first: dict[str, Any] = dict(read_journal(file).lines[0].holds)
    file.unlink()
    key.unlink()
    from legato.evidence.trials.journal import start

    first.pop("schema")
    start(file, first | {"seed": seed}, clock_now())
    assert "stands in the file itself" in client.get(path).text
    given = handed_out(catalogue, row)
    record = given[f"{row.id}.json"]
    assert len(given) == 1 and isinstance(record, str) and seed not in record
    assert json.loads(record)["schema"] == "legato.trial/1"
    stopped(client, path)
    assert list(handed_out(catalogue, row)) == [file.name]


def test_a_key_that_is_gone_or_another_tells_no_arm(client: TestClient, catalogue: Catalogue, athlete: str):
    path = registered(client, athlete)
    key = journal(catalogue).with_suffix(".key")
    content = key.read_text("utf-8")
    key.unlink()
    answer = act(client, f"{path}/next")
    assert answer.status_code == 400 and "is gone; restore the library from a backup" in answer.text
    key.write_text(content[:-3] + ("ab\n" if content[-3:-1] != "ab" else "cd\n"), "utf-8")
    answer = act(client, f"{path}/next")
    assert answer.status_code == 400 and "the key is not the one" in answer.text
    key.write_text(content, "utf-8")
    assert act(client, f"{path}/next").status_code == 200


def test_an_arm_that_was_written_by_hand_is_noticed_by_the_key(client: TestClient, catalogue: Catalogue, athlete: str):
    path = registered(client, athlete)
    act(client, f"{path}/next")
    row, file = row_of(catalogue), journal(catalogue)
    told = dict(read_journal(file).lines[-1].holds)
    other = {"A": "B", "B": "A"}[told["arm"]]
    whole = file.read_bytes()
    file.write_bytes(whole[: whole[:-1].rfind(b"\n") + 1])
    append(read_journal(file), [("revealed", told | {"arm": other})], clock_now())
    assert client.get(path).status_code == 400
    key = key_of(catalogue, row)
    assert key is not None and "written by hand" in client.get(path).text


def test_the_key_goes_with_the_athlete(client: TestClient, catalogue: Catalogue, athlete: str):
    registered(client, athlete)
    assert len(list(catalogue.trials.iterdir())) == 2
    assert client.delete(f"/api/v1/athletes/{athlete}", headers={"x-legato-token": token_of(client)}).status_code in (
        200,
        204,
    )
    assert not list(catalogue.trials.iterdir())


def token_of(client: TestClient) -> str:
    from .test_trials import key_of as token

    return token(client)


def test_what_the_page_says_of_numbers_is_so(client: TestClient, catalogue: Catalogue, athlete: str, tmp_path: Path):
    path = registered(client, athlete)
    page = client.get(path).text
    assert "This page shows no number before the end" in page and "Look there afterwards" in page
    assert "to anybody" not in page
    assert "Who can read this machine" in page and "key:" not in page
    act(client, f"{path}/next")
    one = session(catalogue, athlete, tmp_path, "one", 0.5)
    add(client, path, one, arm_due(client.get(path).text))
    with catalogue.session() as rows:
        trial, _journal = looked_into(catalogue, rows.scalars(select(TrialOfOneRow)).one())
    assert trial.sessions[0].result == f"{one}.json"
