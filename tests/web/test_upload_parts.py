"""What becomes of a file that cannot be read: its line is told, its part stays, nothing goes on without it."""

import json
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

import legato.web.recognise
from legato.errors import BadInput
from legato.store import Catalogue
from legato.store.rows import SessionFileRow, SessionRow
from legato.web.recognise import part_of
from legato.web.worker import Loop

from .recorded import squat_c3d
from .test_upload import loop, sent_form, session_of, token

__all__ = ["loop", "token"]

LAYOUT = b"""id = "own"
name = "a table of somebody"
[match]
header = ["nothing that is there"]
"""


def roles(catalogue: Catalogue, at: str) -> dict[str, str]:
    with catalogue.session() as rows:
        return {file.name: file.role for file in rows.get_one(SessionRow, at.rpartition("/")[2]).files}


def last_error(catalogue: Catalogue, at: str) -> str:
    with catalogue.session() as rows:
        return rows.get_one(SessionRow, at.rpartition("/")[2]).jobs[-1].error


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("subject01_static.trc", "static"),
        ("standing.c3d", "static"),
        ("squat standing 2.trc", "static"),
        ("neutral.trc", "static"),
        ("standing-long-jump.c3d", "trial"),
        ("standing shot put 3.c3d", "trial"),
        ("neutral_grip_pullup.trc", "trial"),
        ("static-squat-hold.csv", "trial"),
        ("calf mvc.csv", "mvic"),
    ],
)
def test_a_movement_that_begins_from_a_stand_is_no_standing_trial(name: str, part: str):
    assert part_of(name, b"PathFileType", others=True) == part


def bare() -> bytes:
    """EMG without times."""
    return b"EMG1,EMG2\n" + b"".join(b"%d,%d\n" % (k % 7, -k % 5) for k in range(500))


def test_a_file_that_a_setting_mends_keeps_its_part(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "emg.csv": bare()})
    loop.once()
    assert roles(catalogue, at) == {"squat.c3d": "trial", "emg.csv": "trial"}
    page = client.get(at).text
    assert "The analysis would stop at it" in page and "with “Rate”" in page
    sent_form(client, token, at, movement="back-squat")
    loop.once()
    assert "emg.csv: no time column and no rate" in last_error(catalogue, at), "nothing goes on without it"
    page = client.get(at).text
    assert 'tabindex="-1" autofocus>The analysis did not succeed' in page and page.count("autofocus") == 1
    sent_form(client, token, at, rate="100", then="look")
    loop.once()
    assert roles(catalogue, at) == {"squat.c3d": "trial", "emg.csv": "trial"}
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        found = session.jobs[-1].found
        assert found is not None and all(one["error"] is None for one in found["files"].values())


def test_a_wrong_layout_takes_no_table_out(client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop):
    timed = b"time,a\n" + b"".join(b"%g,%d\n" % (k / 100, k % 9) for k in range(200))
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "bar.csv": timed, "own.toml": LAYOUT})
    loop.once()
    assert roles(catalogue, at)["bar.csv"] == "trial"


@pytest.mark.parametrize("whole", [True, False], ids=["read", "opened"])
def test_a_disk_that_fails_once_takes_no_file_out(
    client: TestClient,
    catalogue: Catalogue,
    token: dict[str, str],
    loop: Loop,
    monkeypatch: pytest.MonkeyPatch,
    whole: bool,
):
    def fails(*_: object, **__: object) -> None:
        failed = OSError(5, "Input/output error")
        if not whole:
            raise failed
        try:
            raise failed
        except OSError:
            raise BadInput("squat.c3d: cannot be read (Input/output error); check the file and its rights") from None

    at = session_of(client, token, {"squat.c3d": squat_c3d()})
    with monkeypatch.context() as patched:
        patched.setattr("legato.load._read_one", fails)
        found = legato.web.recognise.recognise(catalogue, at.rpartition("/")[2], lambda said: None, _folder(catalogue))
    assert found["problem"] is not None and "cannot be read" in found["problem"]
    assert roles(catalogue, at) == {"squat.c3d": "trial"}


def _folder(catalogue: Catalogue) -> Path:
    made = catalogue.folder / "looked"
    made.mkdir()
    return made


