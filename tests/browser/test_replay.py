"""One clock for video, skeleton, curves and marks: what is asked for is what is shown, and little work a frame."""

import base64
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from legato.analysis import Analysis, analyze
from legato.recording import Stream
from legato.simulate import demo_press
from legato.simulate.make import simulate
from legato.simulate.plates import with_plates
from legato.store import Catalogue, keep_file
from legato.store.rows import ResultRow, SessionFileRow, SessionRow
from legato.web.artefacts import artefacts
from legato.web.replay import replay_bytes
from legato.web.replay.pack import array_at, unpacked
from legato.web.summaries import summary_of

from ..web.videos import webm
from .harness import DESK, PHONE, Slips, axe, in_window, no_overflow

OFFSET_S = 0.75
"""When the video starts on the recording's clock."""

ROOT = "document.querySelector('.replay-root')"
SIZE = (128, 64)
FRAMES = 90

_DRAWN = """async ([n, [width, height]]) => {
  if (!('VideoEncoder' in window)) return null;
  const chunks = [];
  const canvas = new OffscreenCanvas(width, height);
  const g = canvas.getContext('2d');
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      chunks.push(btoa(String.fromCharCode(...bytes)));
    },
    error: (e) => { throw e; },
  });
  encoder.configure({ codec: 'vp8', width, height, bitrate: 2e6 });
  for (let k = 0; k < n; k++) {
    for (let bit = 0; bit < 8; bit++) {
      g.fillStyle = (k >> bit) & 1 ? '#fff' : '#000';
      g.fillRect(bit * width / 8, 0, width / 8, height);
    }
    const frame = new VideoFrame(canvas, { timestamp: k * 33000 });
    encoder.encode(frame, { keyFrame: k === 0 });
    frame.close();
  }
  await encoder.flush();
  return chunks;
}"""
"""Frames whose number stands in them as eight bars, black for 0 and white for 1."""

_READ = """() => {
  const video = document.querySelector('.replay-root video');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const g = canvas.getContext('2d');
  g.drawImage(video, 0, 0);
  let n = 0;
  for (let bit = 0; bit < 8; bit++) {
    const [red] = g.getImageData((bit + 0.5) * canvas.width / 8, canvas.height / 2, 1, 1).data;
    if (red > 127) n |= 1 << bit;
  }
  return n;
}"""


def kept(
    library: Catalogue, analysis: Analysis, name: str, changed: dict[str, bytes], video: bytes | None = None
) -> str:
    """A session with the result of an analysis; its id."""
    made = {file: library.files.save_bytes(content) for file, content in (artefacts(analysis) | changed).items()}
    film = None if video is None else library.files.save_bytes(video)
    with library.session() as rows:
        session = SessionRow(
            name=name, recorded_on=date(2026, 11, 1), movement=analysis.movement.id, video_offset_s=OFFSET_S
        )
        for saved in made.values():
            keep_file(rows, saved)
        if film is not None:
            keep_file(rows, film)
            session.files.append(SessionFileRow(sha256=film.sha256, name="film.webm", role="video", position=0))
        files = {file: saved.sha256 for file, saved in made.items()}
        summary = summary_of(analysis.to_dict())
        session.results.append(ResultRow(key=name, legato_version="1", summary=summary, files=files))
        rows.add(session)
        rows.flush()
        return session.id


@pytest.fixture(scope="module")
def times_ms() -> list[int]:
    """When frames are shown: as a telephone records them, unevenly, with a few lost."""
    steps = np.random.default_rng(5).choice([33, 34, 35, 67, 101], FRAMES, p=[0.4, 0.35, 0.15, 0.07, 0.03])
    return [0, *(int(t) for t in np.cumsum(steps)[:-1])]


