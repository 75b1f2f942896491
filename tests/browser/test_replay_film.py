"""The video on the recording's clock: the frame asked for is the one on the screen, or the page says it is not."""

import re
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from legato.analysis import Analysis
from legato.store import Catalogue, keep_file
from legato.store.rows import SessionFileRow, SessionRow

from .harness import DESK, PHONE, axe, in_window, no_overflow
from .replays import READ, ROOT, as_mp4, as_webm, clock, kept, pictures, ready

SHOWN = f"""() => [{ROOT}.legato.film().shown, document.querySelector('.film figcaption').textContent]"""


@pytest.fixture(scope="module")
def vp8(browser: Browser, live: str) -> list[bytes]:
    return pictures(browser, live, 480, "vp8")


@pytest.fixture(scope="module")
def vp9(browser: Browser, live: str) -> list[bytes]:
    return pictures(browser, live, 480, "vp09.00.10.08")


def uneven_ms(n: int) -> list[int]:
    """When frames are shown: as a telephone records them, unevenly, with a few lost."""
    steps = np.random.default_rng(5).choice([33, 34, 35, 67, 101], n, p=[0.4, 0.35, 0.15, 0.07, 0.03])
    return [0, *(int(t) for t in np.cumsum(steps)[:-1])]


def even_ms(n: int, hz: float) -> list[int]:
    return [round(1000 * k / hz) for k in range(n)]


class Asked:
    """Frames that were asked for, and what was then on the screen."""

    def __init__(self, tab: Page, times_s: NDArray[np.float64], offset_s: float) -> None:
        self.tab, self.times, self.offset = tab, times_s, offset_s
        self.asks = self.exact = 0
        self.untold: list[str] = []

    @property
    def frames(self) -> int:
        return self.times.size

    def within(self, n: int, share: float) -> float:
        """A moment of the recording within the time of frame `n`."""
        end = self.times[n + 1] if n + 1 < self.frames else 2 * self.times[n] - self.times[n - 1]
        return self.offset + self.times[n] + share * (end - self.times[n])

    def go(self, n: int, share: float) -> None:
        self.tab.evaluate(f"(t) => {ROOT}.legato.clock.set(t)", self.within(n, share))
        self.see(n)

    def press(self, key: str, n: int) -> None:
        self.tab.keyboard.press(key)
        self.see(n)

    def see(self, n: int) -> None:
        """Hold the picture against frame `n` once it stands still; the caption must tell the picture."""
        still = f"""() => {{
          const film = {ROOT}.legato.film(), t = {ROOT}.legato.clock.t;
          return !film.video.seeking && (film.exact(t) || film.late);
        }}"""
        self.tab.wait_for_function(still)
        # What it says belongs to what is painted: two frames of the screen later both have come.
        self.tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        picture = self.tab.evaluate(READ)
        shown, caption = self.tab.evaluate(SHOWN)
        told = re.match(r"Frame (\d+) of (\d+)", caption)
        self.asks += 1
        self.exact += picture == n
        inexact = "Not exact" in caption
        if told is None or int(told[1]) != picture + 1 or shown != picture or inexact != (picture != n):
            self.untold.append(f"asked {n}, on the screen {picture}, told {shown}: {caption}")


