"""Upload: what is sent arrives whole or not at all, what it holds is told first, and each problem has its one line."""

import io
import json
import re
import stat
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import legato.web.uploads
from legato.store import Catalogue
from legato.store.rows import AthleteRow, FileRow, JobRow, SessionRow, SettingRow, now
from legato.web import worker
from legato.web.trial_files import file_name
from legato.web.uploads import sweep
from legato.web.worker import Loop

from .conftest import run_apart
from .recorded import squat_c3d


@pytest.fixture
def token(client: TestClient) -> dict[str, str]:
    """What a page sends with every change."""
    found = re.search(r'data-token="([^"]+)"', client.get("/upload").text)
    assert found is not None
    return {"x-legato-token": found[1]}


@pytest.fixture
def loop(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Loop:
    """A worker that does one job when it is told to."""
    monkeypatch.setattr(worker, "_asked_to_end", lambda wait_s=0.0: False)
    return Loop(catalogue, str(catalogue.folder), None)


def put(client: TestClient, token: Mapping[str, str], name: str, content: bytes) -> dict[str, Any]:
    headers = {**token, "content-type": "application/octet-stream"}
    return client.put("/upload/files", params={"name": name}, content=content, headers=headers).json()


def session_of(client: TestClient, token: Mapping[str, str], files: Mapping[str, bytes], **more: Any) -> str:
    """The address of a session made of files."""
    sent = [{"sha256": put(client, token, name, content)["sha256"], "name": name} for name, content in files.items()]
    return client.post("/upload", json={"files": sent, **more}, headers=token).json()["to"]


def sent_form(client: TestClient, token: Mapping[str, str], at: str, **fields: str) -> str:
    """Send the page's form with some fields changed; the page that follows."""
    page = client.get(at).text
    inputs = dict(re.findall(r'<input id="[^"]+" name="([^"]+)"[^>]*? value="([^"]*)"', page))
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        inputs[name] = "" if chosen is None else chosen[1]
    return client.post(at, data=inputs | {"then": "analyse"} | fields, headers=token).text


def zipped(files: Mapping[str, bytes], link: str = "") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        if link:
            entry = zipfile.ZipInfo(link)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, "/etc/passwd")
    return held.getvalue()


def test_files_of_a_trial_are_recognised_and_analysed_without_a_change(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "notes.pdf": b"%PDF-1.7"})
    assert "Reading the files" in client.get(at).text
    assert loop.once()
    page = client.get(at).text
    assert "as recognised: " in page and "100 Hz" in page
    assert "notes.pdf: a PDF, which Legato does not read here" in page
    assert page.count('value="unused" selected') == 1
    assert "Analysing" in sent_form(client, token, at)
    assert loop.once()
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        assert session.name == "squat" and session.results[0].summary["reps"] == 3
        assert [file.role for file in session.files] == ["trial", "unused"]


def test_what_a_person_changes_shapes_the_analysis(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"squat.c3d": squat_c3d()})
    loop.once()
    fields = {"movement": "front-squat", "load": "60 62,5 65", "new_athlete": "Ada", "day": "2026-01-02"}
    sent_form(client, token, at, **fields)
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        assert session.movement == "front-squat" and session.options == {"loads_kg": [60.0, 62.5, 65.0]}
        assert session.athlete is not None and session.athlete.name == "Ada"
        assert session.recorded_on.isoformat() == "2026-01-02"
    loop.once()
    with catalogue.session() as rows:
        result = rows.get_one(SessionRow, at.rpartition("/")[2]).results[0]
    record = json.loads(catalogue.files.read(result.files["result.json"]))
    assert record["settings"]["loads_kg"] == [60.0, 62.5, 65.0] and record["movement"]["given"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("load", "heavy", "Load: “heavy” is not a number"),
        ("load", "60 1_000", "Load: “1_000” is not a number"),
        ("load", "60 9000", "Load: “9000” is no load"),
        ("rate", "fast", "Rate: “fast” is not a number"),
        ("day", "2999-01-01", "Day: is in the future"),
        ("movement", "moonwalk", "Movement: choose one of the list"),
    ],
)
def test_a_wrong_field_is_told_by_its_name(
    client: TestClient, token: dict[str, str], loop: Loop, field: str, typed: str, said: str
):
    at = session_of(client, token, {"squat.c3d": squat_c3d()})
    loop.once()
    assert said in sent_form(client, token, at, **{field: typed})


