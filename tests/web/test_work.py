"""What an analysis of a session keeps, and how it is found again."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from legato.coaching.catalogue import drills
from legato.coaching.safety import questionnaire, screen, screening_record
from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import CorrectionRow, OwnEntryRow, ResultRow, ScreeningRow, SessionRow
from legato.web.copies import copied
from legato.web.work import analyse_session, asked_of

from .athletes import TODAY, add_athlete, add_screening
from .recorded import add_session, squat_c3d
from .sessions import FIRST, coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]


def test_a_result_is_kept_and_taken_up_again_where_all_is_the_same(catalogue: Catalogue):
    session = add_session(catalogue, {"squat.c3d": (squat_c3d(), "trial")})
    stages: list[str] = []
    first = analyse_session(catalogue, session, stages.append)
    assert stages == ["reading", "analysing", "writing the report"]
    record = json.loads(catalogue.files.read(first.files["result.json"]))
    assert record["inputs"][0]["path"] == "squat.c3d" and len(record["reps"]) == 3
    assert {"result.json", "report.html", "tables/reps.csv"} <= set(first.files)
    assert first.summary["movement"] == "back-squat" and first.summary["reps"] == 3
    assert first.summary["headline"].startswith("Hip and knee reach peak flexion together")
    again = analyse_session(catalogue, session)
    assert again.id == first.id and again.made_at > first.made_at


def test_a_correction_makes_another_result_and_its_undo_takes_up_the_first(catalogue: Catalogue):
    session = add_session(catalogue, {"squat.c3d": (squat_c3d(), "trial")})
    first = analyse_session(catalogue, session)
    rep = json.loads(catalogue.files.read(first.files["result.json"]))["reps"][0]
    middle = 0.5 * (rep["start_s"] + rep["end_s"])
    with catalogue.session() as rows:
        rows.add(CorrectionRow(session_id=session, number=1, entry={"do": "delete-rep", "at_s": middle}))
    second = analyse_session(catalogue, session)
    assert second.id != first.id and second.summary["reps"] == 2
    with catalogue.session() as rows:
        correction = rows.get_one(SessionRow, session).corrections[0]
        correction.undone_at = correction.at
    assert analyse_session(catalogue, session).id == first.id
    with catalogue.session() as rows:
        assert rows.get_one(SessionRow, session).results[-1].id == first.id


@pytest.mark.parametrize("change", ["movement", "options", "name"])
def test_whatever_shapes_a_result_changes_its_key(catalogue: Catalogue, change: str):
    session = add_session(catalogue, {"squat.c3d": (squat_c3d(), "trial")})
    with catalogue.session() as rows:
        before = asked_of(rows, session).key
        row = rows.get_one(SessionRow, session)
        if change == "movement":
            row.movement = "front-squat"
        elif change == "options":
            row.options = {"load_kg": 60.0}
        else:
            row.files[0].name = "other.c3d"
        rows.flush()
        assert asked_of(rows, session).key != before


def test_a_refusal_is_one_line_without_the_folder(catalogue: Catalogue):
    session = add_session(catalogue, {"../notes.c3d": (b"%PDF-1.7 nothing", "trial")})
    with pytest.raises(BadInput, match=r"^notes\.c3d: a PDF"):
        analyse_session(catalogue, session)
    with catalogue.session() as rows:
        assert rows.query(ResultRow).count() == 0


def test_a_session_without_a_trial_says_so(catalogue: Catalogue):
    session = add_session(catalogue, {"clip.mp4": (b"\0\0\0\x18ftypmp42", "video")})
    with pytest.raises(BadInput, match="no file of the movement itself"):
        analyse_session(catalogue, session)


def test_a_result_is_not_taken_up_again_once_the_screening_ran_out(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    session, ada = add_session(catalogue, {"squat.c3d": (squat_c3d(), "trial")}), add_athlete(catalogue)
    add_screening(catalogue, ada)

    def key_on(day: date) -> str:
        monkeypatch.setattr("legato.web.work.date", type("Day", (date,), {"today": staticmethod(lambda: day)}))
        with catalogue.session() as rows:
            rows.get_one(SessionRow, session).athlete_id = ada
            return asked_of(rows, session).key

    assert key_on(TODAY) == key_on(TODAY + timedelta(days=1))
    assert key_on(TODAY + timedelta(days=5000)) != key_on(TODAY)
    assert key_on(TODAY + timedelta(days=5000)) == key_on(TODAY + timedelta(days=5001))


def test_a_copied_drill_is_proposed_to_nobody_whom_the_librarys_is_not_for(library: Catalogue):
    """Its text says nothing any more of whom it is not for, and calls itself another pattern."""
    session = FIRST.rpartition("/")[2]
    with library.session() as rows:
        row = rows.get_one(SessionRow, session)
        assert row.athlete_id is not None
        named = json.loads(library.files.read(row.results[-1].files["session.json"]))["rests_on"]
        of_all = [drills()[one["drill"]] for fault in named for one in fault["drills"]]
        base = next(one for one in of_all if one.barred)
        text = re.sub(r"(?m)^(barred|avoid) = .*\n", "", copied("drill", base.id, "our-drill"))
        text = text.replace(f'pattern = "{base.pattern}"', 'pattern = "mobility"')
        rows.add(OwnEntryRow(kind="drill", entry_id="our-drill", base=base.id, text=text))
        athlete = row.athlete_id
        assert asked_of(rows, session).bases == {"our-drill": base.id}
    passed = screen({question.id: "no" for question in questionnaire().questions}, TODAY)
    for screening, told in ((passed, True), (replace(passed, barred=frozenset(base.barred)), False)):
        with library.session() as rows:
            rows.add(ScreeningRow(athlete_id=athlete, outcome="passed", record=screening_record(screening)))
        proposed = [one["drill"] for one in analyse_session(library, session).summary["findings"]]
        assert ("our-drill" in proposed) is told


def test_a_drill_of_ones_own_answers_the_faults_that_it_names(coach: TestClient, library: Catalogue):
    session = FIRST.rpartition("/")[2]
    with library.session() as rows:
        files = rows.get_one(SessionRow, session).results[-1].files
        record = json.loads(library.files.read(files["session.json"]))
        base = next(fault["drills"][0]["drill"] for fault in record["rests_on"] if fault["drills"])
        text = copied("drill", base, "our-drill")
        rows.add(OwnEntryRow(kind="drill", entry_id="our-drill", base=base, text=text))
    row = analyse_session(library, session)
    proposed = [one["drill"] for one in row.summary["findings"] if one["drill"]]
    assert "our-drill" in proposed
    assert 'href="/library/drill/our-drill"' in coach.get(FIRST).text
    led = coach.get("/library/drill/our-drill")
    assert led.status_code == 303 and led.headers["location"].startswith("/library/own/")
    with library.session() as rows:
        rows.query(OwnEntryRow).one().text = text.replace('id = "our-drill"', 'views = 3\nid = "our-drill"')
    again = analyse_session(library, session)
    notes = json.loads(library.files.read(again.files["result.json"]))["notes"]
    assert any(note.startswith("our-drill, a drill of your own, was left out: our-drill.toml") for note in notes)
    assert "our-drill" not in [one["drill"] for one in again.summary["findings"]]
