"""The API gives what the catalogue holds, takes only what can be kept, and tells the rest in one line."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.model import Plan, Week
from legato.coaching.plan.request import Request
from legato.store import Catalogue, keep_file
from legato.store.rows import AuditRow, PlanRow, ResultRow, SessionRow, TrialOfOneRow

API = "/api/v1"
NONE_SENT = {"name": "S", "recorded_on": "2026-01-01"}
SUMMARY = {
    "headline": "x", "sure": "", "movement": "back-squat", "movement_name": "Back squat", "reps": 5, "complete": 5,
    "gaps": [], "order_share": None, "findings": [], "metrics": {},
}  # fmt: skip
BYTES = {"content-type": "application/octet-stream"}


def send(client: TestClient, content: bytes = b"what a file holds") -> str:
    answer = client.post(f"{API}/files", content=content, headers=BYTES)
    assert answer.status_code == 201, answer.text
    return answer.json()["sha256"]


def add_athlete(client: TestClient, **fields: Any) -> str:
    answer = client.post(f"{API}/athletes", json={"name": "Ada", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def add_session(client: TestClient, **fields: Any) -> str:
    files = [{"sha256": send(client), "name": "squat.c3d"}]
    asked = {"name": "Squat", "recorded_on": "2026-05-01", "files": files, **fields}
    answer = client.post(f"{API}/sessions", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def add_result(catalogue: Catalogue, session_id: str, record: dict[str, Any]) -> str:
    saved = {
        "result.json": catalogue.files.save_bytes(json.dumps(record).encode()),
        "report.html": catalogue.files.save_bytes(b"<script>alert(1)</script>"),
        "tables/reps.csv": catalogue.files.save_bytes(b"rep,start_s\n1,0.5\n"),
    }
    with catalogue.session() as rows:
        for one in saved.values():
            keep_file(rows, one)
        files = {name: one.sha256 for name, one in saved.items()}
        row = ResultRow(session_id=session_id, key="k" * 64, legato_version="1", summary=SUMMARY, files=files)
        rows.add(row)
        rows.flush()
        return row.id


def test_an_athlete_is_added_changed_listed_and_erased(client: TestClient, catalogue: Catalogue):
    one = add_athlete(client, mass_kg=82.5, sex="female", side="left")
    add_athlete(client, name="Bo")
    changed = client.patch(f"{API}/athletes/{one}", json={"mass_kg": None, "notes": "a\nb"}).json()
    assert changed["mass_kg"] is None and changed["notes"] == "a\nb" and changed["name"] == "Ada"
    assert client.get(f"{API}/athletes/{one}").json() == changed
    listed = client.get(f"{API}/athletes", params={"limit": 1, "offset": 1}).json()
    assert listed["total"] == 2 and [a["name"] for a in listed["items"]] == ["Bo"]
    session = add_session(client, athlete_id=one)
    erased = client.delete(f"{API}/athletes/{one}").json()
    assert erased["rows"]["athlete"] == 1 and erased["rows"]["session"] == 1 and erased["left"] == []
    assert client.get(f"{API}/athletes/{one}").status_code == 404
    assert client.get(f"{API}/sessions/{session}").status_code == 404
    assert client.delete(f"{API}/athletes/{one}").status_code == 404
    assert not list(catalogue.files.all())


def test_a_session_is_made_of_files_that_were_sent(client: TestClient):
    one = add_session(client, movement="back-squat", options={"load_kg": 100.0})
    whole = client.get(f"{API}/sessions/{one}").json()
    assert whole["options"] == {"load_kg": 100.0} and whole["files"][0]["name"] == "squat.c3d"
    assert whole["files"][0]["sha256"] == hashlib.sha256(b"what a file holds").hexdigest()
    again = client.post(f"{API}/files", content=b"what a file holds", headers=BYTES).json()
    assert again["known"] and again["sha256"] == whole["files"][0]["sha256"]
    changed = client.patch(f"{API}/sessions/{one}", json={"movement": None, "video_offset_s": 1.5}).json()
    assert changed["movement"] is None and changed["video_offset_s"] == 1.5 and changed["name"] == "Squat"
    assert client.get(f"{API}/sessions/{one}/files").json() == whole["files"]
    assert client.delete(f"{API}/sessions/{one}").json()["files"] == 1
    assert client.get(f"{API}/sessions/{one}").status_code == 404


def test_sessions_are_filtered_and_paged(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(client)
    old = add_session(client, athlete_id=ada, recorded_on="2025-01-01", movement="back-squat")
    new = add_session(client, recorded_on="2026-01-01")
    add_result(catalogue, old, {})

    def ids(**asked: Any) -> list[str]:
        return [one["id"] for one in client.get(f"{API}/sessions", params=asked).json()["items"]]

    assert ids() == [new, old]
    assert ids(athlete_id=ada) == ids(movement="back-squat") == ids(until="2025-12-31") == ids(analysed=True) == [old]
    assert ids(since="2025-06-01") == ids(analysed=False) == ids(limit=1) == [new]
    assert ids(athlete_id="' OR 1=1 --") == ids(movement="%") == ids(athlete_id="_" * 16) == []


@pytest.mark.parametrize(
    ("path", "sent", "says"),
    [
        ("athletes", {}, "name"),
        ("athletes", {"name": "  "}, "name"),
        ("athletes", {"name": "a" * 201}, "name"),
        ("athletes", {"name": "a\u0000b"}, "letter"),
        ("athletes", {"name": "A", "mass_kg": 1e9}, "mass_kg"),
        ("athletes", {"name": "A", "born_year": 10**30}, "large"),
        ("athletes", {"name": "A", "id": "x"}, "id"),
        ("athletes", {"name": "A", "sex": "x"}, "sex"),
        ("sessions", {**NONE_SENT, "files": []}, "files"),
        ("sessions", {"name": "S", "recorded_on": "2026-02-31", "files": []}, "recorded_on"),
        ("sessions", {**NONE_SENT, "files": [{"sha256": "0" * 64, "name": "a"}]}, "no such file"),
        ("sessions", {**NONE_SENT, "files": [{"sha256": "../../etc", "name": "a"}]}, "sha256"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_in_one_line(client: TestClient, path: str, sent: Any, says: str):
    answer = client.post(f"{API}/{path}", json=sent)
    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"error"} and says in answer.json()["error"] and "\n" not in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[" * 100_000, b'{"name": "\xff"}', b'{"name": NaN}', b'{"name": "\\ud800"}', b"null",
        b"[]", b'"x"',
        b'{"\\ud800": 1}', b'{"name": "A", "mass_kg": 1e999}', b'{"name": "A", "mass_kg": ' + b"9" * 4000 + b"}",
        b'{"name": {"$ne": 1}}', b'{"name": "A", "notes": ["x"]}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_record_is_refused(client: TestClient, body: bytes):
    for method, path in (("POST", "athletes"), ("POST", "sessions")):
        answer = client.request(method, f"{API}/{path}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422) and set(answer.json()) == {"error"}


def test_options_that_are_none_are_refused(client: TestClient):
    one = add_session(client)
    for options in ({"no_such": 1}, {"tempo": "x" * 50}, {"devices": {"a": "b\u0000"}}, {"baseline_session": "x" * 90}):
        assert client.patch(f"{API}/sessions/{one}", json={"options": options}).status_code in (400, 422)
    infinite = b'{"options": {"loads_kg": [NaN]}}'
    answer = client.patch(f"{API}/sessions/{one}", content=infinite, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    for changed in ({"athlete_id": "0" * 16}, {"movement": "no-such-movement"}, {"name": None}, {"recorded_on": None}):
        assert client.patch(f"{API}/sessions/{one}", json=changed).status_code in (400, 422)


def test_a_result_is_the_very_record_and_is_sent_once(client: TestClient, catalogue: Catalogue):
    session = add_session(client)
    one = add_result(catalogue, session, {"movement": {"id": "back-squat"}, "π": 1.5})
    answer = client.get(f"{API}/results/{one}")
    assert answer.json() == {"movement": {"id": "back-squat"}, "π": 1.5}
    again = client.get(f"{API}/results/{one}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    assert client.get(f"{API}/results/{one}", headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get(f"{API}/results/{one}/short").json()["summary"] == SUMMARY
    assert client.get(f"{API}/results", params={"session_id": session}).json()["total"] == 1
    assert client.get(f"{API}/sessions/{session}").json()["results"][0]["id"] == one
    table = client.get(f"{API}/results/{one}/files/tables/reps.csv")
    assert table.text.startswith("rep,start_s")


@pytest.mark.parametrize("name", ["../result.json", "%2e%2e/x", "..%2f..%2fcatalogue.sqlite", "tables", "", "x" * 500])
def test_only_what_a_result_lists_can_be_had(client: TestClient, catalogue: Catalogue, name: str):
    one = add_result(catalogue, add_session(client), {})
    assert client.get(f"{API}/results/{one}/files/{name}").status_code in (404, 405)


def test_nothing_that_is_downloaded_is_run(client: TestClient, catalogue: Catalogue):
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    files = [
        {"sha256": send(client, svg), "name": 'x".svg\r\nset-cookie: a=b'},
        {"sha256": send(client, b"<script>1</script>"), "name": "../../../etc/<b>é.html"},
    ]
    asked = {"name": "<img src=x onerror=alert(1)>", "recorded_on": "2026-05-01", "files": files}
    session = client.post(f"{API}/sessions", json=asked).json()
    assert [one["name"] for one in session["files"]] == ["x.svgset-cookie a=b", "bé.html"]
    paths = [f"sessions/{session['id']}/files/{k}" for k in range(2)]
    paths.append(f"results/{add_result(catalogue, session['id'], {})}/files/report.html")
    for path in paths:
        answer = client.get(f"{API}/{path}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff" and "set-cookie" not in answer.headers
    home = client.get("/").text
    assert "<img src=x" not in home and "&lt;img src=x" in home


def test_a_file_that_is_none_is_refused(client: TestClient, catalogue: Catalogue):
    assert client.post(f"{API}/files", content=b"", headers=BYTES).status_code == 400
    assert client.post(f"{API}/files", files={"file": b"x"}).status_code == 400
    assert not list(catalogue.files.all())


def test_jobs_are_asked_for_once(client: TestClient):
    session = add_session(client)
    one = client.post(f"{API}/sessions/{session}/jobs", json={"kind": "analyse"})
    assert one.status_code == 202 and one.json()["state"] == "queued"
    assert client.post(f"{API}/sessions/{session}/jobs", json={}).json()["id"] == one.json()["id"]
    assert client.get(f"{API}/jobs/{one.json()['id']}").json() == one.json()
    assert client.get(f"{API}/jobs", params={"state": "queued", "session_id": session}).json()["total"] == 1
    assert client.get(f"{API}/jobs", params={"state": "done"}).json()["total"] == 0
    assert client.get(f"{API}/jobs", params={"state": "gone"}).status_code == 422
    path = f"{API}/jobs/{one.json()['id']}"
    assert client.post(f"{path}/cancel").json()["state"] == "cancelled"
    again = client.post(f"{path}/retry")
    assert again.status_code == 202 and again.json()["state"] == "queued" and again.json()["id"] != one.json()["id"]


def test_corrections_are_kept_in_order_and_undone(client: TestClient):
    path = f"{API}/sessions/{add_session(client)}/corrections"
    first = client.post(path, json={"do": "delete-rep", "at_s": 1.5, "who": "coach"})
    assert first.status_code == 201 and first.json()["number"] == 1 and first.json()["entry"]["at_s"] == 1.5
    assert client.post(path, json={"do": "add-event", "event": "lift", "time_s": 2.0}).json()["number"] == 2
    undone = client.delete(f"{path}/1").json()
    assert undone["undone_at"] is not None and client.delete(f"{path}/1").json() == undone
    assert [one["number"] for one in client.get(path).json()] == [1, 2]
    for bad in ({}, {"do": "explode"}, {"do": "delete-rep"}, {"do": "delete-rep", "at_s": 1e99}, {"do": ["x"]}):
        assert client.post(path, json=bad).status_code == 400
    assert client.delete(f"{path}/9").status_code == 404


def empty_plan() -> dict[str, Any]:
    """The record of a plan that prescribes nothing yet."""
    on = date(2026, 11, 23)
    asked = Request(start=on, days=("mon",), weeks=1)
    weeks = (Week(number=1, start=on, deload=False, days=()),)
    return plan_record(Plan(legato_version="0", made_on=on, screened_until=on, request=asked, weeks=weeks))


def test_plans_and_trials_are_read(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(client)
    with catalogue.session() as rows:
        plan = PlanRow(athlete_id=ada, record=empty_plan(), why=["new"])
        trial = TrialOfOneRow(athlete_id=ada, name="Priming", journal="secret.jsonl")
        rows.add_all([plan, trial])
    assert client.get(f"{API}/athletes/{ada}/plans").json()["items"] == [client.get(f"{API}/plans/{plan.id}").json()]
    shown = client.get(f"{API}/trials/{trial.id}").json()
    assert client.get(f"{API}/athletes/{ada}/trials").json()["items"] == [shown] and "secret" not in str(shown)


@pytest.mark.parametrize(
    ("kind", "name"), [("movement", "back-squat"), ("fault", None), ("drill", None), ("claim", "C01")]
)
def test_the_library_is_as_the_commands_give_it(client: TestClient, kind: str, name: str | None):
    whole = client.get(f"{API}/{kind}s")
    assert len(whole.json()) > 10
    name = name or whole.json()[3]["id"]
    one = client.get(f"{API}/{kind}s/{name}").json()
    assert one in whole.json() and one["id"] == name
    assert client.get(f"{API}/{kind}s", headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    assert client.get(f"{API}/{kind}s/nothing").status_code == 404
    if kind == "movement":
        from legato.movements import load_movement

        assert one == load_movement("back-squat").model_dump(mode="json", by_alias=True)


def test_what_changes_is_in_the_audit_log(client: TestClient, catalogue: Catalogue):
    one = add_session(client, athlete_id=add_athlete(client))
    client.patch(f"{API}/sessions/{one}", json={"notes": "x"})
    with catalogue.session() as rows:
        told = [line.what for line in rows.scalars(select(AuditRow).order_by(AuditRow.at))]
        assert rows.get(SessionRow, one) is not None
    assert told == ["athlete added", "session added", "session changed"]


def test_a_method_that_is_not_there_says_which_are(client: TestClient):
    answer = client.put(f"{API}/athletes", json={})
    assert answer.status_code == 405 and set(answer.headers["allow"].split(", ")) >= {"GET"}


def test_all_that_programs_can_ask_for_is_on_a_page(client: TestClient):
    shown = client.get("/api").text
    for path in client.get(f"{API}/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in shown