def test_a_failed_analysis_is_told_in_the_words_of_the_page(client: TestClient, token: dict[str, str], loop: Loop):
    at = session_of(client, token, {"squat.c3d": squat_c3d()})
    loop.once()
    sent_form(client, token, at, load="60 70")
    loop.once()
    page = client.get(at).text
    assert "The analysis did not succeed" in page and "2 loads for 3 repetitions" in page
    assert '<option value="trial" selected>' in page, "everything can be changed and tried again"


def test_the_same_file_twice_is_recognised(client: TestClient, token: dict[str, str]):
    session_of(client, token, {"squat.c3d": squat_c3d()}, modified_ms=1767312000000.0)
    again = put(client, token, "copy.c3d", squat_c3d())
    assert [(one["name"], one["day"]) for one in again["known"]] == [("squat", "2 Jan 2026")]


def test_a_sender_that_goes_away_leaves_nothing(catalogue: Catalogue):
    from collections.abc import AsyncIterator

    from legato.web.uploads import receive

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(3 << 20)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        run_apart(receive(broken(), catalogue, "long.c3d", 1 << 30))
    assert list((catalogue.files.folder / "part").iterdir()) == [] and list(catalogue.files.all()) == []


def test_a_full_disk_is_one_line(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    def full(self: object, chunk: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("legato.store.files.Part.write", full)
        assert put(client, token, "a.c3d", b"x")["error"] == (
            "a.c3d: the disk is full; free some room, then give the file again"
        )
    monkeypatch.setattr(legato.web.uploads, "ROOM_BYTES", 1 << 60)
    assert "the disk is full" in put(client, token, "a.c3d", b"x")["error"]
    assert list((catalogue.files.folder / "part").iterdir()) == []


def test_a_file_beyond_the_limit_is_refused_before_and_while_it_is_sent(
    client: TestClient, catalogue: Catalogue, token: dict[str, str]
):
    with catalogue.session() as rows:
        rows.add(SettingRow(key="upload", value={"most_bytes": 1000}))
    assert "is larger than 1e-06 GB" in put(client, token, "a.c3d", bytes(1001))["error"]
    headers = {**token, "content-type": "application/octet-stream"}
    parts = iter([bytes(600), bytes(600)])
    answer = client.put("/upload/files", params={"name": "a.c3d"}, content=parts, headers=headers)
    assert answer.status_code == 400 and "is larger than" in answer.json()["error"]
    assert put(client, token, "a.c3d", bytes(1000))["size_bytes"] == 1000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\trials\\squat.c3d", "squat.c3d"),
        ("sq\0u\nat\u202e.c3d", "squat.c3d"),
        ("x" * 400 + ".c3d", "x" * 196 + ".c3d"),
        ("é" * 400 + ".trc", "é" * 98 + ".trc"),
        ("..", "file"),
        (".hidden", "hidden"),
        ('a<b>"c|d?.csv', "abcd.csv"),
    ],
)
def test_names_are_those_of_files_and_nothing_more(given: str, kept: str):
    assert file_name(given) == kept and len(file_name(given).encode()) <= 200


def bomb() -> bytes:
    return zipped({"zeros.csv": bytes(300 << 20)})


