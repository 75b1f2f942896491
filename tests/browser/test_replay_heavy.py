"""A heavy session: how long it takes to load, and what a frame costs while panning."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from legato.analysis import analyze
from legato.recording import Stream
from legato.simulate import demo_press
from legato.store import Catalogue
from legato.web.replay import replay_bytes

from .harness import DESK
from .replays import ROOT, kept, ready


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
