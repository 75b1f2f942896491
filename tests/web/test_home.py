"""Home: athletes, the latest sessions with their sentence, and what needs a look; fast with many of them."""

import time
from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient
from sqlalchemy import event, insert

from legato.store import Catalogue, keep_file
from legato.store.rows import (
    AthleteRow,
    JobRow,
    PlanRow,
    ResultRow,
    SessionFileRow,
    SessionRow,
    TrialOfOneRow,
    new_id,
)

from .athletes import BLOCKING, TODAY, add_athlete, add_screening, add_session, days_ago, record, send, summary


def test_each_session_stands_with_its_sentence(client: TestClient, catalogue: Catalogue):
    athlete = add_athlete(catalogue, "Ada <b>")
    told = record([0.03, 0.04])
    session = add_session(catalogue, athlete, days_ago(1), told, summary=summary(told, headline="It turns late."))
    text = client.get("/").text
    assert "It turns late." in text and f"/sessions/{session}" in text and "Ada &lt;b&gt;" in text


def test_a_fault_is_new_once(client: TestClient, catalogue: Catalogue):
    athlete = add_athlete(catalogue)
    told = record([0.03, 0.04])
    add_session(catalogue, athlete, days_ago(9), told, "First", summary=summary(told, "early-turn"))
    add_session(catalogue, athlete, days_ago(5), told, "Second", summary=summary(told, "early-turn"))
    add_session(catalogue, athlete, days_ago(2), told, "Third", summary=summary(told, "early-turn", "drift"))
    text = client.get("/").text
    assert "First: Early-turn" in text and "Second: " not in text and "Third: Drift" in text


def test_a_fault_that_could_not_be_judged_in_between_is_not_new_and_one_that_came_back_is(
    client: TestClient, catalogue: Catalogue
):
    ada, ben = add_athlete(catalogue), add_athlete(catalogue, "Ben")
    told = record([0.03, 0.04])
    for athlete, name, between in ((ada, "Unseen", "not-resolvable"), (ben, "Back", "ok")):
        judged = {"fault": "drift", "name": "Drift", "verdict": between}
        add_session(catalogue, athlete, days_ago(9), told, "Before", summary=summary(told, "drift"))
        middle = summary(told) | {"findings": [judged, judged | {"fault": "other"}]}
        add_session(catalogue, athlete, days_ago(5), told, "Middle", summary=middle)
        add_session(catalogue, athlete, days_ago(2), told, name, summary=summary(told, "drift"))
    text = client.get("/").text
    assert "Back: Drift" in text and "Unseen: Drift" not in text


def test_failed_analyses_blocked_and_old_screenings_and_due_plans_need_a_look(client: TestClient, catalogue: Catalogue):
    ada, ben, cleo = (add_athlete(catalogue, name) for name in ("Ada", "Ben", "Cleo"))
    session = add_session(catalogue, ada, days_ago(40), record([0.03, 0.04]))
    add_screening(catalogue, ada, TODAY - timedelta(days=600))
    add_screening(catalogue, ben, yes=BLOCKING)
    with catalogue.session() as rows:
        rows.add(JobRow(session_id=session, kind="analyse", state="failed", error="squat.c3d: no markers; export them"))
        due = {"days": [days_ago(20).isoformat()], "checks": [days_ago(3).isoformat()], "logged": []}
        rows.add(
            PlanRow(athlete_id=ada, record={"log": []}, due={**due, "until": (TODAY + timedelta(days=9)).isoformat()})
        )
        rows.add(
            PlanRow(athlete_id=cleo, record={"log": []}, due={**due, "checks": [], "until": days_ago(2).isoformat()})
        )
    text = client.get("/").text
    assert "the analysis failed: squat.c3d: no markers; export them" in text
    assert "the screening held until" in text and "the screening blocks" in text
    assert "a form check was due" in text and "nothing was logged since" in text and "the plan ended on" in text


def test_where_the_screening_blocks_no_form_check_and_no_plan_is_asked_for(client: TestClient, catalogue: Catalogue):
    ada, ben = add_athlete(catalogue), add_athlete(catalogue, "Ben")
    add_screening(catalogue, ada, yes=BLOCKING)
    due = {"days": [days_ago(20).isoformat()], "checks": [days_ago(3).isoformat()], "logged": [], "until": "9999-01-01"}
    with catalogue.session() as rows:
        rows.add_all([PlanRow(athlete_id=one, record={"log": []}, due=due) for one in (ada, ben)])
    text = client.get("/").text
    assert "the screening blocks" in text and text.count("a form check was due") == 1
    assert f"/athletes/{ben}/plan" in text and f"/athletes/{ada}/plan" not in text


