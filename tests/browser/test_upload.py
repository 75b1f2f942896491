"""Upload in a real browser: files sent with progress, looked at, changed, analysed, cancelled; by keyboard alone."""

import hashlib
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import FilePayload, Page, expect

from legato.simulate import simulate, write_simulation
from legato.store import Catalogue
from legato.store.erase import erase_session
from legato.store.rows import AthleteRow, FileRow, SessionRow, TrainedRow

from .apart import library, live
from .harness import DESK, PHONE, Slips, axe, headings_in_order, in_window, keyboard_reaches, no_overflow

__all__ = ["library", "live"]

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a squat, a file that is none, and keypoints of a video, a file each frame."""
    folder = tmp_path_factory.mktemp("trial")
    with TemporaryDirectory() as made:
        files = write_simulation(simulate("back-squat", rate_hz=100.0, reps=3, seed=5), Path(made))
        recording = next(path for path in files if path.suffix == ".c3d")
        (folder / "squat.c3d").write_bytes(recording.read_bytes())
    (folder / "notes <b>.pdf").write_bytes(b"%PDF-1.7 notes")
    frames = folder / "frames"
    frames.mkdir()
    points = [float(v) for k in range(25) for v in (100 + k, 200 + 7 * k, 0.9)]
    for k in range(30):
        record = {"version": 1.3, "people": [{"pose_keypoints_2d": points}]}
        (frames / f"clip_{k:012d}_keypoints.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def kept(library: Catalogue) -> set[str]:
    with library.session() as rows:
        return {row.id for row in rows.query(SessionRow)}


def looked_over(tab: Page) -> None:
    """Large and small, dark and light: nothing that every page must hold is broken."""
    for size in (DESK, PHONE):
        for dark in (False, True):
            in_window(tab, size, dark)
            axe(tab)
            no_overflow(tab)
    in_window(tab, DESK)
    headings_in_order(tab)


def test_files_are_sent_looked_at_and_analysed_by_keyboard(live: str, library: Catalogue, tab: Page, trial: Path):
    before = kept(library)
    try:
        tab.goto(f"{live}/upload")
        looked_over(tab)
        keyboard_reaches(tab, "[data-files]", "[data-folder]")
        tab.set_input_files("[data-files]", [trial / "squat.c3d", trial / "notes <b>.pdf"])
        expect(tab.locator("[data-go]")).to_be_focused(timeout=30_000)
        looked_over(tab)
        tab.locator("[data-go]").focus()
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#check", timeout=150_000)
        expect(tab.get_by_text("notes b.pdf: a PDF, which Legato does not read here")).to_be_visible()
        expect(tab.locator("#movement option:checked")).to_have_text(re.compile("as recognised: "))
        expect(tab.get_by_role("button", name="Analyse")).to_be_focused()
        looked_over(tab)
        keyboard_reaches(tab)
        tab.reload()
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/sessions/*", timeout=150_000)
        expect(tab.locator("h1")).to_be_visible()
        at = tab.url.replace("/sessions/", "/upload/")
        # The same file again is told, and may be used all the same.
        tab.goto(f"{live}/upload")
        tab.set_input_files("[data-files]", [trial / "squat.c3d"])
        expect(tab.get_by_text("already here:")).to_be_visible(timeout=30_000)
        # A second analysis is cancelled, and everything is still there.
        tab.goto(at)
        tab.fill("#load", "60")
        tab.get_by_role("button", name="Analyse").click()
        tab.get_by_role("button", name="Cancel").click()
        expect(tab.get_by_role("heading", name="Cancelled")).to_be_visible(timeout=3000)
        expect(tab.locator("#load")).to_have_value("60")
    finally:
        # A page that still follows the worker would be told that the session is gone.
        tab.goto("about:blank")
        for session in kept(library) - before:
            erase_session(library, session)


def test_a_folder_is_packed_and_a_dropped_file_is_sent(
    live: str, library: Catalogue, tab: Page, trial: Path, slips: Slips
):
    before = kept(library)
    try:
        tab.goto(f"{live}/upload")
        tab.set_input_files("[data-folder]", trial / "frames")
        expect(tab.locator(".sent strong")).to_have_text("frames.zip")
        expect(tab.locator("[data-go]")).to_be_focused(timeout=30_000)
        tab.evaluate(
            """() => {
              const data = new DataTransfer();
              data.items.add(new File(['%PDF-1.7'], 'dropped.pdf'));
              const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
              document.querySelector('[data-upload]').dispatchEvent(drop);
            }"""
        )
        expect(tab.locator(".sent strong")).to_have_text(["frames.zip", "dropped.pdf"])
        tab.get_by_role("button", name="Take away: dropped.pdf").click()
        expect(tab.locator("[data-go]")).to_be_enabled()
        tab.locator("[data-go]").click()
        tab.wait_for_selector("#check", timeout=150_000)
        # Frames have no times: the page asks for the rate and shows the field.
        expect(tab.get_by_text("give the camera's rate with “Rate”").first).to_be_visible()
        expect(tab.locator("#rate")).to_be_visible()
        # What is not an archive that may be opened is refused where it was sent, in one line.
        tab.set_input_files("[data-files]", {"name": "bad.zip", "mimeType": "", "buffer": b"PK\x03\x04 not whole"})
        expect(tab.get_by_text("bad.zip: a zip archive that is damaged or not whole")).to_be_visible()
        assert all("400" in line for line in slips.forget())
        tab.get_by_role("button", name="Discard this upload and its files").click()
        tab.wait_for_url("**/upload")
        assert kept(library) == before
    finally:
        # A page that still follows the worker would be told that the session is gone.
        tab.goto("about:blank")
        for session in kept(library) - before:
            erase_session(library, session)


def test_nothing_goes_on_without_a_file_and_the_servers_line_is_told(
    live: str, library: Catalogue, tab: Page, trial: Path, slips: Slips
):
    before = kept(library)
    try:
        tab.goto(f"{live}/upload")
        bad: FilePayload = {"name": "bad.zip", "mimeType": "", "buffer": b"PK\x03\x04 not whole"}
        good: FilePayload = {"name": "other.c3d", "mimeType": "", "buffer": (trial / "squat.c3d").read_bytes()[:-1]}
        tab.set_input_files("[data-files]", [bad, good])
        expect(tab.get_by_text("bad.zip: a zip archive that is damaged or not whole")).to_be_visible(timeout=30_000)
        expect(tab.get_by_text("Not every file is here")).to_be_visible(timeout=30_000)
        expect(tab.locator("[data-go]")).to_be_disabled()
        looked_over(tab)
        tab.get_by_role("button", name="Take away: bad.zip").click()
        expect(tab.get_by_text("Not every file is here")).to_be_hidden()
        expect(tab.locator("[data-go]")).to_be_focused()
        with library.session() as rows:
            rows.query(FileRow).filter_by(sha256=hashlib.sha256(good["buffer"]).hexdigest()).delete()
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("other.c3d: did not arrive; give it again")).to_be_visible()
        expect(tab.locator("[data-go]")).to_be_enabled()
        assert all("400" in line for line in slips.forget()) and kept(library) == before
    finally:
        tab.goto("about:blank")


LOG = """Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE
2026-03-02 17:01:00,A,50m,Squat (Barbell),1,100,5,0,0,,,8
2026-03-02 17:01:00,A,50m,Squat (Barbell),2,100,5,0,0,,,8.5
2026-03-04 17:01:00,B,50m,Bench Press (Barbell),1,80,many,0,0,,,
"""


def test_a_training_log_is_looked_at_and_kept(live: str, library: Catalogue, tab: Page):
    with library.session() as rows:
        rows.add(AthleteRow(id="a-log", name="Ada"))
    tab.goto(f"{live}/athletes/a-log/logs")
    log: FilePayload = {"name": "strong.csv", "mimeType": "text/csv", "buffer": LOG.encode()}
    tab.set_input_files("#f-log", log)
    tab.select_option("#f-units", "kg")
    tab.get_by_role("button", name="Show what it holds").click()
    expect(tab.get_by_text("1 row is left out; line by line")).to_be_visible()
    for reading in tab.locator(".indicator").all():
        expect(reading).to_have_css("opacity", "0")  # half gone it has too little contrast
    axe(tab)
    no_overflow(tab, PHONE[0])
    tab.get_by_role("button", name="Keep 2 sets").click()
    expect(tab.locator("#there ~ *, .rows").get_by_text("strong.csv").first).to_be_visible()
    with library.session() as rows:
        assert {row.record["set"]["rpe"] for row in rows.query(TrainedRow) if "set" in row.record} == {8.0, 8.5}
