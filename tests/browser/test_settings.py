"""Settings in a browser: everything is taken out, then erased once it was typed."""

import zipfile

from playwright.sync_api import Page, expect

from .harness import PHONE, axe, no_overflow


def test_everything_is_taken_out_and_erased(empty: str, tab: Page):
    tab.goto(f"{empty}/library/drill/dowel-hinge")
    tab.get_by_role("button", name="Edit a copy").click()
    tab.goto(f"{empty}/settings")
    with tab.expect_download() as waiting:
        tab.get_by_role("button", name="Export all").click()
    assert zipfile.ZipFile(waiting.value.path()).testzip() is None
    tab.get_by_label("Days; empty").fill("30")
    tab.get_by_role("button", name="Show what would be erased").click()
    expect(tab.get_by_text("None is erased now")).to_be_visible()
    axe(tab)
    tab.get_by_role("button", name="Keep this rule").click()
    expect(tab.get_by_text("erased 30 days after")).to_be_visible()
    tab.get_by_label("Type ERASE to confirm").fill("ERASE")
    tab.get_by_role("button", name="Erase everything").click()
    expect(tab.get_by_text("nothing is left")).to_be_visible()
    expect(tab.get_by_role("row", name="own entry")).to_contain_text("1")
    axe(tab)
    no_overflow(tab, PHONE[0])
