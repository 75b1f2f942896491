"""Every text that the app shows passes `gettext`, so that it can be translated; English is what stands in the code."""

import gettext as _gettext
from functools import cache
from importlib.resources import as_file, files

LANGUAGE = "en"


@cache
def _texts() -> _gettext.NullTranslations:
    with as_file(files("legato.web").joinpath("locale")) as folder:
        return _gettext.translation("legato", str(folder), [LANGUAGE], fallback=True)


def _(text: str) -> str:
    """A text in the language that is shown."""
    return _texts().gettext(text)


def plural(one: str, many: str, number: int) -> str:
    """`one` or `many` in the language that is shown, with `{n}` filled in."""
    return _texts().ngettext(one, many, number).format(n=number)


translate = _
"""The same under a name that can be imported without hiding another."""
