"""Evidence in a browser: a trial is registered from a claim, one arm is told, and it is stopped."""

from playwright.sync_api import Page, expect

from .harness import DESK, PHONE, Slips, axe, headings_in_order, in_window, no_overflow


def test_a_trial_is_started_from_a_claim(live: str, tab: Page, slips: Slips):
    tab.goto(f"{live}/evidence")
    tab.get_by_role("link", name="C02: leg work before the bench press").click()
    tab.get_by_role("link", name="Start a trial").click()
    takes = tab.locator("#takes")
    expect(takes).to_contain_text("16 sessions, at least 48 h apart: 8 pairs")
    tab.get_by_label("Smallest change that would matter").fill("5")
    tab.get_by_label("Pairs of sessions").fill("4")
    tab.get_by_role("button", name="Register the trial").click()
    expect(tab.get_by_role("alert")).to_contain_text("4 pairs can decide nothing")
    assert [line for line in slips.forget() if "status of 400" not in line] == []
    tab.get_by_label("Pairs of sessions").fill("9")
    tab.get_by_label("Pairs of sessions").press("Tab")
    expect(takes).to_contain_text("18 sessions, at least 48 h apart: 9 pairs")
    expect(takes).to_contain_text("of such trials")
    expect(tab.get_by_label("Smallest change that would matter")).to_have_value("5")
    no_overflow(tab, PHONE[0])
    axe(tab)
    tab.get_by_role("button", name="Register the trial").click()
    expect(tab.get_by_text("0 of 9 pairs complete")).to_be_visible()
    assert "session 1: arm" not in tab.content(), "no arm is told before it comes"
    tab.get_by_role("button", name="Tell which arm comes now").click()
    expect(tab.get_by_text("pair 1 of 9, session 1: arm")).to_be_visible()
    for size, dark in ((DESK, False), (PHONE, True)):
        in_window(tab, size, dark)
        axe(tab)
        no_overflow(tab)
    headings_in_order(tab)
    in_window(tab, DESK)
    tab.get_by_label("Why it ends").fill("only a try")
    tab.get_by_role("button", name="Stop it").click()
    expect(tab.get_by_text("stopped: only a try")).to_be_visible()
    tab.get_by_role("button", name="Close it with what is left").click()
    expect(tab.get_by_text("not measurable").first).to_be_visible()
    axe(tab)


def test_priming_asks_its_gate_before_an_arm_is_told(live: str, tab: Page):
    tab.goto(f"{live}/evidence")
    tab.get_by_text("Priming: what is done right before a test").click()
    tab.locator('a[href="/trials/new?priming=breathing"]').click()
    tab.get_by_label("Smallest change that would matter").fill("4")
    for size, dark in ((DESK, False), (PHONE, True)):
        in_window(tab, size, dark)
        axe(tab)
        no_overflow(tab)
    headings_in_order(tab)
    tab.get_by_role("button", name="Register the trial").click()
    expect(tab.get_by_text("0 of 8 pairs complete")).to_be_visible()
