"""Two raters in a browser: the second sees nothing of the first until the sheet is sent."""

import re

from playwright.sync_api import Browser, Page, expect

from legato.analysis import Analysis
from legato.store import Catalogue

from .harness import DESK, PHONE, axe, headings_in_order, in_window, no_overflow
from .replays import ROOT, as_webm, kept, pictures, ready

TOLD = f"""() => {{
  const {{ file, charts }} = {ROOT}.legato;
  const {{ reps, marks, references, channels, skeleton }} = file.head;
  return [reps.length, marks.length, Object.keys(references).length, channels.length, charts.panels.length,
    skeleton ? skeleton.plates.length : 0];
}}"""
"""How much a replay tells beside the picture: reps, marks, events, signals, charts, plates with their forces."""


def test_two_raters_are_blind_to_each_other(live: str, tab: Page):
    in_window(tab, DESK)
    tab.goto(f"{live}/assessment/rotation-drill")
    tab.get_by_role("link", name=re.compile("Rate it.*Session 3")).first.click()
    form = tab.url
    for rater, rating in (("R1", "0"), ("R2", "2")):
        tab.goto(form)
        assert "R1" not in tab.locator("main").inner_text()
        expect(tab.locator(".replay-root .stage")).to_be_visible()
        expect(tab.locator(".plots")).to_be_hidden()
        expect(tab.get_by_role("button", name="Use this time")).to_be_hidden()
        tab.get_by_label("Who rates").fill(rater)
        for group in tab.locator("fieldset.down").all():
            group.locator(f'input[value="{rating}"]').check()
        axe(tab)
        tab.get_by_role("button", name="Send the sheet").click()
        expect(tab.get_by_text("Rated by a person")).to_be_visible()
    expect(tab.locator(".rated").first).to_contain_text("R1")
    for size, dark in ((DESK, False), (PHONE, True)):
        in_window(tab, size, dark)
        axe(tab)
        no_overflow(tab)
    headings_in_order(tab)
    in_window(tab, DESK)
    tab.goto(f"{live}/assessment/rotation-drill")
    expect(tab.get_by_text("kappa needs 5 or more")).to_be_visible()
    no_overflow(tab, PHONE[0])
    axe(tab)


def test_a_rater_sees_the_skeleton_move_and_no_force_event_or_repetition(
    live: str, library: Catalogue, tab: Page, squat: Analysis
):
    session = kept(library, squat, "Squats to rate", {})
    in_window(tab, DESK)
    tab.goto(f"{live}/sessions/{session}")
    ready(tab, film=False)
    assert all(tab.evaluate(TOLD)), "the session's own page tells all of it"
    tab.goto(f"{live}/assessment/squat/{session}/rate")
    ready(tab, film=False)
    assert tab.evaluate(TOLD) == [0, 0, 0, 0, 0, 0]
    first, last = tab.evaluate(f"() => [{ROOT}.legato.clock.t, {ROOT}.legato.clock.end]")
    assert first == tab.evaluate(f"() => {ROOT}.legato.clock.start"), "it opens at no event"
    tab.get_by_role("button", name="One frame on").click()
    tab.keyboard.press("]")
    assert tab.evaluate(f"() => {ROOT}.legato.clock.t") - first < 0.1
    expect(tab.locator(".reading")).to_have_text(re.compile(r"^[\d.]+ s$"))
    for hidden in (".arrows", ".reps", ".plots", ".overlay"):
        expect(tab.locator(f".replay-root {hidden}")).to_be_hidden()
    assert last - first > 1.0
    for size in (DESK, PHONE):
        in_window(tab, size)
        no_overflow(tab)
        axe(tab)


def test_a_rater_sees_the_whole_film_and_nothing_of_the_recording(
    live: str, library: Catalogue, tab: Page, squat: Analysis, browser: Browser
):
    frames = 90
    film = as_webm(pictures(browser, live, frames, "vp8"), [40 * k for k in range(frames)])
    session = kept(library, squat, "Squats to rate on film", {}, film, -1.0)
    tab.goto(f"{live}/assessment/squat/{session}/rate")
    tab.wait_for_selector(".replay-root[data-film=ready]", state="attached")
    assert tab.evaluate(TOLD) == [0, 0, 0, 0, 0, 0]
    expect(tab.locator(".film figcaption")).to_have_text(f"Frame 1 of {frames}")
    expect(tab.locator(".replay-root .figure")).to_be_hidden()
    tab.get_by_role("button", name="One frame on").click()
    expect(tab.locator(".film figcaption")).to_have_text(f"Frame 2 of {frames}")
    tab.keyboard.press("End")
    expect(tab.locator(".film figcaption")).to_have_text(f"Frame {frames} of {frames}")
