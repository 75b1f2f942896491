"""A plan is shown as the athlete is now: without what pain, age or a newer plan stands against, in every way out."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.coaching.plan.kept import plan_record
from legato.coaching.plan.request import Standing
from legato.coaching.safety import screening_of
from legato.coaching.situation import Pain
from legato.store import Catalogue
from legato.store.rows import AthleteRow, PlanRow, SessionRow, now
from legato.web.athlete_now import as_young, is_minor, situation_now
from legato.web.of_athlete import logged, plan_of
from legato.web.plan_shown import plan_today
from legato.web.withheld import withheld_of
from legato.web.work import asked_of

from .athletes import TODAY, add_athlete, add_screening, add_session, record, send
from .test_plans import ASKED, held
from .test_withheld import WAYS, hurt

pytest.importorskip("ortools")
calendars = pytest.importorskip("icalendar")
API = "/api/v1"
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
LATER = ASKED | {"start": MONDAY.isoformat()}
"""A plan all of which is still to come."""


def planned(client: TestClient, catalogue: Catalogue, **asked: Any) -> str:
    ada = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, ada)
    answer = send(client, f"/athletes/{ada}/plan", **(LATER | asked))
    assert answer.status_code == 200, answer.text
    return ada


STOP = re.compile(r"not shown\W+as pain in the log.*?Make the plan anew", re.DOTALL | re.IGNORECASE)


@pytest.mark.parametrize("way", WAYS)
def test_what_pain_in_the_log_stands_against_is_in_no_way_out_of_the_plan(
    client: TestClient, catalogue: Catalogue, way: str
):
    ada = planned(client, catalogue)
    days = [day for week in held(catalogue, ada).weeks for day in week.days]
    on = next(day.on for day in days if any(entry.id == "back-squat" for entry in day.entries)).isoformat()
    with catalogue.session() as rows:
        plan = rows.scalars(select(PlanRow.id)).one()

    def shown() -> str:
        return WAYS[way](client, ada, on, plan).replace("\r\n ", "")

    if way not in ("plan", "plans", "logs"):
        assert "Back squat" in shown()
    hurt(catalogue, ada, 4.0)
    without = STOP.sub("", shown())
    assert "Back squat" not in without
    assert "back-squat" not in without or way in ("plan", "plans", "export")


def test_programs_and_the_archive_get_nothing_that_pain_stands_against(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    hurt(catalogue, ada, 4.0)
    newest, older = client.get(f"{API}/athletes/{ada}/plans").json()["items"]
    for one in (newest, older):
        assert "back-squat" not in str(one["record"]["weeks"]) and "pain in the log" in " ".join(one["stops"])
    assert "a newer plan holds in place of this one" in older["stops"]
    assert "a newer plan holds in place of this one" not in newest["stops"]


def test_pain_that_stops_leaves_no_session_and_no_drill_until_somebody_has_looked(
    client: TestClient, catalogue: Catalogue
):
    ada = planned(client, catalogue)
    hurt(catalogue, ada, 8.0, TODAY - timedelta(days=1))
    page = client.get(f"/athletes/{ada}/plan?all_weeks=1").text
    assert 'class="sitting"' not in page and "every session to come" in page and "stop, and see somebody" in page
    assert "stop, and see somebody" in client.get(f"/athletes/{ada}").text
    assert "Log it" in page or "Somebody qualified looked at a pain" in page
    with catalogue.session() as rows:
        shown = plan_today(rows, ada, held(catalogue, ada), TODAY)
        assert not [day for week in shown.plan.weeks for day in week.days] and shown.plan.changes == ()


def test_pain_of_an_earlier_plan_counts_in_the_next(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue)
    hurt(catalogue, ada, 4.0)
    answer = send(client, f"/athletes/{ada}/plan", **LATER)
    new = held(catalogue, ada)
    assert new.log == () and "Back squat" in {one.name for one in new.left_out}, answer.text
    assert "back-squat" not in {entry.id for week in new.weeks for day in week.days for entry in day.entries}
    hurt(catalogue, ada, 9.0)
    with catalogue.session() as rows:
        assert [done.pain for session in logged(rows, ada) for done in session.done] == [4.0, 9.0]
    refused = send(client, f"/athletes/{ada}/plan", **LATER)
    assert refused.status_code == 400 and "pain: stop" in refused.text and held(catalogue, ada).weeks == new.weeks


def test_who_turns_out_to_be_under_18_gets_no_plan_that_was_made_for_an_adult(client: TestClient, catalogue: Catalogue):
    ada = planned(client, catalogue, age_years="30")
    with catalogue.session() as rows:
        rows.get_one(AthleteRow, ada).born_year = TODAY.year - 18
    page = client.get(f"/athletes/{ada}/plan").text
    assert "as the year of birth in the profile stands against it" in page and "a guardian has to agree" in page
    assert 'class="sitting"' not in page
    for on in {day.on for week in held(catalogue, ada).weeks for day in week.days}:
        assert client.get(f"/athletes/{ada}/plan/done?on={on}").status_code == 404
    send(client, f"/athletes/{ada}/plan/update")
    # The age stays as it was told: the profile's is read every day, and 17 kept would still be 17 after New Year.
    assert held(catalogue, ada).request.athlete.age_years == 30.0
    assert 'class="sitting"' not in client.get(f"/athletes/{ada}/plan").text
    refused = send(client, f"/athletes/{ada}/plan", **(LATER | {"age_years": "30"}))
    assert refused.status_code == 400 and "a guardian has to agree" in refused.text
    assert 'value="17"' in client.get(f"/athletes/{ada}/plan/new").text


@pytest.mark.parametrize(("told", "age"), [(18.0, 18.0), (18.4, 18.4), (17.9, 17.0), (None, 17.0), (30.0, 17.0)])
def test_who_says_to_be_18_in_the_year_of_that_birthday_is_taken_at_their_word(told: float | None, age: float):
    athlete = AthleteRow(name="Ada", born_year=TODAY.year - 18)
    assert as_young(Standing(age_years=told), athlete, TODAY).age_years == age


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [(2009, date(2027, 1, 1), 17.0), (2008, date(2027, 1, 1), 18.0), (2009, date(2028, 1, 1), 19.0)],
)
def test_an_age_that_the_profile_did_not_bear_out_when_it_was_told_is_not_borne_out_by_a_new_year(
    born: int, day: date, age: float
):
    told = Standing(age_years=18.0).told(date(2026, 6, 1))
    assert as_young(told, AthleteRow(name="Ada", born_year=born), day).age_years == age


def test_an_age_that_was_told_grows_with_each_whole_year_and_no_sooner(client: TestClient, catalogue: Catalogue):
    told = Standing(age_years=17.0).told(date(2024, 2, 29))
    days = {
        date(2024, 2, 29): 17,
        date(2025, 2, 28): 17,
        date(2025, 3, 1): 18,
        date(2026, 2, 28): 18,
        date(2026, 3, 1): 19,
    }
    assert {day: told.aged(day).age_years for day in days} == days
    assert told.aged(date(2025, 3, 1)).aged(date(2025, 3, 1)).age_years == 18.0, "of a day on which it was read before"
    assert told.aged(date(2020, 1, 1)) == told and Standing(age_years=17.0).aged(TODAY).age_years == 17.0
    ada = planned(client, catalogue, age_years="17", guardian="1", supervised="1")
    plan = held(catalogue, ada)
    year = timedelta(days=366)
    with catalogue.session() as rows:
        athlete = rows.get_one(AthleteRow, ada)
        for day, minor in ((TODAY, True), (TODAY + timedelta(days=360), True), (TODAY + year, False)):
            assert is_minor(rows, athlete, day) == minor
            assert (situation_now(rows, athlete, plan, None, day).age_years or 0.0) == (17.0 if minor else 18.0)
        athlete.born_year = (TODAY + year).year - 16
        assert is_minor(rows, athlete, TODAY + year), "the profile's year counts where it gives less"
    send(client, f"/athletes/{ada}/plan/update")
    kept = held(catalogue, ada).request.athlete
    assert (kept.age_years, kept.told_on) == (17.0, None), "as it was told, on the day that the plan was made"


def test_drills_of_a_session_are_a_minors_where_the_profile_says_so(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue)
    add_screening(catalogue, ada)
    session = add_session(catalogue, ada, TODAY, record([0.02]))
    with catalogue.session() as rows:
        athlete = rows.get_one(AthleteRow, ada)
        for years, minor in ((30, False), (16, True)):
            athlete.born_year = TODAY.year - years
            screening = asked_of(rows, session).screening
            assert screening is not None and screening_of(screening, "it").minor == minor


def test_who_is_18_and_says_so_gets_a_plan_of_an_adult(client: TestClient, catalogue: Catalogue):
    ada = add_athlete(catalogue, mass_kg=70.0)
    add_screening(catalogue, ada)
    with catalogue.session() as rows:
        rows.get_one(AthleteRow, ada).born_year = TODAY.year - 18
    send(client, f"/athletes/{ada}/plan", **(LATER | {"age_years": "18"}))
    assert held(catalogue, ada).request.athlete.age_years == 18.0
    page = client.get(f"/athletes/{ada}/plan?all_weeks=1").text
    assert "Back squat" in page and "a guardian has to agree" not in page


def calendar(client: TestClient, athlete: str) -> dict[str, Any]:
    text = client.get(f"/athletes/{athlete}/plan.ics").text
    return {str(event["uid"]): event for event in calendars.Calendar.from_ical(text).walk("VEVENT")}


def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def goes(seconds: int) -> None:
        monkeypatch.setattr("legato.web.plan_shown.now", lambda: now() + timedelta(seconds=seconds))

    return goes


def test_a_calendar_that_is_taken_again_counts_before_the_one_in_use(
    client: TestClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    ada, ben = planned(client, catalogue), planned(client, catalogue)
    first, after = calendar(client, ada), later(monkeypatch)
    assert first and not set(first) & set(calendar(client, ben))
    for k, change in enumerate(("screening", "another plan"), start=1):
        if change == "screening":
            add_screening(catalogue, ada, yes="knee")
        else:
            add_screening(catalogue, ada)
            send(client, f"/athletes/{ada}/plan", **(LATER | {"days": ["tue", "thu", "sat"]}))
        after(10 * k)
        second = calendar(client, ada)
        assert set(first) <= set(second)
        for name, event in first.items():
            assert second[name]["sequence"] > event["sequence"] and second[name]["dtstamp"].dt > event["dtstamp"].dt
            assert second[name]["dtstart"].dt == event["dtstart"].dt
        days = {day.on for week in held(catalogue, ada).weeks for day in week.days}
        if change == "screening":
            assert "STOP" in str(next(iter(second.values()))["summary"])
        else:
            gone = {event["dtstart"].dt for event in second.values() if str(event.get("status")) == "CANCELLED"}
            assert gone and gone == {event["dtstart"].dt for event in second.values()} - days
        first = second


def test_a_table_has_its_columns_whatever_the_words_of_the_pages_are(
    client: TestClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    ada = planned(client, catalogue)
    monkeypatch.setattr("legato.web.plan_shown.in_app", lambda text: text.replace("asked for", "asked for, “by you”"))
    rows = list(csv.reader(io.StringIO(client.get(f"/athletes/{ada}/plan.csv").text)))
    assert {len(row) for row in rows} == {len(rows[0])} and any("asked for, “by you”" in row for row in rows)


@pytest.mark.parametrize(("much", "stops"), [("4", False), ("9", True)])
def test_pain_that_was_told_counts_until_it_is_told_anew(
    client: TestClient, catalogue: Catalogue, much: str, stops: bool
):
    ada = planned(client, catalogue)
    session = add_session(catalogue, ada, TODAY, record([0.02]))

    def shown() -> str:
        return client.get(f"/athletes/{ada}/plan?all_weeks=1").text

    for pain in (much, "", ""):
        text = send(client, f"/athletes/{ada}/plan/update", pain=pain).text
        assert ("Pain: stop" in text) == stops and "back-squat" not in str(held(catalogue, ada).weeks)
    with catalogue.session() as rows:
        result = rows.get_one(SessionRow, session).results[-1]
        # After the screening, whatever the hour.
        result.made_at = now()
        withheld = withheld_of(rows, result, TODAY)
        assert withheld.startswith("pain: stop, and see somebody qualified") == stops == bool(withheld)
    send(client, f"/athletes/{ada}/plan/update", pain="0")
    assert "back-squat" in str(held(catalogue, ada).weeks) and "as pain" not in shown()


def test_what_was_told_since_a_plan_was_made_is_named_where_it_stands_against_it(
    client: TestClient, catalogue: Catalogue
):
    ada = planned(client, catalogue)
    with catalogue.session() as rows:
        row = rows.scalars(select(PlanRow)).one()
        row.record = plan_record(plan_of(row).model_copy(update={"pain_told": Pain(4.0, on=TODAY)}))
    page = client.get(f"/athletes/{ada}/plan?all_weeks=1").text
    assert "as pain, as told last, stands against it" in page and "newest screening stands" not in page


def test_pain_that_was_told_to_be_over_stays_so_until_the_log_tells_of_it_again(
    client: TestClient, catalogue: Catalogue
):
    ada = planned(client, catalogue)
    hurt(catalogue, ada, 4.0, TODAY - timedelta(days=9))
    ways = (f"/athletes/{ada}/plan.ics", f"/athletes/{ada}/plan?all_weeks=1")

    def shown() -> list[bool]:
        return ["Back squat" in STOP.sub("", client.get(way).text.replace("\r\n ", "")) for way in ways]

    assert shown()[0] is False
    assert "0 where there is none" in client.get(ways[1]).text
    for pain in ("0", ""):  # An update that tells nothing leaves what was told before.
        send(client, f"/athletes/{ada}/plan/update", pain=pain)
        assert shown() == [True, True] and not STOP.search(client.get(ways[1]).text)
    send(client, f"/athletes/{ada}/plan", **LATER)
    assert shown() == [True, True]
    hurt(catalogue, ada, 4.0)
    assert shown()[0] is False and STOP.search(client.get(ways[1]).text)
