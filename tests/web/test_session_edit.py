"""A session's details, its video and its end."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue
from legato.store.rows import AuditRow, FileRow, SessionRow

from .sessions import FIRST, SECOND, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

ID = FIRST.rpartition("/")[2]
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(200)


def edit(coach: TestClient, **changed: str) -> Any:
    fields = {"name": "Throws", "recorded_on": "2026-03-01", "athlete": "de30000000000000", "notes": "", "load": ""}
    return coach.post(f"{FIRST}/edit", data=fields | changed)


def test_details_are_kept_and_a_load_is_analysed_anew(coach: TestClient, library: Catalogue) -> None:
    assert edit(coach, notes="with a tired shoulder").status_code == 303
    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        assert (session.name, session.recorded_on.isoformat()) == ("Throws", "2026-03-01")
        assert session.notes == "with a tired shoulder" and not session.jobs
    assert edit(coach, load="2.5").status_code == 303
    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        assert session.options["load_kg"] == 2.5 and session.jobs[-1].state == "queued"
    coach.cookies.set("units", "lb")
    # The form was shown in kilograms before another tab chose pounds.
    assert edit(coach, load="100", mass_unit="kg").status_code == 303
    with library.session() as rows:
        assert rows.get_one(SessionRow, ID).options["load_kg"] == 100.0
    assert 'name="mass_unit" value="lb"' in coach.get(f"{FIRST}/edit").text
    assert edit(coach, load="10 20").status_code == 303
    with library.session() as rows:
        assert rows.get_one(SessionRow, ID).options["loads_kg"] == pytest.approx([4.536, 9.072], abs=1e-3)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"name": " "}, 400),
        ({"recorded_on": "tomorrow"}, 400),
        ({"recorded_on": "2999-01-01"}, 400),
        ({"athlete": "nobody"}, 404),
        ({"load": "heavy"}, 400),
        ({"load": "-3"}, 400),
        ({"load": "nan"}, 400),
    ],
)
def test_what_is_no_detail_is_refused(coach: TestClient, library: Catalogue, changed: Any, status: int) -> None:
    assert edit(coach, **changed).status_code == status
    with library.session() as rows:
        assert rows.get_one(SessionRow, ID).name.casefold().endswith("throws before the drills")


def test_a_video_comes_and_goes_and_leaves_no_file(coach: TestClient, library: Catalogue) -> None:
    before = set(library.files.all())

    def attach(content: bytes, name: str = "a.mp4") -> Any:
        return coach.post(f"{FIRST}/video", data={"offset_s": "-1,25"}, files={"video": (name, content)})

    assert attach(b"<svg onload=alert(1)>", "x.svg").status_code == 400
    assert set(library.files.all()) == before
    assert attach(MP4).status_code == 303
    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        assert [file.role for file in session.files] == ["trial", "video"] and session.video_offset_s == -1.25
    assert attach(MP4 + b"other", "b.mp4").status_code == 303
    assert len(set(library.files.all()) - before) == 1
    assert coach.get(f"{FIRST}/video").content == MP4 + b"other"
    assert coach.post(f"{FIRST}/video", data={"offset_s": "0.5"}).status_code == 303
    assert coach.post(f"{FIRST}/video/detach").status_code == 303
    assert set(library.files.all()) == before
    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        assert len(session.files) == 1 and not session.jobs


def test_erasing_asks_first_and_leaves_nothing(coach: TestClient, library: Catalogue) -> None:
    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        own = {file.sha256 for file in session.files} | set(session.results[-1].files.values())
    assert "cannot be undone" in coach.get(f"{FIRST}/delete").text
    assert coach.post(f"{FIRST}/delete", headers={"x-legato-token": "other"}).status_code == 403
    answer = coach.post(f"{FIRST}/delete")
    assert answer.status_code == 303 and answer.headers["location"] == "/athletes/de30000000000000"
    assert coach.get(FIRST).status_code == 404
    with library.session() as rows:
        assert rows.get(SessionRow, ID) is None
        assert not [row for row in rows.query(AuditRow) if row.subject == ID and row.what == "session added"]
        left = {sha256 for sha256 in own if rows.get(FileRow, sha256) is not None}
    assert not left & set(library.files.all()) or coach.get(SECOND).status_code == 200
    assert not {sha256 for sha256 in own if library.files.path(sha256).exists()} - left


@pytest.mark.parametrize("units", ["kg", "lb"])
@pytest.mark.parametrize(
    "kept", [{"load_kg": 61.25}, {"load_kg": 62.5}, {"loads_kg": [61.25, 62.5]}, {"load_kg": 1 / 3}]
)
def test_a_load_that_was_not_changed_stays_as_it_was(
    coach: TestClient, library: Catalogue, kept: dict[str, Any], units: str
) -> None:
    coach.cookies.set("units", units)
    with library.session() as rows:
        rows.get_one(SessionRow, ID).options = kept
    shown = re.search(r'name="load" value="([^"]*)"', coach.get(f"{FIRST}/edit").text)
    assert shown is not None and edit(coach, notes="tired", load=shown[1]).status_code == 303
    assert coach.post(f"/upload/{ID}", data={"load": shown[1], "then": "look"}).status_code == 303
    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        assert session.options == kept and session.notes == "tired"
