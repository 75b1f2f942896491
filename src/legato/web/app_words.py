"""What reports and refusals say for people at a command line, in the words of the pages."""

import re
from collections.abc import Callable
from re import Match

from legato.coaching.catalogue import drills, warm_ups
from legato.coaching.priming.catalogue import protocols
from legato.web.upload_words import in_page_words
from legato.web.words import translate as _

_DOWEL = "a coach saw three sets of five dowel hinges, all contacts nine tenths of the time"
_MARKED = re.compile(r"`(?P<plain>(?:legato |[a-z_]+ = )[^`]*)`|<code>(?P<html>legato [^<]*)</code>")
_GIVEN = re.compile(r",(?: each| all)? given as --(?:sheet|result)")


def in_app(text: str) -> str:
    """A text with the names of pages, buttons and fields in place of commands and their options."""
    return in_page_words(_GIVEN.sub("", _MARKED.sub(_said, text)))


def _said(found: Match[str]) -> str:
    command = found["plain"] or found["html"]
    for pattern, says in _COMMANDS:
        if (fits := pattern.fullmatch(command)) is not None:
            return says(fits)
    return found[0]


def _named(text: str) -> Callable[[Match[str]], str]:
    return lambda _found: f"“{_(text)}”"


def _drill(found: Match[str]) -> str:
    known = {**drills(), **warm_ups()}
    return f"“{known[found[1]].name}”" if found[1] in known else found[1]


def _priming(found: Match[str]) -> str:
    return f"“{protocols()[found[1]].name}”" if found[1] in protocols() else found[1]


_COMMANDS: tuple[tuple[re.Pattern[str], Callable[[Match[str]], str]], ...] = tuple(
    (re.compile(pattern), says)
    for pattern, says in (
        (r"legato plan log .*--looked-at.*", _named("Somebody qualified looked at a pain")),
        (r"looked_at = true", _named("Somebody qualified looked at a pain")),
        (r"legato plan log.*", _named("Log it")),
        (r"legato plan update.*", _named("Make anew")),
        (r"legato plan new.*", _named("Plan")),
        (r"legato screen.*", _named("Screening")),
        (r"legato assess sheet mobility-screen.*", _named("Mobility screen")),
        (r"legato assess .*", _named("Assessment")),
        (r"legato drills ([a-z0-9-]+)", _drill),
        (r"legato priming ([a-z0-9-]+)", _priming),
        (r"legato analyze .*", _named("Upload")),
        (r"legato compare.*", _named("Compare")),
        (r"legato trial.*", _named("Evidence")),
        (r"legato claims (C\d+)", lambda found: found[1]),
        (r"legato library check", _named("Check every file")),
        (
            r"hinge_gate = true",
            _named("a coach saw three sets of five dowel hinges, all contacts nine tenths of the time"),
        ),
    )
)
