"""Two raters in a browser: the second sees nothing of the first until the sheet is sent."""

import re

from playwright.sync_api import Page, expect

from .harness import DESK, PHONE, axe, headings_in_order, in_window, no_overflow


def test_two_raters_are_blind_to_each_other(live: str, tab: Page):
    in_window(tab, DESK)
    tab.goto(f"{live}/assessment/rotation-drill")
    tab.get_by_role("link", name=re.compile("Rate it.*Session 3")).first.click()
    form = tab.url
    for rater, rating in (("R1", "0"), ("R2", "2")):
        tab.goto(form)
        assert "R1" not in tab.locator("main").inner_text()
        expect(tab.locator(".replay-root .stage")).to_be_visible()
        assert (
            not tab.locator(".plots").is_visible() and not tab.get_by_role("button", name="Use this time").is_visible()
        )
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
