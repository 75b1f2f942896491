"""The report in a real browser: no errors, no outside host, no overflow on a phone, a replay that plays."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from legato.coaching.catalogue import drills
from legato.report import write_report
from legato.report.drill_sheet import drills_html

from .bar_records import bar_alone
from .fault_records import with_findings
from .force_records import jumps, on_two_plates, pulls

pytestmark = pytest.mark.browser

DESK, PHONE = (1280, 900), (390, 844)


class Browser:
    """A headless Chromium, driven through its debugging pipe (file descriptors 3 and 4)."""

    def __init__(self, path: str, profile: Path) -> None:
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
        # A small shell puts the pipe's ends at the numbers that Chromium wants; Python may hold 3 and 4 itself.
        command = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            [
                "bash",
                "-c",
                command,
                path,
                *flags,
                "--remote-debugging-pipe",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._count = 0
        self._held = b""
        self.events: list[dict[str, Any]] = []
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command to the page and return its result."""
        return self._call(method, params, self._session)

    def open(self, page: Path, size: tuple[int, int], dark: bool = False) -> None:
        """Load `page` in a window of `size`, forgetting what was seen before."""
        self.events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=size[0] < 500,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=page.resolve().as_uri())
        limit = time.monotonic() + 30.0
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            assert time.monotonic() < limit, "the page did not load within 30 s"
            self.value("1")

    def value(self, expression: str) -> Any:
        """The value of a script expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def errors(self) -> list[str]:
        """Everything that went wrong in the page, as it was told to the console or thrown."""
        found: list[str] = []
        for event in self.events:
            params = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(json.dumps(params["exceptionDetails"]))
            elif event.get("method") == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(json.dumps(params["args"]))
            elif event.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
        return found

    def requests(self) -> list[str]:
        """Addresses that the page asked for, other than itself and what it carries inside."""
        asked = [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]
        return [url for url in asked if not url.startswith(("data:", "file:", "about:"))]

    def screenshot(self, path: Path) -> None:
        """The whole page as a PNG file."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._out)
        os.close(self._in)

    def _call(self, method: str, params: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._count:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "the browser closed"
            self._held += chunk
        message, self._held = self._held.split(b"\0", 1)
        return json.loads(message)


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(chromium, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(params=["squat", "throw", "press", "faults"])
def report(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made = with_findings(request.getfixturevalue("squat")) if request.param == "faults" else None
    return write_report(made or request.getfixturevalue(request.param), tmp_path / "out") / "report.html"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_opens_without_errors_outside_requests_or_overflow(
    browser: Browser, report: Path, size: tuple[int, int], dark: bool
):
    browser.open(report, size, dark)
    assert browser.errors() == []
    assert browser.requests() == []
    assert browser.value("document.scrollingElement.scrollWidth") <= size[0]
    assert browser.value("innerWidth") == size[0]
    assert len(browser.value("document.querySelector('h1').textContent")) > 20


def test_nothing_overflows_on_a_phone_with_every_table_open(browser: Browser, report: Path):
    browser.open(report, PHONE)
    browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.value("document.scrollingElement.scrollWidth") <= PHONE[0]
    # What is wider than the screen must lie in a box that scrolls by itself.
    wide = browser.value(
        "[...document.querySelectorAll('main *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'))"
        ".map(e => e.tagName + '.' + e.className)"
    )
    assert wide == []


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "one stretch"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_page_of_emg_alone_has_the_whole_width_and_no_errors(
    browser: Browser, alone: Callable[..., Any], tmp_path: Path, size: tuple[int, int], marked: bool
):
    browser.open(write_report(alone(marked=marked), tmp_path / "out") / "report.html", size)
    browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.errors() == []
    assert browser.value("document.scrollingElement.scrollWidth") <= size[0]
    margin = 16 if size == DESK else 10
    assert browser.value("document.getElementById('chain').getBoundingClientRect().width") == size[0] - 2 * margin
    browser.value("document.querySelector('.mk').dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))")
    assert "burst" in browser.value("document.getElementById('readout').textContent")


@pytest.fixture(params=["jumps", "pulls", "bar"])
def bodiless(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """A page without a body, and the id of its section."""
    made = {"jumps": lambda: jumps(2.2, 2.5), "pulls": lambda: pulls(5), "bar": bar_alone}[request.param]()
    section = "bar" if request.param == "bar" else "forces"
    return section, write_report(made, tmp_path / "out") / "report.html"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_page_of_plates_or_a_bar_alone_has_the_whole_width_and_names_its_charts(
    browser: Browser, bodiless: tuple[str, Path], size: tuple[int, int], dark: bool
):
    section, page = bodiless
    browser.open(page, size, dark)
    browser.value("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.errors() == []
    assert browser.value("document.scrollingElement.scrollWidth") <= size[0]
    margin = 16 if size == DESK else 10
    assert browser.value(f"document.getElementById('{section}').getBoundingClientRect().width") == size[0] - 2 * margin
    wide = browser.value(
        f"[...document.querySelectorAll('#{section} *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'))"
        ".map(e => e.tagName + '.' + e.className)"
    )
    assert wide == []
    named = browser.value(
        f"[...document.querySelectorAll('#{section} svg')].map(e => (e.getAttribute('aria-label') || '').length > 8)"
    )
    assert len(named) >= 2 and all(named)
    assert browser.value("[...document.querySelectorAll('.cursor')].every(e => e.style.display !== 'block')")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_of_drills_fits_and_its_figures_too(
    browser: Browser, tmp_path: Path, size: tuple[int, int], dark: bool
):
    (tmp_path / "drills.html").write_text(drills_html(list(drills().values())), "utf-8")
    browser.open(tmp_path / "drills.html", size, dark)
    assert browser.errors() == [] and browser.requests() == []
    assert browser.value("document.scrollingElement.scrollWidth") <= size[0]
    spilt = "[...document.querySelectorAll('svg')].filter(e => e.clientWidth > e.parentElement.clientWidth).length"
    assert browser.value(spilt) == 0
    assert browser.value("document.querySelectorAll('article svg').length") > 20


def test_forces_of_lifts_stand_after_the_chain_and_follow_the_replay(browser: Browser, squat: Any, tmp_path: Path):
    page = write_report(on_two_plates(squat), tmp_path / "out") / "report.html"
    for size in (DESK, PHONE):
        browser.open(page, size)
        tops = browser.value(
            "['chain', 'forces', 'reps'].map(id => document.getElementById(id).getBoundingClientRect().top)"
        )
        assert tops == sorted(tops)
        assert browser.errors() == []
    browser.open(page, DESK)
    browser.value("document.querySelector('#reps .jump').click()")
    assert browser.value("document.querySelector('#forces .cursor').style.display") == "block"


def test_the_menu_is_whole_and_wide_tables_have_the_whole_width(browser: Browser, report: Path):
    browser.open(report, PHONE)
    cut = "[...document.querySelectorAll('nav a')].filter(a => a.getBoundingClientRect().right > innerWidth).length"
    assert browser.value(cut) == 0
    browser.open(report, DESK)
    # 16 px of margin to both sides.
    assert browser.value("document.getElementById('reps').getBoundingClientRect().width") == DESK[0] - 32


def test_the_replay_never_lies_over_the_sections_below(browser: Browser, report: Path):
    browser.open(report, DESK)
    for name in ("reps", "quality", "methods"):
        browser.value(f"document.getElementById('{name}').scrollIntoView()")
        browser.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        ends = browser.value(
            "[document.getElementById('replay').getBoundingClientRect().bottom,"
            " document.querySelector('.below').getBoundingClientRect().top]"
        )
        assert ends[0] <= ends[1], name


def test_the_replay_draws_and_plays(browser: Browser, report: Path):
    browser.open(report, DESK)
    before = browser.value("document.getElementById('scene').toDataURL()")
    start = browser.value("legato.time()")
    browser.value("document.getElementById('play').click()")
    browser.value("new Promise(done => setTimeout(done, 700))")
    assert browser.value("legato.time()") > start + 0.05
    assert browser.value("document.getElementById('scene').toDataURL()") != before
    browser.value("document.getElementById('play').click()")
    assert browser.value("legato.playing()") is False
    inked = browser.value(
        """(() => {
          const c = document.getElementById('scene');
          const shades = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          let count = 0;
          for (let i = 3; i < shades.length; i += 4) if (shades[i] > 200) count++;
          return count;
        })()"""
    )
    assert inked > 1000


def test_the_keyboard_steps_one_frame_and_a_mark_jumps_to_its_time(browser: Browser, report: Path):
    browser.open(report, DESK)
    start = browser.value("legato.time()")
    step = browser.value("JSON.parse(document.getElementById('legato-data').textContent).dt")
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight")
    # Half a frame at most is lost when the time is first rounded onto a frame.
    assert browser.value("legato.time()") - start == pytest.approx(step, abs=0.51 * step)
    browser.value("document.querySelector('.mk').click()")
    wanted = float(browser.value("document.querySelector('.mk').dataset.t"))
    assert browser.value("legato.time()") == pytest.approx(wanted, abs=1e-6)
    assert browser.value("document.querySelector('.timeline .cursor').style.display") == "block"


def test_another_angle_of_the_trial_can_be_chosen(browser: Browser, report: Path):
    browser.open(report, DESK)
    browser.value(
        """(() => {
          const choice = document.getElementById('trial-angle');
          choice.selectedIndex = 1;
          choice.dispatchEvent(new Event('change'));
        })()"""
    )
    shown = browser.value("[...document.querySelectorAll('.trial .one')].map(e => e.hidden)")
    assert shown.count(False) == 1
    assert shown[1] is False


def test_text_stands_out_from_its_ground(browser: Browser, report: Path):
    script = """(() => {
      const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
      const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
      const ground = (e) => {
        for (; e; e = e.parentElement) {
          const colour = parse(getComputedStyle(e).backgroundColor);
          if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
      };
      const faint = new Set();
      for (const e of document.querySelectorAll('main *, header *, footer *')) {
        const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        if (!own || !e.getClientRects().length) continue;
        const pair = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
        const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (ratio < 4.5) faint.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
      }
      return [...faint];
    })()"""
    for dark in (False, True):
        browser.open(report, DESK, dark)
        assert browser.value(script) == []


def test_every_control_has_a_name(browser: Browser, report: Path):
    browser.open(report, DESK)
    nameless = browser.value(
        """[...document.querySelectorAll('button, select, input')]
          .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length)))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []
