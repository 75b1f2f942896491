"""An app over an empty catalogue, and a client that is its page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue, open_catalogue
from legato.web.app import create_app

HOST = "127.0.0.1:8750"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = open_catalogue(tmp_path / "kept")
    yield opened
    opened.close()


@pytest.fixture
def client(catalogue: Catalogue) -> Iterator[TestClient]:
    with TestClient(create_app(catalogue, [HOST]), base_url=f"http://{HOST}") as made:
        yield made
