"""What an analysis of a session keeps, and how it is found again."""

import json
from datetime import date, timedelta

import pytest

from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import CorrectionRow, ResultRow, SessionRow
from legato.web.work import analyse_session, asked_of

from .athletes import TODAY, add_athlete, add_screening
from .recorded import add_session, squat_c3d


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
