"""Every text that reaches a user, with where it stands; and the words of medicine that none of them says."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "legato"

FORBIDDEN = re.compile(
    r"\b("
    r"(un)?diagnos\w*|(un)?treat(s|ed|ing|ments?|able)?|prevent(s|ed|ing|ion|ive|ative|able)?|(re|pre)hab\w*"
    r"|(re-?)?injur\w*|risk(s|y|ed|ing|ier|iest)?|cur(e|es|ed|ing|able|ative)|heal(s|ed|ing|er)?|therap\w*|patients?"
    r"|symptom\w*|patholog\w*|diseases?|disorders?|syndromes?|dysfunction\w*|medical\w*|clinical\w*|prophyla\w*"
    r"|protect(s|ed|ing|ion|ive)?"
    r"|(reliev|reduc|lessen|lower|eas)(e|es|ed|ing|s)? ((your|the|low|lower|back|neck|knee|chronic) )*(pain|aches?)"
    r"|pain[- ]free|less pain"
    r")\b",
    re.IGNORECASE,
)
"""No output says diagnose, treat, prevent, rehab or injury risk, in any form of the word, or a relative of them."""

TEXT = {".html", ".jinja", ".j2", ".js", ".css", ".svg", ".json"}
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "newsfragments").glob("*.md")])
PAGES += [ROOT / "mkdocs.yml", ROOT / "CITATION.cff", ROOT / "pyproject.toml"]


@dataclass(frozen=True)
class Exempt:
    """Where some of those words may stand: in which files (a pattern) and which field, which words, and why."""

    file: str
    field: str
    words: str
    why: str

    def without(self, text: "Text", says: str) -> str:
        """What a text says without the words that may stand in it."""
        if not (fnmatch(text.file, self.file) and fnmatch(text.field, self.field)):
            return says
        return re.sub(re.escape(self.words), "", says, flags=re.IGNORECASE)


EXEMPT = (
    Exempt("*", "line *", "not a medical device", "says what Legato is not"),
    Exempt("docs/safety.md", "line *", "no medical device", "a safety text: says what Legato is not"),
    Exempt("docs/coverage.md", "line *", "Nothing is said of risk", "says that nothing is said of it"),
    Exempt("*/coaching/safety/screen.toml", "questions.asks", "medically trained", "a safety text: asks about help"),
)
"""All exemptions, each for its own words. Citations and claims under examination go here by their field (`cite`,
`verbatim`) once one holds such a word; `tests/test_wording.py` refuses an exemption that nothing needs.
"""


@dataclass(frozen=True)
class Text:
    """One text: its file below the checkout, the field of a table or the line of a file, and what it says."""

    file: str
    field: str
    says: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.says.strip()[:90]}"


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    """Every string of a module with its line, docstrings and the parts of f-strings too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def fields_of(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a TOML file with its field (`questions.asks`; rows have no number), and every key."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, object]", value).items():
            yield field, name
            yield from fields_of(inner, f"{field}.{name}".strip("."))
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from fields_of(inner, field)


@cache
def texts() -> tuple[Text, ...]:
    """All of them: data, templates, the strings of the code, pages and news."""
    found: list[Text] = []
    for path in sorted(PACKAGE.rglob("*")):
        file = str(path.relative_to(ROOT))
        if path.suffix == ".py":
            found += [Text(file, f"line {n}", says) for n, says in strings_of(path.read_text("utf-8"))]
        elif path.suffix == ".toml":
            content = path.read_text("utf-8")
            found += [Text(file, field, says) for field, says in fields_of(tomllib.loads(content))]
            found += [Text(file, "comment", line) for line in content.splitlines() if line.lstrip().startswith("#")]
        elif path.suffix in TEXT:
            lines = path.read_text("utf-8").splitlines()
            found += [Text(file, f"line {n}", says) for n, says in enumerate(lines, 1)]
    for path in PAGES:
        file = str(path.relative_to(ROOT))
        found += [Text(file, f"line {n}", says) for n, says in enumerate(path.read_text("utf-8").splitlines(), 1)]
    return tuple(found)


def forbidden_in(text: Text, exempt: Sequence[Exempt] = EXEMPT) -> str | None:
    """The first word of medicine in a text that no exemption lets pass."""
    says = text.says
    if not FORBIDDEN.search(says):
        return None
    for one in exempt:
        says = one.without(text, says)
    found = FORBIDDEN.search(says)
    return None if found is None else found[0]
