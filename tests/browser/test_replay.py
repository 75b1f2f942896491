"""One clock for video, skeleton, curves and marks, by buttons, keys and clicks; an earlier session over this one."""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from legato.analysis import Analysis, analyze
from legato.simulate.make import simulate
from legato.simulate.plates import with_plates
from legato.store import Catalogue
from legato.web.replay import replay_bytes
from legato.web.replay.pack import array_at, unpacked

from .harness import PHONE, Slips, axe, no_overflow
from .replays import READ, ROOT, as_webm, clock, kept, pictures, ready

OFFSET_S = 0.75
"""When the video starts on the recording's clock."""


@pytest.fixture(scope="module")
def film(browser: Browser, live: str) -> bytes:
    return as_webm(pictures(browser, live, 90, "vp8"), [33 * k for k in range(90)])


@pytest.fixture(scope="module")
def session(library: Catalogue, squat: Analysis, film: bytes) -> str:
    return kept(library, squat, "Squats with a film", {}, film, OFFSET_S)


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
    # What the button does is its name; that it were pressed as well would say the contrary.
    play = opened.locator(".replay-root [data-do=play]")
    opened.wait_for_timeout(1500)
    assert (play.text_content(), play.get_attribute("aria-pressed")) == ("Pause", None)
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


def test_a_replay_plays_once_and_goes_when_it_is_swapped_away(opened: Page):
    got = opened.evaluate(
        f"""async () => {{
          const root = {ROOT}, {{ clock }} = root.legato;
          clock.film = null;
          clock.set(clock.start);
          let [ticks, frames] = [0, 0];
          clock.on((why) => {{ if (why === 'tick') ticks += 1; }});
          for (let k = 0; k < 3; k++) {{ clock.play(); clock.pause(); }}
          clock.play();
          for (; frames < 8; frames++) await new Promise((done) => requestAnimationFrame(done));
          clock.pause();
          const swap = (shouldSwap) => root.parentElement.dispatchEvent(
            new CustomEvent('htmx:beforeSwap', {{ bubbles: true, detail: {{ shouldSwap }} }}));
          const stands = () => root.querySelectorAll('.stage canvas, .u-over').length;
          swap(false);
          const before = stands();
          swap(true);
          return {{ ticks, frames, before, after: stands(), src: root.querySelector('video').getAttribute('src') }};
        }}"""
    )
    assert got["frames"] - 1 <= got["ticks"] <= got["frames"] + 1
    assert got["before"] > 1 and got["after"] == 0 and got["src"] is None


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


PAIRS = f"""() => {{
  const {{ charts, stage }} = {ROOT}.legato, drawn = stage();
  const placed = (figure) => {{
    const made = drawn.lens.matrix.clone();
    return Array.from({{ length: figure.joints.count }}, (_, k) => {{
      figure.joints.getMatrixAt(k, made);
      return [made.elements[0], ...made.elements.slice(12, 15)];
    }});
  }};
  return {{
    own: placed(drawn.figure), other: placed(drawn.ghost.figure),
    forces: charts.panels.find(({{ figure }}) => figure.dataset.chart === 'force').plot.lanes[0].curves
      .map((curve) => [curve.channel.head.side, curve.dashed]),
  }};
}}"""
"""Size and place, m, of the joints of both skeletons as drawn, and the side of each curve of the forces."""


def elsewhere(analysis: Analysis) -> Analysis:
    """The same, done across the room: turned by a right angle, the plates below the other feet, its end not filmed."""
    body, forces = analysis.body, analysis.forces
    assert forces is not None and len(forces.plates) == 2
    frames = int(0.7 * body.n_frames)
    turned = {name: xyz[:frames, [1, 0, 2]] * [-1.0, 1.0, 1.0] + [1.0, 2.0, 0.0] for name, xyz in body.points.items()}
    names = [plate.name for plate in forces.plates]
    plates = tuple(replace(p, index=1 - p.index, name=names[1 - p.index]) for p in forces.plates)
    stands = tuple(replace(stand, plate=1 - stand.plate) for stand in forces.stands)
    return replace(
        analysis,
        body=replace(body, points=turned, n_frames=frames),
        forces=replace(forces, plates=plates, stands=stands),
    )


def test_what_lies_over_faces_the_same_way_and_pairs_the_same_foot(
    live: str, tab: Page, library: Catalogue, session: str, squat: Analysis
):
    other = kept(library, squat, "Squats across the room", {"replay.bin": replay_bytes(elsewhere(squat))})
    tab.goto(f"{live}/sessions/{session}/compare?with={other}")
    ready(tab)
    head, _ = unpacked(replay_bytes(elsewhere(squat)))
    end = head["skeleton"]["start_s"] + head["skeleton"]["n"] / head["skeleton"]["rate_hz"]
    for t, filmed in ((0.5 * end, True), (end + 0.1, False)):
        tab.evaluate(f"(t) => {ROOT}.legato.clock.set(t)", t)
        tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen = tab.evaluate(PAIRS)
        own, ghost = np.array(seen["own"]), np.array(seen["other"])
        assert (own[:, 0] > 0).any()
        if filmed:
            # Both as whole numbers of 0.1 mm, the turn rounded to 1e-4 rad.
            assert ghost == pytest.approx(own, abs=1e-3)
        else:
            assert not ghost[:, 0].any(), "it would stand still where nothing was recorded"
    sides = [side for side, _ in seen["forces"]]
    dashed = [is_dashed for _, is_dashed in seen["forces"]]
    assert dashed == [False, True] * (len(dashed) // 2) and {"left", "right"} <= set(sides)
    assert sides[::2] == sides[1::2]
