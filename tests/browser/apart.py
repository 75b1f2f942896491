"""An app over an empty catalogue, for the tests of one file: what they send waits behind no other's analyses.

A file that imports both fixtures has them in place of the demo's.
"""

from collections.abc import Iterator

import pytest

from legato.store import Catalogue, open_catalogue

from .harness import served


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """A catalogue of these tests alone."""
    opened = open_catalogue(tmp_path_factory.mktemp("apart") / "library")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def live(library: Catalogue) -> Iterator[str]:
    """The app that serves it."""
    with served(library.folder) as address:
        yield address
