"""Recordings that hold little, or holes: each opens without an error, and what is not there is said or left out."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from legato.analysis import Analysis, analyze
from legato.load import read
from legato.recording import Recording, Stream
from legato.simulate.make import simulate
from legato.simulate.muscles import EmgSettings, with_emg
from legato.simulate.plates import with_plates
from legato.store import Catalogue, keep_file
from legato.store.rows import SessionFileRow, SessionRow
from legato.web.replay import replay_bytes

from ..web.videos import mp4_index
from .harness import PHONE, Slips, in_window, no_overflow, settled
from .replays import ROOT, kept


def press() -> Recording:
    return with_emg(simulate("bench-press", rate_hz=100.0, reps=3, seed=2), EmgSettings()).recording


def squatted(reps: int = 2) -> Recording:
    return with_plates(simulate("back-squat", rate_hz=100.0, reps=reps, seed=3)).recording


def only(recording: Recording, kind: str) -> Recording:
    streams = tuple(stream for stream in recording.streams if stream.kind == kind)
    return Recording(streams, plates=recording.plates if kind == "force" else ())


def bar() -> Recording:
    t = np.arange(0.0, 8.0, 0.01)
    height = 0.25 * (1.0 - np.cos(np.pi * np.clip(t % 4.0 - 1.0, 0.0, 2.0)))
    return Recording((Stream("table", "table", height[:, None], 100.0, ("position",), ("m",)),))


def with_holes() -> Recording:
    """A second without any marker; one channel of EMG flat, one missing whole, one with a gap of two seconds."""
    holed: list[Stream] = []
    for stream in press().streams:
        values = stream.values.copy()
        if stream.kind == "markers":
            values[150:250] = np.nan
        elif stream.kind == "emg":
            values[:, 0], values[:, 1] = 0.0, np.nan
            values[2000:6000, 2] = np.nan
        holed.append(replace(stream, values=values))
    return replace(press(), streams=tuple(holed))


def one_sample(analysis: Analysis) -> bytes:
    """What is replayed where everything was recorded for one moment."""
    body, recording = analysis.body, analysis.recording
    return replay_bytes(
        replace(
            analysis,
            body=replace(
                body,
                n_frames=1,
                points={name: xyz[:1] for name, xyz in body.points.items()},
                angles={name: angle[:1] for name, angle in body.angles.items()},
            ),
            recording=replace(recording, streams=tuple(replace(s, values=s.values[:1]) for s in recording.streams)),
            movement=analysis.movement.model_copy(update={"chain": ()}),
            reps=(),
            chain=None,
            muscles=None,
            forces=None,
            bar=None,
        )
    )


HELD: dict[str, tuple[str, Callable[[], Recording], set[str]]] = {
    "EMG alone": ("bench-press", lambda: only(press(), "emg"), {"emg"}),
    "plates alone": ("back-squat", lambda: only(squatted(), "force"), {"force"}),
    "a bar alone": ("deadlift", bar, {"bar"}),
    "holes": ("bench-press", with_holes, {"rate", "emg", "angle"}),
    "one rep": ("back-squat", lambda: squatted(1), {"rate", "force", "angle"}),
    "one sample": ("back-squat", squatted, {"angle"}),
}


_SLOW = ("plates alone", "one rep")


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in _SLOW)) for name in HELD])
def test_a_recording_that_holds_little_is_replayed_as_it_is(live: str, library: Catalogue, tab: Page, name: str):
    movement, recorded, charts = HELD[name]
    analysis = analyze(recorded(), movement)
    changed = {"replay.bin": one_sample(analysis)} if name == "one sample" else {}
    tab.goto(f"{live}/sessions/{kept(library, analysis, name, changed)}")
    tab.wait_for_selector(".replay-root[data-state=ready]", state="attached")
    assert set(tab.locator("[data-chart]").evaluate_all("(all) => all.map((e) => e.dataset.chart)")) >= charts
    assert tab.locator(".replay-root .figure").is_visible() == bool(analysis.body.points)
    assert not tab.locator(".film").is_visible()
    # A recording in which nobody marked a rep has none to go to.
    nobody = name in ("EMG alone", "plates alone", "one sample")
    for part in (".reps", "[data-do=rep]"):
        assert tab.locator(f".replay-root {part}").is_visible() != nobody
    # It runs, stops, steps and zooms, and nothing that is no number is shown.
    tab.locator(".replay-root [data-do=play]").focus()
    for key in ("Space", ".", "End", ",", "Home", "[", "]", "+", "0"):
        tab.keyboard.press(key)
    for opened in tab.locator(".replay-root .chart summary").all():
        opened.click()
    settled(tab)
    head = tab.evaluate(f"() => {ROOT}.legato.file.head")
    assert head["start_s"] <= tab.evaluate(f"() => {ROOT}.legato.clock.t") <= head["end_s"]
    shown = tab.locator(".replay-root").inner_text()
    assert not any(word in shown for word in ("NaN", "undefined", "Infinity", "null"))
    in_window(tab, PHONE)
    no_overflow(tab)
    tab.wait_for_function(
        "() => [...document.querySelectorAll('.spans i')].every((e) => !e.innerText || e.scrollWidth <= e.clientWidth)"
    )


def test_a_skeleton_that_does_not_come_is_told_and_the_curves_stand(
    live: str, library: Catalogue, tab: Page, squat: Analysis, slips: Slips
):
    # The opening comes, and what is asked for by range does not.
    tab.route(re.compile(r"replay\.bin\?result=[^&]*$"), lambda route: route.abort())
    tab.goto(f"{live}/sessions/{kept(library, squat, 'Half a file', {})}")
    tab.wait_for_selector(".replay-root .figure .error")
    assert "could not be loaded" in tab.locator(".replay-root .figure").inner_text()
    assert tab.locator(".replay-root").get_attribute("data-state") == "ready"
    assert tab.locator("[data-chart=rate] canvas").is_visible()
    assert all("ERR_FAILED" in line for line in slips.forget())


def test_a_list_of_reps_without_times_says_that_nothing_can_be_replayed(
    live: str, library: Catalogue, tab: Page, tmp_path: Path
):
    path = tmp_path / "reps.csv"
    path.write_text("set,rep,load (kg),mean velocity (m/s)\n1,1,80,0.70\n1,2,80,0.56\n", encoding="utf-8")
    tab.goto(f"{live}/sessions/{kept(library, analyze(read(path), 'bench-press'), 'A list', {})}")
    tab.wait_for_selector(".replay-root[data-state=failed]", state="attached")
    assert tab.locator(".replay-root").inner_text() == "This recording holds nothing that can be replayed."


def test_a_video_alone_says_what_to_add(live: str, library: Catalogue, tab: Page):
    film = library.files.save_bytes(mp4_index(600, [(120, 10)]))
    with library.session() as rows:
        keep_file(rows, film)
        session = SessionRow(name="A film", recorded_on=date(2026, 11, 1))
        session.files.append(SessionFileRow(sha256=film.sha256, name="film.mp4", role="video", position=0))
        rows.add(session)
        rows.flush()
        made = session.id
    tab.goto(f"{live}/sessions/{made}")
    settled(tab)
    assert "a video is shown, but not analysed" in tab.locator("main").inner_text()
    assert tab.locator("form[action$='/analyse']").count() == 0
    tab.get_by_role("link", name="Add files").click()
    settled(tab)
    assert f"/upload/{made}" in tab.url