@pytest.fixture(scope="module")
def film(browser: Browser, live: str, times_ms: list[int]) -> bytes:
    page = browser.new_page()
    page.goto(live)
    chunks = page.evaluate(_DRAWN, [FRAMES, SIZE])
    page.close()
    if chunks is None or len(chunks) != FRAMES:
        pytest.skip("this Chromium cannot encode VP8")
    return webm([(ms, base64.b64decode(one)) for ms, one in zip(times_ms, chunks, strict=True)], SIZE, "V_VP8")


@pytest.fixture(scope="module")
def squat() -> Analysis:
    return analyze(with_plates(simulate("back-squat", reps=2, seed=3)).recording, "back-squat")


@pytest.fixture(scope="module")
def session(library: Catalogue, squat: Analysis, film: bytes) -> str:
    return kept(library, squat, "Squats with a film", {}, film)


@pytest.fixture
def opened(live: str, tab: Page, session: str) -> Page:
    in_window(tab, DESK)
    tab.goto(f"{live}/sessions/{session}")
    ready(tab)
    return tab


def ready(tab: Page, film: bool = True) -> None:
    tab.wait_for_selector(".replay-root[data-state=ready][data-stage]", state="attached")
    if film:
        tab.wait_for_selector(".replay-root[data-film=ready]", state="attached")


def clock(tab: Page) -> float:
    return tab.evaluate(f"() => {ROOT}.legato.clock.t")


def shown_frame(tab: Page, wanted: int) -> int:
    """The number in the picture, once the browser says that it shows the frame that was asked for."""
    tab.wait_for_function(f"(n) => {ROOT}.legato.film().shown === n && !{ROOT}.legato.film().video.seeking", arg=wanted)
    return tab.evaluate(_READ)


def test_the_asked_frame_is_the_shown_frame(opened: Page, times_ms: list[int]):
    order = [int(n) for n in np.random.default_rng(1).permutation(FRAMES)[:25]] + [0, FRAMES - 1]
    for n in order:
        # Anywhere within the frame's own time.
        last = times_ms[n + 1] if n + 1 < FRAMES else times_ms[n] + 10
        t = OFFSET_S + (times_ms[n] + 0.9 * (last - times_ms[n])) / 1000
        opened.evaluate(f"(t) => {ROOT}.legato.clock.set(t)", t)
        assert shown_frame(opened, n) == n
        assert clock(opened) == pytest.approx(t, abs=1e-6)
    opened.evaluate(f"() => {ROOT}.legato.clock.set({OFFSET_S} + 0.0001)")
    opened.locator(".replay-root [data-do=play]").focus()
    for n in range(1, 12):
        opened.keyboard.press(".")
        assert shown_frame(opened, n) == n
    opened.keyboard.press(",")
    assert shown_frame(opened, 10) == 10
    opened.wait_for_function(f"() => document.querySelector('.film figcaption').textContent === 'Frame 11 of {FRAMES}'")
    # Scrubbing far faster than frames can be sought ends on the last that was asked for.
    opened.evaluate(
        f"([from, to]) => {{ for (let k = 0; k <= 40; k++) {ROOT}.legato.clock.set(from + (to - from) * k / 40); }}",
        [OFFSET_S, OFFSET_S + (times_ms[50] + 5) / 1000],
    )
    assert shown_frame(opened, 50) == 50


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
    assert film[0] == film[1] == opened.evaluate(_READ)

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


def heavy(library: Catalogue) -> str:
    """60 s of 16 channels of EMG at 2 kHz and of 60 points at 250 Hz."""
    analysis = analyze(demo_press().recording, "bench-press")
    random = np.random.default_rng(2)
    time = np.arange(120_000) / 2000
    bursts = 5e-5 + 5e-4 * np.maximum(0, np.sin(2 * np.pi * time[:, None] / 4 + np.arange(16))) ** 8
    emg = Stream(
        "emg", "emg", bursts * random.standard_normal((time.size, 16)), 2000.0,
        tuple(f"muscle {k}" for k in range(1, 17)), ("V",) * 16,
    )  # fmt: skip
    others = tuple(stream for stream in analysis.recording.streams if stream.kind != "emg")
    frames = 15_000
    body = analysis.body

    def longer(values: np.ndarray) -> np.ndarray:
        return values[np.arange(frames) % values.shape[0]]

    points = {name: longer(xyz) for name, xyz in body.points.items()}
    points |= {f"point {k}": longer(body.points["pelvis"]) + 0.01 * k for k in range(60 - len(points))}
    angles = {name: longer(angle) for name, angle in body.angles.items()}
    big = replace(
        analysis,
        recording=replace(analysis.recording, streams=(*others, emg)),
        body=replace(body, points=points, angles=angles, n_frames=frames, filled={}),
        muscles=None,
    )
    assert len(points) == 60 and body.rate_hz == 250.0
    return kept(library, analysis, "Heavy", {"replay.bin": replay_bytes(big)})


