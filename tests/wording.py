"""Every text that reaches a user, with where it stands; the words of medicine that none of them says, and what claims
may not be sold as.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any, cast

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

TEXT = {".html", ".jinja", ".j2", ".js", ".ts", ".css", ".svg", ".json"}
BUNDLED = PACKAGE / "web" / "static"
"""Made of `client/src` and of other packages."""
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "newsfragments").glob("*.md")])
PAGES += [ROOT / "mkdocs.yml", ROOT / "CITATION.cff", ROOT / "pyproject.toml"]


@dataclass(frozen=True)
class Exempt:
    """Where some of those words may stand: in which files (a pattern) and which field, which words (one text, several,
    or None: whatever the field says), and why.
    """

    file: str
    field: str
    words: str | tuple[str, ...] | None
    why: str

    def without(self, text: "Text", says: str) -> str:
        """What a text says without the words that may stand in it."""
        if not (fnmatch(text.file, self.file) and fnmatch(text.field, self.field)):
            return says
        if self.words is None:
            return ""
        for words in (self.words,) if isinstance(self.words, str) else self.words:
            says = re.sub(re.escape(words), "", says, flags=re.IGNORECASE)
        return says


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


LEDGER = "*/evidence/claims/library/*.toml"


def claims() -> list[dict[str, Any]]:
    """The ledger's claims as its files hold them."""
    files = sorted((PACKAGE / "evidence" / "claims" / "library").glob("*.toml"))
    return [claim for file in files for claim in tomllib.loads(file.read_text("utf-8"))["claims"]]


def of_the_ledger() -> tuple[str, ...]:
    """What the ledger's fields that hold the words of others say, the longest first."""
    said: set[str] = set()
    for claim in claims():
        held = {name: claim.get(name, "") for name in ("verbatim", "outcome", "forbidden_text", "sources")}
        said |= {text for field, text in fields_of(held) if field not in ("", "sources")}
    return tuple(sorted((text for text in said if len(text) > 10 and FORBIDDEN.search(text)), key=len, reverse=True))


EXEMPT = (
    Exempt("*", "line *", "not a medical device", "says what Legato is not"),
    Exempt("docs/safety.md", "line *", "no medical device", "a safety text: says what Legato is not"),
    Exempt("docs/coverage.md", "line *", "Nothing is said of risk", "says that nothing is said of it"),
    Exempt("*/coaching/safety/screen.toml", "questions.asks", "medically trained", "a safety text: asks about help"),
    Exempt(LEDGER, "claims.verbatim", None, "a claim of others, under examination"),
    Exempt(LEDGER, "claims.outcome", None, "what a claim of others is about"),
    Exempt(LEDGER, "claims.sources.*", None, "a study, in its own words"),
    Exempt(LEDGER, "claims.forbidden_text", None, "what may not be said"),
    Exempt("docs/claims.md", "line *", of_the_ledger(), "shows those fields of the ledger, and nothing else of them"),
)
"""All exemptions, each for its own words or for a field of the ledger that holds the words of others;
`tests/test_wording.py` refuses an exemption that nothing needs.
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


@cache
def texts() -> tuple[Text, ...]:
    """All of them: data, templates, the strings of the code, the pages' script before it is bundled, pages and news."""
    found: list[Text] = []
    for path in sorted([*PACKAGE.rglob("*"), *(ROOT / "client" / "src").rglob("*")]):
        file = str(path.relative_to(ROOT))
        if path.is_relative_to(BUNDLED):
            continue
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


def plain(says: str) -> str:
    """A text as phrases are looked for in it: small letters, one kind of space, dash and per cent sign."""
    says = re.sub(r"[\s\u00a0\u2009\u202f*_`]+", " ", says.casefold()).replace("per cent", "%").replace("percent", "%")
    return re.sub(r"\s+%", "%", re.sub(r"[\u2010-\u2015\u2212]", "-", says))


def sold_in(says: str, phrases: Mapping[str, str]) -> str | None:
    """The first phrase that a claim may not be sold as (by its plain form, with the claim's id) in a text."""
    said = plain(says)
    return next((f"{name}: {phrase}" for phrase, name in phrases.items() if phrase in said), None)


def not_to_be_said() -> dict[str, str]:
    """Every forbidden phrase of the ledger in its plain form, with the claim that it is of."""
    return {plain(phrase): claim["id"] for claim in claims() for phrase in claim["forbidden_text"]}


def whole_texts() -> Iterator[Text]:
    """As `texts`, but a page as a whole, as a phrase may run over two lines."""
    pages: dict[str, list[str]] = {}
    for text in texts():
        if text.file.endswith(".md"):
            pages.setdefault(text.file, []).append(text.says)
        else:
            yield text
    for file, lines in pages.items():
        yield Text(file, "page", " ".join(lines))
