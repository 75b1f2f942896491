"""The demo's library tells its story with the numbers that were planted, once."""

import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from legato.commands.demo import fill_library
from legato.compare import Baseline, compare_results, make_baseline, read_result
from legato.store import Catalogue, open_catalogue
from legato.store.rows import AthleteRow, JobRow, PlanRow, ResultRow, Row, SessionRow
from legato.web import demo, worker
from legato.web.demo import ATHLETE, demo_done, fill_with_demo
from legato.web.worker import Loop

LATER = date.today() + timedelta(days=100)


@pytest.fixture(scope="module")
def filled(demo_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """A copy of the library that `legato demo` filled, which these tests may change."""
    folder = tmp_path_factory.mktemp("demo") / "library"
    shutil.copytree(demo_out / "library", folder)
    opened = open_catalogue(folder)
    assert fill_with_demo(opened, date.today()) == ATHLETE
    yield opened
    opened.close()


def test_the_thorax_is_early_then_surely_later_and_stays_so(filled: Catalogue):
    with filled.session() as rows:
        sessions = rows.query(SessionRow).order_by(SessionRow.recorded_on).all()[2:]
        gaps = [_first_gap(one.results[-1]) for one in sessions]
        lost = [_finding(one.results[-1], "lost-order")["verdict"] for one in sessions]
        assert all(one.recorded_on < date.today() for one in sessions)
    # Planted: −30, +34 and +30 ms on the average, 6 ms from throw to throw.
    for gap, planted in zip(gaps, (-0.030, 0.034, 0.030), strict=True):
        assert gap["low"] - 0.006 < planted < gap["high"] + 0.006
    assert gaps[0]["high"] < 0.0 < gaps[1]["low"] and gaps[2]["low"] > 0.0
    assert gaps[2]["low"] < gaps[1]["value"] < gaps[2]["high"]
    assert lost[0] == "fault" and "fault" not in lost[1:]


def test_the_change_is_more_than_the_athlete_shows_from_day_to_day(filled: Catalogue):
    with filled.session() as rows:
        sessions = rows.query(SessionRow).order_by(SessionRow.recorded_on).all()
        records = [read_result(json.loads(filled.files.read(one.results[-1].files["result.json"]))) for one in sessions]
    found = compare_results(records[2], records[3], baseline=Baseline.model_validate(make_baseline(records[:3])))
    changed = next(gap for gap in found["gaps"] if (gap["from"], gap["to"]) == ("pelvis", "thorax"))
    assert changed["shown"] == "higher" and changed["beyond_detectable"] == "yes"


def test_the_plan_answers_what_the_first_session_found_and_was_followed(filled: Catalogue):
    with filled.session() as rows:
        drill = _finding(rows.get_one(SessionRow, "de30000000000001").results[-1], "lost-order")["drill"]
        plan: dict[str, Any] = rows.query(PlanRow).one().record
    planned = {entry["id"] for week in plan["weeks"] for day in week["days"] for entry in day["entries"]}
    assert drill in planned
    assert plan["log"] and all(one["on"] < date.today().isoformat() for one in plan["log"])


def test_an_athlete_of_the_demo_is_marked_as_simulated(filled: Catalogue):
    with filled.session() as rows:
        assert rows.get_one(AthleteRow, ATHLETE).simulated


def test_filling_again_on_a_later_day_adds_nothing(filled: Catalogue):
    def counts() -> list[int]:
        with filled.session() as rows:
            return [rows.query(mapper.class_).count() for mapper in Row.registry.mappers]

    before, files = counts(), list(filled.files.all())
    fill_with_demo(filled, LATER)
    assert counts() == before and list(filled.files.all()) == files


def test_a_session_that_is_missing_is_added_again_as_it_was(filled: Catalogue):
    with filled.session() as rows:
        row = rows.get_one(SessionRow, "de30000000000003")
        on, sha256 = row.recorded_on, row.files[0].sha256
        rows.delete(row)
    fill_with_demo(filled, LATER)
    with filled.session() as rows:
        row = rows.get_one(SessionRow, "de30000000000003")
        assert (row.recorded_on, row.files[0].sha256) == (on, sha256) and len(row.results) == 1


def _first_gap(result: ResultRow) -> dict[str, float]:
    return next(gap for gap in result.summary["gaps"] if gap["primary"])["set"]


def _finding(result: ResultRow, fault: str) -> dict[str, Any]:
    return next(one for one in result.summary["findings"] if one["fault"] == fault)


def test_an_empty_app_is_filled_by_the_worker(
    client: TestClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "_asked_to_end", lambda wait_s=0.0: False)
    # One session instead of five: a browser's test sees them all.
    monkeypatch.setattr(demo, "_SESSIONS", demo._SESSIONS[:1])
    token = re.search(r'data-token="([^"]+)"', client.get("/").text)
    assert token is not None
    assert client.post("/demo").status_code == 403
    began = time.monotonic()
    done = client.post("/demo", data={"token": token[1]}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/") and time.monotonic() - began < 2.0
    asked = {"x-legato-token": token[1], "hx-request": "true"}
    assert client.post("/demo", headers=asked).headers["hx-redirect"] == "/"
    with catalogue.session() as rows:
        (job,) = rows.query(JobRow).all()
        assert (job.kind, job.state, rows.query(ResultRow).count()) == ("demo", "queued", 0)
    page = client.get("/").text
    assert "The demo athlete is being made" in page and f'data-progress="/sessions/{job.session_id}/progress"' in page
    assert Loop(catalogue, str(catalogue.folder), None).once()
    with catalogue.session() as rows:
        assert rows.get_one(JobRow, job.id).state == "done", rows.get_one(JobRow, job.id).error
        (one,) = rows.query(SessionRow).all()
        assert len(one.results) == len(one.files) == 1
    page = client.get("/").text
    assert "The demo athlete" not in page and "Baseline throws, first day" in page


def test_a_demo_that_was_cancelled_can_be_filled_to_the_end(client: TestClient, catalogue: Catalogue):
    token = re.search(r'data-token="([^"]+)"', client.get("/").text)
    assert token is not None
    client.headers["x-legato-token"] = token[1]
    client.post("/demo")
    page = client.post("/demo/cancel").text
    assert "The demo athlete is not whole" in page and "It was cancelled" in page and 'action="/demo"' in page
    assert "The demo athlete is being made" in client.post("/demo").text
    with catalogue.session() as rows:
        assert [job.state for job in rows.query(JobRow).order_by(JobRow.created_at)] == ["cancelled", "queued"]
        assert rows.query(SessionRow).count() == 1


def test_how_far_the_demo_is():
    assert [demo_done(said) for said in ("", "simulating session 1", "analysing session 3", "planning")] == [
        0.0, 0.0, 0.4, 0.95,
    ]  # fmt: skip


def test_without_the_extra_the_demo_says_what_is_missing_and_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "legato.store", None)
    said = fill_library(tmp_path, lambda stage: None)
    assert "pip install 'legato[app]'" in said and "\n" not in said
    assert not list(tmp_path.iterdir())
