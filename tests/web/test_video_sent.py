"""A video comes by a plain form and goes straight to the disk; what a program sends has the limits of a page's."""

import tempfile
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

import legato.web.uploads
from legato.store import Catalogue
from legato.store.rows import SessionRow, SettingRow

from .recorded import add_session, squat_c3d
from .test_upload import bomb, thousands, token, zipped

__all__ = ["token"]

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 3000


def form(*parts: tuple[str, str, bytes], whole: bool = True) -> bytes:
    """A form's body: name, what else its header tells, content."""
    body = b"".join(
        b'--edge\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name.encode(), more.encode(), content)
        for name, more, content in parts
    )
    return body + b"--edge--\r\n" if whole else body


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    yield from (body[at : at + size] for at in range(0, len(body), size))


@pytest.fixture
def session(client: TestClient, catalogue: Catalogue) -> str:
    return add_session(catalogue, {"squat.c3d": (squat_c3d(), "trial")})


@pytest.fixture
def headers(token: dict[str, str]) -> dict[str, str]:
    return {**token, "content-type": "multipart/form-data; boundary=edge"}


VIDEO = ("video", '; filename="clip.mp4"\r\nContent-Type: video/mp4', MP4)


@pytest.mark.parametrize("size", [7, 1000, 1 << 20])
def test_a_video_is_attached_in_whatever_pieces_it_comes(
    client: TestClient, catalogue: Catalogue, session: str, headers: dict[str, str], size: int,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    def spooled(*_: object, **__: object) -> None:
        raise AssertionError("the video went by way of another place")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", spooled)
    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", spooled)
    monkeypatch.setattr("legato.web.guard._WAIT_S", 60.0)
    body = form(VIDEO, ("offset_s", "", b"-1,25"))
    for _ in range(2):  # the same again changes nothing
        answer = client.post(f"/sessions/{session}/video", content=pieces(body, size), headers=headers)
        assert answer.status_code == 200 and "clip.mp4" in answer.text
    with catalogue.session() as rows:
        row = rows.get_one(SessionRow, session)
        assert [(file.name, file.role) for file in row.files] == [("squat.c3d", "trial"), ("clip.mp4", "video")]
        assert row.video_offset_s == -1.25
        assert catalogue.files.read(row.files[1].sha256) == MP4


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (form(VIDEO, whole=False)[:-5], "did not arrive whole"),
        (form(("video", '; filename="a.mp4"', b"")), "neither an mp4 nor a webm"),
        (form(("video", '; filename="a.mp4"', b"RIFF")), "neither an mp4 nor a webm"),
        (form(("offset_s", "", b"1" * 5000)), "offset_s: has more than"),
        (b"no form at all", "did not arrive whole"),
    ],
    ids=["cut", "empty", "short", "long-field", "none"],
)
def test_what_is_no_form_with_a_video_is_told_in_one_line(
    client: TestClient, catalogue: Catalogue, session: str, headers: dict[str, str], body: bytes, said: str
):
    before = set(catalogue.files.all())
    answer = client.post(f"/sessions/{session}/video", content=body, headers={**headers, "hx-request": "true"})
    assert answer.status_code == 400 and said in answer.text and "\n" not in answer.text
    assert set(catalogue.files.all()) == before
    assert not [path for path in (catalogue.files.folder / "part").iterdir() if path.stat().st_size]


def test_a_video_has_the_limits_of_every_file(
    client: TestClient, catalogue: Catalogue, session: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    headers = {**headers, "hx-request": "true"}
    with catalogue.session() as rows:
        rows.add(SettingRow(key="upload", value={"most_bytes": 1000}))
    for content in (form(VIDEO), pieces(form(VIDEO), 5000)):
        assert "is larger than" in client.post(f"/sessions/{session}/video", content=content, headers=headers).text
    with catalogue.session() as rows:
        rows.get_one(SettingRow, "upload").value = {}
    monkeypatch.setattr(legato.web.uploads, "ROOM_BYTES", 1 << 60)
    assert "the disk is full" in client.post(f"/sessions/{session}/video", content=form(VIDEO), headers=headers).text


@pytest.mark.parametrize("path", ["edit", "corrections", "videos", "video/detach", "x/video"])
def test_no_other_form_of_a_session_may_be_as_long_as_a_video(
    client: TestClient, session: str, headers: dict[str, str], path: str
):
    length = {**headers, "content-length": str(100_000_000)}
    assert client.post(f"/sessions/{session}/{path}", content=b"", headers=length).status_code == 413
    assert client.post(f"/sessions/{session}/video", content=b"", headers=length).status_code != 413


def test_a_program_sends_files_by_the_same_rules(
    client: TestClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    def sent(content: bytes) -> str:
        kind = {"content-type": "application/octet-stream"}
        answer = client.post("/api/v1/files", content=content, headers=kind)
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]

    assert "times its size" in sent(bomb()) and "20001 files" in sent(thousands())
    assert "leads out of it" in sent(zipped({"../out.csv": b"a"}))
    with catalogue.session() as rows:
        rows.add(SettingRow(key="upload", value={"most_bytes": 1000}))
    assert "is larger than" in sent(bytes(1001))

    def full(self: object, chunk: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("legato.store.files.Part.write", full)
        assert "the disk is full" in sent(b"x")
    monkeypatch.setattr(legato.web.uploads, "ROOM_BYTES", 1 << 60)
    assert "the disk is full" in sent(b"x")
    assert list(catalogue.files.all()) == []
