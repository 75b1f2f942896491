"""Every text that the app shows passes `gettext`, so that it can be translated; English is what stands in the code."""

import gettext as _gettext
import os
import re
from functools import cache
from importlib.resources import as_file, files

_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z]{2,4})?")


def language() -> str:
    """The language that is shown: `LEGATO_LANGUAGE`, as `de` or `pt_BR`, where it is translated; else English."""
    named = os.environ.get("LEGATO_LANGUAGE", "en")
    return named if _LANGUAGE.fullmatch(named) else "en"


@cache
def _texts(named: str) -> _gettext.NullTranslations:
    with as_file(files("legato.web").joinpath("locale")) as folder:
        return _gettext.translation("legato", str(folder), [named], fallback=True)


def _(text: str) -> str:
    """A text in the language that is shown."""
    return _texts(language()).gettext(text)


def plural(one: str, many: str, number: int) -> str:
    """`one` or `many` in the language that is shown, with `{n}` filled in."""
    return _texts(language()).ngettext(one, many, number).format(n=number)


translate = _
"""The same under a name that can be imported without hiding another."""
