"""Collects the texts that the app shows into src/legato/web/locale/legato.pot, to translate: `python docs/texts.py`."""

import tomllib
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

WEB = Path(__file__).parents[1] / "src" / "legato" / "web"
POT = WEB / "locale" / "legato.pot"

_HEAD = """\
# Texts of Legato's app, to translate: made by docs/texts.py (`make texts`).
# A translation is LANGUAGE/LC_MESSAGES/legato.po beside this file, compiled by `pybabel compile -D legato -d .`;
# LEGATO_LANGUAGE=LANGUAGE shows it."""
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {
    "**/templates/**.html": {
        "extensions": "jinja2.ext.i18n",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "silent": "false",
    }
}
_WORDS = {"_": None, "translate": None, "plural": (1, 2)}


def texts() -> Catalog:
    """The texts of all pages, each with the files that show it."""
    found = Catalog(project="Legato", header_comment=_HEAD)
    for file, _, message, _, context in extract_from_dir(str(WEB), _METHODS, _OPTIONS, keywords=_WORDS):
        found.add(message, locations=[(f"src/legato/web/{file}", 0)], context=context)
    with (WEB / "app_words.toml").open("rb") as file:
        held = tomllib.load(file)
    says = [one["says"] for table in ("phrases", "commands") for one in held[table]]
    for message in filter(None, [*says, *held["options"].values()]):
        found.add(message, locations=[("src/legato/web/app_words.toml", 0)])
    return found


def pot() -> bytes:
    """The file: without dates and lines, so that it changes with the texts alone."""
    made = BytesIO()
    write_po(made, texts(), omit_header=True, sort_output=True, include_lineno=False, width=120)
    plain = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    return f"{_HEAD}\n{plain}\n".encode() + made.getvalue().rstrip() + b"\n"


if __name__ == "__main__":
    POT.parent.mkdir(exist_ok=True)
    POT.write_bytes(pot())
