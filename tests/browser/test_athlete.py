"""An athlete in a browser: made, screened without a trace, given a log, seen over sessions, erased."""

from pathlib import Path

from playwright.sync_api import Page, expect

from legato.coaching.safety import questionnaire
from legato.store import Catalogue
from legato.store.rows import AthleteRow
from legato.web.demo import ATHLETE

LOG = """Date,Workout Name,Duration,Exercise Name,Set Order,Weight (kg),Reps,Distance,Seconds,Notes,Workout Notes,RPE
2024-11-04 17:01:00,A,50m,Squat (Barbell),1,100,5,0,0,,,8
2024-11-06 17:01:00,B,50m,Bench Press (Barbell),1,80,many,0,0,,,
"""


def test_an_athlete_is_made_screened_given_a_log_and_erased(live: str, tab: Page, library: Catalogue, tmp_path: Path):
    tab.goto(live)
    tab.get_by_role("link", name="Add an athlete").click()
    tab.get_by_label("Name").fill("Cleo of the tests")
    tab.get_by_label("Body mass").fill("61,5")
    tab.get_by_label("Height").fill("170")
    tab.get_by_role("button", name="Keep").click()
    expect(tab.get_by_text("61.5 kg")).to_be_visible()
    athlete = tab.url.rpartition("/")[2]

    # Every question must be answered, unless a sign needs help now.
    tab.get_by_role("link", name="Answer it").click()
    tab.get_by_role("button", name="Finish").click()
    assert tab.url.endswith("/screening") and tab.locator("form.screening").count() == 1
    tab.locator("[data-ends]").first.check()
    tab.get_by_role("button", name="Finish").click()
    expect(tab.get_by_text(questionnaire().help["emergency"].title)).to_be_visible()
    tab.go_back()
    assert tab.locator("input:checked[name^=q-]").count() == 0
    n, answered = len(questionnaire().questions), tab.locator("[data-answered]")
    expect(answered).to_contain_text(f"0 of {n} answered")
    tab.evaluate("document.querySelectorAll('[name^=q-][value=no]').forEach(one => one.click())")
    expect(answered).to_contain_text(f"{n} of {n} answered")
    tab.get_by_role("button", name="Finish").click()
    expect(tab.get_by_text("or until something changes")).to_be_visible()
    assert "q-" not in tab.url

    tab.get_by_role("button", name="Given: video").click()
    expect(tab.get_by_text("given on")).to_be_visible()

    file = tmp_path / "strong.csv"
    file.write_text(LOG)
    tab.get_by_role("link", name="Training log").click()
    tab.get_by_label("File", exact=True).set_input_files(file)
    tab.get_by_role("button", name="Show what it holds").click()
    expect(tab.locator("#preview")).to_contain_text("many")
    tab.get_by_role("button", name="Keep 1 set").click()
    expect(tab.get_by_role("heading", name="Audit")).to_be_visible()

    tab.get_by_role("link", name="Profile and data").click()
    with tab.expect_download() as export:
        tab.get_by_role("link", name="Export (zip)").click()
    assert export.value.suggested_filename == f"legato-athlete-{athlete}.zip"
    tab.get_by_role("link", name="Erase this athlete").click()
    tab.get_by_label("Type the name").fill("Cleo of the tests")
    tab.get_by_role("button", name="Erase everything").click()
    expect(tab.get_by_text("Nothing of it was found.")).to_be_visible()
    with library.session() as rows:
        assert rows.get(AthleteRow, athlete) is None


def test_trends_stand_with_a_table_behind_each_and_change_is_said_only_beyond_the_band(live: str, tab: Page):
    tab.goto(f"{live}/athletes/{ATHLETE}")
    gap = tab.locator(".trend").first
    expect(gap.locator(".pt").first).to_be_visible()
    gap.get_by_text("As a table").click()
    said = gap.locator("tbody td:nth-child(4)").all_inner_texts()
    assert said[0] == "—" and said[-1] == "better" and "no change seen" in said
    tab.get_by_role("link", name="14").or_(gap.get_by_role("link").last).first.click()
    assert "/sessions/" in tab.url
