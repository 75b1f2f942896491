"""One cursor: what each stream shows at a moment is what was recorded then, and slow motion is as slow as it says."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from legato.analysis import Analysis, analyze
from legato.recording import Stream
from legato.simulate.make import simulate
from legato.simulate.muscles import EmgSettings, with_emg
from legato.simulate.plates import with_plates
from legato.store import Catalogue
from legato.web.replay import replay_bytes
from legato.web.replay.pack import array_at, unpacked

from .replays import READ, ROOT, as_webm, clock, kept, pictures

OFFSET_S = 0.2
SHOWN_S = np.round(np.arange(480) / 60.0, 3)
"""When the film's frames are shown, s: 60 a second."""

_SEEN = """async (t) => {
  const { clock, charts, file, film, stage } = document.querySelector('.replay-root').legato;
  clock.set(t);
  const still = () => film().exact(t) && file.channels.every((one) => one.valueAt(t, () => {}) !== undefined);
  for (let k = 0; k < 200 && !still(); k++) await new Promise((done) => setTimeout(done, 20));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const drawn = stage();
  const placed = (mesh) => {
    const made = drawn.lens.matrix.clone();
    return Array.from({ length: mesh.count }, (_, k) => { mesh.getMatrixAt(k, made); return [...made.elements]; });
  };
  return {
    t: clock.t,
    values: Object.fromEntries(file.channels.map((one) => [one.head.id, one.valueAt(t, () => {})])),
    cursors: [...document.querySelectorAll('.u-over')].map((area) => {
      const at = area.querySelector('.now').getBoundingClientRect().left - area.getBoundingClientRect().left;
      return charts.view[0] + at / area.clientWidth * (charts.view[1] - charts.view[0]);
    }),
    pixel: (charts.view[1] - charts.view[0]) / document.querySelector('.u-over').clientWidth,
    reading: document.querySelector('.replay-root .reading').textContent,
    joints: placed(drawn.figure.joints), tools: placed(drawn.figure.tools),
    shown: drawn.figure.shown, shafts: placed(drawn.shafts), tips: placed(drawn.tips),
  };
}"""
"""Everything that the page shows at a moment, from what is drawn where that can be read."""


@pytest.fixture(scope="module")
def press() -> Analysis:
    simulated = with_emg(simulate("bench-press", rate_hz=250.0, reps=3, seed=7), EmgSettings())
    return analyze(with_plates(simulated).recording, "bench-press")


@pytest.fixture(scope="module")
def content(press: Analysis) -> bytes:
    """What is replayed. The EMG goes on for a second: nothing but one sample of its first channel, 20 mV, then none."""
    longer: list[Stream] = []
    for stream in press.recording.streams:
        if stream.kind == "emg":
            rest = np.zeros((round(stream.rate_hz), stream.values.shape[1]))
            rest[round(0.3 * stream.rate_hz), 0] = 0.02
            rest[round(0.6 * stream.rate_hz) :, 0] = np.nan
            longer.append(replace(stream, values=np.concatenate([stream.values, rest])))
        else:
            longer.append(stream)
    return replay_bytes(replace(press, recording=replace(press.recording, streams=tuple(longer))))


@pytest.fixture(scope="module")
def session(browser: Browser, live: str, library: Catalogue, press: Analysis, content: bytes) -> str:
    film = as_webm(pictures(browser, live, SHOWN_S.size, "vp8"), [round(1000 * t) for t in SHOWN_S])
    return kept(library, press, "Presses with a film", {"replay.bin": content}, film, OFFSET_S)


def test_every_stream_shows_the_moment_of_the_cursor(opened: Page, press: Analysis, content: bytes):
    head, base = unpacked(content)
    groups = {one["group"] for one in head["channels"]}
    assert {"emg", "envelope", "force", "bar", "angle", "rate"} <= groups
    skeleton = head["skeleton"]
    # Charts far from the window wait until they are seen.
    opened.locator("[data-chart=force]").scroll_into_view_if_needed()
    opened.wait_for_timeout(300)
    last = skeleton["start_s"] + (skeleton["n"] - 1) / skeleton["rate_hz"]
    low, high = max(head["start_s"], OFFSET_S), min(last, OFFSET_S + 7.9)
    for t in np.random.default_rng(4).uniform(low, high, 50):
        seen = opened.evaluate(_SEEN, float(t))
        assert seen["t"] == pytest.approx(t, abs=1e-9)
        assert seen["reading"].startswith(f"{t:.3f} s")
        assert seen["cursors"] == pytest.approx([t] * len(seen["cursors"]), abs=1.6 * seen["pixel"])
        for one in head["channels"]:
            samples = array_at(content, base, one["samples"])
            at = (t - one["start_s"]) * one["rate_hz"]
            if "times" in one or not 0 <= round(at) < samples.size:
                continue
            assert_shown(seen["values"][one["id"]], samples[round(at)] * one["factor"], one["id"])
        assert opened.evaluate(READ) == np.searchsorted(SHOWN_S, t - OFFSET_S + 1e-6, "right") - 1
        frame = (t - skeleton["start_s"]) * skeleton["rate_hz"]
        for name, drawn in points(seen, skeleton["points"]).items():
            track = press.body.points[name]
            wanted = [np.interp(frame, np.arange(track.shape[0]), track[:, axis]) for axis in range(3)]
            if np.isfinite(wanted).all():
                assert drawn == pytest.approx(np.array(wanted), abs=2 * skeleton["scale_m"]), name
    # After the last frame of the markers there is no skeleton and no arrow, and that is said.
    beside = opened.locator(".no-pose")
    assert not beside.is_visible()
    opened.evaluate(f"() => {{ {ROOT}.legato.film = () => ({{ exact: () => true }}); }}")
    seen = opened.evaluate(_SEEN, last + 0.5)
    assert beside.is_visible() and points(seen, skeleton["points"]) == {}
    assert not any(any(shaft[:3]) for shaft in seen["shafts"])