def thousands() -> bytes:
    return zipped({f"{k}": b"" for k in range(20_001)})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: zipped({"../out.csv": b"a"}), "a path that leads out of it"),
        (lambda: zipped({"/out.csv": b"a"}), "a path that leads out of it"),
        (lambda: zipped({"a.csv": b"a"}, link="b.csv"), "holds a link"),
        (bomb, "times its size"),
        (thousands, "20001 files"),
        (lambda: zipped({"a.csv": b"a"})[:-30], "damaged or not whole"),
        (lambda: zipped({"[Content_Types].xml": b"<a/>"}), "a spreadsheet or document"),
    ],
    ids=["up", "absolute", "link", "bomb", "many", "cut", "spreadsheet"],
)
def test_an_archive_that_may_not_be_unpacked_is_refused_in_one_line(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], content: Callable[[], bytes], said: str
):
    told = put(client, token, "trial.zip", content())["error"]
    assert told.startswith("trial.zip: a ") and said in told and "\n" not in told
    assert list(catalogue.files.all()) == []


def test_an_archive_is_opened_as_the_trial_that_it_holds(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    held = zipped({"day/trial/squat.c3d": squat_c3d(), "day/readme.pdf": b"%PDF", "__MACOSX/x": b"x"})
    at = session_of(client, token, {"day.zip": held})
    loop.once()
    page = client.get(at).text
    assert "as recognised: " in page and "100 Hz" in page
    sent_form(client, token, at)
    loop.once()
    with catalogue.session() as rows:
        assert rows.get_one(SessionRow, at.rpartition("/")[2]).results[0].summary["reps"] == 3


WRONG = {
    "notes.pdf": (b"%PDF-1.7 a text", "a PDF"),
    "empty.c3d": (b"", "is empty"),
    "random.c3d": (bytes(range(256)) * 40, "neither C3D nor text"),
    "cut.c3d": (None, "cut.c3d"),
    "page.csv": (b"<!doctype html><script>alert(1)</script>", "page.csv"),
    "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "drawing.svg"),
    "picture.trc": (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
    "video.c3d.mp4x": (b"RIFF\x00\x00\x00\x00AVI LIST", "a video"),
}


def test_each_wrong_file_has_its_line_and_the_others_go_on(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    files = {"squat.c3d": squat_c3d()} | {name: content or squat_c3d()[:3000] for name, (content, _) in WRONG.items()}
    files["empty.c3d"] = b""
    at = session_of(client, token, files)
    loop.once()
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        told = rows.query(JobRow).one().found
        assert told is not None and told["problem"] is None
        lines = {file.name: told["files"][file.id]["error"] for file in session.files}
        assert [file.role for file in session.files] == ["trial"] + ["unused"] * len(WRONG)
    assert lines.pop("squat.c3d") is None
    for name, (_, said) in WRONG.items():
        assert lines[name] is not None and said in lines[name] and "\n" not in lines[name], name
    page = client.get(at).text
    assert "<script>alert" not in page and "<svg" not in page
    sent_form(client, token, at)
    loop.once()
    assert client.get(f"{at}").status_code == 200
    with catalogue.session() as rows:
        assert rows.get_one(SessionRow, at.rpartition("/")[2]).results[0].summary["reps"] == 3


def test_a_file_that_is_taken_away_is_gone_from_the_disk(
    client: TestClient, catalogue: Catalogue, token: dict[str, str]
):
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "other.csv": b"time,a\n0,1\n"})
    with catalogue.session() as rows:
        other = rows.get_one(SessionRow, at.rpartition("/")[2]).files[1]
    client.post(f"{at}/files/{other.id}/remove", headers=token)
    assert not catalogue.files.path(other.sha256).exists()
    with catalogue.session() as rows:
        assert [file.name for file in rows.get_one(SessionRow, at.rpartition("/")[2]).files] == ["squat.c3d"]


def test_a_discarded_upload_leaves_nothing(client: TestClient, catalogue: Catalogue, token: dict[str, str]):
    at = session_of(client, token, {"squat.c3d": squat_c3d()})
    client.post(f"{at}/discard", headers=token)
    assert list(catalogue.files.all()) == [] and client.get(at).status_code == 404


def test_what_was_sent_and_left_is_swept_after_a_day(client: TestClient, catalogue: Catalogue, token: dict[str, str]):
    session_of(client, token, {"squat.c3d": squat_c3d()})
    left = put(client, token, "left.csv", b"a,b\n1,2\n")["sha256"]
    assert sweep(catalogue) == ()
    with catalogue.session() as rows:
        for row in rows.query(FileRow):
            row.at = now() - timedelta(days=2)
    assert sweep(catalogue) == (left,)


def test_progress_is_told_as_events_until_the_job_ends(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"squat.c3d": squat_c3d()})
    place = at.replace("upload", "sessions")
    assert client.get(f"{place}/progress.json").json()["state"] == "queued"
    loop.once()
    with client.stream("GET", f"{place}/progress") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: ")]
    assert told[-1]["state"] == "done" and told[-1]["at"] == 4 and not told[-1]["open"]


