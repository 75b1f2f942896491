"""A result that was made with something else than now says so, and is made anew where a page changed it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue
from legato.store.rows import AthleteRow, OwnEntryRow, SessionRow
from legato.web.work import asked_of

from .sessions import FIRST, SECOND, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

ID, ATHLETE = FIRST.rpartition("/")[2], "de30000000000000"
STALE = "were made with other"


@pytest.fixture
def fresh(library: Catalogue) -> Catalogue:
    """The sessions' results are as if made now."""
    with library.session() as rows:
        for session in rows.query(SessionRow):
            session.results[-1].key = asked_of(rows, session.id).key
    return library


def jobs_of(library: Catalogue, session: str = ID) -> list[str]:
    with library.session() as rows:
        return [job.kind for job in rows.get_one(SessionRow, session).jobs]


@pytest.mark.parametrize("what", ["options", "movement", "file", "athlete", "own", "baseline", "code"])
def test_the_session_says_when_its_numbers_are_not_of_what_stands_now(
    coach: TestClient, fresh: Catalogue, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    assert STALE not in coach.get(FIRST).text and STALE not in coach.get(f"{FIRST}/export").text
    with fresh.session() as rows:
        session = rows.get_one(SessionRow, ID)
        if what == "options":
            session.options = {"load_kg": 61.25}
        elif what == "movement":
            session.movement = "back-squat"
        elif what == "file":
            session.files[0].name = "other.c3d"
        elif what == "athlete":
            rows.get_one(AthleteRow, ATHLETE).mass_kg = 61.25
        elif what == "own":
            rows.add(OwnEntryRow(kind="fault", entry_id="mine", base="", text='movements = ["throw"]'))
        elif what == "baseline":
            session.options = {"baseline_session": "0" * 16}
        else:
            monkeypatch.setattr("legato.store.results.code_checksum", lambda: "newer")
    text = coach.get(FIRST).text
    assert STALE in text and f'action="{FIRST}/analyse"' in text
    assert STALE in coach.get(f"{FIRST}/export").text
    coach.post(f"{FIRST}/analyse")
    text = coach.get(FIRST).text
    assert STALE in text and f'action="{FIRST}/analyse"' not in text


def test_a_video_and_notes_change_no_number(coach: TestClient, fresh: Catalogue) -> None:
    with fresh.session() as rows:
        session = rows.get_one(SessionRow, ID)
        session.notes, session.video_offset_s = "tired", 1.0
    assert STALE not in coach.get(FIRST).text


def profile(coach: TestClient, library: Catalogue, **changed: Any) -> None:
    with library.session() as rows:
        athlete = rows.get_one(AthleteRow, ATHLETE)
        athlete.mass_kg, athlete.height_m = 61.25, 1.7825
        named = {"name": athlete.name, "side": athlete.side or "", "sex": athlete.sex or ""}
        lumbar = athlete.lumbar_flexion_max_deg
        rows.flush()
        for session in rows.query(SessionRow):
            session.results[-1].key = asked_of(rows, session.id).key
    fields = named | {"mass": "61.25", "height_cm": "178.25", "lumbar": "" if lumbar is None else lumbar}
    assert coach.post(f"/athletes/{ATHLETE}/profile", data=fields | changed).status_code == 303


@pytest.mark.parametrize("changed", [{"mass": "62.5"}, {"height_cm": "180"}, {"sex": "male"}, {"side": "left"}])
def test_what_the_numbers_hang_on_in_a_profile_is_analysed_anew(
    coach: TestClient, fresh: Catalogue, changed: dict[str, str]
) -> None:
    with fresh.session() as rows:
        athlete = rows.get_one(AthleteRow, ATHLETE)
        athlete.sex, athlete.side = "female", "right"
    profile(coach, fresh, **changed)
    assert jobs_of(fresh) == jobs_of(fresh, SECOND.rpartition("/")[2]) == ["analyse"]


def test_a_fault_of_another_movement_leaves_a_result_as_it_is(coach: TestClient, fresh: Catalogue) -> None:
    with fresh.session() as rows:
        rows.add(OwnEntryRow(kind="fault", entry_id="mine", base="", text='movements = ["back-squat"]'))
    assert STALE not in coach.get(FIRST).text


def test_a_profile_sent_back_as_it_was_shown_asks_for_nothing(coach: TestClient, fresh: Catalogue) -> None:
    profile(coach, fresh, notes="of the club")
    assert jobs_of(fresh) == []
    with fresh.session() as rows:
        athlete = rows.get_one(AthleteRow, ATHLETE)
        assert (athlete.mass_kg, athlete.height_m, athlete.notes) == (61.25, 1.7825, "of the club")


def test_a_look_at_the_files_with_other_options_analyses_anew(coach: TestClient, fresh: Catalogue) -> None:
    with fresh.session() as rows:
        chosen = {"movement": rows.get_one(SessionRow, ID).movement or "", "athlete": ATHLETE, "then": "look"}
    assert coach.post(f"/upload/{ID}", data=chosen).status_code == 303
    assert jobs_of(fresh) == ["recognise"]
    assert coach.post(f"/upload/{ID}", data=chosen | {"load": "61.25"}).status_code == 303
    assert sorted(jobs_of(fresh)) == ["analyse", "recognise"]


def test_another_file_analyses_anew(coach: TestClient, fresh: Catalogue) -> None:
    sent = coach.put("/upload/files?name=log.csv", content=b"time,a\n0,1\n").json()
    files = [{"sha256": sent["sha256"], "name": "log.csv"}]
    assert coach.post("/upload", json={"files": files, "session": ID}).status_code == 200
    assert sorted(jobs_of(fresh)) == ["analyse", "recognise"]
