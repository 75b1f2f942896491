"""Settings: what is kept how long, taken out, erased, checked; the log."""

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue, keep_file, note, open_catalogue
from legato.store.restore import restore
from legato.store.rows import AthleteRow, AuditRow, FileRow, SessionFileRow, SessionRow, SettingRow, now
from legato.web.retention import apply_retention, kept_days

from .sessions import coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]


def key_of(client: TestClient) -> str:
    found = re.search(r'data-token="([^"]+)"', client.get("/settings").text)
    assert found is not None
    return found[1]


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """Two sessions of Ada, added 100 and 2 days ago, with a file each."""
    with catalogue.session() as rows:
        ada = AthleteRow(name="Ada")
        rows.add(ada)
        rows.flush()
        for days in (100, 2):
            saved = catalogue.files.save_bytes(f"recording of {days}".encode())
            keep_file(rows, saved)
            one = SessionRow(athlete_id=ada.id, name=f"old by {days}", recorded_on=date(2026, 8, 1))
            one.created_at = now() - timedelta(days=days)
            one.files = [SessionFileRow(sha256=saved.sha256, name="a.c3d", position=0)]
            rows.add(one)
        note(rows, "filled", ada.id, who="test", why="<b>")
    return catalogue


def test_the_page_says_where_the_data_lie(client: TestClient, filled: Catalogue):
    text = client.get("/settings").text
    assert str(filled.folder) in text and "answers this machine only" in text
    assert client.post("/settings/check", data={"token": key_of(client)}).text.count("All is sound") == 1


def test_retention_lists_first_and_erases_when_it_is_kept(client: TestClient, filled: Catalogue):
    key = key_of(client)
    asked = client.post("/settings/retention", data={"token": key, "days": "30"}).text
    assert "old by 100" in asked and "old by 2<" not in asked
    with filled.session() as rows:
        assert rows.query(SessionRow).count() == 2 and kept_days(rows) is None
    assert client.post("/settings/retention/keep", data={"token": key, "days": "30"}).status_code == 200
    with filled.session() as rows:
        assert [one.name for one in rows.query(SessionRow)] == ["old by 2"] and kept_days(rows) == 30.0
        assert rows.query(FileRow).count() == 1
        rows.query(SessionRow).one().created_at = now() - timedelta(days=31)
    assert len(apply_retention(filled)) == 1 and apply_retention(filled) == ()
    assert client.post("/settings/retention/keep", data={"token": key, "days": ""}).status_code == 200
    with filled.session() as rows:
        assert kept_days(rows) is None
    assert client.post("/settings/retention", data={"token": key, "days": "0"}).status_code == 400


def test_everything_is_taken_out_and_comes_back(client: TestClient, filled: Catalogue, tmp_path: Path):
    answer = client.post("/settings/export", data={"token": key_of(client)})
    assert answer.headers["content-type"] == "application/zip" and "attachment" in answer.headers["content-disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    (tmp_path / "all.zip").write_bytes(answer.content)
    restore(tmp_path / "all.zip", tmp_path / "again")
    again = open_catalogue(tmp_path / "again")
    with again.session() as rows:
        assert [one.name for one in rows.query(AthleteRow)] == ["Ada"]
    again.close()


def test_everything_is_erased_only_when_it_was_typed(client: TestClient, filled: Catalogue):
    key = key_of(client)
    refused = client.post("/settings/erase", data={"token": key, "typed": "erase"})
    assert refused.status_code == 400 and "nothing was erased" in refused.text
    erased = client.post("/settings/erase", data={"token": key, "typed": "ERASE"})
    assert "nothing is left" in erased.text and "athlete" in erased.text
    with filled.session() as rows:
        counts = [rows.query(row).count() for row in (AthleteRow, SessionRow, FileRow, SettingRow, AuditRow)]
    assert counts == [0] * 5 and list(filled.files.all()) == []


def test_an_athlete_is_erased_with_all_files(client: TestClient, filled: Catalogue):
    with filled.session() as rows:
        ada = rows.query(AthleteRow).one().id
    told = {"token": key_of(client), "athlete": ada}
    assert client.post("/settings/erase-athlete", data={**told, "typed": "yes"}).status_code == 400
    assert client.post("/settings/erase-athlete", data={**told, "typed": "ERASE", "athlete": "x"}).status_code == 404
    assert "The athlete is erased" in client.post("/settings/erase-athlete", data={**told, "typed": "ERASE"}).text
    with filled.session() as rows:
        assert [rows.query(row).count() for row in (AthleteRow, SessionRow, FileRow)] == [0, 0, 0]
    assert list(filled.files.all()) == []


def test_the_log_is_paged_and_escaped(client: TestClient, filled: Catalogue):
    with filled.session() as rows:
        for k in range(120):
            note(rows, f"did {k}", "x")
    first = client.get("/settings/audit").text
    assert "page 1 of 3" in first and "did 119" in first and "Newer" not in first
    last = client.get("/settings/audit", params={"page_number": 9}).text
    assert "page 3 of 3" in last and "&lt;b&gt;" in last and 'href="/athletes/' in last


def test_usual_days_that_a_retention_takes_away_are_told(coach: TestClient, library: Catalogue):
    with library.session() as rows:
        for k, one in enumerate(rows.query(SessionRow).order_by(SessionRow.recorded_on)):
            one.created_at = now() - timedelta(days=100 - 10 * k)
    said = "days from which the smallest detectable change of sessions that stay is read: Demo athlete, Throw"
    # Three of five go; none; all.
    for days, told in (("75", True), ("200", False), ("30", False)):
        asked = coach.post("/settings/retention", data={"days": days}).text
        assert (said in asked) is told and "and once a day while it runs" in asked