@pytest.mark.parametrize(
    ("kind", "offset_s"),
    [("uneven webm", 0.75), ("uneven webm", -0.4)]
    + [
        pytest.param(f"{hz} Hz {container}", offset_s, marks=pytest.mark.slow)
        for hz in (30, 60, 240)
        for container, offset_s in (("webm", 0.75), ("mp4", -0.4))
    ],
)
def test_the_asked_frame_is_on_the_screen(
    live: str, library: Catalogue, tab: Page, squat: Analysis, vp8: list[bytes], vp9: list[bytes], kind: str,
    offset_s: float, capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    rate, _, container = kind.partition(" Hz ")
    n = 90 if container == "" else min(480, 4 * int(rate))
    if container == "mp4":
        # As of 30 000/1001 Hz and its like, in units of 1/30 000 s.
        step = 30_000 * 1001 // (1000 * int(rate))
        times = np.arange(n) * step / 30_000
        film = as_mp4(vp9[:n], 30_000, [step] * n, 2 * step)
    else:
        at = uneven_ms(n) if container == "" else even_ms(n, int(rate))
        times = np.array(at) / 1000
        film = as_webm(vp8[:n], at)
    session = kept(library, squat, f"Squats, film of {kind} {offset_s}", {}, film, offset_s)
    in_window(tab, DESK)
    tab.goto(f"{live}/sessions/{session}")
    ready(tab)
    asked = Asked(tab, times, offset_s)
    start = tab.evaluate(f"() => {ROOT}.legato.clock.start")
    end = tab.evaluate(f"() => {ROOT}.legato.clock.end")
    inside = [k for k in range(n) if start <= asked.within(k, 0.0) and asked.within(k, 1.0) <= end]
    random = np.random.default_rng(1)
    for k in random.choice(inside[1:-1], 20, replace=False):
        asked.go(int(k), float(random.uniform(0.02, 0.98)))
    asked.go(inside[0], 0.5)
    asked.go(inside[-1], 0.1)
    # Steps of one and of ten frames, on and back.
    tab.locator(".replay-root [data-do=play]").focus()
    at = inside[len(inside) // 2]
    asked.go(at, 0.3)
    back = [(",", -1), ("ArrowLeft", -1), ("Shift+ArrowLeft", -10)]
    for key, by in [*[(".", 1)] * 6, ("ArrowRight", 1), (">", 10), *back]:
        if at + by in inside:
            at += by
            asked.press(key, at)
    # Jumps to marks of the timeline.
    marks = tab.locator("#chain .mk[data-t]")
    for k in range(min(6, marks.count())):
        marks.nth(k).evaluate("(e) => e.click()")
        frame = int(np.searchsorted(times + offset_s, clock(tab) + 1e-6, "right")) - 1
        if frame in inside[:-1]:
            asked.see(frame)
    # Scrubbing far faster than frames can be sought ends on the last that was asked for.
    tab.evaluate(
        f"([from, to]) => {{ for (let k = 0; k <= 40; k++) {ROOT}.legato.clock.set(from + (to - from) * k / 40); }}",
        [asked.within(inside[0], 0.5), asked.within(inside[len(inside) // 3], 0.5)],
    )
    asked.see(inside[len(inside) // 3])
    with capsys.disabled():
        print(f"\n{kind}, offset {offset_s} s: {asked.exact} of {asked.asks} frames as asked")
    assert asked.untold == []
    assert asked.exact == asked.asks


@pytest.mark.parametrize(
    ("record", "script", "told"),
    [
        # The file's table lies half a frame beside what the decoder shows.
        ({"first_s": 1 / 60, "rate_hz": 30.0, "n": 60}, "", "Not exact: this picture is of "),
        # Its sound goes on for a second after its last frame.
        ({"first_s": 0.0, "rate_hz": 30.0, "n": 30}, "", "The video has no picture of this moment."),
        ({}, "", "The file does not tell when its frames are shown, so steps are not exact."),
        (None, "delete HTMLVideoElement.prototype.requestVideoFrameCallback;", "Not exact: this browser does not tell"),
    ],
)
def test_a_frame_that_is_not_surely_the_asked_one_is_told(
    live: str, library: Catalogue, tab: Page, squat: Analysis, vp8: list[bytes], record: dict[str, float] | None,
    script: str, told: str,
):  # fmt: skip
    session = kept(library, squat, f"Squats, film that is {told}", {}, as_webm(vp8[:60], even_ms(60, 30)), 0.2)
    if record is not None:
        tab.route("**/video.json*", lambda route: route.fulfill(json={"type": "video/webm", **record}))
    tab.add_init_script(script)
    tab.goto(f"{live}/sessions/{session}")
    ready(tab)
    tab.evaluate(f"() => {ROOT}.legato.clock.set(1.21)")
    caption = tab.locator(".film figcaption")
    tab.wait_for_function("([e, told]) => e.textContent.includes(told)", arg=[caption.element_handle(), told])
    assert not tab.evaluate(f"() => {ROOT}.legato.film().exact(1.21)")


@pytest.mark.parametrize("timed", [True, False])
def test_a_film_without_a_recording_is_played_slowly_and_frame_by_frame(
    live: str, library: Catalogue, tab: Page, vp8: list[bytes], timed: bool
):
    n = 60
    saved = library.files.save_bytes(as_webm(vp8[:n], even_ms(n, 30)))
    with library.session() as rows:
        keep_file(rows, saved)
        row = SessionRow(name=f"Film alone {timed}", recorded_on=date(2026, 11, 1))
        row.files.append(SessionFileRow(sha256=saved.sha256, name="film", role="video", position=0))
        rows.add(row)
        rows.flush()
        session = row.id
    if not timed:
        tab.route("**/video.json*", lambda route: route.fulfill(json={"type": "video/webm"}))
    in_window(tab, DESK)
    tab.goto(f"{live}/sessions/{session}")
    tab.wait_for_selector(".replay-root[data-film=ready]", state="attached")
    caption = tab.locator(".film figcaption")
    if timed:
        for key, frame in (("Home", 1), (".", 2), (">", 12), (",", 11), ("End", n)):
            tab.locator(".replay-root [data-do=play]").focus()
            tab.keyboard.press(key)
            expect(caption).to_have_text(f"Frame {frame} of {n}")
            assert tab.evaluate(READ) == frame - 1
    tab.locator("select[name=speed]").select_option("0.25")
    tab.keyboard.press("Home")
    tab.get_by_role("button", name="Play", exact=True).click()
    tab.wait_for_function(f"() => {ROOT}.legato.clock.t > {ROOT}.legato.clock.start + 0.2")
    assert tab.evaluate(f"() => {ROOT}.legato.film().video.playbackRate") == 0.25
    assert abs(tab.evaluate(f"() => {ROOT}.legato.clock.end") - n / 30) < 0.1
    no_overflow(tab)
    axe(tab)
    no_overflow(tab, PHONE[0])
