"""Every text that a page shows can be translated, and is where translators look for it."""

import importlib.util
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from fastapi.testclient import TestClient
from jinja2 import nodes

from legato.web import words
from legato.web.render import environment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "src" / "legato" / "web" / "templates").glob("*.html"))

SHOWN = ("aria-label", "title", "placeholder", "alt", "label")
"""Attributes that people read or hear."""
UNTRANSLATED = re.compile(r"\b([A-Z0-9]{2,}|kg|lb|cm|mm|ms|min|Hz|Legato|[\w-]+\.(json|csv|html))\b|&\w+;|\{n\}")
"""Units, abbreviations and names of files, alike in every language."""


def collector():
    spec = importlib.util.spec_from_file_location("texts", ROOT / "docs" / "texts.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reads(text: str) -> bool:
    """Whether a text has a word in it."""
    return bool(re.search(r"[A-Za-z]{2,}", UNTRANSLATED.sub("", text)))


class Bare(HTMLParser):
    """The texts of a template that no `_()` holds, the template's own language cut out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("code", "pre", "kbd", "script"):
            self.open.append(tag)
        self.found += [value for name, value in attrs if name in SHOWN and value and reads(value)]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.open and reads(data):
            self.found.append(data.strip())


def values(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression may come to, without those that are given to a function."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        for one in (node.expr1, node.expr2):
            if one is not None:
                yield from values(one)
    elif isinstance(node, nodes.Concat):
        for one in node.nodes:
            yield from values(one)
    elif isinstance(node, nodes.Add | nodes.Or | nodes.And):
        yield from values(node.left)
        yield from values(node.right)


def bare(source: str) -> list[str]:
    parser = Bare()
    parser.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL))
    found, in_tag = parser.found, False
    for output in environment().parse(source).find_all(nodes.Output):
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                in_tag = node.data.rfind("<") > node.data.rfind(">") if re.search("[<>]", node.data) else in_tag
            elif not in_tag:
                found += [value for value in values(node) if reads(value)]
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_can_be_translated(template: Path):
    assert not bare(template.read_text("utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "<p>Bare words</p>",
        '<button aria-label="Close it">×</button>',
        '<input placeholder="Your name">',
        "<p>{{ 'yes' if x else _('no') }}</p>",
        '<p class="a">{% if x %}Either{% endif %}</p>',
    ],
)
def test_a_bare_text_is_seen(source: str):
    assert bare(source)


@pytest.mark.parametrize(
    "source",
    [
        "<p class=\"{{ 'danger' if x else 'main' }}\">{{ _(\"Words\") }}</p>",
        "<code>legato serve</code> {{ name }} · 5 kg",
        '<p title="{{ _(\'Words\') }}">{{ a ~ " – " ~ b }}</p>',
    ],
)
def test_a_text_that_can_be_translated_passes(source: str):
    assert not bare(source)


def test_the_list_of_texts_is_complete():
    made = collector()
    assert made.POT.read_bytes() == made.pot(), "run `make texts`"
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in made.texts() if message.id}
    assert len(ids) > 50 and {"Legato", "That was not possible", "Home"} <= ids


@pytest.fixture
def pseudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A language that puts every text in brackets."""
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = collector().texts()
    for message in catalog:
        if message.id:
            message.string = tuple(f"⟦{one}⟧" for one in message.id) if message.pluralizable else f"⟦{message.id}⟧"
    with (folder / "legato.mo").open("wb") as file:
        write_mo(file, catalog)
    monkeypatch.setattr(words, "_texts", lambda named: words._gettext.translation("legato", str(tmp_path), [named]))
    monkeypatch.setenv("LEGATO_LANGUAGE", "xx")


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("path", ["/", "/nothing", "/upload", "/library", "/evidence", "/assessment", "/settings"])
def test_another_language_changes_every_text(client: TestClient, path: str):
    page = client.get(path).text
    assert '<html lang="xx">' in page and "⟦Skip to the page⟧" in page and "⟦Home⟧" in page
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert title and title[1].startswith("⟦") and heading and "⟦" in heading[1]


def test_a_language_that_is_none_is_english(monkeypatch: pytest.MonkeyPatch):
    for named in ("../../etc", "", "x" * 50, "qq"):
        monkeypatch.setenv("LEGATO_LANGUAGE", named)
        assert words.translate("Home") == "Home" and words.plural("{n} a", "{n} b", 2) == "2 b"
