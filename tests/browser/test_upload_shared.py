"""One recording of each kind at hand, from the drop in a real browser to what was recognised and to the sentence."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from legato.load import read
from legato.store import Catalogue
from legato.store.rows import SessionRow

from .apart import library, live
from .harness import axe, no_overflow

__all__ = ["library", "live"]

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Kind:
    """Files of one trial; `seen` is what the page must say of them, `reps` how many the recording is known to hold."""

    files: tuple[str, ...]
    seen: tuple[str, ...]
    rate: str = ""
    movement: str = ""
    reps: int | None = None
    folder: bool = False


OPENCAP = "squat-opencap"
KINDS = {
    "C3D with EMG": Kind(
        ("box-lift/box-lift.c3d",), ("markers", "100 Hz", "2000 Hz", "EMG", "Pec.IM"), "", "box-lift", 1
    ),
    "TRC, MOT, a standing trial and a video": Kind(
        tuple(f"{OPENCAP}/{name}" for name in ("Squats.trc", "Squats.mot", "neutral.trc", "squats-cam0.mp4")),
        ("markers", "joint angles", "60 Hz", "same clock", "as recognised: Back squat", "Start of the video"),
        reps=5,
    ),
    "an OpenCap session as a folder": Kind(
        ("opencap",), ("opencap.zip", "joint angles", "as recognised: Back squat"), reps=5, folder=True
    ),
    "markers and angles of a laboratory": Kind(
        tuple(f"squat-asymmetry/{name}" for name in ("STSFast1.trc", "STSFast1.mot", "static1.trc")),
        ("100 Hz", "as recognised: Sit to stand"),
        reps=5,
    ),
    "a C3D of throws": Kind(
        ("tennis-serve/tennis-serve.c3d",), ("50 Hz", "21.84 s", "as recognised: Tennis serve"), reps=5
    ),
    "keypoints of a video": Kind(
        (f"{OPENCAP}/squats-cam0-openpose-body25.json",), ("keypoints of a video", "60 Hz"), "60", "back-squat", 5
    ),
    "landmarks of a video": Kind(("pose-landmarks/squat-mediapipe.csv",), ("keypoints of a video", "30 Hz"), "30"),
    "a sensor on the bar": Kind(
        ("barbell-imu/deadlift-farm1.csv",), ("inertial sensors", "holds a bar alone"), "", "deadlift", 6
    ),
    "repetitions of another program": Kind(
        ("barbell-imu/farm1_results_rep_summary.json",), ("6 repetitions", "give the recording itself")
    ),
    "force plates": Kind(
        ("jump-force-plates/BFR007_squat_jump.csv",), ("force plates", "1000 Hz"), "", "squat-jump", 3
    ),
    "vertical force": Kind(
        ("jump-force-plates/Dual-CMJ-Fz.txt",), ("force plates", "1000 Hz"), "1000", "countermovement-jump", 1
    ),
    "EMG with times of cycles": Kind(
        ("gait-emg/walk-13-muscles.csv", "gait-emg/walk-cycles.csv"), ("EMG", "1000 Hz", "holds EMG alone"), "", "gait"
    ),
    "EMG of a vendor": Kind(("squat-emg/squat-emg.csv",), ("EMG", "2000 Hz", "13.7")),
    "EDF": Kind(("walk.edf",), ("EMG", "1000 Hz", "holds EMG alone")),
    "XDF": Kind(("xdf/minimal.xdf",), ("SendDataC", "10 Hz")),
    "an archive of a jump": Kind(
        ("jump.zip",), ("jump.zip", "joint angles", "as recognised: Countermovement jump"), reps=1
    ),
    "a sprint as text": Kind(
        tuple(f"sprint/{name}" for name in ("markers.trc", "grf.mot", "emg.csv")),
        ("200 Hz", "force plates", "EMG", "same clock", "as recognised: Sprint"),
        "1000",
    ),
    "C3D of a vendor": Kind(
        ("vendor-c3d/motion-analysis-jump.c3d",), ("120 Hz", "600 Hz", "Which movement it is is not clear", "Drop jump")
    ),
    "TRC with gaps": Kind(("odd-trc/dataWithNaNsWithSpaces.trc",), ("markers", "100 Hz", "4.27 s")),
    "joint angles and moments": Kind(
        tuple(f"walk-inverse-dynamics/subject01_walk_{name}" for name in ("IK.mot", "ID.sto")),
        ("joint angles", "60 Hz"),
    ),
    "a sprint with plates and EMG": Kind(
        ("sprint/sprint.c3d", "sprint/static.c3d"), ("200 Hz", "force plates", "as recognised: Sprint")
    ),
    "wrong files beside a walk": Kind(
        (
            *(f"walk-inverse-dynamics/subject01{end}" for end in ("_walk.trc", "_static.trc", ".osim")),
            "vendor-c3d/golf.c3d",
        ),
        (
            "subject01.osim: a model or settings of OpenSim, no recording",
            "golf.c3d: every point of all 137 frames is marked invalid",
            "as recognised: Gait",
        ),
        movement="gait",
    ),
    "files of two trials": Kind(
        ("sprint/sprint.c3d", f"{OPENCAP}/Squats.trc"), ("two marker recordings that share 0 of 23 markers", "“Offset”")
    ),
}


@pytest.fixture(scope="module")
def given(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What no single file at hand is, of real recordings: a session folder of OpenCap, an archive, and EMG as EDF."""
    pyedflib = pytest.importorskip("pyedflib", reason="the extra edf is not installed")
    place = tmp_path_factory.mktemp("given")
    for folder, name in (("MarkerData", "Squats.trc"), ("OpenSimData/Kinematics", "Squats.mot")):
        (place / "opencap" / folder).mkdir(parents=True)
        shutil.copy(shared_data / OPENCAP / name, place / "opencap" / folder / name)
    with ZipFile(place / "jump.zip", "w", ZIP_DEFLATED) as archive:
        for name in ("Jump.trc", "Jump.mot"):
            archive.write(shared_data / OPENCAP / name, f"jump/{name}")
    emg = read(shared_data / "gait-emg" / "walk-13-muscles.csv").stream("emg")
    whole = emg.values[: emg.n_samples // 1000 * 1000]
    most = float(np.ceil(np.abs(whole).max()))
    with pyedflib.EdfWriter(str(place / "walk.edf"), len(emg.channels), file_type=pyedflib.FILETYPE_EDFPLUS) as writer:
        for k, name in enumerate(emg.channels):
            about = {"label": f"EMG {name}", "dimension": "uV", "sample_frequency": 1000}
            limits = {"physical_max": most, "physical_min": -most, "digital_max": 32767, "digital_min": -32768}
            writer.setSignalHeader(k, about | limits)
        writer.writeSamples([np.ascontiguousarray(whole[:, k]) for k in range(len(emg.channels))])
    return place


def send(tab: Page, live: str, kind: Kind, shared_data: Path, given: Path) -> str:
    """Send files through the page; the address of their session."""
    paths = [given / name if (given / name).exists() else shared_data / name for name in kind.files]
    tab.goto(f"{live}/upload")
    tab.set_input_files("[data-folder]" if kind.folder else "[data-files]", paths[0] if kind.folder else paths)
    expect(tab.locator("[data-go]")).to_be_enabled(timeout=60_000)
    tab.locator("[data-go]").click()
    tab.wait_for_url("**/upload/*", timeout=60_000)
    return tab.url


def seen(tab: Page, at: str) -> str:
    """What the page says of a session's files, once they were read."""
    tab.goto(at)
    tab.wait_for_selector("#check", timeout=300_000)
    chosen = tab.locator("#movement option:checked").inner_text()
    return " ".join([tab.locator("main").inner_text(), tab.locator("main").text_content() or "", chosen])


def test_every_kind_goes_from_the_drop_to_the_sentence(
    live: str, library: Catalogue, tab: Page, shared_data: Path, given: Path
):
    at = {name: send(tab, live, kind, shared_data, given) for name, kind in KINDS.items()}
    for name, kind in KINDS.items():
        if kind.rate:
            # What has no times of its own asks for its rate, and is then looked at again.
            assert "“Rate”" in seen(tab, at[name]), name
            tab.fill("#rate", kind.rate)
            tab.get_by_role("button", name="Look at the files again").click()
    for name, kind in KINDS.items():
        said = seen(tab, at[name])
        assert [part for part in kind.seen if part not in said] == [], name
        assert " --" not in said, f"{name}: an option of the command is named"
        if kind.reps is not None or kind.movement:
            if kind.movement:
                tab.select_option("#movement", kind.movement)
            tab.get_by_role("button", name="Analyse").click()
            tab.wait_for_load_state()
    axe(tab)
    no_overflow(tab, 390)
    for name, kind in KINDS.items():
        if kind.reps is None and not kind.movement:
            continue
        place = at[name].replace("/upload/", "/sessions/")
        tab.goto(at[name])
        tab.wait_for_function(
            "(place) => location.pathname === place || document.querySelector('#check')",
            arg=place.removeprefix(live),
            timeout=300_000,
        )
        tab.goto(place)
        with library.session() as rows:
            session = rows.get_one(SessionRow, place.rpartition("/")[2])
            assert session.results, (name, session.jobs[-1].error)
            summary = session.results[-1].summary
        assert kind.reps in (None, summary["reps"]), (name, summary["reps"])
        expect(tab.locator("h1").first).to_contain_text(summary["headline"].split(":")[0][:40])
