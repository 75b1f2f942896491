"""Raters fill in checklists blind to each other; then their sheets stand beside what was measured."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.faults.assessments import Assessment, assessment_ids, load_assessment
from legato.store import Catalogue, keep_file
from legato.store.rows import AthleteRow, AuditRow, RatingRow, ResultRow, SessionFileRow, SessionRow

from .athletes import add_athlete, add_upload


def session(
    catalogue: Catalogue, name: str = "goblet", movement: str = "goblet-squat", athlete: str = "", **more: Any
) -> str:
    """The id of a session, of an athlete of its own unless told."""
    with catalogue.session() as rows:
        if not athlete:
            rows.add(own := AthleteRow(name=f"of {name}"))
            rows.flush()
            athlete = own.id
        one = SessionRow(athlete_id=athlete, name=name, movement=movement, recorded_on=date(2026, 11, 20), **more)
        rows.add(one)
        rows.flush()
        return one.id


def key_of(client: TestClient) -> str:
    found = re.search(r'data-token="([^"]+)"', client.get("/assessment").text)
    assert found is not None
    return found[1]


def sent(client: TestClient, spec: Assessment, of: str, rater: str, rating: str = "2", **changed: str) -> Any:
    told = {"token": key_of(client), "rater": rater, "rater_is": "coach", "seen": "video"}
    told |= {f"item-{item.id}": rating for item in spec.items}
    return client.post(f"/assessment/{spec.id}/{of}/rate", data={**told, **changed})


@pytest.mark.parametrize("name", assessment_ids())
def test_every_assessment_opens_and_has_a_form_and_a_sheet(client: TestClient, catalogue: Catalogue, name: str):
    one = session(catalogue)
    assert f'href="/assessment/{name}"' in client.get("/assessment").text
    for path in ("", f"/{one}", f"/{one}/rate", f"/{one}?as=reader", "/sheet.html"):
        assert client.get(f"/assessment/{name}{path}").status_code == 200, path
    headers = client.get(f"/assessment/{name}/sheet.html").headers
    assert f'filename="{name}.html"' in headers["content-disposition"]
    assert "sandbox" in headers["content-security-policy"]
    assert client.get("/assessment/nothing").status_code == 400


def test_the_second_rater_sees_nothing_of_the_first_until_the_sheet_is_sent(client: TestClient, catalogue: Catalogue):
    spec, one = load_assessment("squat"), session(catalogue)
    first = sent(client, spec, one, "R1", "0")
    assert first.status_code == 200 and spec.items[0].anchors[0] in first.text
    for path in ("", "/rate"):
        blind = client.get(f"/assessment/squat/{one}{path}").text
        assert "R1" not in blind and "checked" not in blind.partition("<main")[2]
    assert "R1" not in client.get("/assessment/squat").text
    second = sent(client, spec, one, "R2", "2")
    assert "R1" in second.text and "R2" in second.text
    assert "has rated this session already" in sent(client, spec, one, "r1").text


def test_one_rater_who_sends_twice_at_once_has_one_sheet(client: TestClient, catalogue: Catalogue):
    spec, one = load_assessment("squat"), session(catalogue)
    told = {"token": key_of(client), "rater": "R1", "rater_is": "coach", "seen": "video"}
    told |= {f"item-{item.id}": "2" for item in spec.items}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(f"/assessment/squat/{one}/rate", data=told), range(8)))
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert all("has rated this session already" in one.text for one in answers if one.status_code == 400)
    with catalogue.session() as rows:
        assert rows.query(RatingRow).count() == 1
        assert rows.query(AuditRow).filter(AuditRow.what == "session rated").count() == 1


def test_what_was_never_analysed_is_not_offered_unless_it_is_a_film_or_was_rated(
    client: TestClient, catalogue: Catalogue
):
    spec, athlete = load_assessment("squat"), add_athlete(catalogue)
    left, film = add_upload(catalogue, athlete, "left"), add_upload(catalogue, athlete, "film", "video")
    rated, analysed = add_upload(catalogue, athlete, "rated"), session(catalogue, "whole", athlete=athlete)
    assert sent(client, spec, rated, "R1").status_code == 200
    text = client.get("/assessment/squat").text
    offered = [one for one in (left, film, rated, analysed) if f'href="/assessment/squat/{one}/rate"' in text]
    assert offered == [film, rated, analysed]


def test_what_does_not_fit_keeps_what_was_filled_in(client: TestClient, catalogue: Catalogue):
    spec, one = load_assessment("squat"), session(catalogue)
    wrong = sent(client, spec, one, "R1", **{f"item-{spec.items[0].id}": ""})
    assert wrong.status_code == 400 and "is not rated" in wrong.text and 'value="R1"' in wrong.text
    assert wrong.text.partition("<main")[2].count(" checked") == len(spec.items) - 1
    assert "empty" in sent(client, spec, one, "").text
    with catalogue.session() as rows:
        assert rows.query(RatingRow).count() == 0


def test_readings_and_questions_are_kept(client: TestClient, catalogue: Catalogue):
    spec, one = load_assessment("mobility-screen"), session(catalogue)
    number = spec.numbers[0]
    side = "right" if number.sides else "readings"
    answer = sent(client, spec, one, "R1", **{f"number-{number.id}-{side}": f"{number.high - 1:g} {number.high - 2:g}"})
    assert answer.status_code == 200 and number.name in answer.text
    assert "spaces between" in sent(client, spec, one, "R2", **{f"number-{number.id}-{side}": "many"}).text
    asked = load_assessment("bending-question")
    told = sent(client, asked, one, "R1", **{f"question-{asked.questions[0].id}": "7"})
    assert "<b>7</b>" in told.text


def test_two_raters_of_many_athletes_get_a_kappa_with_its_interval(client: TestClient, catalogue: Catalogue):
    spec = load_assessment("squat")
    for k in range(8):
        one = session(catalogue, f"s{k}")
        sent(client, spec, one, "R1", str(k % 3))
        sent(client, spec, one, "R2", str(k % 3 if k else 1))
        if k == 3:
            assert "kappa needs 5 or more" in client.get("/assessment/squat").text
    text = client.get("/assessment/squat").text
    assert "Weighted kappa" in text and re.search(r"0\.\d+ \(0\.\d+ to [01]\.\d+\)", text) and "R1, R2" in text


def agreed(client: TestClient) -> str:
    text = client.get("/assessment/squat").text.partition('id="agree-title"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_two_sessions_of_one_day_are_two_performances(client: TestClient, catalogue: Catalogue):
    spec = load_assessment("squat")
    first = session(catalogue, "morning")
    with catalogue.session() as rows:
        athlete = rows.get_one(SessionRow, first).athlete_id
    assert athlete is not None
    second = session(catalogue, "evening", athlete=athlete)
    sent(client, spec, first, "R1", "2")
    sent(client, spec, second, "R2", "0")
    assert "0 athletes rated by both raters" in agreed(client) and "n =" not in agreed(client)
    sent(client, spec, second, "R1", "0")
    assert re.search(rf"100 % n = {len(spec.items)}\b", agreed(client)), "and one clip that both rated is one"
    sent(client, spec, first, "R2", "2")
    assert f"n = {2 * len(spec.items)}" in agreed(client) and "1 athlete rated by both" in agreed(client)


def test_a_sheet_that_is_sent_again_after_a_look_is_not_blind(client: TestClient, catalogue: Catalogue):
    spec, one = load_assessment("squat"), session(catalogue)
    sent(client, spec, one, "R1", "0")
    sent(client, spec, one, "R2", "2")
    assert re.search(rf"0 % n = {len(spec.items)}\b", agreed(client))
    with catalogue.session() as rows:
        mine = rows.query(RatingRow).filter(RatingRow.rater == "R2").one().id
    client.post(f"/assessment/ratings/{mine}/delete", data={"token": key_of(client)})
    assert "left out" not in agreed(client)
    assert sent(client, spec, one, "r2", "0").status_code == 200
    said = agreed(client)
    assert "1 sheet is left out of it: its rater had sent one before" in said and "n =" not in said
    other = session(catalogue, "other")
    sent(client, spec, other, "R1", "1")
    sent(client, spec, other, "r2", "1")
    assert re.search(rf"100 % n = {len(spec.items)}\b", agreed(client)), "of other sessions the rater is as good as any"


def test_who_rates_sees_the_recording_and_nothing_that_was_measured(client: TestClient, catalogue: Catalogue):
    one = session(catalogue)
    video = catalogue.files.save_bytes(b"film")
    with catalogue.session() as rows:
        keep_file(rows, video)
        rows.add(SessionFileRow(session_id=one, sha256=video.sha256, name="a.mp4", role="video", position=0))
    path = f"/assessment/squat/{one}/rate"
    film = f"/sessions/{one}/video?file={video.sha256}"
    text = client.get(path).text.partition("<main")[2]
    assert f'data-video="{film}"' in text and f'href="/sessions/{one}"' not in text
    kept = catalogue.files.save_bytes(b"replay")
    with catalogue.session() as rows:
        keep_file(rows, kept)
        summary = {"headline": "The knees fall in."}
        files = {"replay.bin": kept.sha256}
        rows.add(ResultRow(session_id=one, key="k", legato_version="0", summary=summary, files=files))
    answer = client.get(path).text
    text = answer.partition("<main")[2]
    assert f'data-video="{film}"' in text and "/replay.bin" not in text, "of the film alone, nothing that was measured"
    assert f'href="/sessions/{one}"' not in text and "The knees fall in" not in text and "session.js" in answer
    with catalogue.session() as rows:
        rows.delete(rows.scalars(select(SessionFileRow).where(SessionFileRow.role == "video")).one())
    text = client.get(path).text.partition("<main")[2]
    assert "data-blind" in text and "/replay.bin?result=" in text and 'data-do="pick"' not in text


def test_measured_values_stand_beside(client: TestClient, catalogue: Catalogue):
    spec = load_assessment("squat")
    one = session(catalogue)
    item = spec.items[0]
    record = {
        "schema": "legato.analysis/1", "legato_version": "0", "settings": {"level": 0.9},
        "movement": {"id": "goblet-squat", "name": "Goblet squat"}, "inputs": [],
        "findings": [
            {
                "fault": item.fault, "side": None, "verdict": "fault", "unit": "deg", "why": "it was so",
                "measured": {"value": 4.0, "low": 3.0, "high": 5.0, "unit": "deg"}, "resolve": None,
            }
        ],
    }  # fmt: skip
    saved = catalogue.files.save_bytes(json.dumps(record).encode())
    with catalogue.session() as rows:
        keep_file(rows, saved)
        rows.add(
            ResultRow(session_id=one, key="k", legato_version="0", summary={}, files={"result.json": saved.sha256})
        )
    assert "It was so." not in client.get(f"/assessment/squat/{one}/rate").text
    answer = sent(client, spec, one, "R1")
    assert answer.status_code == 200, answer.text
    assert "It was so." in answer.text
