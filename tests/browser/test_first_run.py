"""A coach who has never seen the app: from an empty library to why the demo's second session is better."""

import re

import pytest
from playwright.sync_api import Locator, Page

from .harness import DESK, PHONE, axe, in_window, no_overflow, settled

MOST_CLICKS = 2
"""From the first page to both sessions side by side. [ENG]"""


class Clicks:
    """Clicks that are counted."""

    def __init__(self, tab: Page) -> None:
        self.tab, self.count = tab, 0

    def on(self, target: Locator) -> None:
        """Click what a coach would."""
        target.first.click()
        self.count += 1
        settled(self.tab)


@pytest.mark.timeout(240)
def test_an_empty_app_is_filled_by_a_button(empty: str, tab: Page):
    tab.goto(empty)
    axe(tab)
    tab.get_by_role("button", name="Fill with a demo athlete").click(timeout=60_000)
    # The page answers at once, and follows the worker until all is there.
    tab.get_by_role("heading", name="The demo athlete is being made").wait_for(timeout=15_000)
    axe(tab)
    no_overflow(tab, PHONE[0])
    in_window(tab, DESK)
    tab.get_by_role("link", name=re.compile("Session 3")).first.wait_for(timeout=180_000)
    tab.get_by_role("heading", name="The demo athlete is being made").wait_for(state="detached", timeout=90_000)
    settled(tab)
    assert tab.get_by_role("link", name="Demo athlete").first.is_visible()
    assert tab.get_by_role("link", name=re.compile("Session 2")).first.is_visible()


def test_why_the_second_session_is_better_is_found_in_a_few_clicks(live: str, tab: Page):
    tab.goto(live)
    settled(tab)
    clicks = Clicks(tab)
    # The first page says it in one sentence a session.
    for session, order in (("Session 1", "wrong"), ("Session 2", "right")):
        row = tab.get_by_role("listitem").filter(has=tab.get_by_role("link", name=re.compile(session)))
        assert f"the order is {order}" in row.first.inner_text()
    clicks.on(tab.get_by_role("link", name=re.compile("Session 2")))
    assert "after the pelvis" in tab.locator("h1").inner_text()
    against = tab.locator("#against").inner_text()
    assert "Session 1" in against and "better" in against and "by more than this athlete changes" in against
    assert clicks.count == 1
    clicks.on(tab.get_by_role("link", name="Compare"))
    said = tab.locator("main").inner_text()
    assert "The verdict goes from out of order to in order" in said
    assert clicks.count <= MOST_CLICKS
