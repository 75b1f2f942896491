"""Corrections in the app: kept with a trace, undone and redone, and the same numbers as the command gives offline."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import legato
from legato.corrections import read_corrections
from legato.report import to_json
from legato.store import Catalogue
from legato.store.rows import AuditRow, SessionRow
from legato.web.correction_forms import GROUPS
from legato.web.work import analyse_session

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


def test_every_correction_has_a_form() -> None:
    from legato.corrections.file import _fields

    forms = {form.do: {field.name for field in form.fields} for group in GROUPS for form in group.forms}
    for do, fields in _fields().items():
        asked = set(fields) - {"do", "who", "when", "why", "sha256", "stream"}
        if "event" in asked and "event" in forms[do] and do != "add-event":
            asked.discard("at_s")  # the choice of the event brings its time
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
