"""Pain that was told for a plan counts until it is told anew: for the plan, the next one and what results say."""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from legato.coaching.catalogue import drills
from legato.coaching.log import Session, SetsDone
from legato.store import Catalogue
from legato.store.rows import AthleteRow, OwnEntryRow, ResultRow
from legato.web.copies import copied
from legato.web.of_athlete import keep_plan
from legato.web.plan_shown import plan_today

from .athletes import TODAY, add_athlete, add_screening, send
from .sessions import FIRST, coach, demo_folder, library
from .test_plan_now import LATER, planned
from .test_plans import held
from .test_withheld import demo, free_of, hurt

__all__ = ["coach", "demo_folder", "library"]
pytest.importorskip("ortools")


def to_come(catalogue: Catalogue, athlete: str) -> set[str]:
    """The exercises of the days to come."""
    days = [day for week in held(catalogue, athlete).weeks for day in week.days if day.on >= TODAY]
    return {entry.id for day in days for entry in day.entries}


def shown_to_come(catalogue: Catalogue, athlete: str) -> set[str]:
    """The same, of what is shown."""
    with catalogue.session() as rows:
        shown = plan_today(rows, athlete, held(catalogue, athlete), TODAY).plan
    return {entry.id for week in shown.weeks for day in week.days if day.on >= TODAY for entry in day.entries}


def anew(client: TestClient, athlete: str, **told: str) -> str:
    return str(send(client, f"/athletes/{athlete}/plan/update", **told).text)


def test_the_page_says_which_pain_stops_and_what_ends_it(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    anew(client, ada, pain="8")
    text = client.get(f"/athletes/{ada}/plan").text
    assert f"pain 8 of 10, told on {TODAY.day} {TODAY:%b}: counts until an update is told 2 or less" in text
    assert "“Pain today”" in text and "--pain" not in text
    assert "Left empty, what was told last counts" in text


def test_a_new_plan_begins_with_the_pain_that_was_told_for_the_last(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue, pain="4")
    send(client, f"/athletes/{ada}/plan", **LATER)
    assert "back-squat" not in to_come(catalogue, ada)
    refused = send(client, f"/athletes/{ada}/plan", **LATER, pain="8", worse_next_morning="1")
    assert refused.status_code == 400 and 'name="pain" type="number" value="8"' in refused.text
    assert 'name="worse_next_morning" value="1" checked' in refused.text
    again = send(client, f"/athletes/{ada}/plan", **LATER)
    assert again.status_code == 400 and "Pain: stop" in again.text
    assert send(client, f"/athletes/{ada}/plan", **LATER, pain="1").status_code == 200
    assert "back-squat" in to_come(catalogue, ada)


def test_pain_that_was_told_for_a_plan_that_could_not_be_made_counts_all_the_same(
    client: TestClient, catalogue: Catalogue
):
    ada = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, ada)
    # Of a first plan, which no earlier one can hold it for.
    path = f"/athletes/{ada}/plan"
    assert "Pain: stop" in send(client, path, **LATER, pain="8").text
    assert "pain 8 of 10, told on" in client.get("/").text
    again = send(client, path, **LATER)
    assert again.status_code == 400 and "Pain: stop" in again.text
    assert send(client, path, **LATER, pain="0").status_code == 200
    assert "back-squat" in to_come(catalogue, ada) and "pain 8 of 10" not in client.get("/").text
    # Of a later one, for which nothing was asked: the plan that holds takes it.
    assert "back-squat" in shown_to_come(catalogue, ada)
    nothing = send(client, path, **(LATER | {"lift-0-id": ""}), pain="4")
    assert nothing.status_code == 400 and "Nothing is asked for" in nothing.text
    assert "back-squat" not in shown_to_come(catalogue, ada)
    # Nor is it lost where a field of the form is wrong.
    assert send(client, path, **(LATER | {"minutes": "many"}), pain="8").status_code == 400
    assert shown_to_come(catalogue, ada) == set()


