"""What the browser tests share: an app that is served, what goes wrong in a page, and what every page must hold."""

import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"

DESK, PHONE, PAPER = (1280, 900), (390, 844), (720, 1000)
"""Windows that pages are looked at in, CSS px; the last is about what A4 leaves within its margins."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""How Chromium is started where no host but this machine answers."""

_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_ON_A_CHART = re.compile(r'^<button[^>]* class="mk[ "]')
"""A mark on a chart is as small as its place in time is exact (WCAG 2.5.8: essential); a table does the same."""
_STARTS_WITHIN_S = 60.0


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """`legato serve` over the catalogue in `folder`, its worker too, in a process of its own; the address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "legato", "serve", "--data", str(folder), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        late = threading.Timer(_STARTS_WITHIN_S, process.kill)
        late.start()
        for line in process.stdout:
            said.append(line)
            if address := re.search(r"http://[\w.:\[\]]+", line):
                break
        else:
            raise AssertionError(f"the app did not start: {''.join(said)}")
        # What the app says later is read away, so that it never waits for us.
        rest = threading.Thread(target=said.extend, args=(process.stdout,), daemon=True)
        rest.start()
        while not _answers(address.group()):
            assert process.poll() is None and late.is_alive(), f"the app does not answer: {''.join(said)}"
            time.sleep(0.05)
        late.cancel()
        yield address.group()
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert not any("Traceback" in line for line in said), "the app failed within: " + "".join(said)


def _answers(address: str) -> bool:
    """Whether the app answers yet: it prints its address before it is up."""
    try:
        with urllib.request.urlopen(address, timeout=_STARTS_WITHIN_S):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


class Slips:
    """What went wrong in a page: errors told to its console, thrown, and requests that leave this machine.

    A test that provokes an error on purpose asserts it and calls `forget()`.
    """

    def __init__(self) -> None:
        self.told: list[str] = []

    def watch(self, tab: Page) -> None:
        """Listen to what `tab` does from now on."""
        tab.on("console", self._console)
        tab.on("pageerror", lambda error: self.told.append(f"thrown: {error}"))
        tab.on("request", self._request)

    def forget(self) -> list[str]:
        """What was told so far, which is then no longer held against the page."""
        told, self.told = self.told, []
        return told

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert"):
            self.told.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        if not re.match(r"(http://(127\.0\.0\.1|localhost|\[::1\])[:/]|data:|blob:|about:)", request.url):
            self.told.append(f"outside: {request.url}")


def settled(tab: Page) -> None:
    """Wait until HTMX has swapped in what it asked for, the parts that load by themselves too."""
    tab.wait_for_load_state("load")
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
    tab.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def unrolled(tab: Page) -> None:
    """Scroll to the end of the page, so that every part that waits to be seen has come."""
    settled(tab)
    for _ in range(200):
        tab.evaluate("() => scrollBy(0, innerHeight * 0.8)")
        settled(tab)
        # What has just come may have made the page longer, and hold parts that wait themselves.
        if tab.evaluate(
            "() => scrollY + innerHeight >= document.scrollingElement.scrollHeight - 2"
            " && !document.querySelector('[hx-trigger^=intersect]')"
        ):
            break
    else:
        raise AssertionError(f"{tab.url}: parts that wait to be seen have not come")
    tab.evaluate("() => scrollTo(0, 0)")


def in_window(tab: Page, size: tuple[int, int], dark: bool = False) -> None:
    """Look at the page in a window of `size`, in the dark or light scheme."""
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.emulate_media(color_scheme="dark" if dark else "light")


def no_overflow(tab: Page, width: int | None = None) -> None:
    """Nothing is wider than the window, with all that folds open; what must be wide lies in a box that scrolls."""
    if width is not None:
        in_window(tab, (width, 844))
    seen = tab.evaluate(
        """() => {
          document.querySelectorAll('details').forEach((d) => { d.open = true; });
          const boxed = (e) => {
            for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
              if (getComputedStyle(p).overflowX !== 'visible') return true;
            return false;
          };
          const wide = [...document.querySelectorAll('body *')]
            .filter((e) => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1 && !boxed(e))
            .map((e) => e.outerHTML.slice(0, 120));
          return [document.scrollingElement.scrollWidth, innerWidth, wide.slice(0, 5)];
        }"""
    )
    assert seen[0] <= seen[1] and seen[2] == [], f"{tab.url} is wider than the window: {seen}"


def axe_found(tab: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core holds against the page by WCAG 2.2 AA and its own best practice, or by `rules`, one line each."""
    if not tab.evaluate("typeof axe === 'object'"):
        # Through the debugging protocol, as a script tag would be stopped by the page's own policy.
        devtools = tab.context.new_cdp_session(tab)
        devtools.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
        devtools.detach()
    found: list[dict[str, Any]] = tab.evaluate(
        "async (only) => (await axe.run(document, {runOnly: only, resultTypes: ['violations']})).violations",
        {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(_TAGS)},
    )
    return [
        f"{broken['id']}: {node['html'][:160]} {' '.join((node['failureSummary'] or broken['help']).split())[:300]}"
        for broken in found
        for node in broken["nodes"]
        if not (broken["id"] == "target-size" and _ON_A_CHART.search(node["html"]))
    ]


