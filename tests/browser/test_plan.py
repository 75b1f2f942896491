"""A plan in a browser: a session dragged and moved by keyboard, a clash named with nothing changed, what was done."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from legato import __version__
from legato.coaching.plan.build import make_plan
from legato.coaching.plan.model import Plan
from legato.coaching.plan.request import Request
from legato.coaching.plan.situation import situation_of
from legato.coaching.safety import questionnaire, screen, screening_record
from legato.store import Catalogue
from legato.store.rows import AthleteRow, ScreeningRow
from legato.web.of_athlete import keep_plan, plan_of, plan_row

pytest.importorskip("ortools")
TODAY = date.today()


MONDAY = TODAY - timedelta(days=TODAY.weekday())


@pytest.fixture
def lifter(library: Catalogue) -> str:
    """An athlete of this test's own, with a plan from this Monday on."""
    return with_a_plan(library, MONDAY)


def with_a_plan(library: Catalogue, start: date) -> str:
    passed = screen({question.id: "no" for question in questionnaire().questions}, TODAY)
    request = Request.model_validate(
        {
            "start": start,
            "weeks": 4,
            "days": ("mon", "wed", "fri"),
            "athlete": {
                "base_weeks": 60,
                "equipment": ("barbell", "plates", "rack", "mat", "dowel"),
                "mobility": {"hip-flexion": True, "ankle-dorsiflexion": True, "thoracic-rotation": True},
            },
            "lifts": [{"id": "back-squat", "sets": 6, "reps": 5, "days": 2, "load_kg": 60.0}],
        }
    )
    plan = make_plan(request, situation_of(request.athlete, passed, TODAY), __version__)
    assert isinstance(plan, Plan)
    with library.session() as rows:
        athlete = AthleteRow(name="Lifter of plans")
        rows.add(athlete)
        rows.flush()
        rows.add(ScreeningRow(athlete_id=athlete.id, outcome="passed", record=screening_record(passed)))
        keep_plan(rows, athlete, plan, "plan made")
        return athlete.id


def held(library: Catalogue, athlete: str) -> Plan:
    with library.session() as rows:
        row = plan_row(rows, athlete)
        assert row is not None
        return plan_of(row)


def test_a_session_is_dragged_moved_by_keyboard_and_stays_where_a_rule_is_broken(
    live: str, tab: Page, library: Catalogue, lifter: str
):
    plan = held(library, lifter)
    week = plan.weeks[1]
    squats = [day.on for day in week.days if any(entry.id == "back-squat" for entry in day.entries)]
    first, last = squats[0], squats[-1]
    tab.goto(f"{live}/athletes/{lifter}/plan")

    near = first + timedelta(days=1)
    drag(tab, last, near)
    expect(tab.locator("#plan > .error")).to_contain_text("stays where it is")
    assert held(library, lifter) == plan

    free = last + timedelta(days=1)
    drag(tab, last, free)
    expect(tab.locator("#plan > .told")).to_contain_text("every rule still holds")
    assert free in {day.on for day in held(library, lifter).weeks[1].days}
    expect(tab.locator(f"#to-{free}")).to_be_focused()

    # The same back again, without a mouse: the choice has the focus already.
    tab.keyboard.type(f"{last:%a} {last.day}")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator(f'[data-from="{last}"]')).to_be_visible()
    assert {day.on for day in held(library, lifter).weeks[1].days} == {day.on for day in week.days}


def drag(tab: Page, session: date, to: date) -> None:
    tab.locator(f'[data-from="{session}"] > p').first.drag_to(tab.locator(f'[data-day="{to}"] h3'))


def test_what_was_done_is_logged_from_its_form(live: str, tab: Page, library: Catalogue):
    lifter = with_a_plan(library, MONDAY - timedelta(days=7))
    tab.goto(f"{live}/athletes/{lifter}/plan")
    tab.get_by_role("button", name="Log it").click()
    tab.get_by_label("Effort (RPE)").first.fill("7.5")
    tab.get_by_label("Pain", exact=True).first.fill("4")
    tab.get_by_role("button", name="Keep").click()
    expect(tab.locator("#plan > [role=status]")).to_contain_text("The log has it")
    expect(tab.locator("#plan > [role=status]")).to_contain_text("an easier version")
    expect(tab.locator("#plan > .stop").first).to_contain_text("pain in the log stands against it")
    (session,) = held(library, lifter).log
    assert (session.done[0].rpe, session.done[0].pain) == (7.5, 4.0)