def assert_shown(shown: float | None, sample: float, name: str) -> None:
    """A value of the page, null where it is missing, is this sample."""
    if np.isnan(sample):
        assert shown is None or np.isnan(shown), name
    else:
        assert shown == pytest.approx(sample, rel=1e-6, abs=1e-12), name


def points(seen: dict[str, Any], names: list[str]) -> dict[str, NDArray[np.float64]]:
    """Where the points are drawn, m, by name."""
    rows = {True: iter(seen["tools"]), False: iter(seen["joints"])}
    found = {names[one["i"]]: np.array(next(rows[one["tool"]])) for one in seen["shown"]}
    return {name: matrix[12:15] for name, matrix in found.items() if matrix[0] > 0}


def test_an_arrow_stands_where_the_plate_says_and_points_that_way(opened: Page, press: Analysis):
    forces, body = press.forces, press.body
    assert forces is not None
    used = [plate for plate in forces.plates if plate.stood_on]
    assert used
    raw = press.recording.of_kind("force")[0]
    for t in np.random.default_rng(6).uniform(1.0, 7.0, 20):
        seen = opened.evaluate(_SEEN, float(t))
        at_s = body.start_s + round((t - body.start_s) * body.rate_hz) / body.rate_hz
        drawn = [arrow(a, b) for a, b in zip(seen["shafts"], seen["tips"], strict=True) if any(a[:3])]
        wanted = []
        for plate in used:
            k = round((at_s - plate.start_s) * plate.rate_hz)
            assert plate.cop is not None
            if plate.loaded[k] and np.linalg.norm(plate.force[k]) > 20.0:
                wanted.append((plate.cop[k], plate.force[k]))
        assert len(drawn) == len(wanted) > 0
        for (foot, force), (cop, measured) in zip(drawn, wanted, strict=True):
            assert foot == pytest.approx(cop, abs=1e-3)
            assert force == pytest.approx(measured, abs=2e-3 * float(np.linalg.norm(measured)))
        # What the plates' own channels say of the load, which the athlete carries upwards.
        k = round((at_s - raw.start_s) * raw.rate_hz)
        vertical = sum(abs(float(raw.channel(name)[k])) for name in raw.channels if name.startswith("Fz"))
        assert sum(force[2] for _, force in drawn) == pytest.approx(vertical, rel=0.03, abs=6.0)


