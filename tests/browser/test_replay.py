"""One clock for video, skeleton, curves and marks, by buttons, keys and clicks; an earlier session over this one."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from legato.analysis import Analysis, analyze
from legato.simulate.make import simulate
from legato.simulate.plates import with_plates
from legato.store import Catalogue
from legato.web.replay import replay_bytes
from legato.web.replay.pack import array_at, unpacked

from .harness import DESK, PHONE, Slips, axe, in_window, no_overflow
from .replays import READ, ROOT, as_webm, clock, kept, pictures, ready

OFFSET_S = 0.75
"""When the video starts on the recording's clock."""


@pytest.fixture(scope="module")
def film(browser: Browser, live: str) -> bytes:
    return as_webm(pictures(browser, live, 90, "vp8"), [33 * k for k in range(90)])


@pytest.fixture(scope="module")
def squat() -> Analysis:
    return analyze(with_plates(simulate("back-squat", reps=2, seed=3)).recording, "back-squat")


@pytest.fixture(scope="module")
def session(library: Catalogue, squat: Analysis, film: bytes) -> str:
    return kept(library, squat, "Squats with a film", {}, film, OFFSET_S)


@pytest.fixture
def opened(live: str, tab: Page, session: str) -> Page:
    in_window(tab, DESK)
    tab.goto(f"{live}/sessions/{session}")
    ready(tab)
    return tab


def test_one_clock_for_marks_keys_play_and_pick(opened: Page, squat: Analysis):
    head, _ = unpacked(replay_bytes(squat))
    mark = opened.locator("#chain .mk[data-t]").nth(1)
    mark.click()
    assert clock(opened) == pytest.approx(float(mark.get_attribute("data-t") or "nan"), abs=1e-6)
    assert f"{clock(opened):.3f} s" in (opened.locator(".replay-root .reading").text_content() or "")
    assert opened.locator("#chain .cursor").first.evaluate("(e) => e.style.display") == "block"

    stage = opened.locator(".replay-root .stage")
    stage.focus()
    opened.keyboard.press("[")
    assert any(clock(opened) == pytest.approx(rep["start"], abs=1e-6) for rep in head["reps"])
    opened.keyboard.press("Home")
    assert clock(opened) == head["start_s"]
    before = clock(opened)
    opened.keyboard.press("ArrowRight")  # the video has not started: a frame of the skeleton
    assert clock(opened) - before == pytest.approx(1 / head["skeleton"]["rate_hz"], abs=1e-6)

    # Slow motion with the video as its clock, from before its start: a tenth of the time that passes.
    opened.locator(".replay-root select[name=speed]").select_option("0.1")
    opened.evaluate(f"() => {ROOT}.legato.clock.set({OFFSET_S} - 0.01)")
    stage.focus()
    before = opened.evaluate("() => performance.now() / 1000")
    opened.keyboard.press(" ")
    opened.wait_for_timeout(1500)
    opened.keyboard.press(" ")
    passed = clock(opened) - (OFFSET_S - 0.01)
    elapsed = opened.evaluate("() => performance.now() / 1000") - before
    assert 0.03 < passed < 0.1 * elapsed + 0.02  # the video may start late, and never runs ahead
    opened.wait_for_timeout(300)
    film = opened.evaluate(f"() => [{ROOT}.legato.film().shown, {ROOT}.legato.film().frameAt({ROOT}.legato.clock.t)]")
    assert film[0] == film[1] == opened.evaluate(READ)

    # Nothing is drawn while nothing changes.
    frames = opened.evaluate(f"() => {ROOT}.legato.frames()")
    opened.wait_for_timeout(400)
    assert opened.evaluate(f"() => {ROOT}.legato.frames()") == frames

    # A moment is handed to the correction's form: by the button, and by a click with shift in a chart.
    opened.evaluate(
        "() => { window.taken = []; addEventListener('legato:pick', (e) => window.taken.push(e.detail.t)); }"
    )
    opened.locator("[data-do=pick]").click()
    area = opened.locator("[data-chart=force] .u-over")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    opened.keyboard.down("Shift")
    opened.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 40)
    opened.keyboard.up("Shift")
    taken = opened.evaluate("() => window.taken")
    view = opened.evaluate(f"() => {ROOT}.legato.charts.view")
    pixel = (view[1] - view[0]) / box["width"]
    assert taken[1] == pytest.approx(view[0] + 0.25 * (view[1] - view[0]), abs=2 * pixel)
    assert clock(opened) == taken[1]


