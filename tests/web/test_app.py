"""The app answers its own page, and nobody else's."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from legato.store import Catalogue
from legato.web.app import create_app
from legato.web.static_files import OwnFiles

from .conftest import HOST


def test_an_empty_home_says_what_to_do_next(client: TestClient):
    answer = client.get("/")
    assert answer.status_code == 200 and 'href="/upload"' in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_what_is_not_there_is_told_in_one_line(client: TestClient):
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404 and set(answer.json()) == {"error"}
    assert client.get("/nothing").status_code == 404


def test_a_foreign_host_is_refused(client: TestClient):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403


def test_a_fault_of_the_apps_own_is_told_and_runs_nothing(catalogue: Catalogue):
    made = create_app(catalogue, [HOST])

    @made.get("/broken/{what}")
    @made.get("/api/v1/broken/{what}")
    def broken(what: str) -> None:
        raise RuntimeError(what)

    with TestClient(made, base_url=f"http://{HOST}", raise_server_exceptions=False) as client:
        for path in ("/broken/<script>", "/api/v1/broken/<script>"):
            answer = client.get(path)
            assert answer.status_code == 500 and "RuntimeError" in answer.text and "<script>" not in answer.text[-300:]
            assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_a_part_of_a_page_is_told_what_was_wrong_in_a_line(client: TestClient):
    answer = client.get("/nothing", headers={"hx-request": "true"})
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/plain")
    assert "\n" not in answer.text


def test_a_browser_keeps_script_and_style_until_they_change(client: TestClient):
    asked = re.findall(r'"(/static/[^"]+)"', client.get("/").text)
    assert {path.partition("?")[0] for path in asked} >= {"/static/app.css", "/static/app.js"}
    for path in asked:
        answer = client.get(path)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    answer = client.get("/static/app.css")
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get("/static/app.css", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and client.get("/").headers["cache-control"] == "no-store"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path):
    served = tmp_path / "static"
    served.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (served / "own.txt").write_text("own")
    (served / "link.txt").symlink_to(tmp_path / "secret.txt")
    (served / "folder").symlink_to(tmp_path)
    client = TestClient(OwnFiles(directory=served))
    assert client.get("/own.txt").text == "own"
    for path in ("/link.txt", "/folder/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt"):
        with pytest.raises(HTTPException):
            client.get(path)
