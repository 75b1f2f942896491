"""Small words: numbers and their nouns, a day that is not told, what stands first on the home page."""

from types import SimpleNamespace
from typing import Any, cast

from fastapi.testclient import TestClient

from legato.store import Catalogue
from legato.store.rows import SessionRow
from legato.web.other_verdicts import OtherVerdict, faults_changed

from .athletes import add_athlete, add_session, days_ago, record


def test_too_few_to_tell_is_no_verdict():
    def row(verdict: str, band: list[float | None] | None = None) -> Any:
        finding = {"fault": "x", "side": "", "name": "Share", "verdict": verdict, "band": band}
        return SimpleNamespace(summary={"movement": "throw", "findings": [finding]})

    assert faults_changed(row("fault"), row("ok")) == [OtherVerdict("changed", "Share", "fault", "in order")]
    (one,) = faults_changed(row("fault", [80.0, None]), row("not-resolvable", [80.0, None]))
    assert (one.then, one.now) == ("fault", "too little to tell")
    (one,) = faults_changed(row("fault"), row("not-resolvable"))
    assert (one.kind, one.now) == ("changed", "not judged")


def test_uploads_to_finish_stand_after_what_was_found(client: TestClient, catalogue: Catalogue):
    add_session(catalogue, add_athlete(catalogue), days_ago(3), record([0.04, 0.05]), "Throws")
    with catalogue.session() as rows:
        rows.add(SessionRow(name="Only sent", recorded_on=days_ago(0), movement="throw"))
    text = cast("str", client.get("/").text).partition('id="latest"')[2]
    assert -1 < text.find("Throws") < text.find("Only sent")