def test_a_video_is_attached_and_not_analysed(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    at = session_of(client, token, {"squat.c3d": squat_c3d(), "clip.mp4": b"\0\0\0\x18ftypmp42" + bytes(100)})
    loop.once()
    assert 'name="video_offset"' in client.get(at).text
    sent_form(client, token, at, video_offset="-0.25")
    with catalogue.session() as rows:
        session = rows.get_one(SessionRow, at.rpartition("/")[2])
        assert session.video_offset_s == -0.25 and session.files[1].role == "video"


def test_an_athlete_who_is_known_is_chosen_beforehand(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop
):
    with catalogue.session() as rows:
        rows.add(AthleteRow(id="a" * 16, name="Ada"))
    assert "Files of one trial of Ada" in client.get("/upload", params={"athlete": "a" * 16}).text
    at = session_of(client, token, {"squat.c3d": squat_c3d()}, athlete="a" * 16)
    loop.once()
    assert f'value="{"a" * 16}" selected' in client.get(at).text


@pytest.mark.slow
def test_every_shared_recording_goes_through(
    client: TestClient, catalogue: Catalogue, token: dict[str, str], loop: Loop, shared_data: Path
):
    trials = {
        "c3d": ["box-lift/box-lift.c3d"],
        "trc and mot": ["squat-opencap/Squats.trc", "squat-opencap/Squats.mot"],
        "keypoints": ["squat-opencap/squats-cam0-openpose-body25.json"],
        "landmarks": ["pose-landmarks/squat-mediapipe.csv"],
        "bar": ["barbell-imu/deadlift-farm1.csv"],
        "reps": ["barbell-imu/farm1_results_rep_summary.json"],
        "plates": ["jump-force-plates/BFR007_squat_jump.csv"],
        "emg": ["squat-emg/squat-emg.csv"],
        "xdf": ["xdf/minimal.xdf"],
        "upper": ["vendor-c3d/type1.C3D"],
    }
    for kind, names in trials.items():
        at = session_of(client, token, {Path(n).name: (shared_data / n).read_bytes() for n in names})
        assert loop.once()
        if kind in ("keypoints", "landmarks"):
            assert "give the camera&#39;s rate with “Rate”" in client.get(at).text
            sent_form(client, token, at, rate="60", then="look")
            assert loop.once()
        page = client.get(at).text
        with catalogue.session() as rows:
            session = rows.get_one(SessionRow, at.rpartition("/")[2])
            assert all(file.role == "trial" for file in session.files), kind
            job = session.jobs[-1]
            assert job.state == "done" and job.found is not None, (kind, job.error)
            held = [job.found["files"][file.id] for file in session.files]
        assert all(one["error"] is None and (one["streams"] or one["rep_tables"]) for one in held), (kind, held)
        assert " --" not in re.sub(r"<!--.*?-->", "", page), f"{kind}: an option of the command is named"
