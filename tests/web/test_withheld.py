"""While the newest screening blocks or is out of date, nobody gets a plan, a drill, a dose or a cue."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.coaching.catalogue import drills, warm_ups
from legato.coaching.log import Session, SetsDone
from legato.coaching.safety import questionnaire
from legato.coaching.safety.permit import against_screening
from legato.coaching.situation import Screening
from legato.store import Catalogue
from legato.store.rows import AthleteRow, JobRow, PlanRow, ResultRow, ScreeningRow, SessionRow
from legato.web.of_athlete import keep_plan, newest_screening, screening_that_holds
from legato.web.plan_shown import plan_today
from legato.web.withheld import SCREENED_BY

from .athletes import BLOCKING, TODAY, add_athlete, add_screening, send
from .sessions import FIRST, SECOND, coach, demo_folder, library
from .test_plans import ASKED, held, moves

__all__ = ["coach", "demo_folder", "library"]
API = "/api/v1"
OLD = TODAY - timedelta(days=500)
BLOCKED, OUT_OF_DATE = "see somebody qualified first", "is out of date"
SCREENINGS = [pytest.param({"yes": BLOCKING}, BLOCKED, id="blocked"), pytest.param({"on": OLD}, OUT_OF_DATE, id="old")]


@pytest.fixture
def ada(client: TestClient, catalogue: Catalogue) -> str:
    """An athlete with a plan."""
    pytest.importorskip("ortools")
    athlete = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, athlete)
    assert send(client, f"/athletes/{athlete}/plan", **ASKED).status_code == 200
    return athlete


@pytest.mark.parametrize(("screening", "told"), SCREENINGS)
def test_no_page_and_no_program_gets_the_plan(
    client: TestClient, catalogue: Catalogue, ada: str, screening: dict[str, Any], told: str
):
    before = held(catalogue, ada)
    day = before.weeks[0].days[0]
    assert "Back squat" in client.get(f"/athletes/{ada}").text
    assert "plan.csv" in names(client, ada)
    add_screening(catalogue, ada, **screening)
    overview = client.get(f"/athletes/{ada}").text
    assert "Back squat" not in overview and told in overview
    whole = client.get(f"/athletes/{ada}/plan").text
    assert "Back squat" not in whole and told in whole and 'class="days"' not in whole
    session, _bad, good = moves(before)
    moved = send(client, f"/athletes/{ada}/plan/move", **{"from": session.isoformat(), "to": good.isoformat()})
    assert "Back squat" not in moved.text and told in moved.text and 'id="plan"' in moved.text
    assert held(catalogue, ada) == before
    done = client.get(f"/athletes/{ada}/plan/done", params={"on": day.on.isoformat()})
    assert day.entries[0].dose not in done.text and told in done.text
    wrong = send(client, f"/athletes/{ada}/plan/done", planned=day.on.isoformat(), on="soon")
    assert wrong.status_code == 400 and day.entries[0].name not in wrong.text
    for kind in ("csv", "ics", "html"):
        assert client.get(f"/athletes/{ada}/plan.{kind}").status_code == 400
    assert not {"plan.csv", "plan.ics"} & names(client, ada)
    with catalogue.session() as rows:
        plan = rows.scalars(select(PlanRow.id)).first()
    for path in (f"{API}/plans/{plan}", f"{API}/athletes/{ada}/plans"):
        answer = client.get(path)
        assert answer.status_code == 403 and told in answer.json()["error"]
    add_screening(catalogue, ada)
    assert "Back squat" in client.get(f"/athletes/{ada}").text
    assert client.get(f"{API}/plans/{plan}").status_code == 200


KNEE = "knee"
"""A question to which a yes bars loaded squats, and does not block."""


def api(client: TestClient, path: str, *, listed: bool = False) -> str:
    told = client.get(f"{API}{path}").json()
    plan = told["items"][0] if listed else told
    assert "Back squat" in " ".join(plan["stops"])
    return json.dumps({**plan, "stops": []})


def taken(client: TestClient, athlete: str) -> str:
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/athletes/{athlete}/export.zip").content))
    return "".join(archive.read(one).decode() for one in ("plans.json", "plan.csv", "plan.ics"))


def moved_today(client: TestClient, athlete: str, on: str) -> str:
    return send(client, f"/athletes/{athlete}/plan/move", **{"from": on, "to": on}).text


WAYS: dict[str, Callable[[TestClient, str, str, str], str]] = {
    "overview": lambda client, ada, on, plan: client.get(f"/athletes/{ada}").text,
    "page": lambda client, ada, on, plan: client.get(f"/athletes/{ada}/plan?all_weeks=1").text,
    "move": lambda client, ada, on, plan: moved_today(client, ada, on),
    "done": lambda client, ada, on, plan: client.get(f"/athletes/{ada}/plan/done?on={on}").text,
    "csv": lambda client, ada, on, plan: client.get(f"/athletes/{ada}/plan.csv").text,
    "ics": lambda client, ada, on, plan: client.get(f"/athletes/{ada}/plan.ics").text,
    "html": lambda client, ada, on, plan: client.get(f"/athletes/{ada}/plan.html").text,
    "plan": lambda client, ada, on, plan: api(client, f"/plans/{plan}"),
    "plans": lambda client, ada, on, plan: api(client, f"/athletes/{ada}/plans", listed=True),
    "export": lambda client, ada, on, plan: taken(client, ada),
    "logs": lambda client, ada, on, plan: client.get(f"/athletes/{ada}/logs").text,
}
STOP = re.compile(r"not shown\W+as the newest screening.*?Make the plan anew", re.DOTALL | re.IGNORECASE)


@pytest.mark.parametrize("way", WAYS)
def test_what_a_newer_screening_bars_is_in_no_way_out_of_the_plan(client: TestClient, catalogue: Catalogue, way: str):
    pytest.importorskip("ortools")
    ada = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, ada)
    monday = TODAY + timedelta(days=7 - TODAY.weekday())
    assert send(client, f"/athletes/{ada}/plan", **ASKED | {"start": monday.isoformat()}).status_code == 200
    with catalogue.session() as rows:
        plan = rows.scalars(select(PlanRow.id)).one()
    days = [day for week in held(catalogue, ada).weeks for day in week.days]
    on = next(day.on for day in days if any(entry.id == "back-squat" for entry in day.entries)).isoformat()

    def shown() -> str:
        return WAYS[way](client, ada, on, plan).replace("\r\n ", "")

    if way not in ("plan", "plans", "logs"):
        assert "Back squat" in shown() and not STOP.search(shown())
    add_screening(catalogue, ada, yes=KNEE)
    text = shown()
    without = STOP.sub("", text)
    assert "Back squat" not in without and "back-squat" not in without
    assert way in ("overview", "done", "plan", "plans", "logs") or "Back squat" in STOP.findall(text)[0]
    add_screening(catalogue, ada)
    if way not in ("plan", "plans", "logs"):
        assert "Back squat" in shown() and not STOP.search(shown())


@pytest.mark.parametrize(("screening", "told"), SCREENINGS)
def test_a_plan_that_is_withheld_is_not_in_the_archive(
    client: TestClient, catalogue: Catalogue, ada: str, screening: dict[str, Any], told: str
):
    add_screening(catalogue, ada, **screening)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/athletes/{ada}/export.zip").content))
    plans = archive.read("plans.json").decode()
    assert told in plans and "back-squat" not in plans and "record" not in json.loads(plans)[0]
    for name in archive.namelist():
        assert b"Back squat" not in archive.read(name), name


def test_a_plan_just_made_is_shown_whole(client: TestClient, catalogue: Catalogue, ada: str):
    with catalogue.session() as rows:
        plan = held(catalogue, ada)
        found = plan_today(rows, ada, plan, TODAY)
    assert (found.plan, found.stops, found.barred) == (plan, (), ())


def test_no_warm_up_is_shown_that_a_newer_screening_bars(client: TestClient, catalogue: Catalogue, ada: str):
    before = held(catalogue, ada).warm_up
    assert before and warm_ups()[before].name in client.get(f"/athletes/{ada}/plan").text
    add_screening(catalogue, ada, yes=KNEE)
    with catalogue.session() as rows:
        now = plan_today(rows, ada, held(catalogue, ada), TODAY).plan.warm_up
        row = newest_screening(rows, ada)
    screening = screening_that_holds(row, TODAY)
    assert now != before and isinstance(screening, Screening)
    for part in warm_ups()[now].parts if now else ():
        steps = [step for step in drills()[part.drill].steps if step.level == part.level]
        assert any(not against_screening(drills()[part.drill], step, screening) for step in steps)
    for path in ("plan", "plan.html", "plan.ics"):
        text = client.get(f"/athletes/{ada}/{path}").text
        assert before not in text and warm_ups()[before].name not in text


def hurt(catalogue: Catalogue, athlete: str, pain: float, on: date = TODAY) -> None:
    """A session of squats with pain, as the log has it."""
    with catalogue.session() as rows:
        plan = held(catalogue, athlete)
        done = SetsDone("back-squat", 3, 5.0, 60.0, level="loaded", pain=pain)
        logged = plan.model_copy(update={"log": (*plan.log, Session(on, (done,)))})
        keep_plan(rows, rows.get_one(AthleteRow, athlete), logged, "plan logged")


def names(client: TestClient, athlete: str) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(client.get(f"/athletes/{athlete}/export.zip").content)).namelist())


@pytest.mark.parametrize(("screening", "told"), SCREENINGS)
def test_no_page_and_no_file_of_a_session_has_a_drill(
    coach: TestClient, library: Catalogue, screening: dict[str, Any], told: str
):
    athlete, result, drill = demo(library)
    shown = coach.get(FIRST).text
    assert drill["cue"] in shown and drill["dose"] in shown
    add_screening(library, athlete, **screening)
    api = f"{API}/results/{result}"
    for path in (FIRST, f"{FIRST}?whole=1", f"{FIRST}?result={result}"):
        text = coach.get(path).text
        assert told in text and "allowed by the screening" not in text
        free_of(text, drill)
    for path in (f"{SECOND}/compare", f"{SECOND}/compare/line", "/", f"/athletes/{athlete}"):
        free_of(coach.get(path).text, drill)
    for path in (f"{FIRST}/export/result.json", api, f"{api}/files/result.json", f"{api}/short"):
        answer = coach.get(path)
        assert answer.status_code == 200 and answer.json()
        free_of(answer.text, drill)
    free_of(coach.get(f"{API}/results").text, drill)
    free_of(coach.get(f"{API}{FIRST}").text, drill)
    for path in (f"{FIRST}/export/report.html", *(f"{api}/files/{n}" for n in ("report.html", "pieces.json"))):
        answer = coach.get(path)
        assert answer.status_code == 403 and told in answer.text
    taken = zipfile.ZipFile(io.BytesIO(coach.get(f"/athletes/{athlete}/export.zip").content))
    for name in taken.namelist():
        if name.endswith("result.json"):
            free_of(taken.read(name).decode(), drill)


def test_a_result_from_before_the_newest_screening_is_made_anew_and_waits_with_its_drills(
    coach: TestClient, library: Catalogue
):
    athlete, _result, drill = demo(library)
    answers = {f"q-{question.id}": "no" for question in questionnaire().questions}
    assert coach.post(f"/athletes/{athlete}/screening", data=answers).status_code == 303
    text = coach.get(FIRST).text
    assert "made before the newest screening" in text
    free_of(text, drill)
    with library.session() as rows:
        asked = rows.scalars(select(JobRow.session_id).where(JobRow.kind == "analyse", JobRow.state == "queued")).all()
        analysed = [
            one.id for one in rows.scalars(select(SessionRow).where(SessionRow.athlete_id == athlete)) if one.results
        ]
        assert sorted(asked) == sorted(analysed)
        newest = rows.scalars(select(ScreeningRow).order_by(ScreeningRow.at.desc())).first()
        result = rows.get_one(SessionRow, FIRST.rpartition("/")[2]).results[-1]
        assert newest is not None
        result.made_at = newest.at + timedelta(seconds=1)
    assert drill["cue"] in coach.get(FIRST).text
    # Under way when the screening was answered: made later, and it knows nothing of it.
    with library.session() as rows:
        result = rows.get_one(SessionRow, FIRST.rpartition("/")[2]).results[-1]
        result.summary = result.summary | {SCREENED_BY: None}
    free_of(coach.get(FIRST).text, drill)


def test_a_session_that_is_given_to_another_athlete_shows_no_drill_that_their_screening_did_not_choose(
    coach: TestClient, library: Catalogue
):
    _athlete, result, drill = demo(library)
    ben = add_athlete(library, "Ben")
    add_screening(library, ben, on=TODAY - timedelta(days=30), yes=KNEE)
    with library.session() as rows:
        rows.get_one(SessionRow, FIRST.rpartition("/")[2]).athlete_id = ben
        screening = newest_screening(rows, ben)
        assert screening is not None
        screening.at = rows.get_one(ResultRow, result).made_at - timedelta(days=1)
    free_of(coach.get(FIRST).text, drill)
    free_of(coach.get(f"{API}/results/{result}").text, drill)


def test_pain_that_stops_withholds_the_drills_of_a_session(coach: TestClient, library: Catalogue):
    athlete, result, drill = demo(library)
    assert drill["cue"] in coach.get(FIRST).text
    hurt(library, athlete, 8.0)
    text = coach.get(FIRST).text
    assert "pain: stop, and see somebody qualified" in text
    free_of(text, drill)
    assert coach.get(f"{API}/results/{result}/files/report.html").status_code == 403


def test_pain_that_stands_against_one_exercise_withholds_only_results_that_propose_what_it_bars(
    coach: TestClient, library: Catalogue
):
    athlete, result, drill = demo(library)
    hurt(library, athlete, 8.0, TODAY - timedelta(days=20))
    with library.session() as rows:  # A session without pain since: the squat stays out, and nothing else is stopped.
        plan = held(library, athlete)
        calm = Session(TODAY - timedelta(days=5), (SetsDone("bench-press", 3, 5.0, pain=0.0),))
        keep_plan(
            rows,
            rows.get_one(AthleteRow, athlete),
            plan.model_copy(update={"log": (*plan.log, calm)}),
            "plan logged",
        )
        found = {"verdict": "fault", "drill": "tempo-medball-rotation", "cue": ""}
        row = rows.get_one(ResultRow, result)
        row.summary = row.summary | {"findings": [found | {"fault": "tempo-off"}]}
    assert drill["cue"] in coach.get(FIRST).text
    report = f"{API}/results/{result}/files/report.html"
    assert coach.get(report).status_code == 200
    with library.session() as rows:
        row = rows.get_one(ResultRow, result)
        # Its drills have a kettlebell swing, which loads what a squat does.
        row.summary = row.summary | {"findings": [found | {"fault": "leak"}]}
    text = coach.get(FIRST).text
    assert "Back squat hurt on" in text and "No drill is shown until then" in text
    assert coach.get(report).status_code == 403


def demo(library: Catalogue) -> tuple[str, str, dict[str, str]]:
    """The athlete, the first session's result, and the drill that it proposes."""
    with library.session() as rows:
        session = rows.get_one(SessionRow, FIRST.rpartition("/")[2])
        result = session.results[-1]
        assert session.athlete_id is not None
        record = json.loads(library.files.read(result.files["session.json"]))
        drill = next(fault["drills"][0] for fault in record["rests_on"] if fault["drills"])
        return session.athlete_id, result.id, drill


def free_of(text: str, drill: dict[str, str]) -> None:
    assert not [name for name in ("drill", "name", "cue", "dose") if drill[name] in text]
