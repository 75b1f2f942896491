"""Corrections in the app: kept with a trace, undone and redone, and the same numbers as the command gives offline."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

import legato
from legato.corrections import read_corrections
from legato.report import to_json
from legato.store import Catalogue
from legato.store.rows import AuditRow, SessionRow
from legato.web.correction_forms import GROUPS
from legato.web.work import analyse_session, asked_of

from .sessions import FIRST, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

ID = FIRST.rpartition("/")[2]


def send(coach: TestClient, **fields: Any) -> Any:
    return coach.post(f"{FIRST}/corrections", data=fields)


def result_of(catalogue: Catalogue) -> dict[str, Any]:
    with catalogue.session() as rows:
        files = rows.get_one(SessionRow, ID).results[-1].files
    return json.loads(catalogue.files.read(files["result.json"]))


def test_a_correction_in_the_app_gives_the_numbers_of_the_command(
    coach: TestClient, library: Catalogue, tmp_path: Path
) -> None:
    before = result_of(library)
    rep = before["reps"][1]
    at = 0.5 * (rep["start_s"] + rep["end_s"])
    assert send(coach, do="move-rep", at_s=at, start_s=rep["start_s"] + 0.05, who="Ada").status_code == 303
    first = before["reps"][0]
    gone = send(coach, do="delete-rep", at_s=0.5 * (first["start_s"] + first["end_s"]), why="a warm-up")
    assert gone.status_code == 303
    analyse_session(library, ID)
    after = result_of(library)
    assert len(after["reps"]) == len(before["reps"]) - 1
    assert [one["state"] for one in after["corrections"]] == ["applied", "applied"]

    exported = coach.get(f"{FIRST}/corrections.toml")
    assert exported.headers["content-disposition"].startswith("attachment")
    file = tmp_path / "corrections.toml"
    file.write_bytes(exported.content)
    result = tmp_path / "result.json"
    result.write_text(json.dumps(after), encoding="utf-8")
    assert exported.text == exported_by_command(result, tmp_path)

    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        (trial,) = session.files
        about = {name: getattr(session.athlete, name) for name in ("mass_kg", "height_m", "sex", "side")}
    recording = tmp_path / trial.name
    recording.write_bytes(library.files.read(trial.sha256))
    offline = legato.analyze(legato.read(recording), "throw", corrections=read_corrections(file), **about)
    own = json.loads(to_json(offline))
    for part in ("reps", "chain", "corrections"):
        assert own[part] == after[part]


def exported_by_command(result: Path, folder: Path) -> str:
    from legato.commands.results import export_corrections

    out = folder / "exported.toml"
    export_corrections(result, out)
    return out.read_text(encoding="utf-8")


def test_a_link_s_event_is_set_by_hand_from_its_mark(coach: TestClient, library: Catalogue) -> None:
    before = result_of(library)
    found = next(one for one in before["chain"]["links"] if one["name"] == "thorax" and one["event"] == "peak")
    at = found["per_rep"][2]["time_s"]["value"]
    form = coach.get(f"{FIRST}/corrections?link=thorax&event=peak&at={at:.4f}").text
    (opened,) = re.findall(r'<details class="correct"[^>]*open>.*?</details>', form, re.DOTALL)
    assert 'value="set-link-event"' in opened and f'value="{at:.3f}"' in opened
    rep = before["reps"][2]
    chosen = re.search(r'data-from="([\d.]+)" data-to="[\d.]+" selected', opened)
    assert chosen is not None and float(chosen[1]) == pytest.approx(rep["start_s"], abs=1e-3)
    assert re.search(r'<option value="[^"]*thorax[^"]*" selected>thorax, ', opened)

    link = json.dumps(["thorax", "peak"])
    middle = 0.5 * (rep["start_s"] + rep["end_s"])
    sent = send(coach, do="set-link-event", at_s=middle, link=link, time_s=at + 0.02, error_s="0.01", who="Ada")
    assert sent.status_code == 303
    analyse_session(library, ID)
    after = result_of(library)
    (outcome,) = after["corrections"]
    assert outcome["state"] == "applied" and outcome["error_s"] == 0.01
    event = next(one for one in after["chain"]["links"] if one["name"] == "thorax")["per_rep"][2]
    assert event["by_hand"] and event["time_s"]["value"] == pytest.approx(at + 0.02, abs=1e-4)
    page = coach.get(FIRST).text
    assert "set by hand" in page and 'class="mk peak by-hand" data-link="thorax"' in page
    told = coach.get(f"{FIRST}/corrections").text
    assert "set link event thorax peak" in told and "Ada" in told
    coach.post(f"{FIRST}/corrections/undo")
    analyse_session(library, ID)
    assert result_of(library)["chain"] == before["chain"]


def test_undo_and_redo_keep_a_trace(coach: TestClient, library: Catalogue) -> None:
    rep = result_of(library)["reps"][2]
    at = 0.5 * (rep["start_s"] + rep["end_s"])
    send(coach, do="delete-rep", at_s=at, who="Ada")
    with library.session() as rows:
        job = rows.get_one(SessionRow, ID).jobs[-1]
        assert (job.kind, job.state) == ("analyse", "queued")
    assert "waits for the analysis" in coach.get(f"{FIRST}/corrections").text
    analyse_session(library, ID)
    assert len(result_of(library)["reps"]) == 5
    part = coach.post(f"{FIRST}/corrections/undo", data={"who": "Bo"}, headers={"hx-request": "true"})
    assert part.status_code == 200 and part.text.startswith('<div id="history">') and "<s>" in part.text
    analyse_session(library, ID)
    assert len(result_of(library)["reps"]) == 6
    assert coach.post(f"{FIRST}/corrections/undo").status_code == 404
    assert coach.post(f"{FIRST}/corrections/1/redo").status_code == 303
    analyse_session(library, ID)
    assert len(result_of(library)["reps"]) == 5
    with library.session() as rows:
        seen = rows.query(AuditRow).filter(AuditRow.subject == ID).order_by(AuditRow.at).all()
        told = [(row.what, row.who) for row in seen if row.what.startswith("correction")]
        (row,) = rows.get_one(SessionRow, ID).corrections
        assert row.by == "Ada" and row.entry["who"] == "Ada" and row.entry["when"]
        assert row.entry["sha256"] == rows.get_one(SessionRow, ID).files[0].sha256
    assert told == [("correction added", "Ada"), ("correction undone", "Bo"), ("correction redone", "")]


def test_the_api_corrects_as_the_page_does(coach: TestClient, library: Catalogue) -> None:
    entry = {"do": "delete-rep", "at_s": 1.5, "why": "a warm-up"}
    assert send(coach, **entry, who="Ada").status_code == 303
    made = coach.post(f"/api/v1{FIRST}/corrections", json={**entry, "who": "Ada"})
    assert made.status_code == 201
    with library.session() as rows:
        session = rows.get_one(SessionRow, ID)
        of_page, of_api = session.corrections
        assert of_page.entry == of_api.entry and of_page.by == of_api.by == "Ada"
        assert of_api.entry["sha256"] == session.files[0].sha256 and of_api.entry["when"]
        assert [job.state for job in session.jobs if job.kind == "analyse"].count("queued") == 1
        for job in session.jobs:
            job.state = "done"
    assert coach.delete(f"/api/v1{FIRST}/corrections/2?who=Ben").json()["undone_at"]
    with library.session() as rows:
        assert rows.get_one(SessionRow, ID).jobs[-1].state == "queued"
        noted = rows.scalars(select(AuditRow).where(AuditRow.what == "correction undone")).one()
        assert noted.who == "Ben"


def test_when_the_analysis_ends_the_history_is_told_anew_and_the_forms_are_left(
    coach: TestClient, library: Catalogue
) -> None:
    send(coach, do="delete-rep", at_s=1.5)
    waiting = coach.get(f"{FIRST}/corrections/state")
    assert "corrections/state" in waiting.text and "hx-retarget" not in waiting.headers
    with library.session() as rows:
        rows.get_one(SessionRow, ID).jobs[-1].state = "done"
    told = coach.get(f"{FIRST}/corrections/state")
    assert told.headers["hx-retarget"] == "#history" and "hx-refresh" not in told.headers
    assert told.text.startswith('<div id="history">') and f'href="{FIRST}/corrections">Show the new result' in told.text
    assert "A new result" not in coach.get(f"{FIRST}/corrections").text


def test_every_correction_has_a_form() -> None:
    from legato.corrections.file import _fields

    forms = {form.do: {field.name for field in form.fields} for group in GROUPS for form in group.forms}
    for do, fields in _fields().items():
        asked = set(fields) - {"do", "who", "when", "why", "sha256", "stream"}
        if "event" in asked and "event" in forms[do] and do != "add-event":
            asked.discard("at_s")  # the choice of the event brings its time
        if "link" in asked:
            asked.discard("event")  # a link is chosen with its event
        assert asked <= forms[do], do


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "move-rep"}, "Repetition"),
        ({"do": "move-rep", "at_s": "3"}, "give start_s, turn_s or end_s"),
        ({"do": "move-rep", "at_s": "nan", "start_s": "1"}, "not a number"),
        ({"do": "add-rep", "start_s": "4", "end_s": "3"}, "does not come after"),
        ({"do": "erase"}, "choose what to correct"),
        ({"do": "drop-channel", "channel": "{{7*7}}"}, "choose one of the list"),
    ],
)
def test_what_is_no_correction_is_refused_in_one_line(coach: TestClient, fields: dict[str, str], said: str) -> None:
    answer = coach.post(f"{FIRST}/corrections", data=fields, headers={"hx-request": "true"})
    assert answer.status_code == 400 and said in answer.text and "\n" not in answer.text


def test_names_are_never_markup_nor_templates(coach: TestClient, library: Catalogue) -> None:
    bad = "<img src=x>{{7*7}}'; DROP TABLE session"
    assert send(coach, do="add-event", event=bad, time_s="1.5", who=bad, why=bad).status_code == 303
    text = coach.get(f"{FIRST}/corrections").text
    assert "<img src=x>" not in text and "{{7*7}}" in text and re.search(r"&lt;img src=x&gt;", text)
    assert coach.get(FIRST).status_code == 200


@pytest.fixture
def fresh(library: Catalogue) -> Catalogue:
    """The session's result is as if made now."""
    with library.session() as rows:
        rows.get_one(SessionRow, ID).results[-1].key = asked_of(rows, ID).key
    return library


