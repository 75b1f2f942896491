"""Every page, large and small, dark and light: no error, no overflow, nothing that axe holds against it."""

import pytest
from playwright.sync_api import Page

from .harness import DESK, PHONE, axe, headings_in_order, in_window, keyboard_reaches, no_overflow, settled

PATHS = ("/",)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_holds_what_every_page_must(live: str, tab: Page, path: str):
    for size in (DESK, PHONE):
        for dark in (False, True):
            in_window(tab, size, dark)
            tab.goto(live + path)
            settled(tab)
            axe(tab)
            no_overflow(tab)
    headings_in_order(tab)
    keyboard_reaches(tab)
