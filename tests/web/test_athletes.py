"""An athlete's page: profile in either unit, screening without a trace of answers, consents, trends, export, erase."""

import io
import json
import re
import tracemalloc
import zipfile
from functools import partial
from pathlib import Path

import pytest
from fastapi import HTTPException
from fastapi.responses import FileResponse
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.coaching.safety import questionnaire
from legato.store import Catalogue, keep_file
from legato.store.rows import AthleteRow, ConsentRow, RatingRow, ScreeningRow, SessionFileRow
from legato.web.downloads import made
from legato.web.taken import parts_of, write_archive

from .athletes import BLOCKING, add_athlete, add_screening, add_session, add_upload, days_ago, record, send
from .conftest import run_apart

WELL = {f"q-{question.id}": "no" for question in questionnaire().questions}


def test_a_profile_is_kept_in_si_whatever_it_is_typed_in(client: TestClient, catalogue: Catalogue):
    send(client, "/athletes", name="Ada", mass="76,5", height_cm="178", born_year="2000", sex="female")
    client.cookies.set("units", "lb")
    send(client, "/athletes", name="Ben", mass="165", height_ft="5", height_in="10.5")
    with catalogue.session() as rows:
        ada, ben = rows.scalars(select(AthleteRow).order_by(AthleteRow.name))
        assert (ada.mass_kg, ada.height_m, ada.born_year, ada.sex) == (76.5, 1.78, 2000, "female")
        assert ben.mass_kg == pytest.approx(74.843, abs=0.001) and ben.height_m == pytest.approx(1.7907)
    text = client.get(f"/athletes/{ben.id}").text
    assert "165 lb" in text and "5 ft 10.5 in" in text
    form = client.get(f"/athletes/{ben.id}/profile").text
    assert 'value="165"' in form and 'value="10.5"' in form


@pytest.mark.parametrize(
    ("typed", "told"),
    [({"mass": "5"}, "Body mass"), ({"height_cm": "nan"}, "Height"), ({"born_year": "1700"}, "Year of birth")],
)
def test_what_does_not_fit_is_named_and_nothing_typed_is_lost(client: TestClient, typed: dict[str, str], told: str):
    answer = send(client, "/athletes", name="Ada", notes="of the club", **typed)
    assert answer.status_code == 400 and told in answer.text and "of the club" in answer.text


def test_a_change_that_does_not_fit_changes_nothing(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue, mass_kg=70.0)
    assert send(client, f"/athletes/{ada}/profile", name="Eve", mass="9999").status_code == 400
    with catalogue.session() as rows:
        assert rows.get_one(AthleteRow, ada).name == "Ada"


def test_an_upload_that_was_never_analysed_stands_apart_to_go_on_or_to_discard(
    client: TestClient, catalogue: Catalogue
):
    ada = add_athlete(catalogue)
    thrown = add_session(catalogue, ada, days_ago(3), record([0.02, 0.03, 0.04]))
    left, looked = add_upload(catalogue, ada, "left"), add_upload(catalogue, ada, "looked at", "trial", "recognise")
    add_upload(catalogue, ada, "analysis failed", "trial", "recognise", "analyse")
    add_upload(catalogue, ada, "film alone", "video")
    add_upload(catalogue, ada, "empty file", "unused")
    rated = add_upload(catalogue, ada, "rated")
    with catalogue.session() as rows:
        rows.add(RatingRow(session_id=rated, checklist="squat", rater="R1", record={}))

    def listed(part: str) -> list[str]:
        text = client.get(f"/athletes/{ada}").text.partition(f'aria-labelledby="{part}"')[2].partition("</section>")[0]
        names = ("Throws of", "left", "looked at", "analysis failed", "film alone", "empty file", "rated")
        return [name for name in names if re.search(f">\\s*{name}", text)]

    assert listed("sessions") == ["Throws of", "analysis failed", "film alone", "rated"]
    assert listed("unfinished") == ["left", "looked at", "empty file"]
    assert f'href="/upload/{looked}"' in client.get(f"/athletes/{ada}").text
    gone = send(client, f"/upload/{left}/discard", follow=False, then="athlete")
    assert gone.headers["location"] == f"/athletes/{ada}" and listed("unfinished") == ["looked at", "empty file"]
    # A page that is old still offers what was analysed since.
    kept = send(client, f"/upload/{thrown}/discard", then="athlete")
    assert kept.status_code == 400 and "has a result by now" in kept.text and "Throws of" in listed("sessions")
    kept = send(client, f"/upload/{rated}/discard", then="athlete")
    assert kept.status_code == 400 and "has rated it by now" in kept.text and "rated" in listed("sessions")


def test_an_empty_page_says_what_to_do_next(client: TestClient, catalogue: Catalogue):
    text = client.get(f"/athletes/{add_athlete(catalogue)}").text
    assert "no screening was answered" in text and "/upload?athlete=" in text
    assert client.get("/athletes/0000000000000000").status_code == 404