def axe(tab: Page, rules: Sequence[str] = ()) -> None:
    """The page breaks no rule that axe-core can see."""
    found = axe_found(tab, rules)
    assert found == [], f"{tab.url}: " + "\n".join(found)


def keyboard_stops(tab: Page, most: int = 600) -> list[str]:
    """What Tab reaches from the top of the page to its end, as the start of each one's HTML."""
    tab.evaluate(
        """() => {
          const top = document.body;  // a fragment in the address would let Tab begin below
          top.tabIndex = -1; top.focus(); top.removeAttribute('tabindex');
          window.scrollTo(0, 0); window.legatoStops = new Set(); window.legatoLast = null;
        }"""
    )
    stops: list[str] = []
    for _ in range(most):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(
            """() => {
              const at = document.activeElement;
              if (!at || at === document.body) return null;
              const inside = at === window.legatoLast;  // a date has a stop for its day, month and year
              window.legatoLast = at;
              if (window.legatoStops.has(at)) return inside ? '' : null;
              window.legatoStops.add(at);
              return at.outerHTML.slice(0, 160);
            }"""
        )
        if stop is None:
            return stops
        if stop:
            stops.append(stop)
    raise AssertionError(f"{tab.url}: more than {most} stops of Tab")


def keyboard_reaches(tab: Page, *selectors: str) -> None:
    """Tab reaches an element of each of `selectors`, and without any, everything that can be pressed or filled in."""
    keyboard_stops(tab)
    missed = tab.evaluate(
        """(selectors) => {
          const reached = (e) => window.legatoStops.has(e);
          if (selectors.length)
            return selectors.filter((s) => ![...document.querySelectorAll(s)].some(reached));
          const group = (e) => e.type === 'radio' && [...document.getElementsByName(e.name)].some(reached);
          // Of these one is reached by Tab and the others by the arrows.
          const composite = '[role=tablist], [role=grid], [role=listbox], [role=menu], [role=toolbar]';
          return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
            .filter((e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length && !e.disabled)
            .filter((e) => !reached(e) && !group(e) && !e.closest(composite) && !e.closest('[inert]'))
            .map((e) => e.outerHTML.slice(0, 160));
        }""",
        list(selectors),
    )
    assert missed == [], f"{tab.url}: the keyboard does not reach {missed[:5]}"


def headings_in_order(tab: Page) -> None:
    """One `h1`, first, and no level left out below it."""
    levels: list[int] = tab.evaluate(
        "() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((h) => h.getClientRects().length)"
        ".map((h) => Number(h.tagName[1]))"
    )
    assert levels[:1] == [1] and levels.count(1) == 1, f"{tab.url}: headings {levels}"
    assert all(after - before <= 1 for before, after in pairwise(levels)), f"{tab.url}: {levels}"


def holds(tab: Page) -> None:
    """The page that is open holds what every page must: large and small, dark and light, on paper and by keyboard."""
    in_window(tab, DESK)
    unrolled(tab)
    headings_in_order(tab)
    axe(tab)
    no_overflow(tab)
    keyboard_reaches(tab)
    in_window(tab, PHONE, dark=True)
    no_overflow(tab)
    axe(tab, ("color-contrast", "target-size"))
    # Printed it is light, without what only a screen needs, and nothing is cut off.
    in_window(tab, PAPER, dark=True)
    tab.emulate_media(media="print")
    assert not tab.locator("header.bar").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    no_overflow(tab)
    tab.emulate_media(media="screen")