def test_curves_zoom_and_the_tables_behind_them(opened: Page, squat: Analysis):
    content = replay_bytes(squat)
    head, base = unpacked(content)
    force = next(one for one in head["channels"] if one["id"] == "force:all")
    samples = array_at(content, base, force["samples"])
    whole = opened.evaluate(f"() => {ROOT}.legato.charts.view")
    for press in ("Zoom in", "Later", "Zoom in"):
        opened.get_by_role("button", name=press, exact=True).click()
    view = opened.evaluate(f"() => {ROOT}.legato.charts.view")
    assert view[1] - view[0] == pytest.approx(0.25 * (whole[1] - whole[0]))
    opened.locator("[data-chart=force] .plot-host").focus()
    opened.keyboard.press("0")
    assert opened.evaluate(f"() => {ROOT}.legato.charts.view") == whole

    opened.locator("[data-chart=force] summary").click()
    t = head["reps"][0]["start"] + 0.4
    opened.evaluate(f"(t) => {ROOT}.legato.clock.set(t)", t)
    expected = float(samples[round((t - force["start_s"]) * force["rate_hz"])])
    cell = opened.locator("[data-chart=force] table.values tbody tr").first.locator("td").first
    opened.wait_for_function("(e) => /^[0-9−.]+$/.test(e.textContent)", arg=cell.element_handle())
    assert float(cell.text_content() or "nan") == pytest.approx(expected, abs=0.51)
    low, high, mean = force["reps"][0]
    told = opened.locator("[data-chart=force] table.values tbody tr").first.locator("td").nth(1).text_content()
    assert told == f"{low:.0f} to {high:.0f} ({mean:.0f})"

    # Where the browser takes WebGL away, a plain drawing takes over.
    opened.evaluate(
        "() => document.querySelector('.stage canvas').getContext('webgl2')"
        ".getExtension('WEBGL_lose_context').loseContext()"
    )
    opened.wait_for_selector(".replay-root[data-stage=canvas]", state="attached")

    # The levels that the page draws from are those of the samples, in any window of whole stretches.
    got = opened.evaluate(
        f"() => {ROOT}.legato.file.channels.find((one) => one.head.id === 'force:all').levels"
        ".map((one) => [one.step, Array.from(one.low), Array.from(one.high)])"
    )
    for step, lows, highs in got:
        parts = [samples[i : i + step] for i in range(0, samples.size, step)]
        assert lows == [float(part.min()) for part in parts]
        assert highs == [float(part.max()) for part in parts]


def test_without_webgl_the_skeleton_is_still_there(live: str, context: BrowserContext, slips: Slips, session: str):
    context.add_init_script(
        "const had = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return kind.startsWith('webgl') ? null : had.call(this, kind, ...rest); };"
    )
    tab = context.new_page()
    slips.watch(tab)
    tab.goto(f"{live}/sessions/{session}")
    ready(tab)
    assert tab.locator(".replay-root").get_attribute("data-stage") == "canvas"
    assert tab.locator(".no-webgl").is_visible()
    inked = """() => {
      const c = document.querySelector('.stage canvas');
      const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      let n = 0, sum = 0;
      for (let i = 3; i < d.length; i += 4) if (d[i]) { n += 1; sum = (sum * 31 + i) % 1e9; }
      return [n, sum];
    }"""
    side = tab.evaluate(inked)
    tab.get_by_role("button", name="Front", exact=True).click()
    tab.wait_for_timeout(200)
    front = tab.evaluate(inked)
    assert min(side[0], front[0]) > 500 and side != front
    assert slips.told == []


def test_a_second_session_lies_over_the_first(live: str, tab: Page, library: Catalogue, session: str, squat: Analysis):
    other = analyze(with_plates(simulate("back-squat", reps=3, seed=8)).recording, "back-squat")
    other_id = kept(library, other, "Squats before", {})
    tab.goto(f"{live}/sessions/{session}/compare?with={other_id}")
    ready(tab)
    one, two = (unpacked(replay_bytes(analysis))[0] for analysis in (squat, other))
    shift = f"() => {ROOT}.legato.shift()"
    key = sorted(one["references"])[0], sorted(two["references"])[0]
    assert tab.evaluate(shift) == pytest.approx(one["references"][key[0]] - two["references"][key[1]], abs=1e-6)
    tab.locator(".overlay select[name=event]").select_option("start")
    tab.locator(".overlay select[name=other-rep]").select_option("2")
    assert tab.evaluate(shift) == pytest.approx(one["reps"][0]["start"] - two["reps"][2]["start"], abs=1e-6)
    assert tab.locator("[data-chart=rate] .swatch.dashed").count() == len(
        [c for c in one["channels"] if c["group"] == "rate"]
    )
    axe(tab)
    no_overflow(tab, PHONE[0])
