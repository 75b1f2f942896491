"""A coach looks at a session, sorts its reps, jumps to a mark, corrects a rep and takes that back, and compares."""

import re

from playwright.sync_api import Page, expect

from .harness import PHONE, axe, in_window, no_overflow, settled

FIRST, SECOND = "/sessions/de30000000000001", "/sessions/de30000000000002"


def test_a_coach_reads_sorts_and_finds_why_the_second_is_better(live: str, tab: Page):
    tab.goto(live)
    tab.get_by_role("link", name=re.compile("after four weeks", re.I)).first.click()
    expect(tab.locator("h1")).to_contain_text("thorax")
    expect(tab.locator("#against")).to_contain_text("better: nearer to the target")
    mark = tab.locator(".mk[data-link=thorax]").nth(1)
    mark.press("Enter")
    expect(tab.locator("#correct-mark")).to_contain_text("rep 2: thorax, peak")
    tab.locator("#beneath-box").scroll_into_view_if_needed()
    tab.locator("#beneath").select_option("de30000000000001")
    tab.get_by_role("button", name="Lay it beneath").press("Enter")
    expect(tab.locator(".ghost")).to_have_count(5)
    expect(tab.locator("#chain .timeline")).to_be_in_viewport(ratio=0.5)
    expect(tab.locator("#lay-beneath")).to_be_focused()
    expect(tab.locator("#chain .cursor").first).to_be_visible()
    tab.locator(".mk[data-link=thorax]").nth(1).press("Enter")
    tab.locator("#correct-mark").press("Enter")
    form = tab.locator("#set-link-event[open]")
    expect(form.locator("select[name=at_s] option:checked")).to_contain_text("2: ")
    expect(form.locator("select[name=link] option:checked")).to_have_text("thorax, peak")
    expect(form.locator("input[name=time_s]")).to_have_value(re.compile(r"^\d+\.\d{3}$"))
    tab.go_back()
    heading = tab.locator(".sortable th", has_text="duration")
    heading.locator("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    column = heading.evaluate("h => h.cellIndex")
    read = f"[...document.querySelectorAll('.sortable tbody tr')].map(r => Number(r.cells[{column}].dataset.v))"
    values = tab.evaluate(read)
    assert values == sorted(values)
    heading.locator("button").press("Enter")
    assert tab.evaluate(read) == sorted(values, reverse=True)
    tab.locator("#part-angles").scroll_into_view_if_needed()
    expect(tab.locator("#part-angles h2").first).to_contain_text("Angles")
    expect(tab.locator("#part-angles svg").first).to_be_attached()
    tab.locator("#against").get_by_role("link", name="See both side by side").click()
    expect(tab.locator("h1")).to_contain_text("from −26 ± 3 to 35 ± 7 ms")
    in_window(tab, PHONE, dark=True)
    no_overflow(tab)


def test_a_correction_is_made_by_keyboard_and_taken_back(live: str, tab: Page):
    tab.goto(f"{live}{FIRST}/corrections")
    expect(tab.locator(".replay-root")).to_have_attribute("data-state", "ready", timeout=15_000)
    tab.locator("#who").fill("Ada")
    tab.get_by_text("Remove one that is none").press("Enter")
    form = tab.locator("details.correct[open]")
    form.locator("select[name=at_s]").select_option(index=1)
    form.get_by_role("button", name="Correct and analyse anew").press("Enter")
    history = tab.locator("#history tbody tr")
    expect(history).to_have_count(1)
    expect(history).to_contain_text("Ada")
    # The worker analyses anew; what is typed meanwhile stays, and the new result is offered.
    tab.get_by_text("Move its start, turning point or end").press("Enter")
    typed = tab.locator("details.correct[open] input[name=why]")
    typed.fill("the bar was still racked")
    expect(history).to_contain_text("applied", timeout=150_000)
    expect(typed).to_have_value("the bar was still racked")
    tab.locator("#history").get_by_role("link", name="Show the new result").press("Enter")
    expect(tab.locator("#job")).to_have_count(0)
    expect(tab.locator(".replay-root")).to_have_attribute("data-state", "ready", timeout=15_000)
    assert tab.request.get(f"{live}{FIRST}").text().count('<tr>\n      <th scope="row" data-v=') == 5
    # The repetition at the cursor is the one that is meant.
    third = tab.evaluate(
        "() => { const { clock, file } = document.querySelector('.replay-root').legato;"
        " const { start, end } = file.head.reps[2]; clock.set((start + end) / 2); return clock.t; }"
    )
    tab.get_by_text("Move its start, turning point or end").press("Enter")
    form = tab.locator("details.correct[open]")
    chosen = form.locator("select[name=at_s] option:checked")
    expect(chosen).to_have_attribute("data-from", re.compile(r"\d"))
    assert float(chosen.get_attribute("data-from") or "nan") < third < float(chosen.get_attribute("data-to") or "nan")
    take = form.locator("button[data-take]").first
    take.press("Enter")
    expect(form.locator(".of-time").first).to_have_value(re.compile(r"^\d+\.\d{3}$"))
    axe(tab)
    tab.locator("#history").get_by_role("button", name="Undo", exact=True).press("Enter")
    expect(tab.locator("#history s")).to_have_count(1)
    expect(tab.locator("#job")).to_contain_text("A new result is there", timeout=150_000)
    settled(tab)
    assert tab.request.get(f"{live}{FIRST}").text().count('<tr>\n      <th scope="row" data-v=') == 6
