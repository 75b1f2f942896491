"""Every page, large and small, dark and light, on paper and by keyboard: nothing overflows, nothing that axe sees."""

import re
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Page
from sqlalchemy import select

from legato.store import Catalogue
from legato.store.rows import OwnEntryRow, Row, TrialOfOneRow
from legato.web.app import PAGES
from legato.web.demo import ATHLETE

from .harness import holds

IDS = {
    "athlete_id": ATHLETE,
    "session_id": "de30000000000001",
    "checklist": "squat",
    "claim_id": "C01",
    "/trials/new": "/trials/new?claim=C02",
    "kind": "ics",
    "position": "0",
    "/library/drill/{name}": "tempo-medball-rotation",
    "/library/fault/{name}": "lost-order",
    "/library/movement/{name}": "throw",
    "/sessions/{session_id}/part/{name}": "methods",
}
"""What stands in an address for what a page is about: by parameter, or by the address where that is not enough."""

WITHOUT = {"/sessions/{session_id}/video", "/sessions/{session_id}/progress"}
"""What the demo has nothing for and is no page, so that it is refused unless another test has made it."""

MADE = {"own_id", "trial_id"}
"""Of what the demo has none and `test_page_states` makes one."""


def addresses() -> list[str]:
    """The addresses of all routes that answer GET and are no file."""
    routes = [route for router in PAGES for route in router.routes]
    paths = {route.path for route in routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())}
    return sorted(path for path in paths if "." not in path.rpartition("/")[2])


@pytest.mark.parametrize("address", addresses())
def test_a_page_holds_what_every_page_must(live: str, library: Catalogue, tab: Page, address: str):
    path = filled(address, library)
    answer = tab.request.get(live + path)
    assert answer.ok or (address in WITHOUT and answer.status == 404), path
    if address in WITHOUT or not answer.text().lstrip().startswith("<!doctype html>"):
        return  # a part of a page, or a file
    if urlsplit(answer.url).path != urlsplit(path).path:
        return  # another page, which has a turn of its own
    tab.goto(live + path)
    holds(tab)


def filled(address: str, library: Catalogue) -> str:
    """The address with ids in it."""
    if "{" not in address:
        return IDS.get(address, address)
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: IDS.get(m[1]) or IDS.get(address) or _newest(m[1], library), address)


def _newest(parameter: str, library: Catalogue) -> str:
    """The id of some row of the table that a parameter names."""
    tables = {f"{mapper.class_.__tablename__}_id": mapper.class_ for mapper in Row.registry.mappers}
    tables |= {"own_id": OwnEntryRow, "trial_id": TrialOfOneRow}
    assert parameter in tables, f"{parameter}: say above what stands for it"
    with library.session() as rows:
        row = rows.scalars(select(tables[parameter]).limit(1)).first()
    if row is None and parameter in MADE:
        pytest.skip(f"the demo has no {parameter.removesuffix('_id')}; test_page_states makes one")
    assert row is not None, f"the demo has no {parameter.removesuffix('_id')}: say above what stands for it"
    return row.id


def test_in_the_systems_high_contrast_a_chart_still_tells_filled_from_hollow(live: str, tab: Page):
    tab.emulate_media(forced_colors="active")
    tab.goto(f"{live}/athletes/{ATHLETE}")
    filled, hollow = (
        tab.locator(f".legend .key-point{which}").first.evaluate("(e) => getComputedStyle(e).backgroundColor")
        for which in (":not(.open, .other)", ".open")
    )
    assert filled != hollow
    tab.goto(f"{live}/sessions/de30000000000001")
    ink = tab.locator("#chain .mk").first.evaluate("(e) => getComputedStyle(e).backgroundColor")
    assert ink != tab.locator("#chain .area").first.evaluate("(e) => getComputedStyle(e).backgroundColor")