def arrow(shaft: list[float], tip: list[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Foot, m, and force, N, of an arrow that is drawn as a shaft and a tip of length 1 along their own y."""
    foot = np.array(shaft[12:15]) - 0.5 * np.array(shaft[4:7])
    end = np.array(tip[12:15]) + 0.5 * np.array(tip[4:7])
    return foot, (end - foot) * 1000.0 / 0.5


@pytest.mark.slow
@pytest.mark.parametrize("speed", ["1", "0.5", "0.25", "0.1"])
@pytest.mark.parametrize("film", [True, False])
def test_slow_motion_is_as_slow_as_it_says(opened: Page, speed: str, film: bool, capsys: pytest.CaptureFixture[str]):
    opened.locator(".replay-root select[name=speed]").select_option(speed)
    got = opened.evaluate(
        f"""async (film) => {{
          const {{ clock }} = {ROOT}.legato;
          if (!film) clock.film = null;
          clock.set(1.0);
          await new Promise((done) => setTimeout(done, 300));
          // A frame of the screen is drawn for its own time, the same clock; under load a script runs later.
          const now = () => film ? performance.now() : document.timeline.currentTime;
          const ticks = [];
          clock.on((why) => {{ if (why === 'tick') ticks.push([now() / 1000, clock.t]); }});
          clock.play();
          await new Promise((done) => setTimeout(done, 2400));
          clock.pause();
          return ticks;
        }}""",
        film,
    )
    wall, shown = np.array(got).T
    later = wall > wall[0] + 0.4
    found = float(np.polyfit(wall[later], shown[later], 1)[0])
    with capsys.disabled():
        print(f"\n{speed}x, film {film}: {found:.4f}, {100 * (found / float(speed) - 1):+.2f} %")
    assert found == pytest.approx(float(speed), rel=0.01)
    assert (np.diff(shown) >= 0).all()


def test_each_mark_of_the_timeline_goes_to_its_own_moment(opened: Page, press: Analysis):
    timed = [mark["t"] for mark in unpacked(replay_bytes(press))[0]["marks"]]
    went = opened.evaluate(
        f"""() => [...document.querySelectorAll('#chain .mk[data-t]')].map((mark) => {{
          mark.click();
          return [Number(mark.dataset.t), {ROOT}.legato.clock.t];
        }})"""
    )
    assert len(went) > 20
    for told, gone in went:
        assert told == pytest.approx(gone, abs=1e-9)
        assert min(abs(told - t) for t in timed) <= 6e-5
    assert clock(opened) == pytest.approx(went[-1][1], abs=1e-9)


_INK = f"""async ([from, to, at, gone]) => {{
  const {{ charts }} = {ROOT}.legato;
  charts.show(from, to);
  const {{ plot }} = charts.panels.find((one) => one.figure.dataset.chart === 'emg');
  const [one] = plot.lanes[0].curves, [a, b] = charts.view;
  for (let k = 0; k < 100 && !one.channel.has(one.channel.index(a), one.channel.index(b), () => {{}}); k++)
    await new Promise((done) => setTimeout(done, 20));
  plot.visible = plot.dirty = true;  // the browser may not have told yet that it is seen
  charts.draw();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const {{ left, top, width, height }} = plot.u.bbox, high = height / plot.lanes.length;
  const g = plot.u.ctx, x = (t) => left + (t - a) / (b - a) * width;
  const [red, green, blue] = plot.shown.look().second.match(/[0-9a-f]{{2}}/gi).map((two) => parseInt(two, 16));
  // Rows of the curve's own colour between two columns of the first lane.
  const rows = (from, to) => {{
    const [wide, tall] = [Math.max(1, Math.round(to - from)), Math.floor(high) - 2];
    const {{ data }} = g.getImageData(Math.round(from), Math.ceil(top), wide, tall);
    const found = new Set();
    for (let i = 0; i < data.length; i += 4) {{
      const off = Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) + Math.abs(data[i + 2] - blue);
      if (data[i + 3] > 60 && off < 90) found.add(Math.floor(i / 4 / wide));
    }}
    return [...found].map((row) => row / tall);
  }};
  return [rows(x(at) - 3, x(at) + 3), rows(x(gone) + 4, x(b) - 2)];
}}"""
"""Rows, as shares of the lane, that hold ink of the first EMG curve: about a moment, and after another one."""


def test_no_peak_is_lost_and_no_gap_is_bridged_at_any_zoom(opened: Page, content: bytes):
    head, _ = unpacked(content)
    emg = next(one for one in head["channels"] if one["group"] == "emg")
    # Of the second that was added, the samples at 0.3 s and at 0.6 s.
    spike, gone = (emg["start_s"] + (emg["n"] / emg["rate_hz"] - 1.0 + after) for after in (0.3, 0.6))
    opened.locator("[data-chart=emg]").scroll_into_view_if_needed()
    for width in (head["end_s"] - head["start_s"], 4.0, 0.9, 0.05):
        start = max(head["start_s"], spike - 0.4 * width)
        end = min(head["end_s"], start + width)
        peak, gap = opened.evaluate(_INK, [start, end, spike, min(gone, end)])
        # A lane leaves its first 14 px of 56 to its name, and 6 % of its range above the largest sample.
        assert peak and min(peak) < 0.45, width
        assert gone >= end or gap == [], width


def test_a_question_mark_lists_the_keys(opened: Page):
    opened.locator(".replay-root .stage").focus()
    opened.keyboard.press("ArrowRight")
    # The ring of the focus is not cut off by the box that scrolls.
    inside = opened.evaluate(
        """() => {
          const [stage, box] = ['.stage', '.seen'].map((one) => document.querySelector(`.replay-root ${one}`));
          const { outlineWidth, outlineOffset } = getComputedStyle(stage);
          const ring = parseFloat(outlineWidth) + parseFloat(outlineOffset);
          const [one, two] = [stage.getBoundingClientRect(), box.getBoundingClientRect()];
          return ring > 0 && one.left - ring >= two.left && one.right + ring <= two.left + box.clientWidth;
        }"""
    )
    assert inside
    opened.keyboard.press("?")
    listed = opened.locator(".replay-root dialog.keys")
    assert listed.is_visible() and "one frame back" in (listed.text_content() or "")
    opened.keyboard.press("Escape")
    assert not listed.is_visible()
    assert opened.evaluate("() => document.activeElement.classList.contains('stage')")