@pytest.mark.parametrize(
    ("do", "more"), [("set-link-event", {"link": '["thorax", "peak"]'}), ("add-mark", {"mark": "x"})]
)
def test_a_time_in_another_repetition_than_the_one_named_is_refused_at_once(
    coach: TestClient, fresh: Catalogue, do: str, more: dict[str, str]
) -> None:
    one, two = ((rep["start_s"], rep["end_s"]) for rep in result_of(fresh)["reps"][:2])
    middle = 0.5 * sum(one)
    wrong = send(coach, do=do, at_s=0.5 * sum(two), time_s=middle, **more)
    assert wrong.status_code == 400 and f"{middle:.3f} s lies in repetition 1, not in 2 ({two[0]:.2f}" in wrong.text
    lost = coach.post(
        f"/api/v1{FIRST}/corrections", json={"do": "move-mark", "mark": "x", "at_s": middle, "time_s": one[1] + 0.5}
    )
    assert lost.status_code == 400 and "lies outside repetition 1" in lost.text
    assert send(coach, do=do, at_s=0.5 * sum(two), time_s=0.5 * sum(two), **more).status_code == 303
    # The repetitions may be others once that is analysed.
    assert send(coach, do=do, at_s=0.5 * sum(two), time_s=middle, **more).status_code == 303


def test_what_does_not_fit_is_said_when_the_analysis_ends(coach: TestClient, library: Catalogue) -> None:
    send(coach, do="delete-rep", at_s=0.001)
    analyse_session(library, ID)
    with library.session() as rows:
        rows.get_one(SessionRow, ID).jobs[-1].state = "done"
    told = coach.get(f"{FIRST}/corrections/state").text
    assert "Not all that was corrected is in it" in told and "does not fit" in told
    page = coach.get(FIRST).text
    assert "<dt>Corrected by hand</dt><dd>0 applied, 1 no longer fits</dd>" in page
