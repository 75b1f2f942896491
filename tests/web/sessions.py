"""A catalogue with the demo's three sessions, and a client that is its page."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from legato.coaching.safety import questionnaire, screen, screening_record
from legato.store import Catalogue, open_catalogue
from legato.store.rows import ScreeningRow
from legato.web.app import create_app
from legato.web.demo import fill_with_demo

from .conftest import HOST

FIRST, SECOND, THIRD = (f"/sessions/de3000000000000{k}" for k in (1, 2, 3))


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that is not to be changed; made once for all modules."""
    return _filled(tmp_path_factory.getbasetemp() / "demo-library")


@cache
def _filled(folder: Path) -> Path:
    opened = open_catalogue(folder)
    fill_with_demo(opened, date(2026, 11, 20))
    passed = screen({question.id: "no" for question in questionnaire().questions}, date.today())
    with opened.session() as rows:
        # One that holds on whichever day the tests are run.
        rows.query(ScreeningRow).one().record = screening_record(passed)
    opened.close()
    return folder


@pytest.fixture
def library(demo_folder: Path, tmp_path: Path) -> Iterator[Catalogue]:
    """A copy of it, to be changed."""
    shutil.copytree(demo_folder, tmp_path / "library")
    opened = open_catalogue(tmp_path / "library")
    yield opened
    opened.close()


@pytest.fixture
def coach(library: Catalogue) -> Iterator[TestClient]:
    """Who looks at it."""
    with TestClient(create_app(library, [HOST]), base_url=f"http://{HOST}", follow_redirects=False) as made:
        found = re.search(r'data-token="([^"]+)"', made.get("/").text)
        assert found is not None
        made.headers["x-legato-token"] = found[1]
        yield made
