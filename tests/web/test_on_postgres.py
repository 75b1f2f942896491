"""The app over a catalogue whose rows lie on a PostgreSQL server: every page and form does what it does with SQLite."""

from collections.abc import Callable, Iterator
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue, open_catalogue
from legato.store.check import check
from legato.store.move import move
from legato.web.app import create_app

from ..store.conftest import new_postgres
from .conftest import HOST
from .recorded import squat_c3d
from .sessions import FIRST, demo_folder, library
from .test_hostile import NEVER, TYPED, crawl

__all__ = ["demo_folder", "library", "new_postgres"]

HERE = f"http://{HOST}"


@pytest.fixture
def moved(library: Catalogue, new_postgres: Callable[[], str]) -> Iterator[Catalogue]:
    """The demo's library, its rows on a server."""
    library.close()
    url = new_postgres()
    move(library.folder, None, url)
    opened = open_catalogue(library.folder, url)
    yield opened
    opened.close()


@pytest.fixture
def reader(moved: Catalogue) -> Iterator[TestClient]:
    """Who looks at it, as a program does: without a token."""
    app = create_app(moved, [HOST])
    with TestClient(app, base_url=HERE, follow_redirects=False) as made:
        made.headers["x-legato-token"] = made.get("/").text.partition('data-token="')[2].partition('"')[0]
        yield made


def test_files_are_sent_and_recognised_again_and_settings_count_them(reader: TestClient):
    said = [reader.put("/upload/files", params={"name": "a.c3d"}, content=squat_c3d()).json() for _ in range(2)]
    assert said[0] == said[1] and said[0]["known"] == []
    told = {"files": [{"sha256": said[0]["sha256"], "name": "a.c3d"}]}
    there = reader.post("/upload", json=told).json()["to"]
    again = reader.put("/upload/files", params={"name": "b.c3d"}, content=squat_c3d()).json()
    assert [one["name"] for one in again["known"]] == ["a"]
    assert reader.get(there).status_code == 200
    assert " MB</dd>" in reader.get("/settings").text
    assert reader.get(FIRST).status_code == 200


@pytest.mark.slow
def test_every_page_and_form_answers(reader: TestClient, moved: Catalogue):
    pages = crawl(reader, 150)
    assert len(pages) > 60
    forms = {(method, path): fields for page in pages.values() for method, path, fields in page.forms}
    for (method, path), fields in forms.items():
        if not path.endswith(NEVER):
            for typed in TYPED[:4:3]:
                sent = dict.fromkeys(fields, typed)
                answer = reader.request(method.upper(), urljoin(HERE, path).removeprefix(HERE), data=sent)
                assert answer.status_code < 500, (path, typed[:40], answer.text[-300:])
    assert check(moved).faults == ()
