"""The library in a browser: searched as one types, a copy edited with its lines and checked as one types."""

import re

from playwright.sync_api import Page, expect

from .harness import Slips, axe


def test_a_copy_is_checked_as_one_types(live: str, tab: Page, slips: Slips):
    tab.goto(f"{live}/library/faults")
    tab.get_by_label("Search, in names").fill("lower back bends before")
    expect(tab.locator("#found li")).to_have_count(1)
    tab.get_by_role("link", name="Bend of the spine before the hips start").click()
    tab.get_by_role("button", name="Edit a copy").click()
    text = tab.locator("textarea")
    expect(text).to_have_value(re.compile("own-early-lumbar"))
    lines = text.input_value().count("\n") + 1
    expect(tab.locator(".numbers span")).to_have_count(lines)
    good = text.input_value()
    text.fill(good.replace("high = 5.0", 'high = "five"'))
    expect(tab.locator("#verdict .error")).to_contain_text("band.high")
    expect(tab.locator("#save")).to_be_disabled()
    expect(tab.locator(".numbers .wrong")).to_have_count(1)
    axe(tab)
    tab.reload()
    expect(text).to_have_value(re.compile('high = "five"'))
    text.fill(good.replace("high = 5.0", "high = 6.0"))
    expect(tab.locator("#save")).to_be_enabled()
    expect(tab.locator("#verdict")).to_contain_text("Not saved yet")
    tab.locator("#save").click()
    expect(tab.locator("#verdict")).to_contain_text("Saved")
    tab.get_by_role("button", name="Delete").click()
    axe(tab)
    tab.locator("dialog").get_by_role("button", name="Delete").click()
    expect(tab).to_have_url(f"{live}/library/own")
    assert slips.told == []
