"""Loopback still faces hostile pages: what each may try is refused, and the app's own forms pass."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from legato.store import Catalogue
from legato.web import guard
from legato.web.app import create_app
from legato.web.guard import SMALL_BYTES, Guard

from .conftest import HOST, run_apart

HERE = f"http://{HOST}"


def token_of(client: TestClient) -> str:
    found = re.search(r'data-token="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


@pytest.fixture
def quiet(catalogue: Catalogue) -> Iterator[TestClient]:
    """A client that answers redirects itself."""
    with TestClient(create_app(catalogue, [HOST]), base_url=HERE, follow_redirects=False) as made:
        yield made


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:8750", "", "[::1]"]
)
def test_a_host_that_is_not_served_is_refused(quiet: TestClient, host: str):
    assert quiet.get("/", headers={"host": host}).status_code == 403
    assert quiet.get("/api/v1/openapi.json", headers={"host": host}).status_code == 403


def test_two_hosts_are_refused(quiet: TestClient):
    answer = quiet.get("/", headers=[("host", HOST), ("host", "evil.example")])
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_change_from_another_page_is_refused_even_with_the_token(quiet: TestClient, headers: dict[str, str]):
    sent = {"token": token_of(quiet), "theme": "dark"}
    assert quiet.post("/look", data=sent, headers={"origin": HERE}).status_code == 303
    assert quiet.post("/look", data=sent, headers=headers).status_code == 403
    assert quiet.post("/api/v1/athletes", json={"name": "A"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("mode", "dest", "status"),
    [
        ("navigate", "document", 200),
        ("navigate", "iframe", 403),
        ("no-cors", "script", 403),
        ("no-cors", "image", 403),
        ("cors", "empty", 403),
    ],
)
def test_another_page_may_lead_here_and_not_load_what_is_here(quiet: TestClient, mode: str, dest: str, status: int):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert quiet.get("/", headers=headers).status_code == status


def test_a_form_carries_the_token_in_a_field(quiet: TestClient):
    token = token_of(quiet)
    assert quiet.post("/look", data={"token": token, "theme": "dark"}).status_code == 303
    assert quiet.post("/look", data={"theme": "dark", "token": token}).status_code == 303
    assert quiet.post("/look", data={"theme": "dark"}).status_code == 403
    assert quiet.post("/look", data={"token": token[:-1], "theme": "dark"}).status_code == 403
    assert quiet.post("/look", data={"token": "é"}).status_code == 403
    assert quiet.post("/look", headers={"x-legato-token": token}, data={"theme": "dark"}).status_code == 303
    assert quiet.post("/look", headers={"x-legato-token": "x"}, data={"token": token}).status_code == 403


def test_a_form_with_files_carries_the_token_before_them(quiet: TestClient):
    token = token_of(quiet)
    field = {"token": (None, token), "theme": (None, "dark")}
    assert quiet.post("/look", files=field).status_code == 303
    assert quiet.post("/look", files={"token": (None, "x")}).status_code == 403
    assert quiet.post("/look", files={"theme": (None, "dark")}).status_code == 403
    late = {"file": ("a.c3d", b"\0" * 200_000), "token": (None, token)}
    assert quiet.post("/look", files=late).status_code == 403


def test_a_token_in_the_address_or_in_json_does_not_count(quiet: TestClient):
    token = token_of(quiet)
    assert quiet.post(f"/look?token={token}", data={"theme": "dark"}).status_code == 403
    assert quiet.post("/look", json={"token": token}).status_code == 403
    assert quiet.post("/look", content=f"token={token}", headers={"content-type": "text/plain"}).status_code == 403


def test_a_program_needs_no_token_for_the_api_and_a_browser_does(quiet: TestClient):
    assert quiet.post("/api/v1/nothing", json={}).status_code == 404
    assert quiet.post("/api/v1/nothing", json={}, headers={"sec-fetch-site": "same-origin"}).status_code == 403
    assert quiet.post("/api/v1/nothing", json={}, headers={"origin": HERE}).status_code == 403
    with_token = {"origin": HERE, "x-legato-token": token_of(quiet)}
    assert quiet.post("/api/v1/nothing", json={}, headers=with_token).status_code == 404


def test_each_answer_says_what_a_page_may_load(quiet: TestClient):
    for path in ("/", "/nothing", "/static/app.css", "/api/v1/nothing"):
        headers = quiet.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'"
        assert (
            "unsafe" not in policy["script-src"] + policy["style-src"]
            and "http" not in headers["content-security-policy"]
        )
    assert "access-control-allow-origin" not in quiet.options("/", headers={"origin": "http://evil.example"}).headers


def test_what_is_too_long_is_refused(quiet: TestClient):
    assert quiet.get("/" + "a" * 9000).status_code == 414
    assert quiet.get("/", params={"q": "a" * 9000}).status_code == 414
    assert quiet.get("/", headers={"x-long": "a" * 40_000}).status_code == 431
    assert quiet.post("/api/v1/athletes", content=b"a" * (SMALL_BYTES + 1)).status_code == 413
    in_pieces = quiet.post("/api/v1/nothing", content=iter([b"a" * 2**16] * 17))
    assert in_pieces.status_code in (404, 413)
    said_wrongly = quiet.post("/look", content=b"", headers={"content-length": "9" * 30})
    assert said_wrongly.status_code == 413


@pytest.mark.parametrize(
    ("path", "kind", "most_mb"),
    [
        ("/look", "application/x-www-form-urlencoded", 1),
        ("/api/v1/athletes", "application/json", 1),
        ("/api/v1/athletes", "application/octet-stream", 1),
        ("/look", "multipart/form-data; boundary=x", 67),
        ("/upload", "application/json", 1),
        ("/upload", "application/octet-stream", 1),
        ("/upload/files", "application/octet-stream", 8589),
        ("/api/v1/files", "application/octet-stream", 8589),
    ],
)
def test_a_body_may_be_as_long_as_what_is_sent_there(quiet: TestClient, path: str, kind: str, most_mb: int):
    for too_long in (False, True):
        length = (most_mb + too_long) * 1_000_000 + too_long * 100_000
        answer = quiet.post(path, content=b"", headers={"content-type": kind, "content-length": str(length)})
        assert (answer.status_code == 413) is too_long
        assert not too_long or "send less" in answer.text


def test_a_form_longer_than_it_says_is_cut_off(quiet: TestClient):
    pieces = iter([b"theme=dark&x="] + [b"a" * 2**16] * 32)
    answer = quiet.post("/look", content=pieces, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


def test_a_form_with_too_many_fields_is_refused(quiet: TestClient):
    many = "&".join(f"f{k}=1" for k in range(1001))
    answer = quiet.post("/look", content=many, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413 and "fields" in answer.text


@pytest.mark.parametrize("path", ["/%00", "/athletes/a%00b", "/athletes/%0d%0aset-cookie:a=b", "/%ff%00", "/?q=%00"])
def test_letters_that_no_address_may_hold_are_refused(quiet: TestClient, path: str):
    assert quiet.get(path).status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused(quiet: TestClient, method: str):
    assert quiet.request(method, "/").status_code == 405


def test_a_body_that_comes_too_slowly_is_cut_off(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "_WAIT_S", 0.1)
    made = create_app(catalogue, [HOST])
    kind = b"application/x-www-form-urlencoded"
    headers = [(b"host", HOST.encode()), (b"content-type", kind), (b"content-length", b"100")]
    told: list[Message] = []

    async def slow() -> Message:
        await asyncio.sleep(0.04 if not told else 10)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def never() -> Message:
        await asyncio.sleep(10)
        raise AssertionError

    async def send(message: Message) -> None:
        told.append(message)

    for receive, whole_s in ((never, 60.0), (slow, 0.3)):
        monkeypatch.setattr(guard, "_SMALL_S", whole_s)
        told.clear()
        scope = {"type": "http", "method": "POST", "path": "/look", "query_string": b"", "headers": headers}
        run_apart(asyncio.wait_for(made({**scope, "raw_path": b"/look"}, receive, send), 5))
        assert told[0]["status"] == 408


def test_what_came_in_time_and_is_read_late_is_taken(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "_SMALL_S", 0.05)
    told: list[Message] = []

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.2)
        told.append(await receive())

    async def there() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", HOST.encode())]}
    run_apart(Guard(late, frozenset({HOST}))({**scope, "raw_path": b"/"}, there, send))
    assert [message["type"] for message in told] == ["http.request"]


def test_a_websocket_is_refused(quiet: TestClient):
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), quiet.websocket_connect("/"):
        pass


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/....//app.py",
        "/static/app.css%00.html",
        "/static/C:%5cWindows%5cwin.ini",
    ],
)
def test_nothing_beside_the_pages_own_files_is_served(quiet: TestClient, path: str):
    assert quiet.get(path).status_code in (400, 404)


def test_the_look_is_kept_and_leads_nowhere_else(quiet: TestClient):
    sent = {"token": token_of(quiet), "theme": "dark", "units": "lb"}
    for referer, back in {
        f"{HERE}/library?kind=fault": "/library?kind=fault",
        f"{HERE}//evil.example/": "/",
        f"{HERE}/\\evil.example/": "/",
        "http://evil.example": "/",
        "": "/",
    }.items():
        answer = quiet.post("/look", data=sent, headers={"referer": referer})
        assert answer.status_code == 303 and answer.headers["location"] == back
    assert '<html lang="en" data-theme="dark">' in quiet.get("/").text
    quiet.post("/look", data={**sent, "theme": '"><script>', "units": "stone"})
    assert '<html lang="en">' in quiet.get("/").text
    quiet.cookies.set("theme", '"><script>alert(1)</script>')
    assert "alert(1)" not in quiet.get("/").text
