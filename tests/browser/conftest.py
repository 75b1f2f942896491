"""A served app with the demo's library, and a tab of a real browser that fails the test on any error in its page."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from legato.analysis import Analysis, analyze
from legato.simulate.make import simulate
from legato.simulate.plates import with_plates
from legato.store import Catalogue, open_catalogue

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (the dev extra)")

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402

from .harness import AXE, DESK, FLAGS, Slips, in_window, served  # noqa: E402
from .replays import ready  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here opens a page; the first ones fill a library, and what is analysed waits behind other tests."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium, the one that is installed."""
    if not AXE.is_file():
        pytest.skip("the packages of the pages' script are not installed; run `make client`")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def library(demo_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The catalogue that `live` serves, a copy of the demo's."""
    folder = tmp_path_factory.mktemp("live") / "library"
    shutil.copytree(demo_out / "library", folder)
    opened = open_catalogue(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def live(library: Catalogue, browser: Browser) -> Iterator[str]:
    """The address of the app over the demo's library, with its worker. Leave for others what you did not add."""
    with served(library.folder) as address:
        yield address


@pytest.fixture
def empty(browser: Browser, tmp_path: Path) -> Iterator[str]:
    """The address of an app of this test's own, over an empty catalogue (`tmp_path / "library"`)."""
    with served(tmp_path / "library") as address:
        yield address


@pytest.fixture
def slips() -> Slips:
    """What went wrong in `tab`; `forget()` takes what a test provoked on purpose."""
    return Slips()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of the test's own, in English and UTC."""
    made = browser.new_context(
        viewport={"width": DESK[0], "height": DESK[1]}, locale="en-GB", timezone_id="UTC", accept_downloads=True
    )
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def tab(context: BrowserContext, slips: Slips) -> Iterator[Page]:
    """A tab. The test fails where its page told an error, broke its policy or asked another host."""
    page = context.new_page()
    slips.watch(page)
    yield page
    page.close()
    assert slips.told == []


@pytest.fixture(scope="session")
def squat() -> Analysis:
    """Two squats, a plate below each foot."""
    return analyze(with_plates(simulate("back-squat", reps=2, seed=3)).recording, "back-squat")


@pytest.fixture
def opened(live: str, tab: Page, session: str) -> Page:
    """The page of the module's `session`, once its curves, skeleton and film stand."""
    in_window(tab, DESK)
    tab.goto(f"{live}/sessions/{session}")
    ready(tab)
    return tab