def test_pain_in_a_drill_of_ones_own_has_its_name_on_the_home_page(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    text = copied("drill", "dowel-hinge", "own-hinge").replace(drills()["dowel-hinge"].name, "Our hinge", 1)
    with catalogue.session() as rows:
        rows.add(OwnEntryRow(kind="drill", entry_id="own-hinge", base="dowel-hinge", text=text))
        log = (Session(TODAY, (SetsDone("own-hinge", 3, 5.0, pain=4.0),)),)
        plan = held(catalogue, ada).model_copy(update={"log": log})
        keep_plan(rows, rows.get_one(AthleteRow, ada), plan, "plan logged")
    assert "pain 4 of 10 in Our hinge on" in client.get("/").text


def test_the_card_of_an_exercise_says_that_it_hurt_and_what_comes_in_its_place_that_it_has_no_load(
    client: TestClient, catalogue: Catalogue
):
    ada = planned(client, catalogue)
    drill = "pallof-press"
    assert drill in to_come(catalogue, ada)
    with catalogue.session() as rows:
        log = (Session(TODAY, (SetsDone(drill, 3, 5.0, pain=4.0), SetsDone("back-squat", 3, 5.0, pain=3.0))),)
        plan = held(catalogue, ada).model_copy(update={"log": log})
        keep_plan(rows, rows.get_one(AthleteRow, ada), plan, "plan logged")
    hurt = f"hurt on {TODAY.day} {TODAY:%b} (4 of 10): smaller and slower; stop where it rises"
    for made_anew in (False, True):
        if made_anew:
            anew(client, ada)
        text = client.get(f"/athletes/{ada}/plan?all_weeks=1").text
        entries = set(re.findall(r"<li><b>([^<]*)</b>(.*?)</li>", text.replace("\n", " ")))
        assert {name for name, said in entries if hurt in said} == {"Pallof press"}
    eased = {name for name, said in entries if "without load" in said}
    assert "Tempo squat with a pause" in eased and not {"Cat and cow", "Pallof press"} & eased
    home = client.get("/").text
    assert f"pain 4 of 10 in Pallof press on {TODAY.day} {TODAY:%b}: an easier version without load" in home


def test_pain_that_was_told_to_be_over_stops_nothing_that_the_page_gives(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    hurt(catalogue, ada, 8.0, TODAY - timedelta(days=9))
    assert "pain: stop, and see somebody" in client.get(f"/athletes/{ada}/plan").text
    anew(client, ada, pain="0")
    text = client.get(f"/athletes/{ada}/plan?all_weeks=1").text
    assert 'class="sitting"' in text and "pain: stop, and see somebody" not in text
    assert "Back squat hurt on" in text, "until somebody qualified has looked"


def test_pain_that_was_told_stops_the_drills_of_results(coach: TestClient, library: Catalogue):
    athlete, _result, drill = demo(library)
    assert drill["cue"] in coach.get(FIRST).text
    anew(coach, athlete, pain="8")
    text = coach.get(FIRST).text
    assert "pain 8 of 10, told on" in text
    free_of(text, drill)
    anew(coach, athlete, pain="0")
    assert drill["cue"] in coach.get(FIRST).text


def test_why_a_result_has_no_drill_names_the_exercise_that_bars_it(coach: TestClient, library: Catalogue):
    athlete, result, drill = demo(library)
    with library.session() as rows:
        plan = held(library, athlete)
        days = ((30, "back-squat", 8.0), (20, "step-up", 8.0), (5, "bird-dog", 0.0))
        log = (Session(TODAY - timedelta(days=k), (SetsDone(name, 3, 5.0, pain=p),)) for k, name, p in days)
        keep_plan(
            rows, rows.get_one(AthleteRow, athlete), plan.model_copy(update={"log": (*plan.log, *log)}), "plan logged"
        )
        found: dict[str, Any] = {"fault": "knee-in", "verdict": "fault", "drill": "step-up", "cue": ""}
        row = rows.get_one(ResultRow, result)
        row.summary = row.summary | {"findings": [found]}
    text = coach.get(FIRST).text
    free_of(text, drill)
    assert "Step-up with slow lowering hurt on" in text and "Back squat hurt on" not in text