@pytest.mark.slow
def test_a_heavy_session_loads_and_pans_within_its_limits(
    live: str, library: Catalogue, browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Measured is the processor time of the page's main thread for everything that a frame needs of it: script, style,
    layout, painting, and without a graphics card the plots' pixels as well. Other programs do not count.
    """
    session = heavy(library)
    loads: list[float] = []
    for _ in range(5):
        tab = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
        tab.goto(f"{live}/sessions/{session}")
        ready(tab, film=False)
        loads.append(tab.evaluate("() => performance.getEntriesByName('replay-ready')[0].startTime / 1000"))
        tab.close()
    tab = browser.new_page(viewport={"width": DESK[0], "height": 1400})
    tab.goto(f"{live}/sessions/{session}")
    ready(tab, film=False)
    tab.locator("[data-chart=emg]").scroll_into_view_if_needed()
    figures: dict[str, tuple[float, float]] = {}
    for name, width in (("20 s", 20.0), ("2 s", 2.0)):
        tab.evaluate(f"(w) => {ROOT}.legato.charts.show(10, 10 + w)", width)
        tab.wait_for_timeout(700)
        work = frames_of(browser, tab, tmp_path / "trace.json", width)
        figures[name] = float(np.percentile(work, 50)), float(np.percentile(work, 95))
    tab.close()
    with capsys.disabled():
        print(f"\nload {np.median(loads):.2f} s (largest {max(loads):.2f}); ms a frame (median, p95): {figures}")
    assert np.median(loads) <= 1.5
    assert max(p95 for _, p95 in figures.values()) <= 16.0


def frames_of(browser: Browser, tab: Page, trace: Path, width: float) -> list[float]:
    """Processor time of the main thread for each frame while panning, ms, from the browser's own trace."""
    browser.start_tracing(page=tab, path=trace, categories=["toplevel", "devtools.timeline", "cc", "blink"])
    tab.evaluate(
        f"""(width) => new Promise((done) => {{
          const {{ charts }} = {ROOT}.legato;
          let k = 0;
          const next = () => {{
            if (k++ >= 150) return done();
            charts.show(10 + (k % 75) * width / 100, 10 + width + (k % 75) * width / 100);
            requestAnimationFrame(next);
          }};
          requestAnimationFrame(next);
        }})""",
        width,
    )
    browser.stop_tracing()
    events: list[dict[str, Any]] = json.loads(trace.read_bytes())["traceEvents"]
    of_page = Counter((e["pid"], e["tid"]) for e in events if e["name"] == "FireAnimationFrame").most_common(1)[0][0]
    own = [e for e in events if (e["pid"], e["tid"]) == of_page and "tdur" in e]
    edges = np.array(sorted(e["ts"] for e in own if e["name"] == "ProxyMain::BeginMainFrame"))
    tasks = [e for e in own if e["name"].endswith("RunTask")]
    assert edges.size > 100 and tasks, "the trace holds no tasks of the page's main thread"
    frame = np.searchsorted(edges, [e["ts"] + e["dur"] for e in tasks])
    work = np.bincount(frame, [e["tdur"] / 1000 for e in tasks], minlength=edges.size + 1)
    return list(work[2:-2])
