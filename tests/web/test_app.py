"""The app answers its own page, and nobody else's."""

from fastapi.testclient import TestClient


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
