"""What is told to be installed: an extra that exists, from the checkout, as no index has this package."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def told() -> list[tuple[str, str]]:
    """File and command of every `pip install` that a user may read."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "src").rglob("*.py"))]
    return [
        (path.name, match[0])
        for path in files
        for match in re.finditer(r"[\w./]*pip install [^`'\n]*", path.read_text(encoding="utf-8"))
    ]


def test_every_extra_exists_and_comes_from_the_checkout() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named: set[str] = set()
    for file, command in told():
        assert "legato[" not in command, (file, command)
        for extra in re.findall(r"\.\[(\w+)\]", command):
            assert command.startswith(".venv/bin/pip install -e"), (file, command)
            assert extra in extras, (file, command)
            named.add(extra)
    assert {"xdf", "edf", "sim"} <= named
