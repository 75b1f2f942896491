"""The two kinds of error a user meets. Anything else that surfaces is a bug."""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager


class BadInput(ValueError):
    """The file or the arguments are wrong. The message says what was found, where, and what to do."""


class NotResolvable(Exception):
    """The data are sound but cannot answer the question asked. The message says why and what would."""


@contextmanager
def naming(files: Sequence[str], others: Sequence[str] = ()) -> Generator[None]:
    """Put the first of `files` before a refusal that names none of them and none of the `others`."""
    try:
        yield
    except (BadInput, NotResolvable) as error:
        said = str(error)
        if not files or any(_name(file) in said for file in (*files, *others)):
            raise
        raise type(error)(f"{files[0]}: {said}") from None


def _name(file: str) -> str:
    return re.split(r"[/\\]", file.rstrip("/\\"))[-1]
