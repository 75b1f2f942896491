"""The replay's files come whole or by range, videos only as what they are, and frames when the container says."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from legato.store import Catalogue, keep_file
from legato.store.rows import ResultRow, SessionFileRow, SessionRow
from legato.web.pages.replay import replay_shown
from legato.web.replay.pack import Packer, unpacked
from legato.web.replay.video import frame_times, frames_record, video_type

from .videos import edit_list, mp4_index, webm

CONTENT = bytes(range(256)) * 40


def kept_session(catalogue: Catalogue, video: bytes | None = None, content: bytes = CONTENT) -> tuple[str, str]:
    """A session with a result that can be replayed; the ids of both."""
    replay = catalogue.files.save_bytes(content)
    saved = None if video is None else catalogue.files.save_bytes(video)
    with catalogue.session() as rows:
        keep_file(rows, replay)
        session = SessionRow(name="Squats", recorded_on=date(2026, 11, 20), video_offset_s=0.25)
        if saved is not None:
            keep_file(rows, saved)
            session.files.append(SessionFileRow(sha256=saved.sha256, name="a.mp4", role="video", position=0))
        result = ResultRow(key="0" * 64, legato_version="1", summary={}, files={"replay.bin": replay.sha256})
        session.results.append(result)
        rows.add(session)
        rows.flush()
        return session.id, result.id


def test_the_file_comes_whole_and_by_range(client: TestClient, catalogue: Catalogue):
    session, result = kept_session(catalogue)
    whole = client.get(f"/sessions/{session}/replay.bin?result={result}")
    assert whole.content == CONTENT and whole.headers["cache-control"] == "private, no-cache"
    known = {"if-none-match": whole.headers["etag"]}
    again = client.get(f"/sessions/{session}/replay.bin?result={result}", headers=known)
    assert again.status_code == 304 and not again.content and again.headers["etag"] == whole.headers["etag"]
    erased = client.get(f"/sessions/{session}/replay.bin?result=0000000000000000", headers=known)
    assert erased.status_code == 404
    assert whole.headers["content-type"] == "application/octet-stream"
    part = client.get(f"/sessions/{session}/replay.bin?result={result}", headers={"range": "bytes=100-299"})
    assert part.status_code == 206 and part.content == CONTENT[100:300]
    assert part.headers["content-range"] == f"bytes 100-299/{len(CONTENT)}"
    newest = client.get(f"/sessions/{session}/replay.bin")
    assert newest.content == CONTENT and "immutable" not in newest.headers["cache-control"]
    beyond = client.get(f"/sessions/{session}/replay.bin", headers={"range": "bytes=99999999-"})
    assert beyond.status_code == 416


def test_the_opening_is_the_head_and_the_coarse_levels_alone(client: TestClient, catalogue: Catalogue):
    packer = Packer()
    packer.add(np.arange(6, dtype=np.float32), "f4")
    coarse = packer.size
    packer.add(np.arange(600, dtype=np.float32), "f4")
    content = packer.packed({"coarse_bytes": coarse, "said": "Größe"})
    session, result = kept_session(catalogue, content=content)
    address = f"/sessions/{session}/replay.bin?result={result}&opening=1"
    answer = client.get(address)
    _, base = unpacked(content)
    assert answer.content == content[: base + coarse]
    assert client.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert client.get(f"/sessions/{session}/replay.bin?result={result}").headers["etag"] != answer.headers["etag"]
    damaged, _ = kept_session(catalogue)
    assert client.get(f"/sessions/{damaged}/replay.bin?opening=1").status_code == 404


def test_what_is_not_there_is_told(client: TestClient, catalogue: Catalogue):
    session, _ = kept_session(catalogue)
    other, result = kept_session(catalogue)
    assert other != session
    for path in (
        "/sessions/0000000000000000/replay.bin",
        f"/sessions/{session}/replay.bin?result={result}",
        f"/sessions/{session}/video",
        f"/sessions/{session}/video.json",
    ):
        answer = client.get(path)
        assert answer.status_code == 404 and "Traceback" not in answer.text


def test_a_video_is_served_as_what_its_bytes_say(client: TestClient, catalogue: Catalogue):
    content = mp4_index(600, [(120, 10)])
    session, _ = kept_session(catalogue, content)
    answer = client.get(f"/sessions/{session}/video", headers={"range": "bytes=0-9"})
    assert answer.status_code == 206 and answer.content == content[:10]
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = client.get(f"/sessions/{session}/video.json").json()
    assert told == {"type": "video/mp4", "first_s": 0.0, "rate_hz": 60.0, "n": 120}


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_is_no_video_is_never_sent_as_one(client: TestClient, catalogue: Catalogue, content: bytes):
    session, _ = kept_session(catalogue, content)
    for path in ("video", "video.json"):
        answer = client.get(f"/sessions/{session}/{path}")
        assert answer.status_code == 400 and "neither an mp4 nor a webm" in answer.text


def test_the_template_gets_addresses_that_answer(client: TestClient, catalogue: Catalogue):
    session_id, result_id = kept_session(catalogue, mp4_index(600, [(120, 10)]))
    with catalogue.session() as rows:
        session, result = rows.get(SessionRow, session_id), rows.get(ResultRow, result_id)
        assert session is not None and result is not None
        shown = replay_shown(session, result, (session, result))
    assert shown is not None and shown["offset_s"] == 0.25
    for name in ("src", "video", "frames", "overlay"):
        assert client.get(shown[name]).status_code == 200


@pytest.fixture
def container(tmp_path: Path):
    def write(content: bytes) -> Path:
        path = tmp_path / "video"
        path.write_bytes(content)
        return path

    return write


def test_frames_of_an_mp4_come_from_its_tables(container):
    times = frame_times(container(mp4_index(60_000, [(3, 1001), (2, 2002)])))
    assert times == pytest.approx(np.array([0, 1001, 2002, 3003, 5005]) / 60_000)


def test_frames_that_are_stored_out_of_order_are_told_in_the_order_shown(container):
    # I P B B: decoded 0 1 2 3, shown 0 3 1 2; the edit takes away what the delay adds.
    moved = [(1, 1), (1, 3), (2, 0)]
    content = mp4_index(30, [(4, 1)], moved, edit_list((133, 1)))
    assert frame_times(container(content)) == pytest.approx(np.arange(4) / 30)


def test_an_empty_edit_delays_the_first_frame(container):
    content = mp4_index(50, [(5, 1)], (), edit_list((200, -1), (100, 0)))
    times = frame_times(container(content))
    assert times is not None and times[0] == pytest.approx(0.2)


@pytest.mark.parametrize("live", [False, True])
def test_frames_of_a_webm_come_from_its_blocks(container, live: bool):
    at = [0, 33, 67, 100, 180, 213]
    path = container(webm([(ms, b"frame") for ms in at], (16, 16), "V_VP8", live))
    assert video_type(path) == "video/webm"
    assert frame_times(path) == pytest.approx(np.array(at) / 1000)
    assert frames_record(path) == {"times": pytest.approx([ms / 1000 for ms in at])}


@given(st.integers(0, 400), st.integers(0, 255), st.booleans(), st.integers(0, 400))
def test_a_damaged_container_tells_nothing_or_something_but_never_fails(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int, mp4: bool, cut: int
):
    content = bytearray(mp4_index(600, [(120, 10)], [(120, 5)], edit_list((100, 0))))
    if not mp4:
        content = bytearray(webm([(ms, b"frame") for ms in range(0, 400, 33)], (16, 16), "V_VP8"))
    content[at % len(content)] = value
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: len(content) - cut % len(content)])
    frames_record(path)


def test_frames_of_real_videos(shared_data: Path):
    path = shared_data / "squat-opencap" / "squats-cam0.mp4"
    record = frames_record(path)
    assert record["rate_hz"] == pytest.approx(60.0, abs=0.2)
