"""Drills of one's own in plans of the app: offered, marked, kept as they were, in no way out where they are barred."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from legato.coaching.catalogue import drills
from legato.coaching.log import Session, SetsDone
from legato.coaching.safety import questionnaire
from legato.store import Catalogue
from legato.store.rows import AthleteRow, OwnEntryRow, PlanRow
from legato.web.copies import copied
from legato.web.of_athlete import keep_plan
from legato.web.own_drills import own_drills_of
from legato.web.plan_shown import plan_today, shown_record

from .athletes import TODAY, add_athlete, add_screening, send
from .test_plan_now import LATER
from .test_plans import held
from .test_withheld import KNEE, WAYS

pytest.importorskip("ortools")
pytest.importorskip("icalendar")
NAME = "Our hinge at the rack"
TEXT = copied("drill", "dowel-hinge", "own-hinge").replace(drills()["dowel-hinge"].name, NAME, 1)
LESS = (
    TEXT.replace('pattern = "hinge"', 'pattern = "breath"')
    .replace('regions = ["legs", "back"]', 'regions = ["trunk"]')
    .replace('stage = "slow"', 'stage = "isometric"')
    .replace('barred = ["hinge"]', "barred = []", 1)
)
"""The same, of which the file says as little as it may."""
HINGES = next(question.id for question in questionnaire().questions if question.bars == ("hinge",))
WANTED = {"drill-0-id": "own-hinge", "drill-0-level": "dynamic", "drill-0-days": "2"}


def add_own(catalogue: Catalogue, text: str = TEXT, base: str = "dowel-hinge") -> str:
    with catalogue.session() as rows:
        row = OwnEntryRow(kind="drill", entry_id="own-hinge", base=base, text=text)
        rows.add(row)
        rows.flush()
        return row.id


def edit(catalogue: Catalogue, text: str) -> None:
    with catalogue.session() as rows:
        rows.scalars(select(OwnEntryRow)).one().text = text


def planned(client: TestClient, catalogue: Catalogue, text: str = TEXT, **asked: Any) -> str:
    add_own(catalogue, text)
    ada = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, ada)
    answer = send(client, f"/athletes/{ada}/plan", **(LATER | WANTED | asked))
    assert answer.status_code == 200, answer.text
    return ada


def doses(catalogue: Catalogue, ada: str) -> set[str]:
    weeks = held(catalogue, ada).weeks
    return {entry.dose for week in weeks for day in week.days for entry in day.entries if entry.id == "own-hinge"}


def test_the_form_offers_own_drills_and_the_plan_marks_them(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    form = client.get(f"/athletes/{ada}/plan/new").text
    assert f'value="own-hinge" selected>{NAME} (your own)' in form and "Legato has not tried them" in form
    grade = drills()["dowel-hinge"].grade
    said = f"your own, grade {grade}, not tried by Legato"
    page = client.get(f"/athletes/{ada}/plan").text
    assert f"{NAME}: {said}." in page and page.count(said) > 1 and "changed after" not in page
    for way in ("csv", "ics", "html"):
        text = client.get(f"/athletes/{ada}/plan.{way}").text.replace("\r\n ", "").replace("\\,", ",")
        assert NAME in text and said[1:] in text
    on = next(day.on for day in held(catalogue, ada).weeks[0].days if "own-hinge" in {e.id for e in day.entries})
    assert "your own" in client.get(f"/athletes/{ada}/plan/done?on={on}").text


def test_without_own_drills_the_form_says_where_they_would_come_from(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    add_screening(catalogue, ada)
    form = client.get(f"/athletes/{ada}/plan/new").text
    assert "A drill that you write there stands in these lists too" in form and "(your own)" not in form


def test_a_plan_keeps_a_drill_that_is_edited_or_deleted_and_says_so(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    before = doses(catalogue, ada)
    edit(catalogue, TEXT.replace("reps = 5", "reps = 40"))
    page = client.get(f"/athletes/{ada}/plan").text
    assert "changed after this plan was made" in page and "× 40" not in page
    answer = send(client, f"/athletes/{ada}/plan/update")
    assert answer.status_code == 200 and doses(catalogue, ada) == before
    with catalogue.session() as rows:
        rows.execute(delete(OwnEntryRow))
    page = client.get(f"/athletes/{ada}/plan").text
    assert "not among your own any more; the plan keeps it as it was" in page and NAME in page
    assert send(client, f"/athletes/{ada}/plan/update").status_code == 200 and doses(catalogue, ada) == before
    assert "own-hinge" not in client.get(f"/athletes/{ada}/plan/new").text


def test_a_newer_version_that_bars_more_leaves_the_plan(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    add_screening(catalogue, ada, yes=KNEE)
    assert "own-hinge" in client.get(f"/athletes/{ada}/plan.csv").text
    edit(catalogue, TEXT.replace('barred = ["hinge"]', 'barred = ["hinge", "knees"]', 1))
    assert "own-hinge" not in client.get(f"/athletes/{ada}/plan.csv").text


@pytest.mark.parametrize("text", [TEXT, LESS], ids=["a copy", "a copy that says less"])
@pytest.mark.parametrize("way", WAYS)
def test_an_own_drill_that_is_barred_is_in_no_way_out(client: TestClient, catalogue: Catalogue, way: str, text: str):
    ada = planned(client, catalogue, text)
    on = next(day.on for day in held(catalogue, ada).weeks[0].days if "own-hinge" in {e.id for e in day.entries})
    with catalogue.session() as rows:
        plan = rows.scalars(select(PlanRow.id)).one()
    if way not in ("move", "logs", "plan", "plans"):
        assert NAME in WAYS[way](client, ada, on.isoformat(), plan).replace("\r\n ", "")
    add_screening(catalogue, ada, yes=HINGES)
    shown = WAYS[way](client, ada, on.isoformat(), plan).replace("\r\n ", "")
    drill = next(one for one in held(catalogue, ada).own if one.id == "own-hinge")
    for cue in drill.cues:
        assert cue.says not in shown
    assert all(step.how not in shown and step.dose.words not in shown for step in drill.steps if step.level != "hold")


def test_programs_never_get_an_own_drill_whole(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    with catalogue.session() as rows:
        row = rows.scalars(select(PlanRow)).one()
        assert row.record["own"] and plan_today(rows, ada, held(catalogue, ada), TODAY).plan.own == ()
        told = shown_record(rows, row, TODAY)
    assert told["record"]["own"] == [] and "own-hinge" in str(told["record"]["weeks"])


def test_a_copy_is_held_to_its_base_and_one_that_is_no_longer_good_is_not_offered(catalogue: Catalogue):
    add_own(catalogue, LESS)
    with catalogue.session() as rows:
        (one,) = own_drills_of(rows)
    assert one.copy_of == "dowel-hinge" and set(one.regions) == {"trunk", *drills()["dowel-hinge"].regions}
    edit(catalogue, TEXT.replace('pattern = "hinge"', 'pattern = "bend"'))
    with catalogue.session() as rows:
        assert own_drills_of(rows) == ()


def test_an_own_drill_that_is_not_asked_for_is_in_no_plan(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue, **{"drill-0-id": ""})
    assert held(catalogue, ada).own == () and doses(catalogue, ada) == set()
    assert NAME not in client.get(f"/athletes/{ada}/plan").text


def test_pain_in_an_own_drill_is_told_by_its_name_and_counts_for_what_it_loads(
    client: TestClient, catalogue: Catalogue
):
    ada = planned(client, catalogue)
    with catalogue.session() as rows:
        plan = held(catalogue, ada)
        sore = Session(TODAY, (SetsDone("own-hinge", 3, 5.0, level="dynamic", pain=4.0),))
        logged = plan.model_copy(update={"log": (sore,)})
        keep_plan(rows, rows.get_one(AthleteRow, ada), logged, "plan logged")
    page = client.get(f"/athletes/{ada}/plan").text
    assert f"pain 4 of 10 in {NAME}" in page and "Back squat" in page.partition(f"pain 4 of 10 in {NAME}")[0]
