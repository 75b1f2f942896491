"""What people, files and sessions may be called, and what a form may hold: a page shows it as text, nothing runs, and
nothing that is sent breaks a page.
"""

import re
from collections import deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from legato.store import Catalogue
from legato.store.rows import AthleteRow, SessionFileRow, SessionRow

from .sessions import coach, demo_folder, library

__all__ = ["coach", "demo_folder", "library"]

HOSTILE = (
    """'"><script>alert(1)</script><img src=x onerror=alert(1)>"""
    "{{ 7 * 7 }}{% if %}%(x)s %s {n}'; DROP TABLE athlete;--"
)
TYPED = (HOSTILE, "", "-1", "9" * 400, "a\0b", "../../etc/passwd", "\r\nset-cookie: a=b", "a" * 20_000)
NEVER = ("/settings/erase", "/discard", "/delete", "/erase", "/settings/retention/keep")
"""Forms that take away what the next would be tried on."""


class Page(HTMLParser):
    """What a page would run, where it leads, and its forms."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, str, list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.runs += [f"{tag} {name}={value}" for name, value in given.items() if name.startswith("on")]
        self.runs += [
            f"{tag} {value}" for value in given.values() if re.match(r"\s*(javascript|vbscript):", value, re.I)
        ]
        if tag in ("iframe", "object", "embed", "base") or (
            tag == "script" and not given.get("src", "").startswith("/static/")
        ):
            self.runs.append(f"{tag} {given}")
        if tag == "a" and "download" not in given:
            self.links.append(given.get("href", ""))
        for method in ("get", "post", "put", "patch", "delete"):
            if f"hx-{method}" in given and method == "get":
                self.links.append(given["hx-get"])
            elif f"hx-{method}" in given:
                self.forms.append((method, given[f"hx-{method}"], []))
        if tag == "form" and given.get("method", "").lower() == "post":
            self.forms.append(("post", given.get("action", ""), []))
        if tag in ("input", "select", "textarea", "button") and given.get("name") and self.forms:
            self.forms[-1][2].append(given["name"])


@pytest.fixture
def hostile(library: Catalogue) -> Catalogue:
    """The demo's library, everything in it under a hostile name."""
    with library.session() as rows:
        for athlete in rows.scalars(select(AthleteRow)):
            athlete.name, athlete.notes = HOSTILE, HOSTILE
        for session in rows.scalars(select(SessionRow)):
            session.name, session.notes = HOSTILE, HOSTILE
            for result in session.results:
                result.summary = {**result.summary, "headline": HOSTILE, "sure": HOSTILE, "movement_name": HOSTILE}
        for file in rows.scalars(select(SessionFileRow)):
            file.name = HOSTILE
    return library


def crawl(client: TestClient, most: int) -> dict[str, Page]:
    """The pages that can be reached from the first one; no more than a few of one kind."""
    waiting, found, kinds = deque(["/", "/api"]), dict[str, Page](), dict[str, int]()
    while waiting and len(found) < most:
        path = waiting.popleft()
        kind = re.sub(r"[0-9a-f]{16}|(?<=/library/)[a-z]+/.*|(?<=/evidence/)C\d+", "*", urlsplit(path).path)
        if path in found or kinds.get(kind, 0) >= 2:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code < 500, f"{path}: {answer.text[-300:]}"
        if not answer.headers["content-type"].startswith("text/html") or "content-disposition" in answer.headers:
            continue
        found[path] = Page(answer.text)
        for link in found[path].links:
            target = urlsplit(urljoin(f"http://here{path}", link))
            if target.netloc == "here":
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return found


@pytest.mark.usefixtures("hostile")
def test_names_are_shown_as_text_on_every_page(coach: TestClient):
    pages = crawl(coach, 90)
    assert len(pages) > 25
    ran = {path: page.runs for path, page in pages.items() if page.runs}
    assert not ran, ran
    home = coach.get("/").text
    assert "{{ 7 * 7 }}" in home and "&lt;script&gt;alert(1)" in home


@pytest.mark.usefixtures("hostile")
def test_nothing_that_a_form_holds_breaks_a_page(coach: TestClient, library: Catalogue):
    forms = {(method, path): fields for page in crawl(coach, 90).values() for method, path, fields in page.forms}
    tried = 0
    for (method, path), fields in forms.items():
        if path.endswith(NEVER):
            continue
        for typed in TYPED if len(fields) < 6 else TYPED[:4:3]:
            sent: dict[str, Any] = dict.fromkeys(fields, typed)
            answer = coach.request(method.upper(), urljoin("http://here/", path).removeprefix("http://here"), data=sent)
            assert answer.status_code < 500, (path, typed[:40], answer.text[-300:])
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert not Page(answer.text).runs, (path, typed[:40])
            assert "set-cookie" not in answer.headers or path == "/look"
            tried += 1
    assert tried > 40
    with library.session() as rows:
        assert rows.scalars(select(AthleteRow)).first() is not None
