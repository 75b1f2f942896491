"""What a recording's names say of a bar: read from `sources.toml`."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from legato.recording import Recording, Stream


@cache
def bar_names() -> dict[str, frozenset[str]]:
    """Plain names by what they stand for."""
    table = tomllib.loads((resources.files("legato.bar") / "sources.toml").read_text(encoding="utf-8"))
    return {key: frozenset(names) for key, names in table.items()}


def plain(name: str) -> str:
    """A name in small letters without a subject's prefix, a unit in brackets, blanks, dots, dashes and underscores."""
    return re.sub(r"\(.*?\)|\[.*?\]|[^a-z0-9]", "", name.rsplit(":", 1)[-1].lower())


def column_of(names: Sequence[str], what: str) -> int | None:
    """The first of the names that stands for `what`, or None."""
    known = bar_names()[what]
    return next((k for k, name in enumerate(names) if plain(name) in known), None)


def names_of_bar(names: Sequence[str]) -> bool:
    """Whether every name stands for a point on a bar or its plates."""
    parts = ("right", "left", "middle", "plate_top", "plate_bottom")
    return bool(names) and all(any(column_of([name], part) is not None for part in parts) for name in names)


def on_a_bar(recording: Recording, stream: Stream) -> bool:
    """Whether a stream's name, its sensor's, its layout's or its file's says that it belongs to a bar."""
    files = [Path(file.path).stem for file in recording.inputs if stream.name in file.streams]
    told = [stream.name, stream.meta.get("sensor", ""), stream.meta.get("layout", ""), *files]
    words = {word for text in told for word in re.split(r"[^a-z]+", text.lower())}
    return bool(words & bar_names()["bar"])
