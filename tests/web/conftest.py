"""An app over an empty catalogue, and a client that is its page."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from legato.store import Catalogue, open_catalogue
from legato.store.rows import AthleteRow
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


@pytest.fixture
def athlete(catalogue: Catalogue) -> str:
    """One whose trials the tests run."""
    with catalogue.session() as rows:
        rows.add(row := AthleteRow(name="Ada Example"))
        rows.flush()
        return row.id


def run_apart(work: Coroutine[Any, Any, object]) -> None:
    """`asyncio.run` in a thread of its own: a browser that is open in this process has its loop in the main one."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, work).result()
