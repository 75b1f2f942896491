"""Legato speaks of technique and performance only: words of medicine stand nowhere that a user reads."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "legato"

FORBIDDEN = re.compile(
    r"\b(diagnos\w*|treat(s|ed|ing|ments?)?|prevent(s|ed|ing|ion|ative)?|rehab\w*|(re-?)?injur\w*"
    r"|cur(e|es|ed|ing)|therap\w*|patients?)\b",
    re.IGNORECASE,
)
TEXT = {".toml", ".html", ".jinja", ".j2", ".js", ".css", ".svg"}
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "newsfragments").glob("*.md")])
SOURCE_KEYS = re.compile(r"^\s*(source|sources|cite|verbatim)\s*=")
"""Lines of data that quote the title of a publication, whose words are not ours."""


def strings_a_user_may_see(source: str, docstrings_too: bool) -> list[tuple[int, str]]:
    """String constants with their line; docstrings only where the command line shows them as help."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    lists_of_words = {
        id(word)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "FORBIDDEN" for t in node.targets)
        for word in ast.walk(node.value)
    }
    unseen = lists_of_words if docstrings_too else lists_of_words | docs
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unseen
    ]


def texts() -> list[tuple[str, str]]:
    """Where, and what, for every text that reaches a user."""
    found: list[tuple[str, str]] = []
    for path in sorted(PACKAGE.rglob("*")):
        where = str(path.relative_to(ROOT))
        if path.suffix == ".py":
            seen = strings_a_user_may_see(path.read_text("utf-8"), docstrings_too=path.name == "cli.py")
            found.extend((f"{where}:{line}", text) for line, text in seen)
        elif path.suffix in TEXT:
            lines = path.read_text("utf-8").splitlines()
            found.extend((f"{where}:{n}", s) for n, s in enumerate(lines, 1) if not SOURCE_KEYS.match(s))
    for path in PAGES:
        lines = path.read_text("utf-8").splitlines()
        found.extend((f"{path.relative_to(ROOT)}:{n}", s) for n, s in enumerate(lines, 1))
    return found


def test_no_text_speaks_of_medicine():
    found = [f"{where}: {text.strip()[:90]}" for where, text in texts() if FORBIDDEN.search(text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text", ["prevents injury", "Diagnosis: late hips", "lower injury risk", "a rehabilitation plan", "treatment"]
)
def test_the_words_are_seen(text: str):
    assert FORBIDDEN.search(text)


@pytest.mark.parametrize("text", ["in 4 of 5 reps", "the thorax starts 38 ms early", "accurate to 2 ms", "procure"])
def test_plain_words_pass(text: str):
    assert not FORBIDDEN.search(text)
