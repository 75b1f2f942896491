"""Why something is kept although its consent was taken back holds for what was there, not for what comes later."""

from fastapi.testclient import TestClient

from legato.store import Catalogue, keep_file
from legato.store.rows import SessionFileRow, SessionRow
from legato.web.consents import taken_back

from .athletes import TODAY, add_athlete, send


def filmed(catalogue: Catalogue, athlete: str, film: bytes) -> None:
    saved = catalogue.files.save_bytes(film)
    with catalogue.session() as rows:
        keep_file(rows, saved)
        session = SessionRow(athlete_id=athlete, name="Throws", recorded_on=TODAY)
        session.files.append(SessionFileRow(sha256=saved.sha256, name="a.mp4", role="video", position=0))
        rows.add(session)


def asked(catalogue: Catalogue, athlete: str) -> dict[str, str]:
    with catalogue.session() as rows:
        return {one.kind: one.says for one in taken_back(rows, athlete)}


def test_what_came_after_it_was_said_why_the_rest_is_kept_is_asked_about(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    kinds = ("storage", "measurement", "video")
    for kind in kinds:
        send(client, f"/athletes/{ada}/consents", kind=kind)
    filmed(catalogue, ada, b"a film")
    assert set(asked(catalogue, ada)) == set(kinds)
    for kind in kinds:
        send(client, f"/athletes/{ada}/consents/keep", kind=kind, why="the law asks for it")
    assert asked(catalogue, ada) == {}
    filmed(catalogue, ada, b"another film")
    again = asked(catalogue, ada)
    assert set(again) == set(kinds)
    assert "1 session was added since" in again["measurement"] and "1 session has a video" in again["video"]
    for kind in kinds:
        send(client, f"/athletes/{ada}/consents", kind=kind, given="1")
    assert asked(catalogue, ada) == {}
