"""The API tells of a claim what its page does: what one's own trials found, once they have ended."""

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from legato.evidence.trials.journal import read_journal
from legato.store import Catalogue
from legato.store.rows import AthleteRow, TrialOfOneRow

from .test_trials import act, add, arm_due, journal, registered, session


def claim(client: TestClient) -> dict[str, Any]:
    return client.get("/api/v1/claims/C02").json()


def test_a_trial_that_has_ended_stands_beside_its_claim(
    client: TestClient, catalogue: Catalogue, athlete: str, tmp_path: Path
):
    path = registered(client, athlete)
    etag = client.get("/api/v1/claims").headers["etag"]
    for k in range(12):
        assert claim(client)["user_result"] is None and claim(client)["user_results"] == [], "blind to the end"
        act(client, f"{path}/next")
        arm = arm_due(client.get(path).text)
        add(client, path, session(catalogue, athlete, tmp_path, f"s{k}", 0.56 if arm == "A" else 0.50), arm)
    assert client.get("/api/v1/claims", headers={"if-none-match": etag}).status_code == 304
    act(client, f"{path}/result")
    told = claim(client)
    own = told["user_result"]
    assert own["n"] == 6 and own["answer"] == "supports" and own["rope"] == [-0.05, 0.05] and own["relative"]
    verdict = read_journal(journal(catalogue)).lines[-1].holds["verdict"]
    assert own["estimate"] == verdict["change"] and own["estimate"]["low"] > 0.05 and verdict["level"] == 0.9
    trial = path.rpartition("/")[2]
    assert told["user_results"] == [{"trial_id": trial, "athlete_id": athlete, "simulated": False, **own}]
    other = client.get("/api/v1/claims/C01").json()
    assert other["user_result"] is None and other["user_results"] == []
    assert client.get("/api/v1/claims", headers={"if-none-match": etag}).status_code == 200
    twin = registered(client, athlete, name="later")
    act(client, f"{twin}/stop", why="moved away")
    act(client, f"{twin}/result")
    told = claim(client)
    assert told["user_result"]["answer"] == "not-measurable" and told["user_result"]["estimate"] is None
    assert [one["answer"] for one in told["user_results"]] == ["not-measurable", "supports"], "no one is picked"


def test_made_up_trials_are_marked_and_are_nobodys_result(client: TestClient, catalogue: Catalogue, athlete: str):
    with catalogue.session() as rows:
        rows.get_one(AthleteRow, athlete).simulated = True
        rows.add(TrialOfOneRow(athlete_id=athlete, name="lost", journal="lost.jsonl"))
    path = registered(client, athlete)
    act(client, f"{path}/stop", why="moved away")
    act(client, f"{path}/result")
    told = claim(client)
    assert told["user_result"] is None and [one["simulated"] for one in told["user_results"]] == [True]
