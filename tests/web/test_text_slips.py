"""Small words: numbers and their nouns, a day that is not told, what stands first on the home page."""

from types import SimpleNamespace
from typing import Any, cast

from fastapi.testclient import TestClient

from legato.store import Catalogue
from legato.store.rows import SessionRow
from legato.web.overlay import faults_changed

from .athletes import add_athlete, add_session, days_ago, record


def test_too_few_to_tell_is_no_verdict():
    def row(verdict: str) -> Any:
        return SimpleNamespace(summary={"findings": [{"fault": "x", "side": "", "name": "Share", "verdict": verdict}]})

    assert faults_changed(row("fault"), row("not-resolvable")) == [("Share", "fault", "too little to tell")]
    assert faults_changed(row("fault"), row("ok")) == [("Share", "fault", "in order")]


def test_uploads_to_finish_stand_after_what_was_found(client: TestClient, catalogue: Catalogue):
    add_session(catalogue, add_athlete(catalogue), days_ago(3), record([0.04, 0.05]), "Throws")
    with catalogue.session() as rows:
        rows.add(SessionRow(name="Only sent", recorded_on=days_ago(0), movement="throw"))
    text = cast("str", client.get("/").text).partition('id="latest"')[2]
    assert -1 < text.find("Throws") < text.find("Only sent")