def test_a_part_that_was_changed_meanwhile_is_left_alone(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "notes.pdf": b"%PDF-1.7 text"})
    read = legato.web.recognise._looked_at

    def slow(*given: object) -> object:
        with catalogue.session() as rows:
            rows.query(SessionFileRow).filter_by(name="notes.pdf").update({"role": "static"})
        return read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(legato.web.recognise, "_looked_at", slow)
    legato.web.recognise.recognise(catalogue, at.rpartition("/")[2], lambda said: None, _folder(catalogue))
    assert roles(catalogue, at) == {"squat.c3d": "trial", "notes.pdf": "static"}


def pulls_in_a_picture() -> bytes:
    """A bar's end in a video, 300 pixels a metre and y down: three pulls of 0.5 m, 1 s each."""
    t = np.arange(0.0, 14.0, 1.0 / 60.0)
    height = np.zeros(t.size)
    for start, way in zip(range(1, 12, 2), (0.5, -0.5) * 3, strict=True):
        x = np.clip(t - start, 0.0, 1.0)
        height += way * x**3 * (10.0 - 15.0 * x + 6.0 * x**2)
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tvideo.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"60\t60\t{t.size}\t1\tpx\t60\t1\t{t.size}",
        "Frame#\tTime\tbarbell\t\t",
        "\t\tX1\tY1\tZ1",
        "",
    ]
    lines += [
        f"{k}\t{at:.5f}\t400\t{900 - 300 * up:.3f}\t0" for k, (at, up) in enumerate(zip(t, height, strict=True), 1)
    ]
    return "\n".join(lines).encode()


def test_files_that_do_not_go_together_are_told_first(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "video.trc": pulls_in_a_picture()})
    loop.once()
    page = client.get(at).text
    assert "its clock does not meet that of squat.c3d" in page and "“Offset”" in page
    assert "The files were not looked at together" in page
    assert "none of the movements known" not in page, "nothing was looked at"
    assert "autofocus" not in page, "the page begins with what is wrong"
    assert roles(catalogue, at) == {"squat.c3d": "trial", "video.trc": "trial"}


def test_a_bar_in_a_picture_is_analysed_with_the_scale_that_the_page_asks_for(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"video.trc": pulls_in_a_picture()})
    loop.once()
    sent_form(client, token, at, movement="deadlift")
    loop.once()
    place = at.replace("upload", "sessions")
    for path in (at, place):
        page = client.get(path).text
        assert "give “Metres a pixel”, or track a plate" in page and "--metres" not in page, path
    assert 'name="metres_per_pixel"' in client.get(at).text
    sent_form(client, token, at, movement="deadlift", metres_per_pixel="0,00333")
    loop.once()
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        assert session.options["metres_per_pixel"] == 0.00333 and len(session.results) == 1
    record = json.loads(catalogue.files.read(session.results[0].files["result.json"]))
    # A minimum-jerk way of 0.5 m in 1 s peaks at 0.9375 m/s.
    assert [rep["peak_velocity"]["value"] for rep in record["bar"]["reps"]] == pytest.approx([0.9375] * 3, abs=0.02)


def test_every_field_that_a_refusal_names_is_on_the_page(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"squat.c3d": squat_c3d()})
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        session.options = {"metres_per_pixel": 0.002, "foot_band_n": [200.0, 400.5], "research": True}
    loop.once()
    before = {"metres_per_pixel": 0.002, "foot_band_n": [200.0, 400.5], "research": True}
    page = client.get(at).text
    assert 'name="research" value="1" checked' in page and 'value="400.5"' in page
    sent_form(client, token, at, research="1", then="look")
    with catalogue.session() as rows:
        assert rows.get_one(SessionRow, at.rpartition("/")[2]).options == before
    loop.once()
    assert "Band of the feet: give its lower and its upper end" in sent_form(client, token, at, band_high="100")
    emptied = {"band_low": "", "band_high": "", "metres_per_pixel": "", "research_asked": "1"}
    sent_form(client, token, at, then="look", **emptied)
    with catalogue.session() as rows:
        assert rows.get_one(SessionRow, at.rpartition("/")[2]).options == {}


def test_a_rate_and_an_offset_come_back_as_they_were(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    timed = b"time,a\n" + b"".join(b"%g,%d\n" % (k / 100, k % 9) for k in range(200))
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "bar.csv": timed, "a.mp4": b"\0\0\0\x18ftypmp42"})
    kept = {"rate_hz": 1925.9259259, "offset_s": 1234.567891}
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        session.options, session.video_offset_s = kept, -1234.567891
    loop.once()
    sent_form(client, token, at, then="look")
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        assert session.options == kept and session.video_offset_s == -1234.567891
