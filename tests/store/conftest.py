"""Every test of the store that asks for `catalogue` runs on SQLite and on PostgreSQL."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from legato.store import Catalogue, open_catalogue

from . import postgres


@pytest.fixture(scope="session")
def new_postgres() -> Generator[Callable[[], str]]:
    """Each call gives the URL of a new, empty database of a real server."""
    try:
        started = postgres.server()
        make = started.__enter__()
    except RuntimeError as error:
        pytest.skip(f"no PostgreSQL can be started: {error}")
    yield make
    started.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """The database: none named, or that of a real PostgreSQL."""
    return None if request.param == "sqlite" else request.getfixturevalue("new_postgres")()


@pytest.fixture
def catalogue(tmp_path: Path, url: str | None) -> Generator[Catalogue]:
    opened = open_catalogue(tmp_path, url)
    yield opened
    opened.close()