def test_a_recording_answers_a_form_check(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    add_session(catalogue, ada, days_ago(1), record([0.03, 0.04]))
    with catalogue.session() as rows:
        rows.add(
            PlanRow(
                athlete_id=ada, record={"log": []}, due={"checks": [days_ago(3).isoformat()], "until": "9999-01-01"}
            )
        )
    assert "a form check was due" not in client.get("/").text


def test_an_athlete_is_found_by_name(client: TestClient, catalogue: Catalogue):
    for name in ("Ada", "Ben 100%"):
        add_athlete(catalogue, name)
    text = client.get("/", params={"name": "0%"}).text
    assert "Ben 100%" in text and ">Ada<" not in text
    assert "Nobody has this" in client.get("/", params={"name": "x%"}).text


def test_two_hundred_athletes_and_five_thousand_sessions_take_a_moment(client: TestClient, catalogue: Catalogue):
    told = record([0.03, 0.04])
    brief = summary(told, "early-turn") | {
        "metrics": {f"metric_{k}": told["chain"]["gaps"][0]["set"] for k in range(30)}
    }
    athletes = [{"id": new_id(), "name": f"Athlete {k}"} for k in range(200)]
    sessions = [
        {
            "id": new_id(), "athlete_id": athletes[k % 200]["id"], "name": f"Session {k}", "movement": "throw",
            "recorded_on": days_ago(k // 200), "created_at": datetime.now(UTC) - timedelta(days=k // 200, seconds=k),
        }
        for k in range(5000)
    ]  # fmt: skip
    results = [
        {"session_id": one["id"], "key": one["id"] * 4, "legato_version": "0", "summary": brief, "files": {}}
        for one in sessions
    ]
    with catalogue.session() as rows:
        for table, some in ((AthleteRow, athletes), (SessionRow, sessions), (ResultRow, results)):
            rows.execute(insert(table), some)
    asked: list[str] = []
    event.listen(catalogue.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    client.get("/")
    queries = len(asked)
    begun = time.process_time()
    assert client.get("/").status_code == 200
    taken = time.process_time() - begun
    assert queries <= 14, asked
    assert taken < 0.5, taken


def test_a_trial_whose_file_is_gone_says_so(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    with catalogue.session() as rows:
        rows.add(TrialOfOneRow(athlete_id=ada, name="Drill or none", journal="gone.jsonl"))
    text = client.get("/").text
    assert "Drill or none: " in text and "/trials/" in text and str(catalogue.folder) not in text


def test_a_consent_that_was_taken_back_stands_with_what_to_do_until_it_is_done(
    client: TestClient, catalogue: Catalogue
):
    ada, ben = add_athlete(catalogue), add_athlete(catalogue, "Ben")
    for kind in ("storage", "video", "measurement"):
        send(client, f"/athletes/{ada}/consents", kind=kind, given="1")
        send(client, f"/athletes/{ada}/consents", kind=kind)
    send(client, f"/athletes/{ben}/consents", kind="storage", given="1")
    home = client.get("/").text
    assert "keeping the data was taken back on" in home and f"/athletes/{ada}/erase" in home
    assert "video was taken back" not in home and "measuring was taken back" not in home, "nothing is there"
    saved = catalogue.files.save_bytes(b"a film")
    with catalogue.session() as rows:
        keep_file(rows, saved)
        session = SessionRow(athlete_id=ada, name="Throws", recorded_on=TODAY)
        session.files.append(SessionFileRow(sha256=saved.sha256, name="a.mp4", role="video", position=0))
        rows.add(session)
    home = client.get("/").text
    assert "1 session has a video; take it off" in home and "1 session was added since" in home
    page = client.get(f"/athletes/{ada}").text
    assert "Take everything along first" in page and "Take off a video" in page
    assert send(client, f"/athletes/{ada}/consents/keep", kind="storage", why=" ").status_code == 400
    kept = send(client, f"/athletes/{ada}/consents/keep", kind="storage", why="the law asks for ten years")
    assert "keeping the data was taken back" not in kept.text.lower()
    home = client.get("/").text
    assert "keeping the data" not in home and "1 session has a video" in home
    assert "the law asks for ten years" in client.get("/settings/audit").text
    send(client, f"/athletes/{ada}/consents", kind="video", given="1")
    assert "has a video" not in client.get("/").text
    send(client, f"/athletes/{ada}/consents", kind="storage")
    assert "keeping the data was taken back" in client.get("/").text
