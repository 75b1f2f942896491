"""Pages in states that the demo is not in hold what every page must: offers, refusals, what waits and what failed."""

import json
import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from legato.analysis import Analysis
from legato.store import Catalogue
from legato.store.rows import ConsentRow, JobRow, PlanRow, ResultRow, SessionRow
from legato.web.artefacts import artefacts
from legato.web.demo import ATHLETE

from ..web.athletes import BLOCKING, add_athlete, add_screening
from ..web.test_session_baseline import WAITS
from .harness import PHONE, Slips, axe, headings_in_order, holds, in_window, no_overflow, unrolled
from .replays import kept


def post(tab: Page, live: str, path: str, **told: str) -> None:
    """Send a form and open the page that answers."""
    token = re.search(r'data-token="([^"]+)"', tab.request.get(live).text())
    assert token is not None
    answer = tab.request.post(live + path, form={"token": token[1], **told})
    assert answer.ok, answer.text()
    tab.goto(answer.url)


def test_a_session_with_two_results_a_failed_analysis_and_a_baseline_to_choose(
    live: str, library: Catalogue, tab: Page, squat: Analysis
):
    ada = add_athlete(library, "Ada of the states")
    told: dict[str, Any] = json.loads(artefacts(squat)["result.json"])
    waits = {"result.json": json.dumps(told | {"findings": [one | WAITS for one in told["findings"][:1]]}).encode()}
    first, later = kept(library, squat, "The good one", {}), kept(library, squat, "The one after", waits)
    with library.session() as rows:
        for day, one in ((1, first), (9, later)):
            session = rows.get_one(SessionRow, one)
            session.athlete_id, session.recorded_on = ada, session.recorded_on.replace(day=day)
        result = session.results[-1]
        result.summary = result.summary | {"findings": [], "gaps": []}
        earlier = rows.get_one(SessionRow, first).results[-1]
        earlier.summary = earlier.summary | {"findings": [], "gaps": []}
        again = ResultRow(key="again", legato_version="2", summary=result.summary, files=result.files)
        session.results.append(again)
        rows.flush()
        failed = JobRow(session_id=later, kind="analyse", state="failed", error="The marker LHEE is not there.")
        failed.created_at = again.made_at + timedelta(seconds=1)
        rows.add(failed)
    tab.goto(f"{live}/sessions/{later}")
    expect(tab.locator(".offer")).to_contain_text("The good one")
    expect(tab.locator("#job")).to_contain_text("LHEE")
    # The rest of the page is that of any session.
    unrolled(tab)
    headings_in_order(tab)
    axe(tab)
    in_window(tab, PHONE, dark=True)
    no_overflow(tab)
    axe(tab, ("color-contrast", "target-size"))
    assert tab.locator("#versions ol > li").count() == 2 and tab.locator("#stale").count() == 1


def test_a_plan_that_is_withheld_and_consents_that_were_taken_back(live: str, library: Catalogue, tab: Page):
    bea = add_athlete(library, "Bea of the states")
    with library.session() as rows:
        plan = rows.scalars(select(PlanRow).where(PlanRow.athlete_id == ATHLETE)).one()
        rows.add(PlanRow(athlete_id=bea, record=plan.record, due=plan.due))
        rows.add_all([ConsentRow(athlete_id=bea, kind="video", given=given) for given in (True, False)])
    add_screening(library, bea, yes=BLOCKING)
    for path in (f"/athletes/{bea}", f"/athletes/{bea}/plan"):
        tab.goto(live + path)
        expect(tab.locator("main")).to_contain_text("see somebody qualified first")
        holds(tab)


def test_a_trial_an_entry_of_ones_own_and_a_refusal(live: str, tab: Page, slips: Slips):
    post(tab, live, "/library/own", kind="fault", base="knee-in")
    holds(tab)
    post(
        tab, live, "/trials", claim="C02", athlete=ATHLETE, name="of-the-states", pairs="8", effect="5", unit="%",
        measured_by="the coach", washout_h="0",
    )  # fmt: skip
    holds(tab)
    tab.goto(f"{live}/trials/new")
    assert [line for line in slips.forget() if "status of 400" not in line] == []
    holds(tab)
