"""Pages from templates: everything that is put into one is escaped unless it was made by Legato's own report."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

from legato import __version__
from legato.web.app_words import in_app, linked, made_by_legato, shown, typed
from legato.web.deps import units_of
from legato.web.words import language, plural, translate

THEMES = ("system", "light", "dark")
"""What the reader may choose."""

STATIC = files("legato.web").joinpath("static")
"""Where the bundled script and style lie, beside those that need no bundling."""


class AsTyped(Extension):
    """What stands in a field of a form is shown as it was typed, so that it is sent back so."""

    _FIELD = re.compile(r'(\bvalue="|<textarea\b[^>]*>\n?)\{\{ (.*?) \}\}')

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """A template's source, its fields marked."""
        del name, filename
        return self._FIELD.sub(r"\1{{ (\2) | typed }}", source)


@cache
def environment() -> Environment:
    """The templates; an unknown name in one is an error, not an empty place."""
    made = Environment(
        loader=PackageLoader("legato.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", AsTyped],
        finalize=shown,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translate, plural, newstyle=True
    )
    made.globals.update({name: _filled(made.globals[name]) for name in ("gettext", "ngettext")})
    made.filters["day"] = _day
    made.filters.update(safe=made_by_legato, typed=typed, in_app=in_app, linked=linked)
    made.globals.update(version=__version__, static=static_url, plural=plural)
    made.globals.update(mass=_mass, mass_field=_mass_field)
    return made


def _filled(told: Any) -> Any:
    """`gettext` of templates, that what is filled in is in the words of the pages too: its texts are taken for HTML."""

    @pass_context
    def in_pages(context: Context, *texts: Any, **filled: Any) -> Any:
        return told(context, *texts, **{name: shown(value) for name, value in filled.items()})

    return in_pages


def page(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """A whole page, or a part of one, from `template`."""
    shown.setdefault("here", request.url.path)
    theme = request.cookies.get("theme")
    shared = {
        "token": request.state.token,
        "units": units_of(request),
        "theme": theme if theme in THEMES else "system",
        "language": language().replace("_", "-"),
    }
    text = environment().get_template(template).render(**shared, **shown)
    return HTMLResponse(text, status_code=status)


def static_url(name: str) -> str:
    """Where the page finds a file of its own; the checksum lets a browser keep it for good."""
    return f"/static/{name}?v={_checksums().get(name, __version__)}"


@cache
def _checksums() -> Mapping[str, str]:
    listed = STATIC.joinpath("built.json")
    return json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else {}


def built() -> bool:
    """Whether the pages' script has been made."""
    return STATIC.joinpath("built.json").is_file()


def _day(value: date | datetime) -> str:
    return f"{value.day} {value:%b %Y}"


@pass_context
def _mass(context: Context, kg: float, decimals: int = 1) -> str:
    """A mass in the unit that the reader has chosen: `{{ mass(athlete.mass_kg) }}`."""
    return context["units"].mass_of(kg, decimals)


@pass_context
def _mass_field(context: Context, kg: float | None) -> str:
    """The value of an input that brings the mass back; empty where there is none."""
    return "" if kg is None else context["units"].field_of(kg)
