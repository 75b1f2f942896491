"""What the core says for people at a command line, in the words of the pages (`app_words.toml`).

Every text that a template shows passes `in_app`, those of Legato's reports too; forms keep what was typed.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from re import Match
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from legato.coaching.catalogue import drills, warm_ups
from legato.coaching.priming.catalogue import protocols
from legato.web.words import language
from legato.web.words import translate as _

_SIGNS = (
    " --",
    "`--",
    "(--",
    ">--",
    "`legato ",
    ">legato ",
    " legato ",
    "docs/",
    ".json",
    " = true",
    "inventory S",
    "(S",
    "items S",
    "item S",
)
"""One of these stands in whatever there is to change."""
_MARKED = re.compile(r"`legato (?P<plain>[^`]*)`|<code>legato (?P<html>[^<]*)</code>")
_BARE = re.compile(r"\blegato (?P<plain>(?P<html>)(?:trial (?:result|add|next|check)|claims)\b(?! writes)[^;,\n<”]*)")
_VALUE = r"(?: (?:[A-Z]{1,2}|FILE|DIR|WHY|MVIC|DAY|PLAN|[a-z]+\.(?:json|toml))\b)?"
_CODED = re.compile(r"`(?P<option>--[a-z][a-z-]+)[^`]*`")
_OPTION = re.compile(rf"(?<![\w-])(?P<option>--[a-z][a-z-]+){_VALUE}")
_AN_OPTION, _AS_SHOWN = re.compile(r"--[a-z][a-z-]+"), r'(?:<span class="opt">)?\g<0>(?:</span>)?'
"""An option in a pattern, and the same where a report keeps it on one line (`report.tied`)."""
_NUMBER = r"(?:items )?S\d\.\d+"
_NUMBERS = rf"{_NUMBER}(?:(?:, | and ){_NUMBER})*"
_OF_TEXT = re.compile(rf"(?P<text>\btext on [a-z]+ and [a-z]+) \((?:{_NUMBERS})(?:, )?(?P<more>[^)]*)\)")
_ASIDE = re.compile(rf" \({_NUMBERS}\)")
_ITEMS = re.compile(rf"(?:inventory |items? )(?P<items>{_NUMBERS})(?: of the list on the page Coverage)?")
_TEXTS = {"0": "legs and chest", "1": "hips and trunk", "2": "legs and back"}
"""The three texts that Legato is built after, by the first figure of an item's number."""


class Typed(str):
    """A text that is shown as it was typed."""

    __slots__ = ()


def typed(value: Any) -> Any:
    """A value of a field: a text as it was typed, what is no text as it is."""
    return Typed(value) if type(value) is str else value


def in_app(text: str) -> str:
    """A text with the names of pages, buttons and fields in place of commands, their options, files of the project and
    numbers of its inventory.
    """
    if not text.startswith(("--", "legato ")) and not any(sign in text for sign in _SIGNS):
        return text
    phrases, commands, options = _tables(language())
    for pattern, says in phrases:
        text = pattern.sub(says, text)
    text = _BARE.sub(lambda found: _command(found, commands), _MARKED.sub(lambda one: _command(one, commands), text))
    for pattern in (_CODED, _OPTION):
        text = pattern.sub(lambda found: options.get(found["option"], found[0]), text)
    text = _OF_TEXT.sub(lambda found: found["text"] + (f" ({found['more']})" if found["more"] else ""), text)
    return _ITEMS.sub(_texts_of, _ASIDE.sub("", text))


def shown(value: Any) -> Any:
    """What a template shows in place of a value: texts in the words of the pages."""
    return in_app(value) if type(value) is str else value


def made_by_legato(html: str) -> Markup:
    """HTML of Legato's own reports, in the words of the pages; not escaped."""
    return Markup(in_app(str(html)))


@pass_context
def linked(context: Context, text: str) -> Markup:
    """A text in the words of the pages, with links to those that it names and that lead somewhere from here."""
    about = context.get("athlete")
    athlete = "" if about is None else about.id
    said = escape(in_app(text))
    for name, address in _places(language()).items():
        if athlete or "{" not in address:
            link = Markup('“<a href="{}">{}</a>”').format(address.format(athlete=athlete), name)
            said = said.replace(escape(f"“{name}”"), link)
    return said


@cache
def _places(_language: str) -> dict[str, str]:
    """The addresses of pages by their names."""
    return {_(name): address for name, address in _held()["places"].items()}


def _command(found: Match[str], commands: Sequence[tuple[re.Pattern[str], str]]) -> str:
    said = found["plain"] or found["html"]
    if (named := re.fullmatch(r"drills ([a-z0-9-]+)", said)) is not None:
        known = {**drills(), **warm_ups()}
        return f"“{known[named[1]].name}”" if named[1] in known else named[1]
    if (named := re.fullmatch(r"priming ([a-z0-9-]+)", said)) is not None:
        return f"“{protocols()[named[1]].name}”" if named[1] in protocols() else named[1]
    if (named := re.fullmatch(r"claims (C\d+)", said)) is not None:
        return named[1]
    for pattern, says in commands:
        if pattern.fullmatch(said) is not None:
            return f"“{says}”" + (_with(said) if said.startswith("analyze") else "")
    return found[0]


def _with(command: str) -> str:
    """The fields of the options of a command."""
    options = _tables(language())[2]
    given = [options[one] for one in re.findall(r"--[a-z-]+", command) if one != "--movement" and one in options]
    joined = f" {_('and')} ".join(given)
    return f" {_('with')} {joined}" if given else ""


def _texts_of(found: Match[str]) -> str:
    texts = dict.fromkeys(re.findall(r"S(\d)\.", found["items"]))
    return f" {_('and')} ".join(f"the text on {_TEXTS[one]}" if one in _TEXTS else found[0] for one in texts)


@cache
def _tables(
    _language: str,
) -> tuple[list[tuple[re.Pattern[str], str]], list[tuple[re.Pattern[str], str]], dict[str, str]]:
    """Phrases, commands and options, with what is said instead."""
    held = _held()
    phrases, commands = (
        [
            (re.compile(_AN_OPTION.sub(_AS_SHOWN, one["is"])), _(one["says"]) if one["says"] else "")
            for one in held[table]
        ]
        for table in ("phrases", "commands")
    )
    return phrases, commands, {option: _(says) for option, says in held["options"].items()}


@cache
def _held() -> dict[str, Any]:
    return tomllib.loads(files("legato.web").joinpath("app_words.toml").read_text(encoding="utf-8"))