def test_a_screening_that_passes_is_kept_as_passed_alone(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    assert "passed" in send(client, f"/athletes/{ada}/screening", **WELL).text
    with catalogue.session() as rows:
        row = rows.scalars(select(ScreeningRow)).one()
        assert row.outcome == "passed" and "answers" not in json.dumps(row.record)


def test_no_answer_is_kept_logged_or_shown(client: TestClient, catalogue: Catalogue, caplog: pytest.LogCaptureFixture):
    ada = add_athlete(catalogue)
    answer = send(client, f"/athletes/{ada}/screening", follow=False, **(WELL | {f"q-{BLOCKING}": "yes"}))
    assert answer.status_code == 200 and questionnaire().help["clinician"].title in answer.text
    assert BLOCKING not in answer.text and answer.headers["cache-control"] == "no-store"
    catalogue.engine.dispose()
    for file in Path(catalogue.folder).rglob("*"):
        if file.is_file():
            assert BLOCKING.encode() not in file.read_bytes(), file
    assert BLOCKING not in caplog.text
    again = client.get(f"/athletes/{ada}/screening").text.partition("<main")[2]
    assert "checked" not in again and 'method="post"' in again
    assert "blocked" in client.get(f"/athletes/{ada}").text


def test_an_emergency_needs_no_other_answer(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    one = next(question.id for question in questionnaire().questions if question.blocks == "emergency")
    text = send(client, f"/athletes/{ada}/screening", **{f"q-{one}": "yes"}).text
    asked = questionnaire().help
    assert asked["emergency"].title in text and asked["unanswered"].title not in text


def test_a_consent_is_given_and_taken_back_with_its_days(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    send(client, f"/athletes/{ada}/consents", kind="video", given="1")
    text = send(client, f"/athletes/{ada}/consents", kind="video").text
    assert "taken back on" in text and "Earlier" in text
    with catalogue.session() as rows:
        assert sorted(one.given for one in rows.scalars(select(ConsentRow))) == [False, True]
    assert send(client, f"/athletes/{ada}/consents", kind="everything", given="1").status_code == 400


def test_trends_stand_with_their_table_and_say_no_change_within_what_days_differ(
    client: TestClient, catalogue: Catalogue
):
    ada = add_athlete(catalogue)
    for k, gap in enumerate((0.030, 0.036, 0.024, 0.031)):
        told = record([gap - 0.002, gap, gap + 0.002], 100.0 + k, sha=str(k) * 64)
        add_session(catalogue, ada, days_ago(20 - k), told)
    text = client.get(f"/athletes/{ada}").text
    assert "Pelvis to thorax" in text and "Smallest detectable change" in text
    assert "no change seen" in text and "change: higher" not in text and 'class="sdc"' in text


def test_everything_can_be_taken_away_and_then_erased(client: TestClient, catalogue: Catalogue):
    ada, ben = add_athlete(catalogue), add_athlete(catalogue, "Ben")
    session = add_session(catalogue, ada, days_ago(3), record([0.03, 0.04]), "=Throws")
    other = add_session(catalogue, ben, days_ago(3), record([0.05, 0.04], sha="b" * 64))
    add_screening(catalogue, ada)
    answer = client.get(f"/athletes/{ada}/export.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {"README.txt", "athlete.json", "sessions.csv", "metrics.csv", "training-log.csv"} <= set(archive.namelist())
    assert any(name.endswith("result.json") and session in name for name in archive.namelist())
    assert "'=Throws" in archive.read("sessions.csv").decode()
    assert "gap pelvis to thorax" in archive.read("metrics.csv").decode()
    assert other not in str(archive.namelist())
    assert "does not fit" in send(client, f"/athletes/{ada}/erase", name="Bda").text
    assert "Nothing of it was found" in send(client, f"/athletes/{ada}/erase", name="Ada").text
    assert client.get(f"/athletes/{ada}").status_code == 404 and client.get(f"/athletes/{ben}").status_code == 200


@pytest.mark.slow
def test_an_archive_with_a_long_video_is_written_a_piece_at_a_time(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    session = add_session(catalogue, ada, days_ago(3), record([0.03, 0.04]))
    size = 300_000_000
    saved = catalogue.files.save(b"\0" * 1_000_000 for _ in range(size // 1_000_000))
    with catalogue.session() as rows:
        keep_file(rows, saved)
        rows.add(SessionFileRow(session_id=session, sha256=saved.sha256, name="a.mp4", role="video", position=0))
    with catalogue.session() as rows:
        parts = parts_of(rows, catalogue, rows.get_one(AthleteRow, ada))
    tracemalloc.start()
    answer = made(partial(write_archive, parts), "a.zip")
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(answer, FileResponse) and Path(answer.path).stat().st_size > size and held < 10_000_000
    assert answer.background is not None
    run_apart(answer.background())
    assert not Path(answer.path).exists()
    catalogue.files.drop(saved.sha256)
    with pytest.raises(HTTPException, match="erased while"):
        made(partial(write_archive, parts), "a.zip")


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\ufeff \u00ad"])
def test_no_athlete_has_a_name_that_nobody_sees(client: TestClient, catalogue: Catalogue, name: str):
    for answer in (
        send(client, "/athletes", name=name),
        client.post("/api/v1/athletes", json={"name": name}),
        client.patch(f"/api/v1/athletes/{add_athlete(catalogue)}", json={"name": name}),
    ):
        assert 400 <= answer.status_code < 500
    with catalogue.session() as rows:
        assert [row.name for row in rows.query(AthleteRow)] == ["Ada"]
